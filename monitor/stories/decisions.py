"""Why a new report is where it is: the nearest report of its story, and of the nearest one it was kept out of. Pure."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from monitor.records import MergeDecision
from monitor.stories.joining import FOR_ONE, ONE_EVENT, Edges, Field, Union
from monitor.stories.space import MILLION, Indices

_DECIMALS = 6


def explain_reports(
    field: Field, edges: Edges, homes: Indices, *, stories: Sequence[str], angles: Collection[int], threshold: float
) -> Iterator[MergeDecision]:
    """At most two decisions per new report. `stories` are ids by home, `angles` the points that joined as such."""
    ways = edges.both_ways()
    chosen = _nearest(ways.at(field.new[ways.i]), homes)
    means = field.space.means(chosen.i, _others(field, homes, chosen))
    articles = field.space.articles
    for k, evidence in enumerate(field.space.parts(chosen.i, chosen.j)):
        one, other = int(chosen.i[k]), int(chosen.j[k])
        accepted = bool(homes[one] == homes[other])
        angle = accepted and one in angles
        yield MergeDecision(
            article_id=articles[one].id,
            story_id=stories[homes[other]],
            accepted=accepted,
            similarity=int(chosen.similarity[k]) / MILLION,
            other_id=articles[other].id,
            kind="angle" if angle else "event",
            mean=_told(means[k]),
            threshold=_told(threshold - FOR_ONE if angle else threshold),
            evidence=evidence,
        )


def _nearest(ways: Edges, homes: Indices) -> Edges:
    """For each report the nearest one of its own story, and of all others; ties go to the earlier point.

    Of the others it is the nearest before reasons: that is where a veto says something.
    """
    own = homes[ways.i] == homes[ways.j]
    order = np.lexsort((ways.j, -np.where(own, ways.similarity, ways.likeness), ~own, ways.i))
    _, firsts = np.unique(ways.i[order] * 2 + ~own[order], return_index=True)
    return ways.at(order[firsts])


def _others(field: Field, homes: Indices, chosen: Edges) -> list[Indices]:
    """For each pair, all points of the second one's story but the first one."""
    by_home = np.argsort(homes, kind="stable")
    ends = np.searchsorted(homes[by_home], np.arange(len(field.groups) + 1))
    stories = (by_home[ends[home] : ends[home + 1]] for home in homes[chosen.j])
    return [story[story != one] for one, story in zip(chosen.i, stories, strict=True)]


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
        similarity = field.space.means(np.full(len(others), first), list(others[:, None]))
        nearest = others[similarity.argmax()]
        yield MergeDecision(
            article_id=articles[first].id,
            story_id=stories[home],
            accepted=True,
            similarity=_told(similarity.max()),
            other_id=articles[nearest].id,
            kind="absorbed",
            mean=_told(union.mean),
            threshold=ONE_EVENT,
            evidence=next(field.space.parts(np.array([first]), np.array([nearest]))),
        )


def _told(value: float) -> float:
    return round(float(value), _DECIMALS)
