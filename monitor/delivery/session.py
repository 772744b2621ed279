"""One SMTP connection, and one message over it: one recipient per message.

What an answer means:

- before the message's final dot nothing was handed over: 4xx and a lost connection are `deferred`, 5xx is `failed`;
- a dot that is not sent hands nothing over: a server that speaks or hangs up while it should wait does not get it;
- after the dot a lost connection, a timeout or 421 is `unknown`: servers have been seen to accept in all three;
- 530, 535 and a 552 for the message itself concern every recipient: `UnusableError` says why. (A 552 for one
  recipient, or with 5.2.2 for the message, is a full mailbox, and is deferred: RFC 5321, 4.5.3.1.10.)

Where the server takes commands in groups (PIPELINING, RFC 2920), a message needs two round trips instead of four.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.utils import parseaddr
from typing import NamedTuple

from monitor.config import MailConfig
from monitor.delivery.receipts import receipt_of
from monitor.records import Envelope, Receipt
from monitor.text import clean, shorten

DOT_TIMEOUT_S = 600.0  # RFC 5321, 4.5.3.2.6: a server may take ten minutes to answer the final dot
_STOP_CODES = frozenset({530, 535, 552})
_DETAIL_CHARS = 300
_TAKES_ALL = 354
_MAILBOX_FULL = "5.2.2"  # RFC 3463, 3.3: this recipient's, said as late as after the message


class UnusableError(Exception):
    """The server cannot be used; `str()` says why and what to do.

    `everyone`: it would say so on every connection. Otherwise it may only be that this connection is one too many.
    """

    def __init__(self, text: str, *, everyone: bool) -> None:
        super().__init__(text)
        self.everyone = everyone


class _Answer(NamedTuple):
    """A server's reply code and its text, cleaned."""

    code: int
    text: str

    @property
    def yes(self) -> bool:
        """By its first digit: a client should not look at the others where it need not (RFC 5321, 4.2)."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return shorten(f"{self.code} {self.text}", _DETAIL_CHARS)


class Session:
    """A connection to the server of the `mail` section; opened when it is needed, kept until `close`."""

    def __init__(self, options: MailConfig, password: str, dot_timeout_s: float) -> None:
        self._options = options
        self._password = password
        self._dot_timeout_s = dot_timeout_s
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """Connected, encrypted as configured with a checked certificate, and logged in; UnusableError otherwise."""
        if self._smtp is None:
            self._smtp = self._opened()
        return self._smtp

    def close(self) -> None:
        """Say goodbye; safe to call twice."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def hand_over(self, envelope: Envelope, at_dot: Callable[[], None]) -> Receipt:
        """What became of a message; `at_dot` is called, and returns, just before it can count as handed over.

        A connection that the server has closed meanwhile is opened again, once; nothing was handed over on it.
        """
        reused = self._smtp is not None
        receipt = self._try_once(envelope, at_dot)
        return (
            receipt
            or (reused and self._try_once(envelope, at_dot))
            or receipt_of(envelope, "deferred", "connection lost")
        )

    # ------------------------------------------------------------ one message

    def _try_once(self, envelope: Envelope, at_dot: Callable[[], None]) -> Receipt | None:
        """None when the connection was lost before the final dot."""
        smtp = self.open()
        try:
            refusal = self._announce(smtp, envelope)
            if refusal is not None:
                return refusal
            _send_body(smtp, envelope.message)
        except OSError:  # smtplib's exceptions are among them
            self._drop()
            return None
        try:
            at_dot()
        except BaseException:
            self._drop()  # the server waits for the rest of the message: it must not take what comes next for it
            raise
        if not self._sent_dot(smtp):
            self._drop()
            return None
        return self._finish(smtp, envelope)

    def _announce(self, smtp: smtplib.SMTP, envelope: Envelope) -> Receipt | None:
        """MAIL, RCPT and DATA; the receipt when the server refuses one of them."""
        sender, recipient = wire_address(envelope.sender), wire_address(envelope.recipient)
        if not recipient:
            return receipt_of(envelope, "failed", "not a valid e-mail address")
        international = not (sender + recipient).isascii()
        if international and not smtp.has_extn("smtputf8"):
            return receipt_of(envelope, "failed", "the mail server does not take addresses with accents")
        options = "".join(f" {option}" for option in _mail_options(smtp, envelope.message, international))
        commands = (f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA")
        mail, rcpt, data = _ask(smtp, commands)
        if not mail.yes:
            return self._refused(envelope, mail, everyone=mail.code in _STOP_CODES or mail.code >= 500)
        if not rcpt.yes:
            if data.code == _TAKES_ALL:  # it waits for a message that nobody would get
                with suppress(OSError):
                    smtp.send(b".\r\n")
                    smtp.getreply()
            return self._refused(envelope, rcpt, everyone=rcpt.code in _STOP_CODES - {552})
        if data.code != _TAKES_ALL:
            return self._refused(envelope, data, everyone=data.code in _STOP_CODES)
        return None

    def _refused(self, envelope: Envelope, answer: _Answer, *, everyone: bool) -> Receipt:
        """What a refusal means for this recipient; raises when it concerns them all."""
        if everyone:
            raise UnusableError(f"the server refuses our mail: {answer} → {_remedy(answer.code)}", everyone=True)
        self._reset(answer.code)
        deferred = answer.code < 500 or answer.code == 552
        return receipt_of(envelope, "deferred" if deferred else "failed", str(answer))

    def _sent_dot(self, smtp: smtplib.SMTP) -> bool:
        """Whether the final dot is on its way. Not to a server that has hung up, or that has spoken out of turn: what
        it said would be taken for its verdict."""
        try:
            if _has_spoken(smtp):
                return False
            _set_timeout(smtp, self._dot_timeout_s)
            smtp.send(b".\r\n")
        except OSError:
            return False
        return True

    def _finish(self, smtp: smtplib.SMTP, envelope: Envelope) -> Receipt:
        """The server's verdict."""
        try:
            answer = _answer(smtp.getreply())
            _set_timeout(smtp, self._options.timeout_s)
        except OSError as exc:
            self._drop()
            return receipt_of(envelope, "unknown", f"no answer after the message was handed over ({_reason(exc)})")
        if answer.yes:
            return receipt_of(envelope, "sent", str(answer))
        if answer.code == 421 or answer.code < 400:  # hangs up, or no verdict at all
            self._drop()
            return receipt_of(envelope, "unknown", str(answer))
        mailbox_full = answer.text.startswith(_MAILBOX_FULL)
        return self._refused(envelope, answer, everyone=answer.code in _STOP_CODES and not mailbox_full)

    def _reset(self, code: int) -> None:
        """Ready for the next message: 421 announces that the server hangs up, all else is cleared with RSET."""
        if code == 421 or self._smtp is None:
            self._drop()
            return
        try:
            self._smtp.rset()
        except OSError:
            self._drop()

    # ------------------------------------------------------------ the connection

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _opened(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._greet()
            if self._options.username:
                self._log_in(smtp)
        except (OSError, UnicodeError) as exc:
            if smtp is not None:
                smtp.close()
            raise UnusableError(_why_unusable(exc), everyone=_would_repeat(exc)) from exc
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self._options.auth == "login":
            smtp.login(self._options.username, self._password)
            return
        smtp.ehlo_or_helo_if_needed()
        if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError("the server does not take OAuth2 tokens (XOAUTH2)")
        smtp.auth("XOAUTH2", self._bearer)

    def _bearer(self, challenge: bytes | None = None) -> str:
        """https://developers.google.com/workspace/gmail/imap/xoauth2-protocol: a challenge is an error to be
        acknowledged, after which the server refuses."""
        return "" if challenge else f"user={self._options.username}\1auth=Bearer {self._password}\1\1"

    def _greet(self) -> smtplib.SMTP:
        host, port, timeout_s = self._options.host, self._options.port, self._options.timeout_s
        if self._options.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=self._trust())
        else:
            smtp = smtplib.SMTP(host, port, timeout=timeout_s)
        assert smtp.sock
        # Without it, the final dot waits until the message is acknowledged, which a server puts off by 40 ms.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self._options.security == "starttls":
                smtp.starttls(context=self._trust())
                smtp.ehlo()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _trust(self) -> ssl.SSLContext:
        """The system's certificates, and the configured one; host names are checked."""
        context = ssl.create_default_context()
        if self._options.ca_file:
            context.load_verify_locations(cafile=self._options.ca_file)
        return context


# ---------------------------------------------------------------- pure helpers


def _answer(reply: tuple[int, bytes | str]) -> _Answer:
    text = reply[1].decode("utf-8", "replace") if isinstance(reply[1], bytes) else reply[1]
    return _Answer(reply[0], " ".join(clean(text).split()))


def _reason(error: Exception) -> str:
    said = " ".join(clean(str(error)).split())
    return shorten(said, _DETAIL_CHARS) or type(error).__name__


def _would_repeat(error: Exception) -> bool:
    """Whether another connection would fail like this one: not where the server is busy, or out of reach."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError | UnicodeError | FileNotFoundError)


def _why_unusable(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem, remedy = f"its certificate is not trusted ({error.verify_message})", "check mail.host and mail.ca_file"
    elif isinstance(error, ssl.SSLError):
        problem, remedy = f"no encrypted connection ({_reason(error)})", "check mail.port, mail.security, mail.ca_file"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        problem, remedy = _reason(error), "check mail.port, mail.security, mail.auth and mail.username"
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


def wire_address(address: str) -> str:
    """The bare address with its domain in ASCII (IDNA); "" when it is none, or could smuggle in a command."""
    local, at, domain = parseaddr(address)[1].rpartition("@")
    if not (local and at and domain) or re.search(r"[\x00-\x1f\x7f]", address) or re.search(r"[\s<>]", local + domain):
        return ""
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def _mail_options(smtp: smtplib.SMTP, message: bytes, international: bool) -> list[str]:
    options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
    if smtp.has_extn("8bitmime") and not message.isascii():
        options.append("BODY=8BITMIME")
    return [*options, "SMTPUTF8"] if international else options


def _ask(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[_Answer]:
    """The answers to commands; after a refusal the rest is not asked where the server wants one at a time."""
    lines = [f"{command}\r\n".encode() for command in commands]
    answers: list[_Answer] = []
    if smtp.has_extn("pipelining"):
        smtp.send(b"".join(lines))
        for _ in lines:
            try:
                answers.append(_answer(smtp.getreply()))
            except OSError:
                if all(answer.yes for answer in answers):
                    raise
                answers.append(answers[-1])  # it refused, and hung up without answering what came after
        return answers
    for line in lines:
        if answers and not answers[-1].yes:
            answers.append(answers[-1])
            continue
        smtp.send(line)
        answers.append(_answer(smtp.getreply()))
    return answers


def _send_body(smtp: smtplib.SMTP, message: bytes) -> None:
    """Everything but the final dot: CRLF line ends, leading dots doubled (RFC 5321, 4.5.2)."""
    body = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    body = re.sub(rb"(?m)^\.", b"..", body)
    smtp.send(body if body.endswith(b"\r\n") else body + b"\r\n")


def _has_spoken(smtp: smtplib.SMTP) -> bool:
    """Whether there is something to read, or the end. OSError when the connection was reset.

    Asked by reading, for under TLS there may be bytes that are not meant for us, such as a late session ticket. Known
    gap: what came in one piece with the last answer is not seen.
    """
    connection: socket.socket | None = smtp.sock
    if connection is None:
        return True
    connection.setblocking(False)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    return True


def _set_timeout(smtp: smtplib.SMTP, timeout_s: float) -> None:
    connection: socket.socket | None = smtp.sock
    if connection is not None:
        connection.settimeout(timeout_s)
