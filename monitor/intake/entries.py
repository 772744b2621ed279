"""What parsing needs of a feed, whichever of the two readers read it, and the bounds of what they read.

Values only. Markup, entities and links are as the feed has them, still to be cleaned; "" and () stand for what it does
not say.
"""

from dataclasses import dataclass
from datetime import datetime

MAX_ELEMENTS = 150_000
MAX_ENTRIES = 5_000
MAX_NAMESPACES = 100
MAX_ATTRIBUTES = 100  # an element with more is read as if it had none
MAX_TAGS = 50  # of one entry; feedparser compares each with all


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date of an entry. `standard` is UTC, None when no format of feedparser's fits."""

    written: str
    standard: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry."""

    title: str = ""
    summary: str = ""
    content: str = ""  # the longest of its texts
    guid: str = ""
    link: str = ""  # the one that feedparser would choose
    origin: str = ""  # the address behind a redirector's, where the feed gives it
    alternates: tuple[str, ...] = ()  # links with rel="alternate", in order
    subjects: tuple[str, ...] = ()
    publisher: str = ""  # the title of `source`
    dates: tuple[WrittenDate, ...] = ()  # published, updated, created: those there are
    pictures: tuple[str, ...] = ()  # addresses, the most trusted first


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as read."""

    title: str
    entries: tuple[Entry, ...]
    is_feed: bool = True  # False when nothing said which format it is
    malformed: bool = False  # not well-formed: read by the tolerant reader, as far as it goes
    cut: bool = False  # longer than the bounds
