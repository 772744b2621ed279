"""Alert rules and dashboard agree with the program: each metric and label they name is one that we tell."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import promql_parser as promql
import pytest
import yaml

from monitor.records import CAUSES, Counts, DeliveryState, FeedOutcome, Tally
from monitor.telemetry.metrics import (
    PREFIX,
    DiskMeasure,
    Family,
    FeedMeasure,
    Measured,
    families,
    last_run_of,
)

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/border-monitor.rules.yaml"
SCRAPING = ROOT / "deploy/prometheus/prometheus.yml"
DASHBOARD = ROOT / "deploy/grafana/border-monitor.json"
PAGE = ROOT / "docs/operations.md"
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
OF_PROMETHEUS = {"instance", "job"}  # labels that it adds itself


def everything() -> tuple[Family, ...]:
    """The metrics of an installation in which there is something of everything."""
    outcomes = (*get_args(FeedOutcome), "never", "off")
    document = {
        "started_at": NOW.isoformat(), "seconds": 9.0, "exit_code": 3,
        "stages": [{"name": "fetch", "seconds": 1.0, "items_out": 3}],
        "counts": {field.name: 1 for field in fields(Counts)},
        "engine": {"name": "an engine", "words": 10, "seconds": 1.0},
    }  # fmt: skip
    return families(
        Measured(
            now=NOW, version="0", tally=Tally(1, 1, 1, 1, tuple((s, 1) for s in get_args(DeliveryState)), NOW, NOW),
            feeds=tuple(FeedMeasure(f"feed-{n}", "es", outcome, NOW) for n, outcome in enumerate(outcomes)),
            last_run=last_run_of(document), deadline_at=NOW, waiting=1, waiting_since=NOW, judged=frozenset(CAUSES),
            troubles=frozenset(), disks=(DiskMeasure("digests", 1, 2), DiskMeasure("database", 1, 2)), database_bytes=1,
        )
    )  # fmt: skip


TOLD: dict[str, dict[str, set[str]]] = {}  # by metric and label, the values there are
for family in everything():
    labels = TOLD.setdefault(PREFIX + family.name, {})
    for sample in family.samples:
        for label, value in sample.labels:
            labels.setdefault(label, set()).add(value)

GROUPS = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
ALL = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = [rule for rule in ALL if "alert" in rule]
RECORDED = {rule["record"] for rule in ALL if "record" in rule}
BOARD: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    yield from ((rule.get("alert") or rule["record"], rule["expr"]) for rule in ALL)
    yield from ((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"])
    yield from ((note["name"], note["expr"]) for note in BOARD["annotations"]["list"])


def selectors(text: str) -> Iterator[promql.VectorSelector]:
    """What an expression asks for. Raises ValueError for one that Prometheus would not take."""
    found: list[promql.VectorSelector] = []

    def visit(node: object) -> bool:
        if isinstance(node, promql.VectorSelector):
            found.append(node)
        elif isinstance(node, promql.MatrixSelector):
            found.append(node.vector_selector)
        return True

    promql.walk(promql.parse(text.replace("$instance", ".*")), visit)
    yield from found


@pytest.mark.parametrize(("where", "text"), list(expressions()), ids=lambda text: str(text)[:40])
def test_every_metric_label_and_value_that_is_asked_for_is_told(where: str, text: str) -> None:
    found = list(selectors(text))
    assert found, where
    for selector in found:
        name = selector.name or ""
        assert name in TOLD or name in RECORDED, f"{where}: there is no {name}"
        for matcher in selector.matchers.matchers:
            if matcher.name in OF_PROMETHEUS:
                continue
            known = TOLD[name].get(matcher.name, set())
            assert known, f"{where}: {name} has no label {matcher.name}"
            for value in matcher.value.split("|"):
                assert any(re.fullmatch(value, one) for one in known), f"{where}: {matcher.name} is never {value}"


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {selector.name for _, text in expressions() for selector in selectors(text)}
    assert set(TOLD) - shown == set(), "told, but looked at by nobody"


# ---------------------------------------------------------------- rules


def anchors(page: Path) -> set[str]:
    """Where a link into the page can lead, as GitHub and MkDocs name headings."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_it_means_and_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page.endswith("/docs/operations.md")
    assert anchor in anchors(PAGE)
    assert rule["alert"] in PAGE.read_text(encoding="utf-8"), "it can be found by its name as well"


def test_alerts_and_records_have_names_of_their_own() -> None:
    names = [rule.get("alert") or rule["record"] for rule in ALL]
    assert len(names) == len(set(names))


def test_every_trouble_that_the_program_knows_of_has_an_alert() -> None:
    asked = "|".join(rule["expr"] for rule in ALERTS)
    by_instant = {"run": "run_deadline_timestamp_seconds", "outbox": "outbox_oldest_timestamp_seconds"}
    for cause in CAUSES:
        assert by_instant.get(cause, cause) in asked, cause


def test_the_rules_file_is_the_one_that_prometheus_is_told_to_read() -> None:
    assert yaml.safe_load(SCRAPING.read_text(encoding="utf-8"))["rule_files"] == [RULES.name]


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed: apt-get install prometheus")
def test_alerts_begin_and_end_when_they_should(tmp_path: Path) -> None:
    """By Prometheus' own tool, on made-up series."""
    for file in (RULES, Path(__file__).with_name("rules_test.yaml")):
        shutil.copy(file, tmp_path)
    done = subprocess.run(
        ["promtool", "test", "rules", "rules_test.yaml"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------- dashboard


def test_the_dashboard_asks_for_its_source_and_fits_any_grafana() -> None:
    """Imported, it asks which Prometheus to use; nothing in it names one."""
    source, instance = BOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    assert instance["query"]["query"].startswith("label_values(border_monitor_build_info")
    assert BOARD["schemaVersion"] >= 36, "panels with datasource objects"
    used = re.findall(r'"uid": "([^"]+)"', DASHBOARD.read_text(encoding="utf-8"))
    assert set(used) == {"${datasource}", BOARD["uid"]}
    assert "id" not in BOARD, "Grafana gives one"


def test_panels_are_told_apart_and_do_not_overlap() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert all(x < 24 for x, _ in cells)
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["title"]


def test_every_group_of_metrics_has_a_row() -> None:
    rows = [panel["title"] for panel in BOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Runs", "Feeds", "Items and stories", "Translation", "Mail", "Machine"]
