"""Seconds and memory of copies and clustering on planted reports, each size in a process of its own.

Vectors are planted: embedding is linear in the reports and would hide how the rest grows. `plant` says what the reports
are like. Two scenarios: all reports of four days in one run, with nothing known before (the worst that can happen: a
first run on a large archive), and a stream of days with the stories of earlier days live and frozen (every other run).
"""

import resource
import time
from collections.abc import Sequence
from math import log
from typing import Any

import numpy as np

from benchmarks.stories_bench.baselines import library
from benchmarks.stories_bench.planted import Planted, plant
from benchmarks.stories_bench.quality import cpu_timed, timed
from monitor.config.models import StoriesConfig
from monitor.protocols import Vectors
from monitor.records import Story
from monitor.stories.centring import NO_MEANS
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from tests.eval.metrics import bcubed
from tests.eval.stories_data import runs_by_day

Result = dict[str, Any]
_WARM = 5  # days: the live window has filled by then


def peak_mb() -> float:
    """The most memory this process ever held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def batch(size: int) -> Result:
    """All reports of four days at once."""
    plant_s, planted = timed(lambda: plant(size))
    planted_mb = peak_mb()
    copies_s, copies_cpu_s, copies = cpu_timed(lambda: find_copies(planted.reports, {}))
    cluster_s, cluster_cpu_s, clustered = cpu_timed(
        lambda: cluster(
            planted.reports,
            (),
            planted.vectors,
            copies=copies,
            sources={},
            options=StoriesConfig(),
            now=planted.until,
        )
    )
    return {
        "items": size,
        "seconds": round(copies_s + cluster_s, 3),
        "copies_seconds": round(copies_s, 3),
        "cluster_seconds": round(cluster_s, 3),
        "cpu_seconds": round(copies_cpu_s + cluster_cpu_s, 3),
        "copies_cpu_seconds": round(copies_cpu_s, 3),
        "cluster_cpu_seconds": round(cluster_cpu_s, 3),
        "peak_mb": peak_mb(),
        "planted_mb": planted_mb,
        "plant_seconds": round(plant_s, 3),
        "stories": len(clustered.stories),
        "events": len(set(planted.events.values())),
        "bcubed_f1_planted": _recovered(planted, clustered.stories),
    }


def _recovered(planted: Planted, stories: Sequence[Story]) -> float:
    """BCubed F1 of the stories with the planted events: speed must not come from doing nothing."""
    home = {member.article.id: k for k, story in enumerate(stories) for member in story.members}
    ids = [judged.id for judged in planted.reports]
    return round(bcubed([planted.events[id_] for id_ in ids], [home[id_] for id_ in ids]).f1, 4)


# ---------------------------------------------------------------- a stream of days


def stream(per_day: int, days: int) -> Result:
    """One run a day on the reports of that day, the live ones and the stories so far, as the pipeline does."""
    planted = plant(per_day * days, days=days)
    planted_mb = peak_mb()
    seconds: list[float] = []
    begun, started = time.process_time(), time.perf_counter()
    for run in runs_by_day(planted.reports, planted.vectors, NO_MEANS, StoriesConfig()):
        seconds.append(time.perf_counter() - started)
        last, started = run, time.perf_counter()
    return {
        "items": per_day * days,
        "days": len(seconds),
        "seconds": round(sum(seconds), 3),
        "cpu_seconds": round(time.process_time() - begun, 3),
        "seconds_a_day_first": round(float(np.median(seconds[_WARM : 2 * _WARM] or seconds)), 3),
        "seconds_a_day_last": round(float(np.median(seconds[-_WARM:])), 3),
        "seconds_a_day_worst": round(max(seconds), 3),
        "live_reports_last": len(last.reports),
        "peak_mb": peak_mb(),
        "planted_mb": planted_mb,
        "stories": len(last.stories),
        "events": len(set(planted.events.values())),
        "bcubed_f1_planted": _recovered(planted, last.stories),
    }


# ---------------------------------------------------------------- all pairs


def all_pairs(size: int) -> Result:
    """What SciPy's group-average linkage takes for the vectors alone: no copies, words, days or reasons."""
    planted = plant(size)
    planted_mb = peak_mb()
    rows = np.stack([planted.vectors[judged.id] for judged in planted.reports])
    seconds, cpu_seconds, groups = cpu_timed(lambda: _linked(rows, StoriesConfig().same_event))
    found = [int(k) for k in groups]
    return {
        "items": size,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "peak_mb": peak_mb(),
        "planted_mb": planted_mb,
        "bcubed_f1_planted": round(bcubed([planted.events[j.id] for j in planted.reports], found).f1, 4),
    }


def _linked(rows: Vectors, cut: float) -> Any:
    hierarchy = library("scipy.cluster.hierarchy", "scipy")
    distances = np.concatenate([1 - rows[k + 1 :] @ rows[k] for k in range(len(rows) - 1)])
    tree = hierarchy.linkage(np.maximum(distances, 0), method="average")
    return hierarchy.fcluster(tree, 1 - cut, criterion="distance")


# ---------------------------------------------------------------- growth


def growth(rows: Sequence[Result], key: str = "cpu_seconds") -> Result:
    """b of seconds ~ size^b: least squares on logarithms over all sizes, and between neighbours. 1 is linear.

    Of processor seconds, unless said otherwise: other programs do not lengthen them.
    """
    sizes = np.array([log(row["items"]) for row in rows])
    times = np.array([log(max(row[key], 1e-3)) for row in rows])
    if len(rows) < 2:
        return {"exponent": None, "between": []}
    slope = float(np.polyfit(sizes, times, 1)[0])
    return {"exponent": round(slope, 3), "between": (np.diff(times) / np.diff(sizes)).round(3).tolist()}
