"""What is new is parsed and judged in worker processes when there is enough of it, else here; results are the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.app import open_tools
from monitor.config import load_config
from monitor.executors import ProcessExecutor, SerialExecutor, open_executor
from monitor.pipeline import Tools, gather
from monitor.pipeline.gather import PAYS_ARTICLES, PAYS_BYTES, Reading
from monitor.records import Fetched, FetchFailed, NotModified, Source

T = TypeVar("T")
R = TypeVar("R")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TITLES = ("Border Patrol finds {n} migrants in a truck near Laredo", "Inauguran la feria {n} del libro en Tijuana")


class Counting:
    """An executor that works here and counts what it is given."""

    def __init__(self) -> None:
        self.items = 0

    def map(self, fn: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        for item in items:
            self.items += 1
            yield fn(item)

    def prepare(self) -> None:
        """There is nothing to start."""


@pytest.fixture
def tools(tmp_path: Path) -> Iterator[Tools]:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "version: 1\ntranslation: {engine: none}\nstories: {embedder: hash}\n"
        "profiles: [{id: en, language: en}]\n"
        "feeds: [{id: sun, name: Sun, url: 'https://sun.example/feed', language: en}]\n"
    )
    with open_tools(load_config(path)) as opened:
        yield opened


def reading(number: int, items: int, *, padding: int = 0) -> Reading:
    """One outlet's new body; `padding` bytes of comment make it large without making it slow."""
    source = Source(f"outlet-{number}", "Sun", f"https://sun{number}.example/feed", "en", max_items=2000)
    entries = "".join(
        f"<item><title>{TITLES[k % 2].format(n=k)}</title><link>https://sun{number}.example/{k}</link>"
        f"<pubDate>{format_datetime(NOW - timedelta(minutes=k))}</pubDate></item>"
        for k in range(items)
    )
    body = f'<rss version="2.0"><channel><title>Sun</title>{entries}<!--{"x" * padding}--></channel></rss>'.encode()
    return Reading(source, Fetched(source.id, source.url, body, NOW, 0.1))


def silent(_done: int) -> None:
    """Nobody watches."""


def test_a_little_is_parsed_and_judged_here(tools: Tools) -> None:
    counting = Counting()
    tools = replace(tools, executor=counting)
    judged = gather.triage(tools, gather.parse(tools, [reading(1, 20)], silent), silent)
    assert (counting.items, len(judged)) == (0, 20)


def test_much_to_parse_goes_to_the_workers_and_what_did_not_change_does_not(tools: Tools) -> None:
    counting = Counting()
    same = reading(2, 1)
    unchanged = replace(same, outcome=NotModified(same.source.id, NOW, 0.1))
    readings = [reading(1, 20, padding=PAYS_BYTES), unchanged, reading(3, 20), reading(4, 20)]
    parsed = gather.parse(replace(tools, executor=counting), readings, silent)
    assert counting.items == 2  # the first one is as much as pays here
    assert [bool(r.parsed) for r in parsed] == [True, False, True, True]


def test_much_to_judge_goes_to_the_workers_but_not_a_second_time(tools: Tools) -> None:
    counting = Counting()
    tools = replace(tools, executor=counting)
    readings = gather.parse(tools, [reading(n, 500) for n in range(-(-PAYS_ARTICLES // 500))], silent)
    judged = gather.triage(tools, readings, silent)
    assert len(judged) == PAYS_ARTICLES
    assert 1 < counting.items < PAYS_ARTICLES / 10
    gather.keep(tools, readings, judged)
    assert gather.triage(tools, readings, silent) == []


@pytest.mark.slow
def test_results_are_equal_wherever_the_work_is_done(tools: Tools) -> None:
    """Also of a body that is no feed, and of one that stands behind a large one."""
    html = b"<!doctype html><html><title>Sun</title></html>"
    page = Fetched("outlet-9", "https://sun9.example/feed", html, NOW, 0.1)
    readings = [
        reading(1, 1300, padding=PAYS_BYTES),
        replace(reading(9, 0), outcome=page),
        reading(2, 900),
    ]
    here = replace(tools, executor=SerialExecutor())
    expected = gather.parse(here, readings, silent)
    assert [type(r.outcome) for r in expected] == [Fetched, FetchFailed, Fetched]
    with ProcessExecutor(2, preload=["monitor.pipeline.gather"]) as processes:
        away = replace(tools, executor=processes)
        assert gather.parse(away, readings, silent) == expected
        assert gather.triage(away, expected, silent) == gather.triage(here, expected, silent)


def test_a_run_has_a_worker_for_each_processor_and_none_for_only_one() -> None:
    mine = os.sched_getaffinity(0)
    with open_executor() as executor:
        assert isinstance(executor, ProcessExecutor if len(mine) > 1 else SerialExecutor)
    try:
        os.sched_setaffinity(0, {min(mine)})
        with open_executor() as executor:
            assert isinstance(executor, SerialExecutor)
    finally:
        os.sched_setaffinity(0, mine)


PARENT = """
import os, time
from monitor.executors import ProcessExecutor
if __name__ == "__main__":
    executor = ProcessExecutor(2)
    print(*set(executor.map(eval, ["__import__('time').sleep(0.1) or __import__('os').getpid()"] * 8)), flush=True)
    time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert workers
        parent.send_signal(signal.SIGKILL)
        parent.wait(timeout=10)
    give_up_at = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers):
        assert time.monotonic() < give_up_at, "workers are still there"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
