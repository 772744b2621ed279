"""Numbers for Prometheus: read by Prometheus' own parser, true, and written whole after every run."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from monitor.cli.runs import _Desk
from monitor.records import DeliveryState, Tally
from monitor.telemetry.metrics import Family, FeedMeasure, Measured, Sample, exposition, families, last_run_of
from tests.app.conftest import Desk

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
NAME = re.compile(r"border_monitor_[a-z]+(_[a-z]+)*")
UNITS = ("_seconds", "_bytes", "_info", "_per_second")


def read(text: str) -> dict[str, Metric]:
    """By name, as Prometheus' own Python library reads it."""
    found = list(text_string_to_metric_families(text))
    assert len({metric.name for metric in found}) == len(found), "a name that comes twice"
    return {metric.name: metric for metric in found}


def values(metric: Metric, *labels: str) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels[label] for label in labels): sample.value for sample in metric.samples}


def one(metrics: Mapping[str, Metric], name: str) -> float:
    (sample,) = metrics[f"border_monitor_{name}"].samples
    return float(sample.value)


def metrics_of(desk: Desk, name: str = "monitor.prom") -> dict[str, Metric]:
    return read((desk.folder / name).read_text(encoding="utf-8"))


# ---------------------------------------------------------------- a run leaves them


def test_a_run_leaves_numbers_that_say_what_its_report_says(desk: Desk) -> None:
    desk.document["recipients"].append({"address": "gone@newsroom.example"})
    desk.document["feeds"][0]["url"] = "http://127.0.0.1:9/feed"
    desk.write()
    report = desk.report("run", "--metrics-file", "monitor.prom")
    metrics = metrics_of(desk)
    assert one(metrics, "last_run_timestamp_seconds") == datetime.fromisoformat(report["started_at"]).timestamp()
    assert one(metrics, "last_run_duration_seconds") == report["seconds"]
    assert one(metrics, "last_run_exit_code") == report["exit_code"] == 3
    assert values(metrics["border_monitor_last_run_stage_seconds"], "stage") == {
        (stage["name"],): stage["seconds"] for stage in report["stages"]
    }
    assert values(metrics["border_monitor_last_run_items"], "what") == {
        (name,): count for name, count in report["counts"].items()
    }
    engine = values(metrics["border_monitor_last_run_translations"], "result")
    assert engine["withheld",] == report["engine"]["flagged_hard"] > 0
    states = values(metrics["border_monitor_deliveries"], "state")
    assert {state: number for state, number in states.items() if number} == {("failed",): 1, ("sent",): 1}
    feeds = values(metrics["border_monitor_feeds"], "outcome", "language")
    assert sum(feeds.values()) == 3
    assert sum(count for (outcome, _), count in feeds.items() if outcome == "connection") == 1
    assert len(metrics["border_monitor_feed_last_success_timestamp_seconds"].samples) == 2
    assert one(metrics, "articles") == report["counts"]["articles_new"]
    assert one(metrics, "database_bytes") > 10_000
    free = values(metrics["border_monitor_disk_free_bytes"], "holds")
    assert {holds for (holds,) in free} == {"digests", "database"}


def test_a_run_that_fails_leaves_numbers_too_and_no_new_success(desk: Desk) -> None:
    desk.document["operations"] = {"metrics_file": "out/monitor.prom"}
    desk.write()
    desk.report("run")
    before = one(metrics_of(desk, "out/monitor.prom"), "last_good_run_timestamp_seconds")
    (desk.folder / "lexicon.yaml").write_text("no lexicon", encoding="utf-8")
    assert desk.monitor("run").returncode == 2
    after = metrics_of(desk, "out/monitor.prom")
    assert one(after, "last_good_run_timestamp_seconds") == before
    assert one(after, "measured_timestamp_seconds") > before


def test_the_file_is_whole_readable_by_node_exporter_and_alone(desk: Desk) -> None:
    """node_exporter runs as another user, and reads whatever ends in .prom."""
    desk.write()
    done = desk.monitor("run", "--metrics-file", "prom/monitor.prom")
    assert done.returncode == 0
    (file,) = (desk.folder / "prom").iterdir()
    assert file.name == "monitor.prom"
    assert file.stat().st_mode & 0o777 == 0o644
    assert file.read_text(encoding="utf-8").endswith("\n")


def test_numbers_that_cannot_be_written_are_said_and_cost_nothing(desk: Desk) -> None:
    desk.write()
    (desk.folder / "file").write_text("", encoding="utf-8")
    done = desk.monitor("run", "--metrics-file", "file/monitor.prom")
    assert done.returncode == 0
    assert "metrics: write the metrics to file/monitor.prom" in done.stderr
    assert len(desk.mailbox.messages_to("desk@newsroom.example")) == 1


def test_a_dry_run_leaves_no_numbers(desk: Desk) -> None:
    """It would tell of a run that nobody got anything from."""
    desk.write()
    desk.monitor("run", "--dry-run", "--metrics-file", "monitor.prom")
    assert not (desk.folder / "monitor.prom").exists()


def test_a_file_that_node_exporter_would_not_read_is_a_mistake(desk: Desk) -> None:
    desk.document["operations"] = {"metrics_file": "numbers.txt"}
    desk.write()
    done = desk.monitor("run")
    assert done.returncode == 2
    assert "does not end in .prom" in done.stderr


def test_what_waits_is_counted_with_its_age(desk: Desk) -> None:
    """The mail server is away, so the digest waits."""
    desk.document["mail"]["port"] = 9
    desk.document["operations"] = {"metrics_file": "monitor.prom"}
    desk.write()
    before = datetime.now(UTC).timestamp()
    desk.monitor("run")
    metrics = metrics_of(desk)
    assert one(metrics, "outbox_waiting") == 1
    assert before - 1 <= one(metrics, "outbox_oldest_timestamp_seconds") <= datetime.now(UTC).timestamp()
    trouble = values(metrics["border_monitor_trouble"], "cause")
    assert trouble["outbox",] == 0, "it has not been waiting for two hours"


def test_a_press_that_falls_silent_is_a_trouble(desk: Desk) -> None:
    for feed in desk.document["feeds"]:
        if feed["language"] == "es":
            feed["url"] = "http://127.0.0.1:9/feed"
    desk.document["operations"] = {"metrics_file": "monitor.prom"}
    desk.write()
    desk.monitor("run")
    trouble = values(metrics_of(desk)["border_monitor_trouble"], "cause")
    assert (trouble["feeds_es",], trouble["feeds_en",], trouble["engine",]) == (1, 0, 0)


def test_the_daemon_counts_between_runs_too_with_what_its_engines_said(desk: Desk) -> None:
    """No run yet: only the daemon can know that no engine works."""
    desk.document["operations"] = {"metrics_file": "monitor.prom"}
    daemon = _Desk(str(desk.write()))
    daemon.look_for_trouble()
    assert "border_monitor_last_run_timestamp_seconds" not in metrics_of(desk)
    daemon._trouble_due_s = 0.0
    daemon._engine_failures = ("offline: lacks apertium",)
    daemon.look_for_trouble()
    trouble = values(metrics_of(desk)["border_monitor_trouble"], "cause")
    assert trouble["engine",] == 1


# ---------------------------------------------------------------- names and text


def test_names_follow_prometheus_conventions_and_say_what_they_are(desk: Desk) -> None:
    desk.write()
    desk.monitor("run", "--metrics-file", "monitor.prom")
    for name, metric in metrics_of(desk).items():
        assert NAME.fullmatch(name)
        assert metric.type == "gauge"
        assert metric.documentation.strip().endswith((".", "…"))
        said = metric.documentation.lower()
        if "seconds" in said or "since 1970" in said or "how long" in said:
            assert name.endswith(UNITS), f"{name} does not name its unit"
        assert not re.search(r"_(ms|minutes|hours|days|kb|mb|total)\b", name), "a base unit, and no counter"


def test_text_in_labels_cannot_break_a_line() -> None:
    text = 'an "engine" \\ of\ntwo lines'
    family = Family("last_run_engine_info", "The engine.", (Sample(1, (("engine", text),)),))
    (metric,) = read(exposition([family])).values()
    assert metric.samples[0].labels == {"engine": text}


def bare(**changed: Any) -> Measured:
    nothing = Measured(
        now=NOW, version="0", tally=Tally(0, 0, 0, 0, ()), feeds=(), last_run=None, deadline_at=None, waiting=0,
        waiting_since=None, judged=frozenset(), troubles=frozenset(), disks=(), database_bytes=None,
    )  # fmt: skip
    return replace(nothing, **changed)


def names(made: Iterable[Family]) -> set[str]:
    return {name.removeprefix("border_monitor_") for name in read(exposition(made))}


def test_what_is_not_known_is_left_out_instead_of_being_nought() -> None:
    """A moment of 0 would be 1970, and an alarm about 56 years."""
    found = names(families(bare()))
    assert "articles" in found
    unknown = {"last_run_timestamp_seconds", "run_deadline_timestamp_seconds", "outbox_oldest_timestamp_seconds"}
    assert not found & {*unknown, "database_bytes", "trouble", "last_run_translation_words_per_second"}


def test_the_deadline_is_known_before_the_first_run_was_good() -> None:
    metrics = read(exposition(families(bare(deadline_at=NOW + timedelta(hours=26)))))
    assert one(metrics, "run_deadline_timestamp_seconds") == NOW.timestamp() + 26 * 3600


def test_a_feed_that_was_never_read_has_no_last_success() -> None:
    feeds = (FeedMeasure("a", "en", "never", None), FeedMeasure("b", "es", "ok", NOW))
    metrics = read(exposition(families(bare(feeds=feeds))))
    assert values(metrics["border_monitor_feed_last_success_timestamp_seconds"], "feed") == {("b",): NOW.timestamp()}
    assert values(metrics["border_monitor_feeds"], "outcome") == {("never",): 1, ("ok",): 1}


def test_a_feed_that_is_switched_off_does_not_lead_the_list_of_the_unread_for_ever() -> None:
    feeds = (FeedMeasure("a", "en", "off", NOW - timedelta(days=900)), FeedMeasure("b", "es", "ok", NOW))
    metrics = read(exposition(families(bare(feeds=feeds))))
    assert set(values(metrics["border_monitor_feed_last_success_timestamp_seconds"], "feed")) == {("b",)}


def test_a_state_that_no_message_has_yet_is_told_as_nought() -> None:
    """Prometheus' `delta` sees no rise in a series that begins with its first 1: that failure would raise no alert."""
    tally = Tally(0, 0, 0, 0, (("sent", 7),))
    metrics = read(exposition(families(bare(tally=tally))))
    states = values(metrics["border_monitor_deliveries"], "state")
    assert states == {(state,): 7 if state == "sent" else 0 for state in get_args(DeliveryState)}


def test_a_report_of_an_older_version_is_read_as_well() -> None:
    document = {"started_at": NOW.isoformat(), "seconds": 2.5, "exit_code": 0, "stages": [], "counts": {}}
    run = last_run_of(document)
    assert (run.seconds, run.engine, run.words, run.engines_broken) == (2.5, "", 0, ())
    assert "last_run_translations" in names(families(bare(last_run=run)))


def test_words_per_second_are_words_by_seconds() -> None:
    engine = {"name": "e", "words": 1200, "seconds": 4.0}
    document = {"started_at": NOW.isoformat(), "seconds": 2.5, "exit_code": 0, "stages": [], "counts": {}}
    metrics = read(exposition(families(bare(last_run=last_run_of({**document, "engine": engine})))))
    assert one(metrics, "last_run_translation_words_per_second") == 300


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_named(desk: Desk) -> None:
    desk.write()
    (desk.folder / "closed").mkdir(mode=0o500)
    done = desk.monitor("run", "--metrics-file", "closed/monitor.prom")
    assert (done.returncode, "closed/monitor.prom: Permission denied" in done.stderr) == (0, True)


def test_status_and_metrics_tell_the_same_of_the_outbox(desk: Desk) -> None:
    desk.document["mail"]["port"] = 9
    desk.write()
    desk.monitor("run", "--metrics-file", "monitor.prom")
    told = json.loads(desk.monitor("status", "--json").stdout)
    metrics = metrics_of(desk)
    assert told["outbox"]["waiting"] == one(metrics, "outbox_waiting") == 1
    oldest = datetime.fromisoformat(told["outbox"]["oldest_at"]).timestamp()
    assert oldest == one(metrics, "outbox_oldest_timestamp_seconds")


def test_the_paths_of_the_two_ways_are_the_same_numbers(desk: Desk, tmp_path: Path) -> None:
    """`/metrics` and the file come from one function: no metric is in one of them alone."""
    from monitor.app import measure, open_store_of
    from monitor.config import load_config

    desk.write()
    desk.monitor("run", "--metrics-file", "monitor.prom")
    config = load_config(desk.folder / "feeds.yaml")
    with open_store_of(config) as store:
        counted = names(families(measure(store, config, now=datetime.now(UTC))))
    assert {f"border_monitor_{name}" for name in counted} == set(metrics_of(desk))
