"""Backup and restore as docs/operations.md has it: on another machine, nobody gets the digest of today twice."""

import json
import shutil
from pathlib import Path

import pytest

from tests.app.conftest import Desk


@pytest.fixture
def rescued(desk: Desk, tmp_path: Path) -> Desk:
    """A second folder with the configuration, and what was backed up of the first one, which is gone."""
    desk.write()
    assert desk.report("run")["exit_code"] == 0
    backups = tmp_path / "backups"
    backups.mkdir()
    shutil.copytree(desk.folder / "digests", backups / "digests")
    assert desk.monitor("db", "backup", str(backups / "monitor.db")).returncode == 0
    folder = tmp_path / "rescued"
    folder.mkdir()
    other = Desk(folder, desk.feeds, desk.mailbox, desk.document)
    other.write()
    assert other.monitor("db", "restore", str(backups / "monitor.db")).returncode == 0
    shutil.copytree(backups / "digests", folder / "digests")
    for name in ("monitor.db", "digests"):
        gone = desk.folder / name
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    return other


def test_a_restored_monitor_is_whole_and_knows_its_past(rescued: Desk) -> None:
    checked = rescued.monitor("db", "check")
    assert checked.returncode == 0, checked.stdout
    told = json.loads(rescued.monitor("status", "--json").stdout)
    assert told["outbox"]["states"] == {"sent": 1}
    assert told["troubles"] == []
    assert told["last_good_run_age_s"] is not None


def test_its_next_run_sends_nobody_todays_digest_again_and_reads_nothing_anew(rescued: Desk) -> None:
    report = rescued.report("run", "--metrics-file", "monitor.prom")
    assert report["counts"]["articles_new"] == 0
    assert [edition["created"] for edition in report["editions"]] == [False]
    assert len(rescued.mailbox.messages_to("desk@newsroom.example")) == 1
    assert {feed["outcome"] for feed in report["feeds"]} == {"not_modified"}


def test_it_can_send_a_stored_digest_again_with_the_same_bytes(rescued: Desk) -> None:
    (before,) = rescued.mailbox.messages_to("desk@newsroom.example")
    slot = rescued.report("run")["editions"][0]["edition"].partition("/")[2]
    done = rescued.monitor("send", slot, "--again")
    assert done.returncode == 0, done.stderr
    first, again = rescued.mailbox.messages_to("desk@newsroom.example")
    assert first.content == before.content == again.content
