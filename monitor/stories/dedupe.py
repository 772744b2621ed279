"""Which reports are copies of others: the same page, the same text, or nearly the same words. Pure.

Known gaps: a rewritten wire report is no copy; a translation of a report is none either (it is the other language's
voice); two short texts that share a template ("CBP officers at … seized … pounds of …") are told apart by numbers and
places only.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.records import Copy, Judged, Source
from monitor.stories.gazetteer import find_places
from monitor.text import canonical_url, fold

_SHINGLE = 3  # words; headlines with leads are 20 to 60 words long
_MIN_SHARED = 8  # shingles: ten words in a row, or as much in pieces
_CUT_LONG = 0.40  # containment on synthetic syndication: F1 about 1.0 for whole articles
_CUT_SHORT = 0.60  # short snippets of one event quote the same official
_SHORT_WORDS = 45
_SURE = 0.90  # a corrected number in an otherwise equal text
_MIN_TEXT_CHARS = 60  # "Same text" of a shorter one ("Weather", "Photos of the day") proves nothing
_COMMON = 50  # a shingle in more reports is a template's; it finds no candidates


@dataclass(frozen=True, slots=True)
class _Report:
    id: str
    language: str
    url: str
    guid: str
    guid_scope: str
    text: str
    words: int
    shingles: frozenset[int]
    lead: frozenset[int]  # shingles without the headline's: desks write their own
    numbers: frozenset[str]
    title_and_lead: str


def find_copies(articles: Sequence[Judged], sources: Mapping[str, Source]) -> tuple[Copy, ...]:
    """The copies among the reports, each with its original and the reason; in order of publication.

    The original is the earliest published one (ties: by id), and never a copy itself. The order of the input does not
    matter.
    """
    index = _Index()
    copies = []
    for item in sorted(articles, key=lambda j: (j.article.published_at, j.id)):
        report = _report(item, sources)
        found = index.find(report)
        if found:
            copies.append(Copy(report.id, index.root(found.of_id), found.reason))
        index.add(report, root=index.root(found.of_id) if found else report.id)
    return tuple(copies)


def _report(item: Judged, sources: Mapping[str, Source]) -> _Report:
    article = item.article
    source = sources.get(article.source_id)
    text = fold(f"{article.title} {article.body if len(article.body) > len(article.summary) else article.summary}")
    words = re.findall(r"\w+", text)
    return _Report(
        id=article.id,
        language=item.language,
        url=canonical_url(article.url) or article.url,
        guid=article.guid,
        guid_scope=source.voice
        if source and not article.guid.isdigit()
        else article.source_id,  # sister sites count alike
        text=" ".join(words),
        words=len(words),
        shingles=_shingles(words),
        lead=_shingles(words[len(re.findall(r"\w+", fold(article.title))) :]),
        numbers=frozenset(w for w in words if w.isdigit()),
        title_and_lead=f"{article.title}. {article.summary}",
    )


def _shingles(words: Sequence[str]) -> frozenset[int]:
    return frozenset(hash(tuple(words[i : i + _SHINGLE])) for i in range(len(words) - _SHINGLE + 1))


class _Index:
    """Reports seen so far, found again by page, guid, text and shingle."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], _Report] = {}
        self._by_shingle: defaultdict[int, list[_Report]] = defaultdict(list)
        self._roots: dict[str, str] = {}

    def root(self, id_: str) -> str:
        return self._roots[id_]

    def add(self, report: _Report, *, root: str) -> None:
        self._roots[report.id] = root
        for _, key in _keys(report):
            self._by_key.setdefault(key, report)
        for shingle in report.shingles:
            self._by_shingle[shingle].append(report)

    def find(self, report: _Report) -> Copy | None:
        """The earlier report that this one repeats, if any: the surest reason first."""
        for reason, key in _keys(report):
            if key in self._by_key:
                return Copy(report.id, self._by_key[key].id, reason)
        return self._near(report)

    def _near(self, report: _Report) -> Copy | None:
        shared: Counter[str] = Counter()
        seen: dict[str, _Report] = {}
        for shingle in report.shingles:
            holders = self._by_shingle.get(shingle, ())
            if len(holders) <= _COMMON:
                for other in holders:
                    shared[other.id] += 1
                    seen[other.id] = other
        best = max(((_containment(report, seen[i], n), i) for i, n in shared.items()), default=(0.0, ""))
        return Copy(report.id, best[1], f"near-duplicate {best[0]:.2f}") if best[0] > 0 else None


def _keys(report: _Report) -> Iterator[tuple[str, tuple[str, str]]]:
    if report.url:
        yield "same URL", ("url", report.url)
    if report.guid:
        yield "same guid", (f"guid {report.guid_scope}", report.guid)
    if len(report.text) >= _MIN_TEXT_CHARS:
        yield "same text", (f"text {report.language}", report.text)


def _containment(a: _Report, b: _Report, shared: int) -> float:
    """The share of the smaller report's shingles that the other one has; 0 when that proves no copy.

    Broder's containment, which unlike resemblance also finds truncated copies.
    """
    smaller = min(len(a.shingles), len(b.shingles))
    if a.language != b.language or shared < min(_MIN_SHARED, smaller) or smaller < 4:
        return 0.0
    value = max(shared / smaller, _lead_containment(a, b))
    cut = _CUT_SHORT if min(a.words, b.words) < _SHORT_WORDS else _CUT_LONG
    if value < cut or (value < _SURE and _tells_of_another(a, b)):
        return 0.0
    return value


def _lead_containment(a: _Report, b: _Report) -> float:
    """The same without headlines; 0 for leads too short to prove anything."""
    smaller = min(len(a.lead), len(b.lead))
    return len(a.lead & b.lead) / smaller if smaller >= _MIN_SHARED else 0.0


def _tells_of_another(a: _Report, b: _Report) -> bool:
    """Whether two reports fill one template with other numbers or other places."""
    if a.numbers - b.numbers and b.numbers - a.numbers:
        return True
    places = [{place.id for place in find_places(report.title_and_lead)} for report in (a, b)]
    return bool(places[0] and places[1]) and not places[0] & places[1]
