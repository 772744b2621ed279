"""What is done to a database as a whole never shows in the next day's digest."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import run_lock
from monitor.config import Config
from monitor.databases import back_up_database, copy_database, purge_database, restore_database
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.server import SampleServer
from monitor.errors import BusyError
from monitor.store import open_store
from monitor.store.purging import Limits, purge
from tests.app.sample_days import Days, pages_of
from tests.conftest import new_database
from tests.store.test_copying import silent


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    with SampleServer() as feeds:
        yield Days(tmp_path, feeds)


@pytest.mark.slow
def test_the_digest_made_from_a_copy_or_a_backup_is_equal_byte_for_byte(days: Days, postgres: str) -> None:
    """Three days on SQLite; then the fourth there, on PostgreSQL, and from a backup of PostgreSQL."""
    server = new_database(postgres, "digest from a copy")
    here = days.config(digests="here")
    for day in (0, 1, 2):
        days.run(here, day)
    copy_database(here, server, replace=False, now=SAMPLE_DAYS[2], tell=silent)
    there = days.config(server, digests="there")
    back_up_database(there, days.folder / "safe.db", replace=False, now=SAMPLE_DAYS[2], tell=silent)
    again = days.config("sqlite:///again.db", digests="again")
    restore_database(again, days.folder / "safe.db", replace=False, now=SAMPLE_DAYS[2], tell=silent)

    reports = [days.run(config, 3) for config in (here, there, again)]
    pages = [pages_of(days.folder / name, 3) for name in ("here", "there", "again")]
    assert len(pages[0]) >= 4
    assert pages[0] == pages[1] == pages[2]
    ids = [[line.id for line in report.stories] for report in reports]
    assert ids[0] == ids[1] == ids[2] != []


@pytest.mark.slow
def test_after_a_purge_stories_keep_their_ids_and_the_next_digest_is_equal_byte_for_byte(days: Days) -> None:
    """The same three days twice; one is purged of all that lies before the window of the fourth day's run."""
    stays, goes = (days.config(f"sqlite:///{name}.db", digests=name) for name in ("stays", "goes"))
    stays, goes = (with_short_window(config) for config in (stays, goes))
    for day in (0, 1, 2):
        reports = [days.run(config, day) for config in (stays, goes)]
    begins = SAMPLE_DAYS[3] - timedelta(days=2)
    limits = Limits(begins, None, begins, begins, begins, live=begins)
    with closing(open_store("sqlite:///goes.db", folder=days.folder)) as store:
        rows = {part.what: part.rows for part in purge(store, limits, dry_run=False)}
    assert rows["texts"] >= 3

    reports = [days.run(config, 3) for config in (stays, goes)]
    assert [line.id for line in reports[0].stories] == [line.id for line in reports[1].stories]
    pages = [pages_of(days.folder / name, 3) for name in ("stays", "goes")]
    assert pages[0] == pages[1]


def with_short_window(config: Config) -> Config:
    """A run that looks back two days."""
    stories = config.stories.model_copy(update={"live_days": 2})
    digest = config.digest.model_copy(update={"window_hours": 24, "max_age_hours": 48})
    return config.model_copy(update={"stories": stories, "digest": digest}).at(config.path)


def test_nothing_is_purged_while_a_run_is_under_way(days: Days) -> None:
    config = days.config()
    with closing(open_store("sqlite:///monitor.db", folder=days.folder)) as store:
        with run_lock(store, "under way"), pytest.raises(BusyError, match="another run is under way"):
            purge_database(config, now=SAMPLE_DAYS[3], dry_run=False)
        assert purge_database(config, now=SAMPLE_DAYS[3], dry_run=False).vacuumed
