"""Runs that are killed with SIGKILL wherever they can be, restarted, and held against what is promised.

    python benchmarks/crashes.py [--parts moments,connections,random,postgresql,daemon,minute]
        [--recipients 20] [--kills 50] [--seed 7] [--every 1]

A whole run (feeds on loopback, the real pipeline, a real mail server) is killed before and after each transaction that
writes and each file that is put in its place, then run again until it ends; `tests/reliability` has the parts.

- `moments`: one kill at each moment of a run over one connection
- `connections`: one kill at each kind of moment, with four connections and PIPELINING
- `random`: kills by the clock and by the word that the mail server has just heard, several in a row
- `postgresql`: one kill at each kind of moment; left out where there is no server
- `daemon`: `monitor schedule`, killed at each kind of moment of a slot's run
- `minute`: the same once, and the next daemon waits for the minute after which the dead one's lock is free

The last line is JSON. By part: `moments` (or `runs`), `kills`, `copies_in_the_window` (messages that came twice because
the kill fell between the final dot and the note of its answer), and `problems`: whatever else is not as promised.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from monitor.demo.server import SampleServer  # noqa: E402
from tests.conftest import new_database, postgres  # noqa: E402
from tests.nursery import Nursery, nursery  # noqa: E402
from tests.reliability.newsroom import Newsroom, feeds_of_today, kinds, open_newsroom  # noqa: E402
from tests.reliability.victims import Moment, Victim  # noqa: E402

WORDS = ("EHLO", "MAIL", "RCPT", ".")
Part = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Where newsrooms are opened: one after the other, each in a folder of its own."""

    folder: Path
    nursery: Nursery
    feeds: SampleServer
    options: argparse.Namespace

    @contextmanager
    def room(self, name: str, **more: Any) -> Iterator[Newsroom]:
        folder = self.folder / name
        with open_newsroom(folder, self.nursery, self.feeds, recipients=self.options.recipients, **more) as room:
            yield room


def main() -> None:
    options = _arguments()
    parts = options.parts.split(",")
    with tempfile.TemporaryDirectory(prefix="crashes-") as folder, feeds_of_today() as feeds:
        site = Site(Path(folder), nursery(), feeds, options)
        done = {name: _timed(name, part, site) for name, part in _PARTS.items() if name in parts}
    print(json.dumps({"benchmark": "crashes", "recipients": options.recipients, "seed": options.seed, **done}))
    sys.exit(any(part["problems"] for part in done.values()))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--parts", default=",".join(_PARTS))
    options.add_argument("--recipients", type=int, default=20)
    options.add_argument("--kills", type=int, default=50, help="of the part `random`")
    options.add_argument("--seed", type=int, default=7, help="of the part `random`")
    options.add_argument("--every", type=int, default=1, help="only every n-th moment")
    return options.parse_args()


def _timed(name: str, part: Callable[[Site], Part], site: Site) -> Part:
    started = time.perf_counter()
    done = part(site) | {"wall_s": round(time.perf_counter() - started, 1)}
    print(f"{name}: {done}", flush=True)
    return done


# ---------------------------------------------------------------- parts


def _moments(site: Site) -> Part:
    return _one_by_one(site, "moments", all_of_them=True)


def _connections(site: Site) -> Part:
    return _one_by_one(site, "connections", connections=4, pipelining=True)


def _one_by_one(site: Site, name: str, *, all_of_them: bool = False, **more: Any) -> Part:
    """A clean run tells the moments; then a newsroom for each of them."""
    with site.room(f"{name}-clean", **more) as clean:
        moments = clean.run().moments()
        shown = clean.finish().shown()
    chosen = (moments if all_of_them else kinds(moments, middle=True))[:: site.options.every]
    rooms = []
    for number, moment in enumerate(chosen):
        with site.room(f"{name}-{number}", **more) as room:
            room.run(dies=moment)
            rooms.append(_finished(room, shown, moment))
    return _told(rooms, moments=len(chosen))


def _finished(room: Newsroom, shown: object, what: object) -> Newsroom:
    room.finish()
    if room.shown() != shown:
        room.problems.append("the edition has other stories or reports than that of a run that was not killed")
    room.problems = [f"{what}: {problem}" for problem in room.problems]
    for problem in room.problems:
        print(problem, flush=True)
    return room


def _told(rooms: Sequence[Newsroom], **more: int) -> Part:
    return {
        **more,
        "kills": sum(room.kills for room in rooms),
        "copies_in_the_window": sum(room.windows.total() for room in rooms),
        "problems": [problem for room in rooms for problem in room.problems],
    }


def _random(site: Site) -> Part:
    """One to four kills in a row in one newsroom, in half of them over four connections."""
    dice = random.Random(site.options.seed)
    with site.room("random-clean") as clean:
        started = time.perf_counter()
        clean.run()
        run_s = time.perf_counter() - started
        shown = clean.finish().shown()
    rooms: list[Newsroom] = []
    while (left := site.options.kills - sum(room.kills for room in rooms)) > 0:
        with site.room(f"random-{len(rooms)}", connections=(1, 4)[len(rooms) % 2]) as room:
            for _ in range(min(left, dice.randint(1, 4))):
                if dice.random() < 0.5:
                    room.run_killed(_by_time(dice.uniform(0, run_s)))
                else:
                    word = dice.choice(WORDS)
                    room.run_killed_at_word(word, 1 if word == "EHLO" else dice.choice((1, 2, 3, 5, 8)))
            rooms.append(_finished(room, shown, f"random {len(rooms)}"))
    return _told(rooms, runs=len(rooms))


def _by_time(after_s: float) -> Callable[[Victim], None]:
    return lambda victim: threading.Timer(after_s, victim.kill).start()


def _postgresql(site: Site) -> Part:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(contextmanager(postgres.__wrapped__)())  # type: ignore[attr-defined]
        except pytest.skip.Exception as exc:
            return _told([]) | {"left_out": str(exc)}
        with site.room("postgresql-clean", url=new_database(server, "clean")) as clean:
            moments = kinds(clean.run().moments(), middle=True)[:: site.options.every]
            shown = clean.finish().shown()
        rooms = []
        for number, moment in enumerate(moments):
            with site.room(f"postgresql-{number}", url=new_database(server, str(moment))) as room:
                room.run(dies=moment)
                rooms.append(_finished(room, shown, moment))
    return _told(rooms, moments=len(moments))


def _daemon(site: Site) -> Part:
    """Each kind of moment once, and one newsroom in which the daemon is killed at all of them in turn."""
    with site.room("daemon-clean") as clean:
        moments = kinds(clean.daemon().moments())[:: site.options.every]
        shown = clean.finish().shown()
    rooms = []
    for number, dies in enumerate([*([moment] for moment in moments), moments]):
        with site.room(f"daemon-{number}") as room:
            for moment in dies:
                room.daemon(dies=moment)
            room.daemon()
            rooms.append(_finished(room, shown, dies[0] if len(dies) == 1 else "all in turn"))
    return _told(rooms, moments=len(moments))


def _minute(site: Site) -> Part:
    """Nothing is done about the dead daemon's lock and its hold on the slot: how long until the next one is through."""
    with site.room("minute") as room:
        room.in_real_time = True
        room.daemon(dies=Moment("after deliveries dot", 10))
        started = time.perf_counter()
        room.daemon()
        waited_s = time.perf_counter() - started
        room.finish()
    return _told([room]) | {"seconds_until_done": round(waited_s, 1)}


_PARTS: dict[str, Callable[[Site], Part]] = {
    "moments": _moments,
    "connections": _connections,
    "random": _random,
    "postgresql": _postgresql,
    "daemon": _daemon,
    "minute": _minute,
}

if __name__ == "__main__":
    main()
