"""The benchmark of stories runs on anyone's reports and says what is missing; its baselines and plantings are sound."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.stories_bench import baselines, copies, speed
from benchmarks.stories_bench.baselines import NotInstalled, SingleLink, Veto, best_cut, by_headlines, library
from benchmarks.stories_bench.comparison import Labelled, Prepared, Tuning, compare
from benchmarks.stories_bench.joining import joined, joined_rows
from benchmarks.stories_bench.planted import plant
from benchmarks.stories_bench.quality import Gold, evaluate, judge, margin
from monitor.config.models import StoriesConfig
from monitor.stories.embed import open_embedder
from tests.eval.metrics import Fit
from tests.eval.stories_data import item_of, vectors_of

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "stories.py"
KEYS = {
    "bcubed_f1_test", "bcubed_f1_cross_lingual_test", "pair_f1_cross_lingual_test",
    "items", "seconds", "growth_exponent", "peak_mb", "baselines",
}  # fmt: skip
ROWS = [
    ("en", "Ferry with forty aboard sinks off Batangas", "ferry"),
    ("en", "Forty aboard ferry that sank off Batangas", "ferry"),
    ("de", "Fähre mit vierzig Menschen sinkt vor Batangas", "ferry"),
    ("de", "Vierzig Menschen auf Fähre: Schiff sinkt vor Batangas", "ferry"),
    ("en", "Council of Leeds votes for a tram", "tram"),
    ("es", "Barcelona amplía su tranvía hasta el puerto", "tranvia"),
]


def ran(*arguments: str) -> dict[str, Any]:
    """The last line of a run of the benchmark."""
    argv = [sys.executable, str(BENCHMARK), "--embedder", "hash", *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def items() -> list[Any]:
    row = {"published": "2026-01-05T10:00:00", "lead": ""}
    return [item_of({**row, "id": str(k), "lang": a, "title": b, "event": c}) for k, (a, b, c) in enumerate(ROWS)]


@pytest.mark.slow
def test_any_labelled_file_is_scored_with_all_keys(tmp_path: Path) -> None:
    data = tmp_path / "reports.jsonl"
    data.write_text("".join(json.dumps({"lang": a, "title": b, "cluster": c}) + "\n" for a, b, c in ROWS))
    result = ran("--data", str(data), "--ours-only")
    assert result.keys() >= KEYS
    assert result["items"] == len(ROWS)
    assert result["quality"]["test"]["languages"] == {"de": 2, "en": 3, "es": 1}
    assert "de-en" in result["quality"]["test"]["ours"]["language_pairs"]
    assert 0 < result["bcubed_f1_test"] <= 1


@pytest.mark.slow
def test_every_baseline_is_scored_on_the_same_items_or_says_what_it_lacks(tmp_path: Path) -> None:
    made = Labelled("small", items())
    small = Prepared(made, open_embedder("hash"), StoriesConfig(), memory=tmp_path / "memory.json")
    lines: list[str] = []
    result = compare(small, Tuning(small), lines.append)
    assert {"headline_jaccard", "tfidf_translated", "single_link_060_veto"} <= result["baselines"].keys()
    for name, found in result["baselines"].items():
        assert any(name in line for line in lines)
        assert {"bcubed_f1", "ours_is_better_by", "seconds"} <= found.keys() or "not installed" in found["error"]


@pytest.mark.slow
def test_speed_and_copies_are_measured_in_processes_of_their_own() -> None:
    fast = ran("--speed-only", "--sizes", "40,80", "--stream", "20,3")
    assert fast.keys() >= KEYS
    assert [row["items"] for row in fast["speed"]["sizes"]] == [40, 80]
    assert fast["items"] == 80
    assert fast["peak_mb"] > 20
    assert len(fast["speed"]["growth"]["between"]) == 1
    assert fast["speed"]["stream"]["days"] == 3
    found = ran("--copies-only", "--sizes", "100")["copies"]
    assert found["ours"][0]["f1"] > 0.5
    assert all({"f1", "error"} & rows[0].keys() for rows in found.values())


def test_a_wrong_row_ends_the_run_with_its_file_line_and_field(tmp_path: Path) -> None:
    data = tmp_path / "reports.csv"
    data.write_text("lang,title,event\nen,Bridge closed,\n")
    argv = [sys.executable, str(BENCHMARK), "--data", str(data)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"{data}: line 2, event" in done.stderr
    assert "Traceback" not in done.stderr


def test_our_groups_are_numbered_item_by_item_in_any_language() -> None:
    reports, embedder = items(), open_embedder("hash")
    groups = evaluate(reports, vectors_of(reports, embedder), embedder)
    assert len(groups) == len(reports)
    assert groups[0] == groups[1] != groups[4]
    backwards = evaluate(reports[::-1], vectors_of(reports, embedder), embedder)
    assert [groups[i] == groups[j] for i in range(6) for j in range(6)] == [
        backwards[5 - i] == backwards[5 - j] for i in range(6) for j in range(6)
    ]


def test_headlines_of_the_same_words_are_one_event_while_the_story_lives() -> None:
    reports = items()
    groups = by_headlines(reports, live_days=4)
    assert groups[0] == groups[1] != groups[2]
    assert groups[2] == groups[3]
    judged = reports[0].judged
    article = replace(judged.article, published_at=judged.article.published_at.replace(day=20))
    reports[0] = replace(reports[0], judged=replace(judged, article=article))
    assert len(set(by_headlines(reports, live_days=4))) == len(set(groups)) + 1


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=6), max_size=12), st.sampled_from([0.3, 0.55, 1.0]))
def test_no_pair_of_like_headlines_is_missed(titles: list[frozenset[str]], cut: float) -> None:
    found = set(baselines._alike(titles, cut))
    assert found == {
        (i, j)
        for i, a in enumerate(titles)
        for j, b in enumerate(titles[:i])
        if a and b and len(a & b) >= cut * len(a | b)
    }


def test_a_single_link_is_cut_by_the_veto_and_by_time() -> None:
    rows = np.eye(4, dtype=np.float32)[[0, 0, 0, 1]]
    places = np.array([[1, 0], [0, 1], [0, 0], [1, 0]], dtype=np.float32)
    free, none = Veto([np.zeros((4, 1), np.float32)]), np.zeros(4)
    assert SingleLink(rows, none, free, 4).groups(0.6) == [0, 0, 0, 3]
    assert SingleLink(rows[:2], none[:2], Veto([places[:2]]), 4).groups(0.6) == [0, 1]
    assert SingleLink(rows, none, Veto([places]), 4).groups(0.6) == [0, 0, 0, 3]  # by the report without a place
    assert SingleLink(rows, np.array([0.0, 9.0, 1.0, 2.0]), free, 4).groups(0.6) == [0, 1, 0, 3]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_pairs_and_rows_of_a_matrix_join_alike(pairs: list[tuple[int, int]]) -> None:
    matrix = np.eye(8, dtype=bool)
    for i, j in pairs:
        matrix[i, j] = matrix[j, i] = True
    assert joined(8, pairs) == joined_rows(matrix)


def test_the_lowest_of_the_best_thresholds_is_taken() -> None:
    gold = Gold(["a", "a", "b"], ["en", "es", "en"])
    tuned = best_cut(gold, [0.1, 0.2, 0.3, 0.4], lambda cut: [0, 0, int(0.2 <= cut < 0.4)])
    assert (tuned.cut, tuned.f1) == (0.2, 1.0)


def test_a_margin_over_oneself_is_none() -> None:
    gold = Gold(["a", "a", "b"], ["en", "es", "en"])
    assert margin(gold, [0, 0, 1], [0, 0, 1]) == {"f1": 0.0, "low": 0.0, "high": 0.0}
    assert margin(gold, [0, 0, 1], [0, 1, 2])["f1"] > 0
    assert judge(gold, [0, 0, 1], 0.5).by_languages["en-es"][0] == 1


def test_what_is_missing_says_how_to_get_it() -> None:
    with pytest.raises(NotInstalled, match=r"pip install --group bench"):
        library("no_such_library.part", "no-such-library")


def test_plantings_repeat_from_their_seed_and_know_their_events_and_copies() -> None:
    planted, again, other = plant(400), plant(400), plant(400, seed=8)
    assert [j.article for j in planted.reports] == [j.article for j in again.reports]
    assert [j.article for j in planted.reports] != [j.article for j in other.reports]
    assert len(planted.reports) == len(planted.vectors) == len(planted.events) == 400
    at = {j.id: j.article.published_at for j in planted.reports}
    language = {j.id: j.language for j in planted.reports}
    for copy, original in planted.original_of.items():
        assert planted.events[copy] == planted.events[original]
        assert language[copy] == language[original]
        assert at[copy] > at[original]
        assert original not in planted.original_of
    assert 0.05 < len(planted.original_of) / 400 < 0.2
    assert np.allclose([np.linalg.norm(row) for row in planted.vectors.values()], 1, atol=1e-5)


def test_planted_events_are_found_and_so_are_their_copies() -> None:
    assert speed.batch(300)["bcubed_f1_planted"] > 0.8
    found = copies.measure("ours", 300)
    assert found["precision"] > 0.8
    assert found["recall"] > 0.8


def test_copies_are_scored_by_the_reports_that_are_repeated() -> None:
    texts = ["a", "a", "b", "c", "d"]
    assert copies.repeated_fit(texts, [0, 0, 1, 2, 3]).f1 == 1.0
    assert copies.repeated_fit(texts, [0, 0, 1, 1, 3]) == Fit(0.75, 1.0)
    assert copies.repeated_fit(texts, [0, 1, 2, 3, 4]) == Fit(1.0, 0.5)


def test_growth_is_the_exponent_of_seconds_over_items() -> None:
    rows = [{"items": size, "cpu_seconds": 2e-4 * size**1.5} for size in (1000, 10_000, 100_000)]
    assert speed.growth(rows) == {"exponent": 1.5, "between": [1.5, 1.5]}
    assert speed.growth(rows[:1])["exponent"] is None
