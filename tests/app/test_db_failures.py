"""The disk fills, or the database server dies, in the middle of a run: a clear error, and the next run goes on."""

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.store import open_store
from monitor.store.checks import check_store
from tests.app.conftest import Desk, expire_lease
from tests.app.own_postgres import own_postgres

PEOPLE = [f"reader{number}@newsroom.example" for number in range(6)]


def everybody_has_it_once(desk: Desk, in_flight: int) -> None:
    """Nobody is left out; who has a copy of what was in flight at a failure has the same message twice."""
    copies = Counter(mail.recipients[0] for mail in desk.mailbox.messages)
    assert set(copies) == set(PEOPLE)
    assert sum(copies.values()) <= len(PEOPLE) + in_flight
    assert len(set(desk.mailbox.messages)) == len(PEOPLE)


def is_whole(url: str, folder: Path) -> bool:
    with closing(open_store(url, folder=folder)) as store:
        return not [finding for finding in check_store(store) if finding.problem]


def start(desk: Desk) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "run"],
        cwd=desk.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    """What a run that failed says, to its end."""
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    return errors


def wait_for(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not seen():
        assert process.poll() is None, "the run ended before"
        assert time.monotonic() < deadline
        time.sleep(0.002)


# ---------------------------------------------------------------- the server


@pytest.mark.slow
def test_a_database_server_that_is_killed_in_the_middle_of_a_run_is_named_and_the_next_run_goes_on(desk: Desk) -> None:
    """Killed while feeds are read, while the digest is published, and while it is sent."""
    desk.document["recipients"] = [{"address": address} for address in PEOPLE]
    moments: tuple[Callable[[], bool], ...] = (
        lambda: bool(desk.feeds.hits),
        lambda: any((desk.folder / "digests").rglob("*.html")),
        lambda: len(desk.mailbox.messages) >= 1,
    )
    with own_postgres() as server:
        desk.document["storage"] = {"url": server.url}
        desk.write()
        for moment in moments:
            process = start(desk)
            wait_for(moment, process)
            server.kill()
            errors = said(process)
            server.start()
            assert "→ check that the database server runs and that storage.url is right" in errors
            assert "release run" not in errors, "the cause is told, not what follows from it"
            release(server.url)
        done = desk.report("run")
        assert done["exit_code"] == 0
        everybody_has_it_once(desk, in_flight=4)
        assert is_whole(server.url, desk.folder)


def release(url: str) -> None:
    """What a minute of waiting does to the lock of a run that could not give it back."""
    with closing(open_store(url, folder=Path())) as store, store.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM leases")


# ---------------------------------------------------------------- the disk


@pytest.fixture
def small_disk(desk: Desk) -> Iterator[Path]:
    """The desk's folder on a file system of 12 MB."""
    command: list[str | Path] = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", desk.folder]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root: the limit of file sizes is tested below")
    try:
        yield desk.folder
    finally:
        subprocess.run(["umount", "--lazy", desk.folder], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full_is_named_wherever_it_fills_and_nothing_that_was_noted_is_lost(
    small_disk: Path, desk: Desk
) -> None:
    """With more room at each try, the run gets further; then it has enough, and everybody has the digest once."""
    desk.document["recipients"] = [{"address": address} for address in PEOPLE]
    desk.document["storage"] = {"url": "sqlite:///monitor.db"}
    desk.write()
    ballast, failures = small_disk / "ballast", []
    for room_kb in (24, 150, 400, 1000, 1300):
        with ballast.open("wb") as file:
            file.write(b"\0" * (shutil.disk_usage(small_disk).free - room_kb * 1024))
        done = desk.monitor("run")
        ballast.unlink()
        expire_lease(desk)
        assert is_whole("sqlite:///monitor.db", small_disk)
        if done.returncode:
            assert done.returncode == 1
            failures.append(done.stderr)
    assert len(failures) >= 3
    for errors in failures:
        assert re.search(r"disk is full → free some disk space|look at the disk: it is full|No space left", errors), (
            errors
        )
        assert "Traceback" not in errors
        assert "release run" not in errors, "the cause is told, not what follows from it"
    assert len({errors.strip().splitlines()[-1] for errors in failures}) >= 3, "it filled at several moments"
    assert desk.report("run")["exit_code"] == 0
    everybody_has_it_once(desk, in_flight=4 * len(failures))


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_a_full_disk(desk: Desk) -> None:
    """For machines where no small file system can be mounted: the same by the limit of a process."""
    desk.document["recipients"] = [{"address": address} for address in PEOPLE]
    desk.write()
    with subprocess.Popen(
        [sys.executable, "-c", _LIMITED, "300000"], cwd=desk.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert re.search(r"monitor\.db: .*disk", said(process))
    expire_lease(desk)
    assert is_whole("sqlite:///monitor.db", desk.folder)
    assert desk.report("run")["exit_code"] == 0
    everybody_has_it_once(desk, in_flight=0)


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()), resource.RLIM_INFINITY))
sys.argv = ["monitor", "run"]
from monitor.cli import main
main()
"""
