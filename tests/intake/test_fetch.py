"""Reading feeds: conditional, bounded, guarded; every failure is a value that says what to do."""

import gzip
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import trustme

from monitor.config import FetchConfig
from monitor.intake import fetch_feeds, next_state, parse_feed
from monitor.records import FeedOutcome, FeedState, Fetched, FetchFailed, FetchOutcome, NotModified, ParsedFeed, Source
from tests.intake.conftest import FEED, NOW, Exchange, Site, run_site, small_internet, source


def read(one: Source, state: FeedState | None = None) -> FetchOutcome:
    states = {one.id: state} if state else {}
    return fetch_feeds([one], states, FetchConfig(retry_pause_s=0), now=NOW)[0]


def read_twice(site: Site, second: Source | None = None) -> tuple[FetchOutcome, FeedState]:
    """The outcome of a second reading after a first one that was parsed, and the state in between."""
    one = source(site.url())
    first = read(one)
    assert isinstance(first, Fetched)
    parsed = parse_feed(first, one)
    assert isinstance(parsed, ParsedFeed)
    state = next_state(None, first, parsed, source=one)
    return read(second or one, state), state


def failure(outcome: FetchOutcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


# ---------------------------------------------------------------- what comes back


def test_a_feed_comes_back_as_the_bytes_that_were_sent(site: Site) -> None:
    site.serve(FEED, Content_Type="text/html", ETag='"a"', Last_Modified="Fri, 20 Nov 2026 08:00:00 GMT")
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED
    assert (outcome.etag, outcome.last_modified) == ('"a"', "Fri, 20 Nov 2026 08:00:00 GMT")
    assert outcome.fetched_at == NOW
    assert outcome.elapsed_s > 0


def test_outcomes_come_in_the_order_of_the_sources_and_each_is_told_as_it_comes(site: Site) -> None:
    gate = threading.Event()

    def slow(exchange: Exchange) -> None:
        gate.wait(5)
        exchange.reply(200, FEED)

    def fast(exchange: Exchange) -> None:
        exchange.reply(200, FEED)

    site.routes |= {"/slow": slow, "/fast": fast}
    told: list[str] = []

    def tell(outcome: FetchOutcome) -> None:
        told.append(outcome.source_id)
        gate.set()

    both = [source(site.url("/slow"), id="slow"), source(site.url("/fast"), id="fast")]
    outcomes = fetch_feeds(both, {}, FetchConfig(), now=NOW, on_outcome=tell)
    assert [o.source_id for o in outcomes] == ["slow", "fast"]
    assert told == ["fast", "slow"]


def test_no_source_is_no_outcome() -> None:
    assert fetch_feeds([], {}, FetchConfig(), now=NOW) == []


def test_the_feeds_own_user_agent_and_headers_are_sent(site: Site) -> None:
    site.serve()
    read(source(site.url(), user_agent="Lector/1.0", headers={"X-Token": "abc"}))
    assert site.requests[0].headers["User-Agent"] == "Lector/1.0"
    assert site.requests[0].headers["X-Token"] == "abc"


# ---------------------------------------------------------------- conditional


def test_a_304_with_our_validators_is_not_modified(site: Site) -> None:
    def answer(exchange: Exchange) -> None:
        if exchange.headers["If-None-Match"] == '"a"' and exchange.headers["If-Modified-Since"] == "yesterday":
            exchange.reply(304)
        else:
            exchange.reply(200, FEED, {"ETag": '"a"', "Last-Modified": "yesterday"})

    site.routes["/feed"] = answer
    outcome, _ = read_twice(site)
    assert isinstance(outcome, NotModified)
    assert outcome.how == "304"


def test_an_equal_body_is_not_modified_without_any_validator(site: Site) -> None:
    site.serve()
    outcome, _ = read_twice(site)
    assert isinstance(outcome, NotModified)
    assert outcome.how == "same_body"


def test_a_304_that_no_earlier_answer_explains_is_a_failure(site: Site) -> None:
    site.serve(status=304, body=b"")
    assert failure(read(source(site.url()))).outcome == "http_error"


def test_validators_of_another_address_are_neither_kept_nor_sent(site: Site) -> None:
    site.serve(status=301, body=b"", Location="/new")
    site.serve(FEED, path="/new", ETag='"new"')
    _, state = read_twice(site)
    assert state.etag == ""
    assert all(request.headers["If-None-Match"] is None for request in site.requests)


def test_a_body_that_is_no_feed_leaves_no_validators_behind(site: Site) -> None:
    site.serve(b"<!doctype html><title>Portada</title>", ETag='"page"')
    one = source(site.url())
    first = read(one)
    assert isinstance(first, Fetched)
    problem = parse_feed(first, one)
    assert isinstance(problem, FetchFailed)
    state = next_state(None, problem, None, source=one)
    assert (state.etag, state.body_digest, state.last_ok_at) == ("", "", None)
    assert isinstance(read(one, replace(state, retry_at=None)), Fetched)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(403, "blocked"), (406, "blocked"), (404, "http_error"), (410, "gone"), (401, "http_error"),
     (429, "rate_limited"), (204, "http_error")],
)  # fmt: skip
def test_a_refusal_is_named_with_its_status(site: Site, status: int, outcome: FeedOutcome) -> None:
    site.serve(b"", status=status)
    failed = failure(read(source(site.url())))
    assert failed.outcome == outcome
    assert failed.detail == f"fetch {site.url()}: {status} after 1 try"
    assert len(site.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
def test_a_refusal_says_what_to_do(site: Site, status: int) -> None:
    site.serve(b"", status=status)
    assert failure(read(source(site.url()))).hint


@pytest.mark.parametrize(("value", "minutes"), [("600", 10), ("Fri, 20 Nov 2026 12:30:00 GMT", 30), ("9" * 30, 1440)])
def test_retry_after_is_honoured_in_seconds_and_as_a_date_for_a_day_at_most(
    site: Site, value: str, minutes: int
) -> None:
    site.serve(b"", status=429, Retry_After=value)
    failed = failure(read(source(site.url())))
    assert failed.retry_at == NOW + timedelta(minutes=minutes)


def test_a_nonsense_retry_after_is_ignored(site: Site) -> None:
    site.serve(b"", status=503, Retry_After="soon")
    assert failure(read(source(site.url()))).retry_at is None


def test_a_feed_that_has_to_wait_is_not_asked(site: Site) -> None:
    site.serve()
    state = FeedState("gaceta", retry_at=NOW + timedelta(minutes=1))
    assert failure(read(source(site.url()), state)).outcome == "waiting"
    assert site.requests == []
    assert isinstance(read(source(site.url()), replace(state, retry_at=NOW)), Fetched)


def test_after_a_429_the_hosts_other_feeds_of_this_run_wait_too(site: Site) -> None:
    site.serve(b"", path="/1", status=429, Retry_After="60")
    site.serve(path="/2")
    feeds = [source(site.url(path), id=path) for path in ("/1", "/2")]
    outcomes = fetch_feeds(feeds, {}, FetchConfig(per_host=1), now=NOW)
    assert [failure(o).outcome for o in outcomes] == ["rate_limited", "waiting"]
    assert len(site.requests) == 1


# ---------------------------------------------------------------- bounds


def test_a_slow_body_is_given_up_in_time(site: Site) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Length": "1000000"})
        while not site.stop.wait(0.02):
            exchange.wfile.write(b"x")

    site.routes["/feed"] = drip
    failed = failure(read(source(site.url(), timeout_s=0.3)))
    assert failed.outcome == "timeout"
    assert 0.25 < failed.elapsed_s < 5


def test_an_endless_body_is_cut_off(site: Site) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.start(200, {})
        while not site.stop.is_set():
            exchange.wfile.write(b" " * 65_536)

    site.routes["/feed"] = endless
    failed = failure(read(source(site.url(), max_bytes=500_000)))
    assert failed.outcome == "too_large"
    assert "500,000 bytes" in failed.detail


def test_an_announced_size_over_the_limit_is_not_read(site: Site) -> None:
    site.routes["/feed"] = lambda exchange: exchange.start(200, {"Content-Length": str(10**12)})
    assert failure(read(source(site.url(), timeout_s=5))).outcome == "too_large"


@pytest.mark.parametrize("declared", [True, False])
def test_a_gzip_bomb_stops_at_the_limit(site: Site, declared: bool) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    headers = {"Content-Encoding": "gzip"} if declared else {}
    site.routes["/feed"] = lambda exchange: exchange.reply(200, bomb, headers)
    assert failure(read(source(site.url(), max_bytes=1_000_000))).outcome == "too_large"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(FEED)), ("deflate", zlib.compress(FEED)), ("", gzip.compress(FEED))],
    ids=["gzip", "deflate", "gzip unasked"],
)
def test_compressed_bodies_are_unpacked(site: Site, encoding: str, body: bytes) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    site.routes["/feed"] = lambda exchange: exchange.reply(200, body, headers)
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


def test_a_damaged_compressed_body_is_not_a_feed(site: Site) -> None:
    site.serve(b"\x1f\x8bnonsense", Content_Encoding="gzip")
    assert failure(read(source(site.url()))).outcome == "not_a_feed"


def test_at_most_per_host_requests_run_at_once_on_one_host(site: Site) -> None:
    running, most, lock = count(), [0], threading.Lock()
    now_running = [0]
    both_in = threading.Barrier(2, timeout=5)

    def answer(exchange: Exchange) -> None:
        with lock:
            now_running[0] += 1
            most[0] = max(most[0], now_running[0])
            next(running)
        both_in.wait()
        with lock:
            now_running[0] -= 1
        exchange.reply(200, FEED)

    feeds = [source(site.url(f"/{n}"), id=str(n)) for n in range(6)]
    site.routes |= dict.fromkeys((f"/{n}" for n in range(6)), answer)
    outcomes = fetch_feeds(feeds, {}, FetchConfig(per_host=2), now=NOW)
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert most[0] == 2


# ---------------------------------------------------------------- redirects and addresses


def test_redirects_are_followed_to_where_they_end(site: Site) -> None:
    site.serve(b"", status=302, Location="/b")
    site.serve(b"", path="/b", status=308, Location=site.url("/c"))
    site.serve(path="/c")
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.url == site.url("/c")


def test_a_redirect_loop_ends(site: Site) -> None:
    site.serve(b"", status=301, Location="/feed")
    failed = failure(read(source(site.url())))
    assert failed.outcome == "http_error"
    assert "more than 5 redirects" in failed.detail
    assert len(site.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://example.org/feed", "gopher://example.org/"])
def test_a_redirect_out_of_http_is_refused(site: Site, target: str) -> None:
    site.serve(b"", status=302, Location=target)
    failed = failure(read(source(site.url())))
    assert failed.outcome == "http_error"
    assert "is not http or https" in failed.detail


def test_a_file_address_is_refused() -> None:
    assert failure(read(source("file:///etc/hostname"))).outcome == "http_error"


def test_headers_of_a_feed_do_not_follow_to_another_host(site: Site) -> None:
    site.serve(b"", status=302, Location=site.url("/b", host="localhost"))
    site.serve(path="/b")
    read(source(site.url(), headers={"Authorization": "Bearer secret"}))
    assert [request.headers["Authorization"] for request in site.requests] == ["Bearer secret", None]


def test_a_private_address_is_refused_unless_the_feed_allows_it(site: Site) -> None:
    site.serve()
    failed = failure(read(source(site.url(), allow_private=False)))
    assert failed.outcome == "refused_address"
    assert "allow_private" in failed.hint
    assert site.requests == []
    assert isinstance(read(source(site.url())), Fetched)


@pytest.mark.parametrize(
    "host", ["localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "127.1"]
)
def test_loopback_is_refused_however_it_is_written(site: Site, host: str) -> None:
    site.serve()
    failed = failure(read(source(site.url(host=host), allow_private=False, timeout_s=5)))
    assert failed.outcome in ("refused_address", "dns")
    assert site.requests == []


def test_an_allowed_feed_opens_no_door_for_another_one(site: Site) -> None:
    """A connection kept alive for a feed that may read private addresses is not lent to one that may not."""
    site.serve()
    feeds = [source(site.url(), id="intranet"), source(site.url(), id="stranger", allow_private=False)]
    outcomes = fetch_feeds(feeds, {}, FetchConfig(per_host=1), now=NOW)
    assert isinstance(outcomes[0], Fetched)
    assert failure(outcomes[1]).outcome == "refused_address"


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    site.serve(b"", status=302, Location=site.url("/secret"))
    site.serve(b"secret", path="/secret")
    one = source("http://gaceta.example/feed", allow_private=False)
    failed = failure(fetch_feeds([one], {}, FetchConfig(), now=NOW, wire=small_internet(site))[0])
    assert failed.outcome == "refused_address"
    assert [request.path for request in site.requests] == ["/feed"]


# ---------------------------------------------------------------- a proxy named by the environment


def test_a_proxy_of_the_environment_is_used_and_private_targets_stay_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.routes["http://public.test/feed"] = lambda exchange: exchange.reply(200, FEED)
    monkeypatch.setenv("http_proxy", site.url(""))
    assert isinstance(read(source("http://public.test/feed", allow_private=False)), Fetched)
    failed = failure(read(source("http://10.0.0.1/feed", allow_private=False)))
    assert failed.outcome == "refused_address"
    assert [request.path for request in site.requests] == ["http://public.test/feed"]


# ---------------------------------------------------------------- connections


def test_a_closed_port_is_a_connection_failure() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert failure(read(source(f"http://127.0.0.1:{port}/feed"))).outcome == "connection"


def test_a_server_that_hangs_up_is_a_connection_failure(site: Site) -> None:
    site.routes["/feed"] = lambda exchange: exchange.connection.shutdown(socket.SHUT_RDWR)
    assert failure(read(source(site.url()))).outcome == "connection"


def test_an_unknown_host_is_a_dns_failure() -> None:
    assert failure(read(source("http://no-such-host.invalid/feed", allow_private=False))).outcome == "dns"


@pytest.fixture
def secure_site() -> Iterator[Site]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def secure(server: Any) -> None:
        server.socket = context.wrap_socket(server.socket, server_side=True)

    for site in run_site(secure):
        site.scheme = "https"
        yield site


def test_a_certificate_nobody_vouches_for_is_a_tls_failure(secure_site: Site) -> None:
    secure_site.serve()
    failed = failure(read(source(secure_site.url())))
    assert failed.outcome == "tls"
    assert secure_site.requests == []


def test_one_broken_feed_stops_no_other(site: Site) -> None:
    site.serve()
    site.serve(b"", path="/broken", status=500)
    feeds = [
        source("http://no-such-host.invalid/", id="a"),
        source(site.url("/broken"), id="b"),
        source(site.url(), id="c"),
    ]
    kinds = [type(o).__name__ for o in fetch_feeds(feeds, {}, FetchConfig(), now=NOW)]
    assert kinds == ["FetchFailed", "FetchFailed", "Fetched"]
