"""The benchmark of rendering and search prints what it promises, and finds what it planted."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.digest_bench.planted import reports
from benchmarks.digest_bench.searching import fill, mix
from monitor.store import open_store

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "digest.py"


@pytest.mark.slow
def test_a_small_run_prints_all_keys() -> None:
    argv = [sys.executable, str(BENCHMARK), "--sizes", "100,200", "--stories", "3,6", "--each", "1"]
    done = subprocess.run([*argv, "--no-postgres"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.keys() >= {"render_ms", "search_p50_ms_sqlite_200", "search_p95_ms_sqlite_200", "growth"}
    assert result["growth"].keys() == {"render", "sqlite"}
    assert result["runs"]["sqlite"]["200"]["worst_ms_by_kind"].keys() >= {"phrase", "prefix", "miss"}


def test_planted_reports_are_the_same_every_time_and_queries_find_them(tmp_path: Path) -> None:
    assert list(reports(5)) == list(reports(5))
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as store:
        fill(store, 300)
        totals = {asked.kind: store.search(asked.query).total for asked in mix(2)}
    assert totals["miss"] == 0
    assert min(totals["common"], totals["prefix"], totals["days"]) > 0
