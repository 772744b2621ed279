"""Sending one request and reading one bounded body. No cookies, no redirects, no retries: `fetch` decides those.

Each host has connections of its own, which are used again as long as they are good; the library's pools do much more,
and take a fifth of the time that a run without news needs. Feeds that may read private addresses and those that may not
never share one. When the environment names a proxy
(HTTPS_PROXY, NO_PROXY, …), the proxy makes the connection: the host is then checked by looking it up here, and a name
that only the proxy can look up is left to the proxy's own rules.
"""

import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Protocol, Self
from urllib.request import getproxies_environment, proxy_bypass

import httpcore2
import httpx2

from monitor.intake.addresses import GuardedBackend, Wire, public_addresses

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_KEEPALIVE_S = 5.0
_PIECE = 65_536


class TooLargeError(Exception):
    """A body went over its limit; the rest was not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; the body is read for a 200 only."""

    status: int
    url: httpx2.URL
    headers: httpx2.Headers
    body: bytes = b""
    cut_off: bool = False  # the connection broke, or the compressed stream was damaged, before the body was whole


class _Body(httpx2.AsyncByteStream):
    """The bytes of a response as they arrive, for httpx2's content decoders; TooLargeError past the limit.

    Counted before decompression too: a stream of empty compressed blocks never yields a byte.
    """

    def __init__(self, stream: AsyncIterable[bytes], max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLargeError
            yield chunk

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()


class _Way(Protocol):
    """How a host is reached."""

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response: ...

    async def aclose(self) -> None: ...


class _Direct:
    """Connections to one origin: one for each request that is under way, and those that wait for the next one."""

    def __init__(self, connect: Callable[[], httpcore2.AsyncHTTPConnection]) -> None:
        self._connect = connect
        self._open: list[httpcore2.AsyncHTTPConnection] = []

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        self._open = [one for one in self._open if not one.is_closed()]
        free = next((one for one in self._open if one.is_idle() and not one.has_expired()), None)
        if free is None:
            free = self._connect()
            self._open.append(free)
        return await free.handle_async_request(request)

    async def aclose(self) -> None:
        for one in self._open:
            await one.aclose()


class Network:
    """The connections of one run: `async with Network() as network: await network.get(…)`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._ways: dict[str, dict[tuple[str, str], _Way]] = {}  # by host, then by scheme and kind
        self._proxies = getproxies_environment()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in list(self._ways):
            await self.forget(host)

    async def forget(self, host: str) -> None:
        """Close the connections to a host, named as by `host_name`."""
        for way in self._ways.pop(host, {}).values():
            await way.aclose()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when it is first needed: reading the certificates takes 30 ms."""
        return httpcore2.default_ssl_context()

    async def get(self, request: httpx2.Request, *, allow_private: bool, max_bytes: int) -> Answer:
        """One answer, with at most `max_bytes` of decompressed body.

        Raises TooLargeError, RefusedAddressError, socket.gaierror, httpx2.DecodingError and the errors of httpcore2.
        """
        way = await self._way_for(request, allow_private=allow_private)
        response = await _send(way, request, max_bytes)
        try:
            body, cut_off = await _read(response, max_bytes) if response.status_code == 200 else (b"", False)
        finally:
            await response.aclose()
        return Answer(response.status_code, request.url, response.headers, body, cut_off)

    async def _way_for(self, request: httpx2.Request, *, allow_private: bool) -> _Way:
        url = request.url
        proxy_url = _proxy_for(url, self._proxies)
        if not proxy_url:
            return self._way(url, "open" if allow_private else "guarded")
        if not allow_private:
            with suppress(socket.gaierror):  # a name that only the proxy knows
                limit_s = request.extensions["timeout"]["connect"]
                await public_addresses(self._wire.lookup, url.host, url.port or 443, limit_s)
        return self._way(url, proxy_url)

    def _way(self, url: httpx2.URL, kind: str) -> _Way:
        """`kind` is "open", "guarded" or the address of a proxy."""
        ways = self._ways.setdefault(host_name(url), {})
        way = ways.get((url.scheme, kind))
        if way is None:
            way = ways[url.scheme, kind] = self._new_way(url, kind)
        return way

    def _new_way(self, url: httpx2.URL, kind: str) -> _Way:
        tls = self._tls if url.scheme == "https" else None
        if kind in ("open", "guarded"):
            backend = GuardedBackend(self._wire, allow_private=kind == "open")
            origin = _url(url).origin
            return _Direct(
                lambda: httpcore2.AsyncHTTPConnection(
                    origin, ssl_context=tls, keepalive_expiry=_KEEPALIVE_S, network_backend=backend
                )
            )
        proxy = httpx2.Proxy(kind)
        return httpcore2.AsyncHTTPProxy(
            proxy_url=str(proxy.url),
            proxy_auth=proxy.raw_auth,
            ssl_context=tls,
            max_connections=None,
            network_backend=GuardedBackend(self._wire, allow_private=True),  # who runs the program named it
        )


def host_name(url: httpx2.URL) -> str:
    """The host of an address, with its port if that is not the usual one."""
    return url.netloc.decode("ascii").lower()


def _proxy_for(url: httpx2.URL, proxies: Mapping[str, str]) -> str:
    """The proxy that the environment names for this address; "" for a direct connection."""
    proxy = proxies.get(url.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(url.host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


async def _send(way: _Way, request: httpx2.Request, max_bytes: int) -> httpx2.Response:
    answer = await way.handle_async_request(
        httpcore2.Request(
            method=request.method,
            url=_url(request.url),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
    )
    assert isinstance(answer.stream, AsyncIterable)
    stream = _Body(answer.stream, max_bytes)
    return httpx2.Response(answer.status, headers=answer.headers, stream=stream, request=request)


async def _read(response: httpx2.Response, max_bytes: int) -> tuple[bytes, bool]:
    """The decompressed body, and whether it broke off: then it is what had arrived.

    httpx2 hands out at most 1 MiB at a time, so that a bomb stops at the limit. That the end of a gzip or brotli stream
    is missing is not seen here; the parser sees that the feed's own end is.
    """
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise TooLargeError
    body = bytearray()
    try:
        await _take(response, body, max_bytes)
    except (httpcore2.RemoteProtocolError, httpcore2.ReadError, httpx2.DecodingError):
        if not body:
            raise
        return bytes(body), True
    return await _unasked(bytes(body), max_bytes)


async def _take(response: httpx2.Response, body: bytearray, max_bytes: int) -> None:
    async with aclosing(response.aiter_bytes()) as stream:
        async for chunk in stream:
            body += chunk
            if len(body) > max_bytes:
                raise TooLargeError


async def _unasked(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Some servers send a compressed file without saying so: unpacked under the same limit, once."""
    encoding = "gzip" if body.startswith(_GZIP_MAGIC) else "zstd" if body.startswith(_ZSTD_MAGIC) else ""
    if not encoding:
        return body, False
    packed = httpx2.Response(200, headers={"content-encoding": encoding}, stream=_Stored(body))
    plain = bytearray()
    try:
        await _take(packed, plain, max_bytes)
    except httpx2.DecodingError:
        if not plain:
            raise
        return bytes(plain), True
    return bytes(plain), False


class _Stored(httpx2.AsyncByteStream):
    """Bytes that are here already, handed out in pieces."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]
