"""What an updated story has that no earlier edition had. Pure.

Known gaps: a number is one that a headline or a first sentence gives, as in `disagree`; a figure that moved on by more
than three times passes for another count; who is newly named is known by office, as far as the gazetteer goes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.records import Agency, Comparison, Figure, FigureChange, Lang, Member, News, Story
from monitor.stories.figures import Quantity, quantities, same_amount, same_thing
from monitor.stories.gazetteer import find_officials
from monitor.text import fold, lead_sentences

_ANOTHER_COUNT = 3.0  # 5 of 31 migrants are a part of them, no later count
_FURTHER = re.compile(
    r"\b(?:second|third|fourth|another|segund[oa]|tercer[oa]?|cuart[oa]|otr[oa]s?)\b"
)  # not the same one
_MORE = re.compile(r"\b(?:more(?! than)|mas(?! de))\b")  # "two more" is no count of all
_EN_RISES = (
    r"(?:rise|climb|grow|jump|increase)s? (?:further )?to|(?:rose|climbed|grew|jumped|increased) to|reach(?:es|ed)"
)
_ES_RISES = r"(?:sub|aument|crec|asciend|elev|lleg)\w{1,4} (?:ya )?a"
_TOLD_BACKWARDS = (  # how a headline says that a count has grown, and the same with its noun behind the number
    (re.compile(rf"\btoll (?:\w+ ){{0,5}}?(?:{_EN_RISES}) (\w+)", re.IGNORECASE), r"\1 dead"),
    (re.compile(rf"\bnumber of (\w+) (?:\w+ ){{0,6}}?(?:{_EN_RISES}) (\w+)", re.IGNORECASE), r"\2 \1"),
    (
        re.compile(
            rf"\b(?:{_ES_RISES}|ya (?:son|van|suman)) (\w+) (?:l[oa]s|(?:el|la) (?:número|cifra|total|saldo) de) (\w+)",
            re.IGNORECASE,
        ),
        r"\1 \2",
    ),
    (
        re.compile(rf"\b(?:número|cifra|total|saldo) de (\w+) (?:\w+ ){{0,6}}?{_ES_RISES} (\w+)", re.IGNORECASE),
        r"\2 \1",
    ),
)


@dataclass(frozen=True, slots=True)
class _Given:
    """A number that a report opens with."""

    member: Member
    quantity: Quantity

    @property
    def order(self) -> tuple[datetime, str]:
        return self.member.article.published_at, self.member.article.id


def what_is_new(story: Story, new_member_ids: frozenset[str], comparison: Comparison) -> News:
    """What the reports in `new_member_ids` (article ids) brought; `comparison` is that of the whole story.

    A new number that contradicts an earlier one is a difference, otherwise a change. Empty without a new report that is
    no copy.
    """
    earlier = [m for m in story.members if m.article.id not in new_member_ids]
    fresh = [m for m in story.members if m.article.id in new_member_ids and not m.copy_of]
    ids = {m.article.id for m in fresh}
    differences = tuple(d for d in comparison.differences if any(f.article_id in ids for f in d.figures))
    contested = {difference.kind for difference in differences}
    return News(
        reports=tuple(fresh),
        voices_joined=_joined((m.voice for m in fresh), (m.voice for m in earlier)),
        languages_joined=_languages_joined(fresh, earlier),
        figures_changed=tuple(c for c in _figures_changed(earlier, fresh) if c.kind not in contested),
        differences=differences,
        contradictions=tuple(c for c in comparison.contradictions if any(s.article_id in ids for s in c.statements)),
        offices_joined=_offices_joined(earlier, fresh),
    )


def _joined(new: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """What is new, once each, in order."""
    before = set(known)
    return tuple(item for item in dict.fromkeys(new) if item not in before)


def _languages_joined(fresh: Sequence[Member], earlier: Sequence[Member]) -> tuple[Lang, ...]:
    before = {m.language for m in earlier}
    return tuple(dict.fromkeys(m.language for m in fresh if m.language not in before))


def _offices_joined(earlier: Iterable[Member], fresh: Iterable[Member]) -> tuple[Agency, ...]:
    known = {office.id for member in earlier for office in _offices(member)}
    found = {office.id: office for member in fresh for office in _offices(member)}
    return tuple(office for id_, office in found.items() if id_ not in known)


def _offices(member: Member) -> tuple[Agency, ...]:
    article = member.article
    return find_officials(f"{article.title}. {article.summary}", article.published_at.date())


# ---------------------------------------------------------------- numbers that moved on


def _figures_changed(earlier: Iterable[Member], fresh: Iterable[Member]) -> list[FigureChange]:
    """One change per kind: the last number that was known, and the last new one that nobody gave before."""
    known = sorted((g for m in earlier if not m.copy_of for g in _given(m)), key=lambda g: g.order)
    found: dict[str, FigureChange] = {}
    for new in sorted((g for m in fresh for g in _given(m)), key=lambda g: g.order):
        before = [g for g in known if same_thing(g.quantity, new.quantity) and g.order < new.order]
        if before and _moved_on(before, new):
            found[new.quantity.kind] = FigureChange(new.quantity.kind, _figure(before[-1]), _figure(new))
    return [found[kind] for kind in sorted(found)]


def _moved_on(before: Sequence[_Given], new: _Given) -> bool:
    """Whether a number takes the place of those before: near to the last, new to all, and not that of another event."""
    low, high = sorted((before[-1].quantity.value, new.quantity.value))
    of_another = _FURTHER.search(fold(new.quantity.sentence)) or _MORE.search(fold(new.quantity.text))
    if of_another or high > low * _ANOTHER_COUNT:
        return False
    return not any(same_amount(g.quantity, new.quantity) for g in before)


def _given(member: Member) -> list[_Given]:
    """The numbers of the headline, and of the first sentence where it counts something else; distances apart."""
    found: dict[str, list[Quantity]] = {}
    for text in (member.article.title, *lead_sentences(member.article, member.language, 1)):
        counted = [q for q in _counted(text, member.language) if q.what != "away"]
        found |= {q.kind: [p for p in counted if p.kind == q.kind] for q in counted if q.kind not in found}
    return [_Given(member, same[0]) for same in found.values() if all(same_amount(same[0], q) for q in same)]


def _counted(text: str, language: Lang) -> list[Quantity]:
    """The quantities of a sentence, also where it names the thing first: "suben a 15 los muertos"."""
    forwards = text
    for pattern, order in _TOLD_BACKWARDS:
        forwards = pattern.sub(order, forwards)
    return [replace(quantity, sentence=text) for quantity in quantities(forwards, language)]


def _figure(given: _Given) -> Figure:
    quantity, member = given.quantity, given.member
    return Figure(member.article.id, member.language, quantity.kind, quantity.value, quantity.text, quantity.sentence)
