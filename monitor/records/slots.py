"""What is due at a time of day, and what has become of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

SlotState = Literal["running", "done", "skipped", "failed"]
_DAY_CHARS = len("2026-03-08")


def slot_name(day: date, at: time | None = None) -> str:
    """What the edition of a local date is called, or, of several a day, that of one time: names sort by time.

    "2026-03-08", "2026-03-08T1800".
    """
    return f"{day.isoformat()}T{at:%H%M}" if at is not None else day.isoformat()


def read_slot(text: str) -> str:
    """The slot that somebody names: "2026-03-08", "2026-03-08T1800" or "2026-03-08T18:00". ValueError for no slot."""
    day, separator, at = text.partition("T")
    read = date.fromisoformat(day) if len(day) == _DAY_CHARS else None
    if read is None or bool(separator) != bool(re.fullmatch(r"\d\d:?\d\d", at)):
        raise ValueError(f"'{text}' is no date, as 2026-03-08, and no date with a time, as 2026-03-08T1800")
    return slot_name(read, time.fromisoformat(at) if at else None)


def slot_of(edition: str, day: date) -> str:
    """The slot in the key of an edition of this date: "2026-03-08" of "everyone/2026-03-08"; without one, the date."""
    name = edition.rpartition("/")[2]
    return name if name.startswith(day.isoformat()) else slot_name(day)


def slot_date(slot: str) -> date:
    """The local date of a slot."""
    return date.fromisoformat(slot[:_DAY_CHARS])


def slot_time(slot: str) -> time | None:
    """The local time of a slot; None where there is one a day."""
    return time.fromisoformat(slot[_DAY_CHARS + 1 :]) if len(slot) > _DAY_CHARS else None


@dataclass(frozen=True, slots=True)
class DueSlot:
    """One edition that is due: of which profile, and which slot of it."""

    profile_id: str
    slot: str


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
    detail: str = ""  # why it failed, or was skipped though a daemon was running
