"""The order of an edition, each place with its reasons. Pure.

A story's score is the sum of named parts, each a value between 0 and 1 times its weight in feeds.yaml. What a value
means stands with each part. The scales are set by hand: nobody has labelled which story of a day matters more.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from zoneinfo import ZoneInfo

from monitor.config.models import StoriesConfig
from monitor.records import Comparison, Member, News, RankedStory, ScorePart, Story, StoryStatus
from monitor.stories.compare import compare_all, own_reports
from monitor.stories.gazetteer import find_places
from monitor.stories.news import what_is_new
from monitor.stories.quotas import spread
from monitor.stories.summarise import lead_member, summarise

_MANY_VOICES = 8  # so many independent voices are full breadth; few events get more
_CLEARLY_RELEVANT = 15.0  # a clearly relevant report's lexicon score
_NEXUS = {"strong": 1.0, "border": 1.0, "both": 0.85, "border_weak": 0.6, "us": 0.4, "mx": 0.4, "none": 0.2}
_UNKNOWN_NEXUS = 0.85  # of reports stored before it was kept: they passed the filter
_HALF_LIFE_HOURS = 12.0
_MANY_OFFICES = 2
_OTHER_PRESS, _NEW_FACT = 0.75, 0.5  # novelty of an updated story, whatever the number of its reports


@dataclass(frozen=True, slots=True)
class Ranked:
    """An edition's stories: with something new, the best first; and those of earlier days without news."""

    with_news: tuple[RankedStory, ...]
    developing: tuple[RankedStory, ...]

    def __len__(self) -> int:
        return len(self.with_news)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom an edition is for."""

    wanted: Callable[[RankedStory], bool] = lambda _: True  # what the edition will show: only that fills the quotas
    withheld: Collection[str] = frozenset()  # texts without a translation fit to show: other ones are preferred


_ANYBODY = Reader()


@dataclass(frozen=True, slots=True)
class _Edition:
    """What one edition asks of each story."""

    now: datetime
    zone: ZoneInfo
    options: StoriesConfig
    lead_count: int
    reader: Reader


def rank(  # noqa: PLR0913 - all that makes one edition another than the next
    stories: Sequence[Story],
    *,
    previous_article_ids: frozenset[str],
    since: datetime,
    now: datetime,
    zone: str,
    options: StoriesConfig,
    lead_count: int,
    reader: Reader = _ANYBODY,
    comparing: Callable[[Iterable[Story]], Iterator[Comparison]] = compare_all,
) -> Ranked:
    """The stories an edition shows, in order: by score, then id, but for the quotas at the top.

    News is a report that no earlier edition showed (`previous_article_ids`) and that was published at or after `since`;
    a copy of a report is no news. A story shown earlier, without news, is "developing" for `developing_days` after its
    last report; any other is left out. Days are local dates in `zone`. `comparing` gives one comparison per story, in
    order: only of those that are shown, and as they are needed.
    """
    edition = _Edition(now, ZoneInfo(zone), options, lead_count, reader)
    chosen: list[_Chosen] = []
    for story in stories:
        fresh = _fresh(story, previous_article_ids, since)
        shown = any(m.article.id in previous_article_ids for m in story.members)
        if fresh or (shown and _newest(story.members) >= now - timedelta(days=options.developing_days)):
            chosen.append(_Chosen(story, fresh, shown))
    compared = zip(chosen, comparing(item.story for item in chosen), strict=True)
    ranked = [_ranked(item, comparison, edition) for item, comparison in compared]
    with_news = [item for item in ranked if item.new_member_ids]
    developing = [item for item in ranked if not item.new_member_ids]
    return Ranked(spread(_sorted(with_news), options.quotas, wanted=reader.wanted), _sorted(developing))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A story of the edition, and whether an earlier one has shown it."""

    story: Story
    fresh: frozenset[str]  # ids of the reports that are news
    shown: bool


def _fresh(story: Story, previous: frozenset[str], since: datetime) -> frozenset[str]:
    """Ids of the reports that are news; copies only along with a report that is none."""
    unseen = [m for m in story.members if m.article.id not in previous and m.article.published_at >= since]
    has_news = any(not m.copy_of for m in unseen) or not any(m.article.id in previous for m in story.members)
    return frozenset(m.article.id for m in unseen) if has_news else frozenset()


def _newest(members: Iterable[Member]) -> datetime:
    return max(m.article.published_at for m in members)


def _sorted(stories: Iterable[RankedStory]) -> tuple[RankedStory, ...]:
    return tuple(sorted(stories, key=lambda r: (-r.score, r.story.id)))


def _ranked(chosen: _Chosen, comparison: Comparison, edition: _Edition) -> RankedStory:
    story, fresh, shown = chosen.story, chosen.fresh, chosen.shown
    news = what_is_new(story, fresh, comparison) if shown and fresh else None
    values = {**_values(story, comparison, edition.now), "novelty": _novelty(story, news, shown=shown)}
    weights = edition.options.weights
    parts = tuple(ScorePart(name, round(values[name], 4), weight) for name, weight in weights)
    return RankedStory(
        story=story,
        comparison=comparison,
        score=round(sum(part.points for part in parts), 4),
        parts=parts,
        status=_status(fresh, shown=shown),
        day=_day(story, edition.now, edition.zone),
        new_member_ids=fresh,
        summary=summarise(story, lead_count=edition.lead_count, withheld=edition.reader.withheld),
        lead_en=lead_member(story, "en", fresh, edition.reader.withheld),
        lead_es=lead_member(story, "es", fresh, edition.reader.withheld),
        topics=_topics(story.members),
        news=news,
    )


def _status(fresh: frozenset[str], *, shown: bool) -> StoryStatus:
    if not shown:
        return "new"
    return "updated" if fresh else "ongoing"


def _day(story: Story, now: datetime, zone: ZoneInfo) -> int:
    """1 on the local date on which the story was first seen, 2 on the next, …; days without news count."""
    return max((now.astimezone(zone).date() - story.created_at.astimezone(zone).date()).days, 0) + 1


def _topics(members: Iterable[Member]) -> tuple[str, ...]:
    """Lexicon categories, those of the most reports first; ties by name."""
    counts = Counter(topic for member in members for topic in member.topics)
    return tuple(sorted(counts, key=lambda topic: (-counts[topic], topic)))


# ---------------------------------------------------------------- the parts of a score, each between 0 and 1


def _values(story: Story, comparison: Comparison, now: datetime) -> dict[str, float]:
    """Every part but novelty, by its name in `WeightsConfig`."""
    told = own_reports(story)
    return {
        "breadth": _breadth(story),
        "both_languages": _both_languages(told),
        "nexus": max(_nexus(member) for member in told),
        "places": _places(told),
        "recency": _recency(told, now),
        "officials": min(1.0, sum(1 for a in comparison.agencies if a.kind == "office") / _MANY_OFFICES),
        "dispute": _dispute(comparison),
    }


def _breadth(story: Story) -> float:
    """Independent voices on a logarithmic scale: one .32, two .5, four .73, eight and more 1."""
    return min(1.0, log(1 + len(story.voices)) / log(1 + _MANY_VOICES))


def _both_languages(told: Sequence[Member]) -> float:
    """1 when each press has a voice of its own; half when one voice tells it in both languages."""
    if len({member.language for member in told}) < 2:
        return 0.0
    return 1.0 if len({member.voice for member in told}) > 1 else 0.5


def _novelty(story: Story, news: News | None, *, shown: bool) -> float:
    """1 for a new story. Of an updated one the share of new reports, or more when they say that something happened."""
    if not shown:
        return 1.0
    if news is None:
        return 0.0
    facts = news.figures_changed or news.differences or news.contradictions
    return max(
        len(news.reports) / len(own_reports(story)),
        _OTHER_PRESS if news.languages_joined else 0.0,
        _NEW_FACT if facts else 0.0,
    )


def _nexus(member: Member) -> float:
    """Kind of link to the border times lexicon score (15 gives .63, 30 .86).

    A story has that of its best report: to leave the border out, as newsrooms on it do, does not weaken the link.
    """
    kind = _NEXUS.get(member.nexus, _UNKNOWN_NEXUS)
    return kind * (1 - exp(-max(member.relevance, 0.0) / _CLEARLY_RELEVANT))


def _places(told: Sequence[Member]) -> float:
    """How surely it happened on the border: mean over the reports of 1, with a place there in the headline, or half."""
    named = (sum(map(_on_border, (m.article.title, f"{m.article.title}. {m.article.summary}"))) / 2 for m in told)
    return sum(named) / len(told)


def _on_border(text: str) -> bool:
    return any(place.region for place in find_places(text))


def _recency(told: Sequence[Member], now: datetime) -> float:
    """1 for a report of this minute, half of it every twelve hours; what has no date is as old as what has."""
    newest = _newest([m for m in told if m.article.date_known] or told)
    return float(0.5 ** (max((now - newest) / timedelta(hours=_HALF_LIFE_HOURS), 0.0)))


def _dispute(comparison: Comparison) -> float:
    """1 for a contradiction, or a figure that the two languages give differently; half for one within a language."""
    if comparison.contradictions or any(d.across_languages for d in comparison.differences):
        return 1.0
    return 0.5 if comparison.differences else 0.0
