"""The benchmark of reading feeds reads what it plants, prints what it promises, and compares like with like."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import feedparser
import pytest

from benchmarks.intake import exponent
from benchmarks.intake_bench.planted import WORDS, feed
from benchmarks.intake_bench.server import serving

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "intake.py"
KEYS = {
    "ratio_cold_vs_reader", "ratio_warm_vs_cold", "warm_over_floor", "ratio_cold_vs_plain", "peak_mb",
    "growth_exponent",
}  # fmt: skip


@pytest.mark.slow
def test_a_small_run_prints_all_keys_and_every_contender_reads_every_item() -> None:
    argv = [sys.executable, str(BENCHMARK), "--feeds", "4", "--items", "3", "--latency-ms", "5", "--sizes", "2,4"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.keys() >= KEYS
    entries = {kind: run["entries"] for kind, run in result["runs"].items()}
    assert entries.pop("warm") == 0
    assert entries.pop("cold_2") == 6
    assert set(entries.values()) == {12}
    assert result["runs"]["cold"]["peak_mb"] > 30


def test_planted_feeds_are_the_same_every_time_and_none_is_like_another() -> None:
    first = feed(3, 5)
    assert feed(3, 5) == first != feed(7, 5)
    for number in (0, 1, 3):
        parsed = feedparser.parse(feed(number, 5))
        assert (len(parsed.entries), bool(parsed.bozo)) == (5, False)
        sizes = [len(entry.content[0].value.split()) for entry in parsed.entries]
        assert WORDS[0] <= min(sizes)
        assert max(sizes) <= WORDS[1] + 40  # the last sentence is finished, and markup has words of its own


def test_the_server_answers_304_to_its_own_validator_and_packs_when_asked() -> None:
    with serving(2, 2, 0.0) as urls:
        request = urllib.request.Request(urls[1], headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            etag = answer.headers["ETag"]
        again = urllib.request.Request(urls[1], headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(again, timeout=10):
            pass
        caught.value.close()
        assert caught.value.code == 304
        with urllib.request.urlopen(urls[0], timeout=10) as plain:
            assert plain.read() == feed(0, 2)


def test_growth_is_the_slope_on_logarithms() -> None:
    assert exponent({50: 1.0, 100: 2.0, 200: 4.0}) == 1.0
    assert exponent({10: 1.0, 100: 100.0}) == 2.0
    assert exponent({200: 3.0}) is None
