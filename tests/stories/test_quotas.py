"""Variety at the top of an edition, with nothing lost."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.models import QuotasConfig
from monitor.records import Comparison, HeldBack, Place, RankedStory
from monitor.stories.quotas import spread, unknown_names
from tests.stories.conftest import member, report, story


def card(number: int, topic: str = "", region: str = "") -> RankedStory:
    """The story with the `number`th best score."""
    told = story(report(f"Story {number}", source=f"s{number}"))
    place = Place("inland", "Inland", "Inland"), Place("town", "Town", "Town", region=region)
    first = member(report(f"Story {number}", source=f"s{number}"))
    return RankedStory(
        story=told,
        comparison=Comparison(first, first, None, None, 0.0, places=place),
        score=100.0 - number,
        parts=(),
        status="new",
        day=1,
        new_member_ids=frozenset(),
        summary=(),
        lead_en=first,
        lead_es=None,
        topics=(topic, "minor") if topic else (),
    )


def order(ranked: Sequence[RankedStory]) -> list[int]:
    return [round(100 - r.score) for r in ranked]


def held(ranked: Sequence[RankedStory]) -> dict[int, HeldBack]:
    return {round(100 - r.score): r.held_back for r in ranked if r.held_back}


TOP = QuotasConfig(first=4, each_topic=2, each_region=9)


def test_what_exceeds_a_topics_quota_follows_the_first_places_and_says_why() -> None:
    ranked = [card(n, topic="drugs" if n < 4 else "courts") for n in range(7)]
    result = spread(ranked, TOP)
    assert order(result) == [0, 1, 4, 5, 2, 3, 6]
    assert held(result) == {2: HeldBack("topic", "drugs", 2), 3: HeldBack("topic", "drugs", 3)}


def test_a_region_is_that_of_the_first_place_on_the_border() -> None:
    ranked = [card(n, topic=str(n), region="juarez" if n < 3 else "laredo") for n in range(4)]
    result = spread(ranked, QuotasConfig(first=3, each_region=2))
    assert order(result) == [0, 1, 3, 2]
    assert held(result) == {2: HeldBack("region", "juarez", 2)}


def test_a_topic_or_region_may_have_a_quota_of_its_own() -> None:
    ranked = [card(n, topic="drugs", region="laredo") for n in range(4)] + [card(4, "courts"), card(5, "courts")]
    assert order(spread(ranked, QuotasConfig(first=4, each_topic=4, topics={"drugs": 1})))[:3] == [0, 4, 5]
    assert order(spread(ranked, QuotasConfig(first=4, each_topic=4, regions={"laredo": 0})))[:2] == [4, 5]


def test_an_edition_of_one_topic_stays_in_order_and_nobody_is_held_back() -> None:
    ranked = [card(n, topic="drugs") for n in range(8)]
    result = spread(ranked, TOP)
    assert order(result) == list(range(8))
    assert held(result) == {}


def test_no_first_places_no_quotas() -> None:
    ranked = [card(n, topic="drugs" if n < 4 else "courts") for n in range(7)]
    assert spread(ranked, QuotasConfig(first=0)) == tuple(ranked)


def test_stories_the_edition_will_not_show_fill_no_quota() -> None:
    ranked = [card(n, topic="drugs" if n < 4 else "courts") for n in range(7)]
    result = spread(ranked, TOP, wanted=lambda r: r.score not in (100, 99))
    assert order(result) == [0, 1, 2, 3, 4, 5, 6]
    assert held(result) == {}


def test_a_story_without_topic_and_region_is_never_held_back() -> None:
    ranked = [card(n) for n in range(4)]
    assert spread(ranked, QuotasConfig(first=4, each_topic=0, each_region=0)) == tuple(ranked)


CARDS = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["", "x", "y"])), max_size=14)


@settings(deadline=None)
@given(CARDS, st.integers(0, 6), st.integers(0, 3), st.integers(0, 3))
def test_nothing_is_lost_the_quotas_hold_and_only_who_was_passed_is_marked(
    kinds: list[tuple[str, str]], first: int, each_topic: int, each_region: int
) -> None:
    ranked = [card(n, *kind) for n, kind in enumerate(kinds)]
    result = spread(ranked, QuotasConfig(first=first, each_topic=each_topic, each_region=each_region))
    numbers = order(result)
    assert sorted(numbers) == list(range(len(ranked)))
    assert [replace(r, held_back=None) for r in sorted(result, key=lambda r: -r.score)] == ranked
    for place, (number, shown) in enumerate(zip(numbers, result, strict=True)):
        if shown.held_back:
            assert any(other > number for other in numbers[:place])
        elif any(other > number for other in numbers[:place]):
            pytest.fail("passed, and does not say so")
    moved = next((place for place, number in enumerate(numbers) if result[place].held_back), None)
    top = result[: min(first, moved)] if moved is not None else ()
    for topic in "abc":
        assert sum(r.topics[:1] == (topic,) for r in top) <= each_topic


def test_quotas_for_what_does_not_exist_are_told_with_what_does() -> None:
    quotas = QuotasConfig(topics={"drugs": 3, "courts": 1}, regions={"rio-grande-valley": 2, "atlantis": 1})
    (topic, topic_cure), (region, region_cure) = unknown_names(quotas, topics=("courts", "cartels"))
    assert (topic, topic_cure) == ("stories.quotas.topics.drugs", "use one of: cartels, courts")
    assert region == "stories.quotas.regions.atlantis"
    assert "rio-grande-valley" in region_cure
