"""The frozen values that flow between rooms.

Nouns are things, past participles are stage outputs, `…State` is read from the store, `…Failed` is an error as a value.
Datetimes are aware UTC. Ids come from content, so reruns and every database agree. Enrichment never edits an
`Article`: verdicts, translations and vectors hang off its id, so each stage can be run again and cached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Literal

Lang = Literal["en", "es"]
LANGUAGES: tuple[Lang, Lang] = ("en", "es")
DigestLang = Literal["en", "es", "both"]
Tier = Literal["core", "context"]
Scope = Literal["on_topic", "general", "official"]


def other_language(language: Lang) -> Lang:
    """The language an item in `language` has to be translated into."""
    return "es" if language == "en" else "en"


def content_id(*parts: str) -> str:
    """16 hex digits (blake2b-64 over the parts, NUL-separated): equal content, equal id, everywhere."""
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


# ---------------------------------------------------------------- feeds and what comes out of them


@dataclass(frozen=True, slots=True)
class Source:
    """One feed of feeds.yaml, and the outlet behind it."""

    id: str
    name: str
    url: str
    language: Lang  # declared; each item's own language is detected in triage
    country: str = ""  # ISO 3166 alpha-2
    kind: str = "local"  # local, national, official, wire, …
    region: str = ""
    scope: Scope = "general"
    border_local: bool = False
    family: str = ""  # titles of one owner or wire that publish the same copy count as one voice
    low_volume: bool = False
    allow_private: bool = False
    user_agent: str = ""  # empty: the default of `fetch.user_agent`
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 20.0
    max_items: int = 200
    max_bytes: int = 10_000_000

    @property
    def voice(self) -> str:
        """Who is speaking: outlets of one family are one voice."""
        return self.family or self.id


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the store remembers of a feed between runs. Validators only ever come from a 200."""

    source_id: str
    url: str = ""  # the address that was read: another one makes a new start
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""
    outcome: "FeedOutcome | Literal['']" = ""  # of the last attempt
    failures: int = 0  # in a row
    last_try_at: datetime | None = None
    last_ok_at: datetime | None = None  # 200 with a feed, or 304 after one
    newest_item_at: datetime | None = None
    retry_at: datetime | None = None  # not before (Retry-After or back-off)


FeedOutcome = Literal[
    "ok", "not_modified", "empty", "stale", "not_a_feed", "blocked", "rate_limited", "timeout", "too_large",
    "tls", "dns", "connection", "http_error", "refused_address", "malformed", "waiting",
]  # fmt: skip
HEALTHY_OUTCOMES: frozenset[str] = frozenset({"ok", "not_modified", "malformed"})
QUIET_OUTCOMES: frozenset[str] = frozenset({"empty", "stale"})  # answered, but nothing to read


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body of a feed: bytes as sent (after content decoding), never text."""

    source_id: str
    url: str  # after redirects
    body: bytes
    fetched_at: datetime
    elapsed_s: float
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The feed has not changed since its last 200: by 304, or because the body is equal byte for byte."""

    source_id: str
    fetched_at: datetime
    elapsed_s: float
    how: Literal["304", "same_body"] = "304"


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The feed could not be read this time; `detail` is for people, `outcome` for programs."""

    source_id: str
    outcome: FeedOutcome
    detail: str
    fetched_at: datetime
    elapsed_s: float = 0.0
    retry_at: datetime | None = None
    hint: str = ""  # what the user can do, when we know


FetchOutcome = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True)
class Article:
    """One entry of a feed, as plain text. `id` is the blake2b of the canonical URL (or of guid, or title and date)."""

    id: str
    source_id: str
    url: str  # canonical
    link: str  # as published, checked to be http(s)
    title: str
    summary: str
    published_at: datetime  # never after `fetched_at`
    fetched_at: datetime
    guid: str = ""
    body: str = ""  # content:encoded and the like, when the feed carries it
    dateline: str = ""  # "EL PASO, Texas (Border Report)", taken off the text: names the bureau, not always the place
    categories: tuple[str, ...] = ()
    date_known: bool = True  # False: the entry had no readable date, `published_at` is `fetched_at`
    publisher: str = ""  # the outlet an aggregator's entry names; empty: the source itself


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """The entries of one feed; `articles` has at most `Source.max_items` of them, newest first."""

    source_id: str
    title: str
    articles: tuple[Article, ...]
    malformed: bool = False  # salvaged from a feed that is not well-formed
    notes: tuple[str, ...] = ()  # what was repaired or dropped


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What became of one feed in this run: the line in the report, the status and the digest's footer."""

    source_id: str
    name: str
    language: Lang
    outcome: FeedOutcome
    detail: str = ""
    hint: str = ""
    items: int = 0  # entries read
    new_items: int = 0  # entries never seen before
    relevant: int = 0
    newest_item_at: datetime | None = None
    elapsed_s: float = 0.0
    last_ok_at: datetime | None = None  # when it was last read before this run; None: never, or not known

    @property
    def failed(self) -> bool:
        return self.outcome not in HEALTHY_OUTCOMES | QUIET_OUTCOMES


# ---------------------------------------------------------------- triage


@dataclass(frozen=True, slots=True)
class TermHit:
    """A lexicon term that counted for or against an item."""

    id: str
    category: str
    where: Literal["title", "summary"]
    weight: float  # as counted, negative for a penalty
    text: str = ""  # what matched


@dataclass(frozen=True, slots=True)
class Verdict:
    """Language and relevance of one article, with the terms that decided."""

    article_id: str
    language: Lang
    relevant: bool
    score: float
    threshold: float
    reason: str  # one line for people: "score 9.5 ≥ 7.0; nexus border", "no US–Mexico nexus", …
    tier: Tier = "core"
    nexus: str = "none"
    terms: tuple[TermHit, ...] = ()
    topics: tuple[str, ...] = ()  # lexicon categories, the strongest first


@dataclass(frozen=True, slots=True)
class Judged:
    """An article with its verdict."""

    article: Article
    verdict: Verdict

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def language(self) -> Lang:
        return self.verdict.language


# ---------------------------------------------------------------- translation


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """How to build a translation engine: what a worker receives in place of a loaded engine. Pickles."""

    kind: str  # argos, firefox, offline, libretranslate, none, or an entry point's name
    models_dir: str = ""
    beam_size: int = 2
    threads: int = 2
    glossary: str = ""  # path
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineReport:
    """The engine of a run: which one, why, and how it did. The digest's footer prints it."""

    name: str  # engine + model + version; "none" when nothing is installed
    kind: str
    reason: str  # why this one was chosen
    label: str = ""  # for readers: "Argos Translate", "basic offline translation (Apertium + Firefox)"
    limits: str = ""  # a known limit worth telling a reader ("basic": names and verbs may be wrong)
    translated: int = 0  # texts sent to the engine in this run
    remembered: int = 0  # texts found in the translation memory
    flagged_hard: int = 0
    flagged_soft: int = 0
    words: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Translation:
    """One text and what became of it. Guards decide `status`:

    ok        show it, marked as machine translation
    check     show it, marked "check the original" (a soft flag: number, negation, names)
    original  never show it; the original is shown, flagged (a hard flag, or no engine)
    """

    source: Lang
    target: Lang
    original: str
    text: str  # the machine's words; empty when status is "original"
    engine: str
    status: Literal["ok", "check", "original"] = "ok"
    flags: tuple[str, ...] = ()  # empty, mark, loop, length, leftover, number, negation, names, no_engine

    @property
    def key(self) -> str:
        return text_key(self.original, self.target)

    @property
    def shown(self) -> str:
        """The text a reader gets: the translation, or the original when it cannot be trusted."""
        return self.original if self.status == "original" else self.text


def text_key(original: str, target: Lang) -> str:
    """The key under which the translation of `original` into `target` is found in a run."""
    return content_id(target, original)


Translations = Mapping[str, Translation]  # by text_key

# ---------------------------------------------------------------- stories


@dataclass(frozen=True, slots=True)
class Copy:
    """`article_id` says the same as `of_id`: a syndicated, truncated or retitled copy."""

    article_id: str
    of_id: str
    reason: str  # "same URL", "same guid", "same text", "near-duplicate 0.83", …


@dataclass(frozen=True, slots=True)
class Member:
    """A report that belongs to a story."""

    article: Article
    language: Lang
    voice: str
    joined_at: datetime  # the run that put it there
    copy_of: str = ""  # article id, when this is a copy of another member
    topics: tuple[str, ...] = ()
    relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class Story:
    """One event, told by one or more reports in one or both languages. `id` is kept from day to day.

    Members are ordered by publication, then id; the id is that of the first report ever put into it.
    """

    id: str
    members: tuple[Member, ...]
    created_at: datetime

    def in_language(self, language: Lang) -> tuple[Member, ...]:
        return tuple(m for m in self.members if m.language == language)

    @property
    def languages(self) -> tuple[Lang, ...]:
        return tuple(lang for lang in LANGUAGES if any(m.language == lang for m in self.members))

    @property
    def voices(self) -> frozenset[str]:
        """Who reports it independently: copies and sister titles are one voice."""
        return frozenset(m.voice for m in self.members if not m.copy_of)

    @property
    def first_published_at(self) -> datetime:
        return min(m.article.published_at for m in self.members)


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """Why an article went into a story, or why it did not: what `--explain` prints."""

    article_id: str
    story_id: str
    accepted: bool
    similarity: float
    evidence: tuple[str, ...] = ()  # "place +0.04 (El Paso)", "veto: number 29 ≠ 26", …


@dataclass(frozen=True, slots=True)
class Clustered:
    """Stage output: every live story after this run, which copies were found, and the decisions."""

    stories: tuple[Story, ...]
    copies: tuple[Copy, ...] = ()
    decisions: tuple[MergeDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as one report gives it, with the sentence it stands in."""

    article_id: str
    language: Lang
    kind: str  # "people", "kilos", "flights", "dollars", …
    value: float
    text: str  # as written: "26", "300 kilos"
    sentence: str


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """Reports of one event that give different numbers for one kind of thing."""

    kind: str
    figures: tuple[Figure, ...]  # at least two, by value then article id
    across_languages: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer, named in both languages; longitude and latitude in degrees."""

    id: str
    name_en: str
    name_es: str
    kind: Literal["city", "crossing", "region", "state", "capital"] = "city"
    country: str = ""  # US, MX; empty when it lies on both sides
    lon: float = 0.0
    lat: float = 0.0
    pair: str = ""  # id of the sister city across the line
    region: str = ""  # stretch of the border: "san-diego-tijuana", "rio-grande-valley", …; empty away from it


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency, force, office or criminal group of the gazetteer, named in both languages."""

    id: str
    name_en: str
    name_es: str
    kind: Literal["agency", "cartel", "office"] = "agency"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who covers a story, since when, and where the numbers differ."""

    first: Member  # who had it first; a report with an unknown date never counts
    first_en: Member | None
    first_es: Member | None
    lead: Lang | None  # the language that was ahead, when both report and the lead is at least a minute
    lead_s: float  # seconds by which it was ahead
    differences: tuple[FigureDifference, ...] = ()
    places: tuple[Place, ...] = ()  # most mentioned first
    agencies: tuple[Agency, ...] = ()  # most mentioned first


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence taken from a report, word for word."""

    article_id: str
    source_id: str
    language: Lang
    text: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named reason for a story's rank: `points = weight * value`, value in 0..1."""

    name: str
    value: float
    weight: float

    @property
    def points(self) -> float:
        return self.weight * self.value


StoryStatus = Literal["new", "updated", "ongoing"]


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story as this edition sees it."""

    story: Story
    comparison: Comparison
    score: float  # sum of the parts' points
    parts: tuple[ScorePart, ...]
    status: StoryStatus
    day: int  # 1 on the day it was first seen
    new_member_ids: frozenset[str]  # articles that no earlier edition had
    summary: tuple[SummarySentence, ...]
    lead_en: Member | None  # the report whose headline stands for the language
    lead_es: Member | None
    topics: tuple[str, ...] = ()


# ---------------------------------------------------------------- digest


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

    edition: str  # "<profile>/<YYYY-MM-DD>"
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


# ---------------------------------------------------------------- delivery

DeliveryState = Literal["queued", "sending", "sent", "deferred", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient: bytes frozen before the first attempt, Message-ID from (edition, recipient)."""

    edition: str
    recipient: str
    message_id: str
    sender: str
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message. `detail` is the server's own answer, cleaned."""

    edition: str
    recipient: str
    state: DeliveryState
    detail: str = ""
    attempts: int = 1
    at: datetime | None = None
    retry_at: datetime | None = None  # deferred: not again before this; None: at the next run


# ---------------------------------------------------------------- a run


@dataclass(frozen=True, slots=True)
class StageReport:
    """Seconds and counts of one stage."""

    name: str
    seconds: float
    items_in: int
    items_out: int


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story in the report: both titles, so that nobody has to open the digest."""

    id: str
    title_en: str
    title_es: str
    languages: tuple[Lang, ...]
    status: StoryStatus
    day: int
    score: float
    outlets: tuple[str, ...]
    urls: tuple[str, ...]
    article_ids: tuple[str, ...]
    original_language: Lang


@dataclass(frozen=True, slots=True)
class EditionReport:
    """One profile's edition in the report. `created` is False when an earlier run had made it."""

    edition: str
    created: bool
    subject: str
    paths: tuple[str, ...]
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """What `monitor run --json` prints."""

    run_id: str
    started_at: datetime
    seconds: float
    exit_code: int
    feeds: tuple[FeedReport, ...]
    stages: tuple[StageReport, ...]
    counts: Counts
    engine: EngineReport
    stories: tuple[StoryLine, ...]
    editions: tuple[EditionReport, ...]
    notices: tuple[str, ...] = ()
    decisions: tuple[MergeDecision, ...] = ()
    verdicts: tuple[Verdict, ...] = ()  # only with --explain
