"""Feeds and what comes out of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Literal

from monitor.records.base import LANGUAGES, Lang, Scope


@dataclass(frozen=True, slots=True)
class FeedPast:
    """What a feed brought of late, whatever became of it."""

    source_id: str
    reports: int
    at_the_border: int  # of them, those with a topic, and a link to the border that stands in the report itself


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
    username: str = ""  # of a login (basic authentication); empty: none
    password: str = field(default="", repr=False)  # from the environment or a file; for the feed's own origin only
    prior: float | None = None  # points its items start with, from feeds.yaml; None: those that its past gives
    past: FeedPast | None = None  # for judging only; None: not known

    @property
    def voice(self) -> str:
        """Who is speaking: outlets of one family are one voice."""
        return self.family or self.id

    def __getstate__(self) -> list[object]:
        """What travels to other processes and machines: all but login and headers, which only fetching here needs."""
        bare = replace(self, username="", password="", headers={})
        return [getattr(bare, each.name) for each in fields(bare)]


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
    moved_to: str = ""  # where the feed was last read after a permanent redirect: its url should be changed to this


FeedOutcome = Literal[
    "ok", "not_modified", "empty", "stale", "not_a_feed", "blocked", "rate_limited", "timeout", "too_large",
    "tls", "dns", "connection", "http_error", "refused_address", "malformed", "waiting", "gone",
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
    encoding: str = ""  # of the content, as the server said
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""
    moved_to: str = ""  # as in `FeedState`


@dataclass(frozen=True, slots=True)
class NotModified:
    """The feed has not changed since its last 200: by 304, or because the body is equal byte for byte."""

    source_id: str
    fetched_at: datetime
    elapsed_s: float
    how: Literal["304", "same_body"] = "304"
    moved_to: str = ""  # as in `FeedState`


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
    asked: bool = True  # False: nothing was sent, since the feed has to wait, or is gone


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
    hour_known: bool = True  # False: the date came without an hour or a zone, or lay in the future
    image: str = ""  # address of a picture, checked to be http(s)


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
    lately: int = 0  # relevant reports of the last days, from before this run: what its press loses while it fails
    moved_to: str = ""  # as in `FeedState`
    quirks: tuple[str, ...] = ()  # what is odd about it, for people; known only when it was read in this run

    @property
    def failed(self) -> bool:
        return self.outcome not in HEALTHY_OUTCOMES | QUIET_OUTCOMES


@dataclass(frozen=True, slots=True)
class PressHealth:
    """How the feeds of one language did."""

    language: Lang
    total: int
    failed: int
    quiet: int  # answered, but had nothing to read

    @property
    def read(self) -> int:
        return self.total - self.failed

    @property
    def silent(self) -> bool:
        """Whether feeds of this language failed and no other one had anything to read: an alarm."""
        return self.failed > 0 and self.failed + self.quiet == self.total


def press_health(feeds: Iterable[FeedReport]) -> tuple[PressHealth, ...]:
    """Of each language that has feeds, English first."""
    known = tuple(feeds)
    each = (_press_health(language, [f for f in known if f.language == language]) for language in LANGUAGES)
    return tuple(health for health in each if health.total)


def _press_health(language: Lang, feeds: Sequence[FeedReport]) -> PressHealth:
    failed, quiet = sum(feed.failed for feed in feeds), sum(feed.outcome in QUIET_OUTCOMES for feed in feeds)
    return PressHealth(language, len(feeds), failed, quiet)
