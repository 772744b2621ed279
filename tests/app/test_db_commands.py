"""`monitor db …` as a user runs it: what a run left behind moves to another database and goes on there."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from tests.app.conftest import Desk
from tests.conftest import new_database


def tables(desk: Desk, *arguments: str) -> dict[str, int]:
    rows = desk.report("db", *arguments)
    return {entry["table"]: entry["rows"] for entry in rows["tables"]}


def use(desk: Desk, url: str) -> None:
    desk.document["storage"] = {"url": url}
    desk.write()


def test_a_store_moves_to_postgresql_and_back_and_the_next_run_knows_everything(desk: Desk, postgres: str) -> None:
    desk.write()
    assert desk.report("run")["exit_code"] == 0
    server = new_database(postgres, "db copy")
    copied = tables(desk, "copy", server)
    assert copied["articles"] > 20
    assert copied["stories"] > 3
    assert copied["deliveries"] == 1
    hits = [hit["article"]["id"] for hit in desk.report("search", "frontera", "--limit", "1000")["found"]["hits"]]

    use(desk, server)
    sent = len(desk.mailbox.messages)
    again = desk.report("run")
    assert again["counts"]["articles_new"] == 0
    assert not again["editions"][0]["created"], "the edition is known"
    assert len(desk.mailbox.messages) == sent, "and nobody gets it twice"
    there = [hit["article"]["id"] for hit in desk.report("search", "frontera", "--limit", "1000")["found"]["hits"]]
    assert sorted(there) == sorted(hits) != []
    assert desk.monitor("db", "check").returncode == 0

    refused = desk.monitor("db", "copy", "sqlite:///monitor.db")
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    back = tables(desk, "copy", "sqlite:///monitor.db", "--replace")
    assert {name: back[name] for name in back if name not in ("runs",)} == {
        name: copied[name] for name in copied if name not in ("runs",)
    }
    assert back["runs"] == copied["runs"] + 1


def test_a_database_is_not_copied_onto_itself_and_a_wrong_url_is_named(desk: Desk) -> None:
    desk.write()
    itself = desk.monitor("db", "copy", "sqlite:///monitor.db")
    assert (itself.returncode, "itself" in itself.stderr) == (1, True)
    wrong = desk.monitor("db", "copy", "mysql://x/y")
    assert (wrong.returncode, "not supported" in wrong.stderr) == (1, True)


def test_a_backup_of_a_day_brings_the_desk_back_to_that_day(desk: Desk) -> None:
    desk.write()
    desk.monitor("run")
    made = json.loads(desk.monitor("db", "backup", "safe.db", "--json").stdout)
    assert made["bytes"] > 100_000
    again = desk.monitor("db", "backup", "safe.db")
    assert (again.returncode, "already" in again.stderr) == (1, True)
    (desk.folder / "monitor.db").unlink()
    for ending in ("-wal", "-shm"):
        (desk.folder / f"monitor.db{ending}").unlink(missing_ok=True)
    restored = desk.monitor("db", "restore", "safe.db")
    assert restored.returncode == 0, restored.stderr
    assert "The newest edition is everyone/" in restored.stderr
    refused = desk.monitor("db", "restore", "safe.db")
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    sent = len(desk.mailbox.messages)
    assert desk.report("run")["counts"]["articles_new"] == 0
    assert len(desk.mailbox.messages) == sent
    checked = desk.monitor("db", "check")
    assert (checked.returncode, "WRONG" in checked.stdout) == (0, False)
    assert desk.monitor("db", "reindex").stdout.endswith("reports can be found\n")


def test_a_check_misses_an_edition_that_the_archive_has_lost(desk: Desk) -> None:
    desk.write()
    desk.monitor("run")
    for page in (desk.folder / "digests").rglob("*-everyone.html"):
        page.unlink()
    done = desk.monitor("db", "check")
    assert done.returncode == 1
    assert "WRONG  archive: 1 edition; 1 have no file" in done.stdout


def test_a_purge_says_what_goes_by_the_policy_of_feeds_yaml(desk: Desk) -> None:
    desk.write()
    desk.monitor("run")
    with closing(sqlite3.connect(desk.folder / "monitor.db")) as database:
        database.execute("UPDATE articles SET fetched_at = '2020-01-01 00:00:00.000000'")
        database.execute("UPDATE editions SET created_at = '2020-01-01 00:00:00.000000'")
        database.commit()
    counted = desk.report("db", "purge", "--dry-run")
    assert counted["vacuumed"] is None
    rows = {part["what"]: part["rows"] for part in counted["parts"]}
    assert rows["messages"] == 1
    assert rows["dropped"] > 3

    desk.document["storage"] = {"keep": {"dropped": "never"}}
    desk.write()
    said = desk.monitor("db", "purge").stdout
    assert re.search(r" 1 messages \(0\.\d MB\)", said)
    assert " dropped " not in said
    assert re.search(r"Purged\.\nDatabase  .* MB → .* MB", said)
    assert desk.monitor("db", "check").returncode == 0
    (edition,) = desk.report("status")["editions"]
    again = desk.monitor("send", edition["date"], "--again")
    assert (again.returncode, "(storage.keep.messages), so nothing was queued" in again.stderr) == (1, True)


@pytest.mark.parametrize(("age", "said"), [("30d", "a run may look back 31 days"), ("a month", "is no age")])
def test_an_age_that_would_harm_the_next_run_is_refused(desk: Desk, age: str, said: str) -> None:
    desk.document["storage"] = {"keep": {"texts": age}}
    desk.write()
    done = desk.monitor("db", "purge")
    assert done.returncode == 2
    assert said in done.stderr
