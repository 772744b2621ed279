"""When a digest is due, and the daemon that makes it.

The decision is pure: `latest_due` says which local date's digest should exist by now. APScheduler is only the alarm
clock that wakes the daemon: by itself it loses a daily job on some spring nights, fires twice on autumn nights and
forgets what was due while the program was down.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from queue import SimpleQueue
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.config import ScheduleConfig
from monitor.config.models import WEEKDAYS

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_HORIZON_DAYS = 15  # a weekly digest whose one day a zone skipped: the next is two weeks away
CHECK_EVERY_S = 60.0  # also notices a changed clock, and waking up from suspend
_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Slot:
    """The digest of one local date, and the instant (UTC) from which it is due."""

    date: date
    due_at: datetime


# ---------------------------------------------------------------- which slot is due (pure)


def latest_due(now: datetime, options: ScheduleConfig) -> Slot | None:
    """The last slot with `due_at <= now`; None only if there was none for two weeks."""
    due = [slot for slot in _slots_around(now, options) if slot.due_at <= now]
    return due[-1] if due else None


def next_due(now: datetime, options: ScheduleConfig) -> Slot:
    """The first slot with `due_at > now`."""
    return next(slot for slot in _slots_around(now, options) if slot.due_at > now)


def _slots_around(now: datetime, options: ScheduleConfig) -> Iterator[Slot]:
    """One slot for each allowed local date near `now`, in order of dates."""
    zone, at = ZoneInfo(options.timezone), time.fromisoformat(options.time)
    today = now.astimezone(zone).date()
    for offset in range(-_HORIZON_DAYS, _HORIZON_DAYS + 1):
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


# ---------------------------------------------------------------- the daemon


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> None:
    pass


def run_daemon(
    options: ScheduleConfig,
    run_slot: Callable[[Slot], None],
    *,
    on_event: Callable[[str], None] = _log.info,
    clock: Callable[[], datetime] = _utc_now,
    check_every_s: float = CHECK_EVERY_S,
    idle: Callable[[], None] = _nothing,
    stop: "SimpleQueue[str] | None" = None,
) -> None:
    """Run until SIGTERM or SIGINT, or until something is put into `stop`; a slot that is running is finished first.

    A slot that is already due at the start is run at once: `run_slot` claims it in the store and does nothing when it
    is done. A slot that raises is logged and tried again after 5, 10, 20, … minutes until the next one is due.
    `idle` is called at each check at which no slot is run: deferred messages can be sent then.
    """
    stop = stop if stop is not None else SimpleQueue()
    watch = _Watch(options, run_slot, idle, on_event=on_event, clock=clock)
    # It would warn at each look while a digest is being made that one is being made.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        watch.look,
        _Alarm(options, check_every_s),
        next_run_time=_utc_now(),
        misfire_grace_time=None,  # however late the alarm is, look what is due
        coalesce=True,
        max_instances=1,
    )
    with _Signals(stop):
        scheduler.start()
        on_event(f"waiting; next digest {_shown(next_due(clock(), options), options)}")
        reason = stop.get()
        on_event(f"{reason}: stopping once the running digest is done")
        watch.stopping.set()
    scheduler.shutdown(wait=True)


class _Alarm(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Rings every `check_every_s`, and exactly when the next slot is due."""

    def __init__(self, options: ScheduleConfig, check_every_s: float) -> None:
        self._options = options
        self._check_every = timedelta(seconds=check_every_s)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        del previous_fire_time
        return min(now + self._check_every, next_due(now, self._options).due_at)


class _Watch:
    """What the daemon remembers: the last slot it has done, and when to try a failed one again."""

    def __init__(
        self,
        options: ScheduleConfig,
        run_slot: Callable[[Slot], None],
        idle: Callable[[], None],
        *,
        on_event: Callable[[str], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._options = options
        self._run_slot = run_slot
        self._idle = idle
        self._on_event = on_event
        self._clock = clock
        self._last: Slot | None = None
        self._failures = 0
        self._retry_at: datetime | None = None
        self.stopping = threading.Event()

    def look(self) -> None:
        """Run the slot that is due, unless it is done or waits for its next try."""
        if self.stopping.is_set():
            return
        now = self._clock()
        slot = latest_due(now, self._options)
        if slot is None or not self._is_wanted(slot, now):
            self._be_idle()
            return
        if slot != self._last:
            self._last, self._failures = slot, 0
        self._attempt(slot)

    def _be_idle(self) -> None:
        try:
            self._idle()
        except Exception as exc:  # as with a slot: the daemon lives on
            self._on_event(f"between two digests: {exc}")
            _log.exception("idle work failed")

    def _is_wanted(self, slot: Slot, now: datetime) -> bool:
        if self._last is None or slot.date > self._last.date:
            return True
        return slot == self._last and self._retry_at is not None and now >= self._retry_at

    def _attempt(self, slot: Slot) -> None:
        self._on_event(f"digest of {slot.date} is due")
        try:
            self._run_slot(slot)
        except Exception as exc:  # one bad day must not end the daemon
            self._failures += 1
            self._retry_at = self._clock() + retry_pause(self._failures)
            self._on_event(f"digest of {slot.date} failed: {exc}; next try {self._retry_at:%H:%M} UTC")
            _log.exception("digest of %s failed", slot.date)
        else:
            self._retry_at = None
            self._on_event(f"next digest {_shown(next_due(self._clock(), self._options), self._options)}")


def retry_pause(failures: int) -> timedelta:
    """5, 10, 20, … minutes, at most 2 hours."""
    return min(_FIRST_RETRY * (1 << min(failures - 1, 10)), _LONGEST_RETRY)


def _shown(slot: Slot, options: ScheduleConfig) -> str:
    return f"{slot.due_at.astimezone(ZoneInfo(options.timezone)):%Y-%m-%d %H:%M %Z}"


class _Signals:
    """SIGTERM and SIGINT put their name into `stop`; a second one has its usual effect. Only in the main thread."""

    def __init__(self, stop: "SimpleQueue[str]") -> None:
        self._stop = stop  # its `put` may be called from a signal handler: an Event's `set` could deadlock
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._received)

    def __exit__(self, *_exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        self._stop.put(signal.Signals(number).name)
