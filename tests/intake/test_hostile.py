"""Everything that goes wrong on the web, at once: each feed is told what it is, and the good ones are read as ever."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.intake.hostile import EXPECTED, GOOD

_ROOT = Path(__file__).parents[2]
# Other distributions install a package named "tests": ours is put first by hand.
_START = """
import runpy, sys, types
sys.modules["tests"] = types.ModuleType("tests")
sys.modules["tests"].__path__ = [sys.argv[1]]
runpy.run_module("tests.intake.hostile", run_name="__main__")
"""


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    """One run over all of them in a process of its own, so that its memory can be measured."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _START, str(_ROOT / "tests")],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(("name", "outcome"), EXPECTED.items())
def test_each_feed_is_told_what_it_is(run: dict[str, Any], name: str, outcome: str) -> None:
    assert run["feeds"][name]["outcome"] == outcome, run["feeds"][name]


@pytest.mark.parametrize("name", GOOD)
def test_the_good_feeds_are_read_whole_and_wait_for_nobody(run: dict[str, Any], name: str) -> None:
    assert (run["feeds"][name]["outcome"], run["feeds"][name]["items"]) == ("ok", 20)
    assert run["told"].index(name) < run["told"].index("drip")


@pytest.mark.parametrize("name", [name for name, outcome in EXPECTED.items() if outcome not in ("ok", "malformed")])
def test_each_failure_says_what_happened_and_what_to_do(run: dict[str, Any], name: str) -> None:
    feed = run["feeds"][name]
    assert f"{name}.example" in feed["detail"]
    assert feed["hint"]


def test_a_page_in_a_feeds_place_is_searched_for_the_feed_it_names(run: dict[str, Any]) -> None:
    assert "http://html.example/rss/portada.xml" in run["feeds"]["html"]["hint"]


@pytest.mark.parametrize("name", ["cut-off", "length-too-short", "truncated-gzip"])
def test_what_arrived_of_a_broken_answer_is_read(run: dict[str, Any], name: str) -> None:
    assert 5 <= run["feeds"][name]["items"] < 20


def test_no_private_address_was_asked(run: dict[str, Any]) -> None:
    assert "/secret" not in run["asked"]


@pytest.mark.parametrize(
    ("name", "times"),
    [("silent", 2), ("broken", 2), ("hang-up", 2), ("cut-off", 2), ("gone", 1), ("forbidden", 1), ("too-many", 1),
     ("html", 1), ("gzip-bomb", 1)],
)  # fmt: skip
def test_only_a_passing_failure_is_tried_again_and_only_once(run: dict[str, Any], name: str, times: int) -> None:
    assert run["asked"].count(f"/{name}") == times


def test_memory_stays_under_200_mb(run: dict[str, Any]) -> None:
    assert run["peak_mb"] < 200
