"""A first run over the made-up press, here and on a Dask cluster: the same results, how much faster, and with a death.

    python benchmarks/dask_run.py [--feeds 60] [--items 25] [--workers 1,2,3] [--engine auto]

The press is that of benchmarks/run.py. Each variant has a new folder and a new store, and runs at the same instant:
`local` (`executor: {kind: auto}`), `dask-N` with N worker processes of one thread on this machine, and `killed`: the
most workers, one of which is killed (SIGKILL) while it translates. Workers load models with their first batch and keep
them, so a cluster's run is measured after one over other news, whose seconds are `first_s`. A run's results are all
rows of the store and all files of the archive, but for what tells when they were written
(benchmarks/world/sameness.py); `equal` says whether they are those of `local`.

The last line is JSON: `equal`; `runs` by variant (`wall_s`; `cpu_s`, processor seconds of all processes;
`coordinator_cpu_s`, those of this process, which no number of workers takes off, `coordinator_stages` where they went;
`stages`, wall seconds); `speedup` (wall seconds of `dask-1` over those of the most workers); `processors`; and
`projection`, from the processor seconds of the most workers: items that one core of a worker does in a second, and
items that the coordinator does, and for a million items a day the cores of workers and the hours of the coordinator.
Wall seconds mean little on a machine that is busy with other things, processor seconds much.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.intake_bench.server import Running  # noqa: E402
from benchmarks.world.cluster import local_dask  # noqa: E402
from benchmarks.world.config import write_config  # noqa: E402
from benchmarks.world.events import START  # noqa: E402
from benchmarks.world.outlets import World  # noqa: E402
from benchmarks.world.sameness import results  # noqa: E402
from benchmarks.world.server import publishing  # noqa: E402
from benchmarks.world.usage import cpu_of_descendants  # noqa: E402
from monitor.app import RunRequest, run_once  # noqa: E402
from monitor.config import Config, load_config  # noqa: E402

NOW: datetime = START + timedelta(days=10, hours=13)
_MIDDLE_S = 1.0  # after a stage began: all workers are at work
Run = dict[str, Any]


def main() -> None:
    options = _arguments()
    counts = sorted(int(count) for count in options.workers.split(","))
    variants = [("local", 0), *((f"dask-{count}", count) for count in counts), ("killed", counts[-1])]
    runs: dict[str, Run] = {}
    left: dict[str, dict[str, str]] = {}
    with publishing(World(options.feeds, options.items), 0.0) as server:
        for name, workers in variants:
            runs[name], left[name] = one_run(server, workers, options.engine, kill=name == "killed")
            print(f"{name:>8}  {json.dumps(runs[name])}".replace('"', ""), flush=True)
    print(json.dumps(summary(runs, left, options.feeds, counts[-1])))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=60)
    options.add_argument("--items", type=int, default=25)
    options.add_argument("--workers", default="1,2,3", help="sizes of the cluster")
    options.add_argument("--engine", default="auto", help="of the translation, as in feeds.yaml")
    return options.parse_args()


@dataclass(slots=True)
class _Watcher:
    """Progress that notes this process's processor seconds by stage, and may kill a worker in the middle of one."""

    victim: int = 0  # process id; 0: nobody
    after_s: float = _MIDDLE_S
    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _last: tuple[str, float] = field(default_factory=lambda: ("", time.process_time()))
    _timer: threading.Timer | None = None

    def stage(self, name: str, done: int, total: int) -> None:
        del total
        before, since = self._last
        self._last = name, time.process_time()
        self.cpu_s[name if name == before else "between"] += self._last[1] - since
        if self.victim and name == "translate" and not done and not self._timer:
            self._timer = threading.Timer(self.after_s, os.kill, (self.victim, signal.SIGKILL))
            self._timer.start()


def one_run(
    server: Running, workers: int, engine: str, *, kill: bool = False, warm: bool = True
) -> tuple[Run, dict[str, str]]:
    """What a run took, and what it left; with 0 workers without a cluster. Cold workers are killed at once."""
    with ExitStack() as opened:
        cluster = opened.enter_context(local_dask(workers)) if workers else None
        more = {"executor": {"kind": "dask", "address": cluster.address}} if cluster else {}
        first, folder = (Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="dask-bench-"))) for _ in "12")
        run: Run = {}
        if cluster:
            cluster.wait_for_workers(workers)
            if warm:
                earlier = load_config(write_config(first, server.urls, engine=engine, more=more))
                run["first_s"] = _measured(earlier, server, NOW - timedelta(days=9), _Watcher())["wall_s"]
        victim = cluster.workers[0] if cluster and kill else None
        config = load_config(write_config(folder, server.urls, engine=engine, more=more))
        run |= _measured(config, server, NOW, _Watcher(victim.pid if victim else 0, _MIDDLE_S if warm else 0.0))
        if victim and victim.poll() != -signal.SIGKILL:
            raise RuntimeError("the run was over before a worker could be killed: give it more feeds")
        return run, results(folder)


def _measured(config: Config, server: Running, now: datetime, watcher: _Watcher) -> Run:
    server.tell(now.isoformat())
    wall_s, own_s, children_s = time.perf_counter(), time.process_time(), cpu_of_descendants()
    report = run_once(config, RunRequest(now=now), watcher)
    wall_s, own_s = time.perf_counter() - wall_s, time.process_time() - own_s
    children_s = cpu_of_descendants() - children_s
    return {
        "wall_s": round(wall_s, 2),
        "cpu_s": round(own_s + children_s, 2),
        "coordinator_cpu_s": round(own_s, 2),
        "coordinator_stages": {name: round(seconds, 3) for name, seconds in watcher.cpu_s.items() if seconds >= 0.001},
        "new": report.counts.articles_new,
        "relevant": report.counts.articles_relevant,
        "words": report.engine.words,
        "stages": {stage.name: round(stage.seconds, 2) for stage in report.stages},
    }


def summary(runs: dict[str, Run], left: dict[str, dict[str, str]], feeds: int, most: int) -> Run:
    """The keys that are promised."""
    different = {
        name: sorted(key for key in left["local"] | found if left["local"].get(key) != found.get(key))
        for name, found in left.items()
    }
    first, last = runs.get("dask-1"), runs[f"dask-{most}"]
    return {
        "benchmark": "dask_run",
        "feeds": feeds,
        "equal": not any(different.values()),
        "different": {name: keys for name, keys in different.items() if keys},
        "compared": len(left["local"]),
        "speedup": round(first["wall_s"] / last["wall_s"], 2) if first else None,
        "processors": len(os.sched_getaffinity(0)),
        "projection": projection(last),
        "runs": runs,
    }


def projection(run: Run, items_a_day: int = 1_000_000) -> dict[str, float]:
    """What a day of so many items needs, if each costs what it did in this run."""
    worker_s, own_s = (run["cpu_s"] - run["coordinator_cpu_s"]) / run["new"], run["coordinator_cpu_s"] / run["new"]
    return {
        "items_per_worker_core_s": round(1 / worker_s, 1),
        "items_per_coordinator_s": round(1 / own_s, 1),
        "worker_cores": round(worker_s * items_a_day / 86_400, 2),
        "coordinator_hours": round(own_s * items_a_day / 3600, 2),
    }


if __name__ == "__main__":
    main()
