"""Which slot is due: pure functions of the clock's reading, the timetable and what is known of earlier slots.

What is due is computed from the local calendar at every look and never remembered by a timer: a timer loses a daily job
on some spring nights, fires twice on autumn nights, and forgets what was due while the program was down.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from monitor.config import WEEKDAYS, ScheduleConfig
from monitor.config.timetable import Slot, slots_of_day
from monitor.records import SlotEntry

_DAY = timedelta(days=1)
_HORIZON_DAYS = 15  # a weekly digest whose one day a zone skipped: the next is two weeks away


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now: the slot to make, if one is due and free, and those that have passed over before it."""

    make: Slot | None = None
    skipped: tuple[Slot, ...] = ()


def decide(now: datetime, options: ScheduleConfig, newest: SlotEntry | None) -> Decision:
    """The catch-up rule. `newest` is the profile's last slot of which anything is known; None: it is new here.

    Only the last slot that is due is ever made: nobody wants last week's mornings. Slots between `newest` and it are
    skipped, two weeks back at most. A slot before `newest` is never made: the clock was set back. `newest` itself is
    made again when it failed, or when who made it is gone, once its time `until` has come.

    Of two slots that a clock change brings to one instant the second is made and the first is skipped.

    Known gap: after a change of `days` or `times` while the program was down, those that are only in the new list count
    as skipped.
    """
    last = latest_due(now, options)
    if last is None:
        return Decision()
    if newest is None or _is_after(newest, last):
        return Decision(last, _between(newest, last, options))
    if last.key != newest.slot:  # the clock was set back, or `times` became `time`: the date has its edition
        return Decision()
    free = newest.state in ("running", "failed") and newest.until is not None and newest.until <= now
    return Decision(last if free else None)


def _between(newest: SlotEntry | None, last: Slot, options: ScheduleConfig) -> tuple[Slot, ...]:
    """Slots after what is known and before the last one that is due."""
    if newest is None:
        return ()
    slots = chain.from_iterable(_slots_around(last.due_at, options, range(-_HORIZON_DAYS, 1)))
    return tuple(slot for slot in slots if _is_after(newest, slot) and slot.key < last.key)


def _is_after(newest: SlotEntry, slot: Slot) -> bool:
    """Whether a slot is a later one than what is known.

    The one slot of a date, from before there were several a day, stands for those of its date that were due by then.
    """
    if newest.slot == slot.date.isoformat() != slot.key:
        return slot.due_at > newest.due_at
    return slot.key > newest.slot


def latest_due(now: datetime, options: ScheduleConfig) -> Slot | None:
    """The last slot with `due_at <= now`; None only if there was none for two weeks."""
    days = _slots_around(now, options, range(1, -_HORIZON_DAYS - 1, -1))
    return next((slot for day in days for slot in reversed(day) if slot.due_at <= now), None)


def next_due(now: datetime, options: ScheduleConfig) -> Slot:
    """The first slot with `due_at > now`."""
    days = _slots_around(now, options, range(-1, _HORIZON_DAYS + 1))
    return next(slot for slot in chain.from_iterable(days) if slot.due_at > now)


def soonest(now: datetime, timetables: Mapping[str, ScheduleConfig]) -> datetime:
    """When the next slot of any profile is due, in that profile's zone."""
    coming = [(next_due(now, options).due_at, options.timezone) for options in timetables.values()]
    due_at, zone = min(coming)
    return due_at.astimezone(ZoneInfo(zone))


def _slots_around(now: datetime, options: ScheduleConfig, days: Iterable[int]) -> Iterator[tuple[Slot, ...]]:
    """The slots of each allowed local date among these days from that of `now`, in their order."""
    today = now.astimezone(ZoneInfo(options.timezone)).date()
    for offset in days:
        day = today + offset * _DAY
        if WEEKDAYS[day.weekday()] in options.days:
            yield slots_of_day(day, options)
