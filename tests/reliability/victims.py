"""`monitor …` in processes that die at a chosen moment, children of the tests' nursery.

A moment is one side of a commit point: a transaction that writes, or a file that is put in its place. A victim writes
each moment it comes to into a log, so that a run that lives tells all moments at which it could have died.
"""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.nursery import Child, Nursery

_DYING = Path(__file__).with_name("dying.py")


@dataclass(frozen=True, slots=True)
class Moment:
    """The n-th time (from 1) that a victim comes to `name`: "before deliveries dot", "after file .eml"."""

    name: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.name} #{self.nth}"


@dataclass(frozen=True)
class Victim:
    """A command that runs; killed when its nursery closes, at the latest."""

    child: Child
    out: Path
    log: Path

    def kill(self) -> None:
        """kill -9; nothing when it has ended by itself."""
        self.child.kill()

    def send(self, number: signal.Signals) -> None:
        self.child.send(number)

    def wait(self) -> int:
        """Its exit code, negative for a signal. TimeoutError when it takes too long."""
        return self.child.wait()

    def said(self) -> str:
        return self.out.read_text("utf-8", "replace")

    def moments(self) -> list[Moment]:
        """Those that it has come to; the last one is where it died, if it died at one."""
        seen: Counter[str] = Counter()
        moments = []
        for name in self.log.read_text("utf-8").splitlines():
            seen[name] += 1
            moments.append(Moment(name, seen[name]))
        return moments


def start_victim(nursery: Nursery, arguments: Sequence[str], *, cwd: Path, dies: Moment | None = None) -> Victim:
    """`monitor ARGUMENTS`, which kills itself with SIGKILL at `dies`."""
    out, log = cwd / "said.txt", cwd / "moments.txt"
    log.write_bytes(b"")
    moment = {"name": dies.name if dies else None, "nth": dies.nth if dies else 0}
    env = {**os.environ, "TMPDIR": str(cwd)}
    with out.open("wb") as file:
        first = (_DYING, {"log": str(log), **moment})
        return Victim(nursery.start(arguments, cwd=cwd, env=env, out=file, err=file, first=first), out, log)
