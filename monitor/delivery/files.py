"""Messages as .eml files in a folder: dry runs, and a look at what would have been sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.delivery.writing import safe_name, write_atomically
from monitor.errors import DeliveryError
from monitor.records import Envelope, Receipt


def _ignore(_receipt: Receipt) -> None:
    """Nobody keeps a ledger."""


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

    def deliver(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None] = _ignore) -> list[Receipt]:
        receipts: list[Receipt] = []
        for envelope in envelopes:
            note(Receipt(envelope.edition, envelope.recipient, "sending"))
            note(Receipt(envelope.edition, envelope.recipient, "dot"))
            try:
                write_atomically(self.path_of(envelope), envelope.message)
            except OSError as exc:
                if not any(receipt.state == "sent" for receipt in receipts):
                    raise DeliveryError(
                        f"write messages to {self.folder}: {exc.strerror} → make it writable, or free some space"
                    ) from exc
                receipts.append(Receipt(envelope.edition, envelope.recipient, "deferred", str(exc.strerror)))
            else:
                receipts.append(Receipt(envelope.edition, envelope.recipient, "sent", self.path_of(envelope).name))
            note(receipts[-1])
        return receipts

    def close(self) -> None:
        """Nothing is held open."""
