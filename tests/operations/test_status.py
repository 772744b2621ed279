"""`monitor status --json`: ages, the queue and what is wrong, for scripts that have no Prometheus."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.app.conftest import Desk


def status(desk: Desk) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(desk.monitor("status", "--json").stdout)
    return told


def test_before_the_first_run_nothing_has_an_age_and_nothing_is_wrong(desk: Desk) -> None:
    desk.write()
    told = status(desk)
    assert told["last_run_age_s"] is told["last_good_run_age_s"] is told["run_deadline"] is None
    assert told["outbox"] == {"waiting": 0, "oldest_at": None, "oldest_age_s": None, "states": {}}
    assert told["troubles"] == []


def test_after_a_run_the_age_of_the_last_success_and_the_next_deadline_are_told(desk: Desk) -> None:
    desk.write()
    desk.report("run")
    told = status(desk)
    assert 0 <= told["last_good_run_age_s"] == told["last_run_age_s"] < 120
    good, deadline = map(datetime.fromisoformat, (told["last_good_run_at"], told["run_deadline"]))
    assert deadline - good == timedelta(hours=26), "a daily schedule's longest pause and two hours"
    assert told["outbox"]["states"] == {"sent": 1}


def test_what_waits_too_long_and_runs_that_stay_away_are_troubles(desk: Desk) -> None:
    """All that the database knows of is made three days older."""
    desk.document["mail"]["port"] = 9
    desk.document["mail"]["deliver_hours"] = 200
    desk.write()
    desk.monitor("run")
    then = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with sqlite3.connect(desk.folder / "monitor.db") as database:
        database.execute("UPDATE runs SET started_at = ?, exit_code = 0", (then,))
        database.execute("UPDATE editions SET created_at = ?", (then,))
    database.close()
    told = status(desk)
    assert told["troubles"] == ["run", "outbox"]
    three_days = 3 * 86_400
    assert three_days <= told["last_good_run_age_s"] < three_days + 120
    assert told["outbox"]["waiting"] == 1
    assert three_days <= told["outbox"]["oldest_age_s"] < three_days + 120
    told_by_check = json.loads(desk.monitor("status", "--check", "--json").stdout)
    assert [trouble["cause"] for trouble in told_by_check] == told["troubles"], "as --check has it"
