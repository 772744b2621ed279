"""A scripted web site on loopback, feeds as text, and short ways to the records."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore2
import pytest
import trustme

from monitor.intake.addresses import Lookup, Wire, system_lookup
from monitor.intake.connections import AsyncioBackend
from monitor.records import Fetched, Source

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Gaceta del Puente</title>
<item><title>Reabren la garita de Nogales</title><link>https://gaceta.example/garita</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""


class Exchange(BaseHTTPRequestHandler):
    """One request; a route writes its answer with `reply`, or with `wfile` when it misbehaves."""

    protocol_version = "HTTP/1.1"
    site: "Site"

    def do_GET(self) -> None:
        self.site.requests.append(self)
        self.close_connection = True
        self.site.routes[self.path](self)

    def reply(self, status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.start(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.wfile.write(body)

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


Route = Callable[[Exchange], None]


@dataclass
class Site:
    """Routes by path, and every request that came in. `stop` is set when the test ends: slow routes wait for it."""

    port: int = 0
    scheme: str = "http"
    routes: dict[str, Route] = field(default_factory=dict)
    requests: list[Exchange] = field(default_factory=list, repr=False)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, body: bytes = FEED, path: str = "/feed", status: int = 200, **headers: str) -> None:
        """Answer `path` so; header names are written with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.routes[path] = lambda exchange: exchange.reply(status, body, named)


class _QuietServer(ThreadingHTTPServer):
    """Clients that hang up are what these tests are about: nothing to report."""

    request_queue_size = 128  # all feeds of a test may come at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet."""


def run_site(wrap: Callable[[ThreadingHTTPServer], None] | None = None) -> Iterator[Site]:
    site = Site()
    server = _QuietServer(("127.0.0.1", 0), type("BoundExchange", (Exchange,), {"site": site}))
    server.daemon_threads = False
    if wrap:
        wrap(server)
    site.port = server.server_address[1]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    try:
        yield site
    finally:
        site.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from run_site()


PUBLIC = "93.184.216.34"  # addresses that the guard lets pass; in `small_internet` the tests' sites answer there
SECURE = "93.184.216.35"


class _Dialler(AsyncioBackend):
    """Reaches the sites at their public addresses, whatever the port; `dialled` is told which ones were asked for."""

    def __init__(self, sites: Mapping[str, Site], dialled: list[str]) -> None:
        super().__init__()
        self._sites, self._dialled = sites, dialled

    async def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore2.AsyncNetworkStream:
        self._dialled.append(host)
        at = ("127.0.0.1", self._sites[host].port) if host in self._sites else (host, port)
        return await super().connect_tcp(*at, *args, **kwargs)


def every_example_is_public(host: str, port: int) -> Sequence[str]:
    return [PUBLIC] if host.endswith(".example") else system_lookup(host, port)


def small_internet(
    site: Site,
    lookup: Lookup = every_example_is_public,
    *,
    secure: Site | None = None,
    dialled: list[str] | None = None,
) -> Wire:
    """A network in which `lookup` knows the names, and the public addresses lead to the sites."""
    sites = {PUBLIC: site} | ({SECURE: secure} if secure else {})
    return Wire(lookup, lambda: _Dialler(sites, [] if dialled is None else dialled))


def run_secure_site() -> Iterator[Site]:
    """A site whose certificate nobody vouches for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1", "self-signed.example").configure_cert(context)

    def secure(server: ThreadingHTTPServer) -> None:
        server.socket = context.wrap_socket(server.socket, server_side=True)

    for site in run_site(secure):
        site.scheme = "https"
        yield site


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def source(url: str = "https://gaceta.example/feed", **changes: Any) -> Source:
    given: dict[str, Any] = {"id": "gaceta", "name": "Gaceta del Puente", "language": "es", "allow_private": True}
    return Source(**{**given, "url": url, **changes})


def fetched(body: bytes | str, url: str = "https://gaceta.example/feed", **changes: Any) -> Fetched:
    raw = body if isinstance(body, bytes) else body.encode()
    return Fetched("gaceta", url, raw, NOW, 0.1, **changes)
