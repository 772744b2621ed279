"""The laws of the `Executor` seam, on every executor that ships."""

import operator
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count, islice

import pytest

from benchmarks.world.cluster import local_dask
from monitor.errors import MonitorError
from monitor.executors import Cluster, ProcessExecutor, SerialExecutor, ThreadExecutor, open_cluster
from monitor.protocols import Executor
from tests.executors.needs import needs_dask

KINDS = ["serial", "threads", "processes", pytest.param("dask", marks=needs_dask)]


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[dict[str, Executor], ExitStack]]:
    """What was opened so far, shared: starting processes takes its time."""
    with ExitStack() as stack:
        yield {}, stack


@pytest.fixture(params=KINDS)
def executor(request: pytest.FixtureRequest, opened: tuple[dict[str, Executor], ExitStack]) -> Executor:
    executors, stack = opened
    if request.param not in executors:
        executors[request.param] = opened_executor(request.param, stack)
    return executors[request.param]


def opened_executor(kind: str, stack: ExitStack) -> Executor:
    match kind:
        case "serial":
            return stack.enter_context(SerialExecutor())
        case "threads":
            return stack.enter_context(ThreadExecutor(3))
        case "processes":
            return stack.enter_context(ProcessExecutor(2))
    cluster = stack.enter_context(local_dask(2))
    return stack.enter_context(open_cluster(Cluster(cluster.address)))


# Workers import what they call, and cannot import this file: functions of the standard library serve.
negate: Callable[[int], int] = operator.neg
invert: Callable[[int], float] = partial(operator.truediv, 1)
die: Callable[[int], None] = os._exit
OWN_ID = "__import__('os').getpid()"


def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    assert list(executor.map(negate, range(100))) == [-number for number in range(100)]


def test_nothing_in_nothing_out(executor: Executor) -> None:
    assert list(executor.map(negate, [])) == []


def test_items_are_read_as_results_are_taken(executor: Executor) -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in count():
            read.append(number)
            yield number

    results = executor.map(negate, items())
    assert read == []
    assert list(islice(results, 5)) == [0, -1, -2, -3, -4]
    assert len(read) <= 5 + 2 * 3


def test_an_exception_comes_out_at_its_items_turn(executor: Executor) -> None:
    results = executor.map(invert, [1, 2, 0, 4])
    assert [next(results), next(results)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_an_executor_is_used_again_after_an_exception(executor: Executor) -> None:
    with pytest.raises(ZeroDivisionError):
        list(executor.map(invert, [0, 1, 2]))
    assert list(executor.map(negate, [1, 2])) == [-1, -2]


def test_two_maps_may_be_read_in_turns(executor: Executor) -> None:
    pairs = zip(executor.map(negate, range(20)), executor.map(negate, range(100, 120)), strict=True)
    assert list(pairs) == [(-number, -number - 100) for number in range(20)]


# ---------------------------------------------------------------- what only some promise


def test_threads_work_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=10)
    with ThreadExecutor(3) as executor:
        assert sorted(executor.map(lambda _item: meeting.wait(), range(3))) == [0, 1, 2]


def test_processes_are_kept_between_calls() -> None:
    with ProcessExecutor(1) as executor:
        (first,), (second,) = executor.map(eval, [OWN_ID]), executor.map(eval, [OWN_ID])
    assert first == second != os.getpid()


def test_a_worker_that_dies_is_an_error_with_a_remedy_and_the_next_map_works() -> None:
    with ProcessExecutor(1) as executor:
        with pytest.raises(MonitorError, match=r"worker process died → .*fewer workers"):
            list(executor.map(die, [1]))
        assert list(executor.map(negate, [1])) == [-1]


@pytest.mark.parametrize("make", [ThreadExecutor, ProcessExecutor])
def test_an_executor_without_workers_is_a_bug(make: Callable[[int], Executor]) -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        make(0)
