"""Which slot is due: pure functions of the clock's reading, the timetable and what is known of earlier slots.

What is due is computed from the local calendar at every look and never remembered by a timer: a timer loses a daily job
on some spring nights, fires twice on autumn nights, and forgets what was due while the program was down.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.config import WEEKDAYS, ScheduleConfig
from monitor.records import SlotEntry

_DAY = timedelta(days=1)
_HORIZON_DAYS = 15  # a weekly digest whose one day a zone skipped: the next is two weeks away


@dataclass(frozen=True, slots=True)
class Slot:
    """The digest of one local date, and the instant (UTC) from which it is due."""

    date: date
    due_at: datetime

    @property
    def key(self) -> str:
        """What it is called in the table of slots, where names sort by time."""
        return self.date.isoformat()


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

    Known gap: after a change of `days` while the program was down, days that are only in the new list count as skipped.
    """
    last = latest_due(now, options)
    if last is None or (newest is not None and last.key < newest.slot):
        return Decision()
    if newest is None or last.key > newest.slot:
        return Decision(last, _between(newest, last, options))
    free = newest.state in ("running", "failed") and newest.until is not None and newest.until <= now
    return Decision(last if free else None)


def _between(newest: SlotEntry | None, last: Slot, options: ScheduleConfig) -> tuple[Slot, ...]:
    """Slots after what is known and before the last one that is due."""
    if newest is None:
        return ()
    days = range(-_HORIZON_DAYS, 1)
    return tuple(slot for slot in _slots_around(last.due_at, options, days) if newest.slot < slot.key < last.key)


def latest_due(now: datetime, options: ScheduleConfig) -> Slot | None:
    """The last slot with `due_at <= now`; None only if there was none for two weeks."""
    backwards = _slots_around(now, options, range(1, -_HORIZON_DAYS - 1, -1))
    return next((slot for slot in backwards if slot.due_at <= now), None)


def next_due(now: datetime, options: ScheduleConfig) -> Slot:
    """The first slot with `due_at > now`."""
    return next(slot for slot in _slots_around(now, options, range(-1, _HORIZON_DAYS + 1)) if slot.due_at > now)


def soonest(now: datetime, timetables: Mapping[str, ScheduleConfig]) -> datetime:
    """When the next slot of any profile is due, in that profile's zone."""
    coming = [(next_due(now, options).due_at, options.timezone) for options in timetables.values()]
    due_at, zone = min(coming)
    return due_at.astimezone(ZoneInfo(zone))


def _slots_around(now: datetime, options: ScheduleConfig, days: Iterable[int]) -> Iterator[Slot]:
    """One slot for each allowed local date among these days from that of `now`, in their order."""
    zone, at = ZoneInfo(options.timezone), time.fromisoformat(options.time)
    today = now.astimezone(zone).date()
    for offset in days:
        day = today + offset * _DAY
        if WEEKDAYS[day.weekday()] in options.days and _exists(day, zone):
            yield Slot(day, instant(datetime.combine(day, at), zone))


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the zone had this date at all: Samoa went from 29 to 31 December 2011."""
    noon = datetime.combine(day, time(12), tzinfo=zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """A wall-clock time as UTC: the first one when clocks go back over it, the end of the gap when they skip it."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    # In a gap, fold=1 reads the time with the offset after it: an instant before the clocks change; `first` is after.
    return _clock_change(local.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second in (before, after] that has the offset of `after`."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, round((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)
