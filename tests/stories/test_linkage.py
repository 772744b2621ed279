"""Group-average linkage merges by mean similarity, and frozen groups never meet."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.linkage import group_average


def _link(sums: list[list[float]], frozen: list[bool], threshold: float = 0.5) -> list[int]:
    return group_average(np.array(sums), np.ones(len(sums)), np.array(frozen), threshold)


def test_a_chain_is_not_enough() -> None:
    """The mean counts: the third is near the second, but not near the two together."""
    assert _link([[1, 0.9, 0.1], [0.9, 1, 0.6], [0.1, 0.6, 1]], [False] * 3) == [0, 0, 2]


def test_two_frozen_groups_stay_two_and_the_newcomer_goes_to_the_nearer() -> None:
    assert _link([[1, 0.9, 0.7], [0.9, 1, 0.8], [0.7, 0.8, 1]], [True, True, False]) == [0, 1, 1]


def test_the_frozen_group_is_the_root() -> None:
    assert _link([[1, 0.9], [0.9, 1]], [False, True]) == [1, 1]


@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_equals_plain_group_average(n: int, seed: int) -> None:
    """The same groups as the textbook algorithm, which compares all pairs of groups at every step."""
    rows = np.random.default_rng(seed).normal(size=(n, 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity = rows @ rows.T
    groups = [[k] for k in range(n)]
    while len(groups) > 1:
        pairs = [(float(similarity[np.ix_(a, b)].mean()), a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
        best, a, b = max(pairs, key=lambda pair: pair[0])
        if best < 0.5:
            break
        groups = [g for g in groups if g not in (a, b)] + [a + b]
    roots = group_average(similarity, np.ones(n), np.zeros(n, dtype=bool), 0.5)
    assert sorted(sorted(k for k in range(n) if roots[k] == r) for r in set(roots)) == sorted(map(sorted, groups))
