"""A store moved into another database, whole: table by table, checked row by row before it counts.

Everything but leases is copied: those belong to the processes that work on a database. The index of words is kept in
another way by each kind of database, so that it is made anew from the documents. There are no sequences to set: every
key comes from content.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from monitor.errors import BusyError, StorageError
from monitor.store import search
from monitor.store import tables as t
from monitor.store.connect import BUSY_TIMEOUT_S, connect, migrate, resolve_url, tells_of_damage, translated
from monitor.text import counted, one_line, shorten

Tell = Callable[[str, int, int], None]  # table, rows done, rows in all
_MAX_REASON = 120
_BATCH = 200  # rows held at once: a message has 100 kB
_MODULUS = 1 << 128
COPIED = tuple(table for table in t.metadata.sorted_tables if table is not t.leases)
_FOUND = (t.search_reports, t.search_documents)


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: two tables with equal content have equal rows, in whatever order."""

    table: str
    rows: int
    digest: str


# ---------------------------------------------------------------- content


class _Digest:
    """Rows added up: the sum of their hashes, so that no database's idea of order matters."""

    def __init__(self, table: sa.Table) -> None:
        self._table, self._rows, self._sum = table.name, 0, 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._rows += 1
            self._sum += int.from_bytes(
                blake2b(repr(tuple(row)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
            )

    def content(self) -> Content:
        return Content(self._table, self._rows, f"{self._sum % _MODULUS:032x}")


def content_of(db: Connection, tables: Iterable[sa.Table] = COPIED) -> tuple[Content, ...]:
    """Counts and digests of tables, read through once."""
    return tuple(_content(db, table) for table in tables)


def _content(db: Connection, table: sa.Table) -> Content:
    digest = _Digest(table)
    for rows in _batches(db, table):
        digest.add(rows)
    return digest.content()


def _batches(db: Connection, table: sa.Table) -> Iterator[Sequence[sa.Row[Any]]]:
    """All rows, a few of them at a time: the driver of PostgreSQL would fetch all at once.

    StorageError for a value that is not what was written: of damage within a text, pages and indexes know nothing.
    """
    try:
        yield from db.execute(sa.select(table).execution_options(stream_results=True)).partitions(_BATCH)
    except (ValueError, TypeError, KeyError, sa.exc.DataError, sa.exc.OperationalError) as exc:
        if isinstance(exc, sa.exc.DBAPIError) and not tells_of_damage(exc):
            raise
        reason = shorten(one_line(str(exc.orig if isinstance(exc, sa.exc.DBAPIError) else exc)), _MAX_REASON)
        raise StorageError(f"a value in {table.name} cannot be read ({reason}) → restore a backup") from exc


def rows_in(db: Connection, tables: Iterable[sa.Table] = COPIED) -> dict[str, int]:
    """Rows by table."""
    return {table.name: int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()) for table in tables}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever others write meanwhile."""
    options: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect() as plain:
        connection = plain.execution_options(**options)
        with connection.begin():
            yield connection


# ---------------------------------------------------------------- copying


def copy_rows(
    source: Engine, target: Engine, *, replace: bool, now: datetime, tell: Tell, consent: str = "--replace"
) -> tuple[Content, ...]:
    """Everything that `source` holds into `target`, in one transaction; what was copied.

    Raises StorageError when the target holds something and is not to be replaced, or when what arrived is not equal to
    what was read; BusyError when a run is under way there. Nothing is written then. `consent` is the option that people
    replace with.
    """
    with snapshot(source) as reader, target.begin() as writer:
        _refuse_if_busy(writer, now)
        _make_room(writer, replace=replace, consent=consent)
        sent = _transfer(reader, writer, COPIED, tell)
        search.index_again(writer, search.index_of(target.dialect.name))
        _compare(sent, content_of(writer))
        if target.dialect.name == "postgresql":
            writer.exec_driver_sql("ANALYZE")  # the planner knows nothing of tables that were empty a moment ago
    return sent


def _refuse_if_busy(db: Connection, now: datetime) -> None:
    owner = db.execute(sa.select(t.leases.c.owner).where(t.leases.c.expires_at > now)).scalar()
    if owner:
        raise BusyError(f"a run is under way in the database ({owner}), so nothing was done; wait for it to end")


def _make_room(db: Connection, *, replace: bool, consent: str) -> None:
    held = {name: rows for name, rows in rows_in(db).items() if rows}
    if not held:
        return
    if not replace:
        what = ", ".join(f"{rows} {name}" for name, rows in held.items())
        raise StorageError(
            f"the database is not empty ({what}), so nothing was done; {consent} puts the copy in its place"
        )
    search.forget_everything(db, search.index_of(db.dialect.name))
    for table in reversed(COPIED):
        db.execute(sa.delete(table))


def _transfer(reader: Connection, writer: Connection, tables: Sequence[sa.Table], tell: Tell) -> tuple[Content, ...]:
    totals = rows_in(reader, tables)
    sent = []
    for table in tables:
        digest, done = _Digest(table), 0
        for rows in _batches(reader, table):
            writer.execute(table.insert(), [dict(row._mapping) for row in rows])
            digest.add(rows)
            done += len(rows)
            tell(table.name, done, totals[table.name])
        sent.append(digest.content())
    return tuple(sent)


def _compare(sent: Sequence[Content], arrived: Sequence[Content]) -> None:
    wrong = [
        f"{a.table}: {counted(a.rows, 'row')} read, {b.rows} written"
        for a, b in zip(sent, arrived, strict=True)
        if a != b
    ]
    if wrong:
        raise StorageError(
            f"what arrived is not what was read ({'; '.join(wrong)}), so nothing was kept; does something else write"
            " there? → stop it, and copy again"
        )


def index_words(engine: Engine, now: datetime) -> int:
    """Make the index of words anew from the documents, in one transaction; how many reports it has. BusyError."""
    index = search.index_of(engine.dialect.name)
    with engine.begin() as db:
        _refuse_if_busy(db, now)
        index.clear(db)
        return search.index_again(db, index)


# ---------------------------------------------------------------- copies in files


def copy_store(url: str, folder: Path, target_folder: Path) -> str:
    """A copy of the database for a dry run, as an SQLite file in `target_folder`; its URL. The original is only read.

    A database that does not exist yet gives the URL of a file that does not exist yet.
    """
    source, target = resolve_url(url, folder), target_folder.resolve() / "copy.db"
    where = source.render_as_string(hide_password=True)
    with translated(f"copy {where} to {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if source.get_backend_name() == "sqlite":
            copy_file(Path(source.database or ""), target)
        else:
            _copy_for_dry_run(source, target)
    return f"sqlite:///{target}"


def copy_file(source: Path, target: Path) -> None:
    """SQLite's online backup: a consistent copy even while another process writes."""
    if not source.exists():
        return
    os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)


def _copy_for_dry_run(source: URL, target: Path) -> None:
    """From one snapshot of the server; without what can be found, which a dry run never looks for."""
    with opened(source) as origin, opened(sa.make_url(f"sqlite:///{target}")) as copy:
        migrate(copy, str(target))
        with snapshot(origin) as reader, copy.begin() as writer:
            if sa.inspect(reader).has_table("editions"):
                tables = [table for table in COPIED if table not in _FOUND]
                _transfer(reader, writer, tables, lambda _table, _done, _all: None)


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """An engine that is given back."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()
