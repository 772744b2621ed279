"""The numbers for Prometheus: counted in the database, and written to the file that feeds.yaml or a command names."""

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from monitor import __version__
from monitor.app.tools import open_store_of
from monitor.config import Config
from monitor.delivery.writing import write_atomically
from monitor.errors import StorageError
from monitor.pipeline import find_troubles, judged_causes, run_deadline, waiting_messages
from monitor.protocols import Store
from monitor.records import FeedState
from monitor.store import database_files
from monitor.telemetry.metrics import (
    DiskMeasure,
    FeedMeasure,
    LastRun,
    Measured,
    exposition,
    families,
    last_run_of,
)

_LOOKED_BACK = 60


def write_metrics(config: Config, path: Path, *, engines: Sequence[str] | None = None, now: datetime) -> None:
    """Count, and put the numbers into `path` whole. `engines` as in `measure`. Raises StorageError."""
    with open_store_of(config) as store:
        text = exposition(families(measure(store, config, engines=engines, now=now)))
    try:
        write_atomically(path, text.encode())
    except OSError as exc:
        raise StorageError(f"write the metrics to {path}: {exc.strerror or exc}") from exc


def measure(store: Store, config: Config, *, engines: Sequence[str] | None = None, now: datetime) -> Measured:
    """All numbers. `engines` are the failures of their test sentences; None: those that the last whole run found."""
    last = next(_last_runs(store, 1), None)
    whole = last_whole_run(store) if engines is None else None
    failures = whole.engines_broken if whole else engines
    waiting = waiting_messages(store, config)
    states = store.feed_states()
    return Measured(
        now=now,
        version=__version__,
        tally=store.tally(),
        feeds=tuple(_feed_measures(config, states)),
        last_run=last,
        deadline_at=run_deadline(store, config),
        waiting=len(waiting),
        waiting_since=min((message.since for message in waiting), default=None),
        judged=judged_causes(failures),
        troubles=frozenset(trouble.cause for trouble in find_troubles(store, config, engines=failures, now=now)),
        disks=tuple(_disks(config)),
        database_bytes=_database_bytes(config),
    )


def last_whole_run(store: Store) -> LastRun | None:
    """The last run that came to its end, so that it knows the news and its engines; None where none is remembered.

    Known gap: it is not found behind more than sixty runs that failed.
    """
    runs = chain.from_iterable(_last_runs(store, limit) for limit in (1, _LOOKED_BACK))  # mostly it is the last one
    return next((run for run in runs if not run.error), None)


def _last_runs(store: Store, limit: int) -> Iterator[LastRun]:
    return (last_run_of(json.loads(document)) for document in store.runs(limit=limit))


def _feed_measures(config: Config, states: dict[str, FeedState]) -> Iterator[FeedMeasure]:
    for feed in config.feeds:
        state = states.get(feed.id)
        outcome = (state.outcome if state else "") or "never"
        last_ok_at = state.last_ok_at if state else None
        yield FeedMeasure(feed.id, feed.language, outcome if feed.enabled else "off", last_ok_at)


def _disks(config: Config) -> Iterator[DiskMeasure]:
    """The disks of the archive and of a database in files."""
    files = database_files(config.storage.url, config.folder)
    for holds, folder in (("digests", config.digests_dir), *(("database", file.parent) for file in files[:1])):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        usage = shutil.disk_usage(there)
        yield DiskMeasure(holds, usage.free, usage.total)


def _database_bytes(config: Config) -> int | None:
    files = database_files(config.storage.url, config.folder)
    return sum(file.stat().st_size for file in files if file.exists()) if files else None
