"""Stories: how well reports of one event find together, how fast, and how well copies are found; beside others.

    python benchmarks/stories.py [--part dev|test|all] [--quality-only | --speed-only] [--sizes 1000,10000,100000]
    python benchmarks/stories.py --data FILE

Quality: the labelled reports of tests/eval, one run a day, as in use; `test` is only ever scored. `--data` runs any
other labelled file through the same steps: JSON, JSON lines, YAML, CSV or TSV with title, text, label, language and, if
known, outlet and date (tests/eval/reports_file.py says how they may be called). Three baselines see the same items:
benchmarks/stories_bench/baselines.py describes them; two of them need `pip install --group bench` or Apertium.
Speed: planted reports with planted vectors (planted.py), a process for each size, and a stream of days. Copies: our
near-duplicates beside datasketch and SemHash on planted syndication (copies.py). What is not installed is said so.

The last line is JSON. At its top: `bcubed_f1_test`, `bcubed_f1_cross_lingual_test`, `pair_f1_cross_lingual_test` (of
the test part, or of the file given by `--data`), `items`, `seconds` and `peak_mb` (copies and clustering of the largest
size measured; without a measurement of speed: of the quality run, where seconds include embedding), `growth_exponent`
(of processor seconds over the sizes, least squares on logarithms) and `baselines` (their scores on the same items).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
for _name in ("tests", "benchmarks"):  # some installed packages bring modules of these names
    if _name not in sys.modules:
        sys.modules[_name] = ModuleType(_name)
        sys.modules[_name].__path__ = [str(ROOT / _name)]

from benchmarks.stories_bench import copies, speed  # noqa: E402
from benchmarks.stories_bench.baselines import NotInstalled  # noqa: E402
from benchmarks.stories_bench.comparison import OURS, Labelled, Prepared, Tuning, compare  # noqa: E402
from benchmarks.stories_bench.translated import default_memory  # noqa: E402
from monitor.config.models import StoriesConfig  # noqa: E402
from monitor.errors import MonitorError  # noqa: E402
from monitor.stories.embed import open_embedder  # noqa: E402
from tests.eval.reports_file import read_reports  # noqa: E402
from tests.eval.stories_data import DATA, load  # noqa: E402

FILES = ("stories-enforcement.yaml", "stories-policy.yaml")
HELD_OUT = "stories-world.yaml"
ALL_PAIRS_LARGEST = 10_000
SEMHASH_LARGEST = 10_000  # 1,024 numbers a report, and its time is the embedder's
STREAM = (2_000, 20)  # reports a day, days
TIMEOUT_S = 1800.0
Result = dict[str, Any]


def main() -> None:
    options = _arguments()
    if options.job:
        print(json.dumps(_work(json.loads(options.job))))
        return
    try:
        result = measured(options)
    except MonitorError as exc:
        sys.exit(str(exc))
    print(json.dumps(result, ensure_ascii=False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a file of labelled reports; quality only")
    parser.add_argument("--part", default="all", help="dev, test, all (default), or a part of the file given by --data")
    parser.add_argument("--embedder", default="auto", help="as stories.embedder in feeds.yaml (default auto)")
    parser.add_argument("--sizes", type=_numbers, default=[1_000, 10_000, 100_000], help="planted reports, by commas")
    parser.add_argument("--stream", type=_numbers, default=list(STREAM), help="reports a day, and days (2000,20)")
    parser.add_argument("--ours-only", action="store_true", help="no baselines: they take n² time and memory")
    parser.add_argument("--memory", type=Path, default=default_memory(), help="where translations are remembered")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--quality-only", action="store_true")
    only.add_argument("--speed-only", action="store_true")
    only.add_argument("--copies-only", action="store_true")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def measured(options: argparse.Namespace) -> Result:
    """Everything that was asked for."""
    result: Result = {"benchmark": "stories"}
    if not (options.speed_only or options.copies_only):
        result["quality"] = quality(options)
    if not (options.quality_only or options.copies_only or options.data):
        result["speed"] = speeds(options.sizes, options.stream)
    if not (options.quality_only or options.speed_only or options.data):
        result["copies"] = near_duplicates(options.sizes)
    return at_the_top(result)


def at_the_top(result: Result) -> Result:
    """The keys that the docstring promises, before the details."""
    found = result.get("quality", {}).get("test") or {}
    ours = found.get(OURS, {})
    sizes = result.get("speed", {}).get("sizes") or [{}]
    spent = round(ours["seconds"] + ours["embed_seconds"], 3) if ours else None
    top = {
        "bcubed_f1_test": ours.get("bcubed_f1"),
        "bcubed_f1_cross_lingual_test": ours.get("bcubed_f1_cross_lingual"),
        "pair_f1_cross_lingual_test": ours.get("pair_f1_cross_lingual"),
        "items": sizes[-1].get("items", found.get("items")),
        "seconds": sizes[-1].get("seconds", spent),
        "growth_exponent": result.get("speed", {}).get("growth", {}).get("exponent"),
        "peak_mb": sizes[-1].get("peak_mb", speed.peak_mb()),
        "baselines": {name: _scores(baseline) for name, baseline in found.get("baselines", {}).items()},
    }
    return {"benchmark": result["benchmark"], **top, **result}


def _scores(baseline: Result) -> Result:
    keys = ("bcubed_f1", "bcubed_f1_cross_lingual", "pair_f1_cross_lingual", "seconds", "error")
    return {key: baseline[key] for key in keys if key in baseline}


# ---------------------------------------------------------------- quality


def quality(options: argparse.Namespace) -> Result:
    """Each set of reports by name. The set called `test` is the one that counts."""
    embedder, settings = open_embedder(options.embedder), StoriesConfig()

    def prepared(name: str, items: Sequence[Any]) -> Prepared:
        return Prepared(Labelled(name, items), embedder, settings, options.memory)

    dev = prepared("dev", [item for name in FILES for item in load(name, "dev")])
    tuning, result = Tuning(dev), Result(embedder=embedder.name)
    for labelled in _sets(options):
        own = dev if labelled.name == "dev" else prepared(labelled.name, labelled.items)
        result[labelled.name] = compare(own, None if options.ours_only else tuning, _show)
    return result


def _show(text: str) -> None:
    print(text, flush=True)


def _sets(options: argparse.Namespace) -> Iterator[Labelled]:
    if options.data:
        items = read_reports(options.data)
        wanted = [item for item in items if options.part in ("all", item.part)]
        if not wanted:
            sys.exit(f"{options.data}: --part {options.part}: no report is of this part; there are"
                     f" {', '.join(sorted({item.part for item in items}))}")  # fmt: skip
        yield Labelled("test", wanted)
        return
    for part in ("dev", "test") if options.part == "all" else (options.part,):
        yield Labelled(part, [item for name in FILES for item in load(name, part)])
    if options.part == "all" and (DATA / HELD_OUT).exists():
        items = load(HELD_OUT)
        for part in sorted({item.part for item in items}):
            yield Labelled(f"held_out_{part}", [item for item in items if item.part == part])


# ---------------------------------------------------------------- speed and copies


@dataclass(frozen=True, slots=True)
class Job:
    """A measurement for a process of its own: its memory is nobody else's."""

    kind: str  # "batch", "stream", "all_pairs", "copies"
    size: int
    days: int = 0  # of a stream
    method: str = ""


def _work(job: Result) -> Result:
    """What a child process does."""
    size = job["size"]
    try:
        match job["kind"]:
            case "batch":
                return speed.batch(size)
            case "stream":
                return speed.stream(size, job["days"])
            case "all_pairs":
                return speed.all_pairs(size)
            case _:
                return copies.measure(job["method"], size)
    except NotInstalled as exc:
        return {"items": size, "error": str(exc)}


def run(job: Job) -> Result:
    """The job's result, printed."""
    told = json.dumps({"kind": job.kind, "size": job.size, "days": job.days, "method": job.method})
    argv = [sys.executable, str(Path(__file__).resolve()), "--job", told]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True, timeout=TIMEOUT_S)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    facts = ", ".join(f"{key} {value}" for key, value in result.items())
    _show(f"  {job.kind} {job.method}: {facts}")
    return result


def speeds(sizes: Sequence[int], stream: Sequence[int]) -> Result:
    """Both scenarios, and all pairs for comparison where they fit."""
    _show("speed, planted reports:")
    rows = [run(Job("batch", size)) for size in sizes]
    pairs = [run(Job("all_pairs", size)) for size in sizes if size <= ALL_PAIRS_LARGEST]
    return {
        "sizes": rows,
        "growth": speed.growth(rows),
        "growth_of_copies": speed.growth(rows, "copies_cpu_seconds"),
        "growth_of_clustering": speed.growth(rows, "cluster_cpu_seconds"),
        "growth_of_seconds": speed.growth(rows, "seconds"),
        "stream": run(Job("stream", stream[0], stream[1])),
        "all_pairs": pairs,
        "growth_of_all_pairs": speed.growth([row for row in pairs if "cpu_seconds" in row]),
    }


def near_duplicates(sizes: Sequence[int]) -> Result:
    """Every method at every size that is feasible for it."""
    _show("copies, planted syndication:")
    return {
        method: [
            run(Job("copies", size, method=method)) for size in sizes if method != "semhash" or size <= SEMHASH_LARGEST
        ]
        for method in copies.METHODS
    }


if __name__ == "__main__":
    main()
