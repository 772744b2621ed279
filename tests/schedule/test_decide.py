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


@given(steps=st.lists(st.integers(-4 * 24 * 60, 4 * 24 * 60), max_size=40), zone=st.sampled_from(("UTC", "Asia/Tokyo")))
@settings(max_examples=200, deadline=None)
def test_however_the_clock_jumps_no_slot_is_made_twice_and_days_only_go_forward(steps: list[int], zone: str) -> None:
    options = OPTIONS.model_copy(update={"timezone": zone})
    now, newest, days = datetime(2026, 6, 1, tzinfo=UTC), None, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        decision = decide(now, options, newest)
        days += [slot.key for slot in decision.skipped]
        if decision.make:
            days.append(decision.make.key)
            newest = SlotEntry("everyone", decision.make.key, decision.make.due_at, "done", now)
    assert days == sorted(set(days))
