"""Full texts of reports: read from the store where they are looked at, some reports at a time, and let go.

All that a run holds of every report of these days is brief: without the full text. Only where the summary is a stub is
the beginning of the text kept, as far as leads are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from monitor.protocols import Store
from monitor.records import Article, Comparison, Judged, Lang, Member, Story
from monitor.stories.compare import compare, own_reports
from monitor.text import opening, reads_body

AT_ONCE = 500  # full texts in memory: some 2 MB

T = TypeVar("T")


def in_parts(items: Iterable[T], size: int = 0) -> Iterator[list[T]]:
    """The items in order, so many at a time (0: as many as texts); the last part may be smaller."""
    coming = iter(items)
    while part := list(islice(coming, size or AT_ONCE)):
        yield part


def whole(store: Store, reports: Iterable[Judged]) -> Iterator[Judged]:
    """The reports with their full texts, in order; whoever keeps one keeps its text."""
    for part in in_parts(reports):
        bodies = store.bodies([item.id for item in part])
        for item in part:
            yield replace(item, article=replace(item.article, body=bodies.get(item.id, "")))


def with_openings(store: Store, reports: Iterable[Judged], count: int) -> Iterator[Judged]:
    """Brief reports, with as much of their texts as gives the same first `count` sentences (`lead_sentences`)."""
    for part in in_parts(reports):
        bodies = store.bodies([item.id for item in part if reads_body(item.article)])
        for item in part:
            found = bodies.get(item.id)
            yield replace(item, article=_opened(item.article, item.language, found, count)) if found else item


def stories_with_openings(
    store: Store, stories: Sequence[Story], known: Mapping[str, Article], count: int
) -> Iterator[Story]:
    """The same for the reports of stories; those in `known` (by id) have theirs, and are not held twice."""
    for part in in_parts(stories):
        members = [member.article for story in part for member in story.members]
        bodies = store.bodies([a.id for a in members if a.id not in known and reads_body(a)])
        for story in part:
            yield replace(story, members=tuple(_opened_member(m, known, bodies, count) for m in story.members))


def _opened_member(member: Member, known: Mapping[str, Article], bodies: Mapping[str, str], count: int) -> Member:
    article = member.article
    found = bodies.get(article.id)
    held = known.get(article.id) or (_opened(article, member.language, found, count) if found else article)
    return member if held is article else replace(member, article=held)


def _opened(article: Article, language: Lang, body: str, count: int) -> Article:
    return replace(article, body=opening(replace(article, body=body), language, count))


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The comparisons of a run's stories: each is made once, with the full texts of its reports, for all editions."""

    store: Store
    _made: dict[str, Comparison] = field(default_factory=dict)

    def __call__(self, stories: Iterable[Story]) -> Iterator[Comparison]:
        """One comparison per story, in order."""
        for part in _with_texts(stories):
            self._make([story for story in part if story.id not in self._made])
            yield from (self._made[story.id] for story in part)

    def _make(self, stories: Sequence[Story]) -> None:
        bodies = self.store.bodies([m.article.id for story in stories for m in own_reports(story)])
        for story in stories:
            self._made[story.id] = compare(story, bodies)


def _with_texts(stories: Iterable[Story]) -> Iterator[list[Story]]:
    """The stories in order, those of at most so many reports at a time, or one that has more."""
    part: list[Story] = []
    for story in stories:
        if part and sum(len(each.members) for each in (*part, story)) > AT_ONCE:
            yield part
            part = []
        part.append(story)
    if part:
        yield part
