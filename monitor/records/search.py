"""What is asked of the archive of reports, and what it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitor.records.base import Lang, content_id
from monitor.records.feeds import Article


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One report in one language: its own words, or their translation, as the index holds them."""

    article_id: str
    language: Lang  # of `title` and `text`
    title: str
    text: str
    original: bool  # False: a translation
    places: tuple[str, ...] = ()  # ids of places named in the report


def documents_mark(documents: Iterable[SearchDocument]) -> str:
    """What a report's documents say, in 16 hex digits: equal texts, equal mark. Places do not count."""
    versions = sorted((d.language, d.title, d.text, str(d.original)) for d in documents)
    return content_id(*(part for version in versions for part in version))


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words in either language, and what narrows them. Empty tuples and None narrow nothing; days include both ends."""

    text: str  # empty: everything, the newest first
    languages: tuple[Lang, ...] = ()  # of the report
    since: date | None = None  # by publication, UTC
    until: date | None = None
    outlets: tuple[str, ...] = ()  # source ids
    places: tuple[str, ...] = ()  # place ids
    limit: int = 20
    offset: int = 0
    synonyms: tuple[tuple[str, str], ...] = ()  # what words of `text` are called as well: ("garita", "port of entry")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text around the words that were found; `marked` are the [start, end) of those words in it."""

    language: Lang
    text: str
    marked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A report that was found. Titles are empty where no translation can be shown."""

    article: Article  # without its body
    language: Lang
    title_en: str
    title_es: str
    snippet: Snippet  # in the language in which the words were found
    story_id: str = ""  # empty: in no story
    marked_en: tuple[tuple[int, int], ...] = ()  # what was found in `title_en`, as in a snippet
    marked_es: tuple[tuple[int, int], ...] = ()

    def title(self, reader: Lang) -> str:
        return self.title_en if reader == "en" else self.title_es


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer; `total` counts every report that was found."""

    total: int
    hits: tuple[SearchHit, ...]
