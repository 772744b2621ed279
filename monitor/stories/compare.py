"""Who covers a story, since when, where the numbers differ, and which places and agencies it names. Pure.

Who had it first is a claim about clocks, so only a report that tells the hour can be first: not one without a date or
zone, and not one whose time is midnight, which is how many feeds write a date alone. A copy can be first: a wire's
first copy stands for all of them, and one published before its "original" is the original. An aggregator's time is when
it found a report, so it errs to the late side and is believed.

The lead of a language is the time between the first report of each: a fact with two links to check it. The median of
each would stand up better to one wrong clock, but mixes the news with the reactions of the days after.

Known gaps: a feed that writes its local time and calls it UTC is up to eight hours early; a report that was moved to
midnight on purpose is not believed; the hour is the feed's, and may be that of the last correction.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Protocol, TypeVar

from monitor.records import Article, Comparison, Lang, Member, Story
from monitor.stories.disagree import differences
from monitor.stories.gazetteer import find_agencies, find_places
from monitor.stories.statements import contradictions

_SHORTEST_LEAD_S = 60.0
_MIDNIGHTS = frozenset({0, 5, 6, 7, 8})  # in UTC: midnight there, and in the zones of the border in summer and winter


def compare(story: Story, bodies: Mapping[str, str] = MappingProxyType({})) -> Comparison:
    """The comparison of a story's reports. Copies have no number of their own and name nothing twice.

    `bodies` are full texts by article id, of reports that come without theirs; nothing of the comparison holds them.
    """
    told = own_reports(story)
    read = [_with_text(member, bodies) for member in told]
    first_en, first_es = first_report(story.in_language("en")), first_report(story.in_language("es"))
    lead, lead_s = _lead(first_en, first_es)
    return Comparison(
        first=first_report(story.members) or min(told, key=_when),
        first_en=first_en,
        first_es=first_es,
        lead=lead,
        lead_s=lead_s,
        differences=differences(read),
        contradictions=contradictions(read),
        places=_most_mentioned(told, lambda text, _: find_places(text)),
        agencies=_most_mentioned(told, find_agencies),
    )


def compare_all(stories: Iterable[Story]) -> Iterator[Comparison]:
    """One comparison per story, in order, of reports that come with their full texts."""
    return map(compare, stories)


def _with_text(member: Member, bodies: Mapping[str, str]) -> Member:
    body = bodies.get(member.article.id)
    return replace(member, article=replace(member.article, body=body)) if body else member


def own_reports(story: Story) -> tuple[Member, ...]:
    """The reports that are no copies; all when there are only copies."""
    return tuple(m for m in story.members if not m.copy_of) or story.members


# ---------------------------------------------------------------- who was first


def tells_the_hour(article: Article) -> bool:
    """Whether a report's time can be compared with another's: it has a date, an hour and a zone."""
    at = article.published_at.astimezone(UTC)
    is_midnight = at.hour in _MIDNIGHTS and at.minute == at.second == at.microsecond == 0
    return article.date_known and article.hour_known and not is_midnight


def first_report(members: Iterable[Member]) -> Member | None:
    """The first report that tells the hour, else the first with a date; no copy, then by id. None: no date."""
    dated = [m for m in members if m.article.date_known]
    return min([m for m in dated if tells_the_hour(m.article)] or dated, key=_when, default=None)


def _when(member: Member) -> tuple[datetime, bool, str]:
    return member.article.published_at, bool(member.copy_of), member.article.id


def _lead(first_en: Member | None, first_es: Member | None) -> tuple[Lang | None, float]:
    """The language that was ahead and by how many seconds; nothing where a clock is missing or it is not a minute."""
    if not (first_en and first_es and tells_the_hour(first_en.article) and tells_the_hour(first_es.article)):
        return None, 0.0
    ahead_s = (first_es.article.published_at - first_en.article.published_at).total_seconds()
    if abs(ahead_s) < _SHORTEST_LEAD_S:
        return None, 0.0
    return ("en" if ahead_s > 0 else "es"), abs(ahead_s)


# ---------------------------------------------------------------- places and agencies


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _most_mentioned(members: Iterable[Member], find: Callable[[str, date], tuple[N, ...]]) -> tuple[N, ...]:
    """What the reports name on their days, by the number of reports (a headline counts twice), then by id."""
    counts: Counter[str] = Counter()
    named: dict[str, N] = {}
    for member in members:
        for text in (member.article.title, f"{member.article.title}. {member.article.summary}"):
            found = find(text, member.article.published_at.date())
            counts.update(item.id for item in found)
            named |= {item.id: item for item in found}
    return tuple(named[id_] for id_ in sorted(counts, key=lambda id_: (-counts[id_], id_)))
