"""A PostgreSQL server that one test may kill: on a socket in a folder of its own, and with fsync as in earnest."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class OwnPostgres:
    """A server that is running until it is killed, and again after `start`."""

    def __init__(self, folder: Path, initdb: str) -> None:
        self._folder = folder
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        self._control = (Path(initdb).with_name("pg_ctl"), "-D", folder / "data", "-w", "-l", folder / "log")
        if self._user:
            shutil.chown(folder, self._user)
        self._run(initdb, "-D", folder / "data", "-A", "trust", "-U", "postgres", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        self._run(*self._control, "-o", f"-k {self._folder} -c listen_addresses=", "start")

    def stop(self) -> None:
        self._run(*self._control, "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill -9 of the server and of every process of it, as when the machine loses its power but for the disk."""
        server = int((self._folder / "data/postmaster.pid").read_text().split()[0])
        children = _children_of(server)
        for process in (server, *children):
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{process}").exists() for process in (server, *children)):
            assert time.monotonic() < deadline, "the server did not die"
            time.sleep(0.01)

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, check=True, user=self._user, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=120)


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A running server; skips where there is none to run, or no /proc to find its processes in."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if not initdb or not Path("/proc/self/stat").exists():
        pytest.skip("no PostgreSQL server on this machine: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    server = OwnPostgres(folder, initdb)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
