"""What a piece of work needs: wall and processor seconds, and the largest memory, of this process and its children."""

import cProfile
import os
import pstats
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_EVERY_S = 0.25


@dataclass(slots=True)
class Watched:
    """Filled when the work has ended."""

    wall_s: float = 0.0
    cpu_s: float = 0.0  # children included, once they have ended
    peak_mb: float = 0.0  # shared pages divided among those that share them; looked at four times a second

    def plain(self) -> dict[str, float]:
        return {"wall_s": round(self.wall_s, 2), "cpu_s": round(self.cpu_s, 2), "peak_mb": round(self.peak_mb, 1)}


@contextmanager
def watched(*, without: int = 0) -> Iterator[Watched]:
    """Measure the `with` block; the memory of the child process `without` does not count."""
    found, ended = Watched(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(found, ended, without), daemon=True)
    watcher.start()
    wall_s, cpu_s = time.perf_counter(), _cpu_s()
    try:
        yield found
    finally:
        found.wall_s, found.cpu_s = time.perf_counter() - wall_s, _cpu_s() - cpu_s
        ended.set()
        watcher.join()


@dataclass(slots=True)
class PeakByStage:
    """Progress that notes the most memory this process held in each stage, exactly (its children's is not in it)."""

    found_mb: dict[str, float] = field(default_factory=dict)
    _stage: str = ""

    def stage(self, name: str, done: int, total: int) -> None:
        del done, total
        if name != self._stage:
            self.end()
            self._stage = name

    def end(self) -> None:
        """The last stage is over."""
        if self._stage:
            self.found_mb[self._stage] = max(self.found_mb.get(self._stage, 0.0), round(_highest_kb() / 1024, 1))
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # begin the highest anew


def _highest_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


@contextmanager
def profiled(lines: int = 45) -> Iterator[None]:
    """Print the costliest functions of the `with` block, by their own time and by all of it."""
    profile = cProfile.Profile()
    with profile:
        yield
    stats = pstats.Stats(profile)
    stats.sort_stats("tottime").print_stats(lines)
    stats.sort_stats("cumtime").print_stats(lines)


def _cpu_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _watch(found: Watched, ended: threading.Event, without: int) -> None:
    while not ended.wait(_EVERY_S):
        pids = {os.getpid(), *descendants()} - {without}
        found.peak_mb = max(found.peak_mb, sum(map(_held_kb, pids)) / 1024)


def descendants() -> list[int]:
    """The processes that this one has started, and those that they have. Linux only."""
    parents = {int(path.parent.name): _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    found = [os.getpid()]
    for ancestor in found:  # grows while it is read
        found += [pid for pid, parent in parents.items() if parent == ancestor]
    return found[1:]


def cpu_of_descendants() -> float:
    """Processor seconds so far of the processes below this one, also of those that have ended and were waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + sum(map(_spent_ticks, descendants())) / os.sysconf("SC_CLK_TCK")


def _spent_ticks(pid: int) -> int:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return 0


def _parent(stat: Path) -> int:
    with suppress(OSError):  # it has ended meanwhile
        return int(stat.read_text().rpartition(")")[2].split()[1])
    return 0


def _held_kb(pid: int) -> int:
    """Proportional set size: a page that n processes share counts as an n-th for each."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0
