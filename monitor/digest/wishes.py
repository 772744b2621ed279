"""Which stories a profile keeps, and what it asks for that does not exist. Pure."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from monitor.records import Place, Profile, RankedStory
from monitor.text import fold


def wants(profile: Profile, ranked: RankedStory) -> bool:
    """Whether a profile keeps a story: its score, one of its topics, one of its places (by name, id or stretch)."""
    if ranked.score < profile.minimum_score:
        return False
    if profile.topics and not set(profile.topics) & set(ranked.topics):
        return False
    regions = {fold(region) for region in profile.regions}
    return not regions or not regions.isdisjoint(map(fold, _names(ranked.comparison.places)))


def unknown_wishes(
    profile: Profile, *, topics: Collection[str], places: Iterable[Place]
) -> Iterator[tuple[str, str, str]]:
    """(key, name, remedy) of each topic and region that no story can ever have: its digest would always be empty."""
    for topic in profile.topics:
        if topic not in topics:
            yield "topics", topic, f"use one of: {', '.join(sorted(topics))}"
    names = {fold(name): name for name in _names(places)}
    for region in profile.regions:
        if fold(region) not in names:
            near = [names[name] for name in get_close_matches(fold(region), names)]
            yield "regions", region, f"did you mean {' or '.join(near)}?" if near else "name a place on the border"


def _names(places: Iterable[Place]) -> Iterator[str]:
    """All that a region may be called by."""
    for place in places:
        yield from filter(None, (place.id, place.name_en, place.name_es, place.pair, place.region))
