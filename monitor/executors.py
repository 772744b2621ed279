"""Where pure work functions run: here, in threads or in processes, behind the `Executor` seam.

Pools start with the first item and are kept between calls, so that a worker can keep what it has built. All three are
context managers.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Self, TypeVar

from monitor.errors import MonitorError

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 2  # items per worker that are read and worked on before their turn


class SerialExecutor:
    """One after the other, here: for tests, small inputs and debugging."""

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        return map(fn, items)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class _PoolExecutor:
    """What threads and processes have in common: an ordered, lazy map that never works far ahead of its reader."""

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"an executor needs at least one worker, not {workers}")
        self._workers = workers
        self._pool: futures.Executor | None = None

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        pending: deque[futures.Future[R]] = deque()
        try:
            for item in items:
                pending.append(self._submit(fn, item))
                if len(pending) >= self._workers * _AHEAD:
                    yield self._result(pending.popleft())
            while pending:
                yield self._result(pending.popleft())
        finally:
            for future in pending:
                future.cancel()

    def close(self) -> None:
        """Wait for what is running and let the workers go; safe to call twice, and `map` may be used again."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def _submit(self, fn: Callable[[T], R], item: T) -> futures.Future[R]:
        if self._pool is None:
            self._pool = self._start()
        try:
            return self._pool.submit(fn, item)
        except BrokenProcessPool as exc:
            raise self._worker_died() from exc

    def _result(self, future: futures.Future[R]) -> R:
        try:
            return future.result()
        except BrokenProcessPool as exc:
            raise self._worker_died() from exc

    def _worker_died(self) -> MonitorError:
        """The error to raise; the next `map` starts new workers."""
        self.close()
        return MonitorError("a worker process died → it may have run out of memory: use fewer workers, and run again")

    def _start(self) -> futures.Executor:
        raise NotImplementedError


class ThreadExecutor(_PoolExecutor):
    """Threads: for work that waits, or that leaves Python (numpy, network)."""

    def _start(self) -> futures.Executor:
        return futures.ThreadPoolExecutor(self._workers, thread_name_prefix="monitor")


class ProcessExecutor(_PoolExecutor):
    """Processes, each started afresh (`spawn`: safe beside threads): for work in Python. `fn` and items must pickle."""

    def _start(self) -> futures.Executor:
        return futures.ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"))
