"""What a run works with, and how it tells how far it is."""

import time
from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from monitor.config import Config
from monitor.delivery.dkim import Signer
from monitor.delivery.notify import Channel
from monitor.digest import Templates
from monitor.digest.subscription import Unsubscription
from monitor.intake import Lexicon
from monitor.language.interpreter import Interpreter
from monitor.protocols import Delivery, Embedder, Executor, Store
from monitor.records import Profile, Source, StageReport
from monitor.telemetry import stage_event, tell
from monitor.telemetry.spans import span

T = TypeVar("T")
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Tools:
    """The concretes of a run, chosen by the composition root."""

    config: Config
    sources: tuple[Source, ...]
    store: Store
    lexicon: Lexicon
    templates: Templates
    archive_templates: Templates  # of the archive's index and feeds
    interpreter: Interpreter  # the translation engine, the glossary and the corrections
    embedder: Embedder
    executor: Executor
    delivery: Delivery | None  # None: no mail server is configured
    digests_dir: Path
    all_to_workers: bool = False  # every batch goes to the executor, and not only when there is very much
    channels: tuple[Channel, ...] = ()  # that are told when a digest is out, or when a run failed
    unsubscription: Unsubscription | None = None  # how recipients leave by one click; None: by mail
    signer: Signer | None = None  # of mails; None: they are not signed here


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """One profile's edition: for whom, and which slot's (`slot_name`)."""

    profile: Profile
    slot: str
    recipients: tuple[str, ...]
    series: str = ""  # profile id whose earlier editions its readers have seen; empty: a one-off


@dataclass(frozen=True, slots=True)
class Plan:
    """What this run is asked to do."""

    run_id: str
    now: datetime
    editions: tuple[EditionPlan, ...]
    since: datetime | None = None  # window of a one-off run
    fetch: bool = True  # False: from what the store holds (a preview)
    send: bool = True
    alerts: bool = False  # tell of stories at once that the rules of feeds.yaml want told
    explain: bool = False
    sample: bool = False  # fictional items: the digest says so
    notices: tuple[str, ...] = ()


class Progress(Protocol):
    """Told how far a stage is; `total` is 0 when unknown."""

    def stage(self, name: str, done: int, total: int) -> None: ...


class NoProgress:
    """Tells nobody."""

    def stage(self, name: str, done: int, total: int) -> None:
        del name, done, total


@dataclass(slots=True)
class Stages:
    """Runs stages one after the other and keeps their seconds and counts."""

    progress: Progress
    reports: list[StageReport] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def run(self, name: str, work: Callable[[Tick], T], items: int) -> T:
        """Run one stage, or a further part of it. `work` gets a callable that it may tell how many items are done."""
        started = time.perf_counter()
        self.progress.stage(name, 0, items)
        with span(name, items=items):
            result = work(lambda done: self.progress.stage(name, done, items))
        out = len(result) if isinstance(result, Sized) else 1
        report = StageReport(name, time.perf_counter() - started, items, out)
        tell(stage_event(report))
        self._add(report)
        self.progress.stage(name, items, items)
        return result

    def _add(self, part: StageReport) -> None:
        for place, before in enumerate(self.reports):
            if before.name == part.name:
                self.reports[place] = before.with_part(part)
                return
        self.reports.append(part)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


def by_id(sources: Sequence[Source]) -> dict[str, Source]:
    return {source.id: source for source in sources}
