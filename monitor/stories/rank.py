"""The order of an edition, each place with its reasons. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from zoneinfo import ZoneInfo

from monitor.config.models import StoriesConfig
from monitor.records import Comparison, Member, RankedStory, ScorePart, Story, StoryStatus
from monitor.stories.compare import compare
from monitor.stories.summarise import lead_member, summarise

_MANY_VOICES = 8  # so many independent voices are full breadth; few events get more
_MEAN_RELEVANCE = 15.0  # a clearly relevant report's lexicon score
_HALF_LIFE_HOURS = 12.0
_MANY_PLACES = 2


@dataclass(frozen=True, slots=True)
class Ranked:
    """An edition's stories: with something new, the highest score first; and those of earlier days without news."""

    with_news: tuple[RankedStory, ...]
    developing: tuple[RankedStory, ...]

    def __len__(self) -> int:
        return len(self.with_news)


def rank(
    stories: Sequence[Story],
    *,
    previous_article_ids: frozenset[str],
    since: datetime,
    now: datetime,
    zone: str,
    options: StoriesConfig,
    lead_count: int,
) -> Ranked:
    """The stories an edition shows, in order; ties by id.

    News is a report that no earlier edition showed (`previous_article_ids`) and that was published at or after `since`;
    a copy of a report is no news. A story shown earlier, without news, is "developing" for `developing_days` after its
    last report; any other is left out. Days are local dates in `zone`.
    """
    with_news: list[RankedStory] = []
    developing: list[RankedStory] = []
    for story in stories:
        fresh = _fresh(story, previous_article_ids, since)
        shown = any(m.article.id in previous_article_ids for m in story.members)
        if not fresh and not (shown and _newest(story) >= now - timedelta(days=options.developing_days)):
            continue
        ranked = _ranked(story, fresh, shown=shown, now=now, zone=zone, options=options, lead_count=lead_count)
        (with_news if fresh else developing).append(ranked)
    return Ranked(_sorted(with_news), _sorted(developing))


def _fresh(story: Story, previous: frozenset[str], since: datetime) -> frozenset[str]:
    """Ids of the reports that are news; copies only along with a report that is none."""
    unseen = [m for m in story.members if m.article.id not in previous and m.article.published_at >= since]
    has_news = any(not m.copy_of for m in unseen) or not any(m.article.id in previous for m in story.members)
    return frozenset(m.article.id for m in unseen) if has_news else frozenset()


def _newest(story: Story) -> datetime:
    return max(m.article.published_at for m in story.members)


def _sorted(stories: Iterable[RankedStory]) -> tuple[RankedStory, ...]:
    return tuple(sorted(stories, key=lambda r: (-r.score, r.story.id)))


def _ranked(
    story: Story,
    fresh: frozenset[str],
    *,
    shown: bool,
    now: datetime,
    zone: str,
    options: StoriesConfig,
    lead_count: int,
) -> RankedStory:
    comparison = compare(story)
    parts = tuple(
        ScorePart(name, round(value, 4), options.weights.get(name, 0.0))
        for name, value in _values(story, comparison, fresh, shown=shown, now=now).items()
    )
    return RankedStory(
        story=story,
        comparison=comparison,
        score=round(sum(part.points for part in parts), 4),
        parts=parts,
        status=_status(fresh, shown=shown),
        day=_day(story, now, ZoneInfo(zone)),
        new_member_ids=fresh,
        summary=summarise(story, lead_count=lead_count),
        lead_en=lead_member(story, "en", fresh),
        lead_es=lead_member(story, "es", fresh),
        topics=_topics(story.members),
    )


def _values(
    story: Story, comparison: Comparison, fresh: frozenset[str], *, shown: bool, now: datetime
) -> dict[str, float]:
    """The value, 0 to 1, of each reason a story can rank for. The names are those of `StoriesConfig.weights`."""
    best = sorted((m.relevance for m in story.members), reverse=True)[:3]
    age_hours = max((now - _newest(story)) / timedelta(hours=1), 0.0)
    border = sum(1 for place in comparison.places if place.region)
    return {
        "breadth": min(1.0, log(1 + len(story.voices)) / log(1 + _MANY_VOICES)),
        "both_languages": float(len(story.languages) == 2),
        "novelty": len(fresh) / len(story.members) if shown else float(bool(fresh)),
        "relevance": 1 - exp(-max(sum(best) / len(best), 0.0) / _MEAN_RELEVANCE),
        "recency": 0.5 ** (age_hours / _HALF_LIFE_HOURS),
        "places": min(1.0, border / _MANY_PLACES),
    }


def _status(fresh: frozenset[str], *, shown: bool) -> StoryStatus:
    if not shown:
        return "new"
    return "updated" if fresh else "ongoing"


def _day(story: Story, now: datetime, zone: ZoneInfo) -> int:
    """1 on the local date on which the story was first seen, 2 on the next, …"""
    return max((now.astimezone(zone).date() - story.created_at.astimezone(zone).date()).days, 0) + 1


def _topics(members: Iterable[Member]) -> tuple[str, ...]:
    """Lexicon categories, those of the most reports first; ties by name."""
    counts = Counter(topic for member in members for topic in member.topics)
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))
