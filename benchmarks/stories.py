"""Seconds for copies and clustering at 1, 4 and 16 times a day's reports, against plain pairwise linkage.

    python -m benchmarks.stories [--size 500]

Reports and vectors are planted from a seed: events of three reports on average, in two languages, with some copies. The
baseline is group-average linkage over the full similarity matrix of the same vectors in the same run, without copies
and reasons. The last line is JSON.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from typing import TypeVar

import numpy as np

from monitor.config.models import StoriesConfig
from monitor.protocols import Vectors
from monitor.records import Article, Judged, Verdict, content_id
from monitor.stories.cluster import cluster
from monitor.stories.dedupe import find_copies
from monitor.stories.embed import centred
from monitor.stories.linkage import group_average

T = TypeVar("T")
DIMENSIONS = 384
START = datetime(2026, 3, 10, tzinfo=UTC)
TOWNS = ("Tijuana", "Mexicali", "Nogales", "El Paso", "Laredo", "Reynosa", "Matamoros", "Eagle Pass")


@dataclass(frozen=True, slots=True)
class Day:
    """Planted reports, and what the embedder would have said of them."""

    reports: list[Judged]
    vectors: dict[str, Vectors]
    events: dict[str, int]


def plant(size: int, seed: int = 7) -> Day:
    """`size` reports of `size / 3` events; one in ten is a copy of the report before it."""
    rng = np.random.default_rng(seed)
    words = ["".join(rng.choice(list("abcdeilmnorstu"), size=7)) for _ in range(4000)]
    centres = rng.normal(size=(max(size // 3, 1), DIMENSIONS))
    reports: list[Judged] = []
    rows: dict[str, Vectors] = {}
    events: dict[str, int] = {}
    for k in range(size):
        event = int(rng.integers(len(centres)))
        text = " ".join(rng.choice(words, size=40))
        if k % 10 == 9:
            event, text = events[reports[-1].id], reports[-1].article.summary
        title = f"Agents find {event % 90 + 3} migrants in {TOWNS[event % len(TOWNS)]}"
        judged = _judged(k, title, text, START + timedelta(minutes=float(rng.uniform(0, 1440))))
        row = centres[event] + rng.normal(size=DIMENSIONS) * 0.7
        reports.append(judged)
        rows[judged.id] = (row / np.linalg.norm(row)).astype(np.float32)
        events[judged.id] = event
    return Day(reports, rows, events)


def _judged(k: int, title: str, text: str, published_at: datetime) -> Judged:
    url = f"https://outlet{k % 70}.example/{k}"
    article = Article(content_id(url), f"outlet{k % 70}", url, url, title, f"{text}.", published_at, published_at)
    return Judged(article, Verdict(article.id, "es" if k % 2 else "en", True, 10, 7, "planted"))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def baseline(day: Day, threshold: float) -> list[int]:
    """Group-average linkage over everything at once."""
    languages = {judged.id: judged.language for judged in day.reports}
    rows = centred(day.vectors, languages, {})
    matrix = np.stack([rows[judged.id] for judged in day.reports]).astype(np.float64)
    n = len(matrix)
    return group_average(matrix @ matrix.T, np.ones(n), np.zeros(n, dtype=bool), threshold)


def measure(size: int) -> dict[str, float]:
    """One size: seconds of each step, and how many planted events came out as they went in."""
    day, options = plant(size), StoriesConfig()
    copies_s, copies = timed(lambda: find_copies(day.reports, {}))
    cluster_s, clustered = timed(
        lambda: cluster(
            day.reports, (), day.vectors, copies=copies, sources={}, options=options, now=START + timedelta(days=1)
        )
    )
    found = {frozenset(m.article.id for m in story.members) for story in clustered.stories}
    planted: dict[int, set[str]] = {}
    for id_, event in day.events.items():
        planted.setdefault(event, set()).add(id_)
    whole = sum(frozenset(ids) in found for ids in planted.values()) / len(planted)
    baseline_s, _ = timed(lambda: baseline(day, options.same_event))
    result = {"reports": size, "copies_s": copies_s, "cluster_s": cluster_s, "baseline_s": baseline_s}
    return {key: round(value, 3) for key, value in (result | {"events_whole": whole}).items()}


def _exponent(seconds: list[float]) -> float:
    """b of seconds ~ size^b between the first and the last size, a factor of 16."""
    return round(log(seconds[-1] / seconds[0]) / log(16), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=500, help="reports of a day (default 500)")
    size = parser.parse_args().size
    rows = [measure(size * times) for times in (1, 4, 16)]
    for row in rows:
        print(row)
    seconds = [row["copies_s"] + row["cluster_s"] for row in rows]
    print(
        json.dumps(
            {
                "benchmark": "stories",
                "sizes": rows,
                "exponent": _exponent(seconds),
                "baseline": "group-average linkage over the full similarity matrix, vectors only",
                "baseline_exponent": _exponent([row["baseline_s"] for row in rows]),
                "times_as_fast_at_16": round(rows[2]["baseline_s"] / rows[2]["cluster_s"], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
