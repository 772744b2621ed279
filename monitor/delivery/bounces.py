"""What a returned mail says: which of our messages it is, who did not get it, and whether the address is dead.

Pure: bytes in, records out. Read are delivery status notifications (RFC 3464, and RFC 6533 for addresses with accents)
as Postfix, Exchange, Sendmail and Exim write them, Exim's older form (X-Failed-Recipients) and qmail's (QSBMF).

Anybody can send such a mail. It counts only when it returns one of our own messages: the Message-ID finds that in the
outbox, and what nobody but its reader and the mail systems on the way can know must be in it (see `is_ours`).

Known gaps: notifications that return nothing of the message are not recognised, nor are those in the free words of an
old system; an address that fails softly every day stays on the list.
"""

import binascii
import email
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.message import Message
from typing import Literal

from monitor.records import Envelope, Receipt, recipient_key
from monitor.text import clean, shorten

Verdict = Literal["hard", "refused", "soft"]

_DETAIL_CHARS = 200
_MOST_FAILURES = 100  # of one mail: ours have one recipient
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_PARTS = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<!\d)([45]\d\d)(?:[ -]#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d))?(?!\d)")
_REFUSAL = re.compile(r"5\d\d (5\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_OUR_ID = re.compile(r"<[0-9a-f]{16}\.(\d{8})(?:T\d{4})?@[^<>@\s]+>")  # of digest/message.py

# Of permanent failures (RFC 3463 and its registry), those that say that the address takes no mail: 5.1.x its name, its
# domain; 5.2.1 switched off; 5.4.1 what Exchange Online says of a mailbox that does not exist; 5.4.4 no such host.
_DEAD = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"})
# Of these, what our own server also says of us when it refuses directly: an unknown sender (Postfix, 5.1.0), relaying
# (Exchange Online, 5.4.1), no way to the other server (5.4.4). A bare 550 is one of them: Exim says it of relaying.
_DEAD_AT_ONCE = _DEAD - {"5.1.0", "5.4.1", "5.4.4"}
# Those that pass: a full mailbox (5.2.2; its owner empties it) or system (5.3.1), a server not reached in time (5.4.7).
_PASSING = frozenset({"5.2.2", "5.3.1", "5.4.7"})
# RFC 5321, 4.2.3, where a server gives no better reason: no such mailbox, not here, no such name; 552 is a full one.
_BY_REPLY: dict[str, Verdict] = {"550": "hard", "551": "hard", "553": "hard", "552": "soft"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient who did not get it. `addresses`: as we wrote it and as it was at last, where they differ."""

    addresses: tuple[str, ...]
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # "5.1.1"; "" where it is not said
    detail: str  # the other server's words, cleaned

    @property
    def verdict(self) -> Verdict:
        """hard: there is no such mailbox. refused: for good, but for another reason. soft: it may pass."""
        status = self.telling_status
        if self.action != "failed" or not status.startswith("5") or status in _PASSING:
            return "soft"
        if status == "5.0.0":
            reply = _REPLY.search(self.detail)
            return _BY_REPLY.get(reply[1], "refused") if reply else "refused"
        return "hard" if status in _DEAD else "refused"

    @property
    def telling_status(self) -> str:
        """The refusing server's own code, where its words have one: that of the notification is often just 5.0.0."""
        reply = _REPLY.search(self.detail)
        return (reply[2] if reply else None) or self.status


@dataclass(frozen=True, slots=True)
class Bounce:
    """A returned mail: who did not get it, and the headers of what was sent, each as "name: value" (see `_lines`)."""

    message_id: str
    headers: frozenset[str]
    failures: tuple[Failure, ...]

    @property
    def edition_day(self) -> date | None:
        """The day of the edition that it is a message of, by its Message-ID; None: no message of ours."""
        match = _OUR_ID.fullmatch(self.message_id)
        try:
            return date.fromisoformat(match[1]) if match else None
        except ValueError:
            return None


def parse_bounce(raw: bytes) -> Bounce | None:
    """None for a mail that is no bounce, or returns nothing that could be known by."""
    message = email.message_from_bytes(raw)
    found = _from_report(message) or _from_exim(message) or _from_qmail(message)
    if not found or not found.failures or not found.returned:
        return None
    message_id = _header(found.returned, "Message-ID")
    return Bounce(message_id, _lines(found.returned), found.failures[:_MOST_FAILURES]) if message_id else None


def is_ours(bounce: Bounce, envelope: Envelope) -> bool:
    """Whether it returns this very message, and not something that was made to look like it.

    A Message-ID follows from edition and recipient, so that a reader of the digest could work out another's. A DKIM
    signature or a recipient's own address for unsubscribing cannot be worked out: where the message has one of them,
    it must have come back. Else its date, subject and recipient must: that keeps out those who have not got the digest.
    """
    if bounce.message_id != envelope.message_id:
        return False
    sent = email.message_from_bytes(envelope.message)
    secret = {line for line in _lines(sent) if line.startswith(("dkim-signature:", "list-unsubscribe: <https:"))}
    if secret:
        return not secret.isdisjoint(bounce.headers)
    return {line for line in _lines(sent) if line.startswith(("date:", "subject:", "to:"))} <= bounce.headers


def says_dead(receipt: Receipt) -> bool:
    """Whether the mail server refused the message at once because the address takes no mail."""
    refusal = _REFUSAL.match(receipt.detail) if receipt.state == "failed" else None
    return refusal is not None and refusal[1] in _DEAD_AT_ONCE


def failure_of(bounce: Bounce, recipient: str) -> Failure | None:
    """What it says of this recipient; None: another address failed, to which their mail is passed on."""
    key = _address_key(recipient)
    return next((f for f in bounce.failures if key in map(_address_key, f.addresses)), None)


# ---------------------------------------------------------------- dialects


@dataclass(frozen=True, slots=True)
class _Found:
    returned: Message | None
    failures: tuple[Failure, ...]


def _from_report(message: Message) -> _Found | None:
    """RFC 3464: a part for machines, and one with the message or its headers."""
    parts = [part for part in message.get_payload() if isinstance(part, Message)] if message.is_multipart() else []
    status = next((part for part in parts if part.get_content_type() in _STATUS_PARTS), None)
    if status is None:
        return None
    returned = next((_returned(part) for part in parts if part.get_content_type() in _RETURNED_PARTS), None)
    return _Found(returned, tuple(filter(None, map(_failure, _blocks(status)))))


def _blocks(status: Message) -> Iterator[Message]:
    """Groups of fields, one for the message and one for each recipient; blank lines divide them."""
    body = status.as_bytes().partition(b"\n\n")[2]
    encoding = _header(status, "Content-Transfer-Encoding").lower()
    if encoding == "base64":
        body = _from_base64(body)
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    for block in re.split(r"\n[ \t]*\n", body.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n")):
        yield email.message_from_string(block)


def _from_base64(body: bytes) -> bytes:
    try:
        return b64decode(body)
    except binascii.Error:
        return b""


def _failure(block: Message) -> Failure | None:
    addresses = [_typed(_header(block, name)) for name in ("Original-Recipient", "Final-Recipient")]
    if not any(addresses):
        return None
    status = _STATUS.search(_header(block, "Status"))
    action = _header(block, "Action").lower() or ("failed" if status and status[1] == "5" else "delayed")
    detail = _typed(_header(block, "Diagnostic-Code"))
    return Failure(tuple(dict.fromkeys(filter(None, addresses))), action, status[0] if status else "", _detail(detail))


def _returned(part: Message) -> Message | None:
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else None
    return email.message_from_string(_text(part))


_EXIM_COPY = re.compile(r"^-{2,}.*\bcopy of (?:the|your) message\b.*-{2,}$", re.MULTILINE)
_EXIM_EXPIRED = re.compile(r"retry time(?:out exceeded| not reached)")


def _from_exim(message: Message) -> _Found | None:
    """Exim before 4.82: the recipients in a header, the reasons in a text, the message below a line of dashes."""
    failed = _header(message, "X-Failed-Recipients")
    if not failed or message.is_multipart():
        return None
    said, dashes, copy = _divided(_text(message), _EXIM_COPY)
    addresses = [address for part in failed.split(",") if (address := part.strip())]
    failures = [_told(address, said.partition(address)[2].partition("\n\n")[0]) for address in addresses]
    return _Found(email.message_from_string(copy) if dashes else None, tuple(failures))


_QMAIL_COPY = re.compile(r"^--- .*\bcopy of the message\b.*$", re.MULTILINE)
_QMAIL_RECIPIENT = re.compile(r"<([^<>\s]+)>:\s*\n(.*)", re.DOTALL)


def _from_qmail(message: Message) -> _Found | None:
    """QSBMF: "Hi. This is the …", a paragraph for each recipient, and the message below a line that starts with ---."""
    text = "" if message.is_multipart() else _text(message)
    if not text.lstrip().startswith("Hi. This is the"):
        return None
    said, dashes, copy = _divided(text, _QMAIL_COPY)
    told = filter(None, map(_QMAIL_RECIPIENT.match, re.split(r"\n[ \t]*\n", said)))
    failures = tuple(_told(match[1], match[2]) for match in told)
    return _Found(email.message_from_string(copy) if dashes else None, failures)


def _divided(text: str, line: re.Pattern[str]) -> tuple[str, bool, str]:
    """What is said, whether there is the line below which the message is, and the message."""
    text = text.replace("\r\n", "\n")
    match = line.search(text)
    return (text[: match.start()], True, text[match.end() :].lstrip("\n")) if match else (text, False, "")


def _told(address: str, words: str) -> Failure:
    """A failure in words: it is final, for a reason that passes where it was given up for the time it took."""
    status = _STATUS.search(words)
    code = "4.4.7" if _EXIM_EXPIRED.search(words) else status[0] if status else "5.0.0"
    return Failure((address,), "failed", code, _detail(words))


# ---------------------------------------------------------------- headers and texts


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _lines(message: Message) -> frozenset[str]:
    """Its headers without blanks but one behind the name: servers fold them anew."""
    return frozenset(f"{name.lower()}: {''.join(str(value).split())}" for name, value in message.items())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _typed(value: str) -> str:
    """What follows the type in "rfc822; ana@example.org"; a value without a type as it is."""
    return (value.partition(";")[2] or value).strip().strip("<>")


def _detail(words: str) -> str:
    return shorten(" ".join(clean(words).split()), _DETAIL_CHARS)


def _address_key(address: str) -> str:
    """What two spellings of an address have in common, its domain in ASCII or not."""
    local, at, domain = recipient_key(address).rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return recipient_key(address)
