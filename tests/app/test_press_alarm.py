"""A whole language that cannot be read is an alarm, wherever feeds are told of."""

import json
from typing import Any

from tests.app.conftest import Desk

UNREACHABLE = "http://127.0.0.1:9/feed"  # nobody listens there


def silence(desk: Desk, language: str) -> None:
    for feed in desk.document["feeds"]:
        if feed["language"] == language:
            feed["url"] = UNREACHABLE
    desk.document["fetch"] = {"retry_pause_s": 0}
    desk.write()


def test_a_language_that_cannot_be_read_is_named_in_the_report_the_status_and_the_subject(desk: Desk) -> None:
    silence(desk, "es")
    report: dict[str, Any] = desk.report("run", "--no-send")
    assert report["exit_code"] == 3
    (alarm,) = report["alarms"]
    assert alarm.startswith("no Spanish feed could be read: 1 failed")
    status = json.loads(desk.monitor("status", "--json").stdout)
    assert status["alarms"] == [alarm]
    assert {health["language"]: health["failed"] for health in status["languages"]} == {"en": 0, "es": 1}
    shown = desk.monitor("status").stdout
    assert f"ALARM     {alarm}" in shown
    assert "English: 2 of 2 read, 0 failed, 0 quiet" in shown
    assert desk.monitor("run", "--no-send").stdout.startswith(f"ALARM     {alarm}")


def test_a_feed_that_fails_beside_others_of_its_language_is_no_alarm(desk: Desk) -> None:
    desk.document["feeds"][0]["url"] = UNREACHABLE
    silence(desk, "none")
    report = desk.report("run", "--no-send")
    assert (report["exit_code"], report["alarms"]) == (3, [])
    assert json.loads(desk.monitor("status", "--json").stdout)["alarms"] == []
