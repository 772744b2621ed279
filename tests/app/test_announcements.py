"""Chat channels are told of a digest once it is out, and of a run that failed; they never fail a run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.app import RunRequest, deliver_waiting, run_once
from monitor.config import load_config
from monitor.demo.mail_server import Mailbox
from monitor.doctor import examine
from monitor.errors import ConfigError, MonitorError
from monitor.pipeline import NoProgress
from monitor.records import RunReport
from tests.app.conftest import Desk
from tests.delivery.chat import Chat

pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    service = Chat()
    monkeypatch.setenv("DESK_CHAT", service.address)
    yield service
    service.close()


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.document |= {"notify": [{"url_env": "DESK_CHAT"}]}
    return desk


def run(desk: Desk, **changes: object) -> RunReport:
    request = replace(RunRequest(desk.feeds.at), **changes)  # type: ignore[arg-type]  # fields of RunRequest
    return run_once(load_config(desk.write()), request, NoProgress())


def test_a_digest_is_told_of_once_with_its_name_its_count_and_its_link(told: Desk, chat: Chat) -> None:
    told.document["mail"]["base_url"] = "https://digest.example.org"
    report = run(told)
    (message,) = chat.received
    assert message["title"] == "US–Mexico Border Digest"
    subject, link = message["message"].split("\n")
    assert subject == report.editions[0].subject
    assert link.startswith("https://digest.example.org/20")
    assert link.endswith("-everyone.html")
    run(told, now=told.feeds.at + timedelta(minutes=5))
    assert len(chat.received) == 1


def test_a_digest_is_told_of_in_its_own_language_to_channels_that_want_its_profile(told: Desk, chat: Chat) -> None:
    told.document |= {
        "profiles": [{"id": "espanol", "language": "es"}, {"id": "english"}],
        "recipients": [{"address": "desk@newsroom.example", "profile": "espanol"}],
        "notify": [
            {"url_env": "DESK_CHAT", "profiles": ["espanol"]},
            {"url_env": "DESK_CHAT", "events": ["failure"]},
        ],
    }
    run(told)
    assert [message["title"] for message in chat.received] == ["Boletín Frontera México–EE. UU."]


def test_nothing_is_told_before_the_digest_is_out(told: Desk, chat: Chat) -> None:
    run(told, send=False)
    run(told, dry_run=True)
    run(told, since="24h")
    assert chat.received == []


def test_a_digest_that_was_sent_late_is_told_of_then(told: Desk, chat: Chat) -> None:
    """The mail server is away: that is a failed run, told once a day; when it is back, the digest is told of."""
    port = told.document["mail"]["port"]
    told.mailbox.__exit__(None, None, None)
    assert run(told).exit_code == 1
    assert run(told, now=told.feeds.at + timedelta(seconds=1)).exit_code == 1
    assert [message["title"] for message in chat.received] == ["The digest could not be made or sent"]
    assert "127.0.0.1" in chat.received[0]["message"]
    with Mailbox(port=port):
        (receipt,) = deliver_waiting(load_config(told.write()), print)
    assert receipt.state == "sent"
    assert chat.received[1]["title"] == "US–Mexico Border Digest"
    told.mailbox.__enter__()


def test_a_run_that_raises_is_told_of_in_the_channels_language(told: Desk, chat: Chat) -> None:
    told.document["notify"][0]["language"] = "es"
    told.document["translation"] = {"engine": "argos", "models_dir": "nowhere"}
    for _ in range(2):
        with pytest.raises(MonitorError):
            run(told)
    (message,) = chat.received
    assert message["title"] == "No se pudo elaborar o enviar el boletín"
    assert "argos" in message["message"].lower()


def test_a_failure_is_told_of_even_without_a_database(told: Desk, chat: Chat) -> None:
    told.document["storage"] = {"url": "sqlite:///feeds.yaml/monitor.db"}
    with pytest.raises(MonitorError):
        run(told)
    assert len(chat.received) == 1


def test_a_channel_that_fails_is_a_notice_and_not_tried_again(told: Desk, chat: Chat) -> None:
    chat.status = 500
    report = run(told)
    assert report.exit_code == 0
    (notice,) = report.notices
    assert notice.startswith("the channel $DESK_CHAT was not told: it did not take the message: ")
    assert "secret" not in notice
    assert run(told, now=told.feeds.at + timedelta(minutes=5)).notices == ()
    assert len(chat.received) == 1


def test_a_channel_without_an_address_is_a_notice(told: Desk) -> None:
    (notice,) = run(told).notices
    assert notice == (
        "the channel $DESK_CHAT was not told: it has no address → set the variable or the file that feeds.yaml names"
    )


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ({"profiles": ["x"], "url_env": "A"}, "there is no profile 'x' → there is: everyone"),
        ({}, "there is no address → name a variable in url_env, or a url_file"),
        ({"url_env": "slack://token"}, "an address is a secret"),
        ({"url_env": "A", "events": ["lunch"]}, "digest"),
        ({"url_env": "A", "events": []}, "is empty"),
    ],
)
def test_a_channel_that_cannot_be_is_named(told: Desk, channel: dict[str, object], problem: str) -> None:
    told.document["notify"] = [channel]
    with pytest.raises(ConfigError, match=problem):
        load_config(told.write())


def test_monitor_check_tells_of_a_channel_that_cannot_work(told: Desk, chat: Chat) -> None:
    path = told.write()
    found = {finding.what: finding for finding in examine(str(path))}["chat channels"]
    assert (found.level, found.detail) == ("ok", "$DESK_CHAT")
    told.document["notify"] = [{"url_file": "missing"}]
    told.write()
    found = {finding.what: finding for finding in examine(str(path))}["chat channels"]
    assert (found.level, found.detail) == ("warning", "missing: it has no address")
    assert chat.received == []
