"""Reading feeds: conditional, bounded, guarded; every failure is a value that says what to do."""

import base64
import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from time import monotonic

import brotli
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import FetchConfig
from monitor.intake import fetch_feeds, next_state, parse_feed
from monitor.records import FeedOutcome, FeedState, Fetched, FetchFailed, FetchOutcome, NotModified, ParsedFeed, Source
from tests.intake.conftest import FEED, NOW, Exchange, Site, run_secure_site, small_internet, source


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


def test_a_header_of_the_feed_takes_the_place_of_ours_however_it_is_written(site: Site) -> None:
    site.serve()
    read(source(site.url(), headers={"user-agent": "Lector/2.0", "X-Nota": "año"}))
    assert site.requests[0].headers.get_all("User-Agent") == ["Lector/2.0"]
    assert site.requests[0].headers["X-Nota"].encode("latin-1").decode() == "año"


def test_validators_that_are_not_ascii_are_sent_back_as_they_came(site: Site) -> None:
    def answer(exchange: Exchange) -> None:
        same = exchange.headers["If-None-Match"] == '"edición"'.encode().decode("latin-1")
        exchange.reply(304 if same else 200, FEED, {"ETag": '"edición"'.encode().decode("latin-1")})

    site.routes["/feed"] = answer
    outcome, state = read_twice(site)
    assert isinstance(outcome, NotModified)
    assert (outcome.how, state.etag) == ("304", '"edición"')


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


def test_a_refusal_of_a_long_address_with_a_key_tells_the_reason_and_not_the_key(site: Site) -> None:
    for query in ("key=c0ffee", f"q={'fentanilo+' * 40}&token=c0ffee"):
        site.serve(b"", f"/feed?{query}", status=404)
        detail = failure(read(source(site.url(f"/feed?{query}")))).detail
        assert "404 after 1 try" in detail
        assert "c0ffee" not in detail


def test_a_nonsense_retry_after_is_ignored(site: Site) -> None:
    site.serve(b"", status=503, Retry_After="soon")
    assert failure(read(source(site.url()))).retry_at is None


def test_a_feed_that_has_to_wait_is_not_asked(site: Site) -> None:
    site.serve()
    state = FeedState("gaceta", retry_at=NOW + timedelta(minutes=1))
    assert failure(read(source(site.url()), state)).outcome == "waiting"
    assert site.requests == []
    assert isinstance(read(source(site.url()), replace(state, retry_at=NOW)), Fetched)


@pytest.mark.parametrize("headers", [{"Retry_After": "60"}, {}], ids=["for a minute", "for how long it does not say"])
def test_after_a_429_the_hosts_other_feeds_of_this_run_wait_too(site: Site, headers: dict[str, str]) -> None:
    site.serve(b"", path="/1", status=429, **headers)
    site.serve(path="/2")
    feeds = [source(site.url(path), id=path) for path in ("/1", "/2")]
    outcomes = fetch_feeds(feeds, {}, FetchConfig(per_host=1), now=NOW)
    assert [failure(o).outcome for o in outcomes] == ["rate_limited", "waiting"]
    assert len(site.requests) == 1


def test_a_withdrawn_feed_is_not_asked_again_until_its_url_changes(site: Site) -> None:
    site.serve(b"", status=410)
    one = source(site.url())
    state = next_state(None, read(one), None, source=one)
    again = failure(read(one, state))
    assert (again.outcome, again.asked, len(site.requests)) == ("gone", False, 1)
    assert "410 on 2026-11-20" in again.detail
    assert "changed" in again.hint
    assert next_state(state, again, None, source=one) == state


# ---------------------------------------------------------------- moved for good


@pytest.mark.parametrize(
    ("first", "second", "moved_to"),
    [(301, 308, "/c"), (308, 302, "/b"), (302, 301, ""), (307, 308, ""), (303, 302, "")],
)
def test_where_permanent_redirects_lead_is_told_and_others_are_not(
    site: Site, first: int, second: int, moved_to: str
) -> None:
    site.serve(b"", status=first, Location="/b")
    site.serve(b"", path="/b", status=second, Location="/c")
    site.serve(path="/c")
    outcome, state = read_twice(site)
    assert isinstance(outcome, NotModified)
    assert outcome.moved_to == state.moved_to == (site.url(moved_to) if moved_to else "")


def test_a_feed_that_has_moved_is_still_asked_at_its_own_address(site: Site) -> None:
    site.serve(b"", status=301, Location="/b")
    site.serve(path="/b")
    read_twice(site)
    assert [request.path for request in site.requests] == ["/feed", "/b"] * 2


# ---------------------------------------------------------------- a second try


def flaky(site: Site, *answers: Callable[[Exchange], None]) -> None:
    """One answer after the other; then the feed."""
    left: list[Callable[[Exchange], None]] = [*answers, lambda exchange: exchange.reply(200, FEED)]

    def answer(exchange: Exchange) -> None:
        now = left.pop(0)
        now(exchange)

    site.routes["/feed"] = answer


@pytest.mark.parametrize(
    "first",
    [
        lambda exchange: exchange.reply(503),
        lambda exchange: exchange.reply(500),
        lambda exchange: exchange.connection.shutdown(socket.SHUT_RDWR),
        lambda exchange: exchange.reply(200, FEED[:200], {"Content-Length": str(len(FEED))}),
    ],
    ids=["503", "500", "lost", "broke off"],
)
def test_a_passing_failure_is_tried_once_more(site: Site, first: Callable[[Exchange], None]) -> None:
    flaky(site, first)
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED
    assert len(site.requests) == 2


def test_a_failure_that_stays_says_how_often_it_was_tried(site: Site) -> None:
    site.serve(b"", status=502)
    assert failure(read(source(site.url()))).detail.endswith("502 after 2 tries")
    assert len(site.requests) == 2


def test_a_server_that_names_a_pause_is_not_tried_again(site: Site) -> None:
    site.serve(b"", status=503, Retry_After="120")
    assert failure(read(source(site.url()))).retry_at == NOW + timedelta(minutes=2)
    assert len(site.requests) == 1


def test_nothing_is_tried_again_when_less_than_half_of_the_time_is_left(site: Site) -> None:
    site.serve(b"", status=500)
    one = source(site.url(), timeout_s=4)
    fetch_feeds([one], {}, FetchConfig(retry_pause_s=2.1), now=NOW)
    assert len(site.requests) == 1


def test_half_an_answer_is_better_than_none(site: Site) -> None:
    flaky(site, lambda e: e.reply(200, FEED[:200], {"Content-Length": str(len(FEED))}), lambda e: e.reply(500))
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED[:200]


# ---------------------------------------------------------------- cookies, logins, challenges


def test_a_cookie_lives_for_the_redirects_of_one_feed_and_no_longer(site: Site) -> None:
    def answer(exchange: Exchange) -> None:
        if exchange.headers["Cookie"] == "visto=1":
            exchange.reply(200, FEED)
        else:
            exchange.reply(302, b"", {"Location": "/feed", "Set-Cookie": "visto=1; Path=/"})

    site.routes["/feed"] = answer
    for _ in range(2):
        assert isinstance(read(source(site.url())), Fetched)
    assert [request.headers["Cookie"] for request in site.requests] == [None, "visto=1"] * 2


def test_a_cookie_is_not_shown_to_another_host(site: Site) -> None:
    site.serve(b"", status=302, Location=site.url("/b", host="localhost"), Set_Cookie="visto=1; Path=/")
    site.serve(path="/b")
    read(source(site.url()))
    assert site.requests[1].headers["Cookie"] is None


def test_a_login_is_sent_to_the_feeds_own_origin_only(site: Site) -> None:
    site.serve(b"", status=302, Location="/own")
    site.serve(b"", path="/own", status=302, Location=site.url("/other", host="localhost"))
    site.serve(path="/other")
    assert isinstance(read(source(site.url(), username="mesa", password="contraseña")), Fetched)
    sent = "Basic " + base64.b64encode("mesa:contraseña".encode()).decode()
    assert [request.headers["Authorization"] for request in site.requests] == [sent, sent, None]


def test_a_refused_login_is_told_apart_from_a_missing_one_and_shows_no_password(site: Site) -> None:
    site.serve(b"", status=401)
    refused = failure(read(source(site.url(), username="mesa", password="contraseña")))
    assert "password" in refused.hint
    assert "contraseña" not in repr(refused)
    assert "username" in failure(read(source(site.url()))).hint


def test_a_login_without_its_password_is_not_sent(site: Site) -> None:
    site.serve()
    failed = failure(read(source(site.url(), username="mesa")))
    assert (failed.outcome, failed.asked, site.requests) == ("http_error", False, [])
    assert "password_env" in failed.hint


@pytest.mark.parametrize("status", [200, 202, 403, 503])
@pytest.mark.parametrize("header", [("cf-mitigated", "challenge"), ("x-amzn-waf-action", "captcha")])
def test_a_challenge_named_by_the_headers_is_blocked_and_not_tried_again(
    site: Site, status: int, header: tuple[str, str]
) -> None:
    site.routes["/feed"] = lambda exchange: exchange.reply(status, b"<html></html>", dict([header]))
    assert failure(read(source(site.url()))).outcome == "blocked"
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
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("br", brotli.compress(FEED)),
        ("zstd", zstd.compress(FEED)),
        ("gzip, br", brotli.compress(gzip.compress(FEED))),
        ("", gzip.compress(FEED)),
        ("", zstd.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("gzip", gzip.compress(gzip.compress(FEED))),
    ],
    ids=[
        "gzip",
        "deflate",
        "brotli",
        "zstd",
        "gzip, then brotli",
        "gzip unasked",
        "zstd unasked",
        "x-gzip",
        "twice, said once",
    ],
)
def test_compressed_bodies_are_unpacked(site: Site, encoding: str, body: bytes) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    site.routes["/feed"] = lambda exchange: exchange.reply(200, body, headers)
    outcome = read(source(site.url()))
    assert isinstance(outcome, Fetched)
    assert outcome.body == FEED


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"\x1f\x8bnonsense"), ("br", b"nonsense"), ("zstd", b"\x28\xb5\x2f\xfdnonsense"),
     ("", b"\x1f\x8bnonsense")],
)  # fmt: skip
def test_a_damaged_compressed_body_is_not_a_feed(site: Site, encoding: str, body: bytes) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    site.routes["/feed"] = lambda exchange: exchange.reply(200, body, headers)
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


def test_feeds_of_one_host_keep_their_distance_and_those_of_others_do_not_wait(site: Site) -> None:
    came: dict[str, float] = {}

    def answer(exchange: Exchange) -> None:
        came[exchange.path] = monotonic()
        exchange.reply(200, FEED)

    feeds = [source(site.url(f"/{n}"), id=str(n)) for n in range(3)]
    feeds.append(source(site.url("/other", host="localhost"), id="other"))
    site.routes |= dict.fromkeys(("/0", "/1", "/2", "/other"), answer)
    started = monotonic()
    fetch_feeds(feeds, {}, FetchConfig(host_gap_s=0.3), now=NOW)
    assert max(came.values()) - started >= 0.6
    assert came["/other"] < came["/2"]


def test_by_default_only_other_peoples_hosts_are_given_a_gap(site: Site) -> None:
    paths = [f"/{n}" for n in range(4)]
    site.routes |= dict.fromkeys(paths, lambda exchange: exchange.reply(200, FEED))
    theirs = [source(f"http://gaceta.example{path}", id=f"theirs{path}", allow_private=False) for path in paths[:2]]
    ours = [source(site.url(path), id=f"ours{path}") for path in paths]
    told: list[str] = []
    started = monotonic()
    fetch_feeds(
        [*theirs, *ours],
        {},
        FetchConfig(),
        now=NOW,
        on_outcome=lambda outcome: told.append(outcome.source_id),
        wire=small_internet(site),
    )
    assert monotonic() - started >= 1
    assert told[-1] == "theirs/1"


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


@pytest.mark.parametrize(
    "target",
    ["http://xn--*.example/", "http://%zz.xn--a/", "http://[fe80::1%25eth0ß]/", "http:////[①", "//a..xn--/", "http://[",
     "http://a.example:99999/", "http://x" + "y" * 70 + ".example/"],
)  # fmt: skip
def test_a_redirect_to_what_is_no_address_costs_only_its_feed(site: Site, target: str) -> None:
    site.routes["/feed"] = lambda e: e.reply(302, b"", {"Location": target.encode().decode("latin-1")})
    site.serve(path="/good")
    outcomes = fetch_feeds([source(site.url()), source(site.url("/good"), id="good")], {}, FetchConfig(), now=NOW)
    assert failure(outcomes[0]).outcome in ("http_error", "dns")
    assert isinstance(outcomes[1], Fetched)


@pytest.mark.parametrize("url", ["http://xn--*.example/feed", "http://a..xn--/feed"])
def test_a_feed_whose_own_address_is_none_is_a_failure(url: str) -> None:
    assert failure(read(source(url))).outcome in ("http_error", "dns")


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
    yield from run_secure_site()


def test_a_certificate_nobody_vouches_for_is_a_tls_failure(secure_site: Site) -> None:
    secure_site.serve()
    failed = failure(read(source(secure_site.url())))
    assert failed.outcome == "tls"
    assert secure_site.requests == []


_HEADER = st.binary(max_size=60).map(lambda value: value.translate(None, b"\r\n"))
_ODD = st.sampled_from(
    [b"http://[", b"//", b"http://\xff.example/", b"http://xn--\x80/", b"https://:99999/", b"http://a..b/", b"?", b"\0",
     b"a=b; Domain=.; Max-Age=x; Expires=\xff", b"gzip, br, zstd, gzip, gzip, gzip", b"Thu, 99 Foo 9999", b"-1"]
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.sampled_from([200, 301, 302, 304, 410, 429, 503, 599]),
    name=st.sampled_from([b"Location", b"Set-Cookie", b"Retry-After", b"Content-Encoding", b"Content-Length", b"ETag",
                          b"Transfer-Encoding", b"Content-Type"]),
    value=_HEADER | _ODD,
)  # fmt: skip
def test_no_header_makes_an_exception_or_a_state_that_cannot_be_sent_back(
    site: Site, status: int, name: bytes, value: bytes
) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.wfile.write(b"HTTP/1.1 %d X\r\nConnection: close\r\n%s: %s\r\n" % (status, name, value))
        exchange.wfile.write(b"Set-Cookie: %s\r\n\r\n" % value + FEED)

    site.routes["/feed"] = answer
    one = source(site.url(), timeout_s=2)
    first = read(one)
    parsed = parse_feed(first, one) if isinstance(first, Fetched) else None
    problem = parsed if isinstance(parsed, FetchFailed) else first
    state = next_state(None, problem, parsed if isinstance(parsed, ParsedFeed) else None, source=one)
    assert read(one, replace(state, retry_at=None, outcome="ok")).source_id == one.id


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
