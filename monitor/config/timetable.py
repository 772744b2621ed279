"""The slots of a timetable: the local calendar turned into instants. Pure.

A zone's clocks may skip a time, or show it twice; a zone may skip a whole date. Here it is decided what is due then.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.config.schedule import ScheduleConfig
from monitor.records import slot_name


@dataclass(frozen=True, slots=True)
class Slot:
    """The digest of one local date, of several a day that of one time, and the instant (UTC) from which it is due."""

    date: date
    due_at: datetime
    time_of_day: time | None = None  # None: the one of its date

    @property
    def key(self) -> str:
        """What it is called in the table of slots, where names sort by time."""
        return slot_name(self.date, self.time_of_day)


def slots_of_day(day: date, options: ScheduleConfig) -> tuple[Slot, ...]:
    """The slots of a local date in the order in which they are due; none when the zone never had that date.

    Whether digests are made on that day of the week is not asked. Of two times that the clocks skip, or of one and the
    end of the gap, both are due at the same instant.
    """
    zone = ZoneInfo(options.timezone)
    if not _exists(day, zone):
        return ()
    times = options.times_of_day
    return tuple(Slot(day, instant(datetime.combine(day, at), zone), at if len(times) > 1 else None) for at in times)


def slot_by_hand(now: datetime, options: ScheduleConfig) -> Slot:
    """The slot that a run by hand makes: of today's the last one that is due, before the first of them that one.

    So a run by hand is the day's digest before its time as well as after it, and one that cron starts at each time
    makes each of them. The schedule's `days` do not count.
    """
    today = now.astimezone(ZoneInfo(options.timezone)).date()
    slots = slots_of_day(today, options)
    return next((slot for slot in reversed(slots) if slot.due_at <= now), slots[0])


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
