"""Spanish headlines made plain for Apertium: abbreviations, the personal "a", inverted and missing subjects.

Pure functions. Known gaps: only the verbs and nouns listed here; "a" before a place after a verb of motion stays.
"""

import re

from monitor.language.engines.spans import Spans
from monitor.language.names import GIVEN_NAMES, SURNAMES


def _words(text: str) -> str:
    """Alternatives of a pattern from words divided by blanks."""
    return "|".join(text.split())


PLAIN_QUOTES = str.maketrans("“”«»’‘", '""""\'\'')
_OFFICES = _words(
    "alcald director secretari funcionari president gobernador diputad senador militar polic agente jefe jefa"
    " titular líder marin"
    " soldad candidat fiscal canciller comandant emplead espos novi embajador procurador juez guerriller regidor"
    " síndic"
)
_FALLEN = re.compile(r"^Caen? (?=(?:presunt|líder|jefe|capo|operador|integrante|narco|\"?El ))")
_PLAIN = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bEE\.?\s?UU\b\.?|\bE\.U\.(?:A\.)?|\bEUA?\b", "Estados Unidos"),
        (rf"\b([Ee])x(?=(?:{_OFFICES}))", r"\1x "),
        (_FALLEN.pattern, "Detienen a "),
        (r"^Encuentran\b", "Hallan"),
        (r"^Encontraron\b", "Hallaron"),
        (r"^Vuelcan?\s+(\w+)", r"\1 sufre accidente"),
        (r"\b([Hh])abrá\b(?!\s+\w+[aei]do\b)", r"\1averá"),
        (r"\b([Hh])ubo\b(?!\s+\w+[aei]do\b)", r"\1ouve"),
        (r"\b([Hh])abía(n?)\b(?!\s+\w+[aei]do\b)", r"\1avia"),
        (r"\b([Nn])o hay\b", r"\1ão há"),
    )
)
_NICKNAME = re.compile(
    r"[\"“«](?:El|La|Los|Las|Don|Doña)\s+[^\"”»]{1,30}[\"”»]|\balias\s+(?:(?:El|La|Los)\s+)?[A-ZÁÉÍÓÚÑ]\w+"
)

_PERSON_VERBS = _words(
    "detien detuv deten arrest captur aprehend abat asesin mat ejecut secuestr rescat deport extradit acus busc"
    " localiz vincul"
    " sentenci liber atac entreg env[ií] repatri hall encuentr encontr identific denunci investig proces recib"
    " expuls traslad bale"
    " golpe agred amenaz manda condena hir hier arroll persegu persigu intercept demand reten retien visit"
    " levant design dispar"
)
_PERSON_WORDS = _words(
    "un una dos tres cuatro cinco seis siete ocho nueve diez once doce presunt supuest líder ex alcald agent"
    " elemento polic milit"
    " soldad migrant hombr mujer joven niñ menor integrant miembr jef capo narco sicari herman hij famili madre"
    " padre otr vari más"
    " decen cient mil hondur venezol guatemal salvador cuban haitian mexican estadounid funcion period juez"
    " operador traficant coyote"
    " poller conductor chofer person víctim extranjer presiden gobernad principal cabecilla fugitiv ciudadan reo"
    " pistoler mand"
    " connacional paisan trabajador seis estudiant activist sacerdot médic turist adolescent bebé perit"
    " empresari comerciant Xq"
)
_PERSONAL_A = re.compile(
    rf"\b((?i:{_PERSON_VERBS})\w{{0,7}}(?: a proceso| sin vida)?)\s+(al|a(?: la| las| los)?)\s+(?=([\"“]?[\w]+))"
)
_PERSON_WORD = re.compile(rf"(?:{_PERSON_WORDS})\w*|\d+", re.IGNORECASE)
_ARTICLE = {"a": "", "al": "el ", "a la": "la ", "a los": "los ", "a las": "las "}

_TO_WHERE = re.compile(
    r"\b((?:env[ií]|entreg|extradit|traslad|deport|repatri)\w{1,5} a (?:Estados Unidos|México|[A-ZÁÉÍÓÚ]\w+))\s+a\s+"
    r"(?=\d|un|dos|tres|cuatro|cinco|seis|siete|ocho|otro|los|las|mujer|hombre|presunt|líder|capo|ex|jefe)"
)
_POLICE_VERBS = (
    r"(?:detien|detuv|arrest|captur|aprehend|decomis|incaut|asegur|hall|encuentr|encontr|localiz|rescat|deport"
    r"|repatri"
    r"|desmantel|cate|desarticul|abat|descubr|intercept|destruy|despl|refuerz|resguard|frustr|atac|repel|cierr"
    r"|reabr|entreg|env[ií]|expuls|extradit|apel|fren|rechaz|anunci|pid|exig|suspend"
    r"|reanud|impon|nieg|acus|adviert|confirm|descart|investig|report|recib)\w{1,6}"
)
_POLICE = (
    r"(?:(?:elementos|agentes|policías|militares|soldados|marinos|autoridades|fuerzas|efectivos|fuerza)\b"
    r"(?:\s+(?:federales|estatales|municipales|mexicanas|ministeriales))?"
    r"(?:\s+(?:de la|de los|del|de)\s+(?:[A-ZÁÉÍÓÚ]\w+)(?:\s+(?:(?:de la|de|y)\s+)?[A-ZÁÉÍÓÚ]\w+)*)?"
    r"|(?:madres )?buscadoras\b|(?:el\s+|la\s+)?(?:Ejército|Marina|Guardia Nacional"
    r"|Patrulla Fronteriza|Policía Federal|Policía Estatal"
    r"|Policía Municipal"
    r"|Estados Unidos|México|Washington|Texas|Arizona|Trump|Sheinbaum|Gobierno|Casa Blanca|El Paso|Canadá|Corte"
    r"|Fiscalía|FGR|FGE|CBP|ICE|DEA|FBI|SSPC|Sedena|Semar|SSPE|INM)\b)"
)
_INVERTED = re.compile(rf"^((?i:{_POLICE_VERBS}))\s+({_POLICE})\s+(?=\S)")

# A headline that opens with one of these in the plural has no subject: in English it would read as an imperative.
_SUBJECTLESS = re.compile(
    r"^[\"“«]?(?:"
    + _words(
        "detienen detuvieron arrestan arrestaron capturan capturaron aprehenden aprehendieron decomisan"
        " decomisaron incautan"
        " incautaron aseguran aseguraron hallan hallaron encuentran encontraron localizan localizaron rescatan"
        " rescataron deportan"
        " deportaron repatrian extraditan desmantelan desmantelaron catean catearon clausuran cierran cerraron"
        " reabren desarticulan"
        " abaten abatieron investigan buscan envían trasladan trasladaron identifican liberan liberaron"
        " despliegan refuerzan instalan"
        " confirman descubren descubrieron sentencian vinculan acusan entregan interceptan destruyen alertan"
        " suspenden procesan"
        " condenan expulsan retiran evacúan desalojan derriban niegan otorgan ordenan giran dictan imponen"
        " cancelan frustran"
        " indagan amplían reactivan anuncian prevén"
    )
    + r")\b(?!\s+que\b)",
    re.IGNORECASE,
)
_CRIME = re.compile(
    r"^(?:"
    + _words(
        "asesinan matan ejecutan balean secuestran atacan emboscan levantan queman golpean roban acribillan amenazan"
        " abandonan tiran"
    )
    + r")\b",
    re.IGNORECASE,
)
_GOODS = _words(
    "cargamento droga arma arsenal fentanilo metanfetamina cocaína heroína marihuana cristal kilo tonelada"
    " paquete dinero dólar peso"
    " efectivo vehículo camioneta dron cartucho pastilla litro combustible huachicol laboratorio inmueble casa"
    " avioneta tráiler dosis"
    " mercancía explosivo bodega finca narco más precursor animal tortuga libra"
)
_SEIZING = re.compile(
    rf"\b(asegur)(an|aron|ó|ado|ada|ados|adas|ar|a)\s+(?=(?:\w+\s+){{0,4}}?(?:\d|{_GOODS}))(?!que\b)", re.I
)
_KIDNAPPING = re.compile(
    r"\b(levant)(an|aron|ó|ado|ados|ar|a)\s+a\s+(?=\d|un|dos|tres|cuatro|cinco|seis|siete|ocho|jóvenes|\w+es\b)", re.I
)


def plain_spanish(text: str, spans: Spans) -> str:
    """Spanish without what Apertium misreads; nicknames in quotes are taken out."""
    text = spans.replace(_NICKNAME, text.translate(PLAIN_QUOTES))
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    text = _INVERTED.sub(lambda m: f"{m.group(2)[0].upper()}{m.group(2)[1:]} {m.group(1).lower()} ", text)
    text = _TO_WHERE.sub(r"\1 ", text)
    text = _KIDNAPPING.sub(lambda m: f"secuestr{m.group(2)} ", text)
    text = _SEIZING.sub(lambda m: ("D" if m.group(1)[0] == "A" else "d") + f"ecomis{m.group(2)} ", text)
    return _PERSONAL_A.sub(_without_a, text)


def _without_a(match: re.Match[str]) -> str:
    """Portuguese has no "a" before a person who is the object, and would read it as "to"."""
    following = match.group(3).strip('"“')
    named = following in GIVEN_NAMES or following in SURNAMES or following.startswith("Xq")
    if not named and (following[0].isupper() or not _PERSON_WORD.fullmatch(following)):
        return match.group()
    return f"{match.group(1)} {_ARTICLE[match.group(2)]}"


def missing_subject(text: str) -> str:
    """The Portuguese subject a Spanish headline leaves unsaid ("Detienen a…"), or ""."""
    if _INVERTED.search(text):
        return ""
    if _SUBJECTLESS.search(text) or _FALLEN.search(text):
        return "As autoridades"
    return "Criminosos" if _CRIME.search(text) else ""
