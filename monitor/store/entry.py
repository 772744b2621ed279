"""What the search index holds of one report, and how reports are numbered in it. Pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy.engine import Connection

from monitor.records import LANGUAGES, Lang, SearchDocument, SearchQuery, content_id
from monitor.store.query import UNTRANSLATED, Wanted, parse_query
from monitor.store.words import stems

EVERYTHING = "all"  # the facet of every report
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
PER_MINUTE = 4096  # numbers


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One report: words of both languages, side by side, and what it can be filtered by.

    A facet has a "=", which no word has; ids are hashed, for they may have any character.
    """

    number: int
    title_en: tuple[str, ...]
    text_en: tuple[str, ...]
    title_es: tuple[str, ...]
    text_es: tuple[str, ...]
    facets: tuple[str, ...]

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """Titles and texts, in the order of the index' columns."""
        return self.title_en, self.text_en, self.title_es, self.text_es


def make_entry(
    number: int, documents: Iterable[SearchDocument], *, source_id: str, language: Lang, places: Sequence[str]
) -> IndexEntry:
    """The entry of a report from its original and its translation; either may be missing."""
    by_language = {document.language: document for document in documents}
    words = {d.language: (stems(d.title), stems(d.text)) for d in by_language.values()}
    none: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    facets = [facet(EVERYTHING), facet("language", language), facet("outlet", source_id)]
    facets += [facet("place", place) for place in places]
    facets += () if all(words.get(lang, none)[0] for lang in LANGUAGES) else UNTRANSLATED.words
    return IndexEntry(number, *words.get("en", none), *words.get("es", none), tuple(facets))


def facet(kind: str, value: str = "") -> str:
    return f"{kind}={content_id(value)}"


# ---------------------------------------------------------------- numbers


def number_at(when: datetime) -> int:
    """The first number of a minute. Numbers grow with publication: the newest reports are the last of the index.

    What was published before 2000 is numbered as if at its beginning.
    """
    return max(0, (when - _BEGIN) // timedelta(minutes=1)) * PER_MINUTE


def wished_number(article_id: str, published_at: datetime) -> int:
    """Where a report would stand if its place is free: its minute, and somewhere in it."""
    return number_at(published_at) + int(content_id("number", article_id), 16) % PER_MINUTE


def _numbers_of(since: date | None, until: date | None) -> tuple[int, int]:
    """The first and the last number of a stretch of days, both ends included.

    Known gap: where thousands of reports are of one last minute of a day, some are counted to the next.
    """
    low = number_at(_midnight(since)) if since else 0
    high = number_at(_midnight(until) + timedelta(days=1)) - 1 if until and until < date.max else 2**62
    return low, high


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


# ---------------------------------------------------------------- questions


@dataclass(frozen=True, slots=True)
class Question:
    """A search as an index is asked for it."""

    wanted: Wanted
    filters: tuple[tuple[str, ...], ...]  # of each, one facet must be there
    low: int
    high: int


def make_question(query: SearchQuery) -> Question:
    """What a query asks an index for."""
    kinds = (("language", query.languages), ("outlet", query.outlets), ("place", query.places))
    filters = tuple(tuple(facet(kind, value) for value in values) for kind, values in kinds if values)
    wanted = parse_query(query.text, query.synonyms)
    if wanted.without and not (wanted.clauses or filters):
        filters = ((facet(EVERYTHING),),)  # "all but" needs something to take away from
    return Question(wanted, filters, *_numbers_of(query.since, query.until))


class SearchIndex(Protocol):
    """The words of reports by number, as one kind of database keeps them."""

    def put(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        """Take in entries whose numbers are free."""

    def drop(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        """Forget entries, which are given as they were put."""

    def clear(self, db: Connection) -> None:
        """Forget all entries."""

    def count(self, db: Connection) -> int:
        """How many entries there are."""

    def total(self, db: Connection, question: Question) -> int:
        """How many reports answer it."""

    def newest(self, db: Connection, question: Question, *, limit: int, offset: int) -> list[int]:
        """Answers by number, the newest first."""

    def scored(self, db: Connection, question: Question, *, limit: int) -> list[tuple[int, float]]:
        """The newest answers with how well their words answer; more is better. Needs wanted words."""
