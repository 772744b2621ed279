"""How well reports are put together: our clusterer and the baselines, by one scorer on the same items."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any, TypeVar

import numpy as np

from benchmarks.stories_bench.joining import Groups
from monitor.config.models import StoriesConfig
from monitor.protocols import Embedder, Vectors
from monitor.stories.embed import language_means
from tests.eval.metrics import (
    Fit,
    bcubed,
    bcubed_cross,
    count_pairs,
    language_pair_fit,
    link_share,
    pair_fit,
    resampled_f1,
    told_in,
)
from tests.eval.stories_data import Item, run_by_day

T = TypeVar("T")
_INTERVAL = (0.025, 0.975)
_PAIRS_TOLD = 15  # languages are many in some sets: the pairs with most gold pairs are told


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known of the items, in their order."""

    events: Sequence[str]
    languages: Sequence[str]

    @staticmethod
    def of(items: Sequence[Item]) -> "Gold":
        return Gold([item.event for item in items], [item.judged.language for item in items])


@dataclass(frozen=True, slots=True)
class Quality:
    """How one method did on one set of items."""

    groups: int
    seconds: float
    bcubed: Fit
    interval: tuple[float, float]  # of BCubed F1, 95 %
    bcubed_cross: Fit
    pairs: Fit
    pairs_cross: Fit
    link: float
    by_languages: Mapping[str, tuple[int, Fit]]  # "en-es": how many pairs of one event there are, and how they fit


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and the result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def cpu_timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds, the seconds of them that this process had a processor, and the result."""
    before = time.process_time()
    seconds, result = timed(work)
    return seconds, time.process_time() - before, result


def evaluate(
    items: Sequence[Item], vectors: Mapping[str, Vectors], embedder: Embedder, options: StoriesConfig | None = None
) -> Groups:
    """Our groups: copies and stories, one run a day, as in use. `vectors` are the embedder's, by article id."""
    stories = run_by_day(items, vectors, language_means(embedder), options or StoriesConfig())
    number = {member.article.id: k for k, story in enumerate(stories) for member in story.members}
    return [number[item.judged.id] for item in items]


def judge(gold: Gold, groups: Groups, seconds: float) -> Quality:
    """All scores of one method."""
    drawn = np.quantile(resampled_f1(gold.events, groups), _INTERVAL)
    return Quality(
        groups=len(set(groups)),
        seconds=seconds,
        bcubed=bcubed(gold.events, groups),
        interval=(float(drawn[0]), float(drawn[1])),
        bcubed_cross=bcubed_cross(gold.events, groups, gold.languages),
        pairs=pair_fit(gold.events, groups),
        pairs_cross=pair_fit(gold.events, groups, gold.languages),
        link=link_share(gold.events, groups, gold.languages),
        by_languages=_by_languages(gold, groups),
    )


def _by_languages(gold: Gold, groups: Groups) -> dict[str, tuple[int, Fit]]:
    pairs = combinations_with_replacement(sorted(set(gold.languages)), 2)
    counted = [(count_pairs(gold.events, gold.languages, pair), pair) for pair in pairs]
    told = sorted((entry for entry in counted if entry[0]), reverse=True)[:_PAIRS_TOLD]
    return {
        "-".join(pair): (count, language_pair_fit(gold.events, groups, gold.languages, pair)) for count, pair in told
    }


def margin(gold: Gold, ours: Groups, other: Groups) -> dict[str, float]:
    """By how much our BCubed F1 is higher, with its 95 % interval over the events."""
    difference = resampled_f1(gold.events, ours) - resampled_f1(gold.events, other)
    low, high = np.quantile(difference, _INTERVAL)
    mean = bcubed(gold.events, ours).f1 - bcubed(gold.events, other).f1
    return {"f1": round(mean, 3), "low": round(float(low), 3), "high": round(float(high), 3)}


# ---------------------------------------------------------------- told


def as_json(found: Quality) -> dict[str, Any]:
    return {
        "bcubed_f1": round(found.bcubed.f1, 4),
        "bcubed_f1_interval": [round(value, 3) for value in found.interval],
        "bcubed_precision": round(found.bcubed.precision, 4),
        "bcubed_recall": round(found.bcubed.recall, 4),
        "bcubed_f1_cross_lingual": round(found.bcubed_cross.f1, 4),
        "pair_f1": round(found.pairs.f1, 4),
        "pair_f1_cross_lingual": round(found.pairs_cross.f1, 4),
        "pair_precision_cross_lingual": round(found.pairs_cross.precision, 4),
        "pair_recall_cross_lingual": round(found.pairs_cross.recall, 4),
        "link": round(found.link, 4),
        "groups": found.groups,
        "seconds": round(found.seconds, 3),
        "language_pairs": {
            name: {
                "gold_pairs": count,
                "precision": round(fit.precision, 3),
                "recall": round(fit.recall, 3),
                "f1": round(fit.f1, 3),
            }
            for name, (count, fit) in found.by_languages.items()
        },
    }


HEADING = f"{'':34}BCubed F1 (95 % interval) P, R; F1 across languages; pair F1, across languages; links"


def line(name: str, found: Quality) -> str:
    """One line of a table under `HEADING`."""
    low, high = found.interval
    scores = (found.bcubed.precision, found.bcubed.recall, found.bcubed_cross.f1, found.pairs.f1, found.pairs_cross.f1)
    return (
        f"  {name:32}{found.bcubed.f1:.3f} ({low:.3f}–{high:.3f}) "
        + " ".join(f"{score:.3f}" for score in scores)
        + f" {found.link:.3f}  {found.groups:5} groups {found.seconds:7.2f} s"
    )


def summary(gold: Gold) -> dict[str, Any]:
    """The size of a set, and in which languages it is."""
    languages = {language: gold.languages.count(language) for language in sorted(set(gold.languages))}
    several = sum(len(told) > 1 for told in told_in(gold.events, gold.languages).values())
    return {
        "items": len(gold.events),
        "events": len(set(gold.events)),
        "events_in_several_languages": several,
        "languages": languages,
    }
