"""The log: one line per feed, stage, edition and failure, for people or as JSON; no secret is in it."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.telemetry import Event, log_form, tell, within_run
from monitor.telemetry.logs import end_log, keep_log
from tests.app.conftest import Desk
from tests.operations.conftest import Line, json_lines

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_log_is_left() -> Iterator[None]:
    yield
    end_log()


def of(name: str, lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["event"] == name]


# ---------------------------------------------------------------- commands


def test_a_run_logs_one_line_per_feed_stage_and_edition_and_one_for_itself(desk: Desk, dead_feed: str) -> None:
    """All of standard error is JSON then; standard output still is the result."""
    desk.document["recipients"].append({"address": "gone@newsroom.example"})
    desk.write()
    done = desk.monitor("run", "--json", "--log-format", "json")
    report = json.loads(done.stdout)
    lines = json_lines(done.stderr)
    assert {line["run_id"] for line in lines} == {report["run_id"]}
    feeds = {line["feed"]: line for line in of("feed", lines)}
    assert len(of("feed", lines)) == len(report["feeds"]) == 3
    for feed in report["feeds"]:
        line = feeds[feed["source_id"]]
        assert (line["outcome"], line["items"]) == (feed["outcome"], feed["items"])
        assert line["level"] == ("warning" if feed["source_id"] == dead_feed else "info")
        assert line["seconds"] >= 0
    assert "127.0.0.1:9" in feeds[dead_feed]["detail"]
    assert [line["stage"] for line in of("stage", lines)] == [stage["name"] for stage in report["stages"]]
    assert [line["edition"] for line in of("edition", lines)] == [report["editions"][0]["edition"]]
    refused = of("delivery", lines)
    assert [(line["recipient"], line["state"], line["level"]) for line in refused] == [
        ("gone@newsroom.example", "failed", "error")
    ]
    (whole,) = of("run", lines)
    assert (whole["exit_code"], whole["feeds_failed"], whole["level"]) == (report["exit_code"], 1, "warning")


def test_a_console_log_is_for_people_and_the_report_stays(desk: Desk) -> None:
    desk.write()
    done = desk.monitor("run", "--log-format", "console")
    lines = done.stderr.splitlines()
    assert sum(" feed " in line and "outcome=ok" in line for line in lines) == 3
    assert all("run_id=" in line for line in lines), "no progress lines beside the log"
    assert "\x1b" not in done.stderr, "no colours where nobody sees them"
    assert "Feeds     3 ok" in done.stdout


def test_without_a_log_a_run_says_what_it_always_said(desk: Desk) -> None:
    desk.write()
    done = desk.monitor("run", "--json")
    assert done.stderr == ""
    done = desk.monitor("run")
    assert "Reading feeds (3) …" in done.stderr
    assert "run_id" not in done.stderr


@pytest.mark.parametrize("how", ["variable", "feeds.yaml"])
def test_the_format_comes_from_the_environment_or_from_feeds_yaml_as_well(desk: Desk, how: str) -> None:
    if how == "feeds.yaml":
        desk.document["operations"] = {"log_format": "json"}
    desk.write()
    environ = {"MONITOR_LOG_FORMAT": "json"} if how == "variable" else {}
    done = desk.monitor("run", "--json", **environ)
    assert of("run", json_lines(done.stderr))


def test_a_mistake_in_feeds_yaml_is_a_line_of_the_json_log(desk: Desk) -> None:
    desk.document["feeds"][0]["language"] = "fr"
    desk.write()
    done = desk.monitor("run", "--log-format", "json")
    assert done.returncode == 2
    (line,) = json_lines(done.stderr)
    assert (line["event"], line["level"], line["exit_code"]) == ("failed", "error", 2)
    assert "language" in line["text"]


def test_a_run_that_dies_has_told_of_its_feeds_and_says_why(desk: Desk) -> None:
    """What was read before is what one wants to see then."""
    desk.document["mail"] |= {"port": 9}
    desk.write()
    (desk.folder / "digests").write_text("in the way", encoding="utf-8")
    done = desk.monitor("run", "--log-format", "json")
    assert done.returncode == 1
    lines = json_lines(done.stderr)
    assert len(of("feed", lines)) == 3
    assert "digests" in of("run", lines)[0]["error"]
    assert lines[-1]["event"] == "failed"


def test_all_that_the_daemon_says_is_json_when_json_is_asked_for(desk: Desk) -> None:
    desk.document["schedule"] = {"time": "00:00", "timezone": "UTC"}
    desk.write()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "MONITOR_LOG_FORMAT": "json"}
    command = [sys.executable, "-m", "monitor", "schedule"]
    with subprocess.Popen(
        command, cwd=desk.folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stderr is not None
        assert daemon.stdout is not None
        signal.alarm(90)  # the watchdog: ends this test with an error
        said = []
        for text in daemon.stderr:
            said.append(text)
            if '"event": "run"' in text:
                break
        daemon.send_signal(signal.SIGTERM)
        said += daemon.stderr.readlines()
        out = daemon.stdout.read()
        signal.alarm(0)
    lines = json_lines("".join(said))
    assert len(of("feed", lines)) == 3
    assert any("is due" in line["text"] for line in of("note", lines))
    assert out == "", "the report is in the log already"


# ---------------------------------------------------------------- lines


def test_nothing_from_a_feed_can_move_the_cursor_or_begin_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("console", "json"):
        keep_log("json" if form == "json" else "console")
        tell(Event("feed", keys={"detail": "a\x1b[2Jb\r\nc\u202ed\x07", "feed": "x"}))
        text = capsys.readouterr().err
        assert text.count("\n") == 1, form
        assert not set(text) & {"\x1b", "\r", "\x07", "\u202e"}, form


def test_a_line_stays_one_that_log_collectors_take(capsys: pytest.CaptureFixture[str]) -> None:
    keep_log("json")
    tell(Event("feed", keys={"detail": "x" * 100_000}))
    assert len(capsys.readouterr().err) < 4_000


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_code_and_no_values(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """structlog would show local variables by itself, where rich is installed."""

    def login(password: str) -> None:
        raise RuntimeError("the server hung up")

    secret = "-".join(("mark", "of", "a", "password"))  # the line of code must not have it
    keep_log("json" if form == "json" else "console")
    try:
        login(secret)
    except RuntimeError:
        logging.getLogger("monitor.schedule").exception("a look failed")
    text = capsys.readouterr().err
    assert "RuntimeError: the server hung up" in text
    assert "in login" in text
    assert secret not in text


def test_what_libraries_warn_of_is_a_line_with_their_name(capsys: pytest.CaptureFixture[str]) -> None:
    keep_log("json")
    logging.getLogger("uvicorn.error").warning("%d connections at once", 200)
    logging.getLogger("uvicorn.error").info("nobody asked for this")
    (line,) = json_lines(capsys.readouterr().err)
    assert (line["event"], line["logger"], line["level"]) == ("200 connections at once", "uvicorn.error", "warning")


def test_without_a_log_nobody_hears_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    assert log_form() is None
    tell(Event("alarm", "error", {"text": "no English feed could be read"}))
    assert capsys.readouterr().err == ""


def test_the_runs_id_is_on_its_own_events_only(capsys: pytest.CaptureFixture[str]) -> None:
    keep_log("json")
    with within_run("run-1"):
        tell(Event("stage", keys={"stage": "fetch", "hint": ""}))
    tell(Event("stage", keys={"stage": "fetch"}))
    within, after = json_lines(capsys.readouterr().err)
    assert (within["run_id"], "run_id" in after) == ("run-1", False)
    assert "hint" not in within, "keys without a value are left out"


def test_a_closed_standard_error_ends_no_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep_log("json")
    with (tmp_path / "log").open("w") as closed:
        pass
    monkeypatch.setattr(sys, "stderr", closed)
    tell(Event("stage"))
