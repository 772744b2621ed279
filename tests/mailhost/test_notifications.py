"""Notifications that Postfix writes, for every reason: what we read in them."""

import imaplib
import smtplib
import time

from monitor.delivery.bounces import Bounce, failure_of, is_ours, parse_bounce
from monitor.digest.message import build_envelope
from tests.delivery.test_bounces import MAIL, RENDERED
from tests.mailhost.host import DOMAIN, PASSWORD, REFUSALS, MailHost

ECHOES = f"ecos@{DOMAIN}"
WANTED = {
    f"nadie@{DOMAIN}": ("hard", "5.1.1", "failed"),
    "ana@gone.example": ("hard", "5.1.2", "failed"),
    "ana@full.example": ("soft", "5.2.2", "failed"),
    "ana@strict.example": ("refused", "5.7.1", "failed"),
    "ana@slow.example": ("soft", "4.4.1", "delayed"),
}


def returned(host: MailHost) -> dict[str, Bounce]:
    """What has come back so far, by Message-ID."""
    with imaplib.IMAP4_SSL("127.0.0.1", host.imap_port, ssl_context=host.trust(), timeout=10) as server:
        server.login(ECHOES, PASSWORD)
        server.select("INBOX", readonly=True)
        uids = server.uid("SEARCH", "ALL")[1][0].split()
        mails = [server.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in uids]
    found = map(parse_bounce, mails)
    return {bounce.message_id: bounce for bounce in found if bounce}


def test_every_reason_for_which_postfix_returns_a_mail_is_understood(mailhost: MailHost) -> None:
    assert {address.partition("@")[2] for address in WANTED} == {DOMAIN, *REFUSALS}
    sent = {address: build_envelope(RENDERED, address, MAIL) for address in WANTED}
    with smtplib.SMTP("127.0.0.1", mailhost.smtp_port, timeout=10) as server:
        server.starttls(context=mailhost.trust())
        for address, envelope in sent.items():
            server.sendmail(ECHOES, [address], envelope.message)
    deadline = time.monotonic() + 30
    while len(bounces := returned(mailhost)) < len(WANTED):
        assert time.monotonic() < deadline, f"{len(bounces)} of {len(WANTED)}:\n{mailhost.logs()}"
        time.sleep(0.2)
    for address, envelope in sent.items():
        bounce = bounces[envelope.message_id]
        assert is_ours(bounce, envelope)
        failure = failure_of(bounce, address)
        assert failure
        assert (failure.verdict, failure.telling_status, failure.action) == WANTED[address]
