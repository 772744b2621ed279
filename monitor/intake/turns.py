"""Whose turn it is: so many requests at a time in all, so many at one host, one after the other with a gap.

A feed has a turn at one host at a time and leaves it before it waits for one at another: feeds that redirect to each
other's hosts never wait for each other in a circle. A host's connections are kept for as long as a feed may need them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from time import monotonic

from monitor.config import FetchConfig


class Host:
    """One host's door."""

    def __init__(self, name: str, per_host: int) -> None:
        self.name = name
        self.paused_until: datetime | None = None  # it asked to be left alone
        self.slots = asyncio.Semaphore(per_host)
        self.door = asyncio.Lock()
        self.open_at = 0.0  # by `monotonic`
        self.guests = 0  # feeds that are here, or on their way


class Turns:
    """At most `concurrency` requests at a time and `per_host` at one host.

    `room` is awaited at the beginning of each turn: it may hold up what comes in.
    `forget` is told hosts that nobody needs any more.
    """

    def __init__(
        self, options: FetchConfig, *, room: Callable[[], Awaitable[None]], forget: Callable[[str], Awaitable[None]]
    ) -> None:
        self._per_host = options.per_host
        self._all = asyncio.Semaphore(options.concurrency)
        self._hosts: dict[str, Host] = {}
        self._room = room
        self._forget = forget

    def host(self, name: str) -> Host:
        """The host of that name; always the same one."""
        found = self._hosts.get(name)
        if found is None:
            found = self._hosts[name] = Host(name, self._per_host)
        return found

    @asynccontextmanager
    async def guest(self, host: Host) -> AsyncIterator[None]:
        """For as long as a feed may need the host: its connections are kept."""
        host.guests += 1
        try:
            yield
        finally:
            host.guests -= 1
            if not host.guests:
                await self._forget(host.name)

    @asynccontextmanager
    async def turn(self, host: Host, gap_s: float) -> AsyncIterator[None]:
        """Wait for a turn and have it. The next one at this host begins `gap_s` after this one at the earliest."""
        async with self.guest(host), host.slots:
            async with host.door:
                pause_s = host.open_at - monotonic()
                if pause_s > 0 and not host.paused_until:
                    await asyncio.sleep(pause_s)
                await self._all.acquire()
                host.open_at = monotonic() + gap_s
            try:
                await self._room()
                yield
            finally:
                self._all.release()
