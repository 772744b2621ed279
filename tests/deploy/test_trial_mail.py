"""`monitor check --send-test`: a mail like a digest's goes out, and the server's answers come back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from monitor.app.tools import open_delivery
from monitor.config import load_config
from monitor.doctor.trial_mail import Origin, trial_mail
from tests.app.conftest import Desk
from tests.delivery.conftest import Script, SmtpServer

MARK = "n0t-for-any-eye-77"
Serve = Callable[[Script], SmtpServer]


def trials(printed: str) -> dict[str, dict[str, Any]]:
    return {finding["recipient"]: finding for finding in json.loads(printed) if finding["recipient"]}


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_test_mail_arrives_with_what_where_and_when_and_the_servers_answer_is_told(desk: Desk) -> None:
    desk.write()
    done = desk.monitor("check", "--send-test", "new@newsroom.example", "--json")
    assert done.returncode == 0, done.stdout
    assert trials(done.stdout)["new@newsroom.example"]["detail"].endswith("250 Message accepted")
    (mail,) = desk.mailbox.messages
    message = message_from_bytes(mail.content, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["To"] == "new@newsroom.example"
    assert message["Subject"] == "US–Mexico Border Digest: test mail"
    assert message["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        said = " ".join(body(message, kind).split())
        assert "contains no news" in said
        assert f"configuration {desk.folder / 'feeds.yaml'}" in said
        assert f"smtp://127.0.0.1:{desk.mailbox.port}" in said
        assert f"{datetime.now(UTC):%Y}" in said
    assert not (desk.folder / "digests" / "index.html").exists(), "a test mail is no edition"


def test_its_headers_are_those_of_a_digest(desk: Desk) -> None:
    """So what a spam filter says of it holds for the digest: the list, the one-click address, who it is from."""
    desk.document["web"] = {"base_url": "https://monitor.example.org"}
    desk.write()
    secret = {"MONITOR_UNSUBSCRIBE_SECRET": "a secret of more than sixteen signs"}
    assert desk.monitor("run", **secret).returncode in (0, 3)
    assert desk.monitor("check", "--send-test", "desk@newsroom.example", **secret).returncode == 0
    digest, trial = (message_from_bytes(mail.content, policy=default) for mail in desk.mailbox.messages)
    assert trial.keys() == digest.keys()
    assert trial["List-Unsubscribe"] == digest["List-Unsubscribe"]
    assert "https://monitor.example.org/unsubscribe/" in trial["List-Unsubscribe"]
    for name in ("From", "List-Id", "List-Unsubscribe-Post", "Content-Language"):
        assert trial[name] == digest[name], name
    assert trial["Message-ID"] != digest["Message-ID"]


def test_each_recipient_reads_the_language_of_their_profile(desk: Desk) -> None:
    desk.document["profiles"] = [
        {"id": "newsroom", "language": "en"},
        {"id": "redaccion", "language": "es"},
        {"id": "border", "language": "both"},
    ]
    desk.document["recipients"] = [
        {"address": "jefa@diario.example", "profile": "redaccion"},
        {"address": "both@desk.example", "profile": "border"},
    ]
    config = load_config(desk.write())
    origin = Origin(
        "news-1", "/etc/border-monitor/feeds.yaml", "smtp://mx.example:587", datetime(2026, 3, 8, 13, 5, tzinfo=UTC)
    )
    spanish = trial_mail(config, "jefa@diario.example", origin)
    assert spanish.subject == "Boletín Frontera México–EE. UU.: correo de prueba"
    assert "Enviado: domingo, 8 de marzo de 2026, 8:05:00" in " ".join(spanish.text.split())
    assert '<html lang="es">' in spanish.html
    both = trial_mail(config, "both@desk.example", origin)
    assert both.text.index("This is a test mail") < both.text.index("Este es un correo de prueba")
    stranger = trial_mail(config, "someone@else.example", origin)
    assert (stranger.profile_id, stranger.language) == ("newsroom", "en")
    hostile = trial_mail(config, "someone@else.example", replace(origin, host="<b>host</b>"))
    assert "<b>" not in hostile.html


def test_a_refused_recipient_makes_it_partial_and_nobody_reached_makes_it_fail(desk: Desk) -> None:
    desk.write()
    both = ("--send-test", "gone@newsroom.example", "--send-test", "desk@newsroom.example")
    done = desk.monitor("check", *both, "--json")
    assert done.returncode == 3
    told = trials(done.stdout)
    assert (told["gone@newsroom.example"]["level"], told["desk@newsroom.example"]["level"]) == ("error", "ok")
    assert "550 5.1.1 No such mailbox here" in told["gone@newsroom.example"]["detail"]
    alone = desk.monitor("check", *both[:2])
    assert alone.returncode == 1
    assert "ERROR  test mail to gone@newsroom.example: 550" in alone.stdout


def test_without_a_server_that_answers_nothing_is_sent_and_it_ends_with_2(desk: Desk) -> None:
    desk.document["mail"]["port"] = 9
    desk.write()
    done = desk.monitor("check", "--send-test", "desk@newsroom.example", "--json")
    assert done.returncode == 2
    assert trials(done.stdout)["desk@newsroom.example"]["detail"] == "not sent"
    desk.document["mail"] = {}
    desk.write()
    unconfigured = desk.monitor("check", "--send-test", "desk@newsroom.example")
    assert unconfigured.returncode == 2
    assert "set mail.host" in unconfigured.stdout
    wrong = desk.monitor("check", "--send-test", "not an address")
    assert wrong.returncode == 2
    assert "no e-mail address" in wrong.stderr


def test_the_servers_own_authority_is_looked_for_beside_feeds_yaml(desk: Desk, serve: Serve, ca_file: str) -> None:
    """Wherever the command is started, as cron does in a home folder."""
    (desk.folder / "ca.pem").write_bytes(Path(ca_file).read_bytes())
    desk.document["mail"] |= {"port": serve(Script(starttls=True)).port, "security": "starttls", "ca_file": "ca.pem"}
    delivery = open_delivery(load_config(desk.write()))
    assert delivery
    assert delivery.check().startswith("encrypted by TLS")


@pytest.mark.parametrize("right", [True, False])
def test_the_login_is_tried_once_and_its_password_is_never_shown(
    desk: Desk, serve: Serve, ca_file: str, right: bool
) -> None:
    server = serve(Script(login=("digest", MARK if right else "another"), require_login=True, starttls=True))
    secure = {"port": server.port, "security": "starttls", "username": "digest", "ca_file": ca_file}
    desk.document["mail"] |= secure
    desk.write()
    done = desk.monitor("check", "--send-test", "desk@newsroom.example", MONITOR_SMTP_PASSWORD=MARK)
    assert done.returncode == (0 if right else 2), done.stdout + done.stderr
    assert MARK not in done.stdout + done.stderr
    if right:
        (mail,) = server.received
        assert MARK.encode() not in mail.content
    else:
        assert "check mail.username and the password" in done.stdout
        assert server.received == []
        assert server.connections == 1, "a wrong password is not tried again for each test mail: accounts get locked"
