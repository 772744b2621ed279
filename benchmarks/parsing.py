"""What reading feeds costs without the network: processor seconds, by the fast reader and by feedparser's.

    python -m benchmarks.parsing [--feeds 200] [--items 25] [--rounds 3]

Prints one line of JSON: `read_s`, `read_by_feedparser_s` (bytes to entries), `parse_s` (bytes to articles, all of it),
the best of the rounds, and `read_fast`, the share of the feeds that the fast reader read. The feeds are the planted
ones of `benchmarks/intake.py`.
"""

import argparse
import json
import time
from collections.abc import Callable

from benchmarks.intake_bench.planted import NOW, feed, language_of
from monitor.intake import parse_feed
from monitor.intake.reading import read_by_feedparser, read_document, read_fast
from monitor.records import Fetched, Lang, Source


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--items", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    planted = [_planted(number, options.items) for number in range(options.feeds)]
    bodies = [fetched.body for fetched, _ in planted]
    url = planted[0][0].url
    result = {
        "feeds": options.feeds,
        "entries": sum(len(read_document(body, url).entries) for body in bodies),
        "megabytes": round(sum(map(len, bodies)) / 1e6, 1),
        "read_s": _seconds(options.rounds, lambda: [read_document(body, url) for body in bodies]),
        "read_by_feedparser_s": _seconds(options.rounds, lambda: [read_by_feedparser(body, url) for body in bodies]),
        "parse_s": _seconds(options.rounds, lambda: [parse_feed(*pair) for pair in planted]),
        "read_fast": sum(read_fast(body, url) is not None for body in bodies) / options.feeds,
    }
    print(json.dumps(result))


def _planted(number: int, items: int) -> tuple[Fetched, Source]:
    url = f"https://outlet{number}.example/feed"
    language: Lang = "es" if language_of(number) == "es" else "en"
    source = Source(id=f"outlet-{number}", name=f"Outlet {number}", url=url, language=language)
    return Fetched(source.id, url, feed(number, items), NOW, 0.1), source


def _seconds(rounds: int, work: Callable[[], object]) -> float:
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return round(min(taken), 2)


if __name__ == "__main__":
    main()
