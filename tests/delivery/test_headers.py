"""Every header line of every mail is legal, whatever a feed, a name or an address brings along, and signed as it is."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import MailConfig, check_address
from monitor.config.base import split_sender
from monitor.config.models import ProfileConfig
from monitor.delivery import SmtpDelivery
from monitor.delivery.dkim import Signer, load_key
from monitor.digest import build_envelope
from monitor.digest.render import header_text
from monitor.records import Envelope, RenderedDigest
from tests.delivery.conftest import Script, SmtpServer, mail_options
from tests.delivery.test_dkim import pem
from tests.hostile.payloads import load_payloads

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)
MAIL = MailConfig(sender="Border Monitor <digest@news.example.org>")
PAYLOADS = load_payloads()
ONCE = {
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"List-Id", b"List-Unsubscribe", b"Auto-Submitted",
    b"Content-Language", b"MIME-Version", b"Content-Type",
}  # fmt: skip
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
KEY = load_key(pem(ed25519.Ed25519PrivateKey.generate()), "m1", "news.example.org", "dkim.pem")
Serve = Callable[[Script], SmtpServer]


def envelope(to: str = "ana@example.org", mail: MailConfig = MAIL, *, text: str = "Boletín", url: str = "") -> Envelope:
    """A mail with `text` as its subject and the name of its list."""
    rendered = RenderedDigest(
        edition="everyone/2026-03-12", profile_id="everyone", date=NOW.date(), language="es", subject=text, html="<p>",
        text="-", data="{}", images=(), story_ids=(), cutoff_at=NOW,
    )  # fmt: skip
    return build_envelope(rendered, to, mail, list_name=text, unsubscribe_url=url)


def header_lines(message: bytes) -> list[bytes]:
    return message.partition(b"\r\n\r\n")[0].split(b"\r\n")


def faults(message: bytes, *, also: frozenset[bytes] = frozenset(), utf8: bool = False) -> Iterator[str]:
    """What RFC 5322, 2.1.1 and 2.2, and RFC 2047, 2 and 5, forbid; with `utf8`, RFC 6532 allows UTF-8."""
    lines = header_lines(message)
    names = [line.partition(b":")[0] for line in lines if line[:1] not in (b" ", b"\t")]
    if sorted(names) != sorted(ONCE | also):
        yield f"headers {names}"
    for line in lines:
        if len(line) > 998 or not line.strip() or line in {name + b":" for name in names} - {b"Subject:"}:
            yield f"a line of {len(line)}"
        if any(byte < 32 or byte == 127 for byte in line) or not (utf8 or line.isascii()):
            yield f"characters in {line[:80]!r}"
        if max((len(word) for word in ENCODED_WORD.findall(line)), default=0) > 75 or (
            b"=?" in line and len(line) > 76
        ):
            yield f"encoded words in {line!r}"
        if b"=?" in line and line.startswith((b"List-", b"Message-ID", b"To", b"Date")):
            yield f"encoded words where none may be {line!r}"


def signed_whole(message: bytes) -> bool:
    record = KEY.record_value.encode()
    return bool(dkim.verify(Signer((KEY,)).sign(message), dnsfunc=lambda name, timeout: record))


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_title_makes_legal_headers_that_a_signature_covers(payload: str) -> None:
    message = envelope(text=payload).message
    assert not list(faults(message))
    assert signed_whole(message)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_of_the_sender_is_refused_or_is_only_a_name(payload: str) -> None:
    for sender in (f"{payload} <digest@news.example.org>", f'"{payload}" <digest@news.example.org>'):
        try:
            mail = MailConfig(sender=sender)
        except ValueError:
            continue
        message = envelope(mail=mail).message
        assert not list(faults(message))
        (address,) = message_from_bytes(message, policy=default)["From"].addresses
        assert address.addr_spec == "digest@news.example.org"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_makes_legal_headers(text: str) -> None:
    assert not list(faults(envelope(text=text).message))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='<>"\\'), min_size=1, max_size=80))
def test_any_name_of_the_sender_is_read_again_as_it_was_cleaned(name: str) -> None:
    message = envelope(mail=MailConfig(sender=f'"{name}" <digest@news.example.org>')).message
    assert not list(faults(message))
    head = message_from_bytes(message)["From"]
    shown = str(make_header(decode_header(head.rpartition("<")[0]))).strip()
    assert shown.removeprefix('"').removesuffix('"') == header_text(name, 80)


@pytest.mark.parametrize(
    ("sender", "parts"),
    [
        ("digest@example.org", ("", "digest@example.org")),
        ("Monitor fronterizo <digest@example.org>", ("Monitor fronterizo", "digest@example.org")),
        ('"Ñandú, S. A." <digest@example.org>', ("Ñandú, S. A.", "digest@example.org")),
        ("<digest@example.org>", ("", "digest@example.org")),
        (" Aduana  <digest@localhost> ", ("Aduana", "digest@localhost")),
    ],
)
def test_a_sender_is_a_name_and_an_address(sender: str, parts: tuple[str, str]) -> None:
    assert split_sender(sender) == parts


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "Monitor",
        "Monitor <>",
        "a@b.example <c@d.example",
        "x <a@b.example> y",
        "x\n<a@b.example>",
        "x\u2028 <a@b.example>",
    ],
)
def test_what_is_no_sender_is_refused_with_an_example(sender: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        split_sender(sender)


@pytest.mark.parametrize(
    "address",
    ["ana(x)@example.org", "ana\x1b@example.org", "a:b@example.org", "ana@exam\\ple.org", "ana@[10.0.0.1].mx"],
)
def test_an_address_with_characters_that_mean_something_in_a_header_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        check_address(address)


def test_the_name_of_a_profile_fits_into_a_list_id() -> None:
    ProfileConfig(id="a" * 64)
    with pytest.raises(ValueError, match="longer than 64"):
        ProfileConfig(id="a" * 65)


# ---------------------------------------------------------------- addresses

ONE_CLICK = frozenset({b"List-Unsubscribe-Post"})


@pytest.mark.parametrize("length", [30, 200, 899, 900])
def test_a_long_one_click_address_stays_whole_and_the_line_legal(length: int) -> None:
    url = "https://pages.example.org/".ljust(length, "k")
    message = envelope(url=url).message
    assert not list(faults(message, also=ONE_CLICK))
    value = message_from_bytes(message)["List-Unsubscribe"].replace("\r\n", "")
    assert value == f"<{url}>, <mailto:digest@news.example.org?subject=unsubscribe%20everyone>"
    assert url.encode() in message
    assert signed_whole(message)


@pytest.mark.parametrize("url", ["https://pages.example.org/".ljust(901, "k"), "https://páginas.example.org/x"])
def test_a_one_click_address_that_no_header_can_carry_leaves_the_mailto(url: str) -> None:
    message = envelope(url=url).message
    assert not list(faults(message))
    assert message_from_bytes(message)["List-Unsubscribe"].startswith("<mailto:")


def test_domains_go_out_in_ascii_and_names_of_mailboxes_as_they_are() -> None:
    mail = MailConfig(sender="Boletín <boletín@periódico.example>")
    sent = envelope("ñandú@garita.example", mail)
    assert sent.sender == "boletín@xn--peridico-y3a.example"
    assert not list(faults(sent.message, utf8=True))
    lines = header_lines(sent.message)
    assert "To: ñandú@garita.example".encode() in lines
    assert " <boletín@xn--peridico-y3a.example>".encode() in lines
    assert signed_whole(sent.message)


@pytest.mark.parametrize(("smtputf8", "expected"), [(True, ["sent", "sent"]), (False, ["failed", "sent"])])
def test_a_mailbox_with_accents_is_sent_to_or_refused_with_the_reason_and_alone(
    serve: Serve, smtputf8: bool, expected: list[str]
) -> None:
    server = serve(Script(smtputf8=smtputf8))
    mails = [envelope("ñandú@garita.example"), envelope("ana@periódico.example")]
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        receipts = delivery.deliver(mails)
    assert [receipt.state for receipt in receipts] == expected
    assert ("does not take addresses with accents" in receipts[0].detail) == (not smtputf8)
    assert server.received[-1].recipient == "ana@xn--peridico-y3a.example"
    assert [message.content for message in server.received] == [mail.message for mail in mails[-len(server.received) :]]


def test_a_sender_with_accents_needs_such_a_server_for_everybody(serve: Serve) -> None:
    server = serve(Script())
    mails = [envelope("ana@garita.example", MailConfig(sender="boletín@garita.example"))]
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        assert [receipt.state for receipt in delivery.deliver(mails)] == ["failed"]
    assert server.received == []


@pytest.mark.parametrize("length", range(60, 82))
def test_a_subject_of_any_length_begins_on_its_own_line_and_is_read_as_it_was_written(length: int) -> None:
    for subject in (
        "Alarm: no feed in Spanish can be read since Monday, and three messages wait for an hour" * 2,
        "A" * 90,
    ):
        wanted = subject[:length].strip()
        raw = envelope(text=wanted).message
        assert b"Subject:\r\n" not in raw
        assert message_from_bytes(raw, policy=default)["Subject"] == wanted
