"""What is known of runs, feeds, mail and disks, in Prometheus' text format (version 0.0.4).

    Measured (what was counted) | families (which metrics that makes) | exposition (the text)

Names follow Prometheus' conventions: base units (`_seconds`, `_bytes`), instants as `_timestamp_seconds`, so that a
file that nobody writes any more ages by itself. All are gauges: they come from the database, which forgets what is
purged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from monitor.records import CAUSES, Cause, DeliveryState, Lang, Tally

PREFIX = "border_monitor_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class StageMeasure:
    """A stage of the last run."""

    name: str
    seconds: float
    items_out: int


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run, as its report in the database has it."""

    started_at: datetime
    seconds: float
    exit_code: int
    stages: tuple[StageMeasure, ...]
    counts: tuple[tuple[str, int], ...]  # by name: articles_new, stories_both, …
    engine: str
    translations: tuple[tuple[str, int], ...]  # texts by result: translated, remembered, withheld, …
    words: int
    words_seconds: float
    engines_broken: tuple[str, ...]  # engines that failed their test sentences
    error: str = ""  # why it ended before there was anything to count


@dataclass(frozen=True, slots=True)
class FeedMeasure:
    """One feed of feeds.yaml; outcome "off": switched off, "never": not read yet."""

    id: str
    language: Lang
    outcome: str
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class DiskMeasure:
    """The disk under one of our folders."""

    holds: str  # digests, database
    free_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """All that is counted, at `now`."""

    now: datetime
    version: str
    tally: Tally
    feeds: tuple[FeedMeasure, ...]
    last_run: LastRun | None  # None: there was none yet
    deadline_at: datetime | None  # by then a run must have made its digests; None: nothing is expected yet
    waiting: int  # messages that wait for a mail server
    waiting_since: datetime | None
    judged: frozenset[Cause]  # troubles that were looked for
    troubles: frozenset[Cause]  # of them, those there are
    disks: tuple[DiskMeasure, ...]
    database_bytes: int | None  # None: it is on a server


@dataclass(frozen=True, slots=True)
class Sample:
    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its samples differ in their labels."""

    name: str  # without our prefix
    about: str
    samples: tuple[Sample, ...]


# Which of an engine report's counts become which result of `last_run_translations`.
_RESULTS: Mapping[str, str] = {
    "translated": "translated",
    "remembered": "remembered",
    "corrected": "corrected",
    "retried": "retried",
    "rescued": "rescued",
    "undone": "undone",
    "flagged_hard": "withheld",
    "flagged_soft": "to_check",
}


def last_run_of(document: Mapping[str, Any]) -> LastRun:
    """The last run from the JSON document of its report; what an older version did not write is 0."""
    engine: Mapping[str, Any] = document.get("engine") or {}
    return LastRun(
        started_at=datetime.fromisoformat(document["started_at"]),
        seconds=document["seconds"],
        exit_code=document["exit_code"],
        stages=tuple(StageMeasure(s["name"], s["seconds"], s.get("items_out", 0)) for s in document["stages"]),
        counts=tuple(document["counts"].items()),
        engine=engine.get("name", ""),
        translations=tuple((result, engine.get(key, 0)) for key, result in _RESULTS.items()),
        words=engine.get("words", 0),
        words_seconds=engine.get("seconds", 0.0),
        engines_broken=tuple(engine.get("broken", ())),
        error=document.get("error", ""),
    )


def families(found: Measured) -> tuple[Family, ...]:
    """Every metric there is; one about which nothing is known has no samples."""
    made = (*_program(found), *_totals(found.tally), *_mail(found), *_run(found.last_run), *_feeds(found.feeds))
    return (*made, *_machine(found))


def exposition(metrics: Iterable[Family]) -> str:
    """The text that Prometheus and node_exporter read; metrics without samples are left out."""
    lines: list[str] = []
    for family in metrics:
        full = PREFIX + family.name
        if family.samples:
            lines += [f"# HELP {full} {family.about}", f"# TYPE {full} gauge"]
            lines += (f"{full}{_labels(sample)} {sample.value!r}" for sample in family.samples)
    return "\n".join(lines) + "\n"


def _labels(sample: Sample) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in sample.labels)
    return f"{{{shown}}}" if shown else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


# ---------------------------------------------------------------- which metrics there are


def _program(found: Measured) -> Iterator[Family]:
    yield _one("build_info", "The program's version.", 1, ("version", found.version))
    yield _at("measured_timestamp_seconds", "When these numbers were counted, in seconds since 1970.", found.now)
    good = found.tally.last_good_run_at
    about = "When the last run started that made its editions, in seconds since 1970."
    yield _at("last_good_run_timestamp_seconds", about, good)
    about = (
        "By when a run must have made its editions, in seconds since 1970: the schedule's longest pause and two hours."
    )
    yield _at("run_deadline_timestamp_seconds", about, found.deadline_at)
    about = "1 for what the program itself sees as broken (docs/alerts.md), 0 for what it looked at and found in order."
    judged = [cause for cause in CAUSES if cause in found.judged]
    yield _many("trouble", about, "cause", ((cause, int(cause in found.troubles)) for cause in judged))


def _totals(tally: Tally) -> Iterator[Family]:
    yield _one("articles", "Articles in the database, relevant or not.", tally.articles)
    yield _one("stories", "Stories in the database.", tally.stories)
    yield _one("editions", "Editions in the archive.", tally.editions)
    yield _one("suppressed", "Subscriptions that have ended: unsubscribed or bounced.", tally.suppressed)


def _mail(found: Measured) -> Iterator[Family]:
    # A state that nobody has had yet is told as 0: Prometheus sees no rise in a series that begins with its first 1.
    states = dict.fromkeys(get_args(DeliveryState), 0) | dict(found.tally.deliveries)
    yield _many("deliveries", "Messages by state.", "state", states.items())
    yield _one("outbox_waiting", "Messages of digests and story alerts that wait for a mail server.", found.waiting)
    about = "Since when the oldest waiting message waits, in seconds since 1970; missing while none does."
    yield _at("outbox_oldest_timestamp_seconds", about, found.waiting_since)


def _run(run: LastRun | None) -> Iterator[Family]:
    if run is None:
        return
    about = "When the last run started, in seconds since 1970."
    yield _at("last_run_timestamp_seconds", about, run.started_at)
    yield _one("last_run_duration_seconds", "How long the last run took.", run.seconds)
    about = "Of the last run: 0 fine, 1 no digest could be made, or none mailed, 3 partial."
    yield _one("last_run_exit_code", about, run.exit_code)
    if not run.error:
        yield from _counted(run)


def _counted(run: LastRun) -> Iterator[Family]:
    """What a run knows that came to its end."""
    seconds = ((stage.name, stage.seconds) for stage in run.stages)
    yield _many("last_run_stage_seconds", "Seconds of the last run's stages.", "stage", seconds)
    items = ((stage.name, stage.items_out) for stage in run.stages)
    yield _many("last_run_stage_items", "What came out of the last run's stages.", "stage", items)
    yield _many("last_run_items", "Counts of the last run, as its report has them.", "what", run.counts)
    yield from _translation(run)


def _translation(run: LastRun) -> Iterator[Family]:
    yield _one("last_run_engine_info", "The translation engine of the last run.", 1, ("engine", run.engine))
    about = "Texts of the last run: translated, remembered, withheld or to be checked by the guards, …"
    yield _many("last_run_translations", about, "result", run.translations)
    yield _one("last_run_translation_words", "Words that the engine translated in the last run.", run.words)
    yield _one("last_run_translation_seconds", "Seconds that the engine took for them.", run.words_seconds)
    speed = (run.words / run.words_seconds,) if run.words and run.words_seconds else ()
    samples = tuple(map(Sample, speed))
    yield Family("last_run_translation_words_per_second", "Its speed; missing when it had nothing to do.", samples)


def _feeds(feeds: Iterable[FeedMeasure]) -> Iterator[Family]:
    known = tuple(feeds)
    found = Counter((feed.outcome, feed.language) for feed in known)
    samples = (Sample(n, (("outcome", outcome), ("language", lang))) for (outcome, lang), n in sorted(found.items()))
    yield Family("feeds", "Feeds by their last outcome and language.", tuple(samples))
    read = (
        Sample(feed.last_ok_at.timestamp(), (("feed", feed.id), ("language", feed.language)))
        for feed in known
        if feed.last_ok_at and feed.outcome != "off"
    )
    about = "When each feed was last read, in seconds since 1970; missing for one that never was or is switched off."
    yield Family("feed_last_success_timestamp_seconds", about, tuple(read))


def _machine(found: Measured) -> Iterator[Family]:
    free = ((disk.holds, disk.free_bytes) for disk in found.disks)
    yield _many("disk_free_bytes", "Free space on the disk that holds the archive or the database.", "holds", free)
    size = ((disk.holds, disk.size_bytes) for disk in found.disks)
    yield _many("disk_size_bytes", "Size of that disk.", "holds", size)
    sizes = () if found.database_bytes is None else (Sample(found.database_bytes),)
    yield Family("database_bytes", "Size of the database's files; missing for one on a server.", sizes)


def _one(name: str, about: str, value: float, *labels: tuple[str, str]) -> Family:
    return Family(name, about, (Sample(value, labels),))


def _at(name: str, about: str, instant: datetime | None) -> Family:
    return Family(name, about, (Sample(instant.timestamp()),) if instant else ())


def _many(name: str, about: str, label: str, samples: Iterable[tuple[str, float]]) -> Family:
    return Family(name, about, tuple(Sample(value, ((label, text),)) for text, value in samples))
