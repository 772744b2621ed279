"""Writes of which the process dies: forked one after the other from a process that has imported everything.

Each line of standard input is a job: the database's URL, its folder, the number of a write (see writes.py), and where
in it kill -9 comes. Each line of standard output says by which signal the child ended.
"""

import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa

_ROOT = Path(__file__).parents[2]

POINTS = ("after its first statement", "before its commit", "once it has returned")
_CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH")


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_of_a_change(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if statement.lstrip().upper().startswith(_CHANGES):
        _die()


def _spill(connection: Any, _record: object) -> None:
    """Pages go to the log long before the commit, as in a transaction that is larger than memory."""
    connection.execute("PRAGMA cache_size = 2").close()


def _perform(url: str, folder: str, number: int, point: str) -> None:
    from tests.store.writes import WRITES, open_at_noon

    store = open_at_noon(url, Path(folder))
    if store.engine.dialect.name == "sqlite":
        store.engine.dispose()
        sa.event.listen(store.engine, "connect", _spill)
    if point == POINTS[0]:
        sa.event.listen(store.engine, "after_cursor_execute", _die_of_a_change)
    elif point == POINTS[1]:
        sa.event.listen(store.engine, "commit", _die)
    WRITES[number][1](store)
    _die()


def _find_tests() -> None:
    """A distribution in the environment has a package `tests` too; ours is this folder."""
    sys.path.insert(0, str(_ROOT))
    package = ModuleType("tests")
    package.__path__ = [str(_ROOT / "tests")]
    sys.modules["tests"] = package


def main() -> None:
    _find_tests()
    import tests.store.writes  # noqa: F401 - once for all children

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _perform(*json.loads(line))
        status = os.waitpid(child, 0)[1]
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else 'survived'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
