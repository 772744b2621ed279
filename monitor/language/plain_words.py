"""Which words of a language are no names, in any of their forms: for telling names apart where case says nothing.

Beside the words of `name_forms`, those of border news (headline_words.txt) count, and what shares a stem with either.
Known gap: a name that shares its stem with a word ("Montero") counts as a word.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from monitor.language.name_forms import common_words, is_common
from monitor.records import LANGUAGES, Lang

_ENDINGS: Mapping[Lang, re.Pattern[str]] = {
    "en": re.compile(r"(?:ations?|ing|ings|ers?|ors?|ed|es|s|ly|al|ments?|e|y|ies|ied)$"),
    "es": re.compile(
        r"(?:aciones|acion|iciones|icion|iendo|ando|ieron|aron|ieran|iera|aran|ara|arian|aria|erian|eria|irian|iria|aban"
        r"|aba|iamos|ian|ia|ados|adas|ado|ada|idos|idas|ido|ida|amos|emos|imos|aran|eran|iran|ara|era|ira|mente|mientos"
        r"|miento|adores|adoras|ador|adora|idades|idad|istas|ista|ismo|osos|osas|oso|osa|ar|er|ir|an|en|on|os|as|es|o|a|e|io|n|s)$"
    ),
}
_BEFORE: Mapping[Lang, re.Pattern[str]] = {
    "en": re.compile(r"^(?:anti|non|un|re|over|under|counter|cyber|ex|mid|out)"),
    "es": re.compile(r"^(?:narco|ex|anti|auto|bi|sobre|super|des|in|im|re|contra|inter|sub|ultra|pre|co)"),
}
_PLURAL = re.compile(r"(?<=[aeo])s$|(?<=[lnrd])es$")
_SHORTEST_STEM = 4


@lru_cache(maxsize=4096)
def is_plain(folded: str, language: Lang) -> bool:
    """Whether a folded word is common in its language, in this or another form of it."""
    if is_common(folded, language) or folded in _news()[language]:
        return True
    if not _stems(language).isdisjoint(_forms(folded, language)):
        return True
    single, rest = _singular(folded, language), _BEFORE[language].sub("", folded)
    return any(form != folded and len(form) >= _SHORTEST_STEM and is_plain(form, language) for form in (single, rest))


def _singular(folded: str, language: Lang) -> str:
    if language == "en":
        return folded[:-3] + "y" if folded.endswith("ies") else folded
    return folded[:-3] + "z" if folded.endswith("ces") else _PLURAL.sub("", folded)


def _forms(folded: str, language: Lang) -> Iterator[str]:
    """A word, its singular and its stem: "migrantes", "migrante", "migrant"."""
    single = _singular(folded, language)
    forms = (folded, single, _ENDINGS[language].sub("", single))
    return (form for form in forms if len(form) >= _SHORTEST_STEM)


@lru_cache(maxsize=2)
def _stems(language: Lang) -> frozenset[str]:
    words = common_words(language) | _news()[language]
    return frozenset(form for word in words for form in _forms(word, language))


@lru_cache(maxsize=1)
def _news() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for line in Path(__file__).with_name("headline_words.txt").read_text(encoding="utf-8").splitlines():
        language, mark, words = line.partition(": ")
        if mark and language in found:
            found[language].update(words.split())
    return {language: frozenset(words) for language, words in found.items()}
