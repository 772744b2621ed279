"""What returned mail says, in the dialects of mail systems; and what is believed of it."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import BouncesConfig, MailConfig
from monitor.delivery.bounces import Bounce, Failure, Verdict, failure_of, is_ours, parse_bounce
from monitor.digest.message import build_envelope
from monitor.records import Envelope, RenderedDigest

ANA = "ana@newsroom.example"
RENDERED = RenderedDigest(
    edition="everyone/2026-03-08",
    profile_id="everyone",
    date=date(2026, 3, 8),
    language="es",
    subject="8 mar · 3 notas · Reabren el puente de Ojinaga — «sin demoras»",
    html="<p>hola</p>",
    text="hola\n",
    data="{}",
    images=(),
    story_ids=(),
    cutoff_at=datetime(2026, 3, 8, 12, tzinfo=UTC),
)
MAIL = MailConfig(sender="Border <digest@monitor.example>")
ONE_CLICK = "https://monitor.example/leave/everyone/c2VjcmV0bw"


def envelope(recipient: str = ANA, *, unsubscribe_url: str = "") -> Envelope:
    return build_envelope(RENDERED, recipient, MAIL, unsubscribe_url=unsubscribe_url)


def head(message: bytes) -> str:
    return message.partition(b"\r\n\r\n")[0].decode()


def report(blocks: str, returned: str, *, kind: str = "message/rfc822", status_kind: str = "delivery-status") -> bytes:
    lines = [
        "Return-Path: <>",
        "From: Mail Delivery System <MAILER-DAEMON@mx.newsroom.example>",
        "To: digest@monitor.example",
        "Subject: could not be delivered",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={status_kind}; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "We are sorry.",
        "--=_b",
        f"Content-Type: message/{status_kind}",
        "",
        *blocks.strip("\n").split("\n"),
        "",
        "--=_b",
        f"Content-Type: {kind}",
        "",
        *returned.splitlines(),
        "",
        "--=_b--",
    ]
    return "\r\n".join(lines).encode()


POSTFIX = """
Reporting-MTA: dns; mx.newsroom.example
X-Postfix-Queue-ID: 4XyZ
X-Postfix-Sender: rfc822; digest@monitor.example
Arrival-Date: Sun,  8 Mar 2026 12:31:00 +0000 (UTC)

Final-Recipient: rfc822; ana@newsroom.example
Original-Recipient: rfc822;ana@newsroom.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.newsroom.example
Diagnostic-Code: smtp; 550 5.1.1 <ana@newsroom.example>: nobody here is
    called that
"""
EXCHANGE = """
Reporting-MTA: dns;BN7.mail.example
Received-From-MTA: dns;smtp.monitor.example
Arrival-Date: Sun, 8 Mar 2026 12:31:00 +0000

Final-Recipient: rfc822;ana@newsroom.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup
X-Display-Name: ana@newsroom.example
"""
EXIM = """
Reporting-MTA: dns; relay.newsroom.example

Action: failed
Final-Recipient: rfc822;ana@newsroom.example
Status: 5.0.0
Remote-MTA: dns; mail.newsroom.example
Diagnostic-Code: smtp; 550-5.1.1 nobody of that name
 550 5.1.1 lives here
"""
SENDMAIL = """
Reporting-MTA: dns; relay.newsroom.example
Arrival-Date: Sun, 8 Mar 2026 12:31:00 GMT

Original-Recipient: rfc822;ana@newsroom.example
Final-Recipient: RFC822; ana@newsroom.example
Action: failed
Status: 5.2.1
Diagnostic-Code: SMTP; 550 5.2.1 this mailbox is switched off
Last-Attempt-Date: Sun, 8 Mar 2026 12:32:00 GMT
"""


@pytest.mark.parametrize(
    ("blocks", "status"),
    [(POSTFIX, "5.1.1"), (EXCHANGE, "5.1.10"), (EXIM, "5.1.1"), (SENDMAIL, "5.2.1")],
    ids=["postfix", "exchange", "exim", "sendmail"],
)
@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_notification_names_our_message_who_did_not_get_it_and_why(blocks: str, status: str, kind: str) -> None:
    sent = envelope()
    bounce = parse_bounce(report(blocks, head(sent.message), kind=kind))
    assert bounce
    assert (bounce.message_id, bounce.edition_day) == (sent.message_id, date(2026, 3, 8))
    assert is_ours(bounce, sent)
    failure = failure_of(bounce, ANA)
    assert failure
    assert (failure.verdict, failure.telling_status) == ("hard", status)
    assert "\n" not in failure.detail


def test_a_message_of_one_of_several_editions_a_day_is_known_as_well() -> None:
    sent = build_envelope(replace(RENDERED, edition="everyone/2026-03-08T1800"), ANA, MAIL)
    assert Bounce(sent.message_id, frozenset(), ()).edition_day == date(2026, 3, 8)


def test_words_of_the_refusing_server_cannot_move_the_cursor_or_grow_without_end() -> None:
    blocks = POSTFIX.replace("nobody here", "\x1b[2J\u202e" + "no " * 500)
    bounce = parse_bounce(report(blocks, head(envelope().message)))
    assert bounce
    assert not {"\x1b", "\u202e"} & set(bounce.failures[0].detail)
    assert len(bounce.failures[0].detail) <= 200


def plain(body: str, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\n".join(["From: MAILER-DAEMON@relay.example", "Subject: failure", *lines, "", body]).encode()


def exim_words(reason: str) -> bytes:
    body = f"""This message was made by the mail program.

It could not be delivered to one or more of its recipients:

  {ANA}
    {reason}

------ This is a copy of the message, including all the headers. ------

{head(envelope().message)}

hola
"""
    return plain(body, X_Failed_Recipients=f"{ANA}, otra@newsroom.example")


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("host mail.newsroom.example [192.0.2.7]\n    SMTP error: 550 5.1.1 no such mailbox", "hard"),
        ("all relevant MX records point to non-existent hosts (550)", "hard"),
        ("retry timeout exceeded", "soft"),
        ("SMTP error: 552 5.2.2 over quota", "soft"),
        ("SMTP error: 554 5.7.1 we do not like the look of it", "refused"),
        ("it was not to be", "refused"),
    ],
)
def test_exim_s_words_are_understood(reason: str, verdict: Verdict) -> None:
    bounce = parse_bounce(exim_words(reason))
    assert bounce
    assert is_ours(bounce, envelope())
    failure = failure_of(bounce, ANA)
    assert failure
    assert failure.verdict == verdict


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("There is no mailbox of that name. (#5.1.1)", "hard"),
        ("CNAME lookup came to nothing; the host is gone. (#5.4.4)", "hard"),
        ("Connected to 192.0.2.7 but the connection died. (#4.4.2)\nIt has been in the queue too long.", "soft"),
        ("192.0.2.7 does not like the recipient.\nRemote host said: 550 5.1.1 unknown", "hard"),
    ],
)
def test_qmail_s_paragraphs_are_understood(reason: str, verdict: Verdict) -> None:
    body = f"""Hi. This is the mail program at relay.example.
It was not able to deliver your message.

<{ANA}>:
{reason}

--- Below this line is a copy of the message.

Return-Path: <digest@monitor.example>
{head(envelope().message)}

hola
"""
    bounce = parse_bounce(plain(body))
    assert bounce
    assert is_ours(bounce, envelope())
    failure = failure_of(bounce, ANA)
    assert failure
    assert failure.verdict == verdict


@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_a_notification_in_utf_8_about_an_address_with_accents_is_understood(encoding: str) -> None:
    address = "ñandú@correo-frontera.example"
    sent = envelope(address)
    blocks = POSTFIX.replace("rfc822;ana@newsroom.example", f"utf-8; {address}").replace(ANA, address)
    raw = report(blocks, sent.message.partition(b"\r\n\r\n")[0].decode(), kind="message/global",
                 status_kind="global-delivery-status")  # fmt: skip
    if encoding == "base64":
        start, end = raw.index(b"Reporting-MTA"), raw.index(b"\r\n\r\n--=_b\r\nContent-Type: message/global\r\n")
        raw = raw[: start - 2] + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(raw[start:end]) + raw[end:]
    bounce = parse_bounce(raw)
    assert bounce
    assert is_ours(bounce, sent)
    failure = failure_of(bounce, address)
    assert failure
    assert failure.verdict == "hard"


def test_an_address_is_the_same_with_its_domain_in_ascii_and_in_other_case() -> None:
    failure = Failure(("Ana@xn--peridico-y3a.example",), "failed", "5.1.1", "")
    assert failure_of(Bounce("<a@b>", frozenset(), (failure,)), "ana@periódico.example") == failure


# ---------------------------------------------------------------- what it means


@pytest.mark.parametrize(
    ("status", "detail", "verdict"),
    [
        ("5.1.1", "", "hard"),
        ("5.1.2", "no such domain", "hard"),
        ("5.4.4", "Host or domain name not found", "hard"),
        ("5.0.0", "550 nobody here", "hard"),
        ("5.0.0", "554 no", "refused"),
        ("5.0.0", "552 mailbox is full", "soft"),
        ("5.0.0", "no reason given", "refused"),
        ("5.0.0", "550 5.7.1 looks like advertising", "refused"),
        ("5.1.1", "550 5.2.2 over quota", "soft"),
        ("5.2.2", "552 5.2.2 mailbox is full", "soft"),
        ("5.2.3", "message too large", "refused"),
        ("5.6.0", "bad content", "refused"),
        ("5.7.1", "550 5.7.1 policy", "refused"),
        ("5.1.8", "553 5.1.8 the sender's domain does not exist", "refused"),
        ("4.4.1", "no answer for five days", "soft"),
        ("4.2.2", "452 4.2.2 full", "soft"),
        ("", "", "soft"),
    ],
)
def test_only_an_address_that_takes_no_mail_at_all_is_dead(status: str, detail: str, verdict: Verdict) -> None:
    assert Failure((ANA,), "failed", status, detail).verdict == verdict


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_has_not_failed_takes_nobody_off(action: str) -> None:
    assert Failure((ANA,), action, "5.1.1", "").verdict == "soft"


def test_who_passes_mail_on_to_a_dead_address_is_not_taken_for_dead() -> None:
    blocks = EXCHANGE.replace(ANA, "ana.old@elsewhere.example")
    bounce = parse_bounce(report(blocks, head(envelope().message)))
    assert bounce
    assert is_ours(bounce, envelope())
    assert failure_of(bounce, ANA) is None


# ---------------------------------------------------------------- forgeries


def forged(sent: Envelope, change: dict[str, str]) -> Bounce:
    """A notification whose returned headers are changed; a header of "" is left out."""
    message = message_from_bytes(sent.message)
    for name, value in change.items():
        del message[name]
        if value:
            message[name] = value
    returned = "\n".join(f"{name}: {value}" for name, value in message.items())
    bounce = parse_bounce(report(POSTFIX, returned))
    assert bounce
    return bounce


@pytest.mark.parametrize(
    "change",
    [
        {"Subject": "8 mar · 2 notas"},
        {"Date": "Sun, 08 Mar 2026 12:00:01 +0000"},
        {"To": "beto@newsroom.example"},
        {"Date": "", "Subject": ""},
        {"Message-ID": "<0123456789abcdef.20260308@monitor.example>"},
    ],
)
def test_a_message_that_differs_from_what_we_sent_is_not_ours(change: dict[str, str]) -> None:
    assert not is_ours(forged(envelope(), change), envelope())


def test_headers_may_come_back_folded_anew_and_with_more_among_them() -> None:
    change = {"Subject": message_from_bytes(envelope().message)["Subject"].replace("?= =?", "?=\n\t=?"),
              "Received": "from x by y; Sun, 8 Mar 2026 12:31:00 +0000"}  # fmt: skip
    assert is_ours(forged(envelope(), change), envelope())


def test_who_knows_everything_but_the_recipients_own_address_for_leaving_cannot_forge() -> None:
    sent = envelope(unsubscribe_url=ONE_CLICK)
    assert is_ours(forged(sent, {}), sent)
    assert not is_ours(forged(sent, {"List-Unsubscribe": ""}), sent)
    other = f"<{ONE_CLICK[:-1]}x>, <mailto:digest@monitor.example?subject=unsubscribe%20everyone>"
    assert not is_ours(forged(sent, {"List-Unsubscribe": other}), sent)


def signed(header: bytes) -> Envelope:
    unsigned = envelope()
    return replace(unsigned, message=header + unsigned.message)


def test_who_knows_everything_but_the_signature_cannot_forge() -> None:
    plain_envelope = envelope()
    sent = replace(
        plain_envelope, message=b"DKIM-Signature: v=1; d=monitor.example;\r\n b=c2k=\r\n" + plain_envelope.message
    )
    assert is_ours(forged(sent, {}), sent)
    assert not is_ours(forged(sent, {"DKIM-Signature": "v=1; d=monitor.example; b=c2x="}), sent)
    assert not is_ours(forged(sent, {"DKIM-Signature": ""}), sent)


def test_another_server_s_signature_above_ours_does_not_hide_it() -> None:
    sent = signed(b"DKIM-Signature: v=1; b=bm9z\r\n")
    blocks = report(POSTFIX, "DKIM-Signature: v=1; d=relay.example; b=b3Ry\n" + head(sent.message))
    bounce = parse_bounce(blocks)
    assert bounce
    assert is_ours(bounce, sent)


@pytest.mark.parametrize(
    "message_id", ["<a@b>", "<0123456789abcdef.20261399@m.example>", "<0123456789abcdef.20260308@>", ""]
)
def test_a_message_id_that_none_of_ours_can_be_has_no_day(message_id: str) -> None:
    assert Bounce(message_id, frozenset(), ()).edition_day is None


# ---------------------------------------------------------------- everything else


def text_mail() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Fuera de la oficina"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Vuelvo el lunes. (#5.1.1)")
    return bytes(message)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        text_mail(),
        report(POSTFIX, ""),
        report("", head(envelope().message)),
        report("Reporting-MTA: dns; mx", head(envelope().message)),
        plain("Hi. This is the mail program.\n\n<a@b.example>:\nno. (#5.1.1)\n"),
        plain("words", X_Failed_Recipients=ANA),
        report(POSTFIX, head(envelope().message)).replace(
            b"message/delivery-status", b"message/disposition-notification"
        ),
    ],
    ids=["empty", "bytes", "away", "nothing returned", "no status", "no recipient", "no copy", "no copy 2", "read"],
)
def test_a_mail_that_is_no_bounce_or_returns_nothing_is_left_alone(raw: bytes) -> None:
    assert parse_bounce(raw) is None


SAMPLES = [report(POSTFIX, head(envelope().message)), exim_words("550 no"), text_mail()]


@given(st.sampled_from(SAMPLES), st.integers(0, 2000), st.binary(max_size=40), st.integers(0, 60))
def test_no_mail_whatever_stops_the_reading(raw: bytes, at: int, other: bytes, gone: int) -> None:
    bounce = parse_bounce(raw[:at] + other + raw[at + gone :])
    if bounce:
        for failure in bounce.failures:
            assert failure.verdict in ("hard", "refused", "soft")
        assert is_ours(bounce, envelope()) in (True, False)


def test_mail_goes_back_to_the_mailbox_that_is_read_while_readers_see_the_sender() -> None:
    bounces = BouncesConfig(folder="returned", address="rebotes@monitor.example")
    sent = build_envelope(RENDERED, ANA, MAIL.model_copy(update={"bounces": bounces}))
    assert sent.sender == "rebotes@monitor.example"
    assert sent.message == envelope().message
