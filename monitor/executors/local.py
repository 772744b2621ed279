"""Work on this machine: one after the other, in threads, or in processes.

Pools start with the first item and are kept between calls, so that a worker can keep what it has built. All three are
context managers.
"""

import ctypes
import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import active_children, forkserver, get_context, parent_process
from types import TracebackType
from typing import Self, TypeVar

from monitor.errors import MonitorError

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 2  # items per worker that are read and worked on before their turn
_RARELY = 100_000  # objects that are made before those among them are looked for that hold each other
_MOST_WORKERS = 4  # each holds some 60 MB, and one process hands out the work


class SerialExecutor:
    """One after the other, here: for tests, small inputs and debugging."""

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        return map(fn, items)

    def prepare(self) -> None:
        """There is nothing to start."""

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

    def prepare(self) -> None:
        """Work is coming: begin to start what takes time to start, without waiting for it. Never needed."""

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
    """Processes, forked from a server that has no threads: for work in Python. `fn` and items must pickle.

    The server imports the modules of `preload` once for all workers. Workers end with this process, however it ends.
    """

    def __init__(self, workers: int, *, preload: Sequence[str] = ()) -> None:
        super().__init__(workers)
        self._preload = list(preload)

    def prepare(self) -> None:
        """Let the server import, while this process goes on."""
        get_context("forkserver").set_forkserver_preload(self._preload)
        forkserver.ensure_running()

    def close(self) -> None:
        """Wait for what is running, let the workers go, and the server with what it has imported."""
        super().close()
        if not active_children():  # it would wait for them
            forkserver._forkserver._stop()  # type: ignore[attr-defined] # no public way, and it holds 100 MB

    def _start(self) -> futures.Executor:
        self.prepare()
        context = get_context("forkserver")
        return futures.ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    """Ctrl-C is for the parent to handle; a parent that was killed can no longer tell its workers to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)


@contextmanager
def settled_heap() -> Iterator[None]:
    """What is in memory now is not searched for garbage meanwhile, and what comes only now and then.

    Both were a tenth of what reading feeds costs, each time to find nothing: nearly all goes when nobody needs it.
    Afterwards the system gets back what a run has let go of: a daemon does nothing for a day then.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        give_back()


def give_back() -> None:
    """Have the system get back what was freed: glibc keeps it for what comes next, unless it is asked for it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def default_workers() -> int:
    """One for each processor that this process may use, at most four."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, _MOST_WORKERS)


def open_executor(*, preload: Sequence[str] = ()) -> SerialExecutor | ProcessExecutor:
    """A process for each processor that this one may use, at most four; with one, all work is done here."""
    count = default_workers()
    return ProcessExecutor(count, preload=preload) if count > 1 else SerialExecutor()
