"""What is done to a database as a whole never shows in the next day's digest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.databases import back_up_database, copy_database, restore_database
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.server import SampleServer
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
