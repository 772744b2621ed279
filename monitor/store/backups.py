"""A store kept in one SQLite file, whatever database it lives in, and brought back from there."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from monitor.errors import StorageError
from monitor.store import tables as t
from monitor.store.checks import is_damaged
from monitor.store.connect import migrate, resolve_url, translated
from monitor.store.copying import Tell, content_of, copy_file, copy_rows, opened, snapshot
from monitor.store.sql import SqlStore, open_store

_ON_THE_WAY = ("queued", "deferred", "sending", "dot")


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that holds a whole store."""

    file: str
    bytes: int
    rows: tuple[tuple[str, int], ...]  # by table


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what has to be known about it."""

    rows: tuple[tuple[str, int], ...]  # by table
    newest_edition: str  # "everyone/2026-03-08"; later ones are not in the backup
    waiting: int  # messages that waited when the backup was made: they may have been sent since
    moved_to: str = ""  # where the damaged database is now; empty: it was not damaged


# ---------------------------------------------------------------- making one


def back_up(store: SqlStore, file: Path, *, replace: bool, now: datetime, tell: Tell) -> Backup:
    """Everything as it is at this moment into `file` (mode 0600), also while a run is writing.

    The file appears when it is whole and on the disk. StorageError when it is there already and not to be replaced, and
    for a database that is damaged: older backups, which are not, would make way for it.
    """
    if file.exists() and not replace:
        raise StorageError(f"{file} is there already, so nothing was written; choose another name, or --replace")
    if not file.absolute().parent.is_dir():
        raise StorageError(f"{file}: there is no such folder, so nothing was written; make it, or mount it")
    part = file.absolute().with_name(f".{file.name}.part")
    with translated(f"back up {store.where} to {file}"):
        try:
            part.unlink(missing_ok=True)
            _write(store, part, now, tell)
            rows = _seal(part)
            _put(part, file)
        finally:
            part.unlink(missing_ok=True)
        return Backup(str(file), file.stat().st_size, rows)


def _write(store: SqlStore, part: Path, now: datetime, tell: Tell) -> None:
    if store.engine.dialect.name == "sqlite":
        copy_file(Path(store.engine.url.database or ""), part)
        return
    with opened(sa.make_url(f"sqlite:///{part}")) as target:
        migrate(target, str(part))
        copy_rows(store.engine, target, replace=False, now=now, tell=tell)


def _seal(part: Path) -> tuple[tuple[str, int], ...]:
    """Make one file of it, without leases; read all of it once. The rows it has. StorageError for damage."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("DELETE FROM leases")
        connection.commit()
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    if is_damaged(part):
        raise StorageError(f"{part}: what was written cannot be read back → look at the disk, and back up elsewhere")
    with opened(sa.make_url(f"sqlite:///{part}")) as engine, snapshot(engine) as db:
        rows = tuple((each.table, each.rows) for each in content_of(db))
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    return rows


def _put(part: Path, file: Path) -> None:
    """Rename once the bytes are on the disk."""
    for path in (part, part.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    part.replace(file)


# ---------------------------------------------------------------- bringing it back


def restore(url: str, folder: Path, file: Path, *, replace: bool, now: datetime, tell: Tell) -> Restored:
    """Put what a backup holds in place of what the database at `url` holds, in one transaction.

    A damaged SQLite file is moved aside, and the backup takes its place. Messages that waited when the backup was made
    become `unknown`: nobody gets a digest twice. Raises StorageError for a file that is no backup, and for a database
    that holds something when it is not to be replaced; BusyError when a run is under way.
    """
    target = resolve_url(url, folder)
    where = target.render_as_string(hide_password=True)
    with translated(f"restore {where} from {file}"), _unpacked(file, target) as scratch:
        waiting, newest = _settle(scratch, file)
        damaged = _damaged_file(target)
        if damaged and not replace:
            raise StorageError(f"{damaged} is damaged; --yes moves it aside and puts the backup in its place")
        moved_to = str(_set_aside(damaged, now)) if damaged else ""
        with closing(open_store(url, folder=folder)) as store:
            copied = copy_rows(scratch, store.engine, replace=replace, now=now, tell=tell, consent="--yes")
    return Restored(tuple((each.table, each.rows) for each in copied), newest, waiting, moved_to)


@contextmanager
def _unpacked(file: Path, target: URL) -> Iterator[Engine]:
    """The backup as a database of this version; the file itself is only read. It lies where there is room for it."""
    if not file.is_file():
        raise StorageError(f"{file} does not exist → name a file that `monitor db backup` has written")
    if is_damaged(file):
        raise StorageError(f"{file} is no database, or damaged; nothing was done → name another backup")
    beside = Path(target.database).parent if target.get_backend_name() == "sqlite" and target.database else None
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=beside if beside and beside.is_dir() else None) as folder:
        copy = Path(folder) / "backup.db"
        copy_file(file, copy)
        with opened(sa.make_url(f"sqlite:///{copy}")) as engine:
            with snapshot(engine) as db:
                known = sa.inspect(db).has_table("alembic_version") and sa.inspect(db).has_table("editions")
            if not known:
                raise StorageError(f"{file} is no backup of this program; nothing was done → name another file")
            migrate(engine, str(file))
            _read_through(engine, file)
            yield engine


def _read_through(engine: Engine, file: Path) -> None:
    try:
        with snapshot(engine) as db:
            content_of(db)
    except StorageError as exc:
        raise StorageError(f"{file} is damaged: {exc.args[0]}; nothing was done → name another backup") from exc


def _settle(scratch: Engine, file: Path) -> tuple[int, str]:
    """Messages on their way then are of unknown fate now; how many, and the newest edition."""
    d, e = t.deliveries.c, t.editions.c
    unsure = sa.update(t.deliveries).where(d.state.in_(_ON_THE_WAY))
    detail = f"waited when the backup {file.name} was made: it may have been sent since"
    newest = sa.select(e.edition).order_by(e.date.desc(), e.created_at.desc()).limit(1)
    with scratch.begin() as db:
        waiting = db.execute(unsure.values(state="unknown", detail=detail, retry_at=None)).rowcount
        return waiting, db.execute(newest).scalar() or ""


def _damaged_file(target: URL) -> Path | None:
    path = Path(target.database or "")
    if target.get_backend_name() != "sqlite" or not path.exists() or not path.stat().st_size:
        return None
    return path if is_damaged(path) else None


def _set_aside(damaged: Path, now: datetime) -> Path:
    """The damaged database under another name, with what SQLite keeps beside it."""
    aside = damaged.with_name(f"{damaged.name}.damaged-{now:%Y%m%dT%H%M%S}")
    for ending in ("-wal", "-shm", ""):
        path = Path(f"{damaged}{ending}")
        if path.exists():
            path.replace(f"{aside}{ending}")
    return aside
