"""Reading feeds over HTTP: conditional, bounded in time and bytes, public addresses only.

`fetch_feeds` is a plain function over an asyncio core. Every failure is a `FetchFailed`; an exception is a bug.
Cookies live as long as one feed's redirects. A passing failure is tried once more when at least half of the feed's time
is left. Known gaps: a redirect to another host keeps neither that host's gap nor its limit of feeds at a time; a second
try keeps its own pause only.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import httpcore2
import httpx2

from monitor.config import FetchConfig
from monitor.intake.addresses import RefusedAddressError, Wire
from monitor.intake.answers import (
    BadRedirectError,
    not_asked,
    outcome_of_answer,
    outcome_of_error,
    waiting,
    without_password,
    worth_another_try,
)
from monitor.intake.network import Answer, Network, TooLargeError
from monitor.records import FeedState, Fetched, FetchFailed, FetchOutcome, Source

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_USUAL_GAP_S = 1.0
_UNNAMED_PAUSE = timedelta(minutes=10)  # of a host that says 429 and not for how long
_SYSTEM = Wire()
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


def fetch_feeds(
    sources: Sequence[Source],
    states: Mapping[str, FeedState],
    options: FetchConfig,
    *,
    now: datetime,
    on_outcome: Callable[[FetchOutcome], None] | None = None,
    wire: Wire = _SYSTEM,
) -> list[FetchOutcome]:
    """One outcome per source, in the order of `sources`; `now` becomes `fetched_at` and decides what is waiting.

    `on_outcome` is told each outcome as it comes in. Without a state (a forced run) a feed is read unconditionally.
    """

    async def fetch_all() -> list[FetchOutcome]:
        async with Network(wire) as network:
            fetcher = _Fetcher(network, options, now)

            async def read(source: Source) -> FetchOutcome:
                outcome = await fetcher.fetch(source, states.get(source.id))
                if on_outcome:
                    on_outcome(outcome)
                return outcome

            return list(await asyncio.gather(*(read(source) for source in sources)))

    return asyncio.run(fetch_all())


class _Host:
    """One host's door: so many feeds at a time, one after the other, with a gap."""

    def __init__(self, per_host: int) -> None:
        self.slots = asyncio.Semaphore(per_host)
        self.door = asyncio.Lock()
        self.open_at = 0.0  # by `monotonic`
        self.paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    outcome: FetchOutcome
    again: bool  # the failure may be a passing one


class _Fetcher:
    """At most `concurrency` feeds at a time and `per_host` from one host; a host that asks for a pause gets it."""

    def __init__(self, network: Network, options: FetchConfig, now: datetime) -> None:
        self._network = network
        self._options = options
        self._now = now
        self._all = asyncio.Semaphore(options.concurrency)
        self._hosts: dict[str, _Host] = {}

    async def fetch(self, source: Source, state: FeedState | None) -> FetchOutcome:
        left_alone = not_asked(source, state, now=self._now) if state else None
        if left_alone:
            return left_alone
        if source.username and not source.password:
            return without_password(source, now=self._now)
        name = urlsplit(source.url).netloc.lower()
        host = self._hosts.setdefault(name, _Host(self._options.per_host))
        async with self._turn(host, source):
            if host.paused_until:
                return waiting(source, host.paused_until, name, now=self._now)
            started = monotonic()
            outcome = await self._tried(source, state, started + source.timeout_s)
        if isinstance(outcome, FetchFailed) and outcome.outcome == "rate_limited":
            host.paused_until = outcome.retry_at or self._now + _UNNAMED_PAUSE
        return replace(outcome, elapsed_s=monotonic() - started)

    @asynccontextmanager
    async def _turn(self, host: _Host, source: Source) -> AsyncIterator[None]:
        async with host.slots:
            async with host.door:
                if not host.paused_until:
                    await asyncio.sleep(max(0.0, host.open_at - monotonic()))
                await self._all.acquire()
                host.open_at = monotonic() + self._gap_s(source)
            try:
                yield
            finally:
                self._all.release()

    def _gap_s(self, source: Source) -> float:
        if self._options.host_gap_s is not None:
            return self._options.host_gap_s
        return 0.0 if source.allow_private else _USUAL_GAP_S

    async def _tried(self, source: Source, state: FeedState | None, deadline: float) -> FetchOutcome:
        first = await self._attempt(source, state, deadline, tries=1)
        left_s = deadline - monotonic() - self._options.retry_pause_s
        if not first.again or left_s < source.timeout_s / 2:
            return first.outcome
        await asyncio.sleep(self._options.retry_pause_s)
        second = (await self._attempt(source, state, deadline, tries=2)).outcome
        part_is_better = isinstance(first.outcome, Fetched) and isinstance(second, FetchFailed)
        return first.outcome if part_is_better else second

    async def _attempt(self, source: Source, state: FeedState | None, deadline: float, *, tries: int) -> _Try:
        answer, moved_to = None, ""
        try:
            async with asyncio.timeout(deadline - monotonic()):
                answer, moved_to = await self._follow(source, state)
        except _FOREIGN as exc:
            failure = outcome_of_error(source, exc, now=self._now, tries=tries)
            if failure is None:
                raise
            return _Try(failure, worth_another_try(failure, None))
        outcome = outcome_of_answer(source, state, answer, now=self._now, tries=tries)
        again = worth_another_try(outcome, answer)
        return _Try(outcome if isinstance(outcome, FetchFailed) else replace(outcome, moved_to=moved_to), again)

    async def _follow(self, source: Source, state: FeedState | None) -> tuple[Answer, str]:
        """The answer at the end of the redirects, and where those that are permanent lead; every hop is checked."""
        own = url = _address(None, source.url)
        cookies, permanent, moved_to = httpx2.Cookies(), True, ""
        for _ in range(MAX_REDIRECTS + 1):
            request = self._request(source, state, url, own)
            with suppress(UnicodeEncodeError):  # a cookie that is not ASCII is not sent back
                cookies.set_cookie_header(request)
            answer = await self._network.get(request, allow_private=source.allow_private, max_bytes=source.max_bytes)
            if answer.status not in _REDIRECTS:
                return answer, moved_to
            cookies.extract_cookies(httpx2.Response(answer.status, headers=answer.headers, request=request))
            url = _target(url, answer)
            permanent = permanent and answer.status in _PERMANENT
            moved_to = str(url) if permanent and url != own else moved_to
        raise BadRedirectError(f"more than {MAX_REDIRECTS} redirects")

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
