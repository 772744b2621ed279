"""Feeds are parsed while others are still on their way; bodies do not pile up, and nothing gets lost."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from time import sleep

import pytest

from monitor.config import FetchConfig
from monitor.intake import FeedRead, fetch_feeds, parse_feed, read_feeds
from monitor.records import Fetched, FetchFailed, ParsedFeed, Source
from tests.intake.conftest import FEED, NOW, Exchange, Site, source

OPTIONS = FetchConfig(retry_pause_s=0)
Body = tuple[Fetched, Source]


def parse_all(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
    return (parse_feed(fetched, one) for fetched, one in bodies)


def feeds_of(site: Site, *names: str) -> list[Source]:
    return [source(site.url(f"/{name}"), id=name) for name in names]


def test_reading_gives_what_fetching_and_then_parsing_gives(site: Site) -> None:
    site.serve(path="/a")
    site.serve(b"<!doctype html><title>Portada</title>", path="/page")
    site.serve(b"", path="/broken", status=404)
    feeds = feeds_of(site, "a", "page", "broken")
    expected = []
    for one, outcome in zip(feeds, fetch_feeds(feeds, {}, OPTIONS, now=NOW), strict=True):
        read = FeedRead(outcome)
        expected.append(read.with_parsed(parse_feed(outcome, one)) if isinstance(outcome, Fetched) else read)
    found = read_feeds(feeds, {}, OPTIONS, now=NOW, parse=parse_all)
    whole = [
        read.with_parsed(parse_feed(read.outcome, one))
        if isinstance(read.outcome, Fetched) and not read.parsed
        else read
        for one, read in zip(feeds, found, strict=True)
    ]
    assert [read.parsed for read in whole] == [read.parsed for read in expected]
    assert [type(read.outcome) for read in whole] == [Fetched, FetchFailed, FetchFailed]
    assert isinstance(whole[0].outcome, Fetched)
    assert whole[0].outcome.body == b""
    assert whole[0].outcome.body_digest


def test_a_feed_is_parsed_while_another_is_on_its_way(site: Site) -> None:
    parsed = threading.Event()
    seen: list[bool] = []

    def slow(exchange: Exchange) -> None:
        seen.append(parsed.wait(10))
        exchange.reply(200, FEED)

    def parse(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
        for fetched, one in bodies:
            yield parse_feed(fetched, one)
            parsed.set()

    site.serve(path="/fast")
    site.routes["/slow"] = slow
    read = read_feeds(feeds_of(site, "slow", "fast"), {}, OPTIONS, now=NOW, parse=parse)
    assert seen == [True]
    assert isinstance(read[0].outcome, Fetched)


def test_what_could_not_be_parsed_in_time_comes_back_with_its_body(site: Site) -> None:
    """The parser is held up by the first feed until all of them are in."""
    all_in = threading.Event()
    told: list[str] = []

    def tell(outcome: object) -> None:
        told.append(repr(outcome))
        if len(told) == 3:
            all_in.set()

    def parse(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
        for fetched, one in bodies:
            all_in.wait(10)
            sleep(0.05)  # the end of the fetching comes first
            yield parse_feed(fetched, one)

    for name in ("a", "b", "c"):
        site.serve(path=f"/{name}")
    read = read_feeds(feeds_of(site, "a", "b", "c"), {}, OPTIONS, now=NOW, parse=parse, on_outcome=tell)
    bodies = [read.outcome.body for read in read if isinstance(read.outcome, Fetched)]
    assert sorted(bodies) == sorted(b"" if read.parsed else FEED for read in read)
    assert bodies.count(b"") == 1


def test_nothing_more_is_asked_for_while_too_much_waits_to_be_parsed(site: Site) -> None:
    asked_meanwhile: list[int] = []

    def parse(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
        for fetched, one in bodies:
            sleep(0.05)
            asked_meanwhile.append(len(site.requests))
            yield parse_feed(fetched, one)

    names = [f"{n}" for n in range(5)]
    for name in names:
        site.serve(path=f"/{name}")
    options = FetchConfig(concurrency=1, per_host=8)
    read = read_feeds(feeds_of(site, *names), {}, options, now=NOW, parse=parse, most_waiting=len(FEED) - 1)
    assert all(isinstance(r.outcome, Fetched) for r in read)
    assert all(asked <= number + 2 for number, asked in enumerate(asked_meanwhile)), "one is parsed, one waits"


def test_a_parser_that_wants_several_bodies_before_it_answers_is_given_them(site: Site) -> None:
    """As worker processes do, although each body is already more than may wait."""

    def parse(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
        while batch := list(islice(bodies, 3)):
            yield from (parse_feed(fetched, one) for fetched, one in batch)

    names = [f"{n}" for n in range(6)]
    for name in names:
        site.serve(path=f"/{name}")
    feeds = feeds_of(site, *names)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(lambda: read_feeds(feeds, {}, OPTIONS, now=NOW, parse=parse, most_waiting=1)).result(
            timeout=30
        )
    assert all(isinstance(r.outcome, Fetched) for r in read)


@pytest.mark.parametrize("most_waiting", [10**9, 1], ids=["with room", "while fetching waits for room"])
def test_an_error_of_the_parser_is_raised_and_holds_nothing_up(site: Site, most_waiting: int) -> None:
    def parse(bodies: Iterable[Body]) -> Iterator[ParsedFeed | FetchFailed]:
        for _ in bodies:
            raise MemoryError
        yield from ()

    names = [f"{n}" for n in range(5)]
    for name in names:
        site.serve(path=f"/{name}")
    feeds, options = feeds_of(site, *names), FetchConfig(concurrency=1)
    with ThreadPoolExecutor(1) as pool, pytest.raises(MemoryError):
        pool.submit(lambda: read_feeds(feeds, {}, options, now=NOW, parse=parse, most_waiting=most_waiting)).result(
            timeout=30
        )
