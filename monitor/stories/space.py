"""Reports as points: how similar two are, and which of many could be one event. Pure.

Similarity of two reports = scaled cosine of their centred vectors + 0.7 · cosine of their words − decay · √days apart +
reasons (`evidence`). Across languages words count nearly twice, because fewer of them can meet, and 0.02 is added:
there the vectors of one event are further apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from monitor.records import Evidence
from monitor.stories.centring import Scale
from monitor.stories.evidence import MAX_BONUS, Features, adjustment, reasons
from monitor.stories.words import Profile, WordIndex, likeness, shared

Indices = Sequence[int]
Matrix = npt.NDArray[np.float64]

_BLOCK = 512  # rows compared at a time: bounds memory at 512 · n numbers
_TELLING = 0.05  # below this, reasons are not looked for: nothing makes one event of it
_WORDS, _WORDS_ACROSS = 0.7, 1.3  # what a cosine of words is worth in units of cosine of vectors
_ENOUGH = 0.3  # cosine of words; what is nearer is a template, and its words prove no more
_ACROSS = 0.02
_SOME = 0.06  # cosine of words: a rare one, or two
_AGAINST = -0.07  # a weekday or a name may differ between angles of one event
_WORDS_SAID = 3
_DECIMALS = 6  # so that another machine's last digits cannot turn a decision


@dataclass(frozen=True, slots=True)
class Edge:
    """Two points (i < j) that come near the threshold."""

    i: int
    j: int
    similarity: float


@dataclass(frozen=True)
class Space:
    """Points, their groups (a live story, or one new report) and what their words say."""

    rows: npt.NDArray[np.float32]  # (n, d), centred, of length 1
    days: npt.NDArray[np.float64]  # (n,)
    languages: npt.NDArray[np.str_]  # (n,)
    features: Sequence[Features]
    profiles: Sequence[Profile]  # their words
    groups: Sequence[Indices]  # every point is in exactly one
    frozen: Sequence[bool]  # by group: a live story
    decay: float
    scale: Scale = field(default_factory=Scale)

    @cached_property
    def group_of(self) -> npt.NDArray[np.int64]:
        numbers = np.zeros(len(self.rows), dtype=np.int64)
        for number, points in enumerate(self.groups):
            numbers[list(points)] = number
        return numbers

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(self.profiles)

    def words(self, i: int, j: int) -> tuple[str, ...]:
        """The rarest words that two points have in common."""
        return shared(self.profiles[i], self.profiles[j])[:_WORDS_SAID]

    def agrees(self, edge: Edge) -> bool:
        """Whether two points have rare words in common and no reason of weight speaks against one event."""
        a, b = self.profiles[edge.i], self.profiles[edge.j]
        if likeness(a, b) < _SOME:
            return False
        return all(reason.weight > _AGAINST for reason in self.reasons(edge.i, edge.j))

    def reasons(self, i: int, j: int) -> tuple[Evidence, ...]:
        return reasons(self.features[i], self.features[j])

    def similarity(self, points: Indices) -> Matrix:
        """Similarities (n, n) between all of the points, reasons included."""
        matrix = self._likeness(points, points)
        for row, column in zip(*np.nonzero(np.triu(matrix >= _TELLING, k=1)), strict=True):
            matrix[row, column] += adjustment(self.reasons(points[row], points[column]))
        upper = np.triu(matrix, k=1)
        whole: Matrix = upper + upper.T + np.diag(matrix.diagonal())
        return whole

    def _likeness(self, a: Indices, b: Indices) -> Matrix:
        """What vectors, words, languages and days say."""
        rows, columns = list(a), list(b)
        apart = np.sqrt(np.abs(self.days[rows][:, None] - self.days[columns][None]))
        across = self.languages[rows][:, None] != self.languages[columns][None]
        words = np.minimum(self._index.cosines(rows)[:, columns], _ENOUGH) * np.where(across, _WORDS_ACROSS, _WORDS)
        near = self.scale(self.rows[rows] @ self.rows[columns].T) + words + across * _ACROSS - self.decay * apart
        matrix: Matrix = np.round(near, _DECIMALS).astype(np.float64)
        return matrix

    def edges(self, threshold: float) -> tuple[Edge, ...]:
        """Pairs of different groups, not both frozen, that reasons could lift to the threshold."""
        return tuple(edge for start in range(0, len(self.rows), _BLOCK) for edge in self._block(start, threshold))

    def _block(self, start: int, threshold: float) -> Iterable[Edge]:
        own = np.arange(start, min(start + _BLOCK, len(self.rows)))
        later = np.arange(start, len(self.rows))
        matrix = self._likeness(own.tolist(), later.tolist())
        frozen = np.array(self.frozen)[self.group_of]
        keep = (matrix >= threshold - MAX_BONUS) & (later[None] > own[:, None])
        keep &= self.group_of[own][:, None] != self.group_of[later][None]
        keep &= ~(frozen[own][:, None] & frozen[later][None])
        for row, column in zip(*np.nonzero(keep), strict=True):
            i, j = int(own[row]), int(later[column])
            yield Edge(i, j, float(matrix[row, column]) + adjustment(self.reasons(i, j)))

    def components(self, edges: Iterable[Edge], threshold: float) -> list[list[int]]:
        """Groups that could end in one story: connected by pairs at or above the threshold; singles are left out.

        Nothing is lost: a mean reaches the threshold only if one of its pairs does.
        """
        parent = list(range(len(self.groups)))
        for edge in edges:
            if edge.similarity >= threshold:
                a, b = (_find(parent, int(self.group_of[k])) for k in (edge.i, edge.j))
                parent[max(a, b)] = min(a, b)
        found: defaultdict[int, list[int]] = defaultdict(list)
        for group in range(len(self.groups)):
            found[_find(parent, group)].append(group)
        return [groups for groups in found.values() if len(groups) > 1]

    def sums(self, component: Sequence[int]) -> Matrix:
        """Sums of similarities between the groups of a component, over all pairs of their points."""
        points = [point for group in component for point in self.groups[group]]
        starts = np.cumsum([0, *(len(self.groups[group]) for group in component)])[:-1]
        by_row = np.add.reduceat(self.similarity(points), starts, axis=0)
        sums: Matrix = np.add.reduceat(by_row, starts, axis=1)
        return sums


def _find(parent: list[int], k: int) -> int:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k
