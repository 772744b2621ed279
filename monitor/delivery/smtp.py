"""Messages over SMTP: one recipient per message, one connection for all of them.

What an answer means:

- before the message's final dot nothing was handed over: 4xx and a lost connection are `deferred`, 5xx is `failed`;
- after the dot a lost connection, a timeout or 421 is `unknown`: servers have been seen to accept in all three;
- 530, 535 and a 552 for the message itself concern every recipient: we stop and say why. (A 552 for one recipient is
  a full mailbox, and is deferred: RFC 5321, 4.5.3.1.10.)
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parseaddr
from typing import NamedTuple

from monitor.config import MailConfig
from monitor.errors import DeliveryError
from monitor.records import DeliveryState, Envelope, Receipt
from monitor.text import clean, shorten

DOT_TIMEOUT_S = 600.0  # RFC 5321, 4.5.3.2.6: a server may take ten minutes to answer the final dot
_STOP_CODES = frozenset({530, 535, 552})
_DETAIL_CHARS = 300


class _Answer(NamedTuple):
    """A server's reply code and its text, cleaned."""

    code: int
    text: str

    def __str__(self) -> str:
        return shorten(f"{self.code} {self.text}", _DETAIL_CHARS)


class _UnusableError(Exception):
    """The server cannot be used for any recipient; `str()` says why and what to do."""


class SmtpDelivery:
    """`Delivery` to the server of the `mail` section. The connection stays open between calls: `close` when done."""

    def __init__(self, options: MailConfig, password: str, *, dot_timeout_s: float = DOT_TIMEOUT_S) -> None:
        self._options = options
        self._password = password
        self._dot_timeout_s = dot_timeout_s
        self._session: smtplib.SMTP | None = None

    @property
    def name(self) -> str:
        return f"smtp://{self._options.host}:{self._options.port}"

    def check(self) -> str:
        """Connect, log in and say goodbye; how it went. DeliveryError, with what to do, when any of it fails."""
        try:
            connection = self._connected().sock
            secure = f"encrypted by {connection.version()}" if isinstance(connection, ssl.SSLSocket) else "unencrypted"
        except _UnusableError as exc:
            raise DeliveryError(f"{self.name}: {exc}") from exc.__cause__
        finally:
            self.close()
        return f"{secure}, {'logged in' if self._options.username else 'without login'}"

    def deliver(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        receipts: list[Receipt] = []
        for envelope in envelopes:
            try:
                receipts.append(self._deliver_one(envelope))
            except _UnusableError as exc:
                self._drop()
                if not any(receipt.state in ("sent", "unknown") for receipt in receipts):
                    raise DeliveryError(f"{self.name}: {exc}") from exc.__cause__
                waiting = envelopes[len(receipts) :]
                return [*receipts, *(_receipt(each, "deferred", str(exc)) for each in waiting)]
        return receipts

    def close(self) -> None:
        """Say goodbye; safe to call twice."""
        if self._session is not None:
            with suppress(OSError):
                self._session.quit()
        self._drop()

    # ------------------------------------------------------------ one message

    def _deliver_one(self, envelope: Envelope) -> Receipt:
        """A connection that the server has closed meanwhile is opened again, once; nothing was handed over on it."""
        reused = self._session is not None
        receipt = self._try_once(envelope)
        return receipt or (reused and self._try_once(envelope)) or _receipt(envelope, "deferred", "connection lost")

    def _try_once(self, envelope: Envelope) -> Receipt | None:
        """None when the connection was lost before the final dot."""
        session = self._connected()
        try:
            refusal = self._announce(session, envelope)
            if refusal is not None:
                return refusal
            _send_body(session, envelope.message)
        except OSError:  # smtplib's exceptions are among them
            self._drop()
            return None
        return self._finish(session, envelope)

    def _announce(self, session: smtplib.SMTP, envelope: Envelope) -> Receipt | None:
        """MAIL, RCPT and DATA; the receipt when the server refuses one of them."""
        sender, recipient = _wire_address(envelope.sender), _wire_address(envelope.recipient)
        if not recipient:
            return _receipt(envelope, "failed", "not a valid e-mail address")
        international = not (sender + recipient).isascii()
        if international and not session.has_extn("smtputf8"):
            return _receipt(envelope, "failed", "the mail server does not take addresses with accents")
        answer = _answer(session.mail(sender, _mail_options(session, envelope.message, international)))
        if answer.code != 250:
            return self._refused(envelope, answer, everyone=answer.code in _STOP_CODES or answer.code >= 500)
        answer = _answer(session.rcpt(recipient))
        if answer.code not in (250, 251):
            return self._refused(envelope, answer, everyone=answer.code in _STOP_CODES - {552})
        answer = _answer(session.docmd("DATA"))
        if answer.code != 354:
            return self._refused(envelope, answer, everyone=answer.code in _STOP_CODES)
        return None

    def _refused(self, envelope: Envelope, answer: _Answer, *, everyone: bool) -> Receipt:
        """What a refusal means for this recipient; raises when it concerns them all."""
        if everyone:
            raise _UnusableError(f"the server refuses our mail: {answer} → {_remedy(answer.code)}")
        self._reset(answer.code)
        deferred = answer.code < 500 or answer.code == 552
        return _receipt(envelope, "deferred" if deferred else "failed", str(answer))

    def _finish(self, session: smtplib.SMTP, envelope: Envelope) -> Receipt:
        """The final dot and the server's verdict."""
        try:
            _set_timeout(session, self._dot_timeout_s)
            session.send(b".\r\n")
            answer = _answer(session.getreply())
            _set_timeout(session, self._options.timeout_s)
        except OSError as exc:
            self._drop()
            return _receipt(envelope, "unknown", f"no answer after the message was handed over ({_reason(exc)})")
        if answer.code == 250:
            return _receipt(envelope, "sent", str(answer))
        if answer.code == 421 or answer.code < 200:  # hangs up, or no SMTP reply at all
            self._drop()
            return _receipt(envelope, "unknown", str(answer))
        return self._refused(envelope, answer, everyone=answer.code in _STOP_CODES)

    def _reset(self, code: int) -> None:
        """Ready for the next message: 421 announces that the server hangs up, all else is cleared with RSET."""
        if code == 421 or self._session is None:
            self._drop()
            return
        try:
            self._session.rset()
        except OSError:
            self._drop()

    # ------------------------------------------------------------ the connection

    def _connected(self) -> smtplib.SMTP:
        if self._session is None:
            self._session = self._open()
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _open(self) -> smtplib.SMTP:
        """Connected, encrypted as configured with a checked certificate, and logged in; _UnusableError otherwise."""
        session: smtplib.SMTP | None = None
        try:
            session = self._greet()
            if self._options.username:
                session.login(self._options.username, self._password)
        except (OSError, UnicodeError) as exc:
            if session is not None:
                session.close()
            raise _UnusableError(_why_unusable(exc)) from exc
        return session

    def _greet(self) -> smtplib.SMTP:
        host, port, timeout_s = self._options.host, self._options.port, self._options.timeout_s
        if self._options.security == "tls":
            session: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=self._trust())
        else:
            session = smtplib.SMTP(host, port, timeout=timeout_s)
        try:
            session.ehlo_or_helo_if_needed()
            if self._options.security == "starttls":
                session.starttls(context=self._trust())
                session.ehlo()
        except BaseException:
            session.close()
            raise
        return session

    def _trust(self) -> ssl.SSLContext:
        """The system's certificates, and the configured one; host names are checked."""
        context = ssl.create_default_context()
        if self._options.ca_file:
            context.load_verify_locations(cafile=self._options.ca_file)
        return context


# ---------------------------------------------------------------- pure helpers


def _receipt(envelope: Envelope, state: DeliveryState, detail: str) -> Receipt:
    return Receipt(envelope.edition, envelope.recipient, state, detail)


def _answer(reply: tuple[int, bytes | str]) -> _Answer:
    text = reply[1].decode("utf-8", "replace") if isinstance(reply[1], bytes) else reply[1]
    return _Answer(reply[0], " ".join(clean(text).split()))


def _reason(error: Exception) -> str:
    said = " ".join(clean(str(error)).split())
    return shorten(said, _DETAIL_CHARS) or type(error).__name__


def _why_unusable(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem, remedy = f"its certificate is not trusted ({error.verify_message})", "check mail.host and mail.ca_file"
    elif isinstance(error, ssl.SSLError):
        problem, remedy = f"no encrypted connection ({_reason(error)})", "check mail.port, mail.security, mail.ca_file"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        problem, remedy = _reason(error), "check mail.port, mail.security and mail.username"
    elif isinstance(error, smtplib.SMTPResponseException):
        answer = _answer((error.smtp_code, error.smtp_error))
        problem, remedy = f"the server says {answer}", _remedy(answer.code)
    elif isinstance(error, UnicodeError):
        problem, remedy = "the login has characters that SMTP does not carry", "use an ASCII user name and password"
    elif isinstance(error, FileNotFoundError):
        problem, remedy = "the certificate file is missing", "correct mail.ca_file"
    else:
        problem, remedy = f"no connection ({_reason(error)})", "check mail.host, mail.port and the network"
    return f"{problem} → {remedy}"


def _remedy(code: int) -> str:
    if code in (530, 534, 535, 538):
        return "check mail.username and the password"
    if code == 552:
        return "the digest is larger than the server takes: lower digest.max_html_kb or profiles' max_stories"
    return "try again later" if code < 500 else "check mail.sender and that this server may send for it"


def _wire_address(address: str) -> str:
    """The bare address with its domain in ASCII (IDNA); "" when it is none, or could smuggle in a command."""
    local, at, domain = parseaddr(address)[1].rpartition("@")
    if not (local and at and domain) or re.search(r"[\x00-\x1f\x7f]", address) or re.search(r"[\s<>]", local + domain):
        return ""
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def _mail_options(session: smtplib.SMTP, message: bytes, international: bool) -> list[str]:
    options = [f"SIZE={len(message)}"] if session.has_extn("size") else []
    if session.has_extn("8bitmime") and not message.isascii():
        options.append("BODY=8BITMIME")
    return [*options, "SMTPUTF8"] if international else options


def _send_body(session: smtplib.SMTP, message: bytes) -> None:
    """Everything but the final dot: CRLF line ends, leading dots doubled (RFC 5321, 4.5.2)."""
    body = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    body = re.sub(rb"(?m)^\.", b"..", body)
    session.send(body if body.endswith(b"\r\n") else body + b"\r\n")


def _set_timeout(session: smtplib.SMTP, timeout_s: float) -> None:
    connection: socket.socket | None = session.sock
    if connection is not None:
        connection.settimeout(timeout_s)
