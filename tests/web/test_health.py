"""For machines: /healthz and /metrics."""

import re

from monitor.demo.catalog import SAMPLE_DAYS
from monitor.web.memo import Memo
from tests.web.conftest import NOW, Web


def test_health_tells_the_age_of_the_last_good_run(web: Web) -> None:
    answer = web.get("/healthz")
    age_s = round((NOW - SAMPLE_DAYS[-1]).total_seconds())
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "last_run_age_s": age_s,
        "last_good_run_age_s": age_s,
    }


def test_metrics_are_in_the_format_of_prometheus(web: Web) -> None:
    """Every sample belongs to a HELP and a TYPE before it; names and labels are legal; no name comes twice."""
    answer = web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    known: list[str] = []
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            known.append(line.split()[2])
        elif not line.startswith("#"):
            match = re.fullmatch(r'([a-z_]+)(?:\{(?:[a-z]+="[^"]*",?)+\})? (-?[0-9.e+-]+)', line)
            assert match, line
            assert match[1] == known[-1], line
            float(match[2])
    assert len(known) == len(set(known))
    assert answer.text.endswith("\n")


def test_metrics_count_feeds_by_outcome_and_language_and_tell_the_last_run(web: Web) -> None:
    text = web.get("/metrics").text
    feeds = re.findall(r'border_monitor_feeds\{outcome="\w+",language="(en|es)"\} (\d+)', text)
    assert sum(int(count) for _, count in feeds) == len(web.site.config.feeds)
    assert f"border_monitor_last_run_timestamp_seconds {SAMPLE_DAYS[-1].timestamp()}" in text
    assert re.search(r"border_monitor_last_run_duration_seconds [\d.]+", text)
    assert re.search(r'border_monitor_last_run_stage_seconds\{stage="fetch"\} ', text)
    assert re.search(r"border_monitor_articles [1-9]\d*\n", text)


def test_what_takes_long_is_counted_once_until_it_is_old() -> None:
    now, made = [0.0], list[int]()
    memo = Memo(seconds=10, most=2, clock=lambda: now[0])

    def make() -> int:
        made.append(1)
        return len(made)

    assert [memo.get("a", make), memo.get("a", make)] == [1, 1]
    now[0] = 10.0
    assert memo.get("a", make) == 2
    assert [memo.get(key, make) for key in ("b", "c")] == [3, 4]
    assert memo.get("a", make) == 5  # the oldest was forgotten
