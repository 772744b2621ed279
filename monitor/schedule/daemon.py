"""The daemon: APScheduler rings, what is due is looked up and made; the main thread listens to signals and to systemd.

A claim in the store decides who makes a slot, so that any number of daemons on one database make one digest, and a
daemon that is started anew knows what the last one has done.
"""

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, Self

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.config import ScheduleConfig
from monitor.config.timetable import Slot
from monitor.errors import BusyError, MonitorError
from monitor.protocols import Store
from monitor.records import DueSlot, SlotEntry
from monitor.schedule.slots import decide, soonest
from monitor.schedule.systemd import Systemd

_log = logging.getLogger(__name__)

CHECK_EVERY_S = 60.0  # so long does a changed clock, or waking up from suspend, stay unnoticed at most
HOLD = timedelta(seconds=60)  # a slot whose daemon was killed is free again after this
_RENEW_S = 15.0
_BEAT_S = 5.0
_BUSY_PAUSE = timedelta(minutes=1)
_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=2)


def _nothing() -> None:
    pass


def _ignored(_problem: str) -> None:
    pass


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Duties:
    """What the daemon is given to do its work with.

    timetables  when each profile's digest is made, as of the last reload
    open_store  the database in which slots are claimed
    make        makes the editions of slots in one run; what is wrong though they are made, "" if nothing; raises
    idle        called, one after the other, at each look at which nothing is due: deferred messages can be sent then;
                one that fails keeps none of the others from being called
    reload      reads the configuration again; raises when the old one stays
    tell        told after each run how it went: what is wrong, "" if nothing
    say         told what happens, for the log
    """

    timetables: Callable[[], Mapping[str, ScheduleConfig]]
    open_store: Callable[[], AbstractContextManager[Store]]
    make: Callable[[tuple[DueSlot, ...]], str]
    idle: tuple[Callable[[], None], ...] = ()
    reload: Callable[[], None] = _nothing
    tell: Callable[[str], None] = _ignored
    say: Callable[[str], None] = _log.info


def run_daemon(
    duties: Duties,
    *,
    clock: Callable[[], datetime] = _utc_now,
    check_every_s: float = CHECK_EVERY_S,
    words: "SimpleQueue[str] | None" = None,
    systemd: Systemd | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; a digest that is being made is finished first, unless a second one comes. SIGHUP
    reads the configuration again.

    What is due at the start is made at once. What fails is tried again after 5, 10, 20, … minutes until the next slot
    is due. Whatever is put into `words` counts as a signal of that name.
    """
    words = words if words is not None else SimpleQueue()
    systemd = systemd or Systemd()
    looker = _Looker(duties, clock, check_every_s, systemd)
    with _Signals(words) as signals:
        coming = _next_shown(clock(), duties.timetables())
        duties.say(f"waiting; {coming}")
        systemd.ready(coming)
        looker.start()
        reason = _listen(words, looker, systemd)
        signals.let_go()
        duties.say(f"{reason}: stopping once the running digest is done")
        systemd.stopping()
        looker.end()
        while not looker.at_rest.wait(_BEAT_S):
            systemd.draining()


def _listen(words: "SimpleQueue[str]", looker: "_Looker", systemd: Systemd) -> str:
    """Obey until told to stop; by what."""
    beat_s = min(_BEAT_S, systemd.watchdog_s / 3) if systemd.watchdog_s else _BEAT_S
    while True:
        try:
            word = words.get(timeout=beat_s)
        except Empty:
            looker.heed_clock()
            systemd.alive()
            continue
        if word != signal.SIGHUP.name:
            return word
        looker.reload()


class _Alarm(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Rings after as many seconds as it is told."""

    def __init__(self, pause_s: Callable[[], float]) -> None:
        self._pause_s = pause_s

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        del previous_fire_time
        return now + timedelta(seconds=self._pause_s())


class _Looker:
    """Looks every `check_every_s`, and exactly when the next slot is due. APScheduler is only the alarm clock."""

    def __init__(self, duties: Duties, clock: Callable[[], datetime], check_every_s: float, systemd: Systemd) -> None:
        self.at_rest = threading.Event()
        self.at_rest.set()
        self._duties = duties
        self._clock = clock
        self._check_every_s = check_every_s
        self._systemd = systemd
        self._watch = _Watch(duties, clock)
        self._ending = threading.Event()
        self._reload_wanted = threading.Event()
        # It would warn at each look while a digest is being made that one is being made.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            self._work,
            _Alarm(self._pause_s),
            next_run_time=_utc_now(),
            misfire_grace_time=None,  # however late the alarm is, look what is due
            coalesce=True,
            max_instances=1,
        )

    def start(self) -> None:
        self._scheduler.start()

    def end(self) -> None:
        """No more looks; `at_rest` is set once the running one has ended."""
        self._ending.set()
        self._scheduler.shutdown(wait=False)

    def reload(self) -> None:
        """Read the configuration again before the next look, which is now, or after the running digest."""
        self._reload_wanted.set()
        self._ring()

    def heed_clock(self) -> None:
        """The scheduler waits for a time of the wall clock: were that set back by hours, it would sleep for hours."""
        ahead = self._job.next_run_time - _utc_now()
        if ahead > timedelta(seconds=self._check_every_s):
            self._ring()

    def _ring(self) -> None:
        self._job.modify(next_run_time=_utc_now())

    def _work(self) -> None:
        """One look, in the scheduler's thread; another one at once when the configuration was changed meanwhile."""
        self.at_rest.clear()
        try:
            self._look()
            while self._reload_wanted.is_set() and not self._ending.is_set():
                self._look()
        finally:
            self.at_rest.set()

    def _look(self) -> None:
        if self._ending.is_set():
            return
        if self._reload_wanted.is_set():
            self._reload_now()
        self._watch.look()
        self._systemd.status(_next_shown(self._clock(), self._duties.timetables()))

    def _pause_s(self) -> float:
        now = self._clock()
        coming = soonest(now, self._duties.timetables())
        return min((coming - now).total_seconds(), self._check_every_s)

    def _reload_now(self) -> None:
        self._reload_wanted.clear()
        self._systemd.reloading()
        try:
            self._duties.reload()
        except Exception as exc:  # whatever is wrong with the new one, the old one still is right
            self._duties.say(f"the configuration was not read again, the old one stays:\n{exc}")
        else:
            self._duties.say("the configuration was read again")
        coming = _next_shown(self._clock(), self._duties.timetables())
        self._duties.say(coming)
        self._systemd.ready(coming)


class _Watch:
    """One look: claim what is due, have it made, note how it ended. All its memory is in the store."""

    def __init__(self, duties: Duties, clock: Callable[[], datetime]) -> None:
        self._duties = duties
        self._say = duties.say
        self._clock = clock

    def look(self) -> None:
        """Make what is due; be idle when nothing is. Nothing that fails ends the daemon."""
        try:
            with self._duties.open_store() as store:
                claimed = self._claim_due(store)
                if claimed:
                    self._attempt(store, claimed)
                    return
        except Exception as exc:  # the database is away: it may be back at the next look
            self._say(f"cannot look what is due: {exc}")
            _log.error("look failed", exc_info=_is_bug(exc))
            return
        self._be_idle()

    def _claim_due(self, store: Store) -> list[SlotEntry]:
        """The slots that are ours to make now, of all profiles."""
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        claimed = []
        for profile_id, options in self._duties.timetables().items():
            now = self._clock()
            known = store.slots(profile_id, limit=1)
            decision = decide(now, options, known[0] if known else None)
            passed = [_passed(profile_id, slot, decision.make, now) for slot in decision.skipped]
            if store.skip_slots(passed):
                self._say("; ".join(_reasons(passed)))
            if decision.make and (entry := _claim(store, profile_id, decision.make, now, owner)):
                claimed.append(entry)
        return claimed

    def _attempt(self, store: Store, claimed: Sequence[SlotEntry]) -> None:
        what = _named(claimed)
        self._say(f"{what} is due")
        due = tuple(DueSlot(c.profile_id, c.slot) for c in claimed)
        try:
            with _held(store, claimed, self._clock):
                problem = self._duties.make(due)
        except BusyError as exc:  # a run by hand: nothing has failed
            self._end(store, claimed, "failed", detail=str(exc), pause=_BUSY_PAUSE)
            self._say(f"{what} waits: {exc}")
        except Exception as exc:  # one bad day must not end the daemon
            self._failed(store, claimed, str(exc) or type(exc).__name__)
            _log.error("%s failed", what, exc_info=_is_bug(exc))
        else:
            self._end(store, claimed, "done", detail=problem)
            self._duties.tell(problem)
            self._say(_next_shown(self._clock(), self._duties.timetables()))

    def _failed(self, store: Store, claimed: Sequence[SlotEntry], why: str) -> None:
        pause = retry_pause(max(entry.attempts for entry in claimed))
        self._say(f"{_named(claimed)} failed: {why}; next try {self._clock() + pause:%H:%M} UTC")
        self._duties.tell(why)
        self._end(store, claimed, "failed", detail=why, pause=pause)

    def _end(
        self, store: Store, claimed: Sequence[SlotEntry], state: Any, *, detail: str, pause: timedelta | None = None
    ) -> None:
        now = self._clock()
        for entry in claimed:
            until = now + pause if pause is not None else None
            store.end_slot(replace(entry, state=state, at=now, until=until, detail=detail))

    def _be_idle(self) -> None:
        for duty in self._duties.idle:
            try:
                duty()
            except Exception as exc:  # as with a slot: the daemon lives on
                self._say(f"between two digests: {exc}")
                _log.error("idle work failed", exc_info=_is_bug(exc))


def _is_bug(error: Exception) -> bool:
    """Whether the log needs the way there: what can be expected to fail says itself what to do, in one line."""
    return not isinstance(error, MonitorError)


def _passed(profile_id: str, slot: Slot, made: Slot | None, now: datetime) -> SlotEntry:
    """A slot that is not made, since a later one is: it was due while nothing was running, or at the same instant."""
    together = made is not None and slot.due_at == made.due_at
    detail = "the clocks skip its time: it falls on the instant of the next one" if together else ""
    return SlotEntry(profile_id, slot.key, slot.due_at, "skipped", now, detail=detail)


def _reasons(passed: Sequence[SlotEntry]) -> Iterator[str]:
    missed = [entry.slot for entry in passed if not entry.detail]
    if missed:
        yield f"not made while nothing was running: {', '.join(missed)}"
    yield from (f"{entry.slot} is not made: {entry.detail}" for entry in passed if entry.detail)


def _claim(store: Store, profile_id: str, slot: Slot, now: datetime, owner: str) -> SlotEntry | None:
    """The slot as ours; None when another daemon was faster."""
    wanted = SlotEntry(profile_id, slot.key, slot.due_at, "running", now, owner=owner, until=now + HOLD)
    attempts = store.claim_slot(wanted)
    return replace(wanted, attempts=attempts) if attempts else None


@contextmanager
def _held(store: Store, claimed: Sequence[SlotEntry], clock: Callable[[], datetime]) -> Iterator[None]:
    """Extend our hold on slots while they are made."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(_RENEW_S):
            try:
                for entry in claimed:
                    now = clock()
                    store.claim_slot(replace(entry, at=now, until=now + HOLD))
            except MonitorError:  # the hold lasts for a few more tries
                _log.warning("cannot extend the hold on %s", _named(claimed), exc_info=True)

    heart = threading.Thread(target=renew, name="slot-hold", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()


def retry_pause(failures: int) -> timedelta:
    """5, 10, 20, … minutes, at most 2 hours."""
    return min(_FIRST_RETRY * (1 << min(failures - 1, 10)), _LONGEST_RETRY)


def _named(claimed: Sequence[SlotEntry]) -> str:
    """ "digest of 2026-03-09", with the profiles where there are several."""
    days = ", ".join(sorted({entry.slot for entry in claimed}))
    profiles = f" ({', '.join(entry.profile_id for entry in claimed)})" if len(claimed) > 1 else ""
    return f"digest of {days}{profiles}"


def _next_shown(now: datetime, timetables: Mapping[str, ScheduleConfig]) -> str:
    return f"next digest {soonest(now, timetables):%Y-%m-%d %H:%M %Z}"


class _Signals:
    """SIGTERM, SIGINT and SIGHUP put their names into `words`. Only in the main thread.

    Once one of those that end has been obeyed, `let_go`: a second one then ends the process at once.
    """

    def __init__(self, words: "SimpleQueue[str]") -> None:
        self._words = words  # its `put` may be called from a signal handler: an Event's `set` could deadlock
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                self._before[number] = signal.signal(number, self._received)
        return self

    def let_go(self) -> None:
        """To the system, not to Python: its KeyboardInterrupt would wait for the thread that makes the digest."""
        for number in self._before.keys() - {signal.SIGHUP}:
            signal.signal(number, signal.SIG_DFL)

    def __exit__(self, *_exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        self._words.put(signal.Signals(number).name)
