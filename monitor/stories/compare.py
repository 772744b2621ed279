"""Who covers a story, since when, where the numbers differ, and which places and agencies it names. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from monitor.records import Comparison, Lang, Member, Story
from monitor.stories.disagree import differences
from monitor.stories.gazetteer import find_agencies, find_places

_SHORTEST_LEAD_S = 60.0


def compare(story: Story) -> Comparison:
    """The comparison of a story's reports. Copies neither count as first nor have a number of their own."""
    told = [m for m in story.members if not m.copy_of] or list(story.members)
    first_en, first_es = _first(told, "en"), _first(told, "es")
    lead, lead_s = _lead(first_en, first_es)
    return Comparison(
        first=min((m for m in told if m.article.date_known), key=_when, default=told[0]),
        first_en=first_en,
        first_es=first_es,
        lead=lead,
        lead_s=lead_s,
        differences=differences(told),
        places=_most_mentioned(told, find_places),
        agencies=_most_mentioned(told, find_agencies),
    )


def _when(member: Member) -> tuple[object, str]:
    return member.article.published_at, member.article.id


def _first(members: Iterable[Member], language: Lang) -> Member | None:
    """The first report in a language whose date is known."""
    dated = (m for m in members if m.language == language and m.article.date_known)
    return min(dated, key=_when, default=None)


def _lead(first_en: Member | None, first_es: Member | None) -> tuple[Lang | None, float]:
    if first_en is None or first_es is None:
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


def _most_mentioned(members: Iterable[Member], find: Callable[[str], tuple[N, ...]]) -> tuple[N, ...]:
    """What the reports name, by the number of reports (a headline counts twice), then by id."""
    counts: Counter[str] = Counter()
    named: dict[str, N] = {}
    for member in members:
        for text in (member.article.title, f"{member.article.title}. {member.article.summary}"):
            found = find(text)
            counts.update(item.id for item in found)
            named |= {item.id: item for item in found}
    return tuple(named[id_] for id_ in sorted(counts, key=lambda id_: (-counts[id_], id_)))
