"""What is new is parsed and judged in worker processes when there is enough of it, else here; results are the same."""

import gc
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
from monitor.executors import ProcessExecutor, SerialExecutor, open_executor, settled_heap
from monitor.pipeline import Tools, gather
from monitor.pipeline.gather import Pasts, Reading
from monitor.records import Article, Fetched, FetchFailed, NotModified, ParsedFeed, Source

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


def reading(number: int, items: int) -> Reading:
    """One outlet's new body."""
    source = Source(f"outlet-{number}", "Sun", f"https://sun{number}.example/feed", "en", max_items=2000)
    entries = "".join(
        f"<item><title>{TITLES[k % 2].format(n=k)}</title><link>https://sun{number}.example/{k}</link>"
        f"<pubDate>{format_datetime(NOW - timedelta(minutes=k))}</pubDate></item>"
        for k in range(items)
    )
    body = f'<rss version="2.0"><channel><title>Sun</title>{entries}</channel></rss>'.encode()
    return Reading(source, Fetched(source.id, source.url, body, NOW, 0.1))


def silent(_done: int) -> None:
    """Nobody watches."""


def pasts_of(tools: Tools) -> Pasts:
    return lambda: tools.store.feed_pasts(since=NOW - timedelta(days=30))


def test_a_little_is_parsed_and_judged_here(tools: Tools) -> None:
    counting = Counting()
    tools = replace(tools, executor=counting)
    judged = gather.triage(tools, gather.parse(tools, [reading(1, 20)], silent), pasts_of(tools), silent)
    assert (counting.items, len(judged)) == (0, 20)


def test_much_to_parse_goes_to_the_workers_and_what_comes_first_does_not(tools: Tools) -> None:
    counting = Counting()
    bodies = [(r.outcome, r.source) for r in (reading(n, 20) for n in range(4)) if isinstance(r.outcome, Fetched)]
    first = len(bodies[0][0].body)
    parsed = list(gather.parse_bodies(counting, bodies, pays_bytes=first + 1))
    assert counting.items == 2
    assert [len(feed.articles) for feed in parsed if isinstance(feed, ParsedFeed)] == [20] * 4


def test_what_did_not_change_is_not_parsed(tools: Tools) -> None:
    same = reading(2, 1)
    unchanged = replace(same, outcome=NotModified(same.source.id, NOW, 0.1))
    assert [bool(r.parsed) for r in gather.parse(tools, [reading(1, 20), unchanged], silent)] == [True, False]


def new_articles(tools: Tools, *items: int) -> list[tuple[Article, Source]]:
    readings = gather.parse(tools, [reading(number, count) for number, count in enumerate(items)], silent)
    return [(article, r.source) for r in readings if r.parsed for article in r.parsed.articles]


def test_much_to_judge_goes_to_the_workers_in_batches_and_less_does_not(tools: Tools) -> None:
    counting = Counting()
    articles = new_articles(tools, 300)
    assert len(list(gather.judge_all(counting, tools.lexicon, articles, pays_articles=300))) == 300
    assert counting.items == 300 / 50
    assert len(list(gather.judge_all(counting, tools.lexicon, articles, pays_articles=301))) == 300
    assert counting.items == 300 / 50


def test_what_is_stored_is_not_judged_a_second_time(tools: Tools) -> None:
    readings = gather.parse(tools, [reading(1, 20)], silent)
    judged = gather.triage(tools, readings, pasts_of(tools), silent)
    assert len(judged) == 20
    gather.keep(tools, readings, judged)
    assert gather.triage(tools, readings, pasts_of(tools), silent) == []


@pytest.mark.slow
def test_results_are_equal_wherever_the_work_is_done(tools: Tools) -> None:
    """Also of a body that is no feed, and of one that stands behind a large one."""
    html = b"<!doctype html><html><title>Sun</title></html>"
    page = Fetched("outlet-9", "https://sun9.example/feed", html, NOW, 0.1)
    readings = [reading(1, 1300), replace(reading(9, 0), outcome=page), reading(2, 900)]
    bodies = [(r.outcome, r.source) for r in readings if isinstance(r.outcome, Fetched)]
    expected = list(gather.parse_bodies(SerialExecutor(), bodies))
    assert [type(found) for found in expected] == [ParsedFeed, FetchFailed, ParsedFeed]
    articles = new_articles(tools, 700)
    verdicts = list(gather.judge_all(SerialExecutor(), tools.lexicon, articles))
    with ProcessExecutor(2, preload=["monitor.intake.preload"]) as processes:
        assert list(gather.parse_bodies(processes, bodies, pays_bytes=1)) == expected
        assert list(gather.judge_all(processes, tools.lexicon, articles, pays_articles=1)) == verdicts


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


def test_what_is_there_before_a_run_is_searched_for_garbage_only_after_it() -> None:
    before = gc.get_threshold()
    with settled_heap():
        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold() > before
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before


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
