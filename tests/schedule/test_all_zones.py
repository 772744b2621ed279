"""Every zone of the world, four years of clock changes: one slot per local date, whatever the time of day."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest

from monitor.config import ScheduleConfig
from monitor.records import SlotEntry
from monitor.schedule import Slot, decide, latest_due, next_due

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


@cache
def distinct() -> dict[str, list[datetime]]:
    """The changes of one zone of each set whose clocks went alike, to the half hour: links and neighbours."""
    seen: dict[tuple[object, ...], str] = {}
    found = {}
    for name in ZONES:
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
    zones = distinct()
    for name in sorted(zones)[part::PARTS]:
        for day in (*zones[name], *SAMPLE):
            for time in TIMES:
                met = dates_met(ScheduleConfig(time=time, timezone=name), day - DAY, day + 2 * DAY)
                assert met == [met[0] + n * DAY for n in range(len(met))], (name, time, day)
                assert len(met) >= 3


PAIRS = (("00:00", "00:30"), ("01:30", "02:00"), ("02:15", "02:45"), ("02:30", "03:00"), ("00:00", "23:30"))


def met(options: ScheduleConfig, start: datetime, end: datetime) -> list[tuple[Slot, bool]]:
    """The slots that a daemon meets that looks when each is due, and every seven hours; whether it makes each."""
    told: list[tuple[Slot, bool]] = []
    now, newest = start, None
    while now <= end:
        decision = decide(now, options, newest)
        told += [(slot, False) for slot in decision.skipped]
        if decision.make:
            told.append((decision.make, True))
            newest = SlotEntry("everyone", decision.make.key, decision.make.due_at, "done", now)
        now = min(next_due(now, options).due_at, now + timedelta(hours=7))
    return told


@pytest.mark.parametrize("part", range(PARTS))
def test_two_times_a_day_around_each_clock_change_are_told_once_each_in_order_and_one_at_an_instant(part: int) -> None:
    """Made, or skipped, and that only where the clocks bring both to one instant."""
    zones = distinct()
    together = 0
    for name in sorted(zones)[part::PARTS]:
        for day, pair in product(zones[name], PAIRS):
            told = met(ScheduleConfig(times=pair, timezone=name), day - DAY, day + 2 * DAY)
            keys = [slot.key for slot, _ in told]
            made = [slot.due_at for slot, is_made in told if is_made]
            skipped = [slot.due_at for slot, is_made in told if not is_made]
            assert keys == all_keys(keys[0], keys[-1], pair), (name, pair, day)
            assert len(keys) >= 5
            assert made == sorted(set(made)), (name, pair, day)
            assert set(skipped) <= set(made), (name, pair, day)
            together += len(skipped)
    assert together > 0


def all_keys(first: str, last: str, pair: tuple[str, str]) -> list[str]:
    """Every date with every time from the first to the last of these."""
    start, end = (date.fromisoformat(key[:10]) for key in (first, last))
    days = [start + n * DAY for n in range((end - start).days + 1)]
    keys = [f"{day}T{time.replace(':', '')}" for day in days for time in pair]
    return [key for key in keys if first <= key <= last]
