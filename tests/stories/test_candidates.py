"""Which pairs are compared: the true nearest of few reports, an index's nearest of many."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.stories.candidates import PARTNERS, best, find_pairs
from monitor.stories.joining import Field, find_edges, find_homes
from monitor.stories.space import MILLION, Space
from monitor.stories.words import read_words
from tests.stories.conftest import NOON, report

CUT = 170_000
SAME_EVENT = 0.34


def _name(event: int) -> str:
    return "".join("bcdfglmnpr"[event // 10**place % 10] for place in range(5))


def planted(n: int, seed: int, *, per_event: int = 5, live: int = 0) -> Field:
    """Points of events with a rare word each, in two languages; the first `live` events are live stories."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n // per_event + 1, 48))
    rows = centres[np.arange(n) // per_event] + rng.normal(size=(n, 48)) * 0.9
    languages = rng.choice(["en", "es"], size=n)
    titles = [f"{_name(k // per_event)} number{k}" for k in range(n)]
    judged = [report(title, hours=float(rng.uniform(0, 30))) for title in titles]
    space = Space(
        rows=(rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32),
        days=np.array([(j.article.published_at - NOON) / timedelta(days=1) for j in judged]),
        languages=languages,
        articles=[j.article for j in judged],
        words=read_words(titles),
        decay=0.06,
    )
    stories = [list(range(k * per_event, (k + 1) * per_event)) for k in range(live)]
    groups = [*stories, *([k] for k in range(live * per_event, n))]
    asking = np.arange(n) >= live * per_event
    return Field(space, groups, [len(group) > 1 for group in groups], asking)


def events(homes: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(homes == home).tolist()) for home in set(homes.tolist())}


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 4))
def test_with_and_without_the_index_the_same_events_are_found(seed: int, live: int) -> None:
    field = planted(120, seed, live=live)
    exact, indexed = (find_edges(field, SAME_EVENT, exact_up_to=size) for size in (120, 119))
    assert events(find_homes(field, indexed, SAME_EVENT)) == events(find_homes(field, exact, SAME_EVENT))


def test_among_thousands_the_index_finds_each_report_one_of_its_event() -> None:
    """So many that only some cells are seen."""
    field = planted(6_000, 11)
    pairs = find_pairs(field.space, field.group_of, field.asking, cut=CUT)
    same = pairs.i // 5 == pairs.j // 5
    found = np.union1d(pairs.i[same], pairs.j[same])
    assert len(found) >= 0.995 * 6_000


@pytest.mark.parametrize("exact_up_to", [10**6, 0])
def test_pairs_are_bounded_ordered_and_never_within_a_story_or_between_two(exact_up_to: int) -> None:
    field = planted(400, 5, live=20)
    pairs = find_pairs(field.space, field.group_of, field.asking, cut=CUT, exact_up_to=exact_up_to)
    assert 0 < len(pairs.i) <= PARTNERS * field.asking.sum()
    assert (pairs.i < pairs.j).all()
    keys = pairs.i * len(field.space) + pairs.j
    assert (np.diff(keys) > 0).all()
    assert (field.asking[pairs.i] | field.asking[pairs.j]).all()
    assert (field.group_of[pairs.i] != field.group_of[pairs.j]).all()
    assert (pairs.likeness >= CUT).all()
    np.testing.assert_array_equal(pairs.likeness, field.space.likeness_of(pairs.i, pairs.j))


def test_without_the_index_no_pair_above_the_cut_is_lost_while_partners_are_few() -> None:
    field = planted(60, 9)
    pairs = find_pairs(field.space, field.group_of, field.asking, cut=CUT)
    matrix = np.concatenate([part for _, part in field.space.likeness(np.arange(60))])
    expected = {(i, j) for i in range(60) for j in range(i + 1, 60) if matrix[i, j] >= CUT}
    assert set(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True)) == expected


def test_a_rare_word_finds_what_vectors_do_not() -> None:
    """Vectors that have nothing to do with events, and events of two reports with a name in common."""
    field = planted(400, 3, per_event=2)
    rows = np.random.default_rng(3).normal(size=(400, 500)).astype(np.float32)
    space = replace(field.space, rows=rows / np.linalg.norm(rows, axis=1, keepdims=True), decay=0.0)
    pairs = find_pairs(space, field.group_of, field.asking, cut=-MILLION, exact_up_to=0)
    found = set(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True))
    assert all((k, k + 1) in found for k in range(0, 400, 2))


def test_nothing_to_compare_gives_no_pairs() -> None:
    field = planted(4, 1)
    none = find_pairs(field.space, field.group_of, np.zeros(4, dtype=bool), cut=CUT, exact_up_to=0)
    assert len(none.i) == len(none.j) == len(none.likeness) == 0


def test_the_best_of_a_row_are_the_largest_then_the_first() -> None:
    matrix = np.array([[0.5, 0.9, 0.5, 0.5], [0.1, 0.2, 0.3, 0.4]])
    rows, columns = best(matrix, 2, 0.25)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 1), (0, 0), (1, 3), (1, 2)]
