"""What `monitor db …` does to the database of feeds.yaml as a whole: copy, back up, restore, check, purge."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.app import run_lock
from monitor.config import Config
from monitor.config.keep import SHORTEST_DAYS, age_of
from monitor.errors import StorageError
from monitor.store import SqlStore, open_store
from monitor.store.backups import Backup, Restored, back_up, restore
from monitor.store.checks import Finding, check_store
from monitor.store.connect import resolve_url, translated
from monitor.store.copying import Content, Tell, copy_rows, index_words
from monitor.store.purging import Limits, Purged, Vacuumed, purge, vacuum
from monitor.text import counted


@contextmanager
def _opened(config: Config) -> Iterator[SqlStore]:
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        yield store


def copy_database(config: Config, target_url: str, *, replace: bool, now: datetime, tell: Tell) -> tuple[Content, ...]:
    """Everything into another database, which is made where there is none. No run can start meanwhile.

    Raises StorageError when the target is the source, or holds something and is not to be replaced; BusyError.
    """
    if resolve_url(target_url, Path.cwd()) == resolve_url(config.storage.url, config.folder):
        raise StorageError("that is the database of feeds.yaml itself, so nothing was done; name another one")
    with (
        _opened(config) as source,
        run_lock(source, f"copy-{now:%H%M%S}"),
        closing(open_store(target_url, folder=Path.cwd())) as target,
        translated(f"copy {source.where} to {target.where}"),
    ):
        return copy_rows(source.engine, target.engine, replace=replace, now=now, tell=tell)


def back_up_database(config: Config, file: Path, *, replace: bool, now: datetime, tell: Tell) -> Backup:
    """Everything into one file, also while a run is under way. StorageError."""
    with _opened(config) as store:
        return back_up(store, file, replace=replace, now=now, tell=tell)


def restore_database(config: Config, file: Path, *, replace: bool, now: datetime, tell: Tell) -> Restored:
    """A backup in place of everything. StorageError, BusyError."""
    return restore(config.storage.url, config.folder, file, replace=replace, now=now, tell=tell)


def check_database(config: Config) -> tuple[Finding, ...]:
    """Whether the database is whole, and the archive has every edition that it knows of. StorageError."""
    with _opened(config) as store:
        return (*check_store(store), _check_archive(config, store))


def _check_archive(config: Config, store: SqlStore) -> Finding:
    try:
        editions = store.editions(limit=1_000_000)
    except StorageError as exc:  # of a damaged database; the other findings say so, too
        return Finding("archive", "not to be compared", str(exc))
    lost = [edition.edition for edition in editions if not (config.digests_dir / edition.path).exists()]
    problem = f"{len(lost)} have no file in {config.digests_dir}, the newest is {lost[0]}" if lost else ""
    remedy = " → restore the archive folder from where you keep copies of it" if lost else ""
    return Finding("archive", counted(len(editions), "edition"), problem + remedy)


def reindex_database(config: Config, *, now: datetime) -> int:
    """Make the index of the search anew from what it should hold; how many reports. StorageError, BusyError."""
    with _opened(config) as store, translated(f"make the search index of {store.where} anew"):
        return index_words(store.engine, now)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a purge took away, or would; how large the database was and is, unless that was not asked for."""

    parts: tuple[Purged, ...]
    dry_run: bool
    vacuumed: Vacuumed | None = None


def purge_database(config: Config, *, now: datetime, dry_run: bool, gives_back: bool = True) -> Cleared:
    """Let go of what is older than storage.keep allows. No run can start meanwhile, but for giving back the room.

    StorageError; BusyError when a run is under way.
    """
    limits = _limits(config, now)
    with _opened(config) as store:
        if dry_run:
            return Cleared(purge(store, limits, dry_run=True), dry_run=True)
        with run_lock(store, f"purge-{now:%H%M%S}"):
            parts = purge(store, limits, dry_run=False)
        return Cleared(parts, dry_run=False, vacuumed=vacuum(store) if gives_back else None)


def _limits(config: Config, now: datetime) -> Limits:
    def before(age: str) -> datetime | None:
        kept = age_of(age)
        return now - kept if kept else None

    keep = config.storage.keep
    return Limits(
        texts=before(keep.texts),
        dropped=before(keep.dropped),
        messages=before(keep.messages),
        runs=before(keep.runs),
        vectors=now - timedelta(days=config.storage.keep_vectors_days),
        live=now - timedelta(days=SHORTEST_DAYS),
    )
