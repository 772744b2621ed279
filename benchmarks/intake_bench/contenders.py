"""Three ways to read the same feeds: ours, the library `reader`, and feedparser in a pool of threads.

Each is one function `(urls, folder, concurrency) -> entries read`, to be run in a process of its own: `measured` gives
its wall and processor seconds (children included) and the largest memory. A second run in the same folder is warm.
"""

import contextlib
import gzip
import os
import resource
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.intake_bench.planted import NOW, language_of

Contender = Callable[[Sequence[str], Path, int], "Work"]


@dataclass(frozen=True, slots=True)
class Work:
    """Something to do, after everything it needs is open; `run` gives the number of entries read."""

    run: Callable[[], int]
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one contender needed."""

    entries: int
    wall_s: float
    cpu_s: float
    peak_mb: float  # of its process, and what its children hold at the end, shared pages divided among them


def measured(name: str, urls: Sequence[str], folder: Path, concurrency: int) -> dict[str, Any]:
    """Run one contender here, in a process that does nothing else."""
    work = CONTENDERS[name](urls, folder, concurrency)
    cpu_s, started = time.process_time(), time.perf_counter()
    entries = work.run()
    wall_s = time.perf_counter() - started
    cpu_s = time.process_time() - cpu_s
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + sum(_held_kb(pid) for pid in _descendants())
    work.close()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s += children.ru_utime + children.ru_stime
    return asdict(Measured(entries, round(wall_s, 3), round(cpu_s, 3), round(peak_kb / 1024, 1)))


def _descendants() -> list[int]:
    """The processes that this one has started, and those that they have."""
    parents = {int(path.parent.name): _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    found = [os.getpid()]
    for ancestor in found:  # grows while it is read
        found += [pid for pid, parent in parents.items() if parent == ancestor]
    return found[1:]


def _parent(stat: Path) -> int:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        return int(stat.read_text().rpartition(")")[2].split()[1])
    return 0


def _held_kb(pid: int) -> int:
    """Proportional set size: a page that n processes share counts as a n-th for each."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


# ---------------------------------------------------------------- ours


def ours(urls: Sequence[str], folder: Path, concurrency: int) -> Work:
    """Fetch, parse, judge and store, as in a run; SQLite in the folder."""
    from monitor.app import RunRequest, open_tools, plan_run  # noqa: PLC0415 - only this contender's process pays for it
    from monitor.config import load_config  # noqa: PLC0415
    from monitor.pipeline.gather import gather_all  # noqa: PLC0415
    from monitor.pipeline.tools import NoProgress, Stages  # noqa: PLC0415

    config = load_config(_our_config(urls, folder, concurrency))
    opened = ExitStack()
    tools = opened.enter_context(open_tools(config))
    later = timedelta(hours=1) if tools.store.feed_states() else timedelta()
    plan = plan_run(config, RunRequest(now=NOW + later))

    def run() -> int:
        return gather_all(tools, plan, Stages(NoProgress())).articles_new

    return Work(run, opened.close)


def _our_config(urls: Sequence[str], folder: Path, concurrency: int) -> Path:
    feeds = "".join(
        f"  - {{id: outlet-{n}, name: Outlet {n}, url: '{url}', language: {language_of(n)}, allow_private: true}}\n"
        for n, url in enumerate(urls)
    )
    path = folder / "feeds.yaml"
    head = (
        f"version: 1\nfetch: {{concurrency: {concurrency}}}\n"
        "translation: {engine: none}\nstories: {embedder: hash}\n"
    )
    path.write_text(f"{head}profiles: [{{id: both, language: both}}]\nfeeds:\n{feeds}", encoding="utf-8")
    return path


# ---------------------------------------------------------------- the others


def reader(urls: Sequence[str], folder: Path, concurrency: int) -> Work:
    """https://pypi.org/project/reader: fetches, parses with feedparser and stores in SQLite; feeds added beforehand."""
    from reader import make_reader  # noqa: PLC0415 - only this contender's process pays for it

    library = make_reader(str(folder / "reader.sqlite"))
    known = {feed.url for feed in library.get_feeds()}
    for url in urls:
        if url not in known:
            library.add_feed(url)

    def run() -> int:
        library.update_feeds(workers=concurrency)
        return library.get_entry_counts().total or 0

    return Work(run, library.close)


def plain(urls: Sequence[str], folder: Path, concurrency: int) -> Work:
    """What a script would do: urllib and feedparser in threads, nothing judged, nothing stored, no second chance."""
    import feedparser  # noqa: PLC0415 - only this contender's process pays for it

    del folder

    def read(url: str) -> int:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
        with closing(urllib.request.urlopen(request, timeout=60)) as answer:
            body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return len(feedparser.parse(gzip.decompress(body) if packed else body).entries)

    def run() -> int:
        with ThreadPoolExecutor(concurrency) as pool:
            return sum(pool.map(read, urls))

    return Work(run, lambda: None)


CONTENDERS: dict[str, Contender] = {"ours": ours, "reader": reader, "plain": plain}
