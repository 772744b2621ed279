"""Dates as feeds write them, in English and Spanish, to aware UTC. Pure functions.

`standard_date` reads what feedparser reads; `read_date` reads what people write: "3 de junio de 2007", "Diciembre 23,
2014 at 3:43 am", "31-marzo-2024", "Dom, 22 Nov 2026 10:00:00 -0600", "Monday, July 27, 2026 - 15:30", "22/11/2026".

Known gaps: a time without a zone counts as UTC (up to eight hours early for an outlet on the border); a date in
figures only is day first in a Spanish feed and month first in an English one, unless only the other can be meant.
"""

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from typing import Any

from feedparser import api

from monitor.records import Lang
from monitor.text import fold

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # older is a broken clock, not news
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre setiembre set",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONE_HOURS = {
    **dict.fromkeys(("z", "ut", "utc", "gmt"), 0),
    **{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7},
}
_MONTH = r"(?P<month>[a-z]{3,10})\.?"
_DAY_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\s+de\s+|[\s/.-]+){_MONTH}(?:\s+del?\s+|[\s,/.-]+)(?P<year>\d{{4}})\b"
)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,|\s+de)?\s+(?P<year>\d{{4}})\b")
_YEAR_FIRST = re.compile(r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_FIGURES = re.compile(r"\b(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4})\b")
_TIME = re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\.\d+)?\s*(?P<half>[ap]\.?\s?m\b)?")
_TIME_AND_ZONE = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?\s?m\b\.?\s*)?"
    r"(?:[+-]\d{1,2}:?\d{2}|(?:z|utc?|gmt|[aecmp][sd]t)\b)",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\s*(?:(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})|(?P<name>[a-z]{1,4})\b)")


# The two formats that nearly all feeds have, RFC 822 and RFC 3339; feedparser knows many more.
_MONTH_NUMBERS = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_RFC_822 = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{{1,2}}) ({'|'.join(_MONTH_NUMBERS)}) ((?:19|20)[0-9]{{2}})"
    r" ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))? (?:([+-])([0-9]{2})([0-9]{2})|GMT|UTC|Z)"
)
_RFC_3339 = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[+-][0-9]{2}:[0-9]{2}|Z)"
)


def standard_date(text: str) -> datetime | None:
    """The moment that feedparser reads in a date, in whole seconds; None if it reads none, or one before 1995.

    IndexError where feedparser raises it: for a thirteenth month in a date as Perforce writes it.
    """
    try:
        moment = _plain_date(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        return from_struct(api._parse_date(text))
    return moment if plausible(moment) else None


def from_struct(parsed: Any) -> datetime | None:
    """feedparser's nine numbers as a moment; None if there are none, they are none, or it is before 1995."""
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if moment and plausible(moment) else None


def _plain_date(text: str) -> datetime | None:
    """A date in the two formats; ValueError and OverflowError for a day or an hour that is none."""
    if _RFC_3339.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    match = _RFC_822.fullmatch(text)
    if not match:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    number = _MONTH_NUMBERS[month]
    at = datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    if not sign:
        return at
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return at + ahead if sign == "-" else at - ahead


def read_date(text: str, language: Lang) -> datetime | None:
    """The moment a human date means; None if it is none, or before 1995."""
    flat = " ".join(fold(text).split())[:120]
    day = _day(flat, language)
    if day is None:
        return None
    try:
        moment = day + _time_of_day(flat)
    except OverflowError:  # the last hours of the year 9999
        return None
    return moment if plausible(moment) else None


def tells_zone(text: str) -> bool:
    """Whether a date has a time with a zone. Without one it is read as UTC, up to eight hours early on the border."""
    return _TIME_AND_ZONE.search(text) is not None


def plausible(moment: datetime) -> bool:
    """Whether a moment can be a news item's date at all."""
    return moment >= _EARLIEST


def _day(text: str, language: Lang) -> datetime | None:
    for pattern in (_DAY_MONTH, _MONTH_DAY, _YEAR_FIRST):
        for match in pattern.finditer(text):
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
            if found := _date(int(match["year"]), number, int(match["day"])):
                return found
    return _day_in_figures(text, language)


def _day_in_figures(text: str, language: Lang) -> datetime | None:
    match = _FIGURES.search(text)
    if not match:
        return None
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    return (day_first or month_first) if language == "es" else (month_first or day_first)


def _date(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _time_of_day(text: str) -> timedelta:
    """Since midnight UTC; zero when there is no readable time."""
    match = _TIME.search(text)
    if not match:
        return timedelta()
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 60:
        return timedelta()
    return timedelta(hours=hour, minutes=minute, seconds=second) - _offset(text[match.end() :])


def _offset(text: str) -> timedelta:
    match = _ZONE.match(text)
    if not match:
        return timedelta()
    if match["sign"]:
        size = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
        return -size if match["sign"] == "-" else size
    return timedelta(hours=_ZONE_HOURS.get(match["name"], 0))
