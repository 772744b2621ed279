"""What is old goes, part by part, in short transactions; what readers were given and what stories are stays.

Editions, receipts, suppressions, corrections, stories, their decisions, and the headlines and links of their reports
are never touched. Of a text an excerpt stays, about what feeds show themselves: enough to recognise a report by.

A report that was dropped and whose date its feed does not tell stays: read again, it would pass for a new one.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from monitor.store import search
from monitor.store import tables as t
from monitor.store.connect import translated
from monitor.store.copying import snapshot
from monitor.store.entry import SearchIndex
from monitor.store.sql import SqlStore
from monitor.text import shorten

EXCERPT = 600  # characters
_STUB = 60  # characters: what is shorter says nothing (text.lead_sentences takes the body then)
_BATCH = 1000  # rows of one transaction; texts of these are held at once
_KEYS = ("key0", "key1")
_ENDED = ("sent", "failed", "unknown")
_GOOD = (0, 3)  # exit codes of runs that made their editions


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older than its instant goes; None: it stays."""

    texts: datetime | None
    dropped: datetime | None
    messages: datetime | None
    runs: datetime | None
    vectors: datetime | None
    live: datetime  # stories with a report that was published or joined since are left whole


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of one kind went, or would go."""

    what: str
    rows: int
    bytes: int  # characters, of texts


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that are chosen by a query, whose last column is their size, and what becomes of some of them."""

    what: str
    chosen: sa.Select[Any]
    act: Callable[[Connection, Sequence[Row[Any]]], None]
    keys: int  # the first so many columns are the row's key

    def after(self, last: Row[Any] | None) -> sa.Select[Any]:
        """The next rows in the order of their keys: no row is looked at twice."""
        keys = list(self.chosen.selected_columns)[: self.keys]
        query = self.chosen.order_by(*keys).limit(_BATCH)
        return query if last is None else query.where(sa.tuple_(*keys) > sa.tuple_(*last[: self.keys]))


# ---------------------------------------------------------------- doing it


def purge(store: SqlStore, limits: Limits, *, dry_run: bool) -> tuple[Purged, ...]:
    """Let go of what is older than `limits`; of a dry run, how much would go. The caller holds the run lock."""
    with translated(f"purge {store.where}"):
        if dry_run:
            with snapshot(store.engine) as db:
                return tuple(_count(db, part) for part in _parts(limits, store.engine.dialect.name))
        return tuple(_purge(store.engine, part) for part in _parts(limits, store.engine.dialect.name))


def _count(db: Connection, part: _Part) -> Purged:
    rows = part.chosen.subquery()
    size = list(rows.c)[-1]
    count, total = db.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(size), 0)).select_from(rows)
    ).one()
    return Purged(part.what, int(count), int(total))


def _purge(engine: Engine, part: _Part) -> Purged:
    rows, size, last = 0, 0, None
    while True:
        with engine.begin() as db:
            batch = db.execute(part.after(last)).all()
            if not batch:
                return Purged(part.what, rows, size)
            part.act(db, batch)
        rows, size, last = rows + len(batch), size + sum(row[-1] for row in batch), batch[-1]


def _parts(limits: Limits, dialect: str) -> Iterator[_Part]:
    if limits.texts:
        yield _texts(limits.texts, limits.live, dialect)
        yield _translations(limits.texts)
    if limits.dropped:
        yield _dropped(limits.dropped)
    if limits.messages:
        yield _messages(limits.messages)
    if limits.runs:
        yield _runs(limits.runs)
        yield _slots(limits.runs)
    if limits.vectors:
        yield _vectors(limits.vectors)


# ---------------------------------------------------------------- the parts


def excerpt(summary: str, body: str) -> str:
    """What stays of a report's text: its beginning, from the body where the summary is missing or only a stub."""
    return shorten(body if len(summary) < _STUB and len(body) > len(summary) else summary, EXCERPT)


def _texts(before: datetime, live: datetime, dialect: str) -> _Part:
    """Reports of stories that go on keep theirs: the next run compares what they say."""
    a, m = t.articles.c, t.members.c
    other, its = t.members.alias(), t.articles.alias()
    lately = sa.or_(other.c.joined_at >= live, its.c.published_at >= live)
    going_on = sa.select(other.c.story_id).join_from(other, its, other.c.article_id == its.c.id).where(lately)
    compared = sa.exists().where(m.article_id == a.id, m.story_id.in_(going_on))
    size = sa.func.length(a.body) + sa.func.length(a.summary)
    long = sa.or_(a.body != "", sa.func.length(a.summary) > EXCERPT)
    chosen = sa.select(a.id, a.summary, a.body, size).where(a.fetched_at < before, long, ~compared)
    return _Part("texts", chosen, lambda db, rows: _shorten(db, rows, search.index_of(dialect)), keys=1)


def _shorten(db: Connection, rows: Sequence[Row[Any]], index: SearchIndex) -> None:
    texts = {row.id: excerpt(row.summary, row.body) for row in rows}
    one = t.articles.c.id == sa.bindparam("one")
    update = sa.update(t.articles).where(one).values(summary=sa.bindparam("text"), body="")
    db.execute(update, [{"one": id_, "text": text} for id_, text in texts.items()])
    search.retell(db, index, texts)


def _translations(before: datetime) -> _Part:
    r = t.translations.c
    size = sa.func.length(r.original) + sa.func.length(r.text)
    return _deleting("translations", t.translations, sa.select(r.recipe, r.key, size).where(r.saved_at < before))


def _dropped(before: datetime) -> _Part:
    a, v = t.articles.c, t.verdicts.c
    told = sa.exists().where(t.members.c.article_id == a.id)
    found = sa.exists().where(t.search_reports.c.article_id == a.id)
    size = sa.func.length(a.title) + sa.func.length(a.summary) + sa.func.length(a.body)
    chosen = sa.select(a.id, size).join_from(t.articles, t.verdicts)
    chosen = chosen.where(~v.relevant, a.fetched_at < before, a.date_known, ~told, ~found)
    return _deleting("dropped", t.articles, chosen)


def _messages(before: datetime) -> _Part:
    d, e = t.deliveries.c, t.editions.c
    size = sa.func.length(d.message)
    chosen = sa.select(d.edition, d.recipient, size).join_from(t.deliveries, t.editions)
    same = sa.and_(d.edition == sa.bindparam("key0"), d.recipient == sa.bindparam("key1"))
    update = sa.update(t.deliveries).values(message=b"").where(same)
    chosen = chosen.where(e.created_at < before, d.state.in_(_ENDED), size > 0)
    return _Part("messages", chosen, lambda db, rows: _each(db, update, rows), keys=2)


def _runs(before: datetime) -> _Part:
    """The last run that succeeded stays: alarms ask how long ago it was."""
    r = t.runs.c
    last = sa.select(r.run_id).where(r.exit_code.in_(_GOOD)).order_by(r.started_at.desc()).limit(1)
    chosen = sa.select(r.run_id, sa.func.length(r.document)).where(r.started_at < before)
    return _deleting("runs", t.runs, chosen.where(r.run_id.not_in(last)))


def _slots(before: datetime) -> _Part:
    """The last slot of each profile stays: it says what was made, however long ago."""
    s, newer = t.slots.c, t.slots.alias()
    later = sa.exists().where(newer.c.profile_id == s.profile_id, newer.c.slot > s.slot)
    chosen = sa.select(s.profile_id, s.slot, sa.func.length(s.detail)).where(s.due_at < before, later)
    return _deleting("slots", t.slots, chosen)


def _vectors(before: datetime) -> _Part:
    v = t.vectors.c
    chosen = sa.select(v.embedder, v.key, sa.func.length(v.vector)).where(v.saved_at < before)
    return _deleting("vectors", t.vectors, chosen)


def _deleting(what: str, table: sa.Table, chosen: sa.Select[Any]) -> _Part:
    """Rows of `table`, chosen by its primary key."""
    same = (column == sa.bindparam(f"key{number}") for number, column in enumerate(table.primary_key))
    delete = sa.delete(table).where(*same)
    return _Part(what, chosen, lambda db, rows: _each(db, delete, rows), keys=len(table.primary_key))


def _each(db: Connection, statement: sa.Executable, rows: Sequence[Row[Any]]) -> None:
    """The statement for the key of every row; the last column is its size."""
    db.execute(statement, [dict(zip(_KEYS, row[:-1], strict=False)) for row in rows])


# ---------------------------------------------------------------- giving the room back


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """The database's size before and after; `why_not` says why the room was not given back."""

    bytes_before: int
    bytes_after: int
    why_not: str = ""


def vacuum(store: SqlStore) -> Vacuumed:
    """Give back the room of what went, and bring the planner's statistics up to date. The run lock is not held."""
    with translated(f"vacuum {store.where}"):
        before = _size(store.engine)
        why_not = _too_little_room(store.engine, before)
        if not why_not:
            with closing(store.engine.raw_connection()) as connection:
                _vacuum(connection, store.engine.dialect.name)
        return Vacuumed(before, _size(store.engine), why_not)


def _vacuum(connection: Any, dialect: str) -> None:
    if dialect == "sqlite":
        for statement in ("VACUUM", "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(statement).close()
        return
    connection.driver_connection.autocommit = True
    try:
        connection.driver_connection.execute("VACUUM (ANALYZE)")
    finally:
        connection.driver_connection.autocommit = False


def _too_little_room(engine: Engine, size: int) -> str:
    """SQLite writes the database anew, and once more into its log."""
    if engine.dialect.name != "sqlite":
        return ""
    free = shutil.disk_usage(Path(engine.url.database or "").parent).free
    if free > 2 * size:
        return ""
    return (
        f"that needs {2 * size / 1e6:.0f} MB of free disk, and there are {free / 1e6:.0f} MB; what went is used again"
    )


def _size(engine: Engine) -> int:
    if engine.dialect.name == "sqlite":
        files = (Path(f"{engine.url.database}{ending}") for ending in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())
    with snapshot(engine) as db:
        return int(db.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
