"""Feeds pass through memory some after the others; what comes of them does not tell."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.app import RunRequest, run_once
from monitor.config import load_config
from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.server import SampleServer
from monitor.pipeline import NoProgress, gather
from monitor.records import RunReport

NOW = SAMPLE_DAYS[-1]
_SECONDS = re.compile(r'"(?:elapsed_s|seconds)": [0-9.]+')


def run(folder: Path, server: SampleServer) -> RunReport:
    document = {
        "translation": {"engine": "none"},
        "stories": {"embedder": "hash"},
        "profiles": [{"id": "both", "language": "both"}],
        "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in server.feeds()],
    }
    folder.mkdir()
    (folder / "feeds.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return run_once(load_config(folder / "feeds.yaml"), RunRequest(now=NOW, explain=True), NoProgress())


def told(report: RunReport) -> dict[str, Any]:
    (digest,) = [path for edition in report.editions for path in edition.paths if path.endswith(".json")]
    return {
        "feeds": [replace(feed, elapsed_s=0.0) for feed in report.feeds],
        "counts": report.counts,
        "verdicts": sorted((verdict.article_id, verdict.score) for verdict in report.verdicts),
        "stages": [(stage.name, stage.items_in, stage.items_out) for stage in report.stages],
        "digest": _SECONDS.sub("", Path(digest).read_text(encoding="utf-8")),
    }


def test_three_feeds_at_a_time_make_the_same_digest_as_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SampleServer(at=NOW) as server:
        at_once = told(run(tmp_path / "at-once", server))
        monkeypatch.setattr(gather, "FEEDS_AT_ONCE", 3)
        in_parts = told(run(tmp_path / "in-parts", server))
    assert in_parts == at_once
    assert at_once["counts"].articles_new > 100
