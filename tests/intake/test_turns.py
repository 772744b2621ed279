"""Politeness on the way: a host keeps its gap, its limit and its pause for whoever comes, also by a redirect."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from monitor.config import FetchConfig
from monitor.intake import fetch_feeds
from monitor.records import Fetched, FetchFailed, FetchOutcome
from tests.intake.conftest import FEED, NOW, Exchange, Site, small_internet, source


def read(site: Site, hosts: list[str], options: FetchConfig, *, timeout_s: float = 20.0) -> list[FetchOutcome]:
    """The outcomes of one feed on each of the hosts, `http://NAME.example/NAME`; given up after half a minute."""
    feeds = [
        source(f"http://{name}.example/{name}", id=name, allow_private=False, timeout_s=timeout_s) for name in hosts
    ]
    with ThreadPoolExecutor(1) as pool:
        wire = small_internet(site)
        return pool.submit(lambda: fetch_feeds(feeds, {}, options, now=NOW, wire=wire)).result(timeout=30)


def lead(site: Site, name: str, to: str) -> None:
    site.serve(b"", path=f"/{name}", status=302, Location=f"http://{to}")


def test_redirects_to_one_host_keep_its_gap(site: Site) -> None:
    came: list[float] = []

    def answer(exchange: Exchange) -> None:
        came.append(monotonic())
        exchange.reply(200, FEED)

    for name in ("a", "b", "c"):
        lead(site, name, "wire.example/wire")
    site.routes["/wire"] = answer
    started = monotonic()
    outcomes = read(site, ["a", "b", "c"], FetchConfig(host_gap_s=0.2))
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 3
    assert came[2] - started >= 0.4


def test_redirects_to_one_host_keep_its_limit(site: Site) -> None:
    here, most, lock = [0], [0], threading.Lock()

    def answer(exchange: Exchange) -> None:
        with lock:
            here[0] += 1
            most[0] = max(most[0], here[0])
        sleep(0.05)  # long enough for another one to come in, if it may
        with lock:
            here[0] -= 1
        exchange.reply(200, FEED)

    names = ["a", "b", "c", "d"]
    for name in names:
        lead(site, name, "wire.example/wire")
    site.routes["/wire"] = answer
    outcomes = read(site, names, FetchConfig(host_gap_s=0, per_host=1))
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 4
    assert most[0] == 1


def test_feeds_that_redirect_to_each_others_hosts_do_not_wait_in_a_circle(site: Site) -> None:
    both = threading.Barrier(2, timeout=10)

    def to(url: str, exchange: Exchange) -> None:
        both.wait()  # each is at its own host when it is sent to the other's
        exchange.reply(302, b"", {"Location": url})

    site.routes["/a"] = lambda exchange: to("http://b.example/end", exchange)
    site.routes["/b"] = lambda exchange: to("http://a.example/end", exchange)
    site.serve(path="/end")
    outcomes = read(site, ["a", "b"], FetchConfig(host_gap_s=0, per_host=1))
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 2


def test_a_host_that_asked_for_a_pause_is_left_alone_by_redirects_too(site: Site) -> None:
    refused = threading.Event()

    def refuse(exchange: Exchange) -> None:
        refused.set()
        exchange.reply(429, b"", {"Retry-After": "600"})

    def late(exchange: Exchange) -> None:
        refused.wait(10)
        exchange.reply(302, b"", {"Location": "http://wire.example/wire"})

    lead(site, "a", "wire.example/wire")
    site.routes |= {"/b": late, "/wire": refuse}
    site.serve(path="/a-too")
    first, second = read(site, ["a", "b"], FetchConfig(host_gap_s=0, per_host=1))
    assert isinstance(first, FetchFailed)
    assert isinstance(second, FetchFailed)
    assert (first.outcome, second.outcome) == ("rate_limited", "waiting")
    assert "wire.example" in second.detail
    assert [request.path for request in site.requests].count("/wire") == 1


def test_a_second_try_keeps_the_gap(site: Site) -> None:
    came: list[float] = []

    def answer(exchange: Exchange) -> None:
        came.append(monotonic())
        exchange.reply(200 if len(came) > 1 else 503, FEED)

    site.routes["/a"] = answer
    started = monotonic()
    assert isinstance(read(site, ["a"], FetchConfig(host_gap_s=0.3, retry_pause_s=0))[0], Fetched)
    assert came[1] - started >= 0.3


def test_a_second_try_is_not_made_at_a_host_that_asked_for_a_pause(site: Site) -> None:
    """What the first try gave stands."""
    refused = threading.Event()
    asked: list[str] = []

    def fail(exchange: Exchange) -> None:
        asked.append(exchange.path)
        exchange.reply(503)

    def refuse(exchange: Exchange) -> None:
        refused.set()
        exchange.reply(429)

    site.routes |= {"/feed": fail, "/refusing": refuse}
    feeds = [source(site.url(path), id=path) for path in ("/feed", "/refusing")]
    outcomes = fetch_feeds(feeds, {}, FetchConfig(per_host=1, retry_pause_s=0.5), now=NOW)
    assert [o.outcome for o in outcomes if isinstance(o, FetchFailed)] == ["http_error", "rate_limited"]
    assert asked == ["/feed"]


@pytest.mark.slow
def test_waiting_for_a_turn_costs_a_feed_none_of_its_time(site: Site) -> None:
    names = ["a", "b", "c"]
    for name in names:
        lead(site, name, "wire.example/wire")
    site.serve(path="/wire")
    outcomes = read(site, names, FetchConfig(host_gap_s=1.6), timeout_s=3)
    assert [type(outcome) for outcome in outcomes] == [Fetched] * 3
