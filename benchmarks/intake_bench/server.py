"""A loopback server in a process of its own: every feed on a host of its own, with latency, validators and gzip.

    python -m benchmarks.intake_bench.server FEEDS ITEMS LATENCY_S

Prints its port and serves until its standard input ends. Feed `n` is at http://127.1.x.y:port/feed for the address that
`host` gives, so that limits per host are no part of the measurement: real feeds have hosts of their own, too.
"""

import asyncio
import contextlib
import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.intake_bench.planted import feed

_LAST_MODIFIED = "Fri, 20 Nov 2026 12:00:00 GMT"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    """One feed as it is sent."""

    plain: bytes
    packed: bytes
    etag: str


def host(number: int) -> str:
    """The loopback address of a feed; all of 127.0.0.0/8 is this machine (on Linux)."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a process of its own."""

    urls: list[str]  # of its feeds
    process: subprocess.Popen[str]

    def tell(self, line: str) -> None:
        """Send it a line and wait until it has done what the line says."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


@contextmanager
def serving(feeds: int, items: int, latency_s: float) -> Iterator[list[str]]:
    """The addresses of the feeds, while a server runs."""
    with running("benchmarks.intake_bench.server", [str(feeds), str(items), str(latency_s)], feeds) as server:
        yield server.urls


@contextmanager
def running(module: str, arguments: Sequence[str], feeds: int) -> Iterator[Running]:
    """A module that calls `serve`, as a program of its own; it ends with the `with` block."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        env=environment,
    ) as process:
        assert process.stdin
        assert process.stdout
        port = int(process.stdout.readline())
        try:
            yield Running([f"http://{host(number)}:{port}/feed" for number in range(feeds)], process)
        finally:
            process.stdin.close()  # the server ends with it
            process.wait(timeout=30)


class Site:
    """Answers of all feeds, by the address that was asked."""

    def __init__(self, bodies: Iterable[bytes], latency_s: float) -> None:
        self._latency_s = latency_s
        self.show(bodies)

    def show(self, bodies: Iterable[bytes]) -> None:
        """From now on, feed `n` is the n-th of these."""
        self._feeds = {host(number): pack(body) for number, body in enumerate(bodies)}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other side closes it."""
        served = self._feeds[writer.get_extra_info("sockname")[0]]
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                await asyncio.sleep(self._latency_s)
                writer.write(answer(request, served))
                await writer.drain()
        writer.close()


def pack(body: bytes) -> Served:
    return Served(body, gzip.compress(body, 6), f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def answer(request: str, served: Served) -> bytes:
    common = f"ETag: {served.etag}\r\nLast-Modified: {_LAST_MODIFIED}\r\nVary: Accept-Encoding\r\n"
    if f"if-none-match: {served.etag}" in request:
        return f"HTTP/1.1 304 Not Modified\r\n{common}\r\n".encode()
    packed = "gzip" in request.partition("accept-encoding:")[2].partition("\r\n")[0]
    body = served.packed if packed else served.plain
    encoding = "Content-Encoding: gzip\r\n" if packed else ""
    kind = "Content-Type: application/rss+xml; charset=utf-8\r\n"
    return f"HTTP/1.1 200 OK\r\n{common}{kind}{encoding}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(site: Site, told: Callable[[str], object] = str) -> None:
    """Print the port, then serve until the standard input ends; `told` is called with every line of it."""
    server = await asyncio.start_server(site.talk, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        while line := await asyncio.to_thread(sys.stdin.readline):
            told(line.strip())
            print("done", flush=True)


if __name__ == "__main__":
    bodies = (feed(number, int(sys.argv[2])) for number in range(int(sys.argv[1])))
    asyncio.run(serve(Site(bodies, float(sys.argv[3]))))
