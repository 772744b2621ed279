"""The daemon makes what is due, survives what fails, and stops when told, after the digest it is making."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Timer

import pytest

from monitor.config import ScheduleConfig
from monitor.errors import BusyError, ConfigError, Problem, StorageError
from monitor.protocols import Store
from monitor.records import DueSlot
from monitor.schedule import Duties, Systemd
from monitor.schedule.daemon import _Looker, retry_pause
from tests.schedule.conftest import PATIENCE_S, Daemon, Ear, utc

Start = Callable[..., Daemon]
DUE = utc("2026-03-09 11:30")  # 06:30 daylight time
SLOT = DueSlot("everyone", "2026-03-09")
HOUR = timedelta(hours=1)


def test_what_became_due_while_it_was_down_is_made_at_the_start(daemon: Start) -> None:
    assert daemon(DUE + 3 * HOUR).next_made() == (SLOT,)


def test_a_slot_is_run_once_and_the_next_one_when_its_time_has_come(daemon: Start) -> None:
    it = daemon(DUE)
    assert it.next_made() == (SLOT,)
    it.wait_until_idle()
    it.clock.now = DUE + 24 * HOUR - timedelta(seconds=1)
    it.wait_until_idle()
    assert it.made.empty()
    it.clock.now = DUE + 24 * HOUR
    assert it.next_made()[0].slot == "2026-03-10"
    it.wait_until_idle()
    it.end()
    assert it.made.empty()
    assert [entry.state for entry in it.book().values()] == ["done", "done"]


def test_a_clock_that_is_set_back_two_hours_repeats_nothing_and_makes_no_earlier_day(daemon: Start) -> None:
    it = daemon(DUE)
    assert it.next_made() == (SLOT,)
    it.wait_until_idle()
    for hours in (2, 1, 0):
        it.clock.now = DUE - hours * HOUR
        it.wait_until_idle()
    it.end()
    assert it.made.empty()
    assert list(it.book()) == ["2026-03-09"]


def test_a_clock_that_is_set_back_does_not_keep_it_asleep(daemon: Start) -> None:
    """What is deferred goes on being sent at every look, though the next slot is further away than before."""
    it = daemon(DUE)
    it.next_made()
    it.clock.now = DUE - 48 * HOUR
    it.wait_until_idle(looks=5)


def test_an_alarm_that_waits_for_a_time_far_ahead_rings_once_the_clock_is_heeded() -> None:
    """As after the machine's clock was set back: the scheduler waits for a time of the wall clock."""
    looks: SimpleQueue[None] = SimpleQueue()
    duties = Duties(
        lambda: {"everyone": ScheduleConfig()}, _no_store, lambda _slots: "", say=lambda _event: looks.put(None)
    )
    looker = _Looker(duties, lambda: DUE, 60, Systemd())
    looker.start()
    try:
        looks.get(timeout=PATIENCE_S)
        assert looker.at_rest.wait(PATIENCE_S)
        looker._job.modify(next_run_time=datetime.now(UTC) + 2 * HOUR)
        looker.heed_clock()
        looks.get(timeout=PATIENCE_S)
        assert looker._job.next_run_time < datetime.now(UTC) + timedelta(minutes=2)
    finally:
        looker.end()
    assert looker.at_rest.wait(PATIENCE_S)


def _no_store() -> AbstractContextManager[Store]:
    raise StorageError("the database is away")


def test_after_three_days_of_standing_still_the_last_slot_is_made_and_the_others_are_noted(daemon: Start) -> None:
    """A suspended machine, or a clock that jumps ahead."""
    it = daemon(DUE)
    it.next_made()
    it.wait_until_idle()
    it.clock.now = DUE + 74 * HOUR
    assert it.next_made()[0].slot == "2026-03-12"
    it.wait_until_idle()
    it.end()
    assert {slot: entry.state for slot, entry in it.book().items()} == {
        "2026-03-09": "done",
        "2026-03-10": "skipped",
        "2026-03-11": "skipped",
        "2026-03-12": "done",
    }
    assert "not made while nothing was running: 2026-03-10, 2026-03-11" in it.events


@pytest.mark.parametrize(
    ("down", "made", "skipped"),
    [(3 * HOUR, "2026-03-09", []), (75 * HOUR, "2026-03-12", ["2026-03-11", "2026-03-10", "2026-03-09"])],
)
def test_after_downtime_the_last_slot_is_made_and_those_before_it_are_noted(
    daemon: Start, down: timedelta, made: str, skipped: list[str]
) -> None:
    before = DUE - timedelta(minutes=30)
    first = daemon(before)
    assert first.next_made()[0].slot == "2026-03-08"
    first.end()
    second = daemon(before + down)
    assert [slot.slot for slot in second.next_made()] == [made]
    second.wait_until_idle()
    second.end()
    assert second.made.empty()
    assert [slot for slot, entry in second.book().items() if entry.state == "skipped"] == skipped


def test_restarted_five_times_around_the_slot_it_makes_it_once(daemon: Start) -> None:
    made: list[DueSlot] = []
    for minutes in (-2, -1, 0, 1, 2):
        it = daemon(DUE + timedelta(minutes=minutes))
        it.wait_until_idle()
        it.end()
        while not it.made.empty():
            made += it.made.get()
    assert [slot.slot for slot in made] == ["2026-03-08", "2026-03-09"]


def test_profiles_that_are_due_together_are_made_in_one_run_and_others_at_their_own_time(daemon: Start) -> None:
    timetables = {
        "everyone": ScheduleConfig(time="06:30", timezone="America/Chicago"),
        "texas": ScheduleConfig(time="05:30", timezone="America/Denver"),
        "tijuana": ScheduleConfig(time="06:30", timezone="America/Tijuana"),
        "weekly": ScheduleConfig(time="06:30", timezone="America/Chicago", days=("thu",)),
    }
    it = daemon(DUE - timedelta(seconds=1), timetables=timetables)
    it.next_made()
    it.clock.now = DUE
    assert [slot.profile_id for slot in it.next_made()] == ["everyone", "texas"]
    it.clock.now = DUE + 2 * HOUR
    assert it.next_made() == (DueSlot("tijuana", "2026-03-09"),)
    assert "digest of 2026-03-09 (everyone, texas) is due" in it.events


def test_one_a_day_and_several_a_day_are_served_together(daemon: Start) -> None:
    timetables = {"everyone": ScheduleConfig(), "desk": ScheduleConfig(times=("06:30", "18:00"))}
    it = daemon(DUE, timetables=timetables)
    assert it.next_made() == (SLOT, DueSlot("desk", "2026-03-09T0630"))
    it.wait_until_idle()
    it.clock.now = utc("2026-03-09 23:00")
    assert it.next_made() == (DueSlot("desk", "2026-03-09T1800"),)
    it.wait_until_idle()
    it.end()
    assert {slot: entry.state for slot, entry in it.book().items()} == {
        "2026-03-09": "done",
        "2026-03-09T0630": "done",
        "2026-03-09T1800": "done",
    }


def test_a_slot_that_a_clock_change_brings_to_the_instant_of_another_is_told_and_kept_with_the_reason(
    daemon: Start,
) -> None:
    it = daemon(utc("2026-03-07 09:00"), timetables={"desk": ScheduleConfig(times=("02:30", "03:00"))})
    it.next_made()
    it.wait_until_idle()
    it.clock.now = utc("2026-03-08 08:00")
    assert it.next_made() == (DueSlot("desk", "2026-03-08T0300"),)
    it.wait_until_idle()
    it.end()
    entry = it.book()["2026-03-08T0230"]
    assert (entry.state, entry.detail) == (
        "skipped",
        "the clocks skip its time: it falls on the instant of the next one",
    )
    assert f"2026-03-08T0230 is not made: {entry.detail}" in it.events


def test_a_failed_slot_is_reported_and_tried_again_and_the_daemon_lives_on(
    daemon: Start, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([OSError("disk on fire")])

    def fail_once(_slots: tuple[DueSlot, ...]) -> str:
        for failure in failures:
            raise failure
        return ""

    it = daemon(DUE, make=fail_once)
    assert it.next_made() == (SLOT,)
    it.wait_until_idle()
    assert it.made.empty()
    assert it.book()["2026-03-09"].detail == "disk on fire"
    it.clock.now += retry_pause(1)
    assert it.next_made() == (SLOT,)
    it.wait_until_idle()
    it.clock.now += retry_pause(5)
    it.wait_until_idle()
    it.end()
    assert it.made.empty()
    assert any("2026-03-09 failed: disk on fire; next try 11:35 UTC" in event for event in it.events)
    assert it.told == ["disk on fire", ""]
    assert "disk on fire" in caplog.text


def test_what_can_be_expected_to_fail_leaves_one_line_and_no_way_through_the_program(
    daemon: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_slots: tuple[DueSlot, ...]) -> str:
        raise StorageError("the disk is full → make room")

    it = daemon(DUE, make=fail)
    it.wait_until_idle()
    it.end()
    assert any("failed: the disk is full → make room" in event for event in it.events)
    (told,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert not told.exc_info


def test_the_pause_after_a_failure_outlives_the_daemon(daemon: Start, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_slots: tuple[DueSlot, ...]) -> str:
        raise OSError("no space left")

    first = daemon(DUE, make=fail)
    first.wait_until_idle()
    first.end()
    second = daemon(DUE + timedelta(minutes=4))
    second.wait_until_idle()
    assert second.made.empty()
    second.clock.now = DUE + timedelta(minutes=5)
    assert second.next_made() == (SLOT,)
    assert "no space left" in caplog.text


def test_a_run_by_hand_that_is_under_way_is_waited_for_and_is_no_failure(daemon: Start) -> None:
    busy = iter([BusyError("another run is under way")])

    def make(_slots: tuple[DueSlot, ...]) -> str:
        for error in busy:
            raise error
        return ""

    it = daemon(DUE, make=make)
    it.next_made()
    it.wait_until_idle()
    it.clock.now += timedelta(minutes=1)
    assert it.next_made() == (SLOT,)
    it.wait_until_idle()
    assert it.told == [""]
    assert "digest of 2026-03-09 waits: another run is under way" in it.events


def test_what_is_wrong_with_a_digest_that_was_made_is_told_and_it_is_not_made_again(daemon: Start) -> None:
    it = daemon(DUE, make=lambda _slots: "the mail server refuses us")
    it.wait_until_idle()
    it.end()
    assert it.told == ["the mail server refuses us"]
    assert it.book()["2026-03-09"].state == "done"
    assert it.book()["2026-03-09"].detail == "the mail server refuses us"


def test_it_has_time_for_other_work_when_nothing_is_due_and_survives_its_failure(
    daemon: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def idle() -> None:
        raise OSError("no network")

    it = daemon(DUE, idle=idle)
    it.wait_until_idle(looks=3)
    it.end()
    assert it.next_made() == (SLOT,)
    assert "between two digests: no network" in it.events
    assert "no network" in caplog.text


def test_a_database_that_is_away_is_said_and_asked_again(
    daemon: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "monitor.db").write_bytes(b"no database at all, but long enough to be read as one" * 20)
    it = daemon(DUE)
    while not any("cannot look what is due: " in event for event in tuple(it.events)):
        it.clock.looks.get(timeout=10)
    (tmp_path / "monitor.db").unlink()
    assert it.next_made() == (SLOT,)
    assert "look failed" in caplog.text


def test_pauses_between_tries_double_up_to_two_hours() -> None:
    minutes = [retry_pause(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 4, 5, 6, 99)]
    assert minutes == [5, 10, 20, 40, 80, 120, 120]


def test_it_says_when_the_next_digest_is_due_in_local_time(daemon: Start) -> None:
    it = daemon(DUE - HOUR)
    it.end()
    assert "waiting; next digest 2026-03-09 06:30 CDT" in it.events


# ---------------------------------------------------------------- SIGHUP


def test_sighup_takes_a_new_timetable_and_a_broken_one_leaves_the_old(
    daemon: Start, caplog: pytest.LogCaptureFixture
) -> None:
    it = daemon(DUE)
    it.next_made()
    it.reloads.put(ConfigError(Problem("feeds.yaml", "line 3, schedule.time", "is no time of day", 'write "06:30"')))
    it.words.put("SIGHUP")
    it.wait_until_idle()
    it.reloads.put({"everyone": ScheduleConfig(time="18:00")})
    it.words.put("SIGHUP")
    it.wait_until_idle()
    it.end()
    told = "\n".join(it.events)
    broken, _, mended = told.partition("feeds.yaml: line 3, schedule.time: is no time of day")
    assert "the old one stays" in broken
    assert "next digest 2026-03-10 06:30 CDT" in mended
    assert "the configuration was read again\nnext digest 2026-03-09 18:00 CDT" in mended
    assert it.made.empty(), "today's digest is made already, whatever the new time"


# ---------------------------------------------------------------- systemd


def test_systemd_hears_that_it_is_ready_lives_reads_again_and_stops(daemon: Start, ear: Ear) -> None:
    it = daemon(DUE, systemd=Systemd(ear.address, watchdog_s=0.03))
    assert ear.wait_for("READY=1") == "READY=1\nSTATUS=next digest 2026-03-10 06:30 CDT"
    ear.wait_for("WATCHDOG=1")
    it.reloads.put({"everyone": ScheduleConfig(time="06:00")})
    it.words.put("SIGHUP")
    assert ear.wait_for("RELOADING=1").startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert ear.wait_for("READY=1") == "READY=1\nSTATUS=next digest 2026-03-10 06:00 CDT"
    it.words.put("SIGTERM")
    ear.wait_for("STOPPING=1")
    it.end()


def test_systemd_is_understood_from_the_environment() -> None:
    ours = {"NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}
    assert Systemd.of(ours) == Systemd("/run/n", 30.0)
    assert Systemd.of({**ours, "WATCHDOG_PID": "1"}) == Systemd("/run/n", None)
    assert Systemd.of({}) == Systemd()


def test_a_notify_socket_that_is_gone_is_no_failure(daemon: Start, tmp_path: Path) -> None:
    it = daemon(DUE, systemd=Systemd(str(tmp_path / "gone")))
    assert it.next_made() == (SLOT,)


# ---------------------------------------------------------------- a process of its own


_CHILD = """
import sys, tempfile
from contextlib import closing
from pathlib import Path
from monitor.config import ScheduleConfig
from monitor.schedule import Duties, run_daemon
from monitor.store import open_store


def make(slots):
    print("started", flush=True)
    sys.stdin.readline()
    print("finished", flush=True)
    return ""


with tempfile.TemporaryDirectory() as folder:
    run_daemon(
        Duties(
            timetables=lambda: {"everyone": ScheduleConfig()},
            open_store=lambda: closing(open_store("sqlite:///a.db", folder=Path(folder))),
            make=make,
            say=lambda event: print(event, flush=True),
        )
    )
print("bye", flush=True)
"""


@contextmanager
def child_that_stops(number: signal.Signals) -> Iterator[subprocess.Popen[str]]:
    """A daemon in a process of its own that was told to end while it makes a digest; any line lets it finish that."""
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env=os.environ,
    ) as child:
        watchdog = Timer(60, child.kill)
        watchdog.start()
        assert child.stdout is not None
        assert "started\n" in child.stdout
        child.send_signal(number)
        assert any(f"{number.name}: stopping" in line for line in child.stdout)
        yield child
        watchdog.cancel()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_running_digest_finish_and_exits_with_0(number: signal.Signals) -> None:
    with child_that_stops(number) as child:
        assert child.poll() is None
        rest, _ = child.communicate("go on\n", timeout=30)
    assert rest.startswith("finished\n")
    assert rest.endswith("bye\n")
    assert child.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(number: signal.Signals) -> None:
    with child_that_stops(signal.SIGTERM) as child:
        child.send_signal(number)
        assert child.wait(timeout=30) == -number
        assert child.stdout is not None
        assert "finished\n" not in child.stdout
