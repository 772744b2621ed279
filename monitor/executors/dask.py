"""Work on a Dask cluster: the scheduler hands items to workers on any number of machines.

Importing this module needs the extra `dask`; `cluster.open_cluster` says so where it is missing.

A worker that dies costs the items it had, which the scheduler gives to another one. A scheduler that dies ends the
call with an error: what had come back is with the caller, and the rest is there for the next run.
"""

import logging
import ssl
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

import dask
from distributed import Client, Future, wait
from distributed.client import ClosedClientError
from distributed.scheduler import KilledWorker
from distributed.security import Security
from distributed.versions import VersionMismatchWarning

from monitor.errors import ConfigError, MonitorError, Problem
from monitor.executors.cluster import Cluster
from monitor.executors.errand import packed, release, run_errand

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 2  # items per thread of a worker that are read and worked on before their turn
_COUNT_EVERY = 50  # items after which workers are counted anew: they come and go
_LOOK_S = 2.0  # between two looks whether anybody is there who may answer
_CLOSE_S = 5.0  # to say goodbye to a scheduler, which may be gone
_RUN_AGAIN = "nothing is lost: the next run goes on where this one stopped"


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker, for `monitor check`: what it said when it was asked, and what is wrong with it."""

    address: str
    threads: int
    answer: Any = None
    problem: str = ""


class DaskExecutor:
    """An ordered, lazy map on a cluster. The connection is made by `prepare` or by the first item.

    `map` raises MonitorError, with the remedy, when the scheduler or all workers are away, when a worker cannot do the
    work, or when an item killed several workers, one after the other (Dask's `allowed-failures`, 3 unless configured).
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._client: Client | None = None
        self._lock = Lock()  # feeds are parsed in a thread of their own

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        function = packed(fn)
        pending: deque[Future] = deque()
        try:
            for number, item in enumerate(items):
                if number % _COUNT_EVERY == 0:
                    most = max(1, self._threads()) * _AHEAD
                pending.append(self._submit(function, item))
                while len(pending) >= most:
                    yield self._result(pending.popleft())
            while pending:
                yield self._result(pending.popleft())
        finally:
            self._cancel(pending)

    def prepare(self) -> None:
        """Connect, and see that every worker there is has this release. MonitorError otherwise."""
        self._connected()

    def ask(self, question: Callable[[], object]) -> tuple[WorkerState, ...]:
        """What every worker answers, by address; `question` lives at module level."""
        client = self._connected()
        threads = client.nthreads()
        answers = client.run(run_errand, release(), packed(_call), packed(question), on_error="return")
        return tuple(_state(address, threads.get(address, 0), answers[address]) for address in sorted(answers))

    def close(self) -> None:
        """Leave the cluster, which goes on; safe to call twice, and `map` may be used again."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close(timeout=_CLOSE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    # ------------------------------------------------------------ the connection

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = _open_client(self._cluster)
            return self._client

    def _threads(self) -> int:
        """Of all workers together."""
        client = self._connected()
        try:
            return sum(client.nthreads().values())
        except (OSError, TypeError, ValueError) as exc:  # what a client says that has lost its scheduler
            raise self._scheduler_gone() from exc

    def _scheduler_gone(self) -> MonitorError:
        self.close()
        return MonitorError(
            f"the Dask scheduler at {self._cluster.address} went away → look at its log and start it; {_RUN_AGAIN}"
        )

    # ------------------------------------------------------------ one item

    def _submit(self, function: bytes, item: object) -> Future:
        try:
            return self._connected().submit(run_errand, release(), function, packed(item), pure=False)
        except (ClosedClientError, OSError) as exc:
            raise self._scheduler_gone() from exc

    def _result(self, future: Future) -> Any:
        try:
            return self._awaited(future)
        except CancelledError as exc:
            raise self._scheduler_gone() from exc
        except KilledWorker as exc:
            deaths = exc.allowed_failures + 1
            raise MonitorError(
                f"one batch ended {deaths} worker{'s, one after the other,' if deaths > 1 else ''} of the Dask cluster"
                f" at {self._cluster.address} → they may have run out of memory: see their logs; {_RUN_AGAIN}"
            ) from exc

    def _awaited(self, future: Future) -> Any:
        """Its result, looking now and then whether there is a worker; MonitorError when for too long there was none."""
        seen_at = monotonic()
        while True:
            try:
                with self._connected().as_current():
                    wait([future], timeout=_LOOK_S)
                return future.result(timeout=self._cluster.timeout_s)  # a worker may die with it before we have it
            except TimeoutError:
                if future.status == "error":  # it is the function's own, or else came just now
                    return future.result()
            if self._threads():
                seen_at = monotonic()
            elif monotonic() - seen_at > self._cluster.timeout_s:
                raise MonitorError(_no_worker(self._cluster))

    def _cancel(self, pending: Iterable[Future]) -> None:
        for future in pending:
            if self._client is not None:
                future.cancel()


def _open_client(cluster: Cluster) -> Client:
    """Connected, with one worker at least, all of this release. MonitorError and nothing left open otherwise."""
    for name in ("distributed", "distributed.client", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised, with a remedy
    # A feed's body may be 10 MB, which Dask would rather have on the workers already.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})
    security = _security(cluster)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # `_check_release` looks at what matters
            client = Client(
                cluster.address, security=security, timeout=cluster.timeout_s, set_as_default=False, name="monitor"
            )
    except (OSError, ValueError, ImportError) as exc:
        raise MonitorError(
            f"no Dask scheduler answers at {cluster.address} ({_first_line(exc)}) → start one there with `dask"
            " scheduler`, correct executor.address, or set executor.kind: auto to work without"
        ) from exc
    try:
        _check_workers(client, cluster)
    except BaseException:
        client.close()
        raise
    return client


def _security(cluster: Cluster) -> Any:
    """TLS with certificates of both sides; None for a plain connection. ConfigError for files that cannot be used."""
    if not cluster.ca_file:
        return None
    security = Security(
        tls_ca_file=cluster.ca_file,
        tls_client_cert=cluster.cert_file,
        tls_client_key=cluster.key_file,
        require_encryption=True,
    )
    try:
        security.get_connection_args("client")
    except (OSError, ssl.SSLError) as exc:
        files = f"{cluster.ca_file}, {cluster.cert_file}, {cluster.key_file}"
        raise ConfigError(Problem(files, "executor", str(exc), "name PEM files that this user can read")) from exc
    return security


def _check_workers(client: Client, cluster: Cluster) -> None:
    """MonitorError when there is none in time, or one that has not this release."""
    try:
        client.wait_for_workers(1, timeout=cluster.timeout_s)
    except TimeoutError as exc:
        raise MonitorError(_no_worker(cluster)) from exc
    answers = client.run(run_errand, release(), packed(_call), packed(release), on_error="return")
    for address in sorted(answers):
        if problem := _state(address, 0, answers[address]).problem:
            raise MonitorError(problem)


def _call(question: Callable[[], T]) -> T:
    return question()


def _state(address: str, threads: int, answer: Any) -> WorkerState:
    """What a worker answered, or the error that came in its place."""
    if isinstance(answer, Exception):
        return WorkerState(address, threads, problem=_unable(address, answer))
    return WorkerState(address, threads, answer)


def _unable(address: str, exc: Exception) -> str:
    if "No module named 'monitor" in str(exc):  # Dask brings the words of the error that it had there
        remedy = "install this release where it runs, with the extra dask, and start it again"
        return f"the worker {address} lacks border-monitor → {remedy}"
    return f"the worker {address} cannot work for us: {exc}"


def _no_worker(cluster: Cluster) -> str:
    return (
        f"the Dask scheduler at {cluster.address} has had no worker for {cluster.timeout_s:g} s → start some with"
        f" `dask worker {cluster.address}`; {_RUN_AGAIN}"
    )


def _first_line(exc: BaseException) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0]
