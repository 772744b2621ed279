"""What goes wrong with a database comes out as `StorageError` with file and remedy, and nothing is half written."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.errors import StorageError
from monitor.records import Judged
from monitor.store import SqlStore, copy_store, open_store, tables

THEN = datetime(2026, 1, 1, tzinfo=UTC)
URL = "sqlite:///monitor.db"


def test_a_folder_that_cannot_exist_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match=r"open .*/file/monitor\.db: .*→ "):
        open_store("sqlite:///file/monitor.db", folder=tmp_path)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StorageError, match=r"monitor\.db: file is not a database → .*move it away"):
        open_store(URL, folder=tmp_path)
    assert (tmp_path / "monitor.db").read_bytes().startswith(b"Dear diary")
    with pytest.raises(StorageError, match="not a database"):
        copy_store(URL, tmp_path, tmp_path / "dry")


def test_a_damaged_database_is_reported_and_does_not_crash(tmp_path: Path, judged: list[Judged]) -> None:
    with closing(open_store(URL, folder=tmp_path)) as store:
        store.save_articles(judged)
    with (tmp_path / "monitor.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 100_000)
    with pytest.raises(StorageError, match=r"monitor\.db: .*(malformed|not a database).*(restore|move)"):  # noqa: SIM117
        with closing(open_store(URL, folder=tmp_path)) as store:
            store.articles(since=THEN)


def test_a_full_disk_writes_nothing_of_the_step_and_the_store_stays_usable(
    tmp_path: Path, judged: list[Judged]
) -> None:
    with closing(open_store(URL, folder=tmp_path)) as store:
        store.save_articles(judged[:10])
        used = _limit_pages(store, extra=2)
        with pytest.raises(StorageError, match=r"save articles in .*monitor\.db: .*disk is full → free some disk"):
            store.save_articles(judged)
        assert len(store.articles(since=THEN)) == 10
        _limit_pages(store, extra=10_000 - used)
        store.save_articles(judged)
        assert len(store.articles(since=THEN)) == 100


def _limit_pages(store: SqlStore, *, extra: int) -> int:
    """Let the database grow by `extra` pages; its pages now. The limit holds for the pool's one connection."""
    with store._engine.connect() as connection:
        used = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + extra}")
    return used


def test_a_database_that_may_only_be_read_says_so(tmp_path: Path, judged: list[Judged]) -> None:
    with closing(open_store(URL, folder=tmp_path)) as store:
        sa.event.listen(store._engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA query_only=1"))
        with pytest.raises(StorageError, match="readonly database → make the file and its folder writable"):
            store.save_articles(judged)


def test_another_writer_that_does_not_end_is_reported(tmp_path: Path, judged: list[Judged]) -> None:
    with closing(open_store(URL, folder=tmp_path)) as store, closing(sqlite3.connect(tmp_path / "monitor.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with store._engine.connect().execution_options(reading=True) as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        with pytest.raises(StorageError, match="locked → another run is writing"):
            store.save_articles(judged)


_ENDLESS_WRITER = """
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from monitor.records import FeedState, Edition, Envelope
from monitor.store import open_store
from datetime import UTC, date, datetime

now = datetime(2026, 3, 8, tzinfo=UTC)
store = open_store("sqlite:///monitor.db", folder=Path(sys.argv[1]))
for number in count():
    name = f"everyone/{number}"
    edition = Edition(name, "everyone", date(2026, 3, 8), "", (), (), now, now, "")
    store.save_edition(edition, [Envelope(name, f"{i}@example.org", "<m>", "s", b"x" * 5000) for i in range(20)])
    print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_editions_only(tmp_path: Path) -> None:
    for seen in (3, 8, 13):
        writer = subprocess.Popen(
            [sys.executable, "-c", _ENDLESS_WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert writer.stdout is not None
        for _ in range(seen):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        with closing(open_store(URL, folder=tmp_path)) as store:
            editions = store.editions(limit=10_000)
            queued = len(store.due_envelopes(now=THEN))
            assert len(editions) >= seen
            assert queued == 20 * len(editions)
            _empty(store)


def _empty(store: SqlStore) -> None:
    with store._engine.begin() as connection:
        connection.execute(tables.editions.delete())
