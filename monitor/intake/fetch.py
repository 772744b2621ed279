"""Reading feeds over HTTP: conditional, bounded in time and bytes, public addresses only.

`fetch_feeds` is a plain function over an asyncio core. Every failure is a `FetchFailed`; an exception is a bug.
Known gaps: no cookies (a site that wants one on a redirect fails), no retry within a run, one attempt per feed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from urllib.parse import urlsplit

import httpcore2
import httpx2

from monitor.config import FetchConfig
from monitor.intake.addresses import RefusedAddressError
from monitor.intake.answers import BadRedirectError, failed, outcome_of_answer, outcome_of_error
from monitor.intake.network import Answer, Network, TooLargeError
from monitor.records import FeedState, FetchFailed, FetchOutcome, Source

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
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
) -> list[FetchOutcome]:
    """One outcome per source, in the order of `sources`; `now` becomes `fetched_at` and decides what is waiting.

    `on_outcome` is told each outcome as it comes in. Without a state (a forced run) a feed is read unconditionally.
    """
    return asyncio.run(_fetch_all(sources, states, options, now, on_outcome))


async def _fetch_all(
    sources: Sequence[Source],
    states: Mapping[str, FeedState],
    options: FetchConfig,
    now: datetime,
    on_outcome: Callable[[FetchOutcome], None] | None,
) -> list[FetchOutcome]:
    async with Network() as network:
        fetcher = _Fetcher(network, options, now)

        async def read(source: Source) -> FetchOutcome:
            outcome = await fetcher.fetch(source, states.get(source.id))
            if on_outcome:
                on_outcome(outcome)
            return outcome

        return list(await asyncio.gather(*(read(source) for source in sources)))


class _Fetcher:
    """At most `concurrency` feeds at a time and `per_host` from one host; a host that asks for a pause gets it."""

    def __init__(self, network: Network, options: FetchConfig, now: datetime) -> None:
        self._network = network
        self._options = options
        self._now = now
        self._all = asyncio.Semaphore(options.concurrency)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._paused: dict[str, datetime] = {}

    async def fetch(self, source: Source, state: FeedState | None) -> FetchOutcome:
        if state and state.retry_at and state.retry_at > self._now:
            return self._waiting(source, state.retry_at, "this feed")
        host = urlsplit(source.url).netloc.lower()
        slot = self._hosts.setdefault(host, asyncio.Semaphore(self._options.per_host))
        async with slot, self._all:
            if host in self._paused:
                return self._waiting(source, self._paused[host], host)
            outcome = await self._timed(source, state)
        if isinstance(outcome, FetchFailed) and outcome.outcome == "rate_limited" and outcome.retry_at:
            self._paused[host] = outcome.retry_at
        return outcome

    def _waiting(self, source: Source, until: datetime, who: str) -> FetchFailed:
        what = f"not asked, {who} is given a pause until {until:%Y-%m-%d %H:%M} UTC"
        return failed(source, "waiting", what, now=self._now, retry_at=until)

    async def _timed(self, source: Source, state: FeedState | None) -> FetchOutcome:
        started = monotonic()
        outcome = await self._attempt(source, state)
        return replace(outcome, elapsed_s=monotonic() - started)

    async def _attempt(self, source: Source, state: FeedState | None) -> FetchOutcome:
        try:
            async with asyncio.timeout(source.timeout_s):
                answer = await self._follow(source, state)
        except _FOREIGN as exc:
            failure = outcome_of_error(source, exc, now=self._now)
            if failure is None:
                raise
            return failure
        return outcome_of_answer(source, state, answer, now=self._now)

    async def _follow(self, source: Source, state: FeedState | None) -> Answer:
        """The answer at the end of the redirects; every hop is checked like the first one."""
        own = url = _checked(httpx2.URL(source.url))
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._network.get(
                self._request(source, state, url, own), allow_private=source.allow_private, max_bytes=source.max_bytes
            )
            if answer.status not in _REDIRECTS:
                return answer
            target = answer.headers.get("location", "")
            if not target:
                raise BadRedirectError(f"{answer.status} without an address")
            url = _checked(url.join(target))
        raise BadRedirectError(f"more than {MAX_REDIRECTS} redirects")

    def _request(self, source: Source, state: FeedState | None, url: httpx2.URL, own: httpx2.URL) -> httpx2.Request:
        headers = {
            "User-Agent": source.user_agent or self._options.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",  # never brotli: some sites' is broken
            "Accept-Language": f"{source.language},*;q=0.5",
        }
        if (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port):
            headers |= source.headers  # may hold a token: not for another host
        if url == own and state and state.last_ok_at:
            headers |= {"If-None-Match": state.etag} if state.etag else {}
            headers |= {"If-Modified-Since": state.last_modified} if state.last_modified else {}
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), source.timeout_s)
        return httpx2.Request("GET", url, headers=headers, extensions={"timeout": seconds})


def _checked(url: httpx2.URL) -> httpx2.URL:
    """The URL, if it is http or https with a host and without a login."""
    if url.scheme not in ("http", "https") or not url.host:
        raise BadRedirectError(f"'{url.scheme or url}' is not http or https")
    if url.userinfo:
        raise BadRedirectError("an address with a login is not followed")
    return url
