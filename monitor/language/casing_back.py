"""Capitals of the output by the rules of its language: sentence case, and what only one language capitalises.

Spanish writes months, days, peoples, languages and offices in lower case, English the first four with a capital. Pure.
Known gaps: "may" and "march" are months only beside a figure or behind "in" and "of"; a name made of a lower-case word
("la aerolínea Mexicana") keeps its capital only beside another capital.
"""

import re

from monitor.language.casing import english_capitals, is_known_name, is_shouting, is_title_case, sentence_case
from monitor.language.glossary import Glossary
from monitor.language.plain_words import is_plain
from monitor.records import Lang
from monitor.text import fold

_DAYS_ES = "lunes|martes|miércoles|jueves|viernes|sábados?|domingos?"
_MONTHS_ES = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
_PEOPLE_ES = (
    r"mexican[oa]|estadounidense|norteamerican[oa]|american[oa]|texan[oa]|californian[oa]|venezolan[oa]|hondureñ[oa]"
    r"|guatemaltec[oa]|salvadoreñ[oa]|haitian[oa]|cuban[oa]|colombian[oa]|ecuatorian[oa]|nicaragüense|peruan[oa]"
    r"|brasileñ[oa]|dominican[oa]|argentin[oa]|chilen[oa]|bolivian[oa]|panameñ[oa]|canadiense|rus[oa]|ucranian[oa]"
    r"|chin[oa]|european[oa]|african[oa]|asiátic[oa]|israelí|iraní|hispan[oa]|latin[oa]|latinoamerican[oa]"
    r"|centroamerican[oa]|sudamerican[oa]|británic[oa]|aleman(?:es|a)?|frances(?:es|a)?|español(?:es|as?)?"
    r"|demócrata|republican[oa]"
)
_LANGUAGES_ES = "inglés|español|francés|chino|japonés|portugués|alemán|italiano|ruso|náhuatl"
_LOWER_ES = re.compile(
    rf"(?<=[\wáéíóúñ,] )(?:"
    rf"(?:{_DAYS_ES}"
    rf"|(?<=\d de |l de )(?:{_MONTHS_ES})|(?<=[\s,]en )(?:{_MONTHS_ES})"
    rf"|(?:{_MONTHS_ES})(?= (?:de|del) (?:\d{{4}}|año))"
    rf"|(?:{_LANGUAGES_ES})|(?:{_PEOPLE_ES})s?))\b",
    re.IGNORECASE,
)
_OFFICES_ES = (
    "presidente|presidenta|expresidente|expresidenta|gobernador|gobernadora|exgobernador|alcalde|alcaldesa|senador|senadora"
    "|diputado|diputada|secretario|secretaria|juez|jueza|fiscal|ministro|ministra|embajador|embajadora|cónsul|canciller"
    "|vicepresidente|representante|congresista|sheriff|vocero|vocera|portavoz|director|directora|comisionado|comisionada"
    "|agente|agentes|oficial|oficiales|zar"
)
_OFFICE_ES = re.compile(
    rf"(?<=\b(?:el|al|la|un) )(?:{_OFFICES_ES})\b|(?<=\b(?:del|los|las|una) )(?:{_OFFICES_ES})\b", re.IGNORECASE
)
_STREET = re.compile(
    r"\b(?:avenida|calle|plaza|colonia|bulevar|boulevard|calzada|av\.|blvd\.|puente)(?: \S+){0,3} $", re.I
)
_ARTICLES = frozenset("el la los las un una unos unas en de del al este esta cada".split())
_AFTER_COLON = re.compile(r"(?<=: )([^\W\d_])(\w*)")
_SPEAKER = re.compile(r"(?:[A-ZÁÉÍÓÚÑ][\w.'’-]*)(?:\s(?:de|del|la|los|las|[A-ZÁÉÍÓÚÑ][\w.'’-]*)){0,4}")
_FIRST = re.compile(r"^([\s\"'“‘«¿¡(\[—–-]*)([^\W\d_])")
_HEADS = re.compile(r"[.!?…][\"'”’)]*$")


def cased(output: str, source_text: str, target: Lang, glossary: Glossary, *, opens: bool = True) -> str:
    """One sentence of the output, of `source_text` in sentence case. `opens`: it stands where a sentence starts."""
    if (is_shouting(output) and not is_shouting(source_text)) or (
        is_title_case(output) and not is_title_case(source_text)
    ):
        output = sentence_case(output, target, glossary)
    output = english_capitals(output) if target == "en" else _spanish(output)
    if ": " in output:
        output = _after_colon(output, source_text, target, glossary)
    return _first_letter(output, source_text) if opens else output


def _spanish(text: str) -> str:
    text = _LOWER_ES.sub(_lower_word, text)
    return _OFFICE_ES.sub(lambda m: m.group() if m.group().isupper() else m.group().lower(), text)


def _lower_word(match: re.Match[str]) -> str:
    """Lower case, but for a word of a longer name ("Guardia Nacional Mexicana", "avenida 16 de Septiembre")."""
    word, text = match.group(), match.string
    if not word[0].isupper() or word.isupper() or _STREET.search(text[max(0, match.start() - 40) : match.start()]):
        return word
    before = text[: match.start()].rstrip().rsplit(" ", 1)[-1]
    after = text[match.end() :]
    beside = before[:1].isupper() and before[-1:] not in ",;" and before.lower() not in _ARTICLES
    return word if beside or re.match(r"\s+(?:de\s+)?[A-ZÁÉÍÓÚÑ]", after) else word.lower()


def _after_colon(output: str, source_text: str, target: Lang, glossary: Glossary) -> str:
    """English headlines go on with a capital behind a colon; Spanish with a small letter, unless somebody speaks."""
    headline = not _HEADS.search(source_text)

    def said(match: re.Match[str]) -> str:
        first, rest = match.groups()
        if target == "en":
            return (first.upper() if headline else first) + rest
        word = first + rest
        if not first.isupper() or word[1:2].isupper() or _is_speaker(output[: match.start() - 2].strip(), target):
            return word
        name = is_known_name(word, target, glossary) or re.search(rf"(?<!: )\b{re.escape(word)}\b", source_text)
        return word if name else word.lower()

    return _AFTER_COLON.sub(said, output)


def _is_speaker(text: str, language: Lang) -> bool:
    """ "Abbott", "Ana Ruiz", but not "Muro"."""
    capitals = [word for word in text.split() if word[:1].isupper()]
    return bool(_SPEAKER.fullmatch(text)) and not all(is_plain(fold(word), language) for word in capitals)


def _first_letter(output: str, source_text: str) -> str:
    first = _FIRST.match(source_text)
    if first and not first[2].isupper():
        return output
    return _FIRST.sub(lambda m: m[1] + m[2].upper(), output)
