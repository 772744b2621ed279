"""What a reader waits for: editions that are rendered, and the search over 100,000 reports on either database.

    python benchmarks/digest.py [--sizes 1000,10000,100000] [--stories 75,300] [--each 8] [--no-postgres]

`render_ms`: processor milliseconds of composing and rendering an edition of 300 stories for three profiles (en, es,
both), the fastest of three. `search_p50_ms_…`, `search_p95_ms_…`: milliseconds of a query's first page, over a mix of
`--each` queries of twelve kinds (one word, a rare one, common ones, two, a phrase, a prefix, one without another, words
with a counterpart, days, outlets, a place, misses), each the fastest of three; on SQLite processor time, on PostgreSQL
time by the clock, for the server works elsewhere; where no server is installed, PostgreSQL is left out. Beside it
`like_…`: the same words as LIKE '%word%' over the same texts, once each. `growth`: the p95 of the largest size over
that of the smallest, and the same of rendering; `runs` has all numbers, by kind, too. The last line is JSON.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "benchmarks" not in sys.modules:  # some installed packages bring a module of this name
    sys.modules["benchmarks"] = ModuleType("benchmarks")
    sys.modules["benchmarks"].__path__ = [str(ROOT / "benchmarks")]

from benchmarks.digest_bench.rendering import render_seconds  # noqa: E402
from benchmarks.digest_bench.searching import ask, ask_plainly, fill, mix  # noqa: E402
from benchmarks.digest_bench.server import postgres  # noqa: E402
from monitor.store import SqlStore, open_store  # noqa: E402

Run = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", default="1000,10000,100000", help="reports that are searched")
    options.add_argument("--stories", default="75,300", help="stories of an edition; empty: nothing is rendered")
    options.add_argument("--each", type=int, default=8, help="queries of every kind")
    options.add_argument("--no-postgres", action="store_true")
    given = options.parse_args()
    sizes, stories = ([int(n) for n in text.split(",") if n] for text in (given.sizes, given.stories))
    rendered = {n: round(1000 * render_seconds(n), 1) for n in stories}
    runs = {"sqlite": {n: on_sqlite(n, given.each) for n in sizes}}
    if not given.no_postgres:
        with postgres() as server:
            runs |= {"postgres": {n: on_postgres(server, n, given.each) for n in sizes}} if server else {}
    print(json.dumps(summary(rendered, runs)))


def on_sqlite(size: int, each: int) -> Run:
    with (
        tempfile.TemporaryDirectory(prefix="digest-") as folder,
        closing(open_store("sqlite:///monitor.db", folder=Path(folder))) as store,
    ):
        run = measured(store, size, each, time.process_time)
        size_b = sum(path.stat().st_size for path in Path(folder).iterdir())
        return run | {"mb": round(size_b / 1e6, 1)}


def on_postgres(server: str, size: int, each: int) -> Run:
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE d{size}".encode())
    url = server.replace("/postgres?", f"/d{size}?")
    with closing(open_store(url, folder=Path.cwd())) as store:
        return measured(store, size, each, time.perf_counter)


def measured(store: SqlStore, size: int, each: int, clock: Callable[[], float]) -> Run:
    """One database of one size."""
    seconds = fill(store, size)
    if store._engine.dialect.name == "postgresql":  # what the server does by itself within minutes
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("VACUUM ANALYZE")
    asked = mix(each)
    times, plain = ask(store, asked, clock), ask_plainly(store._engine, asked, clock)
    by_kind = defaultdict(list)
    for one, ms in zip(asked, times, strict=True):
        by_kind[one.kind].append(ms)
    run = {"index_s": round(seconds, 1), **_percentiles("search", times), **_percentiles("like", plain)}
    print(f"{size:7} reports on {store._engine.dialect.name}: {run}", flush=True)
    return run | {"worst_ms_by_kind": {kind: round(max(found), 1) for kind, found in by_kind.items()}}


def _percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {f"{name}_p50_ms": round(statistics.median(times), 2), f"{name}_p95_ms": round(p95, 2)}


def summary(rendered: dict[int, float], runs: dict[str, dict[int, Run]]) -> Run:
    found: Run = {"render_ms": rendered[max(rendered)]} if rendered else {}
    growth = {"render": _ratio(rendered)} if len(rendered) > 1 else {}
    for database, by_size in runs.items():
        largest = max(by_size)
        label = f"{database}_{largest // 1000}k" if largest >= 1000 else f"{database}_{largest}"
        for key in ("search_p50_ms", "search_p95_ms", "like_p50_ms", "like_p95_ms"):
            found[f"{key}_{label}"] = by_size[largest][key]
        growth[database] = _ratio({size: run["search_p95_ms"] for size, run in by_size.items()})
    return found | {"growth": growth, "rendered": rendered, "runs": runs}


def _ratio(by_size: dict[int, float]) -> float:
    return round(by_size[max(by_size)] / max(by_size[min(by_size)], 0.01), 2)


if __name__ == "__main__":
    main()
