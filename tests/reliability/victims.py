"""`monitor …` in processes that die at a chosen moment, forked from one that has imported everything.

A moment is one side of a commit point: a transaction that writes, or a file that is put in its place. A victim writes
each moment it comes to into a log, so that a run that lives tells all moments at which it could have died.
"""

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, local
from typing import Any

PATIENCE_S = 120
_LONGEST = 1 << 16  # bytes of one request
_ROOT = Path(__file__).parents[2]
_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE) (\w+)")
_STATES = frozenset({"sending", "dot", "sent", "deferred", "failed", "unknown"})


@dataclass(frozen=True, slots=True)
class Moment:
    """The n-th time (from 1) that a victim comes to `name`: "before deliveries dot", "after file .eml"."""

    name: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.name} #{self.nth}"


class Victim:
    """A command that runs; killed when its nursery closes, at the latest."""

    def __init__(self, line: socket.socket, out: Path, log: Path) -> None:
        self._line, self._out, self._log = line, out, log
        pid = line.recv(16)
        assert pid, f"the nursery has died: {self.said()}"
        self.pid = int(pid)
        self._handle: int | None = os.pidfd_open(self.pid)  # means this process for ever, which its id does not
        self._signalling = Lock()

    def kill(self) -> None:
        """kill -9; nothing when it has ended by itself."""
        self.send(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        with self._signalling, suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)

    def wait(self) -> int:
        """Its exit code, negative for a signal. TimeoutError when it takes too long."""
        self._line.send(b"bury")
        code = int(self._line.recv(16))
        self.forget()
        return code

    def forget(self) -> None:
        """Nobody sends it a signal any more."""
        with self._signalling:
            if self._handle is not None:
                os.close(self._handle)
            self._handle = None

    def said(self) -> str:
        return self._out.read_text("utf-8", "replace")

    def moments(self) -> list[Moment]:
        """Those that it has come to; the last one is where it died, if it died at one."""
        seen: Counter[str] = Counter()
        moments = []
        for name in self._log.read_text("utf-8").splitlines():
            seen[name] += 1
            moments.append(Moment(name, seen[name]))
        return moments


class Nursery:
    """The process that forks; one victim at a time. A context manager."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                start_new_session=True,
            )
        ours.settimeout(PATIENCE_S)
        self._line = ours

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._line.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def rehearse(self, arguments: Sequence[str], *, cwd: Path) -> None:
        """`monitor ARGUMENTS` in the nursery itself: what it loads, its children have."""
        rehearsal = self._begin(arguments, cwd, rehearsal=True)
        rehearsal.forget()
        assert rehearsal.pid == self._process.pid

    def start(self, arguments: Sequence[str], *, cwd: Path, dies: Moment | None = None) -> Victim:
        """`monitor ARGUMENTS`, which kills itself with SIGKILL at `dies`."""
        return self._begin(arguments, cwd, dies=asdict(dies) if dies else None)

    def _begin(self, arguments: Sequence[str], cwd: Path, **more: object) -> Victim:
        out, log = cwd / "said.txt", cwd / "moments.txt"
        log.write_bytes(b"")
        request = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "log": str(log), **more}).encode()
        assert len(request) < _LONGEST
        with out.open("wb") as file:
            socket.send_fds(self._line, [request], [file.fileno()])
        return Victim(self._line, out, log)


# ---------------------------------------------------------------- in the nursery and in its children


def _serve(line: socket.socket, main: Callable[[], None]) -> bool:
    """Fork for each request, tell the child's id, and when asked to, how it ended. True in each child."""
    while True:
        request, fds, _, _ = socket.recv_fds(line, _LONGEST, 1)
        if not request:
            return False
        job = json.loads(request)
        if job.get("rehearsal"):
            _rehearse(job, fds[0], main)
            line.send(str(os.getpid()).encode())
            continue
        child = os.fork()
        if child == 0:
            line.close()
            _become(job, fds[0])
            watch_commits(_Passing(job["log"], Moment(**job["dies"]) if job["dies"] else None))
            return True
        os.close(fds[0])
        line.send(str(child).encode())
        if not line.recv(16):
            return False
        line.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _rehearse(job: Mapping[str, Any], out: int, main: Callable[[], None]) -> None:
    _become(job, out)
    try:
        main()
    except SystemExit as exc:
        if exc.code:
            raise
    gc.collect()
    gc.freeze()


def _become(job: Mapping[str, Any], out: int) -> None:
    """Folder, arguments and outputs as asked for."""
    os.chdir(job["cwd"])
    tempfile.tempdir = job["cwd"]
    sys.argv = ["monitor", *job["arguments"]]
    for number in (1, 2):
        os.dup2(out, number)
    os.close(out)


class _Passing:
    """Notes each moment that is come to, and dies at the one that was asked for."""

    def __init__(self, log: str, dies: Moment | None) -> None:
        self._log, self._dies = os.open(log, os.O_WRONLY | os.O_APPEND), dies
        self._seen: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, name: str) -> None:
        with self._lock:  # a message may be on its way on another connection
            self._seen[name] += 1
            os.write(self._log, f"{name}\n".encode())
            if self._dies == Moment(name, self._seen[name]):
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


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    import click

    from monitor.cli import cli
    from monitor.cli import main as monitor_main

    context = click.Context(cli)
    for command in cli.list_commands(context):
        cli.get_command(context, command)  # is imported, before anybody waits for it
    if _serve(socket.socket(fileno=int(sys.argv[1])), monitor_main):
        monitor_main()
