"""A real mail system: Postfix takes the digest and hands it to Dovecot; what nobody has a mailbox for comes back."""

import imaplib
import re
import smtplib
import time
from contextlib import closing
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import dkim
import pytest

from monitor.app import RunRequest, open_signer, run_once
from monitor.pipeline import NoProgress
from monitor.records import RunReport
from monitor.store import open_store
from tests.mailhost.conftest import READERS, Newsroom
from tests.mailhost.host import DOMAIN, PASSWORD, MailHost

DAY = timedelta(days=1)
_ARRIVAL_S = 20.0
NOBODY, RETURNED = READERS["espanol"], f"rebotes@{DOMAIN}"


def fetch(host: MailHost, mailbox: str) -> list[bytes]:
    """Every mail in somebody's inbox, over IMAP and TLS; nothing is marked."""
    with imaplib.IMAP4_SSL("127.0.0.1", host.imap_port, ssl_context=host.trust(), timeout=10) as server:
        server.login(mailbox, PASSWORD)
        server.select("INBOX", readonly=True)
        uids = server.uid("SEARCH", "ALL")[1][0].split()
        return [server.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in uids]


def wait_for(host: MailHost, mailbox: str, count: int) -> list[bytes]:
    """The inbox once it holds `count` mails; fails with the servers' logs after a while."""
    deadline = time.monotonic() + _ARRIVAL_S
    while len(mails := fetch(host, mailbox)) < count:
        assert time.monotonic() < deadline, f"{len(mails)} of {count} in {mailbox}:\n{host.logs()}"
        time.sleep(0.1)
    return mails


def run(newsroom: Newsroom, at: datetime) -> RunReport:
    newsroom.feeds.at = at
    return run_once(newsroom.config, RunRequest(at, sample=True), NoProgress())


@pytest.fixture(scope="module")
def first_run(newsroom: Newsroom) -> RunReport:
    return run(newsroom, newsroom.now - DAY)


def sent_to(newsroom: Newsroom, address: str) -> bytes:
    """The frozen bytes in the outbox."""
    with closing(open_store(newsroom.config.storage.url, folder=newsroom.folder)) as store:
        (name,) = [name for name, reader in READERS.items() if reader == address]
        (edition,) = store.editions(name)
        ids = [message_from_bytes(raw)["Message-ID"] for raw in fetch(newsroom.host, address)]
        (envelope,) = store.handed_over(ids, days=[edition.date], since=newsroom.now - 2 * DAY)
        return envelope.message


def test_every_recipient_was_accepted_by_the_mail_system(first_run: RunReport) -> None:
    states = {receipt.recipient: receipt.state for edition in first_run.editions for receipt in edition.receipts}
    assert states == dict.fromkeys(READERS.values(), "sent")


@pytest.mark.parametrize("name", ["english", "both"])
def test_a_digest_arrives_whole_with_both_parts_its_pictures_and_a_signature_that_verifies(
    newsroom: Newsroom, first_run: RunReport, name: str
) -> None:
    (raw,) = wait_for(newsroom.host, READERS[name], 1)
    frozen = sent_to(newsroom, READERS[name])
    assert raw.endswith(frozen), "what the mail systems add stands above it"
    signer = open_signer(newsroom.config)
    assert signer
    records = {f"{key.record_name}.".encode(): key.record_value.encode() for key in signer.keys}
    changed = raw.replace(b"List-Unsubscribe: ", b"List-Unsubscribe: <mailto:x@y.example>, ", 1)
    for mail, holds in ((raw, True), (changed, False)):
        assert dkim.verify(mail, dnsfunc=lambda name, timeout=5: records.get(name)) is holds
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    (edition,) = [edition for edition in first_run.editions if edition.edition.startswith(f"{name}/")]
    assert message["Subject"] == edition.subject
    assert message["Return-Path"] == "<rebotes@newsroom.example>"
    check_parts(message, first_run)


def check_parts(message: EmailMessage, report: RunReport) -> None:
    """Text and HTML name the first story and link it; every picture of the HTML is there, and no other."""
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    html, story = page.get_content(), report.stories[0]
    for shown in (text.get_content(), unescape(html)):
        assert story.urls[0] in shown
        assert " ".join(story.title_es.split()[:3]) in " ".join(shown.split())
    named = set(re.findall(r'src="cid:([^"]+)"', html))
    pictures = {part["Content-ID"].strip("<>"): part.get_content() for part in message.walk() if part["Content-ID"]}
    assert named
    assert named == set(pictures)
    assert all(picture.startswith(b"\x89PNG\r\n") for picture in pictures.values())


def test_mail_to_a_mailbox_that_does_not_exist_comes_back_and_the_next_edition_does_not_go_there(
    newsroom: Newsroom, first_run: RunReport
) -> None:
    wait_for(newsroom.host, RETURNED, 1)
    forge(newsroom, READERS["english"])
    wait_for(newsroom.host, RETURNED, 2)

    looked = newsroom.bounces("--dry-run")
    assert (looked["read"], looked["others"]) == (2, 0)
    assert outcomes(looked) == {NOBODY: "suppressed", "": "foreign"}
    report = newsroom.bounces()
    assert report["returned"] == looked["returned"]
    (dead,) = [one for one in report["returned"] if one["recipient"]]
    assert (dead["edition"], dead["status"]) == (first_run.editions[2].edition, "5.1.1")
    assert "User doesn't exist" in dead["detail"]
    assert outcomes(newsroom.bounces()) == {"": "foreign"}, "what has been dealt with is read no more"

    second = run(newsroom, newsroom.now)
    told = {edition.edition.partition("/")[0]: edition for edition in second.editions}
    assert {name: edition.left_out for name, edition in told.items()} == {"english": 0, "both": 0, "espanol": 1}
    assert not told["espanol"].receipts
    for name in ("english", "both"):
        assert len(wait_for(newsroom.host, READERS[name], 2)) == 2
    assert len(fetch(newsroom.host, RETURNED)) == 2

    back = newsroom.monitor("bounces", "--take-back", NOBODY)
    assert "espanol" in back.stdout


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {one["recipient"]: one["outcome"] for one in report["returned"]}


def forge(newsroom: Newsroom, victim: str) -> None:
    """What another reader can send who has got the same edition: all but the victim's own signature is right."""
    returned = sent_to(newsroom, victim).partition(b"\r\n\r\n")[0]
    signature = re.search(rb"b=([A-Za-z0-9+/]{8})", returned)
    assert signature
    returned = returned.replace(signature[1], b"AAAAAAAA")
    (real,) = fetch(newsroom.host, RETURNED)
    notification = real.replace(NOBODY.encode(), victim.encode())
    start = notification.index(b"Content-Type: text/rfc822-headers")  # Postfix does not return 180 kB
    boundary = re.search(rb'boundary="([^"]+)"', notification)
    assert boundary
    body = notification[:start] + b"Content-Type: text/rfc822-headers\r\n\r\n" + returned
    body += b"\r\n\r\n--" + boundary[1] + b"--\r\n"
    with smtplib.SMTP("127.0.0.1", newsroom.host.smtp_port, timeout=10) as server:
        server.starttls(context=newsroom.host.trust())
        server.sendmail("", [RETURNED], body)


def test_what_is_wrong_with_the_mailbox_is_told_with_a_remedy_and_without_the_password(
    newsroom: Newsroom, first_run: RunReport
) -> None:
    wrong = newsroom.monitor("bounces", "--json", password="no-es-esta")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "check mail.bounces: username, the password" in wrong.stderr
    assert "no-es-esta" not in wrong.stderr
