"""Messages and what became of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

DeliveryState = Literal["queued", "sending", "sent", "deferred", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient: bytes frozen before the first attempt, Message-ID from (edition, recipient)."""

    edition: str
    recipient: str
    message_id: str
    sender: str
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message. `detail` is the server's own answer, cleaned."""

    edition: str
    recipient: str
    state: DeliveryState
    detail: str = ""
    attempts: int = 1
    at: datetime | None = None
    retry_at: datetime | None = None  # deferred: not again before this; None: at the next run


@dataclass(frozen=True, slots=True)
class Suppression:
    """A recipient who has left a profile's list. Addresses that differ in case alone are one recipient."""

    profile_id: str
    recipient: str
    reason: str  # "one click"
    at: datetime

    @property
    def key(self) -> str:
        return recipient_key(self.recipient)


def recipient_key(recipient: str) -> str:
    """What two spellings of one address have in common."""
    return recipient.strip().casefold()
