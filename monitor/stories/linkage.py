"""Group-average linkage with frozen groups. Pure.

Group-average (UPGMA): the similarity of two groups is the mean over all pairs of their members (Sokal and Michener
1958); the most similar two are merged as long as that mean reaches the threshold.
"""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
_NEVER = -9.0


def group_average(sums: Matrix, sizes: Matrix, frozen: npt.NDArray[np.bool_], threshold: float) -> list[int]:
    """The group each group ends in, as the index of that group's root.

    `sums` (n, n) are sums of similarities over all pairs of members, `sizes` (n,) the numbers of members. Two frozen
    groups never end together; a frozen one is always the root. Ties go to the lower index, so equal input gives equal
    output. Memory n², time n² per merge at worst: call it on connected components, not on everything.
    """
    linkage = _Linkage(sums.copy(), sizes.copy(), frozen.copy())
    while True:
        i = int(linkage.best_value.argmax())
        if linkage.best_value[i] < threshold:
            return [linkage.root(k) for k in range(len(sizes))]
        linkage.merge(i, int(linkage.best[i]))


class _Linkage:
    """The state of one run: means between living groups, and each group's best partner."""

    def __init__(self, sums: Matrix, sizes: Matrix, frozen: npt.NDArray[np.bool_]) -> None:
        self.sums, self.sizes, self.frozen = sums, sizes, frozen
        self.alive = np.ones(len(sizes), dtype=bool)
        self.parent = list(range(len(sizes)))
        self.means = sums / np.outer(sizes, sizes)
        self.means[np.ix_(frozen, frozen)] = _NEVER
        np.fill_diagonal(self.means, _NEVER)
        self.best = self.means.argmax(axis=1)
        self.best_value = self.means[np.arange(len(sizes)), self.best]

    def merge(self, i: int, j: int) -> None:
        """Merge two groups; the frozen one stays, else the lower index."""
        keep, drop = (j, i) if self.frozen[j] or (not self.frozen[i] and j < i) else (i, j)
        self.sums[keep] += self.sums[drop]
        self.sums[:, keep] += self.sums[:, drop]
        self.sizes[keep] += self.sizes[drop]
        self.frozen[keep] |= self.frozen[drop]
        self.alive[drop], self.parent[drop] = False, keep
        self._refresh(keep, drop)

    def _refresh(self, keep: int, drop: int) -> None:
        row = self.sums[keep] / (self.sizes[keep] * self.sizes)
        row[~self.alive] = _NEVER
        row[keep] = _NEVER
        if self.frozen[keep]:
            row[self.frozen] = _NEVER
        self.means[keep], self.means[:, keep] = row, row
        self.means[drop], self.means[:, drop] = _NEVER, _NEVER
        stale = np.flatnonzero(self.alive & ((self.best == keep) | (self.best == drop)))
        self.best[stale] = self.means[stale].argmax(axis=1)
        self.best_value[stale] = self.means[stale, self.best[stale]]
        better = np.flatnonzero(self.alive & (row > self.best_value))
        self.best[better], self.best_value[better] = keep, row[better]
        self.best[keep] = row.argmax()
        self.best_value[keep], self.best_value[drop] = row[self.best[keep]], _NEVER

    def root(self, k: int) -> int:
        while self.parent[k] != k:
            k = self.parent[k]
        return k
