"""Why a new report is where it is: the nearest report of its story, and of the nearest one it was kept out of. Pure."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from monitor.records import MergeDecision
from monitor.stories.joining import FOR_ONE, ONE_EVENT, Edges, Field, Union
from monitor.stories.space import MILLION, Indices

_DECIMALS = 4


def explain_reports(
    field: Field, edges: Edges, homes: Indices, *, stories: Sequence[str], angles: Collection[int], threshold: float
) -> Iterator[MergeDecision]:
    """At most two decisions per new report. `stories` are ids by home, `angles` the points that joined as such."""
    ways = edges.both_ways()
    chosen = _nearest(ways.at(field.new[ways.i]), homes)
    means = _means(field, homes, chosen)
    articles = field.space.articles
    for k, (one, other) in enumerate(zip(chosen.i.tolist(), chosen.j.tolist(), strict=True)):
        accepted = bool(homes[one] == homes[other])
        angle = accepted and one in angles
        yield MergeDecision(
            article_id=articles[one].id,
            story_id=stories[homes[other]],
            accepted=accepted,
            similarity=_told(chosen.similarity[k] / MILLION),
            other_id=articles[other].id,
            kind="angle" if angle else "event",
            mean=_told(means[k]),
            threshold=_told(threshold - FOR_ONE if angle else threshold),
            evidence=field.space.parts(one, other),
        )


def _nearest(ways: Edges, homes: Indices) -> Edges:
    """For each report the nearest one of its own story, and of all others; ties go to the earlier point.

    Of the others it is the nearest before reasons: that is where a veto says something.
    """
    own = homes[ways.i] == homes[ways.j]
    order = np.lexsort((ways.j, -np.where(own, ways.similarity, ways.likeness), ~own, ways.i))
    _, firsts = np.unique(ways.i[order] * 2 + ~own[order], return_index=True)
    return ways.at(order[firsts])


def _means(field: Field, homes: Indices, chosen: Edges) -> list[float]:
    """The mean similarity of each report to all others of the chosen one's story."""
    by_home = np.argsort(homes, kind="stable")
    ends = np.searchsorted(homes[by_home], np.arange(len(field.groups) + 1))
    means = []
    for one, other in zip(chosen.i.tolist(), chosen.j.tolist(), strict=True):
        members = by_home[ends[homes[other]] : ends[homes[other] + 1]]
        members = members[members != one]
        (total,) = field.space.totals([one], [members.tolist()])
        means.append(total.value / len(members) / MILLION)
    return means


def explain_unions(
    field: Field, homes: Indices, unions: Sequence[Union], *, stories: Sequence[str], kept: Sequence[int]
) -> Iterator[MergeDecision]:
    """One decision per story that was taken in: its first report, and the nearest one of the story that is left.

    `kept` are the groups that survive, one per union.
    """
    articles = field.space.articles
    for union, home in zip(unions, kept, strict=True):
        taken = union.a if home == union.b else union.b
        first = int(np.flatnonzero(homes == taken)[0])
        others = np.flatnonzero(homes == home)
        likeness = field.space.likeness_of(np.full(len(others), first), others)
        similarity = field.space.similarity_of(np.full(len(others), first), others, likeness)
        nearest = int(similarity.argmax())
        yield MergeDecision(
            article_id=articles[first].id,
            story_id=stories[home],
            accepted=True,
            similarity=_told(similarity[nearest] / MILLION),
            other_id=articles[others[nearest]].id,
            kind="absorbed",
            mean=_told(union.mean),
            threshold=ONE_EVENT,
            evidence=field.space.parts(first, int(others[nearest])),
        )


def _told(value: float) -> float:
    return round(float(value), _DECIMALS)
