"""Sending one request and reading one bounded body. No cookies, no redirects, no retries: `fetch` decides those.

Connections of feeds that may read private addresses and of those that may not never share a pool. When the
environment names a proxy (HTTPS_PROXY, NO_PROXY, …), the proxy makes the connection: the host is then checked by
looking it up here, and a name that only the proxy can look up is left to the proxy's own rules.
"""

import socket
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.request import getproxies_environment, proxy_bypass

import httpcore2
import httpx2

from monitor.intake.addresses import GuardedBackend, public_addresses

_GZIP_MAGIC = b"\x1f\x8b"
_KEEPALIVE_S = 5.0


class TooLargeError(Exception):
    """A body went over its limit; the rest was not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; the body is read for a 200 only."""

    status: int
    url: httpx2.URL
    headers: httpx2.Headers
    body: bytes = b""


class _Body(httpx2.AsyncByteStream):
    """The bytes of a response as they arrive, for httpx2's content decoders."""

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()


class Network:
    """The connections of one run: `async with Network() as network: await network.get(…)`."""

    def __init__(self) -> None:
        self._tls = httpcore2.default_ssl_context()
        self._pools: dict[str, httpcore2.AsyncConnectionPool] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def get(self, request: httpx2.Request, *, allow_private: bool, max_bytes: int) -> Answer:
        """One answer, with at most `max_bytes` of decompressed body.

        Raises TooLargeError, RefusedAddressError, socket.gaierror, httpx2.DecodingError and the errors of httpcore2.
        """
        pool = await self._pool_for(request.url, allow_private=allow_private)
        response = await _send(pool, request)
        try:
            body = await _read(response, max_bytes) if response.status_code == 200 else b""
        finally:
            await response.aclose()
        return Answer(response.status_code, request.url, response.headers, body)

    async def _pool_for(self, url: httpx2.URL, *, allow_private: bool) -> httpcore2.AsyncConnectionPool:
        proxy_url = _environment_proxy(url)
        if not proxy_url:
            return await self._pool("open" if allow_private else "guarded")
        if not allow_private:
            with suppress(socket.gaierror):  # a name that only the proxy knows
                await public_addresses(url.host, url.port or 443)
        return await self._pool(proxy_url)

    async def _pool(self, key: str) -> httpcore2.AsyncConnectionPool:
        if key not in self._pools:
            self._pools[key] = await self._stack.enter_async_context(self._new_pool(key))
        return self._pools[key]

    def _new_pool(self, key: str) -> httpcore2.AsyncConnectionPool:
        if key in ("open", "guarded"):
            return httpcore2.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=None,
                keepalive_expiry=_KEEPALIVE_S,
                network_backend=GuardedBackend() if key == "guarded" else httpcore2.AnyIOBackend(),
            )
        proxy = httpx2.Proxy(key)
        return httpcore2.AsyncHTTPProxy(
            proxy_url=str(proxy.url), proxy_auth=proxy.raw_auth, ssl_context=self._tls, max_connections=None
        )


def _environment_proxy(url: httpx2.URL) -> str:
    """The proxy that the environment names for this address; "" for a direct connection."""
    proxies = getproxies_environment()
    proxy = proxies.get(url.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(url.host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


async def _send(pool: httpcore2.AsyncConnectionPool, request: httpx2.Request) -> httpx2.Response:
    answer = await pool.handle_async_request(
        httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
    )
    assert isinstance(answer.stream, AsyncIterable)
    return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream), request=request)


async def _read(response: httpx2.Response, max_bytes: int) -> bytes:
    """The decompressed body. httpx2 hands out at most 1 MiB at a time, so that a bomb stops at the limit."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise TooLargeError
    chunks: list[bytes] = []
    size = 0
    async with aclosing(response.aiter_bytes()) as stream:
        async for chunk in stream:
            size += len(chunk)
            if size > max_bytes:
                raise TooLargeError
            chunks.append(chunk)
    return _unasked_gzip(b"".join(chunks), max_bytes)


def _unasked_gzip(body: bytes, max_bytes: int) -> bytes:
    """Some servers send a gzip file without saying so; unpack it under the same limit."""
    if not body.startswith(_GZIP_MAGIC):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, max_bytes + 1)
    except zlib.error as exc:
        raise httpx2.DecodingError(str(exc)) from exc
    if len(plain) > max_bytes:
        raise TooLargeError
    return plain
