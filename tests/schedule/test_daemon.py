"""The daemon makes what is due, survives what fails, and stops when told, after the digest it is making."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from monitor.config import ScheduleConfig
from monitor.schedule import Slot, retry_pause, run_daemon

OPTIONS = ScheduleConfig(time="06:30", timezone="America/Chicago")
DUE = datetime(2026, 3, 9, 11, 30, tzinfo=UTC)  # 06:30 daylight time
SLOT = Slot(date(2026, 3, 9), DUE)


class Clock:
    """A clock that is set by hand, and counts how often it was looked at."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.looks: SimpleQueue[None] = SimpleQueue()

    def __call__(self) -> datetime:
        self.looks.put(None)
        return self.now

    def wait_for_looks(self, count: int) -> None:
        for _ in range(count):
            self.looks.get(timeout=10)


class Daemon:
    """A daemon in a thread that checks every few milliseconds; `done` gets each slot it runs."""

    def __init__(
        self,
        now: datetime,
        action: Callable[[Slot], None] = lambda _slot: None,
        idle: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock = Clock(now)
        self.done: SimpleQueue[Slot] = SimpleQueue()
        self.events: list[str] = []
        self.stop: SimpleQueue[str] = SimpleQueue()
        self._action = action
        self._idle = idle
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        run_daemon(
            OPTIONS,
            self._run_slot,
            on_event=self.events.append,
            clock=self.clock,
            check_every_s=0.005,
            idle=self._idle,
            stop=self.stop,
        )

    def _run_slot(self, slot: Slot) -> None:
        self.done.put(slot)
        self._action(slot)

    def end(self) -> None:
        self.stop.put("test over")
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()


def test_what_became_due_while_it_was_down_is_made_at_the_start() -> None:
    daemon = Daemon(DUE + timedelta(hours=3))
    assert daemon.done.get(timeout=10) == SLOT
    daemon.end()


def test_a_slot_is_run_once_and_the_next_one_when_its_time_has_come() -> None:
    daemon = Daemon(DUE)
    assert daemon.done.get(timeout=10) == SLOT
    daemon.clock.wait_for_looks(5)
    daemon.clock.now = DUE + timedelta(days=1, seconds=-1)
    daemon.clock.wait_for_looks(5)
    assert daemon.done.empty()
    daemon.clock.now = DUE + timedelta(days=1)
    assert daemon.done.get(timeout=10).date == date(2026, 3, 10)
    daemon.end()
    assert daemon.done.empty()


def test_a_clock_that_is_set_back_repeats_nothing() -> None:
    daemon = Daemon(DUE)
    assert daemon.done.get(timeout=10) == SLOT
    daemon.clock.now = DUE - timedelta(hours=2)
    daemon.clock.wait_for_looks(5)
    daemon.end()
    assert daemon.done.empty()


def test_a_failed_slot_is_reported_and_tried_again_and_the_daemon_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    failures = iter([OSError("disk on fire")])

    def fail_once(_slot: Slot) -> None:
        for failure in failures:
            raise failure

    daemon = Daemon(DUE, fail_once)
    assert daemon.done.get(timeout=10) == SLOT
    daemon.clock.wait_for_looks(5)
    assert daemon.done.empty()
    daemon.clock.now += retry_pause(1)
    assert daemon.done.get(timeout=10) == SLOT
    daemon.clock.wait_for_looks(5)
    daemon.clock.now += retry_pause(5)
    daemon.clock.wait_for_looks(5)
    assert daemon.done.empty()
    daemon.end()
    assert any("2026-03-09 failed: disk on fire; next try 11:35 UTC" in event for event in daemon.events)
    assert "disk on fire" in caplog.text


def test_it_has_time_for_other_work_when_nothing_is_due_and_survives_its_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: SimpleQueue[None] = SimpleQueue()

    def idle() -> None:
        calls.put(None)
        raise OSError("no network")

    daemon = Daemon(DUE, idle=idle)
    for _ in range(3):
        calls.get(timeout=10)
    daemon.end()
    assert daemon.done.get(timeout=10) == SLOT
    assert "between two digests: no network" in daemon.events
    assert "no network" in caplog.text


def test_pauses_between_tries_double_up_to_two_hours() -> None:
    minutes = [retry_pause(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 4, 5, 6, 99)]
    assert minutes == [5, 10, 20, 40, 80, 120, 120]


def test_it_says_when_the_next_digest_is_due_in_local_time() -> None:
    daemon = Daemon(DUE - timedelta(hours=1))
    daemon.end()
    assert "waiting; next digest 2026-03-09 06:30 CDT" in daemon.events


_CHILD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from monitor.config import ScheduleConfig
from monitor.schedule import run_daemon


def run_slot(slot):
    print("started", flush=True)
    sys.stdin.readline()
    print("finished", flush=True)


run_daemon(ScheduleConfig(), run_slot, on_event=lambda event: print(event, flush=True))
print("bye", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_running_digest_finish_and_exits_with_0(number: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env=os.environ,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    while child.stdout.readline() != "started\n":
        pass
    child.send_signal(number)
    while f"{number.name}: stopping" not in child.stdout.readline():
        pass
    assert child.poll() is None
    rest, _ = child.communicate("go on\n", timeout=10)
    assert rest.startswith("finished\n")
    assert rest.endswith("bye\n")
    assert child.returncode == 0
