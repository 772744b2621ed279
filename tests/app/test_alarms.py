"""Operators are told once a day of what is broken, and once when it is over; `status --check` tells watchdogs."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.app import RunRequest, deliver_waiting, engine_failures, look_for_trouble, run_once, tell_operators
from monitor.config import ScheduleConfig
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.digest.alarm_mail import Alarm, due_alarms
from monitor.errors import MonitorError
from monitor.language.engines.choose import EngineStatus
from monitor.language.engines.watch import failed_canaries
from monitor.pipeline import NoProgress
from monitor.pipeline.alarms import longest_pause
from monitor.records import CAUSES, Cause, Edition, SlotEntry, Trouble
from monitor.store import open_store
from tests.app.conftest import Desk
from tests.app.test_alerts import NOW, Newsroom
from tests.rehearsal import samples_ending

OPERATOR = "ops@newsroom.example"
DAY = timedelta(days=1)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with SampleServer(samples_ending(NOW), at=NOW) as feeds, Mailbox(refused=["gone@x.example"]) as mailbox:
        opened = Newsroom(tmp_path, feeds, mailbox)
        opened.document["alerts"] = {"operator": {"recipients": [OPERATOR]}}
        opened.document["feeds"] = opened.document["feeds"][:4]
        yield opened


def break_press(newsroom: Newsroom, language: str) -> list[dict[str, Any]]:
    """Every feed of a language leads nowhere; the feeds as they were."""
    feeds: list[dict[str, Any]] = newsroom.document["feeds"]
    newsroom.document["feeds"] = [
        {**feed, "url": feed["url"] + "/gone"} if feed["language"] == language else feed for feed in feeds
    ]
    return feeds


def subjects(newsroom: Newsroom) -> list[str]:
    return [mail["Subject"].strip().rpartition(" (")[0] for mail in newsroom.alerts(OPERATOR)]


# ---------------------------------------------------------------- by mail


def test_a_silent_press_is_told_once_a_day_and_when_it_is_over(newsroom: Newsroom) -> None:
    feeds = break_press(newsroom, "es")
    newsroom.run(NOW)
    newsroom.run(NOW + timedelta(hours=2))
    assert subjects(newsroom) == ["Alarm: No feed in Spanish can be read"]
    newsroom.run(NOW + DAY)
    assert len(subjects(newsroom)) == 2
    newsroom.document["feeds"] = feeds
    newsroom.run(NOW + DAY + timedelta(hours=2))
    newsroom.run(NOW + 2 * DAY)
    assert subjects(newsroom)[2:] == ["Over: Feeds in Spanish can be read again"]
    first, over = newsroom.alerts(OPERATOR)[0], newsroom.alerts(OPERATOR)[2]
    assert "monitor feeds check" in _text(first)
    assert "-> " not in _text(first)
    assert any(feed["id"] in _text(first) for feed in feeds if feed["language"] == "es")
    assert "It lasted from Mar" in " ".join(_text(over).split())


def _text(mail: Any) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_operator_who_reads_spanish_is_told_in_spanish(newsroom: Newsroom) -> None:
    newsroom.document["alerts"]["operator"]["language"] = "es"
    break_press(newsroom, "en")
    newsroom.run(NOW)
    assert subjects(newsroom) == ["Alarma: No se puede leer ninguna fuente en inglés"]
    assert "Se avisa una vez al día mientras dure" in " ".join(_text(newsroom.alerts(OPERATOR)[0]).split())


def test_an_alarm_that_cannot_be_mailed_changes_nothing_of_the_run(newsroom: Newsroom) -> None:
    newsroom.document["alerts"]["operator"]["recipients"] = ["gone@x.example"]
    break_press(newsroom, "es")
    report = newsroom.run(NOW)
    assert report.editions[0].created
    assert [receipt.state for receipt in report.editions[0].receipts] == ["sent"]
    assert any("gone@x.example: failed" in notice for notice in report.notices)


def test_no_engine_that_works_is_an_alarm(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(newsroom.folder))  # no Apertium there
    newsroom.document["translation"] = {"engine": "auto", "models_dir": str(newsroom.folder)}
    assert engine_failures(newsroom.config)
    newsroom.run(NOW)
    assert subjects(newsroom) == ["Alarm: Machine translation does not work as it should"]
    newsroom.document["translation"] = {"engine": "none"}  # asked for: nothing is wrong
    newsroom.run(NOW + timedelta(hours=1))
    assert subjects(newsroom)[1:] == ["Over: Machine translation works again"]


def test_no_run_for_26_hours_is_an_alarm_until_one_succeeds(newsroom: Newsroom) -> None:
    now = datetime.now(UTC)
    newsroom.feeds.at = now
    run_once(newsroom.config, RunRequest(now - timedelta(hours=25)), NoProgress())
    assert look_for_trouble(newsroom.config, now=now) == ()
    assert [t.cause for t in look_for_trouble(newsroom.config, now=now + timedelta(hours=1))] == ["run"]
    newsroom.document["alerts"]["operator"]["silent_hours"] = 24.5
    for _ in range(2):
        assert tell_operators(newsroom.config, engines=None) == ()
    assert len(subjects(newsroom)) == 1
    assert subjects(newsroom)[0].startswith("Alarm: No run has made a digest since ")
    run_once(newsroom.config, RunRequest(now), NoProgress())
    assert subjects(newsroom)[1:] == ["Over: A run has made a digest again"]


def test_runs_by_cron_that_fail_tell_of_it_once_26_hours_have_passed(newsroom: Newsroom) -> None:
    """No daemon looks there, and no run comes to its end."""
    newsroom.run(NOW)
    broken = newsroom.folder / "templates" / "digest.html.j2"
    broken.parent.mkdir()
    broken.write_text("{{ nothing.at.all }}", encoding="utf-8")
    for hours in (24, 27, 28):
        with pytest.raises(MonitorError):
            newsroom.run(NOW + timedelta(hours=hours))
    assert len(subjects(newsroom)) == 1
    assert subjects(newsroom)[0].startswith("Alarm: No run has made a digest since ")


def test_looks_for_alerts_do_not_hide_that_no_digest_is_made(newsroom: Newsroom) -> None:
    newsroom.run(NOW)
    newsroom.look(NOW + timedelta(hours=26))
    found = look_for_trouble(newsroom.config, now=NOW + timedelta(hours=27))
    assert [trouble.cause for trouble in found] == ["run"]


def test_where_no_run_ever_succeeded_the_first_slot_that_was_tried_counts(newsroom: Newsroom) -> None:
    config = newsroom.config
    slot = SlotEntry("everyone", "2026-03-09", NOW, "running", NOW, owner="x", until=NOW)
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        store.claim_slot(slot)
        store.end_slot(replace(slot, state="failed", detail="the disk is full"))
    assert look_for_trouble(config, now=NOW + timedelta(hours=25)) == ()
    found = look_for_trouble(config, now=NOW + timedelta(hours=26))
    assert [trouble.cause for trouble in found] == ["run"]
    assert "the disk is full" in found[0].details[0]


def test_mail_that_waits_for_hours_is_an_alarm_until_it_is_sent(newsroom: Newsroom) -> None:
    now = datetime.now(UTC)
    port = newsroom.document["mail"]["port"]
    newsroom.document["mail"]["port"] = 1  # nobody listens there
    newsroom.feeds.at = now
    run_once(newsroom.config, RunRequest(now - timedelta(hours=3)), NoProgress())
    newsroom.document["mail"]["port"] = port
    assert tell_operators(newsroom.config, engines=None) == ()
    assert len(subjects(newsroom)) == 1
    assert subjects(newsroom)[0].startswith("Alarm: 1 message has been waiting for the mail server since ")
    assert "desk@newsroom.example: deferred" in _text(newsroom.alerts(OPERATOR)[0])
    assert [receipt.state for receipt in deliver_waiting(newsroom.config, print)] == ["sent"]
    tell_operators(newsroom.config, engines=None)
    assert subjects(newsroom)[1:] == ["Over: No message is waiting for the mail server any more"]


# ---------------------------------------------------------------- for watchdogs


def test_status_check_ends_with_the_code_that_says_what_is_wrong(desk: Desk) -> None:
    desk.write()
    desk.monitor("run")
    fine = desk.monitor("status", "--check")
    assert (fine.returncode, fine.stdout) == (0, "OK        nothing is wrong\n")
    working = list(desk.document["feeds"])
    desk.document["feeds"] = [{**f, "url": f["url"] + "x"} if f["language"] == "es" else f for f in working]
    desk.write()
    desk.monitor("run")
    partial = desk.monitor("status", "--check")
    assert partial.returncode == 3
    assert "ALARM     feeds_es: no feed in Spanish can be read" in partial.stdout
    desk.document["alerts"] = {"operator": {"silent_hours": 0.0001}}
    desk.write()
    dead = desk.monitor("status", "--check", "--json")
    assert dead.returncode == 1
    assert [trouble["cause"] for trouble in json.loads(dead.stdout)] == ["run", "feeds_es"]
    (desk.folder / "feeds.yaml").write_text("feeds: [", encoding="utf-8")
    assert desk.monitor("status", "--check").returncode == 2, "what cannot be read cannot be fine"


# ---------------------------------------------------------------- decisions


@pytest.mark.parametrize(
    ("days", "pause"), [(("mon",), 7), (("mon", "tue", "wed", "thu", "fri"), 3), (("mon", "thu"), 4), (None, 1)]
)
def test_a_weekly_digest_is_not_missed_after_a_day(days: tuple[str, ...] | None, pause: int) -> None:
    options = ScheduleConfig.model_validate({"days": days} if days else {})
    assert longest_pause({"everyone": options}) == timedelta(days=pause)


def test_an_alarm_that_comes_back_on_the_day_it_ended_is_told_the_next_day() -> None:
    """A feed that comes and goes fills nobody's mailbox."""
    sent: list[Edition] = []
    mails = []
    for hour in range(48):
        at = NOW + timedelta(hours=hour)
        troubles = [Trouble("feeds_es")] if hour % 4 < 2 else []
        for alarm in due_alarms(troubles, sent, judged={"feeds_es"}, today=at.date()):
            sent.append(_sent(alarm, at))
            mails.append((alarm.over, at.date()))
    days = sorted({day for _, day in mails})
    assert all(mails.count((over, day)) <= 1 for day in days for over in (False, True))
    assert mails.count((False, days[-1])) == 1


def _sent(alarm: Alarm, at: datetime) -> Edition:
    return Edition(alarm.key, "alarm/operator", at.date(), "", (), (), at, at, "")


@pytest.mark.parametrize("cause", CAUSES)
def test_what_nobody_asked_about_neither_begins_nor_ends(cause: Cause) -> None:
    today = date(2026, 3, 9)
    assert due_alarms([Trouble(cause)], [], judged=set(), today=today) == ()
    first = due_alarms([Trouble(cause)], [], judged={cause}, today=today)
    assert [alarm.key for alarm in first] == [f"alarm/operator/{cause}/2026-03-09"]
    sent = [_sent(first[0], NOW)]
    assert due_alarms([], sent, judged=set(), today=today) == ()
    assert [alarm.over for alarm in due_alarms([], sent, judged={cause}, today=today)] == [True]


def test_an_engine_counts_as_failed_only_when_a_run_would_have_taken_it() -> None:
    works = EngineStatus("firefox", "firefox-1", installed=True, healthy=True)
    broken = EngineStatus("argos", "argos", installed=True, healthy=False, reason="repeats itself", remedy="reinstall")
    missing = replace(broken, kind="offline", installed=False, reason="lacks apertium", remedy="install it")
    assert failed_canaries([works, broken]) == ()
    assert failed_canaries([missing, works]) == ()
    assert failed_canaries([broken, works]) == ("argos: repeats itself → reinstall",)
    assert failed_canaries([missing]) == ("offline: lacks apertium → install it",)
    assert failed_canaries([]) == ()
