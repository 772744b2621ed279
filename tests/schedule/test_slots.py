"""Exactly one slot for each allowed local date, through every clock change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import WEEKDAYS, ScheduleConfig
from monitor.schedule import Slot, latest_due, next_due

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Tijuana",
    "America/Ciudad_Juarez",
    "America/Ojinaga",
    "America/Phoenix",
    "America/Mexico_City",
    "America/Hermosillo",
    "Europe/Madrid",
    "Africa/Cairo",  # clocks change at midnight
    "America/Santiago",  # likewise
    "America/Nuuk",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kwajalein",  # had no 21 August 1993
)
TIMES = ("00:00", "00:30", "01:30", "02:30", "03:00", "06:30", "12:00", "22:30", "23:59")


def options(zone: str, time: str = "06:30", days: tuple[str, ...] = WEEKDAYS) -> ScheduleConfig:
    return ScheduleConfig(time=time, timezone=zone, days=days)  # type: ignore[arg-type]


def slots(schedule: ScheduleConfig, start: datetime, end: datetime) -> list[Slot]:
    """All slots after `start` and until `end`, one by one as the daemon would meet them."""
    found: list[Slot] = []
    slot = next_due(start, schedule)
    while slot.due_at <= end:
        found.append(slot)
        slot = next_due(slot.due_at, schedule)
    return found


def local_dates(zone: str, start: datetime, end: datetime) -> list[date]:
    """The dates a wall calendar in `zone` shows, found by looking at it every half hour."""
    looks = round((end - start) / timedelta(minutes=30))
    return sorted({(start + look * timedelta(minutes=30)).astimezone(ZoneInfo(zone)).date() for look in range(looks)})


def instants(first_year: int) -> st.SearchStrategy[datetime]:
    """UTC instants from `first_year` until 2037, to which today's zone rules are written out."""
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
    return st.integers(int(start.timestamp()), int(end.timestamp())).map(lambda s: datetime.fromtimestamp(s, UTC))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("time", ["00:00", "02:30", "06:30", "23:59"])
def test_each_date_the_zone_had_gets_exactly_one_slot_for_years(zone: str, time: str) -> None:
    for year in (1993, 2011, 2026):
        start, end = datetime(year, 1, 3, tzinfo=UTC), datetime(year + 1, 1, 3, tzinfo=UTC)
        dates = [slot.date for slot in slots(options(zone, time), start, end)]
        expected = local_dates(zone, start, end)
        assert dates == [day for day in expected if dates[0] <= day <= dates[-1]]
        assert len(dates) >= len(expected) - 2


@given(
    zone=st.sampled_from(ZONES),
    time=st.sampled_from(TIMES),
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    now=instants(1990),
)
@settings(max_examples=300, deadline=None)
def test_the_last_slot_is_due_and_the_next_is_not_and_no_date_lies_between(
    zone: str, time: str, days: set[str], now: datetime
) -> None:
    schedule = options(zone, time, tuple(days))
    last, coming = latest_due(now, schedule), next_due(now, schedule)
    assert last is not None
    assert last.due_at <= now < coming.due_at
    assert latest_due(coming.due_at, schedule) == coming
    assert next_due(coming.due_at - timedelta(microseconds=1), schedule) == coming
    assert next_due(last.due_at, schedule) == coming
    assert {WEEKDAYS[slot.date.weekday()] for slot in (last, coming)} <= days


@given(
    zone=st.sampled_from(ZONES),
    time=st.sampled_from(TIMES),
    now=instants(2000),
)
@settings(max_examples=300, deadline=None)
def test_a_slot_is_due_when_the_wall_clock_first_shows_its_time_or_has_jumped_over_it(
    zone: str, time: str, now: datetime
) -> None:
    slot = next_due(now, options(zone, time))
    wall = slot.due_at.astimezone(ZoneInfo(zone))
    before = (slot.due_at - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    wanted = datetime.fromisoformat(f"{slot.date} {time}")
    assert wall.replace(tzinfo=None) >= wanted > before.replace(tzinfo=None)
    assert wall.replace(tzinfo=None) == wanted or wall.utcoffset() != before.utcoffset()


@pytest.mark.parametrize(
    ("zone", "time", "day", "due_at"),
    [
        # The clocks skip 02:00 to 03:00: due when they have.
        ("America/New_York", "02:30", date(2026, 3, 8), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("America/Tijuana", "02:30", date(2026, 3, 8), datetime(2026, 3, 8, 10, 0, tzinfo=UTC)),
        # 01:30 comes twice: due the first time.
        ("America/New_York", "01:30", date(2026, 11, 1), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        # No clock changes: Arizona never, most of Mexico not since 2022.
        ("America/Phoenix", "02:30", date(2026, 3, 8), datetime(2026, 3, 8, 9, 30, tzinfo=UTC)),
        ("America/Mexico_City", "02:30", date(2026, 4, 5), datetime(2026, 4, 5, 8, 30, tzinfo=UTC)),
        # Ciudad Juárez keeps El Paso's time since 30 November 2022.
        ("America/Ciudad_Juarez", "06:30", date(2026, 3, 7), datetime(2026, 3, 7, 13, 30, tzinfo=UTC)),
        ("America/Ciudad_Juarez", "06:30", date(2026, 3, 8), datetime(2026, 3, 8, 12, 30, tzinfo=UTC)),
        # Midnight itself is skipped.
        ("Africa/Cairo", "00:00", date(2026, 4, 24), datetime(2026, 4, 23, 22, 0, tzinfo=UTC)),
    ],
)
def test_known_clock_changes(zone: str, time: str, day: date, due_at: datetime) -> None:
    slot = next_due(due_at - timedelta(seconds=1), options(zone, time))
    assert slot == Slot(day, due_at)


def test_a_date_the_zone_never_had_gets_no_slot() -> None:
    schedule = options("Pacific/Apia", "06:30", ("fri",))
    found = slots(schedule, datetime(2011, 12, 20, tzinfo=UTC), datetime(2012, 1, 10, tzinfo=UTC))
    assert [slot.date for slot in found] == [date(2011, 12, 23), date(2012, 1, 6)]


def test_after_days_of_downtime_only_the_last_slot_is_due() -> None:
    schedule = options("America/Chicago", "06:30", ("mon", "wed", "fri"))
    slot = latest_due(datetime(2026, 3, 15, 12, 0, tzinfo=UTC), schedule)
    assert slot == Slot(date(2026, 3, 13), datetime(2026, 3, 13, 11, 30, tzinfo=UTC))
