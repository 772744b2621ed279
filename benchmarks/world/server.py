"""The made-up press over HTTP, each feed on a host of its own.

    python -m benchmarks.world.server FEEDS ITEMS SEED LATENCY_S

Prints its port; shows what there is at the instant of the last line of its standard input, and ends with it.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from benchmarks.intake_bench.server import Running, Site, running, serve
from benchmarks.world.outlets import World
from monitor.demo.feeds import render_feed


@contextmanager
def publishing(world: World, latency_s: float) -> Iterator[Running]:
    """A server of that world in a process of its own. Tell it an instant (ISO 8601) before feeds are read."""
    arguments = [str(world.feeds), str(world.items), str(world.seed), str(latency_s)]
    with running("benchmarks.world.server", arguments, world.feeds) as server:
        yield server


def _show(site: Site, world: World, line: str) -> None:
    at = datetime.fromisoformat(line)
    site.show(render_feed(outlet, at) for outlet in world.outlets(at))


def _main(feeds: str, items: str, seed: str, latency_s: str) -> None:
    world = World(int(feeds), int(items), seed=int(seed))
    site = Site((), float(latency_s))
    asyncio.run(serve(site, lambda line: _show(site, world, line)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
