"""Gate: the order of the sample days' editions, with quotas and without. `-s` prints both.

Nobody has labelled which story of a day matters more, so only what quotas are for is measured: how mixed the first ten
are, and what that costs in points.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.config.models import QuotasConfig, StoriesConfig
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.records import RankedStory, Story
from monitor.stories.rank import rank
from tests.eval.conftest import Replayed

FIRST = QuotasConfig().first
MOST_POINTS_LOST = 0.2  # a story of the first ten, on average; .1 at most when this was set


@pytest.fixture(scope="module", params=SAMPLE_DAYS, ids=lambda day: f"{day:%d %b}")
def day(request: pytest.FixtureRequest) -> datetime:
    at = request.param
    assert isinstance(at, datetime)
    return at


def edition(replayed: Replayed, day: datetime, quotas: QuotasConfig) -> tuple[RankedStory, ...]:
    """The edition of a sample day: what an earlier run had put into stories has been shown."""
    stories = [known for story in replayed.stories if (known := _as_of(story, day))]
    shown = frozenset(m.article.id for s in stories for m in s.members if m.joined_at < day)
    return rank(
        stories,
        previous_article_ids=shown,
        since=day - timedelta(hours=72 if shown else 24),
        now=day,
        zone="America/Chicago",
        options=StoriesConfig(quotas=quotas),
        lead_count=3,
    ).with_news


def _as_of(story: Story, day: datetime) -> Story | None:
    members = tuple(m for m in story.members if m.joined_at <= day)
    return replace(story, members=members) if members else None


def _region(ranked: RankedStory) -> str:
    return next((place.region for place in ranked.comparison.places if place.region), "")


def _points(ranked: Sequence[RankedStory]) -> float:
    return sum(r.score for r in ranked[:FIRST]) / len(ranked[:FIRST])


def test_the_first_ten_are_mixed_and_hardly_weaker(replayed: Replayed, day: datetime) -> None:
    by_score, spread = (edition(replayed, day, quotas) for quotas in (QuotasConfig(first=0), QuotasConfig()))
    before = {ranked.story.id: place for place, ranked in enumerate(by_score, 1)}
    for place, r in enumerate(spread, 1):
        why = f"  {r.held_back.before} of {r.held_back.name} before it" if r.held_back else ""
        title = (r.lead_en or r.lead_es or r.comparison.first).article.title
        print(f"\n{place:2} (by score {before[r.story.id]:2}) {r.score:5.2f} {title[:70]}{why}", end="")  # noqa: T201
    lost = _points(by_score) - _points(spread)
    moved = sum(r.held_back is not None for r in spread)
    print(f"\n{moved} of {len(spread)} held back; the first {FIRST} lose {lost:.2f} points a story")  # noqa: T201
    assert sorted(before) == sorted(r.story.id for r in spread)
    assert lost <= MOST_POINTS_LOST
    top = spread[: min(FIRST, next((n for n, r in enumerate(spread) if r.held_back), FIRST))]
    assert max(Counter(r.topics[0] for r in top if r.topics).values()) <= QuotasConfig().each_topic
    assert max(Counter(_region(r) for r in top if _region(r)).values()) <= QuotasConfig().each_region
