"""Which pairs of reports are worth comparing: not all pairs, from some thousand reports on. Pure.

Each report that asks (the new ones) gets at most `PARTNERS` others of likeness at or above a cut, the most alike first.
Up to `EXACT_UP_TO` reports everything is compared and these are the true nearest. Beyond, they are looked for in two
places: by vectors in the `_CELLS_SEEN` nearest of many cells (an inverted file: centres by k-means, Jégou, Douze and
Schmid, "Product quantization for nearest neighbor search", 2011, section IV), once in the report's own language and
once in the others, and by words among the holders of the same rare stems.

What can be lost: a pair of which neither is among the other's nearest, and beyond `EXACT_UP_TO` one that is in no
common cell and shares no rare stem. Linkage needs one good pair per report, not all; docs/decisions/0015-candidates.md
says how much was lost. The answer depends on the points only, but two machines may round a tie of cells differently.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.stories.space import MILLION, Counts, Indices, Matrix, Space

EXACT_UP_TO = 4_000
PARTNERS = 36

_BLOCK = 512  # reports compared with all others at a time: bounds memory
_PER_CELL = 64  # reports in a cell, on average
_CELLS_SEEN = 96
_BATCH = 16_384  # reports that look for partners at a time: bounds memory
_ROUNDS = 4  # of k-means; more moved nothing
_SAMPLE = 16  # reports per centre that k-means reads
_BY_VECTORS = 12  # partners a report gets by vectors, in its language and in others, each
_BY_WORDS = 12
_COMMON = 120  # a stem in more reports finds nothing: its holders are no event, or vectors find them, too
_SURER = 100_000  # millionths above the cut: with an index, no bonus over .05 is hoped for (-.0015 on labelled reports)
_KEPT = 12  # of what the index found, those of which reasons are read: a crowd must not cost more a report
_LEAST_NEAR = 0.05  # below, it takes so many words in common that words find it


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of points, i < j, ascending, each once, with their likeness in millionths."""

    i: Indices
    j: Indices
    likeness: Counts


def find_pairs(
    space: Space, groups: Indices, asking: npt.NDArray[np.bool_], *, cut: int, exact_up_to: int = EXACT_UP_TO
) -> Pairs:
    """The pairs to compare: of two different groups (given per point), at least one asks; `cut` is in millionths."""
    everything = len(space) <= exact_up_to
    found = _everywhere(space, groups, asking, cut) if everything else _by_index(space, groups, asking)
    keys = [np.minimum(i, j) * len(space) + np.maximum(i, j) for i, j in found]
    key = np.unique(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.intp)
    i, j = np.divmod(key, max(len(space), 1))
    likeness = space.likeness_of(i, j)
    kept = likeness >= (cut if everything else cut + _SURER)
    pairs = Pairs(i[kept], j[kept], likeness[kept])
    return pairs if everything else _nearest_pairs(pairs, _KEPT)


def _nearest_pairs(pairs: Pairs, count: int) -> Pairs:
    """The pairs that are among the `count` most alike of one of the two; ties go to the earlier point."""
    one, other = np.concatenate((pairs.i, pairs.j)), np.concatenate((pairs.j, pairs.i))
    order = np.lexsort((other, -np.tile(pairs.likeness, 2), one))
    rank = np.arange(len(order)) - np.searchsorted(one[order], one[order])
    kept = np.unique(order[rank < count] % max(len(pairs.i), 1))
    return Pairs(pairs.i[kept], pairs.j[kept], pairs.likeness[kept])


Found = Iterator[tuple[Indices, Indices]]
Cells = npt.NDArray[np.int32]


def _everywhere(space: Space, groups: Indices, asking: npt.NDArray[np.bool_], cut: int) -> Found:
    """The nearest of all."""
    askers = np.flatnonzero(asking)
    for start in range(0, len(askers), _BLOCK):
        for own, likeness in space.likeness(askers[start : start + _BLOCK]):
            matrix = likeness.astype(np.float64)
            matrix[groups[own][:, None] == groups[None]] = -np.inf
            rows, columns = best(matrix, PARTNERS, cut)
            yield own[rows], columns


def _by_index(space: Space, groups: Indices, asking: npt.NDArray[np.bool_]) -> Found:
    yield from _by_vectors(space, groups, asking)
    yield from _by_words(space, groups, asking)


def best(matrix: npt.NDArray[np.floating[Any]], count: int, floor: float) -> tuple[Indices, Indices]:
    """Rows and columns of the `count` largest values of each row at or above `floor`; ties go to the lower column."""
    least = np.full(len(matrix), float(floor))
    if matrix.shape[1] > count:
        least = np.maximum(least, np.partition(matrix, -count, axis=1)[:, -count])
    rows, columns = np.nonzero(matrix >= least[:, None])
    order = np.lexsort((columns, -matrix[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    return rows[rank < count], columns[rank < count]


# ---------------------------------------------------------------- by vectors


def _by_vectors(space: Space, groups: Indices, asking: npt.NDArray[np.bool_]) -> Found:
    """The nearest by vectors, days and language in the cells nearest to each report."""
    centres = _centres(space.rows)
    cell = _nearest(space.rows, centres)
    order = np.argsort(cell, kind="stable")
    sizes = np.bincount(cell, minlength=len(centres))
    members = np.split(order, np.cumsum(sizes)[:-1])
    askers = np.flatnonzero(asking)
    for start in range(0, len(askers), _BATCH):
        own = askers[start : start + _BATCH]
        seen, rows = _cells_seen(space.rows[own], centres)
        ends = np.searchsorted(seen, np.arange(len(centres) + 1, dtype=np.int32))
        nearest = [_Nearest(len(own)) for _ in ("own language", "others")]
        for number in np.flatnonzero(np.diff(ends) * sizes):
            looking = rows[ends[number] : ends[number + 1]]
            matrix, across = _compared(space, groups, own[looking], members[number])
            for found, hidden in zip(nearest, (across, ~across), strict=True):
                found.add(looking, members[number], np.where(hidden, _NOTHING, matrix))
        for found in nearest:
            one, other = found.pairs()
            yield own[one], other


def _compared(
    space: Space, groups: Indices, own: Indices, others: Indices
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """What vectors, languages and days say, and which pairs are across languages."""
    matrix = space.near(own, others).astype(np.float32)
    matrix[groups[own][:, None] == groups[others][None]] = _NOTHING
    return matrix, space.languages[own][:, None] != space.languages[others][None]


_NOTHING = np.float32(-9)


class _Nearest:
    """The `_BY_VECTORS` nearest seen so far of each of some reports."""

    def __init__(self, count: int) -> None:
        self.values = np.full((count, _BY_VECTORS), _NOTHING, dtype=np.float32)
        self.points = np.zeros((count, _BY_VECTORS), dtype=np.intp)

    def add(self, rows: Cells, points: Indices, values: npt.NDArray[np.float32]) -> None:
        """Look at more points for some rows: `values` is (len(rows), len(points))."""
        better = np.flatnonzero(values.max(axis=1) > self.values[rows].min(axis=1))
        rows, values = rows[better], np.concatenate((self.values[rows[better]], values[better]), axis=1)
        columns = np.argpartition(-values, _BY_VECTORS - 1, axis=1)[:, :_BY_VECTORS]
        seen = np.concatenate((self.points[rows], np.broadcast_to(points, (len(rows), len(points)))), axis=1)
        self.values[rows] = np.take_along_axis(values, columns, axis=1)
        self.points[rows] = np.take_along_axis(seen, columns, axis=1)

    def pairs(self) -> tuple[Indices, Indices]:
        """Each row with each of its points."""
        rows, columns = np.nonzero(self.values >= _LEAST_NEAR)
        return rows, self.points[rows, columns]


def _cells_seen(rows: npt.NDArray[np.float32], centres: npt.NDArray[np.float32]) -> tuple[Cells, Cells]:
    """The cells to look into, ascending, each with the number of a row that looks into it."""
    seen = np.zeros((len(rows), min(_CELLS_SEEN, len(centres))), dtype=np.int32)
    for start in range(0, len(rows), _BLOCK):
        block = np.round(rows[start : start + _BLOCK] @ centres.T, 5)
        _, cells = best(block, _CELLS_SEEN, -np.inf)
        seen[start : start + _BLOCK] = cells.reshape(len(block), -1)  # as many for each row
    order = np.argsort(seen, axis=None, kind="stable").astype(np.int32)
    return seen.ravel()[order], order // np.int32(seen.shape[1])


def _centres(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Centres of cells: k-means on every so-manieth point, begun with some of them."""
    count = max(1, len(rows) // _PER_CELL)
    sample = rows[np.linspace(0, len(rows) - 1, min(len(rows), count * _SAMPLE)).astype(np.intp)]
    centres = sample[np.linspace(0, len(sample) - 1, count).astype(np.intp)]
    for _ in range(_ROUNDS):
        cell = _nearest(sample, centres)
        order = np.argsort(cell, kind="stable")
        held, firsts = np.unique(cell[order], return_index=True)
        centres = centres.copy()  # a centre that nothing is near stays where it is
        centres[held] = np.add.reduceat(sample[order], firsts, axis=0)
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return centres


def _nearest(rows: npt.NDArray[np.float32], centres: npt.NDArray[np.float32]) -> Indices:
    """The nearest centre of each row."""
    blocks = [rows[start : start + _BLOCK] @ centres.T for start in range(0, len(rows), _BLOCK)]
    return np.concatenate([np.round(block, 5).argmax(axis=1) for block in blocks])


# ---------------------------------------------------------------- by words


def _by_words(space: Space, groups: Indices, asking: npt.NDArray[np.bool_]) -> Found:
    """Those that share the most weight of rare stems."""
    words = space.words
    askers = np.flatnonzero(asking)
    for start in range(0, len(askers), _BLOCK):
        entries = words.rare_entries(askers[start : start + _BLOCK], _COMMON)
        holders, lengths = words.holders_of(words.numbers[entries])
        one = np.repeat(words.owners[entries], lengths)
        other = words.owners[holders]
        weight = np.repeat(words.weights[entries], lengths) * words.weights[holders]
        apart = groups[one] != groups[other]
        yield _heaviest(one[apart] * len(words) + other[apart], weight[apart], len(words))


def _heaviest(keys: Indices, weights: Matrix, n: int) -> tuple[Indices, Indices]:
    """The `_BY_WORDS` partners of the most weight for each report, of pairs given as one · n + other, once a stem."""
    pairs, number = np.unique(keys, return_inverse=True)
    weight = np.round(np.bincount(number, weights, len(pairs)) * MILLION)
    one, other = np.divmod(pairs, n)
    order = np.lexsort((other, -weight, one))
    rank = np.arange(len(order)) - np.searchsorted(one[order], one[order])
    kept = order[rank < _BY_WORDS]
    return one[kept], other[kept]
