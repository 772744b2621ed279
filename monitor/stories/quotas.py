"""Variety at the top of an edition: at most so many stories of one topic and of one stretch of the border. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.config.models import QuotasConfig
from monitor.records import HeldBack, RankedStory
from monitor.stories.gazetteer import gazetteer

_Kind = tuple[str, str]  # ("topic" or "region", its name)


def spread(
    ranked: Sequence[RankedStory], quotas: QuotasConfig, *, wanted: Callable[[RankedStory], bool] = lambda _: True
) -> tuple[RankedStory, ...]:
    """The stories, best first, with the places at the top given by quota.

    The first `quotas.first` places go to the best stories that no quota keeps out; all others follow in their order.
    Nothing is lost. A story that a lesser one has passed says so (`held_back`). Stories that are not `wanted` (the
    edition will not show them) keep their places and count for nothing.
    """
    places = iter(_spread([story for story in ranked if wanted(story)], quotas))
    return tuple(next(places) if wanted(story) else story for story in ranked)


def unknown_names(quotas: QuotasConfig, *, topics: Collection[str]) -> tuple[tuple[str, str], ...]:
    """(key in feeds.yaml, remedy) of each quota for a topic that is not in `topics` or a region without places."""
    regions = {place.region for place in gazetteer().places.values()} - {""}
    return (*_unknown("topics", quotas.topics, topics), *_unknown("regions", quotas.regions, regions))


def _unknown(where: str, given: Iterable[str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    for name in given:
        if name not in known:
            yield f"stories.quotas.{where}.{name}", f"use one of: {', '.join(sorted(known))}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A story with its place by score, and the quota that keeps it from the top."""

    number: int
    story: RankedStory
    full: _Kind | None = None


def _spread(ranked: Sequence[RankedStory], quotas: QuotasConfig) -> Iterator[RankedStory]:
    first, others = _chosen(ranked, quotas)
    seen: Counter[_Kind] = Counter()
    furthest = -1  # place by score of the least story so far
    for place in (*first, *others):
        passed = place.full is not None and furthest > place.number
        yield replace(place.story, held_back=_held_back(place.full, seen) if passed else None)
        seen.update(_kinds(place.story))
        furthest = max(furthest, place.number)


def _chosen(ranked: Sequence[RankedStory], quotas: QuotasConfig) -> tuple[list[_Place], list[_Place]]:
    """Those of the first places, and the others."""
    first: list[_Place] = []
    others: list[_Place] = []
    used: Counter[_Kind] = Counter()
    for number, story in enumerate(ranked):
        if len(first) == quotas.first:
            others.append(_Place(number, story))
        elif full := next((kind for kind in _kinds(story) if used[kind] >= _quota(kind, quotas)), None):
            others.append(_Place(number, story, full))
        else:
            first.append(_Place(number, story))
            used.update(_kinds(story))
    return first, others


def _quota(kind: _Kind, quotas: QuotasConfig) -> int:
    by, name = kind
    return quotas.topics.get(name, quotas.each_topic) if by == "topic" else quotas.regions.get(name, quotas.each_region)


def _kinds(story: RankedStory) -> list[_Kind]:
    """Its main topic, and the stretch of the border of its most mentioned place that has one."""
    region = next((place.region for place in story.comparison.places if place.region), "")
    return [*([("topic", story.topics[0])] if story.topics else []), *([("region", region)] if region else [])]


def _held_back(full: _Kind | None, seen: Counter[_Kind]) -> HeldBack | None:
    if full is None:
        return None
    by, name = full
    return HeldBack("topic" if by == "topic" else "region", name, seen[full])
