"""What our clusterer is compared with. Each sees all reports of a set at once, which ours, run by day, does not.

No baseline joins two reports directly that are further apart than `live_days`, and none gets a threshold from anything
but its definition or the development reports.

1. Headlines: Jaccard of their words at least .55, single link. Across languages only names and numbers can meet.
2. TF-IDF: headline and lead, Spanish ones translated into English by our own offline engine, then TF-IDF (scikit-learn)
   and group-average linkage (SciPy) at the threshold that is best on the development reports.
3. Embeddings, single link at cosine .60 on the raw vectors, with a veto where both reports name places (or countries)
   and have none in common. The sentence model puts any two news reports above .60, so that this makes one heap of all;
   therefore the same again at the best threshold on the development reports, on raw vectors and on centred ones.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.stories_bench.joining import Groups, joined, joined_rows
from benchmarks.stories_bench.quality import Gold
from monitor.protocols import Vectors
from monitor.stories.countries import find_countries
from monitor.stories.gazetteer import find_places
from monitor.text import fold
from tests.eval.metrics import bcubed
from tests.eval.stories_data import Item

HEADLINE_JACCARD = 0.55
RAW_COSINE = 0.60
TFIDF_LARGEST = 12_000
"""Reports beyond which the full matrix of group-average linkage takes more than a gigabyte."""

_RAW_CUTS = np.round(np.arange(0.60, 0.98, 0.005), 3)
_CENTRED_CUTS = np.round(np.arange(0.10, 0.90, 0.01), 3)
_TFIDF_CUTS = np.round(np.arange(0.02, 0.80, 0.01), 3)
_BLOCK = 1024

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tuned:
    """A threshold, and the BCubed F1 it has on the reports it was chosen on."""

    cut: float
    f1: float


def best_cut(gold: Gold, cuts: Sequence[float], group: Callable[[float], Groups]) -> Tuned:
    """The threshold with the highest BCubed F1; the lowest of equals."""
    return max((Tuned(float(cut), bcubed(gold.events, group(cut)).f1) for cut in cuts), key=lambda t: (t.f1, -t.cut))


def _days(items: Sequence[Item]) -> npt.NDArray[np.float64]:
    return np.array([item.judged.article.published_at.timestamp() / 86_400 for item in items])


# ---------------------------------------------------------------- 1: headlines


def by_headlines(items: Sequence[Item], live_days: float) -> Groups:
    """Baseline 1."""
    days = _days(items)
    pairs = _alike([_words(item.judged.article.title) for item in items], HEADLINE_JACCARD)
    return joined(len(items), ((i, j) for i, j in pairs if abs(days[i] - days[j]) <= live_days))


def _words(title: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(title)))


def _alike(titles: Sequence[frozenset[str]], cut: float) -> Iterator[tuple[int, int]]:
    """The pairs whose Jaccard is at least `cut`; all of them, though not all are looked at.

    Two such sets share one of their rarest words (prefix filtering: Chaudhuri, Ganti and Kaushik, "A primitive operator
    for similarity joins in data cleaning", ICDE 2006).
    """
    counts = Counter(word for words in titles for word in words)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for i, words in enumerate(titles):
        rarest = sorted(words, key=lambda word: (counts[word], word))
        prefix = rarest[: len(words) - ceil(cut * len(words)) + 1]
        for j in sorted({j for word in prefix for j in holders[word]}):
            if len(words & titles[j]) >= cut * len(words | titles[j]):
                yield i, j
        for word in prefix:
            holders[word].append(i)


# ---------------------------------------------------------------- 2: TF-IDF on translations


class NotInstalled(Exception):  # noqa: N818
    """A library or engine that a measurement needs is missing; says how to get it."""


def library(name: str, package: str) -> Any:
    """A library of the group `bench`."""
    if find_spec(name.split(".", maxsplit=1)[0]) is None:
        raise NotInstalled(f"not installed: {package} (pip install --group bench)")
    return import_module(name)


class TfidfTree:
    """Baseline 2: the tree of group-average linkage over TF-IDF cosines, to be cut at any similarity."""

    def __init__(self, texts: Sequence[str], days: npt.NDArray[np.float64], live_days: float) -> None:
        extraction = library("sklearn.feature_extraction.text", "scikit-learn")
        self._hierarchy = library("scipy.cluster.hierarchy", "scipy")
        squareform = library("scipy.spatial.distance", "scipy").squareform
        vectorizer = extraction.TfidfVectorizer(strip_accents="unicode", stop_words="english", sublinear_tf=True)
        rows = vectorizer.fit_transform(texts)
        distances = 1 - (rows @ rows.T).toarray()
        distances[np.abs(days[:, None] - days[None]) > live_days] = 1.0
        np.fill_diagonal(distances, 0.0)
        self._tree = self._hierarchy.linkage(squareform(np.maximum(distances, 0), checks=False), method="average")

    def groups(self, cut: float) -> Groups:
        """The groups whose mean cosine is at least `cut`."""
        return [int(k) for k in self._hierarchy.fcluster(self._tree, 1 - cut, criterion="distance")]


def tfidf_tree(items: Sequence[Item], translated: Mapping[str, str], live_days: float) -> TfidfTree:
    """Baseline 2 on the items; `translated` are their texts by article id."""
    if len(items) > TFIDF_LARGEST:
        raise NotInstalled(f"skipped: a full matrix of {len(items)} reports does not fit; {TFIDF_LARGEST} do")
    return TfidfTree([translated[item.judged.id] for item in items], _days(items), live_days)


def tune_tfidf(gold: Gold, tree: TfidfTree) -> Tuned:
    return best_cut(gold, _TFIDF_CUTS.tolist(), tree.groups)


# ---------------------------------------------------------------- 3: embeddings and a veto


@dataclass(frozen=True, slots=True)
class Veto:
    """Who may not be joined: reports that name places, or countries, and have none in common."""

    kinds: Sequence[Matrix]  # by kind of name, (reports, names): 1 where a report has the name

    def forbids(self, rows: slice) -> Mask:
        """(rows, all) pairs that may not be joined."""
        found = np.zeros((len(self.kinds[0][rows]), len(self.kinds[0])), dtype=bool)
        for names in self.kinds:
            has: Mask = names.max(axis=1) > 0
            found |= has[rows, None] & has[None] & (names[rows] @ names.T == 0)
        return found


def veto_of(items: Sequence[Item]) -> Veto:
    texts = [f"{item.judged.article.title}. {item.judged.article.summary}" for item in items]
    places = [frozenset(place.id for place in find_places(text)) for text in texts]
    return Veto([_one_hot(places), _one_hot([find_countries(text) for text in texts])])


def _one_hot(names: Sequence[frozenset[str]]) -> Matrix:
    column = {name: k for k, name in enumerate(sorted(frozenset().union(*names)))}
    rows = np.zeros((len(names), max(len(column), 1)), dtype=np.float32)
    for row, of_report in zip(rows, names, strict=True):
        row[[column[name] for name in of_report]] = 1
    return rows


@dataclass(frozen=True, slots=True)
class SingleLink:
    """Baseline 3: reports of `live_days` at or above a cosine, unless the veto speaks."""

    rows: Matrix  # of length 1
    days: npt.NDArray[np.float64]
    veto: Veto
    live_days: float

    def groups(self, cut: float) -> Groups:
        return joined_rows(row for start in range(0, len(self.rows), _BLOCK) for row in self._near(start, cut))

    def _near(self, start: int, cut: float) -> Mask:
        block = slice(start, start + _BLOCK)
        near: Mask = self.rows[block] @ self.rows.T >= cut
        near &= np.abs(self.days[block, None] - self.days[None]) <= self.live_days
        near &= ~self.veto.forbids(block)
        return near


def single_link(items: Sequence[Item], vectors: Mapping[str, Vectors], live_days: float) -> SingleLink:
    rows = np.stack([vectors[item.judged.id] for item in items])
    return SingleLink(rows, _days(items), veto_of(items), live_days)


def tune_raw(gold: Gold, linked: SingleLink) -> Tuned:
    return best_cut(gold, _RAW_CUTS.tolist(), linked.groups)


def tune_centred(gold: Gold, linked: SingleLink) -> Tuned:
    return best_cut(gold, _CENTRED_CUTS.tolist(), linked.groups)
