"""Every zone of the world, four years of clock changes: one slot per local date, whatever the time of day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from monitor.config import ScheduleConfig
from monitor.schedule import latest_due, next_due

FIRST, YEARS = datetime(2024, 1, 1, tzinfo=UTC), 4
TIMES = ("00:00", "00:30", "01:30", "02:30", "07:00")
DAY = timedelta(days=1)
SAMPLE = [FIRST + n * DAY for n in range(45, YEARS * 366, 92)]  # days without a change, for most zones
PARTS = 4  # of the list of zones, so that processes can share the work
ZONES = sorted(available_timezones())


def changes(zone: ZoneInfo) -> list[datetime]:
    """The days (from UTC midnight) of four years within which the zone changed its offset."""
    days = [FIRST + n * DAY for n in range(YEARS * 366)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after]


def distinct(zones: list[str]) -> dict[str, list[datetime]]:
    """The changes of one zone of each set whose clocks went alike, to the half hour: links and neighbours."""
    seen: dict[tuple[object, ...], str] = {}
    found = {}
    for name in zones:
        zone = ZoneInfo(name)
        days = changes(zone)
        looks = [FIRST, *(day + n * timedelta(minutes=30) for day in days for n in range(48))]
        clock = (*days, *(look.astimezone(zone).utcoffset() for look in looks))
        if seen.setdefault(clock, name) == name:
            found[name] = days
    return found


def dates_met(options: ScheduleConfig, start: datetime, end: datetime) -> list[date]:
    """The dates of the slots that a daemon meets that looks when each is due, and an hour later as well."""
    met: list[date] = []
    now = start
    while now <= end:
        slot = latest_due(now, options)
        assert slot is not None
        assert slot.due_at <= now < next_due(now, options).due_at
        if not met or slot.date != met[-1]:
            met.append(slot.date)
        now = min(next_due(now, options).due_at, now + timedelta(hours=7))
    return met


@pytest.mark.parametrize("part", range(PARTS))
def test_each_local_date_around_each_clock_change_gets_exactly_one_slot(part: int) -> None:
    zones = distinct(ZONES)
    for name in sorted(zones)[part::PARTS]:
        for day in (*zones[name], *SAMPLE):
            for time in TIMES:
                met = dates_met(ScheduleConfig(time=time, timezone=name), day - DAY, day + 2 * DAY)
                assert met == [met[0] + n * DAY for n in range(len(met))], (name, time, day)
                assert len(met) >= 3
