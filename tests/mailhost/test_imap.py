"""The mailbox of returned mail on a real IMAP server: encrypted or not at all, read without a trace, then marked."""

import imaplib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import BouncesConfig
from monitor.delivery import open_bounces
from monitor.errors import DeliveryError
from tests.mailhost.host import DOMAIN, PASSWORD, MailHost

USER = f"otra@{DOMAIN}"
SINCE = datetime.now(UTC) - timedelta(days=3)
MAIL = "Subject: {}\r\n\r\nhola, ñandú\r\n"


@pytest.fixture
def server(mailhost: MailHost) -> Iterator[imaplib.IMAP4]:
    """A connection of another mail program; three unread mails are in the mailbox, and nothing else is anywhere."""
    with imaplib.IMAP4_SSL("127.0.0.1", mailhost.imap_port, ssl_context=mailhost.trust(), timeout=10) as opened:
        opened.login(USER, PASSWORD)
        opened.delete("hechas")
        if int(opened.select("INBOX")[1][0] or b"0"):
            opened.store("1:*", "+FLAGS", r"(\Deleted)")
            opened.expunge()
        for number in range(3):
            opened.append("INBOX", "", "", MAIL.format(number).encode())
        yield opened


def options(mailhost: MailHost, /, **more: Any) -> BouncesConfig:
    given = {
        "host": "127.0.0.1",
        "port": mailhost.imap_port,
        "username": USER,
        "ca_file": mailhost.ca_file,
        "timeout_s": 10,
    }
    return BouncesConfig.model_validate(given | more)


def unread(
    options: BouncesConfig, *, done: bytes = b"", password: str = PASSWORD, read_only: bool = False
) -> list[bytes]:
    with open_bounces(options, password, Path(), read_only=read_only) as box:
        mails = list(box.unread(SINCE))
        if done:
            box.mark_done([mail.key for mail in mails if done in mail.raw])
    assert mails == sorted(mails, key=lambda mail: int(mail.key), reverse=True), "the newest first"
    return [mail.raw for mail in reversed(mails)]


def subjects(server: imaplib.IMAP4, mailbox: str, *which: str) -> list[int]:
    """The numbers of the mails in a mailbox, by another mail program."""
    server.select(mailbox)
    numbers: bytes = server.search(None, *which)[1][0]
    fetched: list[Any] = [server.fetch(number.decode(), "(BODY.PEEK[HEADER])")[1][0] for number in numbers.split()]
    return [int(part[1].split()[1]) for part in fetched]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_reading_leaves_mail_unread_and_what_is_done_is_marked_as_read(
    mailhost: MailHost, server: imaplib.IMAP4, security: str
) -> None:
    chosen = options(mailhost)
    if security == "starttls":
        chosen = options(mailhost, security="starttls", port=mailhost.imap_starttls_port)
    assert unread(chosen) == [MAIL.format(number).encode() for number in range(3)]
    assert len(unread(chosen, done=b"Subject: 1")) == 3
    assert subjects(server, "INBOX", "UNSEEN") == [0, 2]
    assert [raw.split()[1] for raw in unread(chosen)] == [b"0", b"2"]
    assert subjects(server, "INBOX", "ALL") == [0, 1, 2]


def test_what_is_done_is_moved_where_that_is_wished_and_its_folder_is_made(
    mailhost: MailHost, server: imaplib.IMAP4
) -> None:
    chosen = options(mailhost, move_to="hechas")
    unread(chosen, done=b"Subject: 1")
    assert (subjects(server, "INBOX", "UNSEEN"), subjects(server, "hechas", "ALL")) == ([0, 2], [1])
    unread(chosen, done=b"Subject: 2")
    assert (subjects(server, "INBOX", "ALL"), subjects(server, "hechas", "ALL")) == ([0], [1, 2])


def test_a_dry_run_cannot_change_the_mailbox(mailhost: MailHost, server: imaplib.IMAP4) -> None:
    with suppress(DeliveryError):  # some servers say nothing
        unread(options(mailhost), done=b"Subject: 1", read_only=True)
    assert subjects(server, "INBOX", "UNSEEN") == [0, 1, 2]


@pytest.mark.parametrize(
    ("more", "password", "says"),
    [
        ({"ca_file": ""}, PASSWORD, "certificate is not trusted .* → check mail.bounces: host and ca_file"),
        ({"host": "localhost"}, PASSWORD, "certificate is not trusted"),
        ({}, "otra-cosa", "check mail.bounces: username, the password"),
        ({}, "contraseña-ñandú", "check mail.bounces: username, the password"),
        ({"mailbox": "no hay"}, PASSWORD, "check mail.bounces: username, the password, mailbox"),
        ({"ca_file": "no-such-file.pem"}, PASSWORD, "check mail.bounces: .*ca_file"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why_and_what_to_do(
    mailhost: MailHost, more: dict[str, str], password: str, says: str
) -> None:
    with pytest.raises(DeliveryError, match=says) as caught:
        unread(options(mailhost, **more), password=password)
    assert password not in str(caught.value)
    assert str(caught.value).startswith("read returned mail from imap://")


def test_no_login_is_sent_before_the_connection_is_encrypted(mailhost: MailHost) -> None:
    chosen = options(mailhost, security="tls", port=mailhost.imap_starttls_port)
    with pytest.raises(DeliveryError, match=r"no encrypted connection .* → check mail.bounces: port, security"):
        unread(chosen)
