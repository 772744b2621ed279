"""Reports to stories: new reports join live stories or each other, across languages and days. Pure.

Group-average linkage over the new reports and the live stories, which are frozen: they may take reports in, and keep
their ids. What is left alone then joins the story of its nearest report, if that is clear. At last two live stories
that the new reports show to be one event become one: the older takes the younger in. Nothing is ever split, and
nothing depends on the order of the input.

Known gaps: a late angle of an event that shares no words with any report of it becomes a story of its own; two stories
of one event stay two when no new report is near both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

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
from monitor.stories.centring import NO_MEANS, Means, centred_rows
from monitor.stories.decisions import explain_reports, explain_unions
from monitor.stories.joining import Field, find_angles, find_edges, find_homes, find_unions
from monitor.stories.space import Space
from monitor.stories.wires import voice_of
from monitor.stories.words import read_words

_MEMBERS_COMPARED = 40  # of a live story, the newest: an old story must not cost more every day


@dataclass(frozen=True, slots=True)
class _Point:
    """A report that takes part in the linkage; `story_id` when it is a live story's."""

    article: Article
    language: Lang
    story_id: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """What the linkage found out: story ids by article id, of those that took part; absorbed stories; and why."""

    homes: Mapping[str, str]
    absorbed: Mapping[str, str]  # the surviving story by the id of the one taken in
    decisions: Sequence[MergeDecision]


def cluster(  # noqa: PLR0913 - all that reports are compared by
    new: Sequence[Judged],
    live: Sequence[Story],
    vectors: Mapping[str, Vectors],
    *,
    copies: Sequence[Copy],
    sources: Mapping[str, Source],
    options: StoriesConfig,
    now: datetime,
    means: Means = NO_MEANS,
    voices: Mapping[str, str] = MappingProxyType({}),
) -> Clustered:
    """Every story after this run: the live ones, with what they took in, and new ones; ordered by id.

    `vectors` are rows by article id, as embedded; `means` are the embedder's `language_means`. A report without a
    vector becomes a story of its own. Reports that are in a live story already are left where they are. `voices` by
    article id are for reports that come without their full texts (`voice_of`).
    """
    placed = {member.article.id: story.id for story in live for member in story.members}
    fresh = sorted((j for j in new if j.id not in placed), key=lambda j: (j.article.published_at, j.id))
    original_of = _originals(copies, placed.keys(), {j.id for j in fresh})
    taking = [s for s in live if _takes_reports(s, now - timedelta(days=options.live_days))]
    heads = set(original_of.values())
    points = _points([j for j in fresh if j.id not in original_of], taking, vectors)
    found = _place(_field(points, heads, vectors, options, means), points, taking, options.same_event)
    homes = {id_: found.absorbed.get(story, story) for id_, story in {**placed, **found.homes}.items()}
    for judged in fresh:  # originals come first: a copy's original is never later
        homes.setdefault(judged.id, homes.get(original_of.get(judged.id, "")) or content_id(judged.id))
    joined = []
    for judged in fresh:
        voice = voices.get(judged.id) or voice_of(judged.article, sources.get(judged.article.source_id))
        joined.append(_member(judged, voice, original_of.get(judged.id, ""), now))
    stories = _assemble(live, joined, homes, absorbed=found.absorbed, now=now)
    decisions = [*found.decisions, *_copy_decisions(copies, original_of, homes)]
    return Clustered(stories, tuple(copies), tuple(sorted(decisions, key=_by_article)))


def _by_article(decision: MergeDecision) -> tuple[str, bool, str]:
    return decision.article_id, not decision.accepted, decision.kind


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


def _field(
    points: Sequence[_Point],
    heads: Collection[str],
    vectors: Mapping[str, Vectors],
    options: StoriesConfig,
    means: Means,
) -> Field:
    """The points with all that is compared. `heads` are originals of new copies: they ask again for what is near."""
    languages = {p.article.id: p.language for p in points}
    groups: dict[str, list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        groups[point.story_id or point.article.id].append(index)
    space = Space(
        rows=centred_rows([p.article.id for p in points], vectors, languages, means),
        days=np.array([p.article.published_at.timestamp() / 86_400 for p in points]),
        languages=np.array([p.language for p in points], dtype=np.str_),
        articles=[p.article for p in points],
        words=read_words(f"{p.article.title}. {p.article.summary}" for p in points),
        decay=options.day_decay,
        scale=means.scale,
    )
    asking = np.array([not p.story_id or p.article.id in heads for p in points], dtype=bool)
    return Field(space, list(groups.values()), [bool(points[group[0]].story_id) for group in groups.values()], asking)


def _place(field: Field, points: Sequence[_Point], taking: Iterable[Story], threshold: float) -> _Placed:
    """Linkage, then angles, then live stories that are one."""
    edges = find_edges(field, threshold)
    homes = find_homes(field, edges, threshold)
    angles = find_angles(field, edges, homes, threshold)
    homes[list(angles)] = list(angles.values())
    heads = [points[group[0]] for group in field.groups]
    stories = [head.story_id or content_id(head.article.id) for head in heads]
    reports = explain_reports(field, edges, homes, stories=stories, angles=angles.keys(), threshold=threshold)
    unions = find_unions(field, edges, homes, threshold)
    ages = {story.id: (story.created_at, story.id) for story in taking}
    kept = [min((u.a, u.b), key=lambda group: ages[stories[group]]) for u in unions]
    absorbed = {
        stories[u.b if survivor == u.a else u.a]: stories[survivor] for u, survivor in zip(unions, kept, strict=True)
    }
    told = [replace(d, story_id=absorbed.get(d.story_id, d.story_id)) for d in reports]
    told += explain_unions(field, homes, unions, stories=stories, kept=kept)
    placed = {p.article.id: stories[home] for p, home in zip(points, homes.tolist(), strict=True)}
    return _Placed(placed, absorbed, told)


# ---------------------------------------------------------------- stories


def _assemble(
    live: Sequence[Story],
    joined: Iterable[Member],
    homes: Mapping[str, str],
    *,
    absorbed: Mapping[str, str],
    now: datetime,
) -> tuple[Story, ...]:
    members: defaultdict[str, list[Member]] = defaultdict(list)
    for member in (*(member for story in live for member in story.members), *joined):
        members[homes[member.article.id]].append(member)
    taken: defaultdict[str, list[str]] = defaultdict(list)
    for story in live:
        if story.id in absorbed:
            taken[absorbed[story.id]] += [story.id, *story.absorbed]
    stories = {
        story.id: replace(story, members=_ordered(members.pop(story.id)), absorbed=(*story.absorbed, *taken[story.id]))
        for story in live
        if story.id not in absorbed
    }
    stories |= {id_: Story(id_, _ordered(found), now) for id_, found in members.items()}
    return tuple(stories[id_] for id_ in sorted(stories))


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda m: (m.article.published_at, m.article.id)))


def _member(judged: Judged, voice: str, copy_of: str, now: datetime) -> Member:
    return Member(
        article=judged.article,
        language=judged.language,
        voice=voice,
        joined_at=now,
        copy_of=copy_of,
        topics=judged.verdict.topics,
        relevance=judged.verdict.score,
        nexus=judged.verdict.nexus,
    )


# ---------------------------------------------------------------- why


def _copy_decisions(
    copies: Iterable[Copy], original_of: Mapping[str, str], homes: Mapping[str, str]
) -> Iterable[MergeDecision]:
    why = {copy.article_id: copy.reason for copy in copies} | {copy.of_id: copy.reason for copy in copies}
    for id_, head in original_of.items():
        found = (Evidence("copy", 1.0, why[id_]),)
        yield MergeDecision(id_, homes[id_], accepted=True, similarity=1.0, other_id=head, kind="copy", evidence=found)
