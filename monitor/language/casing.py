"""Headlines in capitals and in English title case, brought to sentence case before they are translated.

Translation models have learned from running text: on capitals they spell out or copy words. Pure functions.

Known gaps: a name that is in no list loses its capitals in an ALL-CAPS headline; a common word that is also a known
name keeps them ("Presidio", "Roma").
"""

import re
from functools import lru_cache

from monitor.language.glossary import Glossary, any_of
from monitor.language.names import ACRONYMS, COMMON_WORDS, COUNTRIES, GIVEN_NAMES, SURNAMES
from monitor.records import Lang

_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*|[\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"\w\w[.!?:…]\s+[\"'“‘«(¿¡]*$")
_SHOUTING_LETTERS = 12
_SHOUTING_SHARE = 0.85
_TITLE_WORDS = 4
_TITLE_SHARE = 0.8
_ENGLISH_CAPITALS = frozenset(  # English capitalises these, Spanish does not
    "january february april june july august september october november december monday tuesday wednesday"
    " thursday friday"
    " saturday sunday mexican mexicans american americans venezuelan venezuelans honduran hondurans guatemalan"
    " guatemalans"
    " salvadoran salvadorans haitian haitians cuban cubans colombian colombians chinese russian spanish english"
    " ecuadorian"
    " nicaraguan republican republicans democrat democrats congress senate".split()
)
_NICKNAME = re.compile(r"([\"“«])((?:el|la|los|las)\s+\w+(?:\s+\w+)?)([\"”»])", re.IGNORECASE)


def is_shouting(text: str) -> bool:
    """Whether a text is written in capitals: over 85 % of at least 13 letters."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > _SHOUTING_LETTERS and sum(c.isupper() for c in letters) / len(letters) > _SHOUTING_SHARE


def is_title_case(text: str) -> bool:
    """Whether a headline Starts Each Long Word With a Capital (four such words at least, over 80 % of them)."""
    words = [word for word in _LETTERS.findall(text) if len(word) > 3]
    return len(words) >= _TITLE_WORDS and sum(word[0].isupper() for word in words) / len(words) > _TITLE_SHARE


def sentence_case(text: str, language: Lang, glossary: Glossary) -> str:
    """The text in its language's sentence case when it shouts or is in title case; any other text is left alone.

    Names of the glossary, known acronyms and personal names get or keep their capitals.
    """
    shouting = is_shouting(text)
    if not shouting and not is_title_case(text):
        return text
    known = _known(glossary, language)
    out, at = [], 0
    for token in _TOKEN.findall(text):
        starts = at == 0 or not any(c.isalnum() for c in text[:at]) or bool(_SENTENCE_START.search(text[:at]))
        out.append(_cased(token, shouting=shouting, starts=starts, known=known))
        at += len(token)
    cased = _NICKNAME.sub(lambda m: m.group(1) + m.group(2).title() + m.group(3), "".join(out))
    spellings = _spellings(glossary)
    return _multiword(glossary).sub(lambda m: spellings[m.group().lower()], cased)


def is_known_name(word: str, language: Lang, glossary: Glossary) -> bool:
    """Whether a single word is a name or an acronym of the lists."""
    return word.lower() in _known(glossary, language)


def _cased(token: str, *, shouting: bool, starts: bool, known: dict[str, str]) -> str:
    if not token[0].isalnum():
        return token
    low = token.lower()
    base, _, ending = low.partition("'") if "'" in low else low.partition("’")
    if low in known:
        word = known[low]
    elif ending and base in known:
        word = known[base] + token[len(base)] + ending
    elif shouting or token[1:].islower() or (len(token) == 1 and not token.isdigit()) or _hyphenated(token):
        word = low
    else:
        word = token  # an acronym or a camel-case name inside a title-case headline
    return word[0].upper() + word[1:] if starts else word


def _hyphenated(token: str) -> bool:
    """ "Cross-Border": two words in title case; "US-Mexico" is not."""
    parts = re.split(r"['’-]", token)
    return len(parts) > 1 and all(part[1:].islower() or len(part) == 1 for part in parts if part)


@lru_cache(maxsize=8)
def _known(glossary: Glossary, language: Lang) -> dict[str, str]:
    """Single words that keep their capitals, by their lower-case form."""
    words = {name.lower(): name for name in (*GIVEN_NAMES, *SURNAMES, *ACRONYMS, *COUNTRIES)}
    words |= {place.lower(): place for place in glossary.places if " " not in place}
    words |= {name.lower(): name for name in glossary.names if " " not in name}
    if language == "en":
        words |= {word: word.capitalize() for word in _ENGLISH_CAPITALS} | {"i": "I"}
    return {word: spelling for word, spelling in words.items() if word not in COMMON_WORDS[language] or spelling == "I"}


@lru_cache(maxsize=8)
def _spellings(glossary: Glossary) -> dict[str, str]:
    """Names of several words as they are written, by their lower-case form."""
    return {name.lower(): name for name in (*glossary.places, *glossary.names) if " " in name or "-" in name}


@lru_cache(maxsize=8)
def _multiword(glossary: Glossary) -> re.Pattern[str]:
    return any_of(_spellings(glossary), re.IGNORECASE)
