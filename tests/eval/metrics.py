"""How well predicted groups fit gold groups. Every function takes labels in the same order.

BCubed: Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model" (COLING-ACL 1998),
in the form of Amigó et al., "A comparison of extrinsic clustering evaluation metrics" (Information Retrieval 12, 2009):
per item, the share of its predicted group that is of its gold group (precision) and the reverse (recall), averaged.
Pair F1: precision and recall over all pairs of items put together (Manning, Raghavan and Schütze, "Introduction to
Information Retrieval", 2008, section 16.3). Cross-language: only pairs of two languages count.

Cross-language BCubed averages the same values over the items of gold groups told in more than one language. Whole
groups count, so that a stranger in such a group costs precision whatever its language. It is the score of the reports
that have a counterpart in another language, not of links alone: who never links languages keeps what is right within
each. Pair F1 across languages and `link_share` count nothing but links.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = Sequence[Hashable]
LanguagePair = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True)
class Fit:
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def bcubed_items(gold: Labels, predicted: Labels) -> list[Fit]:
    """BCubed precision and recall of each item."""
    in_gold, in_predicted = Counter(gold), Counter(predicted)
    both = Counter(zip(gold, predicted, strict=True))
    return [Fit(both[g, p] / in_predicted[p], both[g, p] / in_gold[g]) for g, p in zip(gold, predicted, strict=True)]


def bcubed(gold: Labels, predicted: Labels) -> Fit:
    """BCubed precision and recall."""
    return _mean(bcubed_items(gold, predicted))


def bcubed_cross(gold: Labels, predicted: Labels, languages: Labels) -> Fit:
    """BCubed over the items of gold groups told in more than one language; all 1 when there are none."""
    told = told_in(gold, languages)
    found = [fit for fit, g in zip(bcubed_items(gold, predicted), gold, strict=True) if len(told[g]) > 1]
    return _mean(found) if found else Fit(1.0, 1.0)


def told_in(gold: Labels, languages: Labels) -> dict[Hashable, set[Hashable]]:
    """The languages of each gold group."""
    told: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for g, language in zip(gold, languages, strict=True):
        told[g].add(language)
    return told


def _mean(fits: Sequence[Fit]) -> Fit:
    return Fit(sum(f.precision for f in fits) / len(fits), sum(f.recall for f in fits) / len(fits))


def resampled_f1(gold: Labels, predicted: Labels, *, rounds: int = 1000, seed: int = 7) -> npt.NDArray[np.float64]:
    """BCubed F1 of `rounds` samples of the gold groups, drawn with replacement from a seed.

    Reports of one event stand or fall together, so events are drawn and not reports (a cluster bootstrap: Davison and
    Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8). The items keep the values they have among
    all of them. Equal gold labels and seeds draw equal samples: two systems can be compared round by round.
    """
    number = {g: k for k, g in enumerate(dict.fromkeys(gold))}
    sums = np.zeros((len(number), 3))  # precision, recall, items
    for g, fit in zip(gold, bcubed_items(gold, predicted), strict=True):
        sums[number[g]] += (fit.precision, fit.recall, 1.0)
    rng = np.random.default_rng(seed)
    drawn = np.stack([sums[rng.integers(len(sums), size=len(sums))].sum(axis=0) for _ in range(rounds)])
    precision, recall = drawn[:, 0] / drawn[:, 2], drawn[:, 1] / drawn[:, 2]
    f1: npt.NDArray[np.float64] = 2 * precision * recall / (precision + recall)
    return f1


def pair_fit(gold: Labels, predicted: Labels, languages: Labels | None = None) -> Fit:
    """Precision and recall over pairs put together; with `languages`, over pairs of two different languages.

    Time grows with the items, not with their pairs.
    """
    return _pairs_fit(gold, predicted, languages, None)


def language_pair_fit(gold: Labels, predicted: Labels, languages: Labels, pair: LanguagePair) -> Fit:
    """Precision and recall over the pairs of one language with another, or with itself."""
    return _pairs_fit(gold, predicted, languages, pair)


def _pairs_fit(gold: Labels, predicted: Labels, languages: Labels | None, pair: LanguagePair | None) -> Fit:
    told = [None] * len(gold) if languages is None else languages
    across = languages is not None
    both = list(zip(gold, predicted, strict=True))
    hits, in_predicted, in_gold = (_pairs(groups, told, across, pair) for groups in (both, predicted, gold))
    return Fit(hits / in_predicted if in_predicted else 1.0, hits / in_gold if in_gold else 1.0)


def count_pairs(groups: Labels, languages: Labels, pair: LanguagePair) -> int:
    """How many pairs of one group are told in one language and the other."""
    return _pairs(groups, languages, False, pair)


def _pairs(groups: Labels, languages: Labels, across: bool, pair: LanguagePair | None) -> int:
    """Pairs within groups: of two languages given, of two different ones, or all."""
    members: defaultdict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for group, language in zip(groups, languages, strict=True):
        members[group][language] += 1
    if pair is not None:
        a, b = pair
        return sum(_two(c[a]) if a == b else c[a] * c[b] for c in members.values())
    inside = (sum(map(_two, c.values())) if across else 0 for c in members.values())
    return sum(_two(c.total()) - own for c, own in zip(members.values(), inside, strict=True))


def _two(n: int) -> int:
    return n * (n - 1) // 2


def link_share(gold: Labels, predicted: Labels, languages: Labels) -> float:
    """The share of two-language gold groups whose languages have their largest predicted group in common."""
    groups: defaultdict[Hashable, defaultdict[Hashable, Counter[Hashable]]] = defaultdict(lambda: defaultdict(Counter))
    for g, p, language in zip(gold, predicted, languages, strict=True):
        groups[g][language][p] += 1
    bilingual = [by_language for by_language in groups.values() if len(by_language) > 1]
    linked = sum(len({c.most_common(1)[0][0] for c in by_language.values()}) == 1 for by_language in bilingual)
    return linked / len(bilingual) if bilingual else 1.0
