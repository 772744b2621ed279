"""A text taken apart into what may be a name: every word with a capital, weighed by how surely the other side needs it.

Pure. Known gaps: a name without a capital is none; an unknown word that opens a sentence is a name when neither list
nor ending says otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.language.casing import sentence_case
from monitor.language.glossary import Glossary
from monitor.language.name_forms import PLACES, Form, Kind, Word, forms_of, is_common
from monitor.language.names import ACRONYMS, GIVEN_NAMES, SURNAMES
from monitor.records import Lang
from monitor.text import fold, unescape_until_stable

UnitKind = Literal[Kind, "known", "unknown", "acronym", "common", "small"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A word with a capital, or several that make one name of the tables."""

    words: tuple[Word, ...]
    rows: frozenset[int]  # of the tables; one that the other side shares is the same thing
    parts: tuple[frozenset[int], ...]  # those of each single word
    kind: UnitKind
    weight: float  # 1: the other side must have it; 0: it may be any word

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def sure(self) -> bool:
        return self.weight >= 1


@dataclass(frozen=True, slots=True)
class Side:
    """One text of a pair. `rows`: all that its words may stand for, capitals or not."""

    words: tuple[Word, ...]
    units: tuple[Unit, ...]
    rows: frozenset[int]
    spans: tuple[frozenset[int], ...]  # the rows of each of its longest forms, in order
    folded: frozenset[str]
    capitals: frozenset[str]  # of the words with a capital; all, when the text's capitals say nothing
    squeezed: str  # its folded words without blanks
    initials: str  # of its words but articles and the like
    capital_initials: str
    language: Lang


WEIGHTS: dict[UnitKind, float] = {
    "country": 1.0,
    "region": 1.0,
    "city": 1.0,
    "body": 1.0,
    "known": 1.0,
    "unknown": 1.0,
    "person": 1.0,
    "either": 0.5,
    "acronym": 0.4,
    "derived": 0.3,
    "common": 0.2,
    "word": 0.1,
    "small": 0.0,
}
_DAILY_ACRONYM = 0.7  # one that the news of the border uses daily
_UNSURE = 0.6  # an unknown word where any word has a capital, with a common word's ending, or behind an article
_MERE_MENTION = 0.3  # a dateline; the country of an agency ("U.S. Customs", "… de Estados Unidos")
_SMALL_SHARE = 0.4
_OF = frozenset(("de", "del", "of"))
LINKS = frozenset("de del la las los el of the y and e a for para por on von van bin al".split())

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_UNITED = re.compile(r"\bEE\.?\s?UU\b\.?|\bE\.\s?U\.(?:\s?A\.)?")
_DOTTED = re.compile(r"\b(?:[A-Z]\.\s?)+[A-Z]\.")
_ENDING = re.compile(r"(?:['’](?:s|m|re|ve|ll|d)|n['’]t|['’])$", re.IGNORECASE)
_OPENERS = ".!?:;¿¡\"“”«»(-–—…'‘[|•*/"
_ABBREVIATED = frozenset(
    "mr mrs ms dr dra sr sra srta gov sen sens rep reps gen lt col sgt capt cmdr st rev prof lic gral ing mtro adm maj"
    " jr ft mt no núm art det gob cap cmte tte".split()
)
_DATELINE = re.compile(r"[A-ZÁÉÍÓÚÜÑ .,()]{4,40}\s?[—–-]+\s")
_SPANISH_VERB = re.compile(r"(?:[éóíá]|[aei]n|ron|[aei]mos|[aei]r|[aei]rse|ndo|mente|[aei]rá|[aei]rán)$")
_LIKE_A_WORD = re.compile(
    r"(?:ings?|ed|ions?|isms?|ists?|[ie]ans?|ese|ics?|als?|ity|ities|ments?|ness|ology|ous|ary|ories|ory|ies|ful|less"
    r"|c[iy]on(?:es)?|dad(?:es)?|ismos?|istas?|enses?|en[oa]s?|ic[oa]s?|ad[oa]s?|id[oa]s?|mientos?|tor(?:es)?|ores|eros?|eras?)$"
)
_ARTICLES = frozenset("the el la los las del al un una a an".split())
_PREFIXES = ("un", "re", "in", "non", "after", "over", "under", "anti", "counter", "super", "sub", "des", "contra")
_KNOWN = frozenset(fold(name) for name in (*GIVEN_NAMES, *SURNAMES))
_GIVEN = frozenset(fold(name) for name in GIVEN_NAMES)


@lru_cache(maxsize=512)
def side_of(text: str, language: Lang, glossary: Glossary) -> Side:
    """The words of a text and its units. Headlines in capitals or title case are brought to sentence case first."""
    written = _plain(text)
    plain = written if _has_small_words(written) else sentence_case(written, language, glossary)
    words = tuple(_words(plain))
    forms = forms_of(glossary, language)
    cased = plain == written
    found = [forms.at(words, at, cased=cased) for at in range(len(words))]
    return Side(
        words,
        tuple(_units(words, found, language, _dateline_end(text, plain))),
        frozenset(form.row for each in found for form in each),
        tuple(_rows(found[at], size) for at, size in _segments(found) if found[at]),
        frozenset(word.folded for word in words),
        frozenset(word.folded for word in words if word.capital or not cased),
        "".join(word.folded for word in words),
        "".join(word.folded[0] for word in words if word.folded not in LINKS),
        "".join(word.folded[0] for word in words if word.capital and word.folded not in LINKS),
        language,
    )


def _has_small_words(text: str) -> bool:
    """Whether a text has too many words in lower case to be a headline in capitals or title case; a cheap look."""
    longer = [word for word in text.split() if len(word) > 4]
    return sum(word[0].islower() for word in longer) > _SMALL_SHARE * len(longer)


def _plain(text: str) -> str:
    """Without entities; "EE. UU." and "U.S." as single words."""
    text = unescape_until_stable(text).replace("T-MEC", "TMEC")
    text = _UNITED.sub(lambda m: ("EEUU" if "UU" in m.group() else "EU") + "." * m.group().endswith("."), text)
    return _DOTTED.sub(lambda m: m.group().replace(".", "").replace(" ", "") + ".", text)


def _dateline_end(text: str, plain: str) -> int:
    found = _DATELINE.match(plain) if text[:4].isupper() else None
    return found.end() if found else 0


def _words(text: str) -> Iterator[Word]:
    end, before = 0, ""
    for match in _WORD.finditer(text):
        whole, gap = match.group(), text[end : match.start()]
        opens = not before or _opens(before, gap)
        word, folded = _bare(whole)
        if folded:
            owns = word != whole or text[match.end() : match.end() + 1] in ("'", "’")
            yield Word(word, folded, match.start(), opens, owns)
        end, before = match.end(), whole


def _opens(before: str, gap: str) -> bool:
    """Whether a word behind `before` and the marks of `gap` begins a sentence, a quotation or the like."""
    marks = gap.rstrip()
    if not marks or marks[-1] not in _OPENERS:
        return False
    if gap in ("-", "–", "/"):
        return False  # inside a name
    return marks != "." or not (len(before) == 1 or before.lower() in _ABBREVIATED)


@lru_cache(maxsize=8192)
def _bare(word: str) -> tuple[str, str]:
    """Without 's and the like; and that folded."""
    bare = _ENDING.sub("", word) if "'" in word or "’" in word else word
    return bare, fold(bare).replace("'", "")


# ---------------------------------------------------------------- units and their weights


def _segments(found: Sequence[tuple[Form, ...]]) -> Iterator[tuple[int, int]]:
    """Where each longest form or single word begins, and how many words it has."""
    at = 0
    while at < len(found):
        size = len(found[at][0].words) if found[at] else 1
        yield at, size
        at += size


def _rows(forms: Sequence[Form], size: int) -> frozenset[int]:
    return frozenset(form.row for form in forms if len(form.words) == size)


def _units(words: tuple[Word, ...], found: Sequence[tuple[Form, ...]], language: Lang, dateline: int) -> Iterator[Unit]:
    agency_ends = -1  # behind its last word
    for at, size in _segments(found):
        end = at + size
        part = words[at:end]
        if not any(word.capital and (size == 1 or word.folded not in LINKS) for word in part):
            continue
        kind = _kind(part, _longest(found[at]), words[at - 1] if at else None, language)
        weight = _weight(part[0], kind, words[max(0, at - 1) : at], words[end : end + 1])
        if kind in PLACES and (
            part[0].at < dateline
            or (agency_ends == at - 1 and words[at - 1].folded in _OF)
            or (kind == "country" and end < len(found) and any(form.kind == "body" for form in found[end]))
        ):
            weight = _MERE_MENTION
        yield Unit(part, _rows(found[at], size), tuple(_rows(each, 1) for each in found[at:end]), kind, weight)
        agency_ends = end if kind == "body" else -1


def _longest(forms: tuple[Form, ...]) -> tuple[Form, ...]:
    return tuple(form for form in forms if len(form.words) == len(forms[0].words))


def _kind(part: tuple[Word, ...], forms: tuple[Form, ...], before: Word | None, language: Lang) -> UnitKind:
    first = part[0]
    if forms:
        exact = tuple(form for form in forms if not form.open_ended) or forms
        return min((form.kind for form in exact), key=lambda kind: WEIGHTS[kind])
    if not first.text[0].isalpha() or len(first.text) < 3 or first.folded in LINKS:
        return "small"
    if is_acronym(first.text):
        return "acronym"
    common = is_common(first.folded, language)
    if first.folded in _KNOWN and not (first.opens and common):
        return "known"
    if before is not None and before.capital and before.folded in _GIVEN and not first.opens:
        return "known"
    return "common" if common or _looks_common(first, language) else "unknown"


def _looks_common(word: Word, language: Lang) -> bool:
    """A word that opens a sentence and has a verb's ending; a common word behind a prefix; two in one."""
    if word.opens and language == "es" and _SPANISH_VERB.search(word.text):
        return True
    folded = word.folded
    if any(folded.startswith(prefix) and is_common(folded[len(prefix) :], language) for prefix in _PREFIXES):
        return True
    halves = ((folded[:at], folded[at:]) for at in range(4, len(folded) - 3)) if language == "en" else ()
    return any(is_common(one, language) and is_common(two, language) for one, two in halves)


def _weight(first: Word, kind: UnitKind, before: Sequence[Word], after: Sequence[Word]) -> float:
    if kind == "acronym":
        if any(len(word.text) > 1 and word.text.isupper() for word in (*before, *after)):
            return 0.0  # emphasis
        return _DAILY_ACRONYM if first.text in ACRONYMS else WEIGHTS["acronym"]
    if kind == "common" and first.opens:
        return 0.0
    if kind == "unknown" and (
        first.opens or _LIKE_A_WORD.search(first.folded) or (before and before[0].folded in _ARTICLES)
    ):
        return _UNSURE
    return WEIGHTS[kind]


def is_acronym(word: str) -> bool:
    """Capitals only, or with a plural's ending ("MPs")."""
    bare = word.removesuffix("s")
    return len(bare) >= 2 and bare.isupper()
