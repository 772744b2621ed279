"""Profiles, and the editions made for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from monitor.records.base import DigestLang, Lang
from monitor.records.feeds import FeedReport, Source
from monitor.records.slots import slot_of, slot_time
from monitor.records.stories import RankedStory
from monitor.records.translations import EngineReport, Translations


@dataclass(frozen=True, slots=True)
class Profile:
    """How a group of recipients wants its digest. One fetch serves all profiles."""

    id: str
    language: DigestLang = "en"
    topics: tuple[str, ...] = ()  # lexicon categories; empty: all
    regions: tuple[str, ...] = ()  # place names; empty: all
    minimum_score: float = 0.0
    max_stories: int = 30
    timezone: str = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of "In brief"."""

    feeds_read: int = 0
    feeds_failed: int = 0
    articles_seen: int = 0  # entries in the feeds of this window
    articles_new: int = 0
    articles_relevant: int = 0
    articles_merged: int = 0  # reports that share a story with another one
    stories_both: int = 0
    stories_en: int = 0
    stories_es: int = 0


@dataclass(frozen=True, slots=True)
class Publication:
    """When a relevant report was published, in which language, and when it was first read."""

    at: datetime
    seen_at: datetime
    language: Lang


@dataclass(frozen=True, slots=True)
class EditionMaterial:
    """All that a digest is composed from; the same for every profile."""

    ranked: tuple[RankedStory, ...]  # with news in this window, best first
    developing: tuple[RankedStory, ...]  # stories of earlier days with nothing new
    translations: Translations
    sources: Mapping[str, Source]
    feeds: tuple[FeedReport, ...]
    counts: Counts
    engine: EngineReport
    since: datetime  # the window: reports published or first seen after this
    now: datetime
    notices: tuple[str, ...] = ()  # "the edition of … was skipped", …
    sample: bool = False  # fictional items: the mail says so
    missed: tuple[date | datetime, ...] = ()  # due since the last edition and not made: days, or times of several a day
    lately: tuple[Publication, ...] = ()  # every relevant report of the last two weeks, whatever the profile


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture that travels in the mail. `alt` tells the same in words."""

    cid: str
    png: bytes
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class RenderedDigest:
    """An edition, frozen: what every recipient of a profile gets and what the archive keeps."""

    edition: str  # "<profile>/<slot>": "everyone/2026-03-08", or "everyone/2026-03-08T1800" of several a day
    profile_id: str
    date: date  # local date in the profile's zone
    language: DigestLang
    subject: str
    html: str
    text: str
    data: str  # the edition as JSON
    images: tuple[InlineImage, ...]
    story_ids: tuple[str, ...]  # those with a card, in order
    cutoff_at: datetime  # the next edition starts here
    degraded: bool = False  # most feeds failed: the subject says so

    @property
    def slot(self) -> str:
        """The slot it was made for, see `slot_name`."""
        return slot_of(self.edition, self.date)


@dataclass(frozen=True, slots=True)
class Edition:
    """What the store remembers of a sent or archived edition. `edition` is unique."""

    edition: str
    profile_id: str
    date: date
    subject: str
    story_ids: tuple[str, ...]
    article_ids: tuple[str, ...]  # every report it showed: what is new to the next one
    cutoff_at: datetime
    created_at: datetime
    path: str  # of the .html, relative to the archive folder; absolute when it lies elsewhere

    @property
    def slot(self) -> str:
        """The slot it was made for, see `slot_name`: editions of a profile sort by it."""
        return slot_of(self.edition, self.date)

    @property
    def time_of_day(self) -> time | None:
        """Which of several editions of its date it is; None where there is one a day."""
        return slot_time(self.slot)
