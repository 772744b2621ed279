"""Which reports are copies of others: the same page, the same text, or nearly the same words. Pure.

Nearly the same: the shorter text's words stand in the longer one (Broder's containment of three-word shingles, which
also finds what was cut off), not counting what an outlet prints under many of its reports, and both texts begin with
them: a passage quoted further down, yesterday's background and an item of a round-up make no copy.

Known gaps: a rewritten wire report is no copy; a translation of a report is none either (it is the other language's
voice); two short texts of one template ("CBP officers at … seized … of …") are told apart by numbers, places and how
often they differ, so that one name replaced, or two within hours, goes unseen; a round-up that opens with another's
text is taken for its longer version; what an outlet puts under its reports is known only when four of them carry it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from monitor.records import Article, Copy, Judged, Source
from monitor.stories.gazetteer import find_places
from monitor.stories.shingles import (
    SHINGLE,
    Candidates,
    Number,
    Shingles,
    Words,
    candidates,
    common,
    count_words,
    shingled,
)
from monitor.stories.wires import credit_ends, wire_of
from monitor.text import canonical_url, fold

_MIN_SHARED = 8  # shingles: ten words in a row, or as much in pieces
_MIN_WHOLE = 4  # shingles: a headline alone, when the other text has all of it
_MIN_TEXT_CHARS = 60  # "Same text" of a shorter one ("Weather", "Photos of the day") proves nothing

# What share of the shorter text; chosen on the labelled pairs, development half, see docs/decisions/0016-copies.md.
_CUT_LONG = 0.40
_CUT_SHORT = 0.60  # short snippets of one event quote the same official
_CUT_SHORT_WIRE = 0.48  # when both are of one agency: desks cut its text in other places
_SHORT = 43  # shingles
_KIN = 0.20  # of an original's text, in a copy of its copy
_SURE = 0.90  # a corrected number in an otherwise equal text …
_CORRECTED = 2  # … or two

_EDITS, _WORDS_PER_EDIT = 3, 25  # a desk rewrites a sentence or two; a template has its names and nouns replaced
_SWAPPED, _LONGER = 2, 2  # passages replaced by others two words longer at most, where that can be no desk's doing
_SAME_NEWS = timedelta(hours=18)  # a morning's and an evening's report

_DATELINE, _BYLINE = 3, 15  # words that a desk puts before a text
_MOSTLY = 0.60  # of a text; then more may stand before
_OF_HEADLINE = 1 / 3  # of its longer words
_LONGER_WORD = 4  # letters

_CANDIDATES = 8  # earlier texts that each one is compared with
_PRINTED_OFTEN, _SHARE_OFTEN = 4, 0.02  # reports of one outlet, and their share: what so many carry is no report's own


_Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Report:
    """What a report is compared by. Shingles are those of headline and text in order, without boilerplate."""

    article: Article  # of the full text, only what may be a credit
    said: Codes  # the longer words of its full text, where it has no summary
    language: str
    url: str
    guid: str
    text: bytes  # digest; empty when the text is too short to prove anything
    shingles: Shingles
    headline: int  # how many of the shingles begin in the headline
    numbers: tuple[Number, ...]


def find_copies(articles: Iterable[Judged], sources: Mapping[str, Source]) -> tuple[Copy, ...]:
    """The copies among the reports, each with its original and the reason; in order of publication.

    The original is the earliest published one (ties: by id), and never a copy itself. The order of the input does not
    matter. Full texts are read once and not kept: of a report stays a number for each of its words. `candidates` says
    what time and memory may cost.
    """
    reports = _reports(articles, sources)
    return tuple(_copies(reports, candidates([report.shingles for report in reports], _CANDIDATES)))


def _copies(reports: Sequence[_Report], near: Candidates) -> Iterator[Copy]:
    roots: list[int] = []
    known: dict[tuple[str, str | bytes], int] = {}
    for number, report in enumerate(reports):
        found = _same(report, known) or _nearly_same(report, reports, roots, near.of(number))
        roots.append(roots[found.of] if found else number)
        if found:
            yield Copy(report.article.id, reports[roots[number]].article.id, found.reason)
        for _, key in _keys(report):
            known.setdefault(key, number)


@dataclass(frozen=True, slots=True)
class _Found:
    """The earlier report that one repeats, by its number, and how much of it."""

    of: int
    reason: str


# ---------------------------------------------------------------- the same


def _same(report: _Report, known: Mapping[tuple[str, str | bytes], int]) -> _Found | None:
    """The earlier report with the same page, guid or text: the surest reason first."""
    return next((_Found(known[key], reason) for reason, key in _keys(report) if key in known), None)


def _keys(report: _Report) -> Iterator[tuple[str, tuple[str, str | bytes]]]:
    if report.url:
        yield "same URL", ("url", report.url)
    if report.guid:
        yield "same guid", ("guid", report.guid)
    if report.text:
        yield "same text", (f"text {report.language}", report.text)


# ---------------------------------------------------------------- nearly the same


def _nearly_same(
    report: _Report, earlier: Sequence[_Report], roots: Sequence[int], near: Sequence[int]
) -> _Found | None:
    """The earlier report that this one repeats most of, the first of several.

    Where that is a copy itself, nearly all must be the same, or its original be kin: from one to the next, a template
    or a text written further ends at other news.
    """
    asked = dict.fromkeys(k for other in near for k in (other, roots[other]))
    pairs = {other: _Pair.of(report, earlier[other]) for other in asked}
    copied = {k: p for k, p in pairs.items() if p.is_copy and (p.value >= _SURE or pairs[roots[k]].kin)}
    best = max(copied, key=lambda other: (copied[other].value, -other), default=None)
    return None if best is None else _Found(best, copied[best].reason)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two reports, and how much of the shorter one's text both have."""

    a: _Report
    b: _Report
    shared: frozenset[int]
    value: float  # 0 when too little is shared to prove anything

    @classmethod
    def of(cls, a: _Report, b: _Report) -> "_Pair":
        """Containment, with the headlines or without: desks write their own."""
        if a.language != b.language:
            return cls(a, b, frozenset(), 0.0)
        whole = [set(report.shingles.tolist()) for report in (a, b)]
        leads = [set(report.shingles[report.headline :].tolist()) for report in (a, b)]
        shared, smaller = whole[0] & whole[1], min(map(len, whole))
        if smaller < _MIN_WHOLE or len(shared) < min(_MIN_SHARED, smaller):
            return cls(a, b, frozenset(shared), 0.0)
        shortest = min(map(len, leads))
        of_leads = len(leads[0] & leads[1]) / shortest if shortest >= _MIN_SHARED else 0.0
        return cls(a, b, frozenset(shared), max(len(shared) / smaller, of_leads))

    @property
    def is_copy(self) -> bool:
        """Whether what is shared is large enough, begins the texts, and is no template with other figures or places."""
        if self.value < self._cut():
            return False
        a, b = _flags(self.a, self.shared), _flags(self.b, self.shared)
        if not (_begins(self.a, self.b, a) and _begins(self.b, self.a, b)):
            return False
        return not self._is_other_news(a, b)

    @property
    def kin(self) -> bool:
        """Whether the two have something in common that no template would explain."""
        return self.value >= _KIN and not self._is_other_news(_flags(self.a, self.shared), _flags(self.b, self.shared))

    def _is_other_news(self, a: _Flags, b: _Flags) -> bool:
        edits = _edits(_lead(self.a, a)), _edits(_lead(self.b, b))
        swapped = sum(min(x, y) >= SHINGLE and abs(x - y) <= _LONGER for x, y in zip(*edits, strict=False))
        if self.value < _SURE and self._is_filled_in(min(map(len, edits)), swapped, max(map(_span, (a, b)))):
            return True
        return self._of_another(swapped)

    @property
    def reason(self) -> str:
        wire = self._wire()
        return f"near-duplicate {self.value:.2f} of the shorter text" + (f", {wire}" if wire else "")

    def _cut(self) -> float:
        if min(len(self.a.shingles), len(self.b.shingles)) >= _SHORT:
            return _CUT_LONG
        return _CUT_SHORT_WIRE if _CUT_SHORT_WIRE <= self.value < _CUT_SHORT and self._wire() else _CUT_SHORT

    def _wire(self) -> str:
        """The name of the agency that both reports are of, if any."""
        wires = [wire_of(report.article) for report in (self.a, self.b)]
        same = wires[0] and wires[1] and wires[0].id == wires[1].id
        return wires[0].name if wires[0] and same and wires[0].kind == "wire" else ""

    def _is_filled_in(self, edits: int, swapped: int, span: int) -> bool:
        """Whether words are replaced here and there in what the two share: a template, not an edited text.

        Two passages replaced by as long ones may be another desk's edit; the outlet itself and a later day have other
        news.
        """
        return (edits >= _EDITS and span < _WORDS_PER_EDIT * edits) or (swapped >= _SWAPPED and self._far_apart())

    def _far_apart(self) -> bool:
        one, two = self.a.article, self.b.article
        same_outlet = (one.source_id, one.publisher) == (two.source_id, two.publisher)
        return same_outlet or abs(one.published_at - two.published_at) > _SAME_NEWS

    def _of_another(self, swapped: int) -> bool:
        """Whether the two fill one template with other figures, weekdays or places."""
        own, replaced = _own_numbers(self.a.numbers, self.b.numbers)
        if self.value >= _SURE and replaced <= _CORRECTED:
            return False
        if own and (replaced or swapped):
            return True
        places = [{p.id for p in find_places(f"{r.article.title}. {r.article.summary}")} for r in (self.a, self.b)]
        return bool(places[0] and places[1]) and not places[0] & places[1]


def _own_numbers(a: Sequence[Number], b: Sequence[Number]) -> tuple[bool, int]:
    """Whether each text has numbers that the other lacks (one that was cut has none), and how many count one thing."""
    counted = [_by_unit(numbers) for numbers in (a, b)]
    digits = [{number.digits for number in numbers} for numbers in (a, b)]
    own = bool(digits[0] - digits[1] and digits[1] - digits[0])
    return own, own * sum(not counted[0][unit] & counted[1][unit] for unit in counted[0].keys() & counted[1].keys())


def _by_unit(numbers: Sequence[Number]) -> dict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for number in numbers:
        found[number.unit].add(number.digits)
    return found


def _begins(report: _Report, other: _Report, has: _Flags) -> bool:
    """Whether a report opens with what it shares with another, but for what a desk puts before a text."""
    lead = _lead(report, has)
    before = 0 if _before(has) < report.headline else _before(lead)
    if before <= _DATELINE or lead.mean() >= _MOSTLY:
        return True
    return before <= _BYLINE and _told_by(report.article.title, other)


def _edits(lead: _Flags) -> list[int]:
    """How many shingles break off each time between the first and the last that are shared: two, and one per word."""
    breaks = np.diff(np.flatnonzero(lead)) - 1
    found: list[int] = breaks[breaks > 0].tolist()
    return found


def _span(lead: _Flags) -> int:
    shared = np.flatnonzero(lead)
    return int(shared[-1] - shared[0]) + 1


def _lead(report: _Report, has: _Flags) -> _Flags:
    """Without the headline, unless that is all there is."""
    return has[report.headline :] if len(has) > report.headline else has


def _flags(report: _Report, shared: frozenset[int]) -> _Flags:
    """Which of a report's shingles another one has."""
    return np.fromiter((shingle in shared for shingle in report.shingles.tolist()), dtype=bool)


def _before(has: _Flags) -> int:
    """How many shingles stand before the first three shared ones in a row: five words in a row are no accident."""
    runs = has[:-2] & has[1:-1] & has[2:]
    return int(runs.argmax()) if runs.any() else len(has)


def _told_by(headline: str, report: _Report) -> bool:
    """Whether a headline is about what a report says, by its longer words."""
    article, words = report.article, _longer_words(headline)
    said = _codes(_longer_words(f"{article.title} {article.summary}"))
    told = np.isin(_codes(words), np.concatenate((said, report.said)))
    return int(told.sum()) >= len(words) * _OF_HEADLINE


def _longer_words(text: str) -> list[str]:
    return [word for word in fold(text).split() if len(word) >= _LONGER_WORD]


def _codes(words: Iterable[str]) -> Codes:
    """A number for each word: a set of words takes ten times as much."""
    digests = (blake2b(word.encode(), digest_size=8).digest() for word in words)
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.uint64)


# ---------------------------------------------------------------- reading


def _reports(articles: Iterable[Judged], sources: Mapping[str, Source]) -> list[_Report]:
    """In order of publication, each once."""
    words = Words()
    by_id = {item.id: _report(item, sources.get(item.article.source_id), words) for item in articles}
    reports = sorted(by_id.values(), key=lambda report: (report.article.published_at, report.article.id))
    by_outlet: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        by_outlet[report.article.source_id, report.article.publisher].append(number)
    for numbers in by_outlet.values():
        texts = [reports[number].shingles[reports[number].headline :] for number in numbers]
        often = common(texts, max(_PRINTED_OFTEN, round(len(texts) * _SHARE_OFTEN)))
        for number in numbers if len(often) else ():
            reports[number] = _without(reports[number], often)
    return reports


def _report(item: Judged, source: Source | None, words: Words) -> _Report:
    article = item.article
    told = article.body if len(article.body) > len(article.summary) else article.summary
    read = words.read(f"{article.title} {told}")
    scope = source.voice if source and not article.guid.isdigit() else article.source_id  # sister sites count alike
    url = canonical_url(article.url) or article.url
    return _Report(
        article=replace(article, body=credit_ends(article.body)),
        said=_codes(() if article.summary else dict.fromkeys(_longer_words(article.body))),
        language=item.language,
        url=article.url if url == article.url else url,  # held once
        guid=f"{scope} {article.guid}" if article.guid else "",
        text=blake2b(read.codes.tobytes(), digest_size=16).digest()
        if len(told) + len(article.title) >= _MIN_TEXT_CHARS
        else b"",
        shingles=shingled(read.codes),
        headline=min(count_words(article.title), max(len(read.codes) - 2, 0)),
        numbers=read.numbers,
    )


def _without(report: _Report, often: Shingles) -> _Report:
    """The report as far as it is its own."""
    own = ~np.isin(report.shingles, often)
    if own.all():
        return report
    words = np.convolve(own, np.ones(SHINGLE, dtype=bool))  # every word of a shingle that is its own
    return replace(
        report,
        shingles=report.shingles[own],
        headline=int(own[: report.headline].sum()),
        numbers=tuple(number for number in report.numbers if number.place < len(words) and words[number.place]),
    )
