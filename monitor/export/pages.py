"""The archive's index for people: `index.html`, and one page per year. Both languages, no script, nothing loaded.

All addresses are relative, so that the pages work from a plain file server as well as from a folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import quote

from babel.dates import format_skeleton

from monitor.digest.phrases import Phrases
from monitor.digest.templates import Templates, fill
from monitor.export.catalog import Catalog, Entry
from monitor.records import LANGUAGES, Lang

INDEX = "index.html"
ATOM = "editions.xml"
_RECENT_MONTHS = 3  # shown on the first page; every month is on the page of its year
_TEMPLATE = "index.html.j2"


@dataclass(frozen=True, slots=True)
class ArchiveNames:
    """What the archive is called, and the public address of its folder ("" when there is none)."""

    title_en: str
    title_es: str
    base_url: str = ""

    def title(self, language: Lang) -> str:
        return self.title_en if language == "en" else self.title_es

    def address(self, path: str) -> str:
        """The public address of a file of the archive; relative when there is none."""
        return f"{self.base_url.rstrip('/')}/{quote(path)}" if self.base_url else quote(path)


@dataclass(frozen=True, slots=True)
class Day:
    """The editions of one date."""

    date: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The days of one month that have editions, the newest first; `date` is its first day."""

    date: date
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A year's page: its address from the archive's folder, and how many editions it lists."""

    number: int
    path: str
    editions: int


def story_feed_name(language: Lang) -> str:
    """The file of the stories' feed in a language."""
    return f"stories.{language}.json"


def index_pages(catalog: Catalog, names: ArchiveNames, templates: Templates) -> dict[str, str]:
    """The pages by their path in the archive. RenderError when a template is wrong."""
    found = months(catalog.editions)
    by_year = {year: tuple(group) for year, group in groupby(found, key=lambda month: month.date.year)}
    years = tuple(Year(year, f"{year:04}/{INDEX}", _editions(group)) for year, group in by_year.items())
    template = templates.environment.get_template(_TEMPLATE)

    def page(shown: Sequence[Month], root: str, year: int | None) -> str:
        context = _context(names, templates.phrases)
        return fill(template, {**context, "months": shown, "years": years, "root": root, "year": year})

    pages = {INDEX: page(found[:_RECENT_MONTHS], "", None)}
    return pages | {year.path: page(by_year[year.number], "../", year.number) for year in years}


def _context(names: ArchiveNames, phrases: Mapping[Lang, Phrases]) -> dict[str, object]:
    return {
        "names": names,
        "say": phrases,
        "languages": LANGUAGES,
        "month_name": lambda month, language: format_skeleton("yMMMM", month, locale=phrases[language].locale),
        "address": quote,
        "atom": ATOM,
        "story_feed": story_feed_name,
    }


def months(editions: Sequence[Entry]) -> tuple[Month, ...]:
    """Editions, the newest first, by month and day."""
    days = [Day(on, tuple(group)) for on, group in groupby(editions, key=lambda entry: entry.date)]
    return tuple(Month(first, tuple(group)) for first, group in groupby(days, key=lambda day: day.date.replace(day=1)))


def _editions(group: Sequence[Month]) -> int:
    return sum(len(day.entries) for month in group for day in month.days)
