"""A store in another database holds the same, row by row, and does the same."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import BusyError, StorageError
from monitor.records import SearchQuery
from monitor.store import SqlStore, copying, tables
from monitor.store.checks import check_store
from monitor.store.copying import Content, content_of, copy_rows, index_words, rows_in, snapshot
from tests.conftest import new_database
from tests.contracts.test_store import NOW
from tests.store.writes import CALM, fill, open_at_noon

SQLITE = "sqlite:///one.db"


def silent(table: str, done: int, total: int) -> None:
    """Nobody is told."""


def copied(source: SqlStore, target: SqlStore, *, replace: bool = False) -> tuple[Content, ...]:
    return copy_rows(source.engine, target.engine, replace=replace, now=CALM, tell=silent)


def content(store: SqlStore) -> tuple[Content, ...]:
    with snapshot(store.engine) as db:
        return content_of(db)


def found(store: SqlStore) -> list[tuple[object, ...]]:
    """Answers without their order: each kind of database weighs words in its own way."""
    queries = (SearchQuery("puente"), SearchQuery("bridge closed", limit=5), SearchQuery("", places=("el-paso",)))
    return [(answer.total, *sorted(hit.article.id for hit in answer.hits)) for answer in map(store.search, queries)]


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_at_noon(SQLITE, tmp_path)) as store:
        fill(store)
        yield store


def test_every_table_is_filled_so_that_what_is_copied_here_is_all_there_is(source: SqlStore) -> None:
    with snapshot(source.engine) as db:
        assert all(rows_in(db).values())
        assert {table.name for table in copying.COPIED} == set(tables.metadata.tables) - {"leases"}


@pytest.mark.parametrize("way", [("sqlite", "sqlite"), ("postgresql", "sqlite"), ("postgresql", "postgresql")])
def test_a_copy_there_and_back_is_equal_row_by_row_and_finds_the_same(
    way: tuple[str, ...], source: SqlStore, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """SQLite → each of `way` in turn; the last one answers as the first."""
    number, last = itertools.count(), source
    for kind in way:
        name = f"{request.node.name}{next(number)}"
        server = request.getfixturevalue("postgres") if kind == "postgresql" else ""
        url = new_database(server, name) if server else f"sqlite:///{next(number)}.db"
        target = open_at_noon(url, tmp_path)
        request.addfinalizer(target.close)
        assert copied(last, target) == content(source)
        last = target
    assert content(last) == content(source)
    assert found(last) == found(source) != [(0,), (0,), (0,)]
    assert last.articles(since=NOW - timedelta(days=9)) == source.articles(since=NOW - timedelta(days=9))
    assert last.stories(since=NOW - timedelta(days=9)) == source.stories(since=NOW - timedelta(days=9))
    assert not [finding for finding in check_store(last) if finding.problem]


def test_no_key_is_counted_by_a_sequence_so_that_there_are_none_to_set() -> None:
    counted = [c for table in tables.metadata.tables.values() for c in table.c if table.autoincrement_column is c]
    assert counted == []


def test_a_target_that_holds_something_is_refused_unless_it_may_be_replaced(source: SqlStore, tmp_path: Path) -> None:
    with closing(open_at_noon("sqlite:///two.db", tmp_path)) as target:
        fill(target, 3)
        before = content(target)
        with pytest.raises(
            StorageError, match=r"not empty \(40 articles, 2 feed_states, .*nothing was done; --replace"
        ):
            copied(source, target)
        assert content(target) == before
        copied(source, target, replace=True)
        assert content(target) == content(source)
        assert found(target) == found(source)


def test_leases_stay_where_they_are_and_a_run_under_way_is_not_disturbed(source: SqlStore, tmp_path: Path) -> None:
    source.claim("run", "the copy itself", now=CALM, lease_s=60)
    with closing(open_at_noon("sqlite:///two.db", tmp_path)) as target:
        target.claim("run", "desk:1", now=CALM, lease_s=60)
        with pytest.raises(BusyError, match=r"a run is under way in the database \(desk:1\)"):
            copied(source, target)
        assert not any(each.rows for each in content(target))
        target.release("run", "desk:1")
        copied(source, target)
        assert target.claim("run", "somebody", now=CALM, lease_s=60)


@pytest.mark.parametrize(
    "harm",
    [
        "CREATE TRIGGER harm AFTER INSERT ON articles BEGIN UPDATE articles SET title = 'x' WHERE id = new.id; END",
        "CREATE TRIGGER harm AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
    ],
)
def test_what_does_not_arrive_as_it_was_read_is_noticed_and_nothing_is_kept(
    harm: str, source: SqlStore, tmp_path: Path
) -> None:
    with closing(open_at_noon("sqlite:///two.db", tmp_path)) as target:
        with closing(sqlite3.connect(tmp_path / "two.db")) as connection:
            connection.execute(harm)
        with pytest.raises(
            StorageError, match=r"what arrived is not what was read \((articles|runs): .*nothing was kept"
        ):
            copied(source, target)
        assert not any(each.rows for each in content(target))


def test_the_digest_of_a_table_knows_no_order_but_every_value(source: SqlStore, tmp_path: Path) -> None:
    with source.engine.begin() as db:
        before = content_of(db, [tables.articles])
        rows = [dict(row._mapping) for row in db.execute(sa.select(tables.feed_states))]
        states = content_of(db, [tables.feed_states])
        db.execute(sa.delete(tables.feed_states))
        db.execute(sa.insert(tables.feed_states), rows[::-1])
        assert content_of(db, [tables.feed_states]) == states
        db.execute(sa.update(tables.articles).values(guid="other").where(tables.articles.c.guid == "guid-7"))
        assert content_of(db, [tables.articles]) != before


def test_an_index_of_words_that_was_lost_is_made_anew(source: SqlStore) -> None:
    before = found(source)
    with source.engine.begin() as db:
        db.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    assert found(source)[0] == (0,)
    problems = [finding.problem for finding in check_store(source) if finding.problem]
    assert problems == ["20 reports but 0 entries in the index → `monitor db reindex` makes the index anew"]
    assert index_words(source.engine, CALM) == 20
    assert found(source) == before
