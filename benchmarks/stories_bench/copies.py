"""Near-duplicates: ours, datasketch's MinHashLSH and SemHash on the same planted syndication.

The copies are retitled, cut off, reworded here and there, with bylines and plugs; what is no copy but looks like one
are releases of one form and reports that quote the same sentence (`planted`). Scored are the reports whose text is told
more than once: precision is BCubed's over those a method puts with others, recall BCubed's over those that belong with
others (over all reports, the many that are alone would hide both). Pairs, where one release of forty reports weighs as
much as eight hundred copies of a text, stand beside it. The libraries' thresholds are chosen on at most `TUNED_ON`
planted reports of another seed, where F1 is highest; ours has none to choose.

- datasketch: 128 permutations over 3-word shingles, threshold on Jaccard. `minhash_lsh` takes what the index returns,
  `minhash_lsh_verified` looks at the shingles themselves, too. An item is compared with the earlier ones, as ours is.
- SemHash: its own index over our `hash` embedder (words and n-grams). The model it takes by default is downloaded, and
  this benchmark uses no network; with another model its numbers would be others.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.stories_bench.baselines import library
from benchmarks.stories_bench.joining import Groups, joined
from benchmarks.stories_bench.planted import Planted, plant
from benchmarks.stories_bench.quality import cpu_timed
from benchmarks.stories_bench.speed import peak_mb
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import open_embedder
from monitor.text import fold
from tests.eval.metrics import Fit, Labels, bcubed_items, pair_fit

Result = dict[str, Any]
Pairs = Iterator[tuple[int, int]]
TUNED_ON = 3_000
_SHINGLE = 3
_PERMUTATIONS = 128
_JACCARD_CUTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_COSINE_CUTS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_OTHER_SEED = 11


def measure(method: str, size: int) -> Result:
    """Scores, seconds and memory of one method. NotInstalled where its library is missing."""
    find, cuts = _METHODS[method]
    cut = _best(find, cuts, plant(min(size, TUNED_ON), seed=_OTHER_SEED)) if cuts else None
    planted = plant(size)
    planted_mb = peak_mb()
    seconds, cpu_seconds, groups = cpu_timed(lambda: find(planted, cut or 0.0))
    fit, pairs = repeated_fit(planted.copy_groups, groups), pair_fit(planted.copy_groups, groups)
    return {
        "method": method,
        "items": size,
        "precision": round(fit.precision, 4),
        "recall": round(fit.recall, 4),
        "f1": round(fit.f1, 4),
        "pair_precision": round(pairs.precision, 4),
        "pair_recall": round(pairs.recall, 4),
        "pair_f1": round(pairs.f1, 4),
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "peak_mb": peak_mb(),
        "planted_mb": planted_mb,
        "threshold": cut,
    }


def _best(find: Callable[[Planted, float], Groups], cuts: Sequence[float], planted: Planted) -> float:
    return max(cuts, key=lambda cut: (repeated_fit(planted.copy_groups, find(planted, cut)).f1, cut))


def repeated_fit(texts: Labels, groups: Groups) -> Fit:
    """BCubed precision over the items that are put with others, and recall over those that belong with others."""
    told, found = Counter(texts), Counter(groups)
    each = list(zip(texts, groups, bcubed_items(texts, groups), strict=True))
    precision = [fit.precision for _, group, fit in each if found[group] > 1]
    recall = [fit.recall for text, _, fit in each if told[text] > 1]
    return Fit(fmean(precision) if precision else 1.0, fmean(recall) if recall else 1.0)


def _ours(planted: Planted, cut: float) -> Groups:
    del cut
    number = {judged.id: k for k, judged in enumerate(planted.reports)}
    original = {copy.article_id: copy.of_id for copy in find_copies(planted.reports, {})}
    return [number[original.get(judged.id, judged.id)] for judged in planted.reports]


def _texts(planted: Planted) -> list[str]:
    return [f"{judged.article.title} {judged.article.summary}" for judged in planted.reports]


# ---------------------------------------------------------------- datasketch


def _lsh(planted: Planted, cut: float) -> Groups:
    texts = _texts(planted)
    return joined(len(texts), _lsh_pairs([_shingles(text) for text in texts], cut))


def _lsh_verified(planted: Planted, cut: float) -> Groups:
    shingles = [_shingles(text) for text in _texts(planted)]
    pairs = _lsh_pairs(shingles, cut)
    sure = ((i, j) for i, j in pairs if len(shingles[i] & shingles[j]) >= cut * len(shingles[i] | shingles[j]))
    return joined(len(shingles), sure)


def _lsh_pairs(shingles: Sequence[frozenset[str]], cut: float) -> Pairs:
    datasketch = library("datasketch", "datasketch")
    index = datasketch.MinHashLSH(threshold=cut, num_perm=_PERMUTATIONS)
    words = ([shingle.encode() for shingle in sorted(found)] for found in shingles)
    for number, sketch in enumerate(datasketch.MinHash.generator(words, num_perm=_PERMUTATIONS)):
        yield from ((int(other), number) for other in index.query(sketch))
        index.insert(number, sketch)


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", fold(text))
    return frozenset(" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))


# ---------------------------------------------------------------- SemHash


class _HashedWords:
    """Our `hash` embedder under the name of the method that SemHash calls."""

    def __init__(self) -> None:
        self._embedder = open_embedder("hash")

    def encode(self, inputs: Sequence[str], **_: object) -> npt.NDArray[np.float32]:
        return self._embedder.embed([str(text) for text in inputs])


def _semhash(planted: Planted, cut: float) -> Groups:
    records = [{"id": str(k), "text": text} for k, text in enumerate(_texts(planted))]
    semhash = library("semhash", "semhash").SemHash
    found = semhash.from_records(records=records, columns=["text"], model=_HashedWords()).self_deduplicate(cut)
    pairs = ((int(one.duplicate_of["id"]), int(one.record["id"])) for one in found.filtered)
    return joined(len(records), pairs)


_METHODS: dict[str, tuple[Callable[[Planted, float], Groups], tuple[float, ...]]] = {
    "ours": (_ours, ()),
    "minhash_lsh": (_lsh, _JACCARD_CUTS),
    "minhash_lsh_verified": (_lsh_verified, _JACCARD_CUTS),
    "semhash": (_semhash, _COSINE_CUTS),
}
METHODS = tuple(_METHODS)
