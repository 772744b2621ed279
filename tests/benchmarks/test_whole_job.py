"""The benchmarks of the whole job print what they promise."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def result_of(name: str, *arguments: str) -> dict[str, Any]:
    argv = [sys.executable, str(FOLDER / name), *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


@pytest.mark.slow
def test_a_small_run_is_measured_cold_warm_and_the_next_day() -> None:
    result = result_of("run.py", "--feeds", "6", "--sizes", "3,6", "--latency-ms", "1", "--engine", "none")
    assert result.keys() >= {"cold_s", "warm_s", "next_day_s", "peak_mb", "growth_exponent", "stages", "words_per_s"}
    runs = result["runs"]["6"]
    assert runs["cold"]["new"] == 150
    assert runs["warm"]["new"] == 0
    assert 0 < runs["next_day"]["new"] < 100
    assert result["stages"].keys() >= {"fetch", "parse", "triage", "translate", "cluster", "publish", "deliver"}


@pytest.mark.slow
def test_a_few_days_are_soaked() -> None:
    result = result_of("soak.py", "--days", "3", "--feeds", "6", "--engine", "none")
    assert result["held"] is True
    assert result["messages"] == 9
    assert result["memory_mb"] > 0
    assert result["database_mb"] > 0
