"""What a victim does before it runs: it notes each moment it comes to, and dies at the one that was asked for.

Read by file in the victim's process, so that it imports nothing of the tests.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock, local
from typing import Any

_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE) (\w+)")
_STATES = frozenset({"sending", "dot", "sent", "deferred", "failed", "unknown"})


def prepare(log: str, name: str | None, nth: int) -> None:
    """Die at the n-th time (from 1) that this process comes to `name`; never, without one."""
    watch_commits(_Passing(log, name, nth))


class _Passing:
    """Notes each moment that is come to, and dies at the one that was asked for."""

    def __init__(self, log: str, name: str | None, nth: int) -> None:
        self._log, self._dies = os.open(log, os.O_WRONLY | os.O_APPEND), (name, nth)
        self._seen: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, name: str) -> None:
        with self._lock:  # a message may be on its way on another connection
            self._seen[name] += 1
            os.write(self._log, f"{name}\n".encode())
            if self._dies == (name, self._seen[name]):
                os.kill(os.getpid(), signal.SIGKILL)


def watch_commits(come_to: Callable[[str], None]) -> None:
    """Tell both sides of every transaction that writes, named by its tables, and of every file put in its place."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.engine.default import DefaultDialect

    here = local()
    commit: Callable[[Any, Any], None] = DefaultDialect.do_commit
    replace = os.replace

    def begin(_connection: Any) -> None:
        here.writes = []

    def execute(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if wrote := _WRITE.match(statement):
            here.writes.append(_named(wrote[1], parameters))

    def do_commit(self: Any, connection: Any) -> None:
        name = "schema" if "alembic_version" in here.writes else " ".join(dict.fromkeys(here.writes))
        here.writes = []
        if name:
            come_to(f"before {name}")
        commit(self, connection)
        if name:
            come_to(f"after {name}")

    def put_in_place(source: Any, target: Any) -> None:
        name = Path(target).name
        name = f"file {Path(name).suffix}" if re.match(r"\d\d-", name) else f"file {name}"
        come_to(f"before {name}")
        replace(source, target)
        come_to(f"after {name}")

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "before_cursor_execute", execute)
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    os.replace = put_in_place  # type: ignore[assignment]


def _named(table: str, parameters: Any) -> str:
    """The table; of a note in the outbox also what it says: the last of several."""
    if table != "deliveries":
        return table
    rows = parameters if isinstance(parameters, list) else [parameters]
    values = rows[-1].values() if isinstance(rows[-1], Mapping) else rows[-1]
    states = [value for value in values if isinstance(value, str) and value in _STATES]
    return f"{table} {states[0]}" if states else table
