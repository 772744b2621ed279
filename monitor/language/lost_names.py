"""Names that a translation lost: places, agencies, acronyms and people that stand in the original only."""

import re
from collections.abc import Collection
from functools import lru_cache

from monitor.language.casing import is_shouting, is_title_case
from monitor.language.glossary import Glossary, any_of
from monitor.language.names import ACRONYMS, GIVEN_NAMES
from monitor.records import Lang
from monitor.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ACRONYM = re.compile(r"\b[A-Z]{3,6}\b")
_MANY_MISSING = 3
_MISSING_SHARE = 0.74
_ELSEWHERE: dict[str, tuple[str, ...]] = {  # acronyms that are another word on the other side
    "EEUU": ("us", "u.s", "united states", "american"),
    "USA": ("estados unidos", "ee", "eu"),
    "ONU": ("un", "u.n", "united nations"),
    "OTAN": ("nato",),
    "NATO": ("otan",),
    "ONG": ("ngo", "organi"),
    "NGO": ("ong", "organi"),
    "OIM": ("iom",),
    "IOM": ("oim",),
    "OEA": ("oas",),
    "OAS": ("oea",),
}


def missing_names(original: str, translated: str, source: Lang, target: Lang, glossary: Glossary) -> list[str]:
    """Names the translation has in no form: known places, acronyms and given names; most of the others."""
    del target
    out = fold(translated)
    words = set(re.findall(r"\w+", out))
    known = [name for name in _known_names(original, glossary) if not _has_name(name, out, words, source, glossary)]
    if known or is_shouting(original) or is_title_case(original):
        return known
    others = _other_names(_renamed(glossary).sub("", original))  # the glossary gives those another name
    missing = [name for name in others if not _has_word(name, out, words)]
    return missing if len(missing) >= _MANY_MISSING and len(missing) / len(others) > _MISSING_SHARE else []


def _known_names(original: str, glossary: Glossary) -> list[str]:
    places = [m.group() for m in _places(glossary).finditer(original)]
    acronyms = [word for word in _ACRONYM.findall(original) if word in ACRONYMS] if not is_shouting(original) else []
    given = [word for word in _WORD.findall(original) if word in GIVEN_NAMES]
    return list(dict.fromkeys([*places, *acronyms, *given]))


def _has_name(name: str, out: str, words: Collection[str], source: Lang, glossary: Glossary) -> bool:
    forms = [fold(form) for form in (name, *_other_forms(glossary, source, name), *_ELSEWHERE.get(name, ()))]
    if any(form in out for form in forms):
        return True
    return all(any(word[:4] == part[:4] for word in words) for part in fold(name).split())


def _has_word(word: str, out: str, words: Collection[str]) -> bool:
    """In the output as it is, or in a form that begins alike ("Estados", "mexicano" for "México")."""
    return word in out or any(w[:4] == word[:4] or (w[:3] == word[:3] and abs(len(w) - len(word)) <= 2) for w in words)


def _other_names(original: str) -> list[str]:
    """Capitalised words inside sentences, folded."""
    found = []
    for match in _WORD.finditer(original):
        before = original[: match.start()].rstrip()
        if len(match.group()) > 3 and match.group()[0].isupper() and before and before[-1] not in '.!?:¿¡"“«(-–—…':
            found.append(fold(match.group()))
    return found


@lru_cache(maxsize=8)
def _renamed(glossary: Glossary) -> re.Pattern[str]:
    return any_of(glossary.names)


@lru_cache(maxsize=8)
def _places(glossary: Glossary) -> re.Pattern[str]:
    return any_of(glossary.places)


@lru_cache(maxsize=4096)
def _other_forms(glossary: Glossary, source: Lang, name: str) -> tuple[str, ...]:
    low = name.lower()
    return tuple(e.es if source == "en" else e.en for e in glossary.entries if e.text(source).lower() == low)
