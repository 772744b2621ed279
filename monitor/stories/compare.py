"""Who covers a story, since when, where the numbers differ, and which places and agencies it names. Pure.

A difference is reported only when two reports give numbers of one kind that cannot be the same number: not another
unit, not rounded, not "more than". Known gaps: reports that give several numbers of one kind are left out; two counts
of different things with the same noun ("12 migrants rescued", "30 migrants" in the whole group) can pass for one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from monitor.records import Comparison, Figure, FigureDifference, Lang, Member, Story
from monitor.stories.figures import Quantity, article_quantities, consistent
from monitor.stories.gazetteer import find_agencies, find_places

_SENTENCES = 3  # of each report: numbers further down are mostly of other events
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
        differences=_differences(told),
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


# ---------------------------------------------------------------- figures


def _differences(members: Sequence[Member]) -> tuple[FigureDifference, ...]:
    by_thing: defaultdict[str, list[tuple[Member, Quantity]]] = defaultdict(list)
    for member in _latest_by_voice(members):
        for quantity in _single(article_quantities(member.article, member.language, _SENTENCES)).values():
            by_thing[quantity.kind].append((member, quantity))
    found = [_difference(kind, same) for kind, told in sorted(by_thing.items()) for same in _same_things(told)]
    return tuple(difference for difference in found if difference)


def _latest_by_voice(members: Iterable[Member]) -> list[Member]:
    """Each voice's last word in each language: a number it has corrected itself is no difference."""
    return list({(m.voice, m.language): m for m in sorted(members, key=_when)}.values())


def _single(found: Iterable[Quantity]) -> Mapping[str, Quantity]:
    """The report's number of each thing, unless it has several that cannot be the same."""
    by_thing: defaultdict[str, list[Quantity]] = defaultdict(list)
    for quantity in found:
        by_thing[f"{quantity.kind} {quantity.what}"].append(quantity)
    return {thing: same[0] for thing, same in by_thing.items() if all(consistent(same[0], q) for q in same)}


def _same_things(told: Sequence[tuple[Member, Quantity]]) -> list[list[tuple[Member, Quantity]]]:
    """Split by what was counted; when all that say so say the same, those that do not say join them."""
    whats = sorted({quantity.what for _, quantity in told if quantity.what})
    if len(whats) <= 1:
        return [list(told)]
    return [[pair for pair in told if pair[1].what == what] for what in whats]


def _difference(kind: str, told: Sequence[tuple[Member, Quantity]]) -> FigureDifference | None:
    """The difference, if two reports contradict each other. One figure per value and language: the earliest."""
    odd = [(m, q) for m, q in told if any(not consistent(q, other) for _, other in told)]
    if not odd:
        return None
    shown: dict[tuple[float, Lang], Figure] = {}
    for member, quantity in sorted(odd, key=lambda pair: _when(pair[0])):
        figure = Figure(member.article.id, member.language, kind, quantity.value, quantity.text, quantity.sentence)
        shown.setdefault((quantity.value, member.language), figure)
    figures = sorted(shown.values(), key=lambda f: (f.value, f.article_id))
    return FigureDifference(kind, tuple(figures), across_languages=_across(told))


def _across(told: Sequence[tuple[Member, Quantity]]) -> bool:
    """Whether both languages have the number, and no report of one agrees with any of the other."""
    english = [q for m, q in told if m.language == "en"]
    spanish = [q for m, q in told if m.language == "es"]
    return bool(english and spanish) and not any(consistent(a, b) for a in english for b in spanish)
