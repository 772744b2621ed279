"""Opening, migrating and copying a database."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from monitor.errors import StorageError
from monitor.records import Article, Edition, Envelope, FeedState, Judged, Member, Receipt, Translation, Verdict
from monitor.store import SqlStore, copy_store, open_store, tables

THEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def opened(tmp_path: Path) -> "Callable[[], SqlStore]":
    return lambda: open_store("sqlite:///data/monitor.db", folder=tmp_path)


def test_the_migrated_schema_is_the_one_in_tables(tmp_path: Path) -> None:
    open_store("sqlite:///monitor.db", folder=tmp_path).close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/monitor.db")
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Everything but the tables that the search index of SQLite is made of."""
    return not (kind == "table" and name and name.startswith("search_index"))


@pytest.mark.parametrize(
    ("record", "table", "elsewhere"),
    [
        (FeedState, tables.feed_states, set()),
        (Article, tables.articles, set()),
        (Verdict, tables.verdicts, set()),
        (Translation, tables.translations, set()),
        (Member, tables.members, {"article"}),
        (Edition, tables.editions, set()),
        (Envelope, tables.deliveries, set()),
        (Receipt, tables.deliveries, set()),
    ],
)
def test_every_field_of_a_stored_record_has_its_column(record: Any, table: sa.Table, elsewhere: set[str]) -> None:
    assert {field.name for field in fields(record)} - elsewhere <= set(table.c.keys())


def test_a_new_database_and_its_folder_are_created_for_their_owner_only(
    opened: Callable[[], SqlStore], tmp_path: Path
) -> None:
    opened().close()
    assert stat.S_IMODE((tmp_path / "data/monitor.db").stat().st_mode) == 0o600


def test_writes_reach_the_disk_and_readers_do_not_wait(opened: Callable[[], SqlStore]) -> None:
    with closing(opened()) as store, store._engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_two_programs_may_open_a_new_database_at_the_same_time(opened: Callable[[], SqlStore]) -> None:
    failures: list[Exception] = []

    def open_and_close() -> None:
        try:
            opened().close()
        except StorageError as exc:
            failures.append(exc)

    threads = [threading.Thread(target=open_and_close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    opened: Callable[[], SqlStore], tmp_path: Path
) -> None:
    opened().close()
    with closing(sqlite3.connect(tmp_path / "data/monitor.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"monitor\.db: the database is of a newer version .*upgrade"):
        opened()


def test_a_migration_that_fails_leaves_nothing_behind(opened: Callable[[], SqlStore], tmp_path: Path) -> None:
    path = tmp_path / "data/monitor.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE runs (mine TEXT)")
    with pytest.raises(StorageError, match="already exists"):
        opened()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("runs",)]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("monitor.db", "is no database URL"),
        ("mysql://localhost/x", "mysql is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://monitor:hunter2@127.0.0.1:9/monitor", "database server runs"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_a_remedy_and_without_its_password(
    url: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match=message) as caught:
        open_store(url, folder=tmp_path)
    assert "hunter2" not in str(caught.value)


def test_a_copy_has_everything_and_changing_it_changes_nothing(
    opened: Callable[[], SqlStore], tmp_path: Path, judged: list[Judged]
) -> None:
    with closing(opened()) as store:
        store.save_articles(judged[:50])
        url = copy_store("sqlite:///data/monitor.db", tmp_path, tmp_path / "dry")
        with closing(open_store(url, folder=Path("/nowhere"))) as copy:
            assert len(copy.articles(since=THEN)) == 50
            copy.save_articles(judged)
        assert len(store.articles(since=THEN)) == 50


def test_copying_a_database_that_does_not_exist_creates_none(tmp_path: Path) -> None:
    url = copy_store("sqlite:///data/monitor.db", tmp_path, tmp_path / "dry")
    with closing(open_store(url, folder=tmp_path)) as copy:
        assert copy.feed_states() == {}
    assert not (tmp_path / "data").exists()
