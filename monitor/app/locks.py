"""One run at a time: the run lock, renewed while its run lives."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from monitor.app.tools import utc_now
from monitor.errors import BusyError, StorageError
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
    except BaseException:
        _stop(heart, ended)
        with suppress(StorageError):  # what ended the run is to be told, and not what follows from it
            store.release(key, held.owner)
        raise
    _stop(heart, ended)
    store.release(key, held.owner)


def _stop(heart: threading.Thread, ended: threading.Event) -> None:
    ended.set()
    heart.join()


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
        """Renew until the run has ended or another one has the lock, or may have it.

        A database that cannot be asked is asked again: the run itself meets it, and says what is wrong.
        """
        last = time.monotonic()
        while not ended.wait(_RENEW_S):
            with suppress(StorageError):
                if not self.renew():
                    break
                last = time.monotonic()
            if time.monotonic() - last > _LEASE_S:
                break
        else:
            return
        self._lost.set()

    def check(self) -> None:
        if self._lost.is_set():
            raise BusyError(
                "the run stood still for so long that another one took over; that one goes on, this one ends"
            )
