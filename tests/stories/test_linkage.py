"""Group-average linkage merges by mean similarity, frozen groups never meet, and links do for a matrix."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.linkage import Link, Total, group_average

MILLION = 1_000_000
HALF = MILLION // 2
Matrix = npt.NDArray[np.int64]


class Sums:
    """Sums over a matrix of similarities; counts for how many groups it was asked, and gives bounds like a space."""

    def __init__(self, matrix: Matrix, slack: int = 0) -> None:
        self.matrix, self.slack, self.exact = matrix, slack, 0

    def __call__(self, points: Sequence[int], groups: Sequence[Sequence[int]], needed: Sequence[int]) -> list[Total]:
        found = []
        for group, least in zip(groups, needed, strict=True):
            total = int(self.matrix[np.ix_(points, group)].sum())
            bound = total + self.slack * len(points) * len(group)
            found.append(Total(total) if bound >= least else Total(bound, exact=False))
            self.exact += bound >= least
        return found


def _link(
    values: Sequence[Sequence[float]], groups: Sequence[Sequence[int]] = (), frozen: Sequence[bool] = (), slack: int = 0
) -> list[int]:
    matrix = np.rint(np.array(values) * MILLION).astype(np.int64)
    groups = groups or [[k] for k in range(len(matrix))]
    frozen = frozen or [False] * len(groups)
    sums = Sums(matrix, slack)
    links = []
    for a, b in combinations(range(len(groups)), 2):
        if (matrix[np.ix_(groups[a], groups[b])] >= HALF).any():
            (total,) = sums(groups[a], [groups[b]], [0])
            links.append(Link(a, b, total))
    return group_average(groups, frozen, links, sums, HALF)


def test_a_chain_is_not_enough() -> None:
    """The mean counts: the third is near the second, but not near the two together."""
    assert _link([[1, 0.9, 0.1], [0.9, 1, 0.6], [0.1, 0.6, 1]]) == [0, 0, 2]


def test_two_frozen_groups_stay_two_and_the_newcomer_goes_to_the_nearer() -> None:
    assert _link([[1, 0.9, 0.7], [0.9, 1, 0.8], [0.7, 0.8, 1]], frozen=[True, True, False]) == [0, 1, 1]


def test_the_frozen_group_is_the_root() -> None:
    assert _link([[1, 0.9], [0.9, 1]], frozen=[False, True]) == [1, 1]


def test_all_reports_of_a_live_story_count() -> None:
    """One of its two reports is near, the mean is not."""
    values = [[1, 1, 0.8], [1, 1, 0.1], [0.8, 0.1, 1]]
    assert _link(values, groups=[[0, 1], [2]], frozen=[True, False]) == [0, 1]


def _planted(n: int, seed: int) -> npt.NDArray[np.float64]:
    rows = np.random.default_rng(seed).normal(size=(n, 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity: npt.NDArray[np.float64] = np.round(rows @ rows.T, 6)
    return similarity


@given(st.integers(2, 14), st.integers(0, 2**32 - 1), st.sampled_from([0, 150_000]))
def test_equals_plain_group_average(n: int, seed: int, slack: int) -> None:
    """The same groups as the textbook algorithm, which compares all pairs of groups at every step."""
    similarity = _planted(n, seed)
    groups = [[k] for k in range(n)]
    while len(groups) > 1:
        pairs = [(float(similarity[np.ix_(a, b)].mean()), a, b) for i, a in enumerate(groups) for b in groups[i + 1 :]]
        best, a, b = max(pairs, key=lambda pair: pair[0])
        if best < 0.5:
            break
        groups = [g for g in groups if g not in (a, b)] + [a + b]
    roots = _link(similarity.tolist(), slack=slack)
    assert sorted(sorted(k for k in range(n) if roots[k] == r) for r in set(roots)) == sorted(map(sorted, groups))


def test_what_cannot_reach_the_threshold_is_not_summed_exactly() -> None:
    """Two near pairs, far from each other but for one link: the mean of the four stays a bound."""
    values = np.full((4, 4), -0.5)
    values[0, 1] = values[1, 0] = values[2, 3] = values[3, 2] = 0.9
    values[1, 2] = values[2, 1] = 0.6
    matrix = np.rint(values * MILLION).astype(np.int64)
    sums = Sums(matrix, slack=100_000)
    links = [Link(a, b, Total(int(matrix[a, b]))) for a, b in ((0, 1), (1, 2), (2, 3))]
    assert group_average([[0], [1], [2], [3]], [False] * 4, links, sums, HALF) == [0, 0, 2, 2]
    assert sums.exact == 0
