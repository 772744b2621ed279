"""The newsroom's words that the way over Portuguese gets wrong; the list itself is `newsroom.tsv`.

Known gaps: tenses beyond present, preterite, imperfect, future, participle, infinitive and gerund; verbs with clitics.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from monitor.language.engines.spans import PLACEHOLDER, Spans
from monitor.language.glossary import any_of

_LIST = Path(__file__).with_name("newsroom.tsv")
_PARTICIPLE = ("o", "a", "os", "as")
# they …, he …, they …ed, he …ed, infinitive, gerund, they will …, he will …, they used to …, he used to …
_SPANISH = {
    "ar": ("an", "a", "aron", "ó", "ar", "ando", "arán", "ará", "aban", "aba", *(f"ad{e}" for e in _PARTICIPLE)),
    "er": ("en", "e", "ieron", "ió", "er", "iendo", "erán", "erá", "ían", "ía", *(f"id{e}" for e in _PARTICIPLE)),
    "ir": ("en", "e", "ieron", "ió", "ir", "iendo", "irán", "irá", "ían", "ía", *(f"id{e}" for e in _PARTICIPLE)),
}
_PORTUGUESE = {
    "ar": ("am", "a", "aram", "ou", "ar", "ando", "arão", "ará", "avam", "ava", *(f"ad{e}" for e in _PARTICIPLE)),
    "er": ("em", "e", "eram", "eu", "er", "endo", "erão", "erá", "iam", "ia", *(f"id{e}" for e in _PARTICIPLE)),
    "ir": ("em", "e", "iram", "iu", "ir", "indo", "irão", "irá", "iam", "ia", *(f"id{e}" for e in _PARTICIPLE)),
}
_VERB = re.compile(r"(\w+)-(ar|er|ir)\b(.*)")

# After these verbs a person takes "a" in Spanish and nothing in Portuguese.
_PERSON_VERBS = (
    "detien|detuv|arrest|captur|aprehend|abat|asesin|mat|ejecut|secuestr|rescat|deport|extradit|acus|busc|localiz|vincul|sentenci|liber"
    "|atac|entreg|env[ií]|repatri|hall|encuentr|encontr|identific|denunci|investig|proces|recib|expuls|traslad|bale|golpe|agred|amenaz|mand"
    "|condena|hir|hier|arroll|persegu|persigu|intercept|demand|reten|retien"
)
_PERSONAL_A = re.compile(
    rf"\b((?:{_PERSON_VERBS})(?:\w{{1,7}}))\s+(al|a(?: la| las| los)?)\s+"
    r"(?=\d|(?:un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|presunt|supuest|l[íi]der"
    r"|exalcald|alcald|agent|elemento|polic"
    r"|milit|soldad|migrant|hombr|mujer|joven|ni[ñn]|menor|integrant|miembr|jef|capo|narco|sicari|herman|hij"
    r"|famili|madre|padre|otr|vari|más"
    r"|decen|cient|mil|hondur|venezol|guatemal|salvador|cuban|haitian|mexican|estadounid|exfuncion|funcion"
    r"|period|juez|jueza|operador"
    r"|traficant|coyote|poller|conductor|chofer|person|v[íi]ctim|extranjer|presidente|gobernador|principal"
    r"|cabecilla|fugitiv|ciudadan|reo|pistoler"
    r"|Xq)\w*\b|[A-ZÁÉÍÓÚÑ]\w+)",
    re.IGNORECASE,
)
_ARTICLE = {"a": "", "al": "el ", "a la": "la ", "a los": "los ", "a las": "las "}

# A headline that opens with one of these in the plural has no subject: in English it would read as an imperative.
_SUBJECTLESS = re.compile(
    r"^[\"“«]?(?:detienen|detuvieron|arrestan|arrestaron|capturan|capturaron|aprehenden|aprehendieron|decomisan|decomisaron|incautan"
    r"|incautaron|aseguran|aseguraron|hallan|hallaron|encuentran|encontraron|localizan|localizaron|rescatan"
    r"|rescataron|deportan|repatrian"
    r"|extraditan|desmantelan|desmantelaron|catean|catearon|clausuran|cierran|cerraron|reabren|desarticulan"
    r"|abaten|investigan|buscan|envían"
    r"|trasladan|identifican|liberan|liberaron|despliegan|refuerzan|instalan|confirman|descubren|descubrieron"
    r"|sentencian|vinculan|acusan"
    r"|entregan|interceptan|destruyen|alertan|suspenden|procesan|condenan|expulsan|retiran|evacúan|desalojan"
    r"|derriban)\b(?!\s+que\b)",
    re.IGNORECASE,
)
_CRIME_WITHOUT_SUBJECT = re.compile(
    r"^(?:asesinan|matan|ejecutan|balean|secuestran|atacan|emboscan|levantan|queman|golpean|roban|acribillan"
    r"|amenazan)\b",
    re.IGNORECASE,
)
_SEIZED_GOODS = (
    r"(?=(?:\w+\s+){0,4}?(?:\d|cargamento|droga|armas?|arsenal|fentanilo|metanfetamina|coca[íi]na|heroína"
    r"|marihuana|cristal|kilos|toneladas"
    r"|paquetes|dinero|d[óo]lares|pesos|efectivo|veh[íi]culos?|camioneta|drones|cartuchos|pastillas|litros"
    r"|combustible|huachicol|laboratorio"
    r"|inmueble|casa|avioneta|tr[áa]iler|dosis|mercanc[íi]a|explosivos|bodega|finca|narco\w+|más de))"
)
_SEIZING = re.compile(rf"\b(asegur(?:an|aron|ó|ado|ada|ados|adas|ar))\s+(?!que\b){_SEIZED_GOODS}", re.IGNORECASE)
_SEIZE = {
    "aseguran": "apreendem", "aseguraron": "apreenderam", "aseguró": "apreendeu", "asegurado": "apreendido",
    "asegurada": "apreendida", "asegurados": "apreendidos", "aseguradas": "apreendidas", "asegurar": "apreender",
}  # fmt: skip


def before_portuguese(text: str) -> str:
    """Spanish without the short forms that Apertium misreads."""
    for pattern, plain in _PLAIN_SPANISH:
        text = pattern.sub(plain, text)
    return text


def before_network(text: str) -> str:
    """English without the short forms that the network misreads."""
    for pattern, plain in _PLAIN_ENGLISH:
        text = pattern.sub(plain, text)
    return text


_PLAIN_SPANISH = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in ((r"\bEE\.?\s?UU\b\.?|\bE\.U\.(?:A\.)?|\bEUA?\b", "Estados Unidos"),)
)
_PLAIN_ENGLISH = tuple(
    (re.compile(pattern), plain) for pattern, plain in ((r"\bU\.\s?S\.(?:A\.)?(?=\s+[a-z]|\s*$)", "US"),)
)


def without_personal_a(text: str) -> str:
    """Spanish without the "a" before a person who is the object: Portuguese has none, and would read it as "to"."""
    return _PERSONAL_A.sub(lambda m: f"{m.group(1)} {_ARTICLE[m.group(2).lower()]}", text)


def missing_subject(text: str) -> str:
    """The Portuguese subject a Spanish headline leaves unsaid ("Detienen a…"), or ""."""
    if _SUBJECTLESS.search(text):
        return "As autoridades"
    return "Homens armados" if _CRIME_WITHOUT_SUBJECT.search(text) else ""


def to_portuguese(text: str, spans: Spans) -> str:
    """The Spanish text with the newsroom's words replaced by spans that hold their Portuguese."""

    def say(match: re.Match[str], portuguese: str) -> str:
        upper = match.group()[0].isupper()
        return spans.take(portuguese[0].upper() + portuguese[1:] if upper else portuguese)

    text = _SEIZING.sub(lambda m: say(m, _SEIZE[m.group(1).lower()]) + " ", text)
    words = _words()
    return _pattern().sub(
        lambda m: m.group() if PLACEHOLDER.search(m.group()) else say(m, words[m.group().lower()]), text
    )


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    return parse_list(_LIST.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return any_of(_words(), re.IGNORECASE)


def parse_list(text: str) -> dict[str, str]:
    """Spanish form -> Portuguese form, the verbs' forms written out. The first row of a form counts."""
    forms: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        spanish, portuguese = (
            _forms(cell, table) for cell, table in zip(line.split("\t"), (_SPANISH, _PORTUGUESE), strict=True)
        )
        for form, meaning in zip(spanish, portuguese, strict=True):
            forms.setdefault(form.lower(), meaning)
    return forms


def _forms(cell: str, endings: Mapping[str, tuple[str, ...]]) -> list[str]:
    verb = _VERB.fullmatch(cell)
    if verb is None:
        return [form.strip() for form in cell.split("|")]
    return [verb.group(1) + ending + verb.group(3) for ending in endings[verb.group(2)]]
