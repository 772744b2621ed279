"""From pairs of reports to stories: who ends in one group, and which live stories turn out to be one. Pure.

Everything here speaks of points and groups by number; `cluster` knows their articles and ids. Group g is a live story
(frozen) or one new report; a home is the number of the group that a point's story began as.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from monitor.stories.candidates import EXACT_UP_TO, find_pairs
from monitor.stories.evidence import MAX_BONUS, VETO
from monitor.stories.linkage import Link, Total, group_average
from monitor.stories.space import MILLION, Counts, Indices, Space

FOR_ONE = 0.02  # below `same_event`: what one near report must reach to take a single one in
_CLEARLY = 0.05  # and nearer than to any other story
ONE_EVENT = 0.45  # mean similarity from which two live stories are one; see docs/decisions/0015-candidates.md


@dataclass(frozen=True)
class Field:
    """Points in their groups. `asking` are those that look for partners: new ones, and originals of new copies."""

    space: Space
    groups: Sequence[Sequence[int]]  # every point is in exactly one
    frozen: Sequence[bool]  # by group: a live story; all others have one point
    asking: npt.NDArray[np.bool_]  # by point

    @cached_property
    def group_of(self) -> Indices:
        numbers = np.zeros(len(self.space), dtype=np.intp)
        for number, points in enumerate(self.groups):
            numbers[list(points)] = number
        return numbers

    @cached_property
    def new(self) -> npt.NDArray[np.bool_]:
        """By point: it is in no live story."""
        return ~np.array(self.frozen, dtype=bool)[self.group_of]


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of points (i < j) of two groups that come near the threshold, if only without reasons; in millionths."""

    i: Indices
    j: Indices
    likeness: Counts
    similarity: Counts

    def at(self, which: npt.NDArray[np.bool_] | Indices) -> "Edges":
        return Edges(self.i[which], self.j[which], self.likeness[which], self.similarity[which])

    def both_ways(self) -> "Edges":
        """Each pair twice, from either side."""
        ends = np.concatenate((self.i, self.j)), np.concatenate((self.j, self.i))
        return Edges(*ends, np.tile(self.likeness, 2), np.tile(self.similarity, 2))


def millionths(similarity: float) -> int:
    return round(similarity * MILLION)


def find_edges(field: Field, threshold: float, *, exact_up_to: int = EXACT_UP_TO) -> Edges:
    """The pairs near enough to `threshold` (`same_event`) to matter: for linkage, for angles, and to be told about."""
    least = millionths(threshold - FOR_ONE - _CLEARLY)
    cut = millionths(threshold - FOR_ONE - MAX_BONUS)  # what reasons could lift into a story
    pairs = find_pairs(field.space, field.group_of, field.asking, cut=cut, exact_up_to=exact_up_to)
    similarity = field.space.similarity_of(pairs.i, pairs.j, pairs.likeness)
    edges = Edges(pairs.i, pairs.j, pairs.likeness, similarity)
    return edges.at((pairs.likeness >= least) | (similarity >= least))


# ---------------------------------------------------------------- reports to stories


def find_homes(field: Field, edges: Edges, threshold: float) -> Indices:
    """The home of each point, by group-average linkage."""
    least = millionths(threshold)
    links = _links(field, edges.at(edges.similarity >= least), least)
    roots = group_average(field.groups, field.frozen, links, field.space.totals, least)
    return np.array(roots, dtype=np.intp)[field.group_of]


def _links(field: Field, edges: Edges, least: int) -> Iterator[Link]:
    """What is known of linked groups to begin with: two new reports by their pair, others by all of theirs."""
    stories: defaultdict[int, set[int]] = defaultdict(set)
    for i, j, similarity in zip(edges.i.tolist(), edges.j.tolist(), edges.similarity.tolist(), strict=True):
        a, b = int(field.group_of[i]), int(field.group_of[j])
        if not (field.frozen[a] or field.frozen[b]):
            yield Link(a, b, Total(similarity))
        elif not (field.frozen[a] and field.frozen[b]):
            stories[b if field.frozen[a] else a].add(a if field.frozen[a] else b)
    for one, found in stories.items():
        points, around = field.groups[one], sorted(found)
        needed = [least * len(points) * len(field.groups[k]) for k in around]
        totals = field.space.totals(points, [field.groups[k] for k in around], needed)
        yield from (Link(one, k, total) for k, total in zip(around, totals, strict=True))


def find_angles(field: Field, edges: Edges, homes: Indices, threshold: float) -> Mapping[int, int]:
    """The homes of new reports left alone that are near one report of a story, though not near all of it.

    A reaction or a portrait follows one report of an event, and the mean over all reports would keep it out. Only
    stories of two and more take such reports in, and only when no other one is as near.
    """
    least = millionths(threshold - FOR_ONE)
    near: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for one, other, similarity in _ways_of_lone_ones(field, edges, homes, least):
        home = int(homes[other])
        near[one][home] = max(near[one].get(home, similarity), similarity)
    found = {one: _clearly_nearest(stories, least) for one, stories in near.items()}
    return {one: home for one, home in found.items() if home is not None}


def _ways_of_lone_ones(field: Field, edges: Edges, homes: Indices, least: int) -> Iterator[tuple[int, int, int]]:
    """From new reports left alone to reports of stories that agree with them: both points, and the similarity."""
    sizes = np.bincount(homes, minlength=len(field.groups))
    ways = edges.both_ways()
    lone = field.new & (sizes[homes] == 1)
    lone[lone] = np.isin(np.flatnonzero(lone), ways.i[ways.similarity >= least])
    ways = ways.at(lone[ways.i] & (sizes[homes[ways.j]] > 1) & (ways.similarity >= least - millionths(_CLEARLY)))
    ways = ways.at(field.space.share_words(ways.i, ways.j))
    for one, other, similarity in zip(ways.i.tolist(), ways.j.tolist(), ways.similarity.tolist(), strict=True):
        if not field.space.speaks_against(one, other):
            yield one, other, similarity


def _clearly_nearest(stories: Mapping[int, int], least: int) -> int | None:
    """The story at or above `least` that no other one comes close to, if any."""
    first, *others = sorted(stories.items(), key=lambda item: (-item[1], item[0]))
    if first[1] < least or (others and first[1] - others[0][1] < millionths(_CLEARLY)):
        return None
    return first[0]


# ---------------------------------------------------------------- stories to stories


@dataclass(frozen=True, slots=True)
class Union:
    """Two live stories, by group, that are one event: their mean similarity."""

    a: int
    b: int
    mean: float


def find_unions(field: Field, edges: Edges, homes: Indices, threshold: float) -> list[Union]:
    """The live stories that this run's reports show to be one event; each story is in one pair at most.

    Shown: a pair at or above `threshold` (`same_event`) between the two, of which one is new or the original of a new
    copy. One event: the mean over all pairs of their reports reaches `ONE_EVENT`, and the vetoes between them, spread
    over all pairs, would be none. The most similar two go first; what else belongs to them waits for another day.
    """
    shown = edges.at(edges.similarity >= millionths(threshold))
    a, b = homes[shown.i], homes[shown.j]
    frozen = np.array(field.frozen, dtype=bool)
    both = frozen[a] & frozen[b] & (a != b) if len(a) else np.zeros(0, dtype=bool)
    pairs = sorted({(min(x, y), max(x, y)) for x, y in zip(a[both].tolist(), b[both].tolist(), strict=True)})
    found = [union for union in (_union(field, homes, *pair) for pair in pairs) if union]
    taken: set[int] = set()
    chosen = []
    for union in sorted(found, key=lambda u: (-u.mean, u.a, u.b)):
        if not taken & {union.a, union.b}:
            taken |= {union.a, union.b}
            chosen.append(union)
    return chosen


def _union(field: Field, homes: Indices, a: int, b: int) -> Union | None:
    one, other = (np.flatnonzero(homes == group).tolist() for group in (a, b))
    pairs = len(one) * len(other)
    (total,) = field.space.totals(one, [other], [millionths(ONE_EVENT) * pairs])
    if not total.exact or total.value < millionths(ONE_EVENT) * pairs:
        return None
    vetoes = sum(part.weight for i in one for j in other for part in field.space.reasons(i, j) if part.veto)
    return None if vetoes / pairs <= VETO else Union(a, b, total.value / pairs / MILLION)
