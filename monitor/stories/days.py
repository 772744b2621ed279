"""Days on which something is to happen, from sentences in English and Spanish. Pure.

"The hearing is set for March 3", "el puente reabrirá el lunes": a day counts with the thing that happens on it
(`data/happenings.yaml`) and with what else its clause names, so that only the same happening is compared. A weekday and
"tomorrow" count from the day of publication in border time. Precision before recall: what is over, a range ("Feb. 12 to
16"), a limit ("by Friday") and a day without a known happening in its clause are left out.

Known gaps: a clause ends at a comma; "next Monday" is the coming one; a day of the month alone ("el 13") is none; times
of day; border time is taken as six hours behind UTC all year.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.records import Lang
from monitor.resources import read_yaml
from monitor.stories.matter import profiles
from monitor.stories.plain import plain

_FILE = Path(__file__).with_name("data") / "happenings.yaml"
_BORDER = timedelta(hours=-6)
_LONG_OVER = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as a clause gives it, with what happens then and the words and names beside it."""

    on: date
    happenings: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    further: bool  # "another flight"
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A day at a place in a text."""

    on: date
    start: int
    end: int


def border_day(instant: datetime) -> date:
    """The date at the border, near enough to say which day a weekday means."""
    return (instant + _BORDER).date()


def days(text: str, language: Lang, published: date) -> tuple[Day, ...]:
    """The days of a sentence on which something is still to happen on the day of publication."""
    low = plain(text).lower()
    if len(low) != len(text):
        return ()
    found = []
    for said in _dates(low, language, published):
        start, end = _clause(low, said)
        clause = low[start : said.start] + " | " + low[said.end : end]
        happenings = _happenings(clause, language)
        if happenings and said.on >= published and not _limited(low, said):
            names = frozenset(_NAME.findall(plain(text)[start:end])) - _NO_NAMES
            further = _words().further.search(clause) is not None
            found.append(
                Day(said.on, happenings, _beside(clause, language), names, further, text[said.start : said.end], text)
            )
    return tuple(found)


def all_days(text: str, language: Lang, published: date) -> frozenset[date]:
    """Every day that a sentence names, whatever it is the day of."""
    low = plain(text).lower()
    return frozenset(said.on for said in _dates(low, language, published))


def is_moved(text: str) -> bool:
    """Whether a text says that a day was put off, brought forward or given up."""
    return _words().moved.search(plain(text).lower()) is not None


def same_happening(a: Day, b: Day) -> bool:
    """Whether two days are of one happening, as far as their clauses tell."""
    if a.further != b.further or (a.names and b.names and not a.names & b.names):
        return False
    if not (a.happenings <= b.happenings or b.happenings <= a.happenings):
        return False
    if a.words and b.words:
        return not a.words.isdisjoint(b.words)
    bare = not a.words and not b.words and a.happenings == b.happenings  # "the strike begins on Monday"
    return bare or not _words().alone.isdisjoint(a.happenings & b.happenings)


# ---------------------------------------------------------------- the words


@dataclass(frozen=True, slots=True)
class _Words:
    happenings: Mapping[Lang, Mapping[str, re.Pattern[str]]]
    alone: frozenset[str]
    moved: re.Pattern[str]
    further: re.Pattern[str]
    ahead: re.Pattern[str]
    empty: re.Pattern[str]  # tell nothing about what happens


@lru_cache(maxsize=1)
def _words() -> _Words:
    document: Mapping[str, Any] = read_yaml(_FILE)
    columns: Mapping[Lang, int] = {"en": 0, "es": 1}
    return _Words(
        happenings={
            lang: {id_: _pattern(row[column]) for id_, row in document["happenings"].items()}
            for lang, column in columns.items()
        },
        alone=frozenset(document["alone"]),
        moved=_pattern(document["moved"]),
        further=_pattern(document["further"]),
        ahead=_pattern(document["ahead"]),
        empty=_pattern(document["empty"]),
    )


def _pattern(alternatives: str) -> re.Pattern[str]:
    flat = re.sub(r"\n\s*", "", alternatives)
    return re.compile(rf"\b(?:{flat})\b")


def _happenings(clause: str, language: Lang) -> frozenset[str]:
    return frozenset(id_ for id_, pattern in _words().happenings[language].items() if pattern.search(clause))


def _beside(clause: str, language: Lang) -> frozenset[str]:
    """The telling words of a clause, without those of what happens and when."""
    for pattern in (*_words().happenings[language].values(), _words().ahead, _words().further, _words().empty):
        clause = pattern.sub(" ", clause)
    return frozenset(*profiles([clause]))


_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]\w+")

# ---------------------------------------------------------------- dates

_MONTH_NAMES = (
    "january enero jan ene", "february febrero feb", "march marzo mar", "april abril apr abr", "may mayo",
    "june junio jun",
    "july julio jul", "august agosto aug ago", "september septiembre sept sep", "october octubre oct",
    "november noviembre nov", "december diciembre dec dic",
)  # fmt: skip
_DAY_NAMES = (
    "monday lunes", "tuesday martes", "wednesday miercoles", "thursday jueves", "friday viernes", "saturday sabado",
    "sunday domingo",
)  # fmt: skip
_MONTHS = {word: k for k, words in enumerate(_MONTH_NAMES, 1) for word in words.split()}
_WEEKDAYS = {word: k for k, words in enumerate(_DAY_NAMES) for word in words.split()}
_MONTH, _WEEKDAY = "|".join(_MONTHS), "|".join(_WEEKDAYS)
_NO_NAMES = frozenset(
    word.capitalize() for word in (*_MONTHS, *_WEEKDAYS, "mexico", "united", "states", "estados", "unidos")
)
_ISO = r"\b(?P<iso>20\d\d-\d\d-\d\d)\b"
_DATE: Mapping[Lang, re.Pattern[str]] = {
    "en": re.compile(
        rf"\b(?:(?:{_WEEKDAY}),? )?(?:the )?"
        rf"(?:(?P<month>{_MONTH})\b\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?!,\d)"
        rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH})\b)(?:,? (?P<year>20\d\d))?"
        rf"|{_ISO}|\b(?:(?P<last>last )|next |this )?(?P<weekday>{_WEEKDAY})\b|\b(?P<tomorrow>tomorrow)\b"
    ),
    "es": re.compile(
        rf"\b(?:(?:el |este )?(?:{_WEEKDAY}),? )?(?P<day>\d{{1,2}}|primero)[º°]? de (?P<month>{_MONTH})\b"
        rf"(?: del? (?:ano )?(?P<year>20\d\d))?"
        rf"|{_ISO}|\b(?:(?:el|este|proximo) )*(?P<weekday>{_WEEKDAY})(?: (?P<day2>\d{{1,2}}))?\b(?! (?P<last>pasado))"
        r"|(?<!la )(?<!esta )(?<!de )(?<!una )(?<!cada )\b(?P<tomorrow>manana)\b"
    ),
}


def _dates(low: str, language: Lang, published: date) -> Iterator[_Said]:
    for match in _DATE[language].finditer(low):
        on = _resolved(match, low, published)
        if on is not None:
            yield _Said(on, match.start(), match.end())


def _resolved(match: re.Match[str], low: str, published: date) -> date | None:
    """The day that is meant, or None where the words give none (31 February, a weekday that is over)."""
    parts = match.groupdict()
    try:
        if parts["iso"]:
            return date.fromisoformat(parts["iso"])
        if parts["tomorrow"]:
            return published + timedelta(days=1)
        if parts["weekday"]:
            return _weekday(parts, low, match.start(), published)
        month = _MONTHS[parts["month"] or parts["month2"]]
        number = parts["day"] or parts["day2"]
        number_of_day = 1 if number == "primero" else int(number)
        if parts["year"]:
            return date(int(parts["year"]), month, number_of_day)
        return _nearest(month, number_of_day, published)
    except ValueError:
        return None


def _nearest(month: int, day: int, published: date) -> date:
    """A date without a year: this year's, or next year's where that is long over."""
    this = date(published.year, month, day)
    return date(published.year + 1, month, day) if published - this > _LONG_OVER else this


def _weekday(parts: Mapping[str, str | None], low: str, at: int, published: date) -> date | None:
    """The coming such day where the sentence looks ahead, else the last one; with its day of the month, that one."""
    ahead = (_WEEKDAYS[parts["weekday"] or ""] - published.weekday()) % 7
    coming = published + timedelta(days=ahead)
    number = parts.get("day2")
    if number:
        near = (coming + timedelta(days=7 * weeks) for weeks in (-1, 0, 1, 2, 3))
        return next((day for day in near if day.day == int(number)), None)
    if parts.get("last") or _DONE.search(low[:at]) or not _words().ahead.search(low):
        return coming - timedelta(days=7) if ahead else coming
    return coming


_DONE = re.compile(  # "voted Tuesday to extend"
    r"\b(?:(?!scheduled|expected|planned|slated)\w{2,}ed|said|says|told|left|met|took|began|flew)"
    r"(?: on| late| early)? $"
)
_LIMIT = re.compile(
    r"\b(?:by|before|until|through|till|since|after|antes|antes del?|hasta|desde|tras|despues del?|al|a mas tardar)"
    r"(?: the| el)? ?$"
)
_RANGE_BEHIND = re.compile(rf" ?(?:-|to|through|and|al?|y|hasta|until) ?(?:the |el )?(?:\d|(?:{_MONTH}|{_WEEKDAY})\b)")
_RANGE_BEFORE = re.compile(
    r"(?:\bdel?|\bentre|\bfrom|\bbetween|\d)(?: el)? ?(?:\d{1,2})? ?(?:al|y|a|-|to|and|through) ?$"
    r"|\b(?:del?|entre|between) (?:el )?$"
)


def _limited(low: str, said: _Said) -> bool:
    """Whether a day is an end of a range, or a limit."""
    before, behind = low[: said.start], low[said.end :]
    return bool(_LIMIT.search(before) or _RANGE_BEHIND.match(behind) or _RANGE_BEFORE.search(before))


def _clause(low: str, said: _Said) -> tuple[int, int]:
    """Where the clause of a day begins and ends: at a comma, semicolon, dash, or "and" with a verb of its own."""
    breaks = [m.end() for m in _BREAK.finditer(low[: said.start])]
    start = breaks[-1] if breaks else 0
    behind = _BREAK.search(low, said.end)
    return start, behind.start() if behind else len(low)


_BREAK = re.compile(r"[,;:()«»“”\"]|--| - |\b(?:and|y|but|pero|que|who|which|while|mientras)\b")
