"""The catch-up rule, case by case: what a look decides from the clock and the newest slot that is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import ScheduleConfig
from monitor.records import SlotEntry, SlotState
from monitor.schedule import Decision, decide
from tests.schedule.conftest import utc

OPTIONS = ScheduleConfig(time="06:30", timezone="America/Chicago")
DUE = utc("2026-03-09 11:30")
HOUR = timedelta(hours=1)
DONE = SlotEntry("everyone", "2026-03-09", DUE, "done", DUE)


def made(decision: Decision) -> str:
    return decision.make.key if decision.make else ""


def test_a_new_installation_makes_the_last_slot_and_counts_nothing_as_skipped() -> None:
    decision = decide(DUE + HOUR, OPTIONS, None)
    assert (made(decision), decision.skipped) == ("2026-03-09", ())


@pytest.mark.parametrize("hours", [-50, -2, 0, 1, 23.99])
def test_a_done_slot_and_those_before_it_are_left_alone(hours: float) -> None:
    assert decide(DUE + hours * HOUR, OPTIONS, DONE) == Decision()


@pytest.mark.parametrize(
    ("state", "minutes", "expected"),
    [
        ("running", 59, ""),  # its daemon lives, or was killed less than a hold ago
        ("running", 60, "2026-03-09"),
        ("failed", 59, ""),
        ("failed", 60, "2026-03-09"),
        ("skipped", 60, ""),
        ("done", 60, ""),
    ],
)
def test_the_newest_slot_is_made_again_only_when_its_maker_is_gone_or_its_pause_over(
    state: SlotState, minutes: int, expected: str
) -> None:
    newest = replace(DONE, state=state, until=DUE + HOUR)
    assert made(decide(DUE + timedelta(minutes=minutes), OPTIONS, newest)) == expected


@pytest.mark.parametrize("state", ["running", "failed", "skipped", "done"])
def test_the_next_slot_is_made_whatever_became_of_the_one_before(state: SlotState) -> None:
    newest = replace(DONE, state=state, until=DUE + 100 * HOUR)
    assert made(decide(DUE + 24 * HOUR, OPTIONS, newest)) == "2026-03-10"


def test_a_year_of_downtime_skips_two_weeks_and_makes_one() -> None:
    decision = decide(DUE + 365 * 24 * HOUR + HOUR, OPTIONS, DONE)
    assert made(decision) == "2027-03-09"
    assert len(decision.skipped) == 15
    assert decision.skipped[-1].key == "2027-03-08"


def test_a_weekly_digest_skips_weeks() -> None:
    weekly = OPTIONS.model_copy(update={"days": ("mon",)})
    decision = decide(DUE + 15 * 24 * HOUR, weekly, DONE)
    assert (made(decision), [slot.key for slot in decision.skipped]) == ("2026-03-23", ["2026-03-16"])


@given(
    steps=st.lists(st.integers(-4 * 24 * 60, 4 * 24 * 60), max_size=40),
    times=st.sets(st.sampled_from(("00:00", "02:30", "03:00", "06:30", "23:30")), min_size=1),
    zone=st.sampled_from(("UTC", "Asia/Tokyo", "America/Chicago", "Africa/Cairo")),
)
@settings(max_examples=300, deadline=None)
def test_however_the_clock_jumps_no_slot_is_made_twice_and_they_only_go_forward(
    steps: list[int], times: set[str], zone: str
) -> None:
    options = ScheduleConfig(times=tuple(times), timezone=zone)
    now, newest, days = datetime(2026, 3, 6, tzinfo=UTC), None, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        decision = decide(now, options, newest)
        days += [slot.key for slot in decision.skipped]
        if decision.make:
            days.append(decision.make.key)
            newest = SlotEntry("everyone", decision.make.key, decision.make.due_at, "done", now)
    assert days == sorted(set(days))


# ---------------------------------------------------------------- several a day

TWICE = ScheduleConfig(times=("06:30", "18:00"), timezone="America/Chicago")
EVENING = utc("2026-03-09 23:00")
MORNING_DONE = replace(DONE, slot="2026-03-09T0630")
EVENING_DONE = SlotEntry("everyone", "2026-03-09T1800", EVENING, "done", EVENING)


def skipped(decision: Decision) -> list[str]:
    return [slot.key for slot in decision.skipped]


def test_each_time_of_a_day_is_a_slot_of_its_own() -> None:
    assert made(decide(DUE, TWICE, None)) == "2026-03-09T0630"
    assert decide(EVENING - HOUR, TWICE, MORNING_DONE) == Decision()
    assert made(decide(EVENING, TWICE, MORNING_DONE)) == "2026-03-09T1800"
    assert decide(DUE + 23 * HOUR, TWICE, EVENING_DONE) == Decision()


def test_after_downtime_the_last_of_several_a_day_is_made_and_the_others_are_skipped() -> None:
    decision = decide(DUE + 36 * HOUR, TWICE, MORNING_DONE)
    assert made(decision) == "2026-03-10T1800"
    assert skipped(decision) == ["2026-03-09T1800", "2026-03-10T0630"]


def test_a_morning_that_fails_gives_way_to_the_evening() -> None:
    failed = replace(MORNING_DONE, state="failed", until=DUE + HOUR)
    assert made(decide(DUE + HOUR, TWICE, failed)) == "2026-03-09T0630"
    assert made(decide(EVENING, TWICE, failed)) == "2026-03-09T1800"


def test_of_two_times_that_a_clock_change_brings_together_the_second_is_made_and_the_first_skipped() -> None:
    nightly = ScheduleConfig(times=("02:30", "03:00"), timezone="America/Chicago")
    newest = SlotEntry("everyone", "2026-03-07T0300", utc("2026-03-07 09:00"), "done", utc("2026-03-07 09:00"))
    assert decide(utc("2026-03-08 07:59"), nightly, newest) == Decision()
    decision = decide(utc("2026-03-08 08:00"), nightly, newest)
    assert (made(decision), skipped(decision)) == ("2026-03-08T0300", ["2026-03-08T0230"])


def test_when_one_a_day_becomes_several_the_days_edition_stands_for_the_times_that_have_passed() -> None:
    assert decide(EVENING - HOUR, TWICE, DONE) == Decision()
    decision = decide(EVENING, TWICE, DONE)
    assert (made(decision), skipped(decision)) == ("2026-03-09T1800", [])


def test_when_several_a_day_become_one_a_day_with_an_edition_gets_no_other() -> None:
    later = ScheduleConfig(time="20:00", timezone="America/Chicago")
    assert decide(EVENING + 3 * HOUR, later, MORNING_DONE) == Decision()
    assert made(decide(EVENING + 26 * HOUR, later, MORNING_DONE)) == "2026-03-10"


def test_one_a_day_whose_time_is_moved_to_later_that_day_is_not_made_again() -> None:
    later = OPTIONS.model_copy(update={"time": "08:00"})
    assert decide(DUE + 2 * HOUR, later, DONE) == Decision()


@pytest.mark.parametrize("newest", [DONE, MORNING_DONE])
def test_no_slot_before_one_that_failed_is_made_in_its_place(newest: SlotEntry) -> None:
    """The clock was set back after it."""
    failed = replace(newest, state="failed", until=DUE - 20 * HOUR)
    assert decide(DUE - 2 * HOUR, TWICE if "T" in newest.slot else OPTIONS, failed) == Decision()
