"""Where the reports of one story give numbers that cannot all be true. Pure.

A report speaks for its number with its headline, or else with its first sentence; what stands further down may be a
part, a total or another event, and only ever speaks against a difference. Two voices disagree when neither number is
the other in another unit or rounded, neither voice gives the other's number anywhere, and the later one is no update.

Known gaps: a report that gives both numbers side by side ("26, or 29 by Mexico's count") settles the matter for its own
voice; numbers more than three times apart pass for counts of different things; two counts of different things with one
noun that are closer than that ("12 migrants" found, "30 migrants" in the whole group) can pass for a difference.

Days differ when two voices give two days for one thing that is still to happen (`days.py`), in headline or lead, where
neither names the other's day anywhere and no report says that the day was moved.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.records import Article, Figure, FigureDifference, Lang, Member
from monitor.sentences import sentences
from monitor.stories.days import Day, all_days, border_day, days, is_moved, same_happening
from monitor.stories.figures import Quantity, quantities, same_amount
from monitor.stories.plain import plain
from monitor.text import lead_sentences

_ANOTHER_COUNT = 3.0  # 5 of 31 migrants are a part of them, not another opinion
_SAME_PEOPLE = 1.5  # "26 men" may be the 29 prisoners, "two men" are not
_SAME_NEWS = timedelta(hours=18)  # a morning's and an evening's report
# What goes on changing after the first report: people are found, die or are arrested; waits grow and end.
_CHANGING = frozenset({"dead", "injured", "missing", "detained", "people", "migrants", "minors", "hours", "lanes"})
_SPECIFIC_HUMANS = frozenset({"migrants", "prisoners"})
_HUMANS = _SPECIFIC_HUMANS | {"people", "detained"}
_UPDATED = re.compile(
    r"\b(?:rises?|rose|climbs?|climbed|grows?|grew|jumps?|jumped|reach(?:es|ed)?|up from|revised|raised|another"
    r"|more(?! than))\b"
    r"|\b(?:suben?|subio|aumentan?|aumento|crecen?|crecio|ascienden?|ascendio|elevan?|elevo|suman|ya son|actualizan?"
    r"|otr[oa]s?|mas (?:victimas|muertos|cuerpos|detenidos|personas|migrantes))\b"
)
_TALLY = re.compile(  # the number of several days
    r"\b(?:this week|over the weekend|in (?:the )?(?:past|last)|in (?:two|three|four|five|six|seven|\d+) (?:days|weeks)"
    r"|esta semana|(?:el|este) fin de semana|en (?:los|las) ultim[oa]s"
    r"|en (?:dos|tres|cuatro|cinco|seis|siete|\d+) (?:dias|semanas))\b"
)
_FURTHER = re.compile(  # one more of its kind: the number is that of the second flight, not of the first
    r"\b(?:second|third|fourth|fifth|another|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|otr[oa])\b"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The number that a report stands for."""

    member: Member
    quantity: Quantity

    @property
    def voice(self) -> str:
        return self.member.voice

    @property
    def order(self) -> tuple[datetime, str]:
        return self.member.article.published_at, self.member.article.id


_Said = Mapping[str, Sequence[Quantity]]  # by voice


def differences(members: Sequence[Member]) -> tuple[FigureDifference, ...]:
    """One difference per kind of thing, by kind. Each figure once per amount and language: the earliest report's."""
    found = [*_number_differences(members), *_day_differences(members)]
    return tuple(sorted(found, key=lambda difference: difference.kind))


def _number_differences(members: Sequence[Member]) -> list[FigureDifference]:
    claims = _named_alike([claim for member in members for claim in _claims(member)])
    by_kind: defaultdict[str, list[_Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda c: c.order):
        by_kind[claim.quantity.kind].append(claim)
    contested = {kind: same for kind, same in by_kind.items() if len({c.voice for c in same}) > 1}
    said = _said(members) if contested else {}
    found = [_difference(same, said) for _, of_kind in sorted(contested.items()) for same in _same_things(of_kind)]
    return [difference for difference in found if difference]


# ---------------------------------------------------------------- what a report stands for


def _claims(member: Member) -> list[_Claim]:
    """Its number of each thing, from the headline, else from the first sentence. None where it gives several."""
    article, language = member.article, member.language
    found: dict[str, list[Quantity]] = {}
    texts = (article.title, *lead_sentences(article, language, 1))
    for text in (t for t in texts if not _TALLY.search(plain(t).lower())):
        by_kind: defaultdict[str, list[Quantity]] = defaultdict(list)
        for quantity in quantities(text, language):
            if quantity.bound != "loosely":  # "a dozen" contradicts nobody
                by_kind[quantity.kind].append(quantity)
        found |= {kind: same for kind, same in by_kind.items() if kind not in found}
    return [_Claim(member, quantity) for same in found.values() for quantity in _clear(same)]


def _clear(found: Sequence[Quantity]) -> list[Quantity]:
    """One number per thing of a kind, unless it has several that cannot be the same. Distances are of no use here."""
    by_what: defaultdict[str, list[Quantity]] = defaultdict(list)
    for quantity in found:
        by_what[quantity.what].append(quantity)
    by_what.pop("away", None)
    return [same[0] for same in by_what.values() if all(same_amount(same[0], q) for q in same)]


def _named_alike(claims: Sequence[_Claim]) -> list[_Claim]:
    """ "26 men" are the prisoners when a story tells of about as many; so are migrants, unless it tells of both."""
    specific = [claim for claim in claims if claim.quantity.kind in _SPECIFIC_HUMANS]
    kinds = {claim.quantity.kind for claim in specific}
    if len(kinds) != 1:
        return list(claims)
    (kind,) = kinds
    told = {claim.member.article.id for claim in specific}
    return [_renamed(c, kind) if _is_one_of(c, specific) and c.member.article.id not in told else c for c in claims]


def _is_one_of(claim: _Claim, specific: Iterable[_Claim]) -> bool:
    return claim.quantity.kind == "people" and any(
        _within(_SAME_PEOPLE, claim.quantity, other.quantity) for other in specific
    )


def _renamed(claim: _Claim, kind: str) -> _Claim:
    return replace(claim, quantity=replace(claim.quantity, kind=kind))


def _same_things(claims: Sequence[_Claim]) -> list[list[_Claim]]:
    """Split by what was counted; those that do not say join the others if all of these say the same."""
    by_what: defaultdict[str, list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_what[claim.quantity.what].append(claim)
    return [list(claims)] if len(by_what.keys() - {""}) <= 1 else [same for _, same in sorted(by_what.items())]


def _said(members: Iterable[Member]) -> _Said:
    """Every number a voice gives anywhere, those of other times and events included."""
    by_voice: defaultdict[str, list[Quantity]] = defaultdict(list)
    for member in members:
        for text in _whole_text(member.article, member.language):
            by_voice[member.voice] += quantities(text, member.language, of_any_time=True)
    return by_voice


def _whole_text(article: Article, language: Lang) -> list[str]:
    return [article.title, *sentences(article.summary, language), *sentences(article.body, language)]


# ---------------------------------------------------------------- who disagrees


def _difference(claims: Sequence[_Claim], said: _Said) -> FigureDifference | None:
    """The difference among claims about one thing, in order of publication; None when nobody disagrees."""
    standing = [c for i, c in enumerate(claims) if not any(_corrects(later, c) for later in claims[i + 1 :])]
    odd = [c for c in standing if any(_disagree(c, other, said) for other in standing)]
    if not odd:
        return None
    shown: list[_Claim] = []
    for claim in odd:
        if not any(_same_line(claim, other) for other in shown):
            shown.append(claim)
    figures = sorted((_figure(claim) for claim in shown), key=lambda f: (f.value, f.article_id))
    return FigureDifference(odd[0].quantity.kind, tuple(figures), across_languages=_across(odd, standing))


def _corrects(later: _Claim, earlier: _Claim) -> bool:
    """Whether a voice has replaced its own number."""
    a, b = later.quantity, earlier.quantity
    return later.voice == earlier.voice and _within(_ANOTHER_COUNT, a, b) and not same_amount(a, b)


def _disagree(a: _Claim, b: _Claim, said: _Said) -> bool:
    """Never within a voice, for it gives both numbers."""
    return (
        not same_amount(a.quantity, b.quantity)
        and _within(_ANOTHER_COUNT, a.quantity, b.quantity)
        and not _gives(b.quantity, said[a.voice])
        and not _gives(a.quantity, said[b.voice])
        and not _moved_on(*sorted((a, b), key=lambda c: c.order))
    )


def _within(times: float, a: Quantity, b: Quantity) -> bool:
    low, high = sorted((a.value, b.value))
    return high <= low * times


def _gives(quantity: Quantity, said: Iterable[Quantity]) -> bool:
    """Whether a voice gives a number, too, of the same thing; who is a migrant to one is a passenger to another."""
    kinds = _HUMANS if quantity.kind in _HUMANS else {quantity.kind}
    return any(other.kind in kinds and same_amount(quantity, other) for other in said)


def _moved_on(earlier: _Claim, later: _Claim) -> bool:
    """Whether the later number is news rather than another opinion: it says so, or things had a day to change."""
    text = plain(later.quantity.sentence).lower()
    grown = later.quantity.value > earlier.quantity.value
    if grown and later.quantity.kind in _CHANGING and _UPDATED.search(text):
        return True
    if later.member.article.published_at - earlier.member.article.published_at <= _SAME_NEWS:
        return False
    return later.quantity.kind in _CHANGING or _FURTHER.search(text) is not None


def _same_line(a: _Claim, b: _Claim) -> bool:
    return a.member.language == b.member.language and same_amount(a.quantity, b.quantity)


def _figure(claim: _Claim) -> Figure:
    quantity, member = claim.quantity, claim.member
    return Figure(member.article.id, member.language, quantity.kind, quantity.value, quantity.text, quantity.sentence)


def _across(odd: Sequence[_Claim], standing: Sequence[_Claim]) -> bool:
    """Whether both languages have a number in the difference, and no report of one agrees with any of the other."""
    involved = [c for c in standing if any(same_amount(c.quantity, o.quantity) for o in odd)]
    english = [c.quantity for c in involved if c.member.language == "en"]
    spanish = [c.quantity for c in involved if c.member.language == "es"]
    return bool(english and spanish) and not any(same_amount(a, b) for a in english for b in spanish)


# ---------------------------------------------------------------- days

_DAY_SENTENCES = 3  # of the lead: what comes further down is about other days
_FARTHEST_APART = timedelta(days=62)  # else it is another session of the court, another election


@dataclass(frozen=True, slots=True)
class _Dated:
    """A day that a report gives for what is to happen."""

    member: Member
    day: Day


def _day_differences(members: Sequence[Member]) -> list[FigureDifference]:
    """One difference per happening. None at all where some report says that a day was moved."""
    ordered = sorted(members, key=lambda m: (m.article.published_at, m.article.id))
    if any(is_moved(text) for member in ordered for text in _opening(member)):
        return []
    told = [_Dated(member, day) for member in ordered for day in _days_of(member)]
    if len({dated.day.on for dated in told}) < 2:
        return []
    named = _days_named(ordered)
    found: list[FigureDifference] = []
    while told:
        same = [dated for dated in told if same_happening(dated.day, told[0].day)]
        odd = [a for a in same if any(_two_days(a, b, named) for b in same)]
        found += [_day_difference(odd, same)] if odd else []
        told = [dated for dated in told[1:] if dated not in odd]
    return found


def _opening(member: Member) -> list[str]:
    return [member.article.title, *lead_sentences(member.article, member.language, _DAY_SENTENCES)]


def _days_of(member: Member) -> list[Day]:
    published = border_day(member.article.published_at)
    return [day for text in _opening(member) for day in days(text, member.language, published)]


def _days_named(members: Iterable[Member]) -> Mapping[str, frozenset[date]]:
    """Every day that a voice names anywhere."""
    by_voice: defaultdict[str, set[date]] = defaultdict(set)
    for member in members:
        published = border_day(member.article.published_at)
        for text in _whole_text(member.article, member.language):
            by_voice[member.voice] |= all_days(text, member.language, published)
    return {voice: frozenset(named) for voice, named in by_voice.items()}


def _two_days(a: _Dated, b: _Dated, named: Mapping[str, frozenset[date]]) -> bool:
    """Whether two voices give two days for one happening, which neither of the days of publication has passed."""
    last = border_day(max(a.member.article.published_at, b.member.article.published_at))
    return (
        a.member.voice != b.member.voice
        and same_happening(a.day, b.day)
        and timedelta(0) < abs(a.day.on - b.day.on) <= _FARTHEST_APART
        and min(a.day.on, b.day.on) >= last
        and a.day.on not in named[b.member.voice]
        and b.day.on not in named[a.member.voice]
    )


def _day_difference(odd: Sequence[_Dated], told: Sequence[_Dated]) -> FigureDifference:
    shown: list[_Dated] = []
    for dated in odd:
        if not any((dated.member.language, dated.day.on) == (s.member.language, s.day.on) for s in shown):
            shown.append(dated)
    figures = [
        Figure(d.member.article.id, d.member.language, "date", d.day.on.toordinal(), d.day.text, d.day.sentence)
        for d in shown
    ]
    english = {d.day.on for d in told if d.member.language == "en"}
    spanish = {d.day.on for d in told if d.member.language == "es"}
    across = bool(english and spanish) and english.isdisjoint(spanish)
    return FigureDifference("date", tuple(sorted(figures, key=lambda f: (f.value, f.article_id))), across)
