"""A daemon in a thread with a real database and a clock that is set by hand, and a socket as systemd listens to."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from monitor.config import ScheduleConfig
from monitor.records import DueSlot, SlotEntry
from monitor.schedule import Duties, Systemd, run_daemon
from monitor.store import SqlStore, open_store

PATIENCE_S = 20


class Clock:
    """A clock that is set by hand, and counts how often it was looked at."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.looks: SimpleQueue[None] = SimpleQueue()

    def __call__(self) -> datetime:
        self.looks.put(None)
        return self.now


class Daemon:
    """A daemon in a thread that checks every few milliseconds; `made` gets the slots of each run.

    `make` and `idle` are what it is given to do; `told` is what the health check would hear.
    """

    def __init__(
        self,
        folder: Path,
        now: datetime,
        *,
        timetables: Mapping[str, ScheduleConfig],
        make: Callable[[tuple[DueSlot, ...]], str] = lambda _slots: "",
        idle: Callable[[], None] = lambda: None,
        url: str = "sqlite:///monitor.db",
        systemd: Systemd | None = None,
    ) -> None:
        self.clock = Clock(now)
        self.timetables = timetables
        self.made: SimpleQueue[tuple[DueSlot, ...]] = SimpleQueue()
        self.events: list[str] = []
        self.told: list[str] = []
        self.reloads: SimpleQueue[Mapping[str, ScheduleConfig] | Exception] = SimpleQueue()
        self.words: SimpleQueue[str] = SimpleQueue()
        self._idles: SimpleQueue[None] = SimpleQueue()
        self._folder, self._url, self._make, self._idle = folder, url, make, idle
        self._systemd = systemd or Systemd()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        duties = Duties(
            timetables=lambda: self.timetables,
            open_store=lambda: closing(self.store()),
            make=self._made,
            idle=(self._idle, lambda: self._idles.put(None)),
            reload=self._reload,
            tell=self.told.append,
            say=self.events.append,
        )
        run_daemon(duties, clock=self.clock, check_every_s=0.005, words=self.words, systemd=self._systemd)

    def store(self) -> SqlStore:
        return open_store(self._url, folder=self._folder)

    def _made(self, slots: tuple[DueSlot, ...]) -> str:
        self.made.put(slots)
        return self._make(slots)

    def _reload(self) -> None:
        found = self.reloads.get(timeout=PATIENCE_S)
        if isinstance(found, Exception):
            raise found
        self.timetables = found

    def wait_until_idle(self, looks: int = 2) -> None:
        """Until it has looked again, with the clock as it is now, and found nothing to do."""
        while not self._idles.empty():
            self._idles.get()
        for _ in range(looks):
            self._idles.get(timeout=PATIENCE_S)

    def next_made(self) -> tuple[DueSlot, ...]:
        return self.made.get(timeout=PATIENCE_S)

    def book(self) -> dict[str, SlotEntry]:
        """What the table of slots has, by slot."""
        with closing(self.store()) as store:
            return {entry.slot: entry for entry in store.slots()}

    def end(self) -> None:
        self.words.put("SIGTERM")
        self._thread.join(timeout=PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Start daemons in one folder; all are ended with the test."""
    started: list[Daemon] = []

    def start(now: datetime, **more: object) -> Daemon:
        more.setdefault("timetables", {"everyone": ScheduleConfig()})
        started.append(Daemon(tmp_path, now, **more))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        if each._thread.is_alive():
            each.end()


class Ear:
    """A socket as systemd has one; `heard` is what was told, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE_S)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.heard: list[str] = []

    def wait_for(self, word: str) -> str:
        """The next message with this word in it."""
        while True:
            self.heard.append(self._socket.recv(4096).decode())
            if word in self.heard[-1]:
                return self.heard[-1]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ear]:
    name = str(tmp_path / "notify") if request.param == "file" else f"@monitor-test-{tmp_path.name}-{id(tmp_path)}"
    with closing(Ear(name)) as ear:
        yield ear


def utc(text: str) -> datetime:
    """ "2026-03-09 11:30" as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
