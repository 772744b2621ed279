"""Reading feeds: 200 of them with 25 items each and 100 ms latency on loopback, new and unchanged, beside others.

    python benchmarks/intake.py [--feeds 200] [--items 25] [--latency-ms 100] [--sizes 50,200,800] [--repeats 1]

Measured is what a run does up to translation: fetch, parse, judge, store (SQLite on disk). `cold` has never seen the
feeds, `warm` finds all of them unchanged (304). Beside it: `reader`, the feed library of that name, which fetches,
parses and stores (`pip install --group bench`; left out where it is missing), and `plain`, feedparser in a pool of
threads, which only fetches and parses. Every contender has a process of its own, as many feeds under way at once, and
a host for each feed; opening the database, subscribing and importing are not counted, starting workers is. With repeats
the fastest counts.

The last line is JSON: `ratio_cold_vs_reader` and `ratio_cold_vs_plain` (their wall seconds over ours),
`ratio_warm_vs_cold` (our cold over our warm), `warm_over_floor` (our warm over the latency, for which every run has to
wait once: 1 would be nothing but waiting), `peak_mb` (ours, cold, workers included), `growth_exponent` (of our
processor seconds over the sizes, least squares on logarithms; 1 is linear), and `runs`.
"""

import argparse
import importlib.util
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.intake_bench.contenders import measured  # noqa: E402
from benchmarks.intake_bench.server import serving  # noqa: E402

CONCURRENCY = 256  # the most that `fetch.concurrency` allows
TIMEOUT_S = 900.0
Run = dict[str, Any]


def main() -> None:
    options = _arguments()
    if options.job:
        job = json.loads(options.job)
        print(json.dumps(measured(job["name"], job["urls"], Path(job["folder"]), CONCURRENCY)))
        return
    runs = compare(options.feeds, options.items, options.latency_ms / 1000, options.repeats)
    sizes = [int(size) for size in options.sizes.split(",") if size]
    growing = grow(sizes, options.items, options.latency_ms / 1000, {options.feeds: runs["cold"]})
    print(json.dumps(summary(runs, growing, options)))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--items", type=int, default=25)
    options.add_argument("--latency-ms", type=float, default=100)
    options.add_argument("--sizes", default="50,200,800", help="numbers of feeds for the growth; empty: none")
    options.add_argument("--repeats", type=int, default=1)
    options.add_argument("--job", default="", help=argparse.SUPPRESS)
    return options.parse_args()


def compare(feeds: int, items: int, latency_s: float, repeats: int) -> dict[str, Run]:
    """The fastest run of each kind. Kinds take turns, so that a busy moment of the machine meets all of them."""
    kinds = {kind: name for kind, name in _KINDS.items() if name != "reader" or importlib.util.find_spec("reader")}
    tries: dict[str, list[Run]] = {}
    with serving(feeds, items, latency_s) as urls:
        for _ in range(repeats):
            with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
                for kind, name in kinds.items():
                    tries.setdefault(kind, []).append(_in_own_process(name, urls, folder))
    best = {kind: min(runs, key=lambda run: float(run["wall_s"])) for kind, runs in tries.items()}
    for kind, run in best.items():
        _show(kind, feeds, run)
    return best


_KINDS = {"cold": "ours", "warm": "ours", "reader_cold": "reader", "plain": "plain"}


def grow(sizes: Sequence[int], items: int, latency_s: float, known: dict[int, Run]) -> dict[int, Run]:
    """Our cold runs by the number of feeds."""
    runs = {size: run for size, run in known.items() if size in sizes}
    for size in sizes:
        if size in runs:
            continue
        with serving(size, items, latency_s) as urls, tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
            runs[size] = _in_own_process("ours", urls, folder)
        _show("cold", size, runs[size])
    return runs


def _in_own_process(name: str, urls: Sequence[str], folder: str) -> Run:
    job = json.dumps({"name": name, "urls": urls, "folder": folder})
    argv = [sys.executable, str(Path(__file__).resolve()), "--job", job]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    run: Run = json.loads(done.stdout.splitlines()[-1])
    return run


def _show(kind: str, feeds: int, run: Run) -> None:
    cells = "  ".join(f"{key}: {value}" for key, value in run.items())
    print(f"{kind:>12}  feeds: {feeds}  {cells}", flush=True)


def summary(runs: dict[str, Run], growing: dict[int, Run], options: argparse.Namespace) -> Run:
    """The keys that are promised, and every run."""
    wall_s = {kind: run["wall_s"] for kind, run in runs.items()}
    cold_s = wall_s["cold"]
    return {
        "benchmark": "intake",
        "feeds": options.feeds,
        "items": options.items,
        "ratio_cold_vs_reader": round(wall_s["reader_cold"] / cold_s, 2) if "reader_cold" in wall_s else None,
        "ratio_warm_vs_cold": round(cold_s / wall_s["warm"], 2),
        "warm_over_floor": round(wall_s["warm"] * 1000 / options.latency_ms, 2) if options.latency_ms else None,
        "ratio_cold_vs_plain": round(wall_s["plain"] / cold_s, 2),
        "peak_mb": runs["cold"]["peak_mb"],
        "growth_exponent": exponent({size: run["cpu_s"] for size, run in growing.items()}),
        "runs": runs | {f"cold_{size}": run for size, run in sorted(growing.items())},
    }


def exponent(seconds: dict[int, float]) -> float | None:
    """The slope of a straight line through the logarithms; None for fewer than two sizes."""
    if len(seconds) < 2:
        return None
    x, y = [math.log(size) for size in seconds], [math.log(value) for value in seconds.values()]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return round(over / sum((a - mean_x) ** 2 for a in x), 2)


if __name__ == "__main__":
    main()
