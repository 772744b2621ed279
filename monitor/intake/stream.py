"""Fetching and parsing side by side: a body is parsed while others are still on their way, and then let go.

One thread parses, in the order in which bodies come in. When the last feed has answered it stops after the body it is
at; what is left then comes back unparsed. Fetching pauses while more than `MOST_WAITING` bytes wait to be parsed, so
that the bodies in memory do not grow with the number of feeds: that much at most, and what `concurrency` feeds send.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue

from monitor.config import FetchConfig
from monitor.intake.addresses import THIS_MACHINE, Wire
from monitor.intake.fetch import fetch_feeds
from monitor.records import FeedState, Fetched, FetchFailed, FetchOutcome, ParsedFeed, Source

MOST_WAITING = 32_000_000
Body = tuple[Fetched, Source]
Parse = Callable[[Iterable[Body]], Iterator[ParsedFeed | FetchFailed]]


@dataclass(frozen=True, slots=True)
class FeedRead:
    """What the fetch of one feed gave, and what was in it.

    A `Fetched` that was parsed has lost its body; one that could not be parsed in time still has it.
    """

    outcome: FetchOutcome
    parsed: ParsedFeed | None = None

    def with_parsed(self, parsed: ParsedFeed | FetchFailed) -> "FeedRead":
        """After parsing: a body that is no feed turns the outcome into a failure."""
        if isinstance(parsed, FetchFailed):
            return FeedRead(parsed)
        return FeedRead(_without_body(self.outcome), parsed)


def read_feeds(
    sources: Sequence[Source],
    states: Mapping[str, FeedState],
    options: FetchConfig,
    *,
    now: datetime,
    parse: Parse,
    on_outcome: Callable[[FetchOutcome], None] | None = None,
    wire: Wire = THIS_MACHINE,
    most_waiting: int = MOST_WAITING,
) -> list[FeedRead]:
    """As `fetch_feeds`, with what could be parsed meanwhile; `parse` gets bodies as they come, and answers in order.

    What `parse` raises is raised when the fetching has ended.
    """
    line = _Line({source.id: source for source in sources}, most_waiting)
    with ThreadPoolExecutor(1, thread_name_prefix="parse") as pool:
        parsing = pool.submit(line.parse_with, parse)
        try:
            outcomes = fetch_feeds(sources, states, options, now=now, on_outcome=on_outcome, sink=line, wire=wire)
        finally:
            line.close()
    parsed = parsing.result()
    left = line.left()
    return [_read(left.get(outcome.source_id, outcome), parsed.get(outcome.source_id)) for outcome in outcomes]


def _read(outcome: FetchOutcome, parsed: ParsedFeed | FetchFailed | None) -> FeedRead:
    return FeedRead(outcome) if parsed is None else FeedRead(outcome).with_parsed(parsed)


def _without_body(outcome: FetchOutcome) -> FetchOutcome:
    return replace(outcome, body=b"") if isinstance(outcome, Fetched) else outcome


class _Line:
    """Bodies on their way from the thread that fetches to the one that parses; the first to come is the first served.

    Only `parse_with` runs in the other thread.
    """

    def __init__(self, sources: Mapping[str, Source], most_waiting: int) -> None:
        self._sources = sources
        self._most = most_waiting
        self._queue: SimpleQueue[Fetched | None] = SimpleQueue()
        self._came, self._went = 0, 0  # bytes; each is counted by one thread only
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free = asyncio.Event()
        self._free.set()

    def take(self, outcome: FetchOutcome) -> FetchOutcome:
        if isinstance(outcome, Fetched):
            self._came += len(outcome.body)
            self._queue.put(outcome)
        return _without_body(outcome)

    async def room(self) -> None:
        self._loop = asyncio.get_running_loop()
        while self._is_full():
            self._free.clear()
            if self._is_full():  # still, now that the other thread can see that it is awaited
                await self._free.wait()

    def _is_full(self) -> bool:
        return self._came - self._went > self._most and not self._closed

    def close(self) -> None:
        """Nothing more comes: the other thread ends after the body it is at."""
        self._closed = True
        self._queue.put(None)

    def left(self) -> dict[str, Fetched]:
        """Those that nobody came to parse."""
        found: dict[str, Fetched] = {}
        while not self._queue.empty():
            if fetched := self._queue.get():
                found[fetched.source_id] = fetched
        return found

    def parse_with(self, parse: Parse) -> dict[str, ParsedFeed | FetchFailed]:
        """What was parsed, by feed."""
        taken: deque[str] = deque()
        parsed: dict[str, ParsedFeed | FetchFailed] = {}
        try:
            for found in parse(self._bodies(taken)):
                parsed[taken.popleft()] = found
        finally:
            self._closed = True
            self._let_go(0)
        return parsed

    def _bodies(self, taken: deque[str]) -> Iterator[Body]:
        """A body waits until it is taken, not until it is parsed: `parse` may want several before its first answer."""
        while not self._closed and (fetched := self._queue.get()) is not None:
            taken.append(fetched.source_id)
            self._let_go(len(fetched.body))
            yield fetched, self._sources[fetched.source_id]

    def _let_go(self, size: int) -> None:
        self._went += size
        if self._loop and not self._free.is_set():
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(self._free.set)
