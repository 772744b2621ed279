"""Is an item about border security? Language, score, link to the border, and the terms that decided. Pure functions.

    hits = terms found, the largest of each group, capped by category
    score = Σ hits (in the title × 1.5) + the feed's points − penalties
    relevant = score ≥ threshold of the feed's scope, a topic, and (but for on_topic feeds) a nexus

The rules and numbers are lexicon.yaml's; `Verdict.reason` says which condition failed. Known gaps: words only, so "no
cartel was involved" counts as cartel, and a bride's "prófugo del altar" as a fugitive; an item whose feed carries a
bare headline gets half the evidence of one with a summary.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from monitor.intake.languages import detect_language
from monitor.intake.lexicon import CROSSINGS, PLACES, Lexicon, Negative, NexusKind, Term, load_lexicon
from monitor.intake.priors import feed_terms
from monitor.records import Article, Lang, Source, TermHit, Tier, Verdict

__all__ = ["Lexicon", "detect_language", "judge", "load_lexicon"]

# A round-up's long text names everything once; the first thousand characters say what an item is about.
_SUMMARY_CHARS = 1_000
_TOPICAL_WEIGHT = 2.0
_CONTEXT_CATEGORIES = frozenset({"cartels_trafficking", "drones_airspace"})
_NAMED = 4
_LINKS = {
    "strong": "names the US–Mexico border or the two countries' dealings",
    "border": "names a place or thing on the border",
    "both": "names both countries",
    "border_weak": "names the US and what may be the border",
}
_SHORT_OF = {
    "border_weak": "only a name that may be near it",
    "us": "only the US",
    "mx": "only Mexico",
    "none": "no place, and neither country",
}
_SPACE_BEFORE_STOP = re.compile(r" +(?=[.,;:!?](?:\s|$))")
_STOPS_APART = (" .", " ,", " ;", " :", " !", " ?")
_SPLIT_INITIALS = re.compile(r"(?<=\b[A-Z])\. +(?=[A-Z]\s?\.)")


Where = Literal["title", "summary"]


class _Finding(NamedTuple):
    """A rule that was found in an item."""

    rule: Term | Negative
    where: Where
    text: str  # what matched


class _Hit(NamedTuple):
    """A term that was found, with its record for the reader."""

    term: Term
    found: TermHit


class _Against(NamedTuple):
    """A negative that applies, with its record for the reader."""

    negative: Negative
    found: TermHit


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All that speaks for and against an item."""

    score: float
    prior: float  # the part of the score that the feed brings
    hits: tuple[_Hit, ...]
    nexus: frozenset[NexusKind]
    against: tuple[Negative, ...]


@dataclass(frozen=True, slots=True)
class _Decision:
    """Whether an item is kept, and why."""

    relevant: bool
    reason: str
    threshold: float
    tier: Tier = "core"


def judge(article: Article, source: Source, lexicon: Lexicon) -> Verdict:
    """The verdict on one article, with the terms that decided, the strongest first."""
    language = detect_language(f"{article.title}. {article.summary}", source.language)
    findings = _findings(article, lexicon)
    every = _hits(findings, language, lexicon)
    counted = _capped(_largest_of_groups(every), lexicon)
    nexus = frozenset(hit.term.nexus for hit in every) - {"none"}
    topics = _topics(counted)
    against = _against(findings, nexus, len(topics))
    of_feed = feed_terms(source, lexicon.scoring)
    terms = [*(hit.found for hit in counted), *of_feed, *(a.found for a in against)]
    score, prior = (sum(term.weight for term in some) for some in (terms, of_feed))
    evidence = _Evidence(score, prior, tuple(counted), nexus, tuple(a.negative for a in against))
    decision = _decide(evidence, source, lexicon)
    return Verdict(
        article_id=article.id,
        language=language,
        relevant=decision.relevant,
        score=round(score, 2),
        threshold=decision.threshold,
        reason=decision.reason,
        tier=decision.tier,
        nexus=_nexus_name(nexus),
        terms=tuple(sorted(terms, key=lambda t: (-abs(t.weight), t.id))),
        topics=topics,
    )


# ---------------------------------------------------------------- finding terms


def _findings(article: Article, lexicon: Lexicon) -> list[_Finding]:
    """Each rule that is found, once, in the lexicon's order; the headline comes first.

    The dateline counts like the summary it was taken from: often it is all that names the place.
    """
    parts = (article.dateline, article.summary[:_SUMMARY_CHARS], " · ".join(article.categories))
    title = lexicon.finder.found(_repaired(article.title))
    summary = lexicon.finder.found(_repaired("\n".join(parts)))
    return [
        _Finding(lexicon.rules[n], "title", title[n])
        if n in title
        else _Finding(lexicon.rules[n], "summary", summary[n])
        for n in sorted(title.keys() | summary.keys())
    ]


def _repaired(text: str) -> str:
    """Repairs of tokenised titles ("the U . S . border ,") before matching."""
    for stop in _STOPS_APART:  # few texts have one, and these searches take a fifth of the time
        if stop in text:
            text = _SPACE_BEFORE_STOP.sub("", text)
            break
    return _SPLIT_INITIALS.sub(".", text) if ". " in text else text


def _hits(findings: Iterable[_Finding], language: Lang, lexicon: Lexicon) -> list[_Hit]:
    """The terms that were found, weighed by where."""
    factors = {"title": lexicon.scoring.title_weight, "summary": lexicon.scoring.summary_weight}
    return [
        _Hit(rule, TermHit(rule.id, rule.category, where, rule.weight * factors[where], text))
        for rule, where, text in findings
        if isinstance(rule, Term) and (not rule.lang_strict or rule.lang in (language, "both"))
    ]


def _largest_of_groups(hits: Iterable[_Hit]) -> list[_Hit]:
    """Terms of one group are one piece of evidence: the one with the largest weight counts."""
    best: dict[str, _Hit] = {}
    for hit in hits:
        key = f"group {hit.term.group}" if hit.term.group else hit.term.id
        if key not in best or hit.found.weight > best[key].found.weight:
            best[key] = hit
    return list(best.values())


def _capped(hits: Sequence[_Hit], lexicon: Lexicon) -> list[_Hit]:
    """The hits, the weights of each category cut so that they sum to at most its cap; the largest stay whole."""
    room: dict[str, float] = dict(lexicon.scoring.category_cap)
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (-h.found.weight, h.term.id)):
        left = room.get(hit.term.category, hit.found.weight)
        weight = min(hit.found.weight, left)
        if hit.term.category in room:
            room[hit.term.category] = left - weight
        kept.append(hit if weight == hit.found.weight else _Hit(hit.term, replace(hit.found, weight=weight)))
    return kept


def _topics(hits: Iterable[_Hit]) -> tuple[str, ...]:
    """The categories that were hit, places apart, the strongest first."""
    totals: dict[str, float] = defaultdict(float)
    for hit in hits:
        if hit.term.category != PLACES:
            totals[hit.term.category] += hit.found.weight
    return tuple(sorted(totals, key=lambda name: (-totals[name], name)))


# ---------------------------------------------------------------- negatives


def _against(findings: Iterable[_Finding], nexus: frozenset[NexusKind], topics: int) -> list[_Against]:
    """The negatives that were found, but for those that the item's nexus or topics excuse."""
    return [
        _Against(rule, TermHit(rule.id, "negative", where, -rule.penalty, text))
        for rule, where, text in findings
        if isinstance(rule, Negative)
        and not _excused(rule, nexus, topics)
        and (where == "title" or not rule.title_only)
    ]


def _excused(negative: Negative, nexus: frozenset[NexusKind], topics: int) -> bool:
    if "strong" in nexus and negative.unless_nexus in ("strong", "border"):
        return True
    if "border" in nexus and negative.unless_nexus == "border":
        return True
    return 0 < negative.skip_if_topical_categories <= topics


# ---------------------------------------------------------------- deciding


def _decide(evidence: _Evidence, source: Source, lexicon: Lexicon) -> _Decision:
    """The first condition that fails is the reason: excluded, topic, link, points. A kept item is told all three."""
    threshold = lexicon.scoring.thresholds[source.scope]
    veto = next((negative for negative in evidence.against if negative.veto), None)
    if veto:
        return _Decision(False, f"excluded: {veto.why}", threshold)
    topic = next((hit for hit in evidence.hits if _is_topic(hit.term)), None)
    if topic is None:
        return _Decision(False, f"no topic: {_only(evidence.hits)}", threshold)
    if source.scope == "on_topic" or _touches_border(evidence.nexus) or _touches_home(evidence, source):
        return _weighed(evidence, topic, source, threshold)
    return _context(evidence, threshold, lexicon.scoring.context_threshold)


def _weighed(evidence: _Evidence, topic: _Hit, source: Source, threshold: float) -> _Decision:
    """The last condition, of an item with a topic and a link: enough points."""
    weighed = f"{_points(evidence)}, {threshold:.1f} needed"
    link = _link(evidence, source)
    if evidence.score >= threshold:
        return _Decision(True, f"{weighed}; topic {topic.term.id}; link: {link}", threshold)
    why = f"too few points: {weighed}; link: {link}"
    return _Decision(False, why + _blamed(evidence.against), threshold)


def _is_topic(term: Term) -> bool:
    """Whether a term can carry an item: places, actors and slight words cannot."""
    return term.category != PLACES and term.topical and term.weight >= _TOPICAL_WEIGHT


def _context(evidence: _Evidence, threshold: float, context: float) -> _Decision:
    """Domestic Mexican security of great weight is kept as context although it does not touch the border."""
    score, nexus = evidence.score, evidence.nexus
    if "mx" in nexus and score >= context and any(h.term.category in _CONTEXT_CATEGORIES for h in evidence.hits):
        why = f"{_points(evidence)}, {context:.1f} needed; context from Mexico, no link to the border"
        return _Decision(True, why, context, "context")
    found = _SHORT_OF[_nexus_name(nexus)] + _named_by(evidence, _nexus_name(nexus))
    return _Decision(False, f"no link to the border: {found}; {_points(evidence)}", threshold)


def _points(evidence: _Evidence) -> str:
    """The score, to which the terms of the verdict add up, and the feed's part of it."""
    return f"{evidence.score:.1f} points" + (f" ({evidence.prior:.1f} for the feed)" if evidence.prior else "")


def _only(hits: Sequence[_Hit]) -> str:
    """What was found instead of a topic."""
    found = ", ".join(hit.found.text for hit in hits[:_NAMED])
    return f"only places, actors or slight words ({found})" if found else "no term of the lexicon was found"


def _link(evidence: _Evidence, source: Source) -> str:
    """The link to the border in words, with the words that make it."""
    if not _touches_border(evidence.nexus):
        return "the feed is about the border" if source.scope == "on_topic" else "the feed is a border newsroom's"
    name = _nexus_name(evidence.nexus)
    makers = {"both": ("us", "mx"), "border_weak": ("us", "border_weak")}.get(name, (name,))
    return _LINKS[name] + _named_by(evidence, *makers)


def _named_by(evidence: _Evidence, *kinds: str) -> str:
    """The strongest words of these kinds of link, in brackets."""
    links = [hit for hit in evidence.hits if hit.term.nexus != "none"]
    texts = [next((hit.found.text for hit in links if hit.term.nexus == kind), "") for kind in kinds]
    return f" ({', '.join(filter(None, texts))})" if any(texts) else ""


def _blamed(against: Sequence[Negative]) -> str:
    return f"; counted against it: {', '.join(negative.why for negative in against)}" if against else ""


def _touches_border(nexus: frozenset[NexusKind]) -> bool:
    """The nexus rule: the border itself, a border place, both countries, or the US and what may be such a place."""
    return bool(nexus & {"strong", "border"}) or {"us", "mx"} <= nexus or {"us", "border_weak"} <= nexus


def _touches_home(evidence: _Evidence, source: Source) -> bool:
    """In a border newsroom Mexico or a name that may be near is a link; people crossing are one without a place.

    The United States alone are none: those papers carry the nation's news as well.
    """
    if not source.border_local:
        return False
    crossing = any(h.term.category == CROSSINGS and _is_topic(h.term) for h in evidence.hits)
    return crossing or bool(evidence.nexus & {"mx", "border_weak"})


def _nexus_name(nexus: frozenset[NexusKind]) -> str:
    """The strongest kind: strong, border, both (us and mx), border_weak, us, mx or none."""
    if not nexus & {"strong", "border"} and {"us", "mx"} <= nexus:
        return "both"
    order: tuple[NexusKind, ...] = ("strong", "border", "border_weak", "us", "mx")
    return next((kind for kind in order if kind in nexus), "none")
