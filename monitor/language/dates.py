"""Whether months, weekdays and times of day are the same in a translation. Pure functions of the two texts.

A month or a weekday must stand in both texts, "Sept. 5" and "5 de septiembre" alike. Today, yesterday and tomorrow,
seasons and parts of the day may be left out or said otherwise, but none may become another. Years, days of the month
and clock times are numbers (`amounts`).

Known gaps: dates in figures only ("3/5") are read as two numbers, in no order; a month that is said twice may lose one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.language.wordlists import PhraseIndex, read_rows, tokens
from monitor.records import Lang
from monitor.text import fold

_NEEDED = frozenset({"month", "weekday"})
_SHORT_MONTHS = {
    "en": re.compile(r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:\.|\.? \d{1,2}\b)(?!\w)", re.IGNORECASE),
    "es": re.compile(
        r"\b\d{1,2} (?:de )?(ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)\b(?!\.?\w)", re.IGNORECASE
    ),
}
# Words that are a month only in company: "May 5", "in March"; a "may" or a "march" elsewhere is a verb or a protest.
_IN_COMPANY = re.compile(
    r"(?:\b(?:in|of|on|last|next|this|since|until|till|by|early|late|mid|through|from|before|after|during)[ -]|\d )"
    r"(may|march)\b|\b(may|march) (?:of )?\d",
    re.IGNORECASE,
)
_PROPER = re.compile(  # people and places
    r"(?<=[a-záéíóúñ,] )(?:Abril|Julio|Agosto|Domingo|Junio|April|June|August)(?= [A-Z])|\bSanto Domingo\b"
)
_BY_THEN = re.compile(
    r"\bby (?:(?:the end of|late|early|mid|next|this)[ -]?)*"
    r"(?:(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|novem|decem)ber|october|(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|noon|midnight|\d{4}|(?<=end of )\w+)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|through|up to|as late as)\b", re.IGNORECASE)
_HASTA = re.compile(
    r"\bhasta (?:(?:el|la|este|esta|final|finales|fin|fines|principios|mediados|próxim[oa]|de|del|año) )*"
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|(?:septiem|noviem|diciem)bre|octubre|lunes|martes|miércoles"
    r"|jueves|viernes|sábado|domingo|mediodía|medianoche|mes|año|semana|\d{4})\b",
    re.IGNORECASE,
)
_NOT_TOMORROW = frozenset("la las esta una cada ultima hora de temprano media".split())


@dataclass(frozen=True, slots=True)
class _Calendar:
    index: PhraseIndex
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Times:
    """Rows of calendar.tsv: those a text surely says, and those it may say."""

    sure: frozenset[int]
    possible: frozenset[int]


@lru_cache(maxsize=2)
def _calendar(language: Lang) -> _Calendar:
    column = 1 if language == "es" else 2
    return _Calendar(PhraseIndex.of(row[column] for row in _rows()), tuple(row[0] for row in _rows()))


@lru_cache(maxsize=512)
def _times(text: str, language: Lang) -> _Times:
    words, calendar = tokens(text), _calendar(language)
    hits = [hit for hit in calendar.index.rows(words) if not _is_morning(words, hit.start, calendar.kinds[hit.row])]
    short = {row for match in _SHORT_MONTHS[language].finditer(text) for row in _named(match.group(1))}
    possible = frozenset(hit.row for hit in hits) | short
    doubtful = {hit.row for hit in hits if language == "en" and words[hit.start] in ("may", "march")}
    doubtful |= {row for match in _PROPER.finditer(text) for row in _named(match.group())}
    if language == "en":
        doubtful -= {row for match in _IN_COMPANY.finditer(text) for row in _named(match.group(1) or match.group(2))}
    return _Times(possible - doubtful, possible)


@lru_cache(maxsize=128)
def _named(name: str) -> frozenset[int]:
    """The rows of a month or weekday by its name in either language, or by its first three letters."""
    start = fold(name.rsplit(maxsplit=1)[-1])[:3]
    return frozenset(i for i, row in enumerate(_rows()) if row[0] in _NEEDED and start in (row[1][:3], row[2][:3]))


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, str], ...]:
    rows = read_rows(Path(__file__).with_name("calendar.tsv"), 3)
    return tuple((kind, fold(es), fold(en)) for kind, es, en in rows)


def _is_morning(words: Sequence[str], at: int, kind: str) -> bool:
    """ "la mañana" is no tomorrow, and a bare "mañana" no morning."""
    if words[at] != "manana":
        return False
    behind_article = at > 0 and words[at - 1] in _NOT_TOMORROW
    return behind_article if kind == "day" else not behind_article


def changed_dates(original: str, translated: str, source: Lang, target: Lang) -> list[str]:
    """The months, weekdays and times of day of either text that the other lacks, as rows of calendar.tsv say them."""
    here, there = _times(original, source), _times(translated, target)
    if not here.possible and not there.possible:
        return []
    missing = (here.sure - there.possible, tokens(translated)), (there.sure - here.possible, tokens(original))
    found = [
        _name(row)
        for rows, words in missing
        for row in sorted(rows)
        if _rows()[row][0] in _NEEDED and not _is_kept(row, words)
    ]
    english, spanish = (original, translated) if source == "en" else (translated, original)
    return found + _changed_parts(here, there) + _changed_deadline(english, spanish)


def _changed_deadline(english: str, spanish: str) -> list[str]:
    """ "by October" is no "hasta octubre", which would be "until October"."""
    by = _BY_THEN.search(english)
    return [by.group()] if by and _HASTA.search(spanish) and not _UNTIL.search(english) else []


def _is_kept(row: int, words: Sequence[str]) -> bool:
    """Whether the other text has it as a name, in the language it came from: "Saturday Night Live"."""
    return any(name in words for cell in _rows()[row][1:] for name in cell.split("|"))


def _changed_parts(here: _Times, there: _Times) -> list[str]:
    found = []
    for kind in sorted({row[0] for row in _rows()} - _NEEDED):
        one = {row for row in here.possible if _rows()[row][0] == kind}
        other = {row for row in there.possible if _rows()[row][0] == kind}
        if one and other and not one & other:
            found.append(f"{_name(min(one))} ≠ {_name(min(other))}")
    return found


def _name(row: int) -> str:
    return _rows()[row][2].split("|")[0]
