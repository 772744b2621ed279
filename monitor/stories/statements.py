"""Who contradicts whom in a story: one says, another denies it or has no information. Pure.

Statements are read sentence by sentence (`speech.py`); two contradict each other when their actors differ, when one
denies what the other says, or says that it is not so, and when both speak of one matter: the rare words of the shorter
claim stand in the other, at least two of them, in either language. What an outlet reports as a fact in headline or
first sentence is a claim, too ("media reports"), when all but all of what another voice denies stands in it. One actor
contradicts itself only by a denial in a later report. A false "they contradict each other" is worse than a missed one.

Known gaps: a denial that does not name what it denies is read as one of the last thing said before it; "would not admit
her" and "turned her away" have no word in common; numbers and days that differ are left to `disagree.py`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.records import Contradiction, Lang, Member, Statement
from monitor.sentences import sentences
from monitor.stories.actors import document, people_in, same_actor
from monitor.stories.gazetteer import find_mentions
from monitor.stories.matter import Profile, common, profiles, share
from monitor.stories.plain import plain
from monitor.stories.speech import Heard, heard_in, in_own_voice

_AT_MOST = 2  # contradictions of a story
_MOST_STATEMENTS = 4  # of a contradiction
_OVERLAP = 0.45  # share of a claim, by rarity, that stands in the other
_OVERLAP_UNKNOWN = 0.35  # where the other has no information: it names a matter rather than what happened
_OVERLAP_NAMED = 0.15  # where a denial names whom it contradicts
_OVERLAP_SURE = 0.6  # needs not be of the rarest word; a name in both claims counts as a word
_WORDS_SHARED = 2
_OVERLAP_WITH_OUTLET = 0.8  # of what is denied, where nobody is quoted with it
_WORDS_SHARED_WITH_OUTLET = 3
_BORDER = timedelta(hours=-6)


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement with the report it stands in and the words of its claim."""

    heard: Heard
    member: Member
    words: Profile  # of its claim, but for names
    names: frozenset[str]  # places, agencies and offices in its claim, by id
    not_so: frozenset[str]  # those of its words that are said not to be so

    @property
    def order(self) -> tuple[datetime, str, int]:
        return self.member.article.published_at, self.member.article.id, self.heard.position


@dataclass(frozen=True, slots=True)
class _Pair:
    """Somebody who says something, and somebody who does not agree; `overlap` 0..1."""

    said: _Told
    opposed: _Told
    overlap: float

    @property
    def rank(self) -> tuple[object, ...]:
        denied = self.opposed.heard.stance == "denied"
        titles = (self.said.heard.position == 0) + (self.opposed.heard.position == 0)
        return (not denied, -round(self.overlap, 1), titles, self.said.order, self.opposed.order)


def contradictions(members: Sequence[Member]) -> tuple[Contradiction, ...]:
    """At most two, the strongest first: denials before lacks of information, then by how much of a claim is shared."""
    told = _told(members)
    if not any(t.heard.stance != "said" or t.heard.not_so for t in told):
        return ()
    pairs = sorted(_pairs(told), key=lambda pair: pair.rank)
    found: list[Contradiction] = []
    while pairs and len(found) < _AT_MOST:
        group = _group(pairs)
        found.append(_contradiction(group, told))
        pairs = [p for p in pairs if not any(_same_matter(p, other) for other in group)]
    return tuple(found)


# ---------------------------------------------------------------- what was said


def _told(members: Sequence[Member]) -> list[_Told]:
    """All statements of a story, by publication, with the words of what they say."""
    ordered = sorted(members, key=lambda m: (m.article.published_at, m.article.id))
    texts = {m.article.id: _sentences(m) for m in ordered}
    days = [(m.article.published_at + _BORDER).date() for m in ordered]
    people = people_in(((t, m.language) for m in ordered for t in texts[m.article.id]), min(days)) if days else {}
    heard = [
        (one, member)
        for member, day in zip(ordered, days, strict=True)
        for one in (
            *_completed(heard_in(texts[member.article.id], member.language, people, day)),
            *_in_own_voice(texts[member.article.id], member.language),
        )
    ]
    words = profiles([_nameless(one.claim) for one, _ in heard])
    not_so = profiles([_nameless(one.not_so) for one, _ in heard])
    return [
        _Told(one, member, profile, _names(one.claim), frozenset(no))
        for (one, member), profile, no in zip(heard, words, not_so, strict=True)
    ]


def _in_own_voice(texts: Sequence[str], language: Lang) -> Iterator[Heard]:
    """What a report says itself in its headline and first sentence."""
    found = (in_own_voice(text, language, position) for position, text in enumerate(texts[:2]))
    return (one for one in found if one)


def _nameless(claim: str) -> str:
    """A claim without the names in it: "the Border Patrol" is two rare words and no matter."""
    for mention in reversed(find_mentions(claim)):
        claim = f"{claim[: mention.start]} {claim[mention.end :]}"
    return claim


def _names(claim: str) -> frozenset[str]:
    return frozenset(sense.id for mention in find_mentions(claim) for sense in mention.name.senses)


def _sentences(member: Member) -> list[str]:
    article, language = member.article, member.language
    texts = [article.title, *sentences(article.summary, language), *sentences(article.body, language)]
    return list(dict.fromkeys(texts))


_TOO_SHORT = 3  # words


def _completed(heard: Sequence[Heard]) -> Iterator[Heard]:
    """Statements with something to compare: a bare "denied the claim" is about what was said before it."""
    last = ""
    for one in heard:
        if one.stance == "said":
            last = one.claim
        bare = one.stance == "denied" and last and _is_bare(one.claim)
        yield replace(one, claim=last) if bare else one


def _is_bare(claim: str) -> bool:
    return len(_BARE.sub("", plain(claim).lower()).split()) < _TOO_SHORT


_BARE = re.compile(
    r"\b(?:the|these|those|all|any|such|las?|los|esas?|esos|toda?s?|dich[oa]s?|it|claims?|allegations?|accusations?|reports?"
    r"|accounts?|version|versiones|acusaciones|acusacion|senalamientos?|hechos|rumor|rumores|rumors?|charges|as|false)\b"
)


# ---------------------------------------------------------------- who contradicts whom


def _pairs(told: Sequence[_Told]) -> Iterator[_Pair]:
    for said in told:
        if said.heard.stance == "said":
            for other in told:
                overlap = _overlap(said, other)
                if overlap and _opposed(said, other):
                    yield _Pair(said, _as_denial(other), overlap)


def _as_denial(told: _Told) -> _Told:
    """ "Said that no shots were fired" denies the shots."""
    if told.heard.stance == "said":
        return replace(told, heard=replace(told.heard, stance="denied"))
    return told


def _opposed(said: _Told, other: _Told) -> bool:
    a, b = said.heard, other.heard
    if a.actor.id in document()["unheard"] or b.actor.id in document()["unheard"] or said is other:
        return False
    if same_actor(a.actor, b.actor):
        return _reversed(said, other)
    if b.stance == "no information":
        return not a.not_so
    if b.stance == "denied" and b.against == a.actor.id:
        return True
    if b.stance == "denied":
        return bool(a.not_so) == bool(b.not_so)
    return bool(b.not_so) and not a.not_so and other.order[0] >= said.order[0]


def _reversed(said: _Told, denied: _Told) -> bool:
    """Whether an actor has taken its own word back: in a later report, by a denial, about the same."""
    return (
        denied.heard.stance == "denied"
        and bool(said.heard.not_so) == bool(denied.heard.not_so)
        and denied.member.article.published_at > said.member.article.published_at
        and not said.heard.actor.vague
        and said.heard.actor.place == denied.heard.actor.place
    )


def _overlap(said: _Told, other: _Told) -> float:
    """The share of the rarer words of one claim that stand in the other, 0 when that is too little to be one matter."""
    part, both = share(said.words, other.words), common(said.words, other.words)
    if said.heard.own_voice:
        return _overlap_with_outlet(said, other)
    if other.heard.against == said.heard.actor.id and part >= _OVERLAP_NAMED:
        return min(part + _OVERLAP, 1.0)
    if (part < _OVERLAP_SURE or other.heard.stance == "said") and not _core(other) & both:
        return 0.0  # "migrants were pushed into the river" is not about those who were rescued from it
    least = _OVERLAP_UNKNOWN if other.heard.stance == "no information" else _OVERLAP
    named = not said.names.isdisjoint(other.names) and part >= _OVERLAP_SURE
    return part if part >= least and len(both) >= _WORDS_SHARED - named else 0.0


def _overlap_with_outlet(said: _Told, other: _Told) -> float:
    """The same for what an outlet reports itself: all but all of what is denied must stand in it."""
    both = common(said.words, other.words)
    part = sum(other.words[stem] ** 2 for stem in sorted(both))
    elsewhere = said.member.voice != other.member.voice and other.heard.stance != "said"
    enough = len(both) + (not said.names.isdisjoint(other.names)) >= _WORDS_SHARED_WITH_OUTLET
    return part if elsewhere and enough and part >= _OVERLAP_WITH_OUTLET else 0.0


def _core(told: _Told) -> frozenset[str]:
    """The rarest word of what is denied: "the visit has no date" denies a date, not a visit."""
    words = told.not_so if told.heard.stance == "said" else frozenset(told.words)
    return frozenset(sorted(words, key=lambda stem: (-told.words.get(stem, 0.0), stem))[:1])


# ---------------------------------------------------------------- putting together


def _group(pairs: Sequence[_Pair]) -> list[_Pair]:
    """The strongest pair with all that share a statement or an actor's side with it."""
    group = [pairs[0]]
    for pair in pairs[1:]:
        if any(_same_matter(pair, other) for other in group):
            group.append(pair)
    return group


def _same_matter(a: _Pair, b: _Pair) -> bool:
    """Whether two pairs share a statement, or a side of them the actor and what it speaks of."""
    if a.said.heard == b.said.heard or a.opposed.heard == b.opposed.heard:
        return True
    same_said = same_actor(a.said.heard.actor, b.said.heard.actor)
    same_opposed = same_actor(a.opposed.heard.actor, b.opposed.heard.actor)
    if same_said and same_opposed:
        return True
    return (same_opposed and share(a.said.words, b.said.words) >= _OVERLAP) or (
        same_said and share(a.opposed.words, b.opposed.words) >= _OVERLAP
    )


def _contradiction(group: Sequence[_Pair], told: Sequence[_Told]) -> Contradiction:
    chosen: list[_Told] = []
    for pair in group:
        for one in (pair.said, pair.opposed):
            if not any(_same_side(one, other) for other in chosen) and len(chosen) < _MOST_STATEMENTS:
                chosen.append(one)
    kept = [t for t in chosen if not (t.heard.actor.vague and any(_speaks_for(other, t, chosen) for other in chosen))]
    shown = sorted(kept, key=lambda t: (t.order, t.heard.stance))
    return Contradiction(tuple(map(_statement, shown)), across_languages=_across(group, told))


def _same_side(a: _Told, b: _Told) -> bool:
    return a.heard.stance == b.heard.stance and same_actor(a.heard.actor, b.heard.actor)


def _speaks_for(other: _Told, vague: _Told, chosen: Sequence[_Told]) -> bool:
    """Whether somebody more exact is on the side of "officials", or somebody as vague was chosen before."""
    before = not other.heard.actor.vague or chosen.index(other) < chosen.index(vague)
    return other.heard.stance == vague.heard.stance and before


def _statement(told: _Told) -> Statement:
    heard, member = told.heard, told.member
    actor = heard.actor
    return Statement(
        member.article.id, member.language, actor.id, actor.name_en, actor.name_es, heard.stance, heard.sentence
    )


def _across(group: Sequence[_Pair], told: Sequence[_Told]) -> bool:
    """Whether no language has both sides, as far as one can tell: whatever is near to a side counts for it."""
    said: set[Lang] = {p.said.member.language for p in group}
    opposed: set[Lang] = {p.opposed.member.language for p in group}
    for one in (t for t in told if not t.heard.own_voice):
        for pair in group:
            if one.heard.stance == "said" and share(one.words, pair.said.words) >= _OVERLAP and not one.heard.not_so:
                said.add(one.member.language)
            if one.heard.stance != "said" and common(one.words, pair.said.words):
                opposed.add(one.member.language)
    return not said & opposed
