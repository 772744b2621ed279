"""Connections are used again while they are good, each by one request at a time; with TLS they are checked."""

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
import trustme

from monitor.config import FetchConfig
from monitor.intake import fetch_feeds
from monitor.intake.addresses import THIS_MACHINE
from monitor.intake.network import Network, host_name
from monitor.records import Fetched, FetchFailed
from tests.intake.conftest import FEED, NOW, run_site, source

Ask = Callable[[], Awaitable[bytes]]


@dataclass
class Server:
    """Answers all requests of a connection, or only the first, after which it closes without having said so."""

    closes: bool
    forget: Callable[[], Awaitable[None]]  # to be done with it, over here
    connections: list["asyncio.Task[None] | None"] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while not self.closed.is_set():
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                await writer.drain()
                if self.closes:
                    break
        writer.close()
        await writer.wait_closed()
        self.closed.set()


def connections_for(scenario: Callable[[Ask, Server], Awaitable[None]], *, closes: bool = False) -> int:
    """How many connections a scenario needed; it gets what asks for the one page that there is."""

    async def play() -> int:
        async with asyncio.timeout(30), Network(THIS_MACHINE) as network:
            site = Server(closes, forget=lambda: network.forget(host_name(url)))
            server = await asyncio.start_server(site.talk, "127.0.0.1", 0)
            url = httpx2.URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            limits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), 20.0)}

            async def ask() -> bytes:
                request = httpx2.Request("GET", url, extensions=limits)
                return (await network.get(request, allow_private=True, max_bytes=100)).body

            await scenario(ask, site)
            await site.forget()
            server.close()
            await asyncio.gather(*filter(None, site.connections))
        return len(site.connections)

    return asyncio.run(play())


def test_one_request_after_the_other_needs_one_connection() -> None:
    async def three(ask: Ask, _site: Server) -> None:
        assert [await ask(), await ask(), await ask()] == [b"hi", b"hi", b"hi"]

    assert connections_for(three) == 1


def test_requests_at_the_same_time_have_a_connection_each_and_leave_them_to_the_next_ones() -> None:
    async def two_and_two(ask: Ask, _site: Server) -> None:
        assert set(await asyncio.gather(ask(), ask())) == {b"hi"}
        assert set(await asyncio.gather(ask(), ask())) == {b"hi"}

    assert connections_for(two_and_two) == 2


def test_a_connection_that_was_closed_over_there_is_not_used_again() -> None:
    async def one_and_one(ask: Ask, site: Server) -> None:
        assert await ask() == b"hi"
        await site.closed.wait()
        await asyncio.sleep(0.05)  # the end has arrived, and was seen
        site.closed.clear()
        assert await ask() == b"hi"

    assert connections_for(one_and_one, closes=True) == 2


def test_a_host_that_is_forgotten_has_no_connections_left() -> None:
    async def forgotten(ask: Ask, site: Server) -> None:
        await ask()
        assert not site.closed.is_set()
        await site.forget()
        await site.closed.wait()

    assert connections_for(forgotten) == 1


def test_a_long_feed_over_tls_arrives_whole_and_a_name_that_is_not_the_certificates_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three megabytes, more than is taken in before somebody reads."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def secure(server: ThreadingHTTPServer) -> None:
        server.socket = context.wrap_socket(server.socket, server_side=True)

    body = FEED + b"<!-- " + random.Random(7).randbytes(1_500_000).hex().encode() + b" -->"
    for site in run_site(secure):
        site.scheme = "https"
        site.serve(body)
        feeds = [source(site.url(), id="a"), source(site.url(host="localhost"), id="b")]
        whole, refused = fetch_feeds(feeds, {}, FetchConfig(), now=NOW)
        assert isinstance(whole, Fetched)
        assert whole.body == body
        assert isinstance(refused, FetchFailed)
        assert refused.outcome == "tls"
