"""A small Internet in which everything goes wrong at once, beside ten good feeds.

Run as a program it prints one JSON line: what became of each feed, in which order, and this process's peak of memory
in MB. Servers and reader share the process, so the reader alone needs less.
"""

import gzip
import json
import socket
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import brotli
from backports import zstd

from monitor.config import FetchConfig
from monitor.intake import FeedRead, feed_report, parse_feed, read_feeds
from monitor.records import FeedReport, Fetched, FetchFailed, ParsedFeed, Source
from tests.intake.conftest import (
    PUBLIC,
    SECURE,
    Exchange,
    Route,
    Site,
    run_secure_site,
    run_site,
    small_internet,
    source,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GOOD = [f"good-{n}" for n in range(10)]
OPTIONS = FetchConfig(connect_timeout_s=1, read_timeout_s=1, timeout_s=4, retry_pause_s=0.1)
_BOMB_MB = 300
_ITEM = """<item><title>La garita {n} amplía su horario</title><link>https://gaceta.example/{n}</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>{text}</description></item>"""
_TEXT = " ".join(f"Aviso {n * n}: filas de {n * 7 % 100} minutos." for n in range(40))
FEED = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Gaceta del Puente</title>'
    + "".join(_ITEM.format(n=n, text=_TEXT) for n in range(20))
    + "</channel></rss>"
).encode()
_PAGE = b"""<!doctype html><head><title>Portada</title>
<link rel="alternate" type="application/rss+xml" href="/rss/portada.xml"></head><body>Noticias</body>"""
_CAPTCHA = b"""<!doctype html><head><title>Un momento</title></head><body>
<div class="h-captcha"></div>Verifica que eres humano para continuar</body>"""

EXPECTED = {
    "gzip-bomb": "too_large", "unasked-gzip-bomb": "too_large", "gzip-in-gzip-bomb": "too_large",
    "twice-encoded-bomb": "too_large", "brotli-bomb": "too_large", "zstd-bomb": "too_large",
    "empty-blocks": "too_large", "endless": "too_large", "huge-length": "too_large", "drip": "timeout",
    "silent": "timeout", "loop": "http_error", "to-loopback": "refused_address", "to-metadata": "refused_address",
    "to-file": "http_error", "length-too-long": "ok", "cut-off": "malformed", "length-too-short": "malformed",
    "truncated-gzip": "malformed", "damaged-gzip": "not_a_feed", "html": "not_a_feed", "captcha": "blocked",
    "forbidden": "blocked", "too-many": "rate_limited", "gone": "gone", "missing": "http_error", "broken": "http_error",
    "hang-up": "connection", "not-http": "connection", "endless-head": "connection", "self-signed": "tls",
    "lost-name": "dns", "no-name": "dns",
}  # fmt: skip


def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(block) for block in repeat(b" " * 2**20, _BOMB_MB)) + packer.flush()


def _sent(body: bytes, encoding: str = "", status: int = 200, **headers: str) -> Route:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Content-Encoding": encoding} if encoding else {}
    return lambda exchange: exchange.reply(status, body, named)


def _without_end(site: Site, start: bytes, chunk: bytes, pause_s: float = 0.0) -> Route:
    def route(exchange: Exchange) -> None:
        exchange.wfile.write(start)
        while not site.stop.wait(pause_s):
            exchange.wfile.write(chunk)

    return route


def _routes(site: Site) -> dict[str, Route]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
    bomb = _gzip_bomb()
    packed = gzip.compress(FEED)
    blocks = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    first_block = blocks.compress(b"") + blocks.flush(zlib.Z_FULL_FLUSH)
    return {
        "gzip-bomb": _sent(bomb, "gzip"),
        "unasked-gzip-bomb": _sent(bomb),
        "gzip-in-gzip-bomb": _sent(gzip.compress(bomb), "gzip"),
        "twice-encoded-bomb": _sent(gzip.compress(bomb), "gzip, gzip"),
        "brotli-bomb": _sent(brotli.compress(b" " * 50 * 2**20, quality=1), "br"),
        "zstd-bomb": _sent(zstd.compress(b" " * 50 * 2**20, level=1), "zstd"),
        "empty-blocks": _without_end(
            site, head + b"Content-Encoding: gzip\r\n\r\n" + first_block, b"\0\0\0\xff\xff" * 13_000
        ),
        "endless": _without_end(site, head + b"\r\n", b" " * 65_536),
        "huge-length": lambda exchange: exchange.start(200, {"Content-Length": str(10**12)}),
        "drip": _without_end(site, head + b"\r\n", b"x", 0.05),
        "silent": lambda exchange: bool(site.stop.wait(60)) and None,
        "loop": _sent(b"", status=301, Location="/loop"),
        "to-loopback": _sent(b"", status=302, Location=site.url("/secret")),
        "to-metadata": _sent(b"", status=302, Location="http://169.254.169.254/latest/meta-data/"),
        "to-file": _sent(b"", status=302, Location="file:///etc/hostname"),
        "secret": _sent(FEED),
        "length-too-long": _sent(FEED, Content_Length=str(len(FEED) + 1000)),
        "cut-off": _sent(FEED[: len(FEED) // 2], Content_Length=str(len(FEED))),
        "length-too-short": _sent(FEED, Content_Length=str(len(FEED) // 2)),
        "truncated-gzip": _sent(packed[: len(packed) * 3 // 4], "gzip"),
        "damaged-gzip": _sent(b"\x1f\x8bnonsense", "gzip"),
        "html": _sent(_PAGE),
        "captcha": _sent(_CAPTCHA),
        "forbidden": _sent(b"", status=403),
        "too-many": _sent(b"", status=429, Retry_After="600"),
        "gone": _sent(b"", status=410),
        "missing": _sent(b"", status=404),
        "broken": _sent(b"", status=500),
        "hang-up": lambda exchange: exchange.connection.shutdown(socket.SHUT_RDWR),
        "not-http": lambda exchange: bool(exchange.wfile.write(b"220 mail.example ESMTP\r\n" * 9)) and None,
        "endless-head": _without_end(site, b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 1000 + b"\r\n"),
        **dict.fromkeys(GOOD, _sent(FEED)),
    }


def _lookup(site: Site) -> Callable[[str, int], Sequence[str]]:
    def lookup(host: str, port: int) -> Sequence[str]:
        if host == "lost-name.example":
            site.stop.wait(60)
        if host in ("lost-name.example", "no-name.example"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        if host.endswith(".example"):
            return [SECURE if host == "self-signed.example" else PUBLIC]
        return [host]

    return lookup


def _sources() -> list[Source]:
    def one(name: str) -> Source:
        scheme = "https" if name == "self-signed" else "http"
        url = f"{scheme}://{name}.example/{name}"
        return source(url, id=name, allow_private=False, timeout_s=OPTIONS.timeout_s, max_bytes=OPTIONS.max_bytes)

    return [one(name) for name in (*EXPECTED, *GOOD)]


def _parse(bodies: Iterable[tuple[Fetched, Source]]) -> Iterator[ParsedFeed | FetchFailed]:
    return (parse_feed(fetched, one) for fetched, one in bodies)


def _report(one: Source, read: FeedRead) -> FeedReport:
    if isinstance(read.outcome, Fetched) and not read.parsed:
        read = read.with_parsed(parse_feed(read.outcome, one))
    return feed_report(one, read.outcome, read.parsed, state=None, stale_days=30)


@contextmanager
def _sites() -> Iterator[tuple[Site, Site]]:
    yield from zip(run_site(), run_secure_site(), strict=True)


def main() -> None:
    told: list[str] = []
    with _sites() as (site, secure):
        site.routes |= {f"/{name}": route for name, route in _routes(site).items()}
        wire = small_internet(site, _lookup(site), secure=secure)
        sources = _sources()
        feeds_read = read_feeds(
            sources,
            {},
            OPTIONS,
            now=NOW,
            parse=_parse,
            on_outcome=lambda outcome: told.append(outcome.source_id),
            wire=wire,
        )
        asked = [request.path for request in site.requests]
    reports = [_report(one, read) for one, read in zip(sources, feeds_read, strict=True)]
    feeds = {r.source_id: {"outcome": r.outcome, "items": r.items, "detail": r.detail, "hint": r.hint} for r in reports}
    sys.stdout.write(json.dumps({"feeds": feeds, "told": told, "asked": asked, "peak_mb": _peak_mb()}) + "\n")


def _peak_mb() -> float:
    """The most memory this program had at a time. `getrusage` would count what its parent had when it forked, too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
