"""The edition as data: what `compose` decides and what the templates, the archive's JSON and the map read.

Every text that came from a feed is one line of plain text without control characters; every URL is http(s) or empty.
Datetimes are in the profile's zone.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from monitor.records import (
    Agency,
    Counts,
    DigestLang,
    EngineReport,
    FeedReport,
    HeldBack,
    Lang,
    Place,
    PressHealth,
    ScorePart,
    Stance,
    StoryStatus,
    slot_of,
    slot_time,
)

_LINKED = 5  # outlets linked per language and card
_PLACES = 4  # places named per card

Provenance = Literal["original", "machine", "check", "corrected", "withheld"]
Confidence = Literal["", "high", "medium", "low"]

Due = date | datetime  # by another name than a field has


@dataclass(frozen=True, slots=True)
class Fragment:
    """A text as a reader of one language gets it.

    original  the outlet's own words
    machine   machine translation by `engine`
    check     machine translation that a guard doubts (a number, a name, a negation): the reader is sent to the original
    corrected an analyst's own wording
    withheld  no trustworthy translation: `text` is the original, and `language` is the original's
    """

    language: Lang  # of `text`: what the `lang` attribute says
    text: str
    provenance: Provenance
    engine: str = ""  # label of the engine, only for a translation
    basic: bool = False  # translated by an engine whose quality is known to be basic
    confidence: Confidence = ""  # how often such translations do not mislead; only for a machine's
    faults: tuple[str, ...] = ()  # what the guards found: why it is to be checked, or was withheld
    original: str = ""  # the outlet's own words, of a translation that is to be checked

    @property
    def manner(self) -> str:
        """Which of the strings `mark.…` and `origin.…` names where the text comes from."""
        return f"{self.provenance}.basic" if self.basic else self.provenance


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One statement as each language's reader gets it."""

    en: Fragment
    es: Fragment

    def for_reader(self, language: Lang) -> Fragment:
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Headline:
    """A story's headline for a reader of one language, and the report it comes from."""

    fragment: Fragment
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Headlines:
    """A story's headline for each language's reader: its own press's words where that press reported."""

    en: Headline
    es: Headline

    def for_reader(self, language: Lang) -> Headline:
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's report, as a line in a card."""

    article_id: str
    source: str  # name of the outlet
    language: Lang
    title: str
    url: str
    at: datetime
    date_known: bool  # False: `at` is when it was first read, not when it was published
    is_new: bool  # no earlier edition had it
    is_copy: bool  # says the same as another report: syndicated or reprinted
    hour_known: bool = True  # False: the feed gave a date alone, or a time without a zone
    image: str = ""  # address of a picture that came with it; never loaded by a mail


@dataclass(frozen=True, slots=True)
class Coverage:
    """The reports of a story in one language, the earliest first."""

    language: Lang
    reports: tuple[Report, ...]

    @property
    def brief(self) -> tuple[Report, ...]:
        """Those a card has room for: the first, and the latest."""
        return self.reports if len(self.reports) <= _LINKED else (self.reports[0], *self.reports[1 - _LINKED :])


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a report, word for word or translated, with its source."""

    source: str
    url: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Ahead:
    """The language that was ahead of the other one, and by how many seconds."""

    language: Lang
    seconds: float


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A number as one outlet gives it."""

    language: Lang  # of the report
    figure: str  # as written
    quote: Quote


@dataclass(frozen=True, slots=True)
class FigureGap:
    """Numbers for one kind of thing that do not agree."""

    kind: str
    across_languages: bool
    figures: tuple[FigureLine, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one actor says of a matter, as one outlet gives it."""

    actor_en: str
    actor_es: str
    stance: Stance
    language: Lang  # of the report
    quote: Quote

    def actor(self, reader: Lang) -> str:
        return self.actor_en if reader == "en" else self.actor_es


@dataclass(frozen=True, slots=True)
class Dispute:
    """Statements that cannot all be true; `across_languages`: neither press has both sides."""

    across_languages: bool
    statements: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an updated story has and that no earlier edition had, besides reports.

    language  the press of that language has picked it up
    outlets   `names` report it for the first time
    figure    a number went from `before` to `after`, as `names` give it
    gap       a new number does not agree with an earlier one
    dispute   a new statement contradicts an earlier one
    offices   `names` are named for the first time
    """

    kind: Literal["language", "outlets", "figure", "gap", "dispute", "offices"]
    names_en: tuple[str, ...] = ()
    names_es: tuple[str, ...] = ()
    language: Lang | None = None
    before: str = ""
    after: str = ""
    before_in: Lang | None = None  # the languages that the two are written in
    after_in: Lang | None = None

    def names(self, reader: Lang) -> tuple[str, ...]:
        return self.names_en if reader == "en" else self.names_es


@dataclass(frozen=True, slots=True)
class Card:
    """One story of the edition."""

    id: str
    position: int  # on the page, from 1
    score: float
    reasons: tuple[ScorePart, ...]  # those with points, the weightiest first
    headlines: Headlines
    status: StoryStatus
    day: int
    languages: tuple[Lang, ...]  # in which it is reported
    coverage: tuple[Coverage, ...]  # the reader's language first
    first: Report
    ahead: Ahead | None
    summary: tuple[Quote, ...]
    places: tuple[Place, ...]
    agencies: tuple[Agency, ...]
    gaps: tuple[FigureGap, ...]
    topics: tuple[str, ...]
    news: Headlines | None = None  # of an updated story: the latest report that no earlier edition had
    changes: tuple[Change, ...] = ()  # of an updated story: what else is new
    disputes: tuple[Dispute, ...] = ()
    held_back: HeldBack | None = None  # a quota moved it down: enough stories of its kind stand before it

    @property
    def reports(self) -> tuple[Report, ...]:
        return tuple(report for coverage in self.coverage for report in coverage.reports)

    def summary_for(self, reader: Lang) -> tuple[Quote, ...]:
        """The summary's sentences: those in the reader's own language, the translated ones, the untranslated ones."""
        order = ("original", "corrected", "machine", "check", "withheld")
        return tuple(sorted(self.summary, key=lambda quote: order.index(quote.text.for_reader(reader).provenance)))

    def summary_in(self, reader: Lang) -> tuple[Quote, ...]:
        """The summary's sentences that were written in the reader's language."""
        return tuple(quote for quote in self.summary if quote.text.for_reader(reader).provenance == "original")

    @property
    def where(self) -> tuple[Place, ...]:
        """At most four places, those on the border first; states and capitals only where no place on it is named.

        Known gap: a border city that is named in passing counts like the one where it happened.
        """
        towns = [place for place in self.places if place.kind in ("city", "crossing")]
        border = [place for place in towns if place.region]
        if border:
            return (*border, *(town for town in towns if town not in border))[:_PLACES]
        return (*towns, *(place for place in self.places if place not in towns))[:_PLACES]

    @property
    def new_sources(self) -> tuple[str, ...]:
        """Outlets with a report that no earlier edition had."""
        return tuple(dict.fromkeys(report.source for report in self.reports if report.is_new))


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A story that gets one line: of earlier days with nothing new, or over the profile's limit."""

    id: str
    headlines: Headlines
    day: int
    outlets: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Stories that only the press in `language` reported; empty when there were none."""

    language: Lang
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Why the two languages cannot be compared today: too much of the press of `language` could not be read."""

    language: Lang
    failed: int
    total: int  # 0: no feed of that language is configured

    @property
    def few(self) -> bool:
        """Whether most feeds were read, but not those that report most."""
        return 0 < self.failed * 2 <= self.total


@dataclass(frozen=True, slots=True)
class DayCount:
    """Reports by local date and language."""

    date: date
    en: int
    es: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Relevant reports of the last two weeks, on every topic; no days when there are too few to compare."""

    days: tuple[DayCount, ...]  # the last one is the edition's own
    watched_from: date | None  # of days before this one, only what the feeds still had when they were first read

    def whole(self, day: DayCount) -> bool:
        """Whether all reports of that day are counted: feeds were read then, and it is over."""
        watched = self.watched_from is None or day.date >= self.watched_from
        return watched and day.date < self.days[-1].date

    @property
    def early(self) -> bool:
        """Whether it begins before feeds were read."""
        return bool(self.watched_from and self.days and self.days[0].date < self.watched_from)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A pair of sister cities on the border line; `lon` and `lat` are those of the crossing, in degrees."""

    id: str
    us: str
    mx: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class CrossingCount:
    """How many stories of the edition are set in or near a pair of sister cities."""

    crossing: Crossing
    stories: int


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """Feeds by how they did in this run."""

    total: int
    languages: tuple[PressHealth, ...]  # of the languages that have feeds, the reader's first
    failed: tuple[FeedReport, ...]
    quiet: tuple[FeedReport, ...]  # answered, but had nothing to read (empty or stale)
    moved: tuple[FeedReport, ...]  # read at another address, to which they moved for good

    @property
    def read(self) -> int:
        return self.total - len(self.failed)

    @property
    def silent(self) -> tuple[Lang, ...]:
        """Languages of which no feed could be read."""
        return tuple(press.language for press in self.languages if press.silent)


@dataclass(frozen=True, slots=True)
class Digest:
    """An edition for one profile, decided but not yet rendered."""

    edition: str  # "<profile>/<slot>", see `slot_name`
    profile_id: str
    date: date
    language: DigestLang
    languages: tuple[Lang, ...]  # of the reader: one, or both side by side
    title_en: str
    title_es: str
    timezone: str  # IANA
    since: datetime
    now: datetime
    counts: Counts  # the stories_… are this profile's, the rest is the run's
    stories: tuple[Card, ...]  # in both languages; every card when the languages cannot be compared
    blind_spots: tuple[BlindSpot, ...]  # the reader's own language last; empty when they cannot be compared
    unread: tuple[Unread, ...]
    developing: tuple[StillOpen, ...]
    beyond_cap: int  # stories over the profile's max_stories
    beyond: tuple[StillOpen, ...]  # those stories, the best first: the mail gives their number, the text a line each
    days: tuple[DayCount, ...]  # of the reports on its stories
    trend: Trend
    crossings: tuple[CrossingCount, ...]  # west to east, every pair of the map
    health: FeedHealth
    engine: EngineReport
    notices: tuple[str, ...]
    sample: bool
    degraded: bool  # most feeds failed
    max_html_bytes: int = field(default=90_000)
    missed: tuple[Due, ...] = ()  # due since the last edition and not made: days, or times of several a day

    @property
    def slot(self) -> str:
        return slot_of(self.edition, self.date)

    @property
    def time_of_day(self) -> time | None:
        """Which of several editions of its date it is; None where there is one a day."""
        return slot_time(self.slot)

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card in the order of the page."""
        return self.stories + tuple(card for spot in self.blind_spots for card in spot.cards)

    @property
    def comparable(self) -> bool:
        return not self.unread

    def title(self, language: Lang) -> str:
        return self.title_en if language == "en" else self.title_es


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses that are the same for every recipient of an edition; empty ones are left out."""

    archive: str = ""  # of this edition, https
    archive_path: str = ""  # of its plain text in digests/, for readers who have the folder
    unsubscribe: str = ""  # mailto: or https

    @property
    def full(self) -> str:
        """Where all that the HTML has no room for can be read: the plain text, online or in digests/."""
        return self.archive.removesuffix(".html") + ".txt" if self.archive else self.archive_path
