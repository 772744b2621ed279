"""Who may read what the program writes, whatever the umask: recipients' mails and memory 0600, the archive 0644."""

import os
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.store.backups import back_up
from monitor.store.sql import open_store
from tests.app.conftest import Desk

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def monitor(desk: Desk, umask: int, *arguments: str) -> None:
    command = f'umask {umask:03o}; exec "$0" -m monitor "$@"'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, *arguments],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, 3), done.stderr


def modes(folder: Path) -> tuple[set[str], set[str]]:
    """Of all files, and of all folders below it, in octal."""
    found: tuple[set[str], set[str]] = (set(), set())
    for path in folder.rglob("*"):
        found[path.is_dir()].add(f"{stat.S_IMODE(path.stat().st_mode):04o}")
    return found


@pytest.mark.parametrize(
    ("umask", "files", "folders"), [(0o022, "0644", "0755"), (0, "0644", "0755"), (0o077, "0600", "0700")]
)
def test_the_archive_is_for_all_to_read_and_mails_and_database_are_private(
    desk: Desk, umask: int, files: str, folders: str
) -> None:
    """The .eml of the archive goes to nobody in particular; those of a Maildir have recipients."""
    desk.document["mail"] = {"transport": "maildir", "folder": "outgoing/mails"}
    desk.write()
    monitor(desk, umask, "run")
    assert modes(desk.folder / "digests") == ({files}, {folders})
    eml = next((desk.folder / "digests").rglob("*.eml")).read_text(encoding="utf-8")
    assert "To: undisclosed-recipients:;" in eml
    assert "desk@newsroom.example" not in eml
    assert modes(desk.folder / "outgoing") == ({"0600"}, {"0700"})
    databases = list(desk.folder.glob("monitor.db*"))
    assert databases
    assert {stat.S_IMODE(path.stat().st_mode) for path in databases} == {0o600}


def test_files_beside_an_open_database_and_its_backups_are_private(tmp_path: Path) -> None:
    """SQLite's -wal and -shm have what was written last."""
    before = os.umask(0)
    try:
        with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
            store.claim("run", "me", now=NOW, lease_s=1)
            assert (tmp_path / "monitor.db-wal").exists()
            back_up(store, tmp_path / "copy.db", replace=False, now=NOW, tell=lambda *_: None)
            assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.db*")} == {0o600}
    finally:
        os.umask(before)
    assert (tmp_path / "copy.db").exists()
