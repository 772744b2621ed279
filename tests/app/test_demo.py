"""The demo: the whole job on the sample days, with no network and no configuration."""

import json
from pathlib import Path

import pytest

from monitor.cli.runs import _program
from monitor.demo.catalog import SAMPLE_DAYS
from tests.app.conftest import Desk


def test_the_demo_names_the_program_as_its_user_can_type_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make demo` installs it into a folder that is on no PATH."""
    program = tmp_path / "a folder" / "monitor"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _program(str(program)) == f"'{program}'"
    assert _program("/somewhere/monitor/__main__.py") == "monitor"
    monkeypatch.setenv("PATH", str(program.parent))
    assert _program(str(program)) == "monitor"


def test_the_demo_ends_with_digests_that_show_both_languages(desk: Desk) -> None:
    """One JSON document on standard output; what an earlier demo left is replaced, other files are not touched."""
    out = desk.folder / "show"
    (out / "digests" / "2025").mkdir(parents=True)
    (out / "digests" / "2025" / "old.html").touch()
    (out / "demo.db").write_text("of an earlier demo that was killed", encoding="utf-8")
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    first = desk.monitor("demo", "--out", "show", "--json")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    both = [story for story in report["stories"] if story["languages"] == ["en", "es"]]
    assert len(both) >= 5
    assert all(story["title_en"] and story["title_es"] and len(story["outlets"]) >= 2 for story in both)
    assert {story["status"] for story in report["stories"]} == {"new", "updated"}
    assert max(story["day"] for story in report["stories"]) >= 3
    assert [edition["receipts"][0]["state"] for edition in report["editions"]] == ["sent"] * 3
    pages = sorted((out / "digests").glob("*/*/*.html"))
    assert len(pages) == 3 * len(SAMPLE_DAYS)
    index = out / "digests" / "index.html"
    assert all(page.relative_to(index.parent).as_posix() in index.read_text("utf-8") for page in pages)

    assert not (out / "digests" / "2025").exists()
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert {path.name for path in desk.folder.iterdir()} <= {"show", "cache"}
    found = desk.monitor("search", "drones", "--config", "show/demo.yaml")
    assert "No report found" not in found.stdout
