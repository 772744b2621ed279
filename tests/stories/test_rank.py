"""An edition's order, and what is new in it."""

import random
from datetime import timedelta

import pytest

from monitor.config.models import StoriesConfig
from monitor.records import Story
from monitor.stories.rank import Ranked, rank
from tests.stories.conftest import NOON, member, report, story


def ranked(
    *stories: Story, previous: frozenset[str] = frozenset(), days: float = 1, zone: str = "America/Chicago"
) -> Ranked:
    now = NOON + timedelta(days=days)
    since = now - timedelta(hours=24)
    return rank(
        stories, previous_article_ids=previous, since=since, now=now, zone=zone, options=StoriesConfig(), lead_count=3
    )


BIG = story(*(report(f"Big {n}", language="es" if n % 2 else "en", source=f"o{n}", hours=n) for n in range(6)))
SMALL = story(report("Small", source="o9"))


def test_a_story_of_many_voices_and_both_languages_comes_first_and_says_why() -> None:
    result = ranked(SMALL, BIG)
    assert [r.story.id for r in result.with_news] == [BIG.id, SMALL.id]
    top = result.with_news[0]
    assert {part.name for part in top.parts} == StoriesConfig().weights.keys()
    assert all(0 <= part.value <= 1 for part in top.parts)
    assert top.score == pytest.approx(sum(part.points for part in top.parts), abs=1e-3)


def test_the_order_of_the_input_does_not_matter_and_ties_go_by_id() -> None:
    twins = [story(report("Same", source=f"s{n}")) for n in range(8)]
    expected = ranked(*twins)
    shuffled = twins.copy()
    random.Random(1).shuffle(shuffled)
    assert ranked(*shuffled) == expected
    assert [r.story.id for r in expected.with_news] == sorted(t.id for t in twins)


def test_new_updated_and_ongoing() -> None:
    first, later = report("First", source="a", hours=0), report("Later", source="b", hours=20)
    both = story(first, later)
    (new,) = ranked(both).with_news
    assert (new.status, new.day) == ("new", 1 + 1)
    (updated,) = ranked(both, previous=frozenset({first.id})).with_news
    assert (updated.status, updated.new_member_ids) == ("updated", frozenset({later.id}))
    (ongoing,) = ranked(both, previous=frozenset({first.id, later.id})).developing
    assert (ongoing.status, ongoing.new_member_ids) == ("ongoing", frozenset())


def test_a_new_copy_is_no_news() -> None:
    first = report("First", source="a")
    copied = story(first, member(report("First", source="b", hours=20), copy_of=first.id))
    result = ranked(copied, previous=frozenset({first.id}))
    assert (len(result.with_news), len(result.developing)) == (0, 1)


def test_old_reports_are_no_news_and_old_stories_disappear() -> None:
    assert ranked(SMALL, days=3) == Ranked((), ())
    shown = frozenset(m.article.id for m in SMALL.members)
    assert len(ranked(SMALL, previous=shown, days=2).developing) == 1
    assert ranked(SMALL, previous=shown, days=6) == Ranked((), ())


def test_the_day_is_counted_in_the_readers_zone() -> None:
    """Seen at 12:00 UTC on the 10th; 04:00 UTC on the 11th is still the 10th in Tijuana."""
    assert ranked(SMALL, days=16 / 24, zone="America/Tijuana").with_news[0].day == 1
    assert ranked(SMALL, days=16 / 24, zone="UTC").with_news[0].day == 2
