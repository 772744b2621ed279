"""Plurals and genders of glossary terms, and the articles in front of them. Pure functions.

Known gaps: irregular plurals that are not listed; Spanish genders that neither ending nor list tells ("la foto"): the
glossary gives those by `gender`; adjectives behind a replaced noun keep the gender they had.
"""

import re

from monitor.records import Lang

_VOWELS = "aeiouáéíóú"
_PREPOSITIONS = {
    "es": frozenset("de del a al en con sin por para contra sobre tras y e o u que como se".split()),
    "en": frozenset("of to in at on for with without by from and or who that into under against as".split()),
}
_IRREGULAR = {"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet"}
_SAME = frozenset("aircraft police troops staff customs headquarters intelligence personnel series".split())
_INVARIABLE = frozenset("no muy más".split())
_HUMAN = ("human", "german", "roman", "shaman")
_UNACCENTED = str.maketrans("áéíóú", "aeiou")


def plural(term: str, language: Lang) -> str:
    """The plural of a common noun and of the words that agree with it; a plural stays as it is.

    "fosa clandestina" → "fosas clandestinas", "port of entry" → "ports of entry".
    """
    words = term.split(" ")
    head = next((i for i, word in enumerate(words) if i and word.lower() in _PREPOSITIONS[language]), len(words))
    if language == "es":
        return " ".join([*(w if w in _INVARIABLE else _spanish_plural(w) for w in words[:head]), *words[head:]])
    if words[head - 1] == "general" and head > 1:  # attorneys general
        head -= 1
    return " ".join([*words[: head - 1], _english_plural(words[head - 1]), *words[head:]])


def _english_plural(word: str) -> str:
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low.endswith("man") and not low.endswith(_HUMAN):
        return f"{word[:-2]}en"
    if low in _SAME or (low.endswith("s") and not low.endswith(("ss", "us", "is"))) or low in _IRREGULAR.values():
        return word
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if low.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def _spanish_plural(word: str) -> str:
    low = word.lower()
    if not low[-1:].isalpha() or (
        low.endswith("s") and low[-2:-1] in _VOWELS and not low.endswith(("és", "ás", "ís", "ós", "ús"))
    ):
        return word
    if low.endswith("z"):
        return f"{word[:-1]}ces"
    if low in _IRREGULAR_ES:
        return _IRREGULAR_ES[low]
    if low[-1] in _VOWELS or low[-1] not in "djlnrsyz":  # sheriffs, clubs
        return f"{word}s"
    if low[-1] in "ns" and low[-2] in "áéíóú":  # the stress moves: retén, retenes
        return f"{word[:-2]}{word[-2].translate(_UNACCENTED)}{word[-1]}es"
    return f"{_STRESSED.get(low, word)}es"


_STRESSED = {"joven": "jóven", "orden": "órden", "origen": "orígen", "crimen": "crímen"}
_IRREGULAR_ES = {"gran": "grandes"}

# ---------------------------------------------------------------- Spanish genders and articles

_FEMININE = re.compile(r"(?:a|ción|sión|dad|tad|tud|umbre|eza|ez|sis)$")
_NOT_FEMININE = frozenset(
    "día mapa programa problema sistema tema clima drama guardia policía narcotraficante plan cura idioma".split()
)
_FEMININE_TOO = frozenset("orden cárcel ley red corte sede base gente clase frase parte noche tarde muerte".split())
_BY_GENDER = {  # article or determiner: masculine, feminine
    "el": "la", "los": "las", "un": "una", "unos": "unas", "este": "esta", "estos": "estas", "ese": "esa",
    "esos": "esas", "ningún": "ninguna", "algún": "alguna", "dicho": "dicha", "del": "de la", "al": "a la",
}  # fmt: skip
_TO_MASCULINE = {feminine: masculine for masculine, feminine in _BY_GENDER.items()}
_BEFORE_SPANISH = re.compile(
    r"(?<!\w)(de la|a la|" + "|".join(w for pair in _BY_GENDER.items() for w in pair if " " not in w) + r")(\s+)$",
    re.IGNORECASE,
)
_ARTICLE_ES = re.compile(r"(?<!\w)(de las?|de los|a las?|a los|del|al|el|la|los|las)(\s+)$", re.IGNORECASE)
_ARTICLE_EN = re.compile(r"(?<!\w)(the|an?)(\s+)$", re.IGNORECASE)


def gender(term: str, given: str = "") -> str:
    """The gender of a Spanish term, "m" or "f"; "" when nothing tells (an acronym)."""
    if given:
        return given
    first, _, _ = term.partition(" ")
    if first.isupper():
        return ""
    head = first.lower()
    single = head[:-2] if head.endswith("es") and head[-3:-2] not in _VOWELS else head.removesuffix("s")
    if head in _FEMININE_TOO or single in _FEMININE_TOO:
        return "f"
    if head in _NOT_FEMININE or single in _NOT_FEMININE:
        return "m"
    return "f" if _FEMININE.search(single) or _FEMININE.search(head) or head.endswith(("ciones", "siones")) else "m"


def agreeing(before: str, term_gender: str) -> str:
    """The Spanish text before a term, its last article or determiner in the term's gender."""
    table = _BY_GENDER if term_gender == "f" else _TO_MASCULINE if term_gender == "m" else {}
    match = _BEFORE_SPANISH.search(before)
    if match is None or match.group(1).lower() not in table:
        return before
    return before[: match.start()] + _cased_like(match.group(1), table[match.group(1).lower()]) + match.group(2)


def without_article(before: str, language: Lang) -> str:
    """The text before a name that has no article: "en la " → "en ", "del " → "de ", "at the " → "at "."""
    match = (_ARTICLE_ES if language == "es" else _ARTICLE_EN).search(before)
    if match is None:
        return before
    article = match.group(1)
    kept = article[:2] if article[:2].lower() == "de" else article[:1] if article[:1].lower() == "a" else ""
    if language == "en" or article.lower() in ("el", "la", "los", "las"):
        kept = ""
    return before[: match.start()] + (f"{kept}{match.group(2)}" if kept else "")


def with_a_or_an(before: str, term: str) -> str:
    """The English text before a term, its "a" or "an" as the term's first letter wants it."""
    match = re.search(r"(?<!\w)(an?)(\s+)$", before, re.IGNORECASE)
    if match is None:
        return before
    wanted = "an" if term[:1].lower() in "aeio" or (term[:1].lower() == "u" and term[1:2] in "nm") else "a"
    return before[: match.start()] + _cased_like(match.group(1), wanted) + match.group(2)


def _cased_like(model: str, word: str) -> str:
    return word[0].upper() + word[1:] if model[:1].isupper() else word
