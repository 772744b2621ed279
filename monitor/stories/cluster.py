"""Reports to stories: new reports join live stories or each other, across languages and days. Pure.

Group-average linkage over the new reports and the live stories, which are frozen: they may take reports in, never merge
or split, and keep their ids. What is left alone then joins the story of its nearest report, if that is clear. Nothing
depends on the order of the input.

Known gaps: a story that an earlier run split in two stays two; a late angle of an event that shares no words with any
report of it becomes a story of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from monitor.config.models import StoriesConfig
from monitor.protocols import Vectors
from monitor.records import (
    Article,
    Clustered,
    Copy,
    Evidence,
    Judged,
    Lang,
    Member,
    MergeDecision,
    Source,
    Story,
    content_id,
)
from monitor.stories.centring import NO_MEANS, Means, centred
from monitor.stories.evidence import features
from monitor.stories.linkage import group_average
from monitor.stories.space import Edge, Space
from monitor.stories.words import profiles

_MEMBERS_COMPARED = 40  # of a live story, the newest: an old story must not cost more every day


_FOR_ONE = 0.02  # below `same_event`: what one near report must reach to take a single one in
_CLEARLY = 0.05  # and nearer than to any other story


@dataclass(frozen=True, slots=True)
class _Point:
    """A report that takes part in the linkage; `story_id` when it is a live story's."""

    article: Article
    language: Lang
    story_id: str = ""


def cluster(
    new: Sequence[Judged],
    live: Sequence[Story],
    vectors: Mapping[str, Vectors],
    *,
    copies: Sequence[Copy],
    sources: Mapping[str, Source],
    options: StoriesConfig,
    now: datetime,
    means: Means = NO_MEANS,
) -> Clustered:
    """Every story after this run: the live ones, with what they took in, and new ones; ordered by id.

    `vectors` are rows by article id, as embedded; `means` are the embedder's `language_means`. A report without a
    vector becomes a story of its own. Reports that are in a live story already are left where they are.
    """
    placed = {member.article.id: story.id for story in live for member in story.members}
    fresh = sorted((j for j in new if j.id not in placed), key=lambda j: (j.article.published_at, j.id))
    original_of = _originals(copies, placed.keys(), {j.id for j in fresh})
    taking = [s for s in live if _takes_reports(s, now - timedelta(days=options.live_days))]
    points = _points([j for j in fresh if j.id not in original_of], taking, vectors)
    space = _space(points, vectors, options, means)
    edges = space.edges(options.same_event - _FOR_ONE - _CLEARLY)
    homes = _homes(points, space, edges, options.same_event)
    homes = placed | homes | _angles(points, space, edges, homes, options.same_event - _FOR_ONE)
    for judged in fresh:  # originals come first: a copy's original is never later
        homes.setdefault(judged.id, homes.get(original_of.get(judged.id, "")) or content_id(judged.id))
    stories = _assemble(live, fresh, homes, original_of=original_of, sources=sources, now=now)
    decisions = [*_decisions(points, space, edges, homes), *_copy_decisions(copies, original_of, homes)]
    return Clustered(stories, tuple(copies), tuple(sorted(decisions, key=lambda d: (d.article_id, not d.accepted))))


def _takes_reports(story: Story, since: datetime) -> bool:
    return any(member.article.published_at >= since for member in story.members)


def _originals(copies: Iterable[Copy], placed: Iterable[str], fresh: set[str]) -> dict[str, str]:
    """The report each fresh copy follows. What is in a live story stays the original, even if a late one is older."""
    placed = set(placed)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for copy in copies:
        groups[copy.of_id].append(copy.article_id)
    original_of: dict[str, str] = {}
    for root, copy_ids in groups.items():
        known = [id_ for id_ in (root, *copy_ids) if id_ in placed or id_ in fresh]
        head = next((id_ for id_ in known if id_ in placed), known[0] if known else "")
        original_of |= {id_: head for id_ in known if id_ in fresh and id_ != head}
    return original_of


# ---------------------------------------------------------------- linkage


def _points(originals: Sequence[Judged], live: Sequence[Story], vectors: Mapping[str, Vectors]) -> list[_Point]:
    """What takes part: the live stories' newest reports by story id, then the new reports as they are sorted."""
    points = []
    for story in sorted(live, key=lambda s: s.id):
        told = [m for m in story.members if not m.copy_of and m.article.id in vectors]
        points += [_Point(m.article, m.language, story.id) for m in told[-_MEMBERS_COMPARED:]]
    return points + [_Point(j.article, j.language) for j in originals if j.id in vectors]


def _space(points: Sequence[_Point], vectors: Mapping[str, Vectors], options: StoriesConfig, means: Means) -> Space:
    languages = {p.article.id: p.language for p in points}
    rows = centred({id_: vectors[id_] for id_ in languages}, languages, means)
    groups: dict[str, list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        groups[point.story_id or point.article.id].append(index)
    return Space(
        rows=np.stack([rows[p.article.id] for p in points]) if points else np.zeros((0, 1), np.float32),
        days=np.array([p.article.published_at.timestamp() / 86_400 for p in points]),
        languages=np.array([p.language for p in points], dtype=np.str_),
        features=[features(p.article, p.language) for p in points],
        profiles=profiles([f"{p.article.title}. {p.article.summary}" for p in points]),
        groups=list(groups.values()),
        frozen=[bool(points[group[0]].story_id) for group in groups.values()],
        decay=options.day_decay,
        scale=means.scale,
    )


def _homes(points: Sequence[_Point], space: Space, edges: Sequence[Edge], threshold: float) -> dict[str, str]:
    """The story of each new report that takes part, by article id."""
    homes = {p.article.id: content_id(p.article.id) for p in points if not p.story_id}
    for component in space.components(edges, threshold):
        sizes = np.array([float(len(space.groups[group])) for group in component])
        frozen = np.array([space.frozen[group] for group in component])
        roots = group_average(space.sums(component), sizes, frozen, threshold)
        for group, root in zip(component, roots, strict=True):
            if not space.frozen[group]:
                head = points[space.groups[component[root]][0]]
                homes[points[space.groups[group][0]].article.id] = head.story_id or content_id(head.article.id)
    return homes


def _angles(
    points: Sequence[_Point], space: Space, edges: Iterable[Edge], homes: Mapping[str, str], threshold: float
) -> dict[str, str]:
    """The stories of new reports left alone that are near one report of a story, though not near all of it.

    A reaction or a portrait follows one report of an event, and the mean over all reports would keep it out. Only
    stories of two and more take such reports in, and only when no other one is as near.
    """
    story_of = [point.story_id or homes[point.article.id] for point in points]
    sizes = Counter(story_of)
    near: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for edge in edges:
        for one, other in ((edge.i, edge.j), (edge.j, edge.i)):
            alone = not points[one].story_id and sizes[story_of[one]] == 1
            if alone and sizes[story_of[other]] > 1 and space.agrees(edge):
                best = near[one].get(story_of[other], edge.similarity)
                near[one][story_of[other]] = max(best, edge.similarity)
    found = {points[one].article.id: _clearly_nearest(stories, threshold) for one, stories in near.items()}
    return {article: story for article, story in found.items() if story}


def _clearly_nearest(stories: Mapping[str, float], threshold: float) -> str:
    """The story at or above the threshold that no other one comes close to, or ""."""
    first, *others = sorted(stories.items(), key=lambda item: (-item[1], item[0]))
    if first[1] < threshold or (others and first[1] - others[0][1] < _CLEARLY):
        return ""
    return first[0]


# ---------------------------------------------------------------- stories


def _assemble(
    live: Sequence[Story],
    fresh: Sequence[Judged],
    homes: Mapping[str, str],
    *,
    original_of: Mapping[str, str],
    sources: Mapping[str, Source],
    now: datetime,
) -> tuple[Story, ...]:
    joined: defaultdict[str, list[Member]] = defaultdict(list)
    for judged in fresh:
        joined[homes[judged.id]].append(_member(judged, sources, original_of.get(judged.id, ""), now))
    stories = {
        story.id: replace(story, members=_ordered([*story.members, *joined.pop(story.id, [])])) for story in live
    }
    stories |= {id_: Story(id_, _ordered(members), now) for id_, members in joined.items()}
    return tuple(stories[id_] for id_ in sorted(stories))


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda m: (m.article.published_at, m.article.id)))


def _member(judged: Judged, sources: Mapping[str, Source], copy_of: str, now: datetime) -> Member:
    source = sources.get(judged.article.source_id)
    return Member(
        article=judged.article,
        language=judged.language,
        voice=source.voice if source else judged.article.source_id,
        joined_at=now,
        copy_of=copy_of,
        topics=judged.verdict.topics,
        relevance=judged.verdict.score,
        nexus=judged.verdict.nexus,
    )


# ---------------------------------------------------------------- why


def _decisions(
    points: Sequence[_Point], space: Space, edges: Sequence[Edge], homes: Mapping[str, str]
) -> Iterable[MergeDecision]:
    """Per new report: the story it joined, and the nearest one it was kept out of."""
    near: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        near[edge.i].append(edge)
        near[edge.j].append(edge)
    for index, around in near.items():
        if points[index].story_id:
            continue
        home = homes[points[index].article.id]
        for accepted in (True, False):
            fitting = [e for e in around if (homes[points[_other(e, index)].article.id] == home) is accepted]
            if fitting:
                yield _decision(
                    points, space, homes, index, edge=max(fitting, key=lambda e: (e.similarity, -e.i, -e.j))
                )


def _other(edge: Edge, index: int) -> int:
    return edge.j if edge.i == index else edge.i


def _decision(
    points: Sequence[_Point], space: Space, homes: Mapping[str, str], index: int, *, edge: Edge
) -> MergeDecision:
    other = points[_other(edge, index)].article
    id_ = points[index].article.id
    return MergeDecision(
        article_id=id_,
        story_id=homes[other.id],
        accepted=homes[other.id] == homes[id_],
        similarity=round(edge.similarity, 3),
        other_id=other.id,
        evidence=(*_common(space.words(edge.i, edge.j)), *space.reasons(edge.i, edge.j)),
    )


def _common(words: Sequence[str]) -> tuple[Evidence, ...]:
    return (Evidence("words", 0.0, ", ".join(words)),) if words else ()


def _copy_decisions(
    copies: Iterable[Copy], original_of: Mapping[str, str], homes: Mapping[str, str]
) -> Iterable[MergeDecision]:
    why = {copy.article_id: copy.reason for copy in copies} | {copy.of_id: copy.reason for copy in copies}
    for id_, head in original_of.items():
        found = (Evidence("copy", 1.0, why[id_]),)
        yield MergeDecision(id_, homes[id_], accepted=True, similarity=1.0, other_id=head, kind="copy", evidence=found)
