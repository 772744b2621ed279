"""The benchmark of the engines runs, and our words are argostranslate's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.language.conftest import needs_apertium

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "translate.py"


@pytest.mark.slow
@needs_apertium
def test_the_benchmark_measures_every_engine_and_finds_equal_output() -> None:
    argv = [sys.executable, str(BENCHMARK), "--small"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["equal_output"] is True
    assert result["compared_articles"] == 2
    for engine in ("argos", "firefox", "offline"):
        measured = result[engine]
        assert {"words_per_s", "ratio_vs_one_at_a_time", "peak_mb", "load_s", "growth"} <= measured.keys()
        assert measured["words_per_s"] > 0
        assert measured["peak_mb"] > 20
