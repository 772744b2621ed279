"""Story alerts, as readers get them: at once, once, so many a day at most; the digest is what it is without them."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from monitor.app import RunRequest, read_status, run_once
from monitor.config import Config, load_config
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.errors import ConfigError
from monitor.pipeline import NoProgress, list_of_edition, lists_with
from monitor.records import RunReport, SlotEntry, Suppression
from monitor.store import open_store
from tests.app.conftest import Desk
from tests.app.test_schedule_command import Daemon
from tests.rehearsal import samples_ending

NOW = datetime(2026, 3, 9, 15, tzinfo=UTC)
READER, DESK = "breaking@newsroom.example", "desk@newsroom.example"


def rule(**options: object) -> dict[str, object]:
    return {"id": "breaking", "recipients": [READER], "outlets": 2, "both_languages": True, **options}


class Newsroom:
    """The sample outlets and a mail server; runs in this process, at any time."""

    def __init__(self, folder: Path, feeds: SampleServer, mailbox: Mailbox, *rules: dict[str, object]) -> None:
        self.folder, self.feeds, self.mailbox = folder, feeds, mailbox
        self.document: dict[str, Any] = {
            "mail": {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "timeout_s": 10},
            "translation": {"engine": "none"},
            "stories": {"embedder": "hash"},
            "schedule": {"timezone": "America/Chicago"},
            "recipients": [{"address": DESK}],
            "alerts": {"stories": list(rules)},
            "feeds": [json.loads(feed.model_dump_json(exclude_defaults=True)) for feed in feeds.feeds()[:10]],
        }

    @property
    def config(self) -> Config:
        path = self.folder / "feeds.yaml"
        path.write_text(json.dumps(self.document), encoding="utf-8")  # JSON is YAML, too
        return load_config(path)

    def run(self, at: datetime, **options: Any) -> RunReport:
        self.feeds.at = at
        return run_once(self.config, RunRequest(at, **options), NoProgress())

    def look(self, at: datetime) -> RunReport:
        return self.run(at, alerts_only=True)

    def alerts(self, to: str = READER) -> list[EmailMessage]:
        found = self.mailbox.messages_to(to)
        return [message_from_bytes(mail.content, EmailMessage, policy=policy.default) for mail in found]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with SampleServer(samples_ending(NOW), at=NOW) as feeds, Mailbox() as mailbox:
        yield Newsroom(tmp_path, feeds, mailbox, rule())


def digest_of(report: RunReport) -> dict[str, Any]:
    """What the archive keeps of the run's first edition."""
    document: dict[str, Any] = json.loads(Path(report.editions[0].paths[0]).with_suffix(".json").read_text("utf-8"))
    return document


# ---------------------------------------------------------------- what is told


def test_a_story_that_passes_is_told_at_once_and_never_again(newsroom: Newsroom) -> None:
    report = newsroom.look(NOW)
    told = [alert for alert in report.alerts if alert.state == "told"]
    assert told
    assert all(alert.outlets >= 2 and alert.languages == ("en", "es") for alert in told)
    mails = newsroom.alerts()
    assert len(mails) == len(told)
    assert mails[0]["Subject"].startswith("Alert: ")
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    again = newsroom.look(NOW + timedelta(hours=1))
    ids = {alert.story_id for alert in told}
    assert not [alert for alert in again.alerts if alert.story_id in ids]
    assert newsroom.run(NOW + timedelta(hours=3)).editions[0].created, "the digest's run looks, too"
    subjects = [mail["Subject"] for mail in newsroom.alerts()]
    assert len(subjects) == len(set(subjects))


def test_a_look_makes_no_digest_and_is_no_run_that_health_checks_count(newsroom: Newsroom) -> None:
    report = newsroom.look(NOW)
    assert report.editions == ()
    assert not newsroom.alerts(DESK)
    assert not (newsroom.folder / "digests").exists()
    found = read_status(newsroom.config)
    assert found.runs == ()
    assert found.editions == ()
    assert [alert.profile_id for alert in found.alerts] == ["alert/breaking"] * len(newsroom.alerts())


def test_the_next_digest_is_what_it_is_without_alerts(newsroom: Newsroom, tmp_path: Path) -> None:
    """Looks before the digest take nothing away from it: same stories, same news, same counts of what is new."""
    for hours in (8, 4, 1):
        newsroom.look(NOW - timedelta(hours=hours))
    with_alerts = digest_of(newsroom.run(NOW))
    assert newsroom.alerts()

    (tmp_path / "other").mkdir()
    plain = Newsroom(tmp_path / "other", newsroom.feeds, newsroom.mailbox)
    without = digest_of(plain.run(NOW))
    assert cards_of(with_alerts) == cards_of(without)
    assert len(with_alerts["developing"]) == len(without["developing"])
    counts, expected = with_alerts["counts"], without["counts"]
    for name in ("articles_new", "articles_relevant", "stories_both", "stories_en", "stories_es"):
        assert counts[name] == expected[name], name


def cards_of(digest: dict[str, Any]) -> dict[frozenset[str], tuple[str, int, list[str]]]:
    """Each card by its reports: its status, its day, and which reports are new."""
    cards = [*digest["stories"], *(card for spot in digest["blind_spots"] for card in spot["cards"])]
    found = {}
    for card in cards:
        reports = [report for coverage in card["coverage"] for report in coverage["reports"]]
        new = sorted(report["article_id"] for report in reports if report["is_new"])
        found[frozenset(report["article_id"] for report in reports)] = (card["status"], card["day"], new)
    return found


def test_a_story_that_grew_is_told_a_second_time_and_says_so(newsroom: Newsroom) -> None:
    """One outlet first; when the other language's press has it, too, that is news."""
    newsroom.document["alerts"]["stories"] = [rule(outlets=1, both_languages=False, at_most=100, language="es")]
    seen: dict[str, tuple[str, ...]] = {}
    grown = []
    for hours in range(28, -1, -7):
        for alert in newsroom.look(NOW - timedelta(hours=hours)).alerts:
            grown += [alert] if alert.story_id in seen else []
            seen[alert.story_id] = alert.languages
    assert grown, "sample stories spread from outlet to outlet"
    second = [mail for mail in newsroom.alerts() if mail["Subject"].startswith("Alerta, sigue creciendo: ")]
    assert len(second) >= len(grown)
    body = second[0].get_body(("plain",))
    assert body is not None
    assert "Ya le avisamos de esta nota" in body.get_content()


def test_a_full_day_holds_the_rest_back_and_status_names_it(newsroom: Newsroom) -> None:
    newsroom.document["alerts"]["stories"] = [rule(both_languages=False, outlets=1, at_most=2)]
    report = newsroom.look(NOW)
    states = [alert.state for alert in report.alerts]
    assert states.count("told") == len(newsroom.alerts()) == 2
    assert states.count("held") > 0
    scores = [alert.score for alert in report.alerts]
    assert scores == sorted(scores, reverse=True), "the best ones are told"
    held = {alert.title for alert in report.alerts if alert.state == "held"}
    assert {edition.subject for edition in read_status(newsroom.config).held} <= held
    newsroom.look(NOW + timedelta(hours=1))
    assert len(newsroom.alerts()) == 2, "the day is still full"


def test_one_who_left_the_alerts_keeps_the_digest(newsroom: Newsroom) -> None:
    config = newsroom.config
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        store.suppress(Suppression("alert/breaking", READER, "one click", NOW))
    newsroom.document["recipients"].append({"address": READER})
    newsroom.run(NOW)
    assert [mail["List-Id"].partition("<")[2] for mail in newsroom.alerts()] == ["everyone.digest.localhost>"]


def test_an_address_is_on_the_lists_of_its_alerts_too(newsroom: Newsroom) -> None:
    """What becomes of a dead address: it is taken off all of them."""
    newsroom.document["alerts"]["operator"] = {"recipients": [READER.upper()]}
    config = newsroom.config
    assert lists_with(config, READER) == {"alert/breaking", "alarm/operator"}
    assert lists_with(config, DESK) == {"everyone"}
    assert list_of_edition(config, "alert/breaking/0f3a/5-en-es") == "alert/breaking"
    assert list_of_edition(config, "alarm/operator/run/2026-03-09/over") == "alarm/operator"
    assert list_of_edition(config, "everyone/2026-03-09T1800") == "everyone"


# ---------------------------------------------------------------- when something breaks


def test_what_a_dead_mail_server_did_not_take_is_sent_once_when_it_is_back(newsroom: Newsroom) -> None:
    newsroom.document["mail"]["port"] = 1  # nobody listens there
    report = newsroom.look(NOW)
    assert report.exit_code == 1
    assert not newsroom.alerts()
    newsroom.document["mail"]["port"] = newsroom.mailbox.port
    newsroom.look(NOW + timedelta(minutes=30))
    newsroom.look(NOW + timedelta(minutes=60))
    told = [alert.story_id for alert in report.alerts if alert.state == "told"]
    assert len(told) == len({mail["Message-ID"] for mail in newsroom.alerts()}) == len(newsroom.alerts())


def test_a_template_of_the_users_that_is_wrong_costs_the_alert_not_the_digest(newsroom: Newsroom) -> None:
    (newsroom.folder / "templates").mkdir()
    (newsroom.folder / "templates" / "alert.html.j2").write_text("{{ nothing.like_this }}", encoding="utf-8")
    report = newsroom.run(NOW)
    assert not newsroom.alerts()
    assert len(newsroom.alerts(DESK)) == 1
    assert any("the alert breaking cannot be made" in notice and "alert.html.j2" in notice for notice in report.notices)


@pytest.mark.parametrize(
    "options", [{"dry_run": True}, {"send": False}, {"since": "24h"}, {"to": ("a@b.example",)}, {"fetch": False}]
)
def test_a_run_that_tries_something_out_tells_nobody(newsroom: Newsroom, options: dict[str, Any]) -> None:
    assert newsroom.run(NOW, **options).alerts == ()
    assert not newsroom.alerts()


# ---------------------------------------------------------------- as commands


def test_alerts_only_on_the_command_line(desk: Desk) -> None:
    desk.document["alerts"] = {"stories": [rule(outlets=1, both_languages=False, at_most=3, fresh_hours=96)]}
    desk.write()
    first, second = desk.report("run", "--alerts-only"), desk.report("run", "--alerts-only")
    assert (first["exit_code"], second["exit_code"]) == (0, 0)
    assert [alert["state"] for alert in first["alerts"]][:3] == ["told"] * 3
    assert "told" not in [alert["state"] for alert in second["alerts"]]
    assert len(desk.mailbox.messages_to(READER)) == 3
    status = desk.monitor("status").stdout
    assert "Alert     alert/breaking " in status
    assert "held back, its day was full" in status
    assert len(desk.report("status")["alerts"]) == 3


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ({"stories": [rule(topics=["weather"])]}, "alerts.stories.breaking.topics: there is no 'weather'"),
        ({"stories": [rule(), rule()]}, "id used twice: breaking"),
        ({"stories": [rule(recipients=[])]}, "alerts.stories[0].recipients"),
        ({"every": "soon", "stories": [rule()]}, "'soon' is no span of time → write for example 30m or 2h"),
        ({"every": "1m", "stories": [rule()]}, "'1m' is too short or too long"),
    ],
)
def test_mistakes_in_rules_are_told_with_their_cure(desk: Desk, alerts: dict[str, Any], said: str) -> None:
    desk.document["alerts"] = alerts
    desk.write()
    done = desk.monitor("run", "--alerts-only")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("name", ["alert", "alarm"])
def test_no_profile_can_be_called_as_the_lists_of_alerts_begin(newsroom: Newsroom, name: str) -> None:
    """Whoever left it would have left all alerts."""
    newsroom.document |= {"profiles": [{"id": name}], "recipients": []}
    with pytest.raises(ConfigError, match="call the profile something else"):
        _ = newsroom.config


def test_alerts_only_goes_with_nothing_that_shapes_a_digest(desk: Desk) -> None:
    desk.write()
    assert desk.monitor("run", "--alerts-only", "--since", "24h").returncode == 2


def test_the_daemon_looks_between_two_digests_and_remembers_that_it_did(desk: Desk) -> None:
    """Restarted, it does not look again before it is time."""
    coming = datetime.now(UTC) + timedelta(hours=3)
    desk.document |= {
        "schedule": {"time": f"{coming:%H:%M}", "timezone": "UTC"},
        "alerts": {"every": "2h", "stories": [rule(outlets=1, both_languages=False, at_most=2, fresh_hours=96)]},
    }
    _made(desk, coming - timedelta(days=1))
    daemon = Daemon(desk)
    daemon.wait_for("alert breaking, held")
    said = daemon.end()
    assert said.count("alert breaking, told") == 2
    assert len(desk.mailbox.messages_to(READER)) == 2
    assert not desk.mailbox.messages_to(DESK)
    hits = desk.feeds.hits
    again = Daemon(desk)
    again.wait_for("waiting")
    again.end()
    assert desk.feeds.hits == hits


def _made(desk: Desk, due_at: datetime) -> None:
    """The digest of that slot is made already: nothing is due when the daemon starts."""
    config = load_config(desk.write())
    slot = SlotEntry("everyone", due_at.date().isoformat(), due_at, "running", due_at, owner="x", until=due_at)
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        assert store.claim_slot(slot)
        assert store.end_slot(replace(slot, state="done"))
