"""What is due at a time of day, and what has become of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

SlotState = Literal["running", "done", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class DueSlot:
    """One edition that is due: of which profile, which slot of it, and the local date it will bear."""

    profile_id: str
    slot: str  # "2026-03-08", or "2026-03-08T1800" where there are several a day; sorts by time
    date: date


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """What has become of one slot.

    running  a daemon makes it, until `until` at least: it extends that while it lives
    done     its edition was made
    skipped  it passed while nothing was running, and a later one was made in its place
    failed   not tried again before `until`
    """

    profile_id: str
    slot: str
    due_at: datetime
    state: SlotState
    at: datetime  # since when
    owner: str = ""  # who makes it, or has made it
    until: datetime | None = None
    attempts: int = 0
    detail: str = ""  # why it failed
