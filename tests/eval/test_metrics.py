"""The scores are what their definitions say, counted without looking at every pair."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eval.metrics import (
    Fit,
    bcubed,
    bcubed_cross,
    bcubed_items,
    count_pairs,
    language_pair_fit,
    link_share,
    pair_fit,
    resampled_f1,
)

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["en", "es", "de"])), min_size=1)
GOLD = ["storm", "storm", "storm", "storm", "vote", "vote"]
FOUND = ["a", "a", "b", "b", "b", "b"]
TOLD = ["en", "es", "en", "es", "en", "en"]


def counted(rows: list[tuple[int, int, str]], keep: set[frozenset[str]]) -> Fit:
    """Pair precision and recall by looking at every pair."""
    pairs = [(a, b) for a, b in combinations(rows, 2) if frozenset((a[2], b[2])) in keep]
    gold, found = ([a[k] == b[k] for a, b in pairs] for k in (0, 1))
    hits = sum(g and f for g, f in zip(gold, found, strict=True))
    return Fit(hits / sum(found) if any(found) else 1.0, hits / sum(gold) if any(gold) else 1.0)


@given(ROWS)
def test_pairs_are_counted_as_if_each_were_looked_at(rows: list[tuple[int, int, str]]) -> None:
    gold, found, told = ([row[k] for row in rows] for k in (0, 1, 2))
    languages = ("en", "es", "de")
    across = {frozenset((a, b)) for a in languages for b in languages if a != b}
    assert pair_fit(gold, found) == counted(rows, across | {frozenset((a,)) for a in languages})
    assert pair_fit(gold, found, told) == counted(rows, across)
    for pair in (("en", "en"), ("en", "es"), ("de", "en")):
        assert language_pair_fit(gold, found, told, pair) == counted(rows, {frozenset(pair)})
        gold_pairs = [(a, b) for a, b in combinations(rows, 2) if a[0] == b[0] and {a[2], b[2]} == set(pair)]
        assert count_pairs(gold, told, pair) == len(gold_pairs)


def test_bcubed_is_the_mean_of_what_each_item_finds_in_its_group() -> None:
    assert bcubed_items(GOLD, FOUND)[:1] == [Fit(1.0, 0.5)]
    assert bcubed(GOLD, FOUND).precision == pytest.approx((1 + 1 + 0.5 * 4) / 6)
    assert bcubed(GOLD, FOUND).recall == pytest.approx((0.5 * 4 + 1 + 1) / 6)


def test_bcubed_across_languages_counts_the_items_of_events_told_in_two() -> None:
    found = bcubed_cross(GOLD, FOUND, TOLD)
    assert (found.precision, found.recall) == pytest.approx((0.75, 0.5))
    assert bcubed_cross(GOLD, FOUND, ["en"] * 6) == Fit(1.0, 1.0)


def test_an_event_is_linked_when_its_languages_are_mostly_in_one_group() -> None:
    assert link_share(GOLD, ["a", "a", "a", "b", "c", "c"], TOLD) == 1.0
    assert link_share(GOLD, ["a", "b", "a", "b", "c", "c"], TOLD) == 0.0


def test_samples_of_events_are_drawn_from_the_seed_and_lie_around_the_score() -> None:
    gold = [k // 4 for k in range(200)]
    found = [k // 4 if k % 3 else -k for k in range(200)]
    drawn = resampled_f1(gold, found, rounds=200)
    assert np.array_equal(drawn, resampled_f1(gold, found, rounds=200))
    assert drawn.min() < bcubed(gold, found).f1 < drawn.max()
    assert np.array_equal(resampled_f1(gold, gold, rounds=5), np.ones(5))
