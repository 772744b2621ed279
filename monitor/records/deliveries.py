"""Messages and what became of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BOUNCED = "bounced: "  # what the reason of a suppression starts with when mail came back
DeliveryState = Literal["queued", "sending", "dot", "sent", "deferred", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient: bytes frozen before the first attempt, Message-ID from (edition, recipient).

    It is no news any more after `deliver_until`, and then given up; None: never.
    """

    edition: str
    recipient: str
    message_id: str
    sender: str
    message: bytes = field(repr=False)
    deliver_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far one message has got. `detail` is the server's own answer, cleaned.

    sending   it is under way; the server has not got all of it
    dot       the server has all but the final dot: whether it took it, only its answer can tell
    unknown   no answer came after the dot: it may have arrived
    """

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
    reason: str  # "one click", "bounced: 5.1.1 no such user"
    at: datetime

    @property
    def key(self) -> str:
        return recipient_key(self.recipient)

    @property
    def bounced(self) -> bool:
        """They did not ask to leave: their mail server says that there is no such mailbox."""
        return self.reason.startswith(BOUNCED)


def recipient_key(recipient: str) -> str:
    """What two spellings of one address have in common."""
    return recipient.strip().casefold()
