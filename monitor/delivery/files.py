"""Messages into a folder instead of to a server: as .eml files, for a look at what would be sent, or as a Maildir.

Both are safe to repeat: a message has one name, so that a run that died and comes again leaves no second copy.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from monitor.delivery.receipts import ignore, receipt_of
from monitor.delivery.writing import PRIVATE, make_folder, safe_name, write_atomically
from monitor.errors import DeliveryError
from monitor.records import Envelope, Receipt, content_id

_OURS = ".border-monitor"  # of a name in a Maildir, where usually a host's name stands


@dataclass(frozen=True, slots=True)
class FileDelivery:
    """`Delivery` into `folder`: one `<edition>--<recipient>.eml` each; delivering again replaces the file."""

    folder: Path

    @property
    def name(self) -> str:
        return f"file:{self.folder}"

    def path_of(self, envelope: Envelope) -> Path:
        """Where the message lies once it is delivered."""
        return self.folder / f"{safe_name(envelope.edition)}--{safe_name(envelope.recipient)}.eml"

    def check(self) -> str:
        """That files can be written; DeliveryError, with what to do, otherwise."""
        _try_folder(self.folder, self.folder)
        return "can be written"

    def deliver(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None] = ignore) -> list[Receipt]:
        def put(envelope: Envelope) -> str:
            path = self.path_of(envelope)
            write_atomically(path, envelope.message, mode=PRIVATE)
            return path.name

        return _deliver_each(envelopes, put, note, self.folder)

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class MaildirDelivery:
    """`Delivery` into the Maildir `folder`, which mail programs and Python's `mailbox` read (https://cr.yp.to/proto).

    A message is written to `tmp` and moved to `new`, byte for byte, with its CRLF line ends. Its name comes from its
    Message-ID: one that lies in `new`, or in `cur` whatever its flags, is not delivered again. Known gap: one that was
    read and moved to another mailbox is.
    """

    folder: Path

    @property
    def name(self) -> str:
        return f"maildir:{self.folder}"

    def path_of(self, envelope: Envelope) -> Path:
        """Where the message lies until a mail program has seen it."""
        return self.folder / "new" / f"{content_id(envelope.message_id)}{_OURS}"

    def check(self) -> str:
        """That messages can be written; DeliveryError, with what to do, otherwise."""
        _try_folder(self.folder, self.folder / "tmp")
        return "can be written"

    def deliver(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None] = ignore) -> list[Receipt]:
        if not envelopes:
            return []
        try:
            there = self._delivered()
        except OSError as exc:
            raise _unusable(self.folder, exc) from exc

        def put(envelope: Envelope) -> str:
            path = self.path_of(envelope)
            if path.name in there:
                return f"{path.name} was there already"
            draft = self.folder / "tmp" / f"{path.name}.{secrets.token_hex(6)}"
            write_atomically(path, envelope.message, draft=draft, mode=PRIVATE)
            there.add(path.name)
            return path.name

        return _deliver_each(envelopes, put, note, self.folder)

    def close(self) -> None:
        """Nothing is held open."""

    def _delivered(self) -> set[str]:
        """Names of the messages that lie here, without their flags; the folders are made where they are missing."""
        for part in ("tmp", "new", "cur"):
            make_folder(self.folder / part, mode=PRIVATE)
        found = [entry for part in ("new", "cur") for entry in (self.folder / part).iterdir() if entry.is_file()]
        return {entry.name.partition(":")[0] for entry in found}


def _deliver_each(
    envelopes: Sequence[Envelope], put: Callable[[Envelope], str], note: Callable[[Receipt], None], folder: Path
) -> list[Receipt]:
    """One after the other; `put` gives the receipt's detail. DeliveryError when nothing at all can be written."""
    receipts: list[Receipt] = []
    for envelope in envelopes:
        note(receipt_of(envelope, "sending"))
        note(receipt_of(envelope, "dot"))
        try:
            receipts.append(receipt_of(envelope, "sent", put(envelope)))
        except OSError as exc:
            if not any(receipt.state == "sent" for receipt in receipts):
                raise _unusable(folder, exc) from exc
            receipts.append(receipt_of(envelope, "deferred", str(exc.strerror)))
        note(receipts[-1])
    return receipts


def _try_folder(folder: Path, inside: Path) -> None:
    probe = inside / f".check-{os.getpid()}"
    try:
        write_atomically(probe, b"", mode=PRIVATE)
    except OSError as exc:
        raise _unusable(folder, exc) from exc
    finally:
        with suppress(OSError):
            probe.unlink()


def _unusable(folder: Path, error: OSError) -> DeliveryError:
    remedy = "make it writable, free some space, or change mail.folder"
    return DeliveryError(f"write messages to {folder}: {error.strerror} → {remedy}")
