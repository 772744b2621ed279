"""Whether a database is whole: its file, its schema, what refers to what, and whether all of it can be read."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from monitor.errors import StorageError
from monitor.store import fts5, search
from monitor.store import tables as t
from monitor.store.connect import tells_of_damage, translated
from monitor.store.copying import content_of, rows_in, snapshot
from monitor.store.sql import SqlStore
from monitor.text import counted

_SHOWN = 5  # of many problems of one kind
_WAITING = ("queued", "deferred", "sending", "dot")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `problem` is empty when it is in order."""

    what: str
    seen: str
    problem: str = ""


def check_store(store: SqlStore) -> tuple[Finding, ...]:
    """Look at everything once, in one snapshot. StorageError when the database cannot be asked at all."""
    with translated(f"check {store.where}"), snapshot(store.engine) as db:
        file = _file(db)
        if file.problem:
            return (file,)  # whatever else is asked of a damaged file ends in errors
        return file, *(_looked(db, look) for look in (_schema, _rows, _references, _stories, _search, _outbox))


def _looked(db: Connection, look: Callable[[Connection], Finding]) -> Finding:
    """One look; what it runs into is a finding as well, so that the others are taken all the same."""
    try:
        return look(db)
    except DBAPIError as exc:
        if not tells_of_damage(exc):
            raise
        return Finding(look.__name__.lstrip("_"), "not to be read", f"{exc.orig} → restore a backup")


def is_damaged(path: Path) -> bool:
    """Whether a file is no SQLite database, or one whose pages, or indexes, are not what they should be.

    `quick_check` would not compare the indexes with their tables; emptying a table runs into what is wrong there.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok"
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return True


def _file(db: Connection) -> Finding:
    """SQLite looks through its pages; of PostgreSQL, reading all rows is what a client can do."""
    if db.dialect.name != "sqlite":
        version = db.exec_driver_sql("SELECT current_setting('server_version')").scalar_one()
        return Finding("file", f"kept by PostgreSQL {version}")
    try:
        said = [str(line) for line in db.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars()]
    except DBAPIError as exc:
        said = [str(exc.orig)]
    problem = "" if said == ["ok"] else f"{'; '.join(said)} → restore a backup: `monitor db restore FILE`"
    return Finding("file", "every page of it looked at", problem)


def _schema(db: Connection) -> Finding:
    """Tables and columns against what the program knows; the migrations have run when the store was opened."""
    revision = MigrationContext.configure(db).get_current_revision()
    there = sa.inspect(db)
    missing = [
        f"{table.name}.{column.name}"
        for table in t.metadata.sorted_tables
        for column in table.c
        if not there.has_table(table.name) or column.name not in {c["name"] for c in there.get_columns(table.name)}
    ]
    problem = f"there is no {', '.join(missing[:_SHOWN])} → restore a backup" if missing else ""
    return Finding("schema", f"version {revision}", problem)


def _rows(db: Connection) -> Finding:
    """Every value read as a run would read it."""
    counts = rows_in(db)
    seen = f"{counted(sum(counts.values()), 'row')} in {counted(len(counts), 'table')}"
    try:
        content_of(db)
    except StorageError as exc:
        return Finding("rows", seen, str(exc))
    return Finding("rows", seen)


def _references(db: Connection) -> Finding:
    """Rows that belong to a row that is not there."""
    pairs = [(table, key) for table in t.metadata.sorted_tables for key in table.foreign_keys]
    lost = {f"{table.name}.{key.parent.name}": _lost(db, table, key) for table, key in pairs}
    problem = ", ".join(
        f"{counted(rows, 'row')} of {name} with nothing to refer to" for name, rows in lost.items() if rows
    )
    return Finding("references", f"{len(pairs)} looked at", problem and f"{problem} → restore a backup")


def _lost(db: Connection, table: sa.Table, key: sa.ForeignKey) -> int:
    there = sa.exists().where(key.column == key.parent)
    if key.column.table is table:
        return 0
    return _count(db, sa.select(table).where(key.parent.is_not(None), ~there))


def _stories(db: Connection) -> Finding:
    """A story stands for itself and has reports, or was absorbed by one that does."""
    s, m = t.stories, t.members
    survivor = t.stories.alias()
    led = sa.exists().where(survivor.c.id == s.c.absorbed_into, survivor.c.absorbed_into == "")
    empty = _count(db, sa.select(s).where(s.c.absorbed_into == "", ~sa.exists().where(m.c.story_id == s.c.id)))
    astray = _count(db, sa.select(s).where(s.c.absorbed_into != "", ~led))
    problems = [f"{empty} without a report"] * bool(empty) + [f"{astray} led to a story that is not there"] * bool(
        astray
    )
    total = _count(db, sa.select(s).where(s.c.absorbed_into == ""))
    return Finding("stories", f"{total} of {counted(_count(db, sa.select(m)), 'report')}", ", ".join(problems))


def _search(db: Connection) -> Finding:
    """As many entries as reports, each with its original, and words that can be read."""
    r, d = t.search_reports, t.search_documents
    reports, entries = _count(db, sa.select(r)), search.index_of(db.dialect.name).count(db)
    mute = _count(db, sa.select(r).where(~sa.exists().where(d.c.number == r.c.number, d.c.original)))
    problems = [f"{counted(reports, 'report')} but {counted(entries, 'entry', 'entries')} in the index"] * (
        reports != entries
    )
    problems += [f"{counted(mute, 'report')} without their own words"] * bool(mute)
    problems += ["the index is damaged"] * (entries > 0 and not _index_is_whole(db))
    remedy = " → `monitor db reindex` makes the index anew" if problems else ""
    return Finding("search", f"{counted(reports, 'report')} can be found", ", ".join(problems) + remedy)


def _index_is_whole(db: Connection) -> bool:
    """Of a damaged one of SQLite queries may just find nothing. PostgreSQL's is a column, read with the rows."""
    try:
        return db.dialect.name != "sqlite" or fts5.words_in(db) > 0
    except DBAPIError as exc:
        if not tells_of_damage(exc):
            raise
        return False


def _outbox(db: Connection) -> Finding:
    """What waits must have a message."""
    d = t.deliveries.c
    waiting = sa.select(d.recipient).where(d.state.in_(_WAITING))
    hollow = _count(db, waiting.where(sa.func.length(d.message) == 0))
    problem = f"without contents: {hollow} → restore a backup"
    return Finding("outbox", f"{counted(_count(db, waiting), 'message')} waiting", problem if hollow else "")


def _count(db: Connection, query: sa.Select[Any]) -> int:
    return int(db.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one())
