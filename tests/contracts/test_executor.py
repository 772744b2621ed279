"""The laws of the `Executor` seam, on every executor that ships."""

import operator
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice

import pytest

from monitor.errors import MonitorError
from monitor.executors import ProcessExecutor, SerialExecutor, ThreadExecutor

AnyExecutor = SerialExecutor | ThreadExecutor | ProcessExecutor


@pytest.fixture(scope="module")
def executors() -> Iterator[dict[str, AnyExecutor]]:
    """One of each, shared: starting processes takes its time."""
    with SerialExecutor() as serial, ThreadExecutor(3) as threads, ProcessExecutor(2) as processes:
        yield {"serial": serial, "threads": threads, "processes": processes}


@pytest.fixture(params=["serial", "threads", "processes"])
def executor(request: pytest.FixtureRequest, executors: dict[str, AnyExecutor]) -> AnyExecutor:
    return executors[request.param]


# Workers import what they call, and cannot import this file: functions of the standard library serve.
negate: Callable[[int], int] = operator.neg
invert: Callable[[int], float] = partial(operator.truediv, 1)
die: Callable[[int], None] = os._exit
OWN_ID = "__import__('os').getpid()"


def test_results_come_in_the_order_of_the_items(executor: AnyExecutor) -> None:
    assert list(executor.map(negate, range(100))) == [-number for number in range(100)]


def test_nothing_in_nothing_out(executor: AnyExecutor) -> None:
    assert list(executor.map(negate, [])) == []


def test_items_are_read_as_results_are_taken(executor: AnyExecutor) -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in count():
            read.append(number)
            yield number

    results = executor.map(negate, items())
    assert read == []
    assert list(islice(results, 5)) == [0, -1, -2, -3, -4]
    assert len(read) <= 5 + 2 * 3


def test_an_exception_comes_out_at_its_items_turn(executor: AnyExecutor) -> None:
    results = executor.map(invert, [1, 2, 0, 4])
    assert [next(results), next(results)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_an_executor_is_used_again_after_an_exception(executor: AnyExecutor) -> None:
    with pytest.raises(ZeroDivisionError):
        list(executor.map(invert, [0, 1, 2]))
    assert list(executor.map(negate, [1, 2])) == [-1, -2]


def test_two_maps_may_be_read_in_turns(executor: AnyExecutor) -> None:
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
def test_an_executor_without_workers_is_a_bug(make: Callable[[int], AnyExecutor]) -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        make(0)
