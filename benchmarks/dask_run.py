"""A first run over the made-up press, here and on a Dask cluster: the same results, how much faster, and with a death.

    python benchmarks/dask_run.py [--feeds 60] [--items 25] [--workers 1,2,3] [--engine auto]

The press is that of benchmarks/run.py. Each variant has a new folder and a new store, and runs at the same instant:
`local` (`executor: {kind: auto}`), `dask-N` with N worker processes of one thread on this machine, and `killed`: the
most workers, one of which is killed (SIGKILL) while it translates. Workers load models with their first batch and keep
them, so a cluster's run is measured after one over other news, whose seconds are `first_s`. A run's results are all
rows of the store and all files of the archive, but for what tells when they were written
(benchmarks/world/sameness.py); `equal` says whether they are those of `local`.

The last line is JSON: `equal`, `runs` by variant (`wall_s`; `cpu_s`, of all processes; `stages`; `coordinator_cpu_s`,
of this process: what no number of workers takes off), `speedup` (wall seconds of `dask-1` over those of the most
workers) and `processors`. Wall seconds mean little on a machine that is busy with other things.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
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
class _Killer:
    """Progress that kills a worker in the middle of a stage."""

    victim: int = 0  # process id; 0: nobody
    after_s: float = _MIDDLE_S
    stage_name: str = "translate"
    timers: list[threading.Timer] = field(default_factory=list)

    def stage(self, name: str, done: int, total: int) -> None:
        del total
        if self.victim and name == self.stage_name and not done and not self.timers:
            self.timers.append(threading.Timer(self.after_s, os.kill, (self.victim, signal.SIGKILL)))
            self.timers[0].start()


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
                run["first_s"] = _measured(earlier, server, NOW - timedelta(days=9), _Killer())["wall_s"]
        victim = cluster.workers[0] if cluster and kill else None
        config = load_config(write_config(folder, server.urls, engine=engine, more=more))
        run |= _measured(config, server, NOW, _Killer(victim.pid if victim else 0, _MIDDLE_S if warm else 0.0))
        if victim and victim.poll() != -signal.SIGKILL:
            raise RuntimeError("the run was over before a worker could be killed: give it more feeds")
        return run, results(folder)


def _measured(config: Config, server: Running, now: datetime, progress: _Killer) -> Run:
    server.tell(now.isoformat())
    wall_s, own_s, children_s = time.perf_counter(), time.process_time(), cpu_of_descendants()
    report = run_once(config, RunRequest(now=now), progress)
    wall_s, own_s = time.perf_counter() - wall_s, time.process_time() - own_s
    children_s = cpu_of_descendants() - children_s
    return {
        "wall_s": round(wall_s, 2),
        "cpu_s": round(own_s + children_s, 2),
        "coordinator_cpu_s": round(own_s, 2),
        "new": report.counts.articles_new,
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
        "runs": runs,
    }


if __name__ == "__main__":
    main()
