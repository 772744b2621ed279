"""What IMAP servers may do that a test cannot have a real one do: old ones, tokens, silence, hanging up."""

import base64
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import BouncesConfig
from monitor.delivery import open_bounces
from monitor.errors import DeliveryError
from tests.delivery.imap_chat import HANG_UP, SILENCE, ImapChat

SINCE = datetime(2026, 3, 8, 12, tzinfo=UTC)


def options(server: ImapChat, **more: object) -> BouncesConfig:
    given = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "rebotes", "timeout_s": 5}
    return BouncesConfig.model_validate(given | more)


def read(options: BouncesConfig, *, password: str = "papalote", mark: bool = False) -> list[bytes]:
    with open_bounces(options, password, Path()) as box:
        mails = list(box.unread(SINCE))
        if mark:
            box.mark_done(mail.key for mail in mails)
    return [mail.raw for mail in mails]


FETCH = {"UID FETCH": "* 1 FETCH (UID 7 BODY[]<0> {{4}}\nhola)\n{tag} OK done"}


def test_only_unread_mail_of_the_last_days_is_asked_for_and_without_a_trace() -> None:
    with ImapChat(FETCH) as server:
        assert read(options(server), mark=True) == [b"hola"]
    assert "UID SEARCH UNSEEN UNDELETED SINCE 08-Mar-2026" in server.asked
    assert "UID FETCH 7 (BODY.PEEK[]<0.1000000>)" in server.asked
    assert r"UID STORE 7 +FLAGS.SILENT (\Seen)" in server.asked


@pytest.mark.parametrize(
    ("capability", "wanted"),
    [
        ("MOVE", ['UID MOVE 7 "hechas"']),
        ("UIDPLUS", ['UID COPY 7 "hechas"', r"UID STORE 7 +FLAGS.SILENT (\Seen \Deleted)", "UID EXPUNGE 7"]),
        ("", ['UID COPY 7 "hechas"', r"UID STORE 7 +FLAGS.SILENT (\Seen \Deleted)"]),
    ],
)
def test_an_older_server_moves_in_steps_and_never_expunges_another_mail(capability: str, wanted: list[str]) -> None:
    offers = {"CAPABILITY": f"* CAPABILITY IMAP4rev1 AUTH=PLAIN {capability}\n{{tag}} OK done"}
    with ImapChat(FETCH | offers) as server:
        read(options(server, move_to="hechas"), mark=True)
    asked = [line for line in server.asked if line.startswith("UID ") and "SEARCH" not in line and "FETCH" not in line]
    assert asked == wanted


def test_a_server_without_authenticate_gets_a_login() -> None:
    with ImapChat(FETCH | {"CAPABILITY": "* CAPABILITY IMAP4rev1\n{tag} OK done"}) as server:
        assert read(options(server), password='con "comillas"') == [b"hola"]
    assert r'LOGIN rebotes "con \"comillas\""' in server.asked


def test_a_token_is_given_as_google_and_microsoft_want_it() -> None:
    with ImapChat(FETCH | {"AUTHENTICATE XOAUTH2": "+ "}) as server:
        assert read(options(server, auth="xoauth2"), password="t0k3n") == [b"hola"]
    said = base64.b64decode(server.asked[server.asked.index("AUTHENTICATE XOAUTH2") + 1])
    assert said == b"user=rebotes\1auth=Bearer t0k3n\1\1"


@pytest.mark.parametrize(
    ("replies", "says"),
    [
        ({"UID SEARCH": HANG_UP}, "the server gave up"),
        ({"UID FETCH": HANG_UP}, "the server gave up"),
        (
            {"SELECT": "{tag} NO [NONEXISTENT] no such mailbox"},
            "the server says .*no such mailbox → check",
        ),
        ({"UID SEARCH": "{tag} NO not now"}, "the server says not now"),
        ({**FETCH, "UID STORE": "{tag} NO quota"}, "the server says quota"),
        ({**FETCH, "UID STORE": "{tag} BAD \x1b[2Jno"}, "the server says"),
        ({"CAPABILITY": HANG_UP}, "the server gave up"),
    ],
)
def test_whatever_a_server_does_is_told_with_a_remedy(replies: dict[str, str], says: str) -> None:
    with ImapChat(replies) as server, pytest.raises(DeliveryError, match=says) as caught:
        read(options(server), mark=True)
    assert "→" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_server_that_falls_silent_is_given_up_in_time() -> None:
    with ImapChat({"UID SEARCH": SILENCE}) as server, pytest.raises(DeliveryError, match="timed out"):
        read(options(server, timeout_s=0.3))


def test_a_server_without_starttls_gets_no_password() -> None:
    with (
        ImapChat({"STARTTLS": "{tag} BAD what"}) as server,
        pytest.raises(DeliveryError, match=r"→ .*check mail\.bounces: port"),
    ):
        read(options(server, security="starttls"))
    assert not [line for line in server.asked if line.startswith(("LOGIN", "AUTHENTICATE"))]


def test_a_port_that_is_no_imap_server_s_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        chosen = {"host": "127.0.0.1", "port": listening.getsockname()[1], "security": "none", "username": "u"}
        with pytest.raises(DeliveryError, match="timed out"):
            read(BouncesConfig.model_validate(chosen | {"timeout_s": 0.2}))
