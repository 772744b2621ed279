"""A short memory for what takes long to count and need not be of this second."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Memo:
    """Keeps results for `seconds`; whoever asks for one that is being made waits for it instead of making it, too."""

    def __init__(self, seconds: float = 600.0, most: int = 32, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave for this key, or gives now. Its errors are the caller's, and are not kept."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            made = self._kept.get(key)
            if made and self._clock() - made[0] < self._seconds:
                return cast(T, made[1])
            result = make()
            with self._lock:
                self._kept[key] = (self._clock(), result)
                self._forget_oldest()
            return result

    def _forget_oldest(self) -> None:
        for key in sorted(self._kept, key=lambda key: self._kept[key][0])[: -self._most]:
            del self._kept[key]
            self._making.pop(key, None)
