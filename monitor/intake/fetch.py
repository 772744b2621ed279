"""Reading feeds over HTTP: conditional, bounded in time and bytes, public addresses only.

`fetch_feeds` is a plain function over an asyncio core. Every failure is a `FetchFailed`; an exception is a bug.
Cookies live as long as one feed's redirects. A passing failure is tried once more when at least half of the feed's time
is left. Each host's gap, limit and pause hold for redirects that lead to it and for second tries, too; waiting for a
turn costs a feed none of its time.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol

import httpcore2
import httpx2

from monitor.config import FetchConfig
from monitor.intake.addresses import THIS_MACHINE, RefusedAddressError, Wire
from monitor.intake.answers import (
    BadRedirectError,
    not_asked,
    outcome_of_answer,
    outcome_of_error,
    retry_after,
    waiting,
    without_password,
    worth_another_try,
)
from monitor.intake.network import Answer, Network, TooLargeError, host_name
from monitor.intake.turns import Host, Turns
from monitor.records import FeedState, Fetched, FetchFailed, FetchOutcome, Source

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
USUAL_GAP_S = 1.0
_UNNAMED_PAUSE = timedelta(minutes=10)  # of a host that says 429 and not for how long
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8,"
    " */*;q=0.1"
)
_FOREIGN = (
    TimeoutError,
    OSError,
    TooLargeError,
    RefusedAddressError,
    BadRedirectError,
    httpx2.InvalidURL,
    httpx2.DecodingError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
)


class Sink(Protocol):
    """Where outcomes go as they come in, in the thread that fetches."""

    async def room(self) -> None:
        """Awaited before anything is asked for: comes back when there is room for more."""

    def take(self, outcome: FetchOutcome) -> FetchOutcome:
        """Take an outcome; what is returned is kept in its place."""


class _Keep:
    """Keeps all, with bodies."""

    async def room(self) -> None:
        """There is always room."""

    def take(self, outcome: FetchOutcome) -> FetchOutcome:
        return outcome


def fetch_feeds(
    sources: Sequence[Source],
    states: Mapping[str, FeedState],
    options: FetchConfig,
    *,
    now: datetime,
    on_outcome: Callable[[FetchOutcome], None] | None = None,
    sink: Sink = _Keep(),  # noqa: B008 - it has no state
    wire: Wire = THIS_MACHINE,
) -> list[FetchOutcome]:
    """One outcome per source, in the order of `sources`; `now` becomes `fetched_at` and decides what is waiting.

    `on_outcome` is told each outcome as it comes in. Without a state (a forced run) a feed is read unconditionally.
    """

    def take(outcome: FetchOutcome) -> FetchOutcome:
        if on_outcome:
            on_outcome(outcome)
        return sink.take(outcome)

    async def fetch_all() -> list[FetchOutcome]:
        async with Network(wire) as network:
            turns = Turns(options, room=sink.room, forget=network.forget)
            fetcher = _Fetcher(network, turns, options, now, take)
            return list(await asyncio.gather(*(fetcher.fetch(one, states.get(one.id)) for one in sources)))

    return asyncio.run(fetch_all())


class _Allowance:
    """The seconds that one feed may use, over all its tries. They run while it has a turn."""

    def __init__(self, seconds: float) -> None:
        self._all_s = self.left_s = seconds

    @property
    def used_s(self) -> float:
        return self._all_s - self.left_s

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """TimeoutError when they are used up."""
        started = monotonic()
        try:
            async with asyncio.timeout(self.left_s):
                yield
        finally:
            self.left_s -= monotonic() - started

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.left_s -= seconds


class _Walk:
    """One try to read a feed: from its own address along the redirects."""

    def __init__(self, source: Source, state: FeedState | None, own: httpx2.URL, allowance: _Allowance) -> None:
        self.source, self.state, self.allowance = source, state, allowance
        self.own = self.url = own
        self._cookies: httpx2.Cookies | None = None  # most feeds set none
        self.moved_to = ""  # where permanent redirects alone have led
        self._permanent = True
        self._steps = 0

    def show_cookies(self, request: httpx2.Request) -> None:
        """Send back what earlier hops have set, and the library thinks fit for this host."""
        if self._cookies is not None:
            with suppress(UnicodeEncodeError):  # a cookie that is not ASCII is not sent back
                self._cookies.set_cookie_header(request)

    def on(self, request: httpx2.Request, answer: Answer) -> None:
        """Go where a redirect leads. Raises BadRedirectError for what is no address, and for one too many."""
        if self._cookies is None:
            self._cookies = httpx2.Cookies()
        self._cookies.extract_cookies(httpx2.Response(answer.status, headers=answer.headers, request=request))
        self.url = _target(self.url, answer)
        self._steps += 1
        if self._steps > MAX_REDIRECTS:
            raise BadRedirectError(f"more than {MAX_REDIRECTS} redirects")
        self._permanent = self._permanent and answer.status in _PERMANENT
        self.moved_to = str(self.url) if self._permanent and self.url != self.own else self.moved_to


@dataclass(frozen=True, slots=True)
class _Try:
    outcome: FetchOutcome
    again: bool = False  # the failure may be a passing one


class _Fetcher:
    """Reads feeds, each when it is its turn; a host that asks for a pause gets it."""

    def __init__(
        self,
        network: Network,
        turns: Turns,
        options: FetchConfig,
        now: datetime,
        take: Callable[[FetchOutcome], FetchOutcome],
    ) -> None:
        self._network = network
        self._turns = turns
        self._options = options
        self._now = now
        self._take = take

    async def fetch(self, source: Source, state: FeedState | None) -> FetchOutcome:
        """What `take` makes of the outcome; it is taken before the next feed has its turn."""
        left_alone = self._left_alone(source, state)
        if left_alone:
            return self._take(left_alone)
        try:
            own = _address(None, source.url)
        except BadRedirectError as exc:
            return self._take(self._failure(source, exc, tries=1))
        allowance = _Allowance(source.timeout_s)
        async with self._turns.guest(self._turns.host(host_name(own))):
            outcome = await self._tried(lambda: _Walk(source, state, own, allowance))
            return self._take(replace(outcome, elapsed_s=allowance.used_s))

    def _left_alone(self, source: Source, state: FeedState | None) -> FetchFailed | None:
        left_alone = not_asked(source, state, now=self._now) if state else None
        without = source.username and not source.password
        return left_alone or (without_password(source, now=self._now) if without else None)

    async def _tried(self, walk: Callable[[], _Walk]) -> FetchOutcome:
        this = walk()
        first = await self._attempt(this, tries=1)
        if not first.again or this.allowance.left_s - self._options.retry_pause_s < this.source.timeout_s / 2:
            return first.outcome
        await this.allowance.pause(self._options.retry_pause_s)
        second = (await self._attempt(walk(), tries=2)).outcome
        not_made = isinstance(second, FetchFailed) and not second.asked
        part_is_better = isinstance(first.outcome, Fetched) and isinstance(second, FetchFailed)
        return first.outcome if not_made or part_is_better else second

    async def _attempt(self, walk: _Walk, *, tries: int) -> _Try:
        try:
            answer = await self._follow(walk)
        except _FOREIGN as exc:
            failure = self._failure(walk.source, exc, tries=tries)
            return _Try(failure, worth_another_try(failure, None))
        if isinstance(answer, FetchFailed):
            return _Try(answer)
        outcome = outcome_of_answer(walk.source, walk.state, answer, now=self._now, tries=tries)
        again = worth_another_try(outcome, answer)
        return _Try(outcome if isinstance(outcome, FetchFailed) else replace(outcome, moved_to=walk.moved_to), again)

    def _failure(self, source: Source, error: Exception, *, tries: int) -> FetchFailed:
        failure = outcome_of_error(source, error, now=self._now, tries=tries)
        if failure is None:
            raise error
        return failure

    async def _follow(self, walk: _Walk) -> Answer | FetchFailed:
        """The answer at the end of the redirects, with a turn at each host on the way."""
        answer = None
        while answer is None:
            host = self._turns.host(host_name(walk.url))
            async with self._turns.turn(host, self._gap_s(walk.source)):
                if host.paused_until:
                    return waiting(walk.source, host.paused_until, host.name, now=self._now)
                async with walk.allowance.running():
                    answer = await self._stay(walk, host)
        return answer

    async def _stay(self, walk: _Walk, host: Host) -> Answer | None:
        """The answer, or None when it is to be had at another host; every address on the way is checked."""
        source = walk.source
        while host_name(walk.url) == host.name:
            request = self._request(source, walk.state, walk.url, walk.own)
            walk.show_cookies(request)
            answer = await self._network.get(request, allow_private=source.allow_private, max_bytes=source.max_bytes)
            if answer.status == 429:
                pause_until = retry_after(answer.headers.get("retry-after", ""), now=self._now)
                host.paused_until = pause_until or self._now + _UNNAMED_PAUSE
            if answer.status not in _REDIRECTS:
                return answer
            walk.on(request, answer)
        return None

    def _gap_s(self, source: Source) -> float:
        if self._options.host_gap_s is not None:
            return self._options.host_gap_s
        return 0.0 if source.allow_private else USUAL_GAP_S

    def _request(self, source: Source, state: FeedState | None, url: httpx2.URL, own: httpx2.URL) -> httpx2.Request:
        headers = {
            "User-Agent": source.user_agent or self._options.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",  # never brotli: some sites' is broken
            "Accept-Language": f"{source.language},*;q=0.5",
        }
        if (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port):
            given = {name.lower() for name in source.headers}
            headers = {name: value for name, value in headers.items() if name.lower() not in given}
            headers |= source.headers  # may hold a token: not for another host
            headers |= {"Authorization": _basic(source)} if source.username else {}
        if url == own and state and state.last_ok_at:
            headers |= {"If-None-Match": state.etag} if state.etag else {}
            headers |= {"If-Modified-Since": state.last_modified} if state.last_modified else {}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]  # httpx2 takes ASCII only as text
        return httpx2.Request("GET", url, headers=raw, extensions={"timeout": self._limits(source)})

    def _limits(self, source: Source) -> dict[str, float]:
        """Seconds for one step; the whole is bounded besides."""
        connect_s = min(self._options.connect_timeout_s, source.timeout_s)
        read_s = min(self._options.read_timeout_s, source.timeout_s)
        return {"connect": connect_s, "read": read_s, "write": read_s, "pool": source.timeout_s}


def _basic(source: Source) -> str:
    """RFC 7617, in UTF-8."""
    return f"Basic {b64encode(f'{source.username}:{source.password}'.encode()).decode()}"


def _target(url: httpx2.URL, answer: Answer) -> httpx2.URL:
    """Where a redirect leads."""
    location = answer.headers.get("location", "")
    if not location:
        raise BadRedirectError(f"{answer.status} without an address")
    return _address(url, location)


def _address(base: httpx2.URL | None, text: str) -> httpx2.URL:
    """The URL that a text means, seen from `base`. Raises BadRedirectError for one that is none, or not to be read."""
    try:
        url = base.join(text) if base else httpx2.URL(text)
        return _checked(url)
    except (ValueError, httpx2.InvalidURL) as exc:  # ValueError: hosts that IDNA or ipaddress cannot read
        raise BadRedirectError(f"'{text}' is no address ({exc})") from exc


def _checked(url: httpx2.URL) -> httpx2.URL:
    """The URL, if it is http or https with a host and without a login."""
    if url.scheme not in ("http", "https") or not (url.host and url.raw_host):
        raise BadRedirectError(f"'{url.scheme or url}' is not http or https")
    if url.userinfo:
        raise BadRedirectError("an address with a login is not followed")
    return url
