"""How well predicted groups fit gold groups. Every function takes labels in the same order.

BCubed: Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model" (COLING-ACL 1998),
in the form of Amigó et al., "A comparison of extrinsic clustering evaluation metrics" (Information Retrieval 12, 2009):
per item, the share of its predicted group that is of its gold group (precision) and the reverse (recall), averaged.
Pair F1: precision and recall over all pairs of items put together (Manning, Raghavan and Schütze, "Introduction to
Information Retrieval", 2008, section 16.3). Cross-language: only pairs of two languages count.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

Labels = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Fit:
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def bcubed(gold: Labels, predicted: Labels) -> Fit:
    """BCubed precision and recall."""
    in_gold, in_predicted = Counter(gold), Counter(predicted)
    both = Counter(zip(gold, predicted, strict=True))
    n = len(gold)
    precision = sum(count * count / in_predicted[p] for (_, p), count in both.items()) / n
    recall = sum(count * count / in_gold[g] for (g, _), count in both.items()) / n
    return Fit(precision, recall)


def pair_fit(gold: Labels, predicted: Labels, languages: Labels | None = None) -> Fit:
    """Precision and recall over pairs put together; with `languages`, over pairs of two different languages."""
    told = [None] * len(gold) if languages is None else languages
    pairs = [(i, j) for i, j in combinations(range(len(gold)), 2) if languages is None or told[i] != told[j]]
    same_gold = {(i, j) for i, j in pairs if gold[i] == gold[j]}
    same_predicted = {(i, j) for i, j in pairs if predicted[i] == predicted[j]}
    hits = len(same_gold & same_predicted)
    return Fit(hits / len(same_predicted) if same_predicted else 1.0, hits / len(same_gold) if same_gold else 1.0)


def link_share(gold: Labels, predicted: Labels, languages: Labels) -> float:
    """The share of two-language gold groups whose languages have their largest predicted group in common."""
    groups: defaultdict[Hashable, defaultdict[Hashable, Counter[Hashable]]] = defaultdict(lambda: defaultdict(Counter))
    for g, p, language in zip(gold, predicted, languages, strict=True):
        groups[g][language][p] += 1
    bilingual = [by_language for by_language in groups.values() if len(by_language) > 1]
    linked = sum(len({c.most_common(1)[0][0] for c in by_language.values()}) == 1 for by_language in bilingual)
    return linked / len(bilingual) if bilingual else 1.0
