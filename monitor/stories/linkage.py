"""Group-average linkage with frozen groups, on links instead of a matrix. Pure.

Group-average (UPGMA): the similarity of two groups is the mean over all pairs of their members (Sokal and Michener
1958); the most similar two are merged as long as that mean reaches the threshold. A mean reaches it only if one of its
pairs does. So only groups with such a pair, which are linked, have to be looked at, and what comes out is what a matrix
of everything would give, in memory that grows with the links.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count


@dataclass(frozen=True, slots=True)
class Total:
    """Similarities of two groups, summed over all pairs of their points, in millionths."""

    value: int
    exact: bool = True  # else an upper bound

    def __add__(self, other: "Total") -> "Total":
        return Total(self.value + other.value, self.exact and other.exact)


@dataclass(frozen=True, slots=True)
class Link:
    """Two groups with a pair of points at or above the threshold."""

    a: int
    b: int
    total: Total


Points = Sequence[int]
Totals = Callable[[Points, Sequence[Points], Sequence[int]], Sequence[Total]]
"""Of some points with those of each group; exact at least where the sum may reach the number given for the group."""


def group_average(
    groups: Sequence[Points], frozen: Sequence[bool], links: Iterable[Link], totals: Totals, threshold: int
) -> list[int]:
    """The group each group ends in, as the index of that group's root.

    `threshold` is in millionths. Two frozen groups never end together; a frozen one is always the root. Ties go to the
    lower index, and sums are whole numbers: equal input gives equal output.
    """
    linkage = _Linkage(groups, frozen, totals, threshold)
    for link in links:
        linkage.link(link.a, link.b, link.total)
    while linkage.queue:
        _, a, b, _, total = heappop(linkage.queue)
        if linkage.linked[a].get(b) is total:  # else one of the two has changed since
            linkage.merge(a, b)
    return [linkage.root(k) for k in range(len(groups))]


class _Linkage:
    """The state of one run: points of living groups, what is known of linked ones, and a queue of what may merge."""

    def __init__(self, groups: Sequence[Points], frozen: Sequence[bool], totals: Totals, threshold: int) -> None:
        self.points, self.frozen = [list(group) for group in groups], frozen
        self.totals, self.threshold = totals, threshold
        self.parent = list(range(len(groups)))
        self.linked: list[dict[int, Total]] = [{} for _ in groups]
        self.queue: list[tuple[float, int, int, int, Total]] = []
        self._serial = count()

    def link(self, a: int, b: int, total: Total) -> None:
        """Note what is known of two groups; they are queued if they may merge."""
        if self.frozen[a] and self.frozen[b]:
            return
        if not total.exact and total.value >= self._needed(a, b):
            (total,) = self.totals(self.points[a], [self.points[b]], [self._needed(a, b)])
        self.linked[a][b] = self.linked[b][a] = total
        if total.exact and total.value >= self._needed(a, b):
            mean = total.value / (len(self.points[a]) * len(self.points[b]))
            heappush(self.queue, (-mean, min(a, b), max(a, b), next(self._serial), total))

    def _needed(self, a: int, b: int) -> int:
        """The total at which the mean of two groups reaches the threshold."""
        return self.threshold * len(self.points[a]) * len(self.points[b])

    def merge(self, a: int, b: int) -> None:
        """Merge two groups; the frozen one stays, else the lower index."""
        keep, drop = (b, a) if self.frozen[b] or (not self.frozen[a] and b < a) else (a, b)
        around = sorted((self.linked[keep].keys() | self.linked[drop].keys()) - {keep, drop})
        if self.frozen[keep]:
            around = [k for k in around if not self.frozen[k]]
        self._complete(keep, drop, around)
        known = [(k, self.linked[keep][k] + self.linked[drop][k]) for k in around]
        for k in self.linked[drop]:
            self.linked[k].pop(drop, None)
        self.linked[drop].clear()
        self.parent[drop] = keep
        self.points[keep] += self.points[drop]
        for k, total in known:
            self.link(keep, k, total)

    def _complete(self, a: int, b: int, around: Sequence[int]) -> None:
        """What is known of one of two groups about to merge is found out for the other, too."""
        for one, other in ((a, b), (b, a)):
            lacking = [k for k in around if k not in self.linked[one]]
            if lacking:
                needed = [self._needed(a, k) + self._needed(b, k) - self.linked[other][k].value for k in lacking]
                found = self.totals(self.points[one], [self.points[k] for k in lacking], needed)
                self.linked[one].update(zip(lacking, found, strict=True))

    def root(self, k: int) -> int:
        while self.parent[k] != k:
            k = self.parent[k]
        return k
