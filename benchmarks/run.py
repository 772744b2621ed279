"""The whole job: 200 feeds x 25 items of a made-up press, from the network to the digest in the archive.

    python benchmarks/run.py [--feeds 200] [--items 25] [--latency-ms 100] [--sizes 200,800,3200] [--engine auto]
                             [--profile cold]

The press (benchmarks/world) is seeded: outlets in both languages, events told by 1 to 40 of them, copies, and three
items in four that are about something else. It is served on loopback by a process of its own, every feed on a host of
its own. Each size has a process of its own, which makes three runs in one new store (SQLite on disk): `cold`, which has
never seen anything, `warm` an hour later with every feed unchanged, and `next_day`, with a day's news. Importing and
opening the store are not counted, loading models is. Nothing is mailed (benchmarks/delivery.py measures that).

The last line is JSON: `cold_s`, `warm_s`, `next_day_s` (wall seconds), `peak_mb` (cold, workers included),
`growth_exponent` (of the cold run's processor seconds over the sizes, least squares on logarithms; 1 is linear),
`stages` (seconds of the cold run by stage), `words_per_s` of the translation, and `runs` with all of that by size, and
with `stages_mb`, the most memory that the process itself held in each stage.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.intake import exponent  # noqa: E402
from benchmarks.intake_bench.server import Running  # noqa: E402
from benchmarks.world.config import write_config  # noqa: E402
from benchmarks.world.events import START  # noqa: E402
from benchmarks.world.outlets import World  # noqa: E402
from benchmarks.world.server import publishing  # noqa: E402
from benchmarks.world.usage import PeakByStage, profiled, watched  # noqa: E402
from monitor.app import RunRequest, run_once  # noqa: E402
from monitor.config import Config, load_config  # noqa: E402

NOW = START + timedelta(days=10, hours=13)
TIMEOUT_S = 7200.0
Run = dict[str, Any]


def main() -> None:
    options = _arguments()
    if options.job:
        print(json.dumps(one_size(options)))
        return
    sizes = sorted({options.feeds, *(int(size) for size in options.sizes.split(",") if size)})
    runs = {size: _in_own_process(size) for size in sizes}
    print(json.dumps(summary(runs, options.feeds)))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--items", type=int, default=25)
    options.add_argument("--latency-ms", type=float, default=100)
    options.add_argument("--sizes", default="200,800,3200", help="numbers of feeds for the growth; empty: none")
    options.add_argument("--engine", default="auto", help="of the translation, as in feeds.yaml")
    options.add_argument("--profile", default="", help="cold, warm or next_day: the costliest functions of that run")
    options.add_argument("--job", action="store_true", help=argparse.SUPPRESS)
    return options.parse_args()


def _in_own_process(feeds: int) -> Run:
    """One size, with the options of this call; what it prints besides the result is shown as it comes."""
    argv = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:], "--job", f"--feeds={feeds}"]
    run: Run = {}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout
        for line in job.stdout:
            if line.startswith("{"):
                run = json.loads(line)
            else:
                print(line, end="", flush=True)
        if job.wait(timeout=TIMEOUT_S):
            sys.exit(f"{feeds} feeds: ended with {job.returncode}")
    return run


def one_size(options: argparse.Namespace) -> Run:
    """The three runs over one number of feeds, in this process."""
    world = World(options.feeds, options.items)
    with (
        publishing(world, options.latency_ms / 1000) as server,
        tempfile.TemporaryDirectory(prefix="run-bench-") as folder,
    ):
        config = load_config(write_config(Path(folder), server.urls, engine=options.engine))
        runs = {
            name: _run(config, server, now, shown, profile=name == options.profile)
            for name, now, shown in (
                ("cold", NOW, NOW),
                ("warm", NOW + timedelta(hours=1), NOW),
                ("next_day", NOW + timedelta(days=1), NOW + timedelta(days=1)),
            )
        }
        for name, run in runs.items():
            print(f"{options.feeds:>6} feeds  {name:>8}  {json.dumps(run)}".replace('"', ""), flush=True)
    return runs


def _run(config: Config, server: Running, now: datetime, shown: datetime, *, profile: bool) -> Run:
    """One run at `now`, while the feeds show what was out at `shown`."""
    server.tell(shown.isoformat())
    peaks = PeakByStage()
    with watched(without=server.process.pid) as used, profiled() if profile else nullcontext():
        report = run_once(config, RunRequest(now=now), peaks)
        peaks.end()
    return {
        **used.plain(),
        "new": report.counts.articles_new,
        "relevant": report.counts.articles_relevant,
        "stories": report.counts.stories_both + report.counts.stories_en + report.counts.stories_es,
        "words_per_s": round(report.engine.words / max(report.engine.seconds, 1e-9)),
        "engine": report.engine.label,
        "stages": {stage.name: round(stage.seconds, 3) for stage in report.stages},
        "stages_mb": peaks.found_mb,
    }


def summary(runs: dict[int, Run], feeds: int) -> Run:
    """The keys that are promised, and every run."""
    own = runs[feeds]
    return {
        "benchmark": "run",
        "feeds": feeds,
        "cold_s": own["cold"]["wall_s"],
        "warm_s": own["warm"]["wall_s"],
        "next_day_s": own["next_day"]["wall_s"],
        "peak_mb": own["cold"]["peak_mb"],
        "growth_exponent": exponent({size: run["cold"]["cpu_s"] for size, run in runs.items()}),
        "stages": own["cold"]["stages"],
        "words_per_s": own["cold"]["words_per_s"],
        "runs": {str(size): run for size, run in runs.items()},
    }


if __name__ == "__main__":
    main()
