"""The sample outlets of `samples/*.yaml` and the labels that say what is true of their items.

The files are meant to be read and edited: each outlet is one file, `labels.yaml` is the ground truth for measuring
relevance, language and clustering. `load_samples` refuses files that contradict themselves.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar

import yaml
from pydantic import AfterValidator, ConfigDict, TypeAdapter, ValidationError

from monitor.errors import ConfigError, Problem
from monitor.records import Lang, Scope
from monitor.resources import read_yaml
from monitor.text import canonical_url, fold

T = TypeVar("T")

SAMPLES_DIR = Path(__file__).parent / "samples"

# The four runs: 13:00 UTC (7 a.m. in Chicago, 6 a.m. in Ciudad Juárez), each after one day of news.
SAMPLE_DAYS: tuple[datetime, ...] = tuple(datetime(2026, 3, day, 13, tzinfo=UTC) for day in (3, 4, 5, 6))

# In every channel's title and description; the digests say it in their banner and subject instead of at each name.
SAMPLE_MARKS: Mapping[Lang, str] = {"en": "(sample)", "es": "(muestra)"}

FeedFormat = Literal["rss2", "rss1", "rss091", "atom"]
Flaw = Literal[
    "appeared_first", "cdata_html", "dateline", "double_escaped", "leading_blanks", "malformed", "no_guid",
    "read_more", "relative_links", "replies_first", "spanish_dates", "tracking",
]  # fmt: skip
Instant = Annotated[datetime, AfterValidator(lambda at: at.replace(tzinfo=UTC))]


@dataclass(frozen=True, slots=True)
class SampleItem:
    """One news item as its newsroom wrote it: plain text; the outlet's flaws are added when it is rendered."""

    id: str
    at: Instant  # in UTC
    title: str
    summary: str
    body: tuple[str, ...] = ()  # paragraphs; empty: the feed carries no full text
    categories: tuple[str, ...] = ()
    dateline: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A fictional newsroom and how its feed behaves."""

    id: str
    name: str
    host: str
    language: Lang  # declared; items may be in the other one
    country: str
    kind: str
    region: str
    description: str
    format: FeedFormat
    encoding: Literal["utf-8", "iso-8859-1", "windows-1252"]
    items: tuple[SampleItem, ...]
    scope: Scope = "general"
    border_local: bool = False
    family: str = ""
    flaws: frozenset[Flaw] = frozenset()
    serves: Literal["feed", "home_page"] = "feed"
    fails_on: frozenset[date] = frozenset()  # answers 503 on these days

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def channel_title(self) -> str:
        """What the feed calls itself: the name, marked as a sample for whoever reads the feed on its own."""
        return f"{self.name} {SAMPLE_MARKS[self.language]}"

    def link(self, item: SampleItem) -> str:
        """The address of an item's page, without the tracking parameters a feed may add."""
        words = re.findall(r"[a-z0-9]+", fold(item.title))[:8]
        return f"https://{self.host}/{item.at:%Y/%m/%d}/{'-'.join(words)}-{item.id}"


@dataclass(frozen=True, slots=True)
class Label:
    """What is true of an item; see the header of `labels.yaml` for the rules."""

    event: str | None
    language: Lang
    relevant: bool
    day: int
    copy_of: str = ""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Labels:
    """The whole of `labels.yaml`."""

    events: dict[str, str]  # id -> one line
    items: dict[str, Label]

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Samples:
    """Every outlet with its items, ordered by id, and the ground truth about them."""

    outlets: tuple[Outlet, ...]
    events: Mapping[str, str]
    labels: Mapping[str, Label]

    @property
    def items(self) -> tuple[SampleItem, ...]:
        return tuple(item for outlet in self.outlets for item in outlet.items)

    def outlet(self, outlet_id: str) -> Outlet:
        """KeyError when there is none."""
        return {outlet.id: outlet for outlet in self.outlets}[outlet_id]

    def ids_by_url(self) -> dict[str, str]:
        """Item id by canonical URL: how an `Article` of a run finds its label."""
        return {canonical_url(outlet.link(item)): item.id for outlet in self.outlets for item in outlet.items}

    def outlets_by_item(self) -> dict[str, Outlet]:
        return {item.id: outlet for outlet in self.outlets for item in outlet.items}


def load_samples(folder: Path = SAMPLES_DIR) -> Samples:
    """The sample outlets and labels in `folder`. ConfigError names the file and what is wrong with it."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != "labels.yaml")
    outlets = tuple(_read(path, TypeAdapter(Outlet)) for path in paths)
    labels = _read(folder / "labels.yaml", TypeAdapter(Labels))
    if problems := _problems(folder, outlets, labels):
        raise ConfigError(*problems)
    return Samples(outlets, labels.events, labels.items)


def _read(path: Path, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_python(read_yaml(path))
    except (OSError, yaml.YAMLError, ValidationError) as exc:
        raise ConfigError(Problem(str(path), "sample file", str(exc), "mend the file")) from exc


def _problems(folder: Path, outlets: tuple[Outlet, ...], labels: Labels) -> list[Problem]:
    """Ids used twice, items without label and labels without item, references to what does not exist."""
    path = str(folder / "labels.yaml")
    counted = Counter(item.id for outlet in outlets for item in outlet.items)
    events = {label.event for label in labels.items.values() if label.event}
    copied = {label.copy_of for label in labels.items.values() if label.copy_of}
    findings = {
        "this id is used by several items": {item_id for item_id, count in counted.items() if count > 1},
        "this item has no label": counted.keys() - labels.items.keys(),
        "this label has no item": labels.items.keys() - counted.keys(),
        "this event is not described": events - labels.events.keys(),
        "this event has no item": labels.events.keys() - events,
        "copied by an item, but not there": copied - labels.items.keys(),
    }
    return [Problem(path, where, problem) for problem, places in findings.items() for where in sorted(places)]
