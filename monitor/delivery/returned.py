"""The mailbox of returned mail: an IMAP server's, a Maildir or an mbox file. What is unread in it, and marking it done.

Reading leaves every mail as it was. Whatever goes wrong is a `DeliveryError` that says what to do.
"""

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from monitor.config import BouncesConfig
from monitor.errors import DeliveryError
from monitor.text import clean

_MOST_BYTES = 1_000_000  # of one mail; what matters in a bounce stands before the returned message's text
_SEEN = r"(\Seen)"


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """An unread mail, cut off after a megabyte; `key` is what the mailbox knows it by."""

    key: str
    raw: bytes = field(repr=False)


class BounceBox(Protocol):
    """An open mailbox."""

    def unread(self, since: datetime) -> Iterator[ReturnedMail]:
        """Those that came at or after the day of `since`, the newest first."""

    def mark_done(self, keys: Iterable[str]) -> None:
        """These are not `unread` any more."""


@contextmanager
def open_bounces(
    options: BouncesConfig, password: str, folder: Path, *, read_only: bool = False
) -> Iterator[BounceBox]:
    """The mailbox of the section `mail.bounces`; relative names start from `folder`. Raises DeliveryError."""
    where = bounces_place(options)
    try:
        if options.host:
            with _imap(options, password, folder, read_only) as server:
                yield _ImapBox(server, options.move_to)
        elif (path := folder / options.folder).is_file():
            with _mbox(path) as box:
                yield _MboxBox(box)
        else:
            yield _MaildirBox(_maildir(path))
    except (imaplib.IMAP4.error, OSError, mailbox.Error, UnicodeError) as exc:
        raise DeliveryError(f"read returned mail from {where}: {_why(exc)}") from exc


def bounces_place(options: BouncesConfig) -> str:
    """For people: "imap://mail.example.org:993/INBOX", or the folder."""
    return f"imap://{options.host}:{options.port}/{options.mailbox}" if options.host else options.folder


# The first that fits; {} is the error's own words.
_MEANINGS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted ({}) → check mail.bounces: host and ca_file"),
    (ssl.SSLError, "no encrypted connection ({}) → check mail.bounces: port, security and ca_file"),
    (UnicodeError, "the login has characters that the server does not take ({}) → use an ASCII name and password"),
    (imaplib.IMAP4.abort, "the server gave up ({}) → try again later, or check mail.bounces: port and security"),
    (imaplib.IMAP4.error, "the server says {} → check mail.bounces: username, the password, mailbox and move_to"),
    (mailbox.Error, "{} → another program has it open; try again later"),
    (OSError, "{} → check mail.bounces: folder or host, port, ca_file and the network"),
)


def _why(error: Exception) -> str:
    said = " ".join(clean(str(error)).split()) or type(error).__name__
    return next(meaning for kind, meaning in _MEANINGS if isinstance(error, kind)).format(said)


# ---------------------------------------------------------------- IMAP


@contextmanager
def _imap(options: BouncesConfig, password: str, folder: Path, read_only: bool) -> Iterator[imaplib.IMAP4]:
    """Logged in over a connection whose certificate is checked, the mailbox selected."""
    server = _connected(options, folder)
    try:
        _log_in(server, options, password)
        _ask(server.select, f'"{options.mailbox}"', readonly=read_only)
        yield server
    finally:
        for end in (server.logout, server.shutdown):  # a logout that is not answered closes nothing
            with suppress(imaplib.IMAP4.error, OSError):
                end()


def _connected(options: BouncesConfig, folder: Path) -> imaplib.IMAP4:
    trust = ssl.create_default_context()
    if options.ca_file:
        trust.load_verify_locations(cafile=folder / options.ca_file)
    host, port, timeout_s = options.host, options.port, options.timeout_s
    if options.security == "tls":
        return imaplib.IMAP4_SSL(host, port, ssl_context=trust, timeout=timeout_s)
    server = imaplib.IMAP4(host, port, timeout=timeout_s)
    try:
        if options.security == "starttls":
            server.starttls(ssl_context=trust)
    except BaseException:
        server.shutdown()
        raise
    return server


def _log_in(server: imaplib.IMAP4, options: BouncesConfig, password: str) -> None:
    """By AUTHENTICATE where the server has it: LOGIN takes ASCII only."""
    plain = f"\0{options.username}\0{password}".encode()
    bearer = f"user={options.username}\1auth=Bearer {password}\1\1".encode()
    if options.auth == "xoauth2":
        # A wrong token is answered by a challenge that tells why; an empty answer to it brings the refusal.
        server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else bearer)
    elif "AUTH=PLAIN" in server.capabilities:
        server.authenticate("PLAIN", lambda _: plain)
    else:
        server.login(options.username, password)


def _ask(command: Callable[..., tuple[str, list[Any]]], *words: str, **options: bool) -> list[Any]:
    """What the server answers; imaplib leaves it to us to look at a refusal."""
    answer, data = command(*words, **options)
    if answer != "OK":
        raise imaplib.IMAP4.error(b" ".join(part for part in data if part).decode("utf-8", "replace") or answer)
    return data


class _ImapBox:
    """Keys are UIDs."""

    def __init__(self, server: imaplib.IMAP4, move_to: str) -> None:
        self._server = server
        self._move_to = move_to
        # Asked again: imaplib remembers what was offered before the login, which is less.
        self._can = frozenset(b" ".join(_ask(server.capability)).decode("ascii", "replace").upper().split())

    def unread(self, since: datetime) -> Iterator[ReturnedMail]:
        # Not strftime: its month names are the locale's.
        day = imaplib.Time2Internaldate(since)[1:12].strip()
        (found, *_) = _ask(self._server.uid, "SEARCH", "UNSEEN", "UNDELETED", "SINCE", day)
        for uid in reversed((found or b"").decode("ascii").split()):
            for part in _ask(self._server.uid, "FETCH", uid, f"(BODY.PEEK[]<0.{_MOST_BYTES}>)"):
                if isinstance(part, tuple):
                    yield ReturnedMail(uid, part[1])

    def mark_done(self, keys: Iterable[str]) -> None:
        if self._move_to:
            self._server.create(f'"{self._move_to}"')  # a refusal is that it is there
        for uid in keys:
            if self._move_to:
                self._move(uid)
            else:
                _ask(self._server.uid, "STORE", uid, "+FLAGS.SILENT", _SEEN)

    def _move(self, uid: str) -> None:
        """RFC 6851, else what it stands for; only this mail is expunged, and where that cannot be, none is."""
        if "MOVE" in self._can:
            _ask(self._server.uid, "MOVE", uid, f'"{self._move_to}"')
            return
        _ask(self._server.uid, "COPY", uid, f'"{self._move_to}"')
        _ask(self._server.uid, "STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        if "UIDPLUS" in self._can:
            _ask(self._server.uid, "EXPUNGE", uid)


# ---------------------------------------------------------------- files


def _maildir(path: Path) -> Path:
    if not all((path / name).is_dir() for name in ("new", "cur")):
        raise FileNotFoundError(f"{path} is neither a Maildir (with new/ and cur/) nor an mbox file")
    return path


class _MaildirBox:
    """Keys are names below the folder. A mail is read when it is in cur/ with the flag S."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def unread(self, since: datetime) -> Iterator[ReturnedMail]:
        start = since.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        paths = [path for name in ("new", "cur") for path in (self._path / name).iterdir()]
        for path in sorted(paths, key=lambda path: path.name, reverse=True):  # names start with the time
            flags = path.name.rpartition(":2,")[2] if ":2," in path.name else ""
            if "S" not in flags and not path.name.startswith(".") and path.stat().st_mtime >= start:
                with path.open("rb") as file:
                    yield ReturnedMail(str(path.relative_to(self._path)), file.read(_MOST_BYTES))

    def mark_done(self, keys: Iterable[str]) -> None:
        for key in keys:
            name, _, flags = Path(key).name.partition(":2,")
            done = self._path / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}"
            (self._path / key).rename(done)


@contextmanager
def _mbox(path: Path) -> Iterator[mailbox.mbox]:
    """Locked while it is open, so that no mail is delivered into it between reading and marking."""
    box = mailbox.mbox(path, create=False)
    try:
        box.lock()
        try:
            yield box
        finally:
            box.unlock()
    finally:
        box.close()


class _MboxBox:
    """Keys are numbers. A mail is read when its Status says R."""

    def __init__(self, box: mailbox.mbox) -> None:
        self._box = box

    def unread(self, since: datetime) -> Iterator[ReturnedMail]:
        """Whatever their age: an mbox file does not tell it in a way that can be relied on."""
        del since
        for key in reversed(self._box.keys()):
            if "R" not in self._box[key].get_flags():
                yield ReturnedMail(key, self._box.get_bytes(key)[:_MOST_BYTES])

    def mark_done(self, keys: Iterable[str]) -> None:
        for key in keys:
            message = self._box[key]
            message.add_flag("RO")
            self._box[key] = message
        self._box.flush()
