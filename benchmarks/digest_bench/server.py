"""A PostgreSQL server of the benchmark's own, where one is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server on a socket in a temporary folder; empty where PostgreSQL or its driver is missing."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if not initdb or not _has_driver():
        yield ""
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(folder, user)

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)

    run(initdb, "-D", folder / "data", "-A", "trust", "-U", "postgres", "--no-sync")
    control = (Path(initdb).with_name("pg_ctl"), "-D", folder / "data", "-w", "-l", folder / "log")
    run(*control, "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _has_driver() -> bool:
    try:
        import psycopg  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True
