"""A PostgreSQL server for the tests that compare databases, and the flag that rewrites what is compared with files.

Many tests make a digest in their own process, each as if it were the first: what they compile is compiled once.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.records import content_id
from tests.nursery import remember_what_is_compiled

remember_what_is_compiled()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden anew instead of comparing")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server on a socket in a temporary folder."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'border-monitor[postgres]'")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if not initdb:
        pytest.skip("no PostgreSQL server on this machine: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)

    run(initdb, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
    control = (Path(initdb).with_name("pg_ctl"), "-D", data, "-w", "-l", folder / "log")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c timezone=America/Tijuana"
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def new_database(server: str, test: str) -> str:
    """The URL of an empty database on the server, for the test of this name."""
    import psycopg

    name = f"t{content_id(test)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.replace("/postgres?", f"/{name}?")
