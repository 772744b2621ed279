"""Groups out of pairs: whatever is connected is one group (single link)."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Groups = Sequence[int]
"""The number of the group each item is in."""


def joined(size: int, pairs: Iterable[tuple[int, int]]) -> Groups:
    """The groups that pairs make of `size` items (union-find), named by their lowest item."""
    parent = list(range(size))
    for pair in pairs:
        a, b = sorted(_root(parent, k) for k in pair)
        parent[b] = a
    return [_root(parent, k) for k in range(size)]


def _root(parent: list[int], k: int) -> int:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


def joined_rows(rows: Iterable[npt.NDArray[np.bool_]]) -> Groups:
    """The same from the rows of a full matrix, as they come: which items each item is joined with."""
    labels = np.empty(0, dtype=np.int64)
    for item, others in enumerate(rows):
        if not len(labels):
            labels = np.arange(len(others))
        met = np.unique(np.append(labels[others], labels[item]))
        if len(met) > 1:
            labels[np.isin(labels, met[1:])] = met[0]
    return [int(label) for label in labels]
