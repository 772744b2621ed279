"""Two hundred days in one process: does anything grow, is anybody mailed twice, do stories keep their ids?

    python benchmarks/soak.py [--days 200] [--feeds 20] [--engine auto] [--keep-days 0]

The made-up press of benchmarks/world publishes eight items a day in every feed; each day at 13:00 UTC the whole job
runs in this process, as a daemon's does: fetch, translate, cluster, compose, mail. A real mail server in a process of
its own notes who got which message. With `--keep-days` texts and runs are purged after so many days, as
`monitor db purge` does.

Memory is what this process holds after a run (resident, after a collection); the database is its file on disk. Both are
told as a straight line through the second half of the days. The size is predicted from the days up to the middle:
`size_vs_predicted` is what became of it, divided by what a straight line through days from a fifth to the half says.

Every five days a line tells what was found so far, whatever ends it. The last line is JSON:
`days`, `memory_mb_per_100_days`, `memory_mb` (at the end), `database_mb`,
`size_vs_predicted`, `messages`, `duplicates` (recipient and message twice), `missing` (editions a recipient did not
get), `moved` (reports in another story than the day before to which that one's id does not lead),
`joined` (stories that turned out to be one with an older one: its id stays and theirs lead to it), `seconds_first`,
`seconds_last` (a run, means of ten days), and `held`: no duplicates, none missing, none moved.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.intake_bench.server import Running  # noqa: E402
from benchmarks.world.config import write_config  # noqa: E402
from benchmarks.world.events import START  # noqa: E402
from benchmarks.world.outlets import World  # noqa: E402
from benchmarks.world.server import publishing  # noqa: E402
from monitor.app import RunRequest, open_store_of, run_once  # noqa: E402
from monitor.config import Config, load_config  # noqa: E402
from monitor.config.keep import KeepConfig  # noqa: E402
from monitor.databases import purge_database  # noqa: E402
from monitor.pipeline import NoProgress  # noqa: E402
from monitor.protocols import Store  # noqa: E402

RECIPIENTS = ("ana@example.org", "ben@example.org", "carla@example.org")
_TOLD_EVERY = 5  # days: what was found stands there, whatever ends the soak
_LOOKED_BACK = timedelta(days=8)  # stories live for a few days; older ones cannot change


@dataclass
class Found:
    """What the days have shown."""

    memory_mb: list[float] = field(default_factory=list)
    database_mb: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    editions: int = 0
    moved: int = 0
    joined: set[tuple[str, str]] = field(default_factory=set)  # stories, and what took them in
    story_of: dict[str, str] = field(default_factory=dict)  # of the reports of the last days


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        world = World(options.feeds)
        with publishing(world, 0) as server, _mail(folder / "mail.txt") as port:
            config = load_config(_config(server.urls, folder, port, options))
            found = _live(config, server, options, folder / "mail.txt")
        received = _received(folder / "mail.txt")
    print(json.dumps(summary(found, received)))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=200)
    options.add_argument("--feeds", type=int, default=20)
    options.add_argument("--engine", default="auto", help="of the translation, as in feeds.yaml")
    options.add_argument(
        "--keep-days", type=int, default=0, help="purge texts and runs after so many days (32 at least); 0: never"
    )
    return options.parse_args()


@contextmanager
def _mail(notes: Path) -> Iterator[int]:
    """The port of a mail server that writes to `notes`."""
    argv = [sys.executable, "-m", "benchmarks.world.mailbox", str(notes)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(timeout=30)


def _config(urls: Sequence[str], folder: Path, port: int, options: argparse.Namespace) -> Path:
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "Digest <digest@example.org>"}
    recipients = [{"address": address, "profile": "both"} for address in RECIPIENTS]
    keep = {"storage": {"keep": dict.fromkeys(KeepConfig.model_fields, f"{options.keep_days}d")}}
    more = {"mail": mail, "recipients": recipients, **(keep if options.keep_days else {})}
    return write_config(folder, urls, engine=options.engine, more=more)


def _received(notes: Path) -> Counter[str]:
    """How often each recipient got each message, as the mail server has noted it."""
    return Counter(notes.read_text(encoding="utf-8").splitlines())


def _live(config: Config, server: Running, options: argparse.Namespace, notes: Path) -> Found:
    found = Found()
    database = config.folder / "monitor.db"
    for day in range(options.days):
        now = START + timedelta(days=day, hours=13)
        server.tell(now.isoformat())
        started = time.perf_counter()
        found.editions += len(run_once(config, RunRequest(now=now), NoProgress()).editions)
        found.seconds.append(time.perf_counter() - started)
        with open_store_of(config) as store:
            _look(found, store, now)
        if options.keep_days:
            purge_database(config, now=now, dry_run=False)
        gc.collect()
        found.memory_mb.append(_resident_mb())
        found.database_mb.append(database.stat().st_size / 1e6)
        if day % _TOLD_EVERY == 0:
            print(f"day {day + 1:>4}  {json.dumps(summary(found, _received(notes)))}".replace('"', ""), flush=True)
    return found


def _look(found: Found, store: Store, now: datetime) -> None:
    """Count the reports that have changed their story since yesterday, and are not where its id leads."""
    story_of = {m.article.id: story.id for story in store.stories(since=now - _LOOKED_BACK) for m in story.members}
    for report, story in story_of.items():
        before = found.story_of.get(report, story)
        if before != story:
            found.joined.add((before, story))
            found.moved += not _leads(store, before, to=story)
    found.story_of = story_of


def _leads(store: Store, id_: str, *, to: str) -> bool:
    """Whether a story's id is still good for what became of the story: two that turned out to be one."""
    story = store.find_story(id_)
    return story is not None and story.id == to


def _resident_mb() -> float:
    line = next(li for li in Path("/proc/self/status").read_text().splitlines() if li.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _slope(values: Sequence[float]) -> float | None:
    """Of a straight line through values of days one after the other, times a hundred."""
    return round(float(np.polyfit(range(len(values)), values, 1)[0]) * 100, 1) if len(values) > 1 else None


def summary(found: Found, received: Counter[str]) -> dict[str, Any]:
    """The keys that are promised."""
    days = len(found.seconds)
    half = days // 2
    messages = len(received)
    duplicates = sum(times - 1 for times in received.values())
    missing = found.editions * len(RECIPIENTS) - messages
    line = np.polyfit(range(days // 5, half), found.database_mb[days // 5 : half], 1) if days >= 20 else None
    return {
        "benchmark": "soak",
        "days": days,
        "memory_mb_per_100_days": _slope(found.memory_mb[half:]),
        "memory_mb": round(found.memory_mb[-1]),
        "database_mb": round(found.database_mb[-1], 1),
        "size_vs_predicted": None
        if line is None
        else round(found.database_mb[-1] / float(np.polyval(line, days - 1)), 3),
        "messages": messages,
        "duplicates": duplicates,
        "missing": missing,
        "moved": found.moved,
        "joined": len(found.joined),
        "seconds_first": round(float(np.mean(found.seconds[:10])), 2),
        "seconds_last": round(float(np.mean(found.seconds[-10:])), 2),
        "held": not (duplicates or missing or found.moved),
    }


if __name__ == "__main__":
    main()
