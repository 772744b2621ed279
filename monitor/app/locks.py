"""One run at a time: the run lock, renewed while its run lives."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.app.tools import utc_now
from monitor.errors import BusyError
from monitor.protocols import Store

RUN_LOCK = "run"
_LEASE_S = 60.0
_RENEW_S = 15.0


@contextmanager
def run_lock(store: Store, run_id: str, *, key: str = RUN_LOCK) -> Iterator["Held"]:
    """Hold the run lock, renewed while the run lives, so that a killed run blocks the next one for a minute at most.

    Raises BusyError when another run holds it.
    """
    held = Held(store, key, f"{socket.gethostname()}:{os.getpid()}:{run_id}")
    if not held.renew():
        raise BusyError(
            "another run is under way, so nothing was done; wait for it to end"
            f" (if it was killed, its lock is free again within {_LEASE_S:.0f} seconds)"
        )
    ended = threading.Event()
    heart = threading.Thread(target=held.keep, args=(ended,), name="run-lock", daemon=True)
    heart.start()
    try:
        yield held
    finally:
        ended.set()
        heart.join()
        store.release(key, held.owner)


class Held:
    """The run lock of one run. `check` raises once another run has it: this machine slept, or stood still."""

    def __init__(self, store: Store, key: str, owner: str) -> None:
        self.owner = owner
        self._store = store
        self._key = key
        self._lost = threading.Event()

    def renew(self) -> bool:
        return self._store.claim(self._key, self.owner, now=utc_now(), lease_s=_LEASE_S)

    def keep(self, ended: threading.Event) -> None:
        """Renew until the run has ended or another one has the lock."""
        while not ended.wait(_RENEW_S):
            if not self.renew():
                self._lost.set()
                return

    def check(self) -> None:
        if self._lost.is_set():
            raise BusyError(
                "the run stood still for so long that another one took over; that one goes on, this one ends"
            )
