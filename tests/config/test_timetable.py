"""What a timetable makes of the local calendar: names, order and instants of its slots; what feeds.yaml may say."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.config import Config, ScheduleConfig
from monitor.config.models import ProfileConfig
from monitor.config.timetable import slot_by_hand, slots_of_day
from monitor.records import Edition, read_slot, slot_date, slot_name, slot_of, slot_time

TWICE = ScheduleConfig(times=("18:30", "06:30"), timezone="America/Chicago")
ONCE = ScheduleConfig(timezone="America/Chicago")


def names(day: date, options: ScheduleConfig) -> list[str]:
    return [slot.key for slot in slots_of_day(day, options)]


def test_one_a_day_is_called_by_its_date_and_several_by_date_and_time_in_the_order_of_the_day() -> None:
    day = date(2026, 3, 9)
    assert names(day, ONCE) == ["2026-03-09"]
    assert names(day, ScheduleConfig(times=("06:30",))) == ["2026-03-09"]
    assert names(day, TWICE) == ["2026-03-09T0630", "2026-03-09T1830"]


def test_a_date_the_zone_never_had_has_no_slots() -> None:
    assert names(date(2011, 12, 30), ScheduleConfig(times=("06:30", "18:30"), timezone="Pacific/Apia")) == []


def test_times_that_the_clocks_skip_are_due_at_the_end_of_the_gap_also_where_that_is_another_slot() -> None:
    nightly = ScheduleConfig(times=("01:30", "02:15", "02:45", "03:00"), timezone="America/Chicago")
    end_of_gap = datetime(2026, 3, 8, 8, tzinfo=UTC)
    due = [slot.due_at for slot in slots_of_day(date(2026, 3, 8), nightly)]
    assert due == [end_of_gap - timedelta(minutes=30), end_of_gap, end_of_gap, end_of_gap]


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-03-09 05:01", "2026-03-09T0630"),  # 00:01: before the first one of the day
        ("2026-03-09 11:29", "2026-03-09T0630"),
        ("2026-03-09 11:30", "2026-03-09T0630"),
        ("2026-03-09 23:29", "2026-03-09T0630"),
        ("2026-03-09 23:30", "2026-03-09T1830"),
        ("2026-03-10 04:59", "2026-03-09T1830"),
        ("2026-03-10 05:00", "2026-03-10T0630"),  # a new local day
    ],
)
def test_a_run_by_hand_is_the_last_one_of_today_that_is_due_before_the_first_that_one(now: str, slot: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert slot_by_hand(at, TWICE).key == slot
    assert slot_by_hand(at, ONCE).key == slot[:10]


def test_a_run_by_hand_in_the_hour_that_comes_twice_is_that_of_the_time_that_was_due_the_first_time() -> None:
    nightly = ScheduleConfig(times=("01:15", "01:45"), timezone="America/Chicago")
    second_time = datetime(2026, 11, 1, 7, 20, tzinfo=UTC)  # 01:20 again
    assert slot_by_hand(second_time, nightly).key == "2026-11-01T0145"


def test_a_run_by_hand_on_a_day_without_a_digest_is_that_days() -> None:
    weekly = ScheduleConfig(days=("mon",), timezone="UTC")
    assert slot_by_hand(datetime(2026, 3, 10, 12, tzinfo=UTC), weekly).key == "2026-03-10"


# ---------------------------------------------------------------- names


@given(
    day=st.dates(min_value=date(1000, 1, 1)),
    at=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_a_slots_name_tells_its_date_and_time_and_is_found_in_the_editions_key(day: date, at: time | None) -> None:
    name = slot_name(day, at)
    assert (slot_date(name), slot_time(name), read_slot(name)) == (day, at, name)
    assert slot_of(f"every/one/{name}", day) == name


@given(slots=st.lists(st.tuples(st.dates(min_value=date(1000, 1, 1)), st.times()), min_size=2))
def test_names_sort_as_their_times_do(slots: list[tuple[date, time]]) -> None:
    minutes = [(day, at.replace(second=0, microsecond=0)) for day, at in slots]
    assert sorted(slot_name(*slot) for slot in minutes) == [slot_name(*slot) for slot in sorted(minutes)]


def test_a_time_may_be_written_with_its_colon_and_what_is_no_slot_is_refused_with_an_example() -> None:
    assert read_slot("2026-03-08T18:00") == "2026-03-08T1800"
    for text in (
        "",
        "2026-03",
        "20260308",
        "2026-W10-7",
        "2026-03-08T",
        "2026-03-08T18",
        "2026-03-08T2500",
        "2026-02-30",
    ):
        with pytest.raises(ValueError, match="2026-03-08T1800"):
            read_slot(text)


def test_an_edition_whose_key_has_no_slot_is_that_of_its_date() -> None:
    at = datetime(2026, 3, 8, tzinfo=UTC)
    alert = Edition("alert/fentanyl/0123456789abcdef/4-en-es", "alert/fentanyl", at.date(), "", (), (), at, at, "")
    assert (alert.slot, alert.time_of_day) == ("2026-03-08", None)


# ---------------------------------------------------------------- feeds.yaml


def timetable(schedule: dict[str, Any], **profile: Any) -> ScheduleConfig:
    config = Config.model_validate(
        {
            "schedule": schedule,
            "profiles": [{"id": "everyone", **profile}],
            "feeds": [{"id": "lantern", "name": "Lantern", "url": "https://lantern.example/feed", "language": "en"}],
        }
    )
    return config.timetables()["everyone"]


@pytest.mark.parametrize(
    ("schedule", "profile", "expected"),
    [
        ({}, {}, [time(6, 30)]),
        ({"times": ["18:00", "06:30"]}, {}, [time(6, 30), time(18)]),
        ({"times": ["18:00", "06:30"]}, {"time": "05:00"}, [time(5)]),
        ({"time": "05:00"}, {"times": ["12:00", "09:00"]}, [time(9), time(12)]),
        ({"times": ["18:00", "06:30"]}, {"times": ["07:00"]}, [time(7)]),
    ],
)
def test_a_profiles_own_time_or_times_take_the_place_of_the_schedules(
    schedule: dict[str, Any], profile: dict[str, Any], expected: list[time]
) -> None:
    assert list(timetable(schedule, **profile).times_of_day) == expected


@pytest.mark.parametrize(
    ("section", "said", "problem"),
    [
        (ScheduleConfig, {"time": "06:30", "times": ["18:00"]}, "keep one of them"),
        (ProfileConfig, {"id": "everyone", "time": "06:30", "times": ["18:00"]}, "keep one of them"),
        (ScheduleConfig, {"times": ["06:30", "18:00", "06:30"]}, "'06:30' is said twice"),
        (ScheduleConfig, {"times": []}, "at least 1"),
        (ScheduleConfig, {"times": ["6:30"]}, "'6:30' is no time of day"),
        (ScheduleConfig, {"times": [f"{n:02}:00" for n in range(24)] + ["00:30"]}, "at most 24"),
    ],
)
def test_a_list_of_times_that_cannot_be_meant_is_refused(
    section: type[ScheduleConfig], said: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        section.model_validate(said)
