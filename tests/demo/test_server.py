"""The sample server speaks HTTP as publishers do: conditional requests, failures, wrong documents."""

from collections.abc import Iterator
from datetime import timedelta

import httpx2 as httpx
import pytest

from monitor.demo.catalog import SAMPLE_DAYS
from monitor.demo.feeds import render_feed
from monitor.demo.server import Hit, SampleServer


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(at=SAMPLE_DAYS[0]) as running:
        yield running


def test_a_feed_is_served_as_rendered_with_validators(server: SampleServer) -> None:
    reply = httpx.get(server.feed_url("mesquite-wire"))
    assert reply.status_code == 200
    assert reply.content == render_feed(server.samples.outlet("mesquite-wire"), SAMPLE_DAYS[0])
    assert reply.headers["content-type"] == "application/atom+xml"
    assert reply.headers["etag"]
    assert reply.headers["last-modified"].endswith(" GMT")


@pytest.mark.parametrize(
    ("validator", "condition"), [("etag", "if-none-match"), ("last-modified", "if-modified-since")]
)
def test_an_unchanged_feed_is_a_304_and_counted(server: SampleServer, validator: str, condition: str) -> None:
    url = server.feed_url("voz-del-bravo")
    known = httpx.get(url).headers[validator]
    again = httpx.get(url, headers={condition: known})
    assert (again.status_code, again.content) == (304, b"")
    assert server.hits == {Hit("/voz-del-bravo/feed", 200): 1, Hit("/voz-del-bravo/feed", 304): 1}


@pytest.mark.parametrize(
    ("validator", "condition"), [("etag", "if-none-match"), ("last-modified", "if-modified-since")]
)
def test_the_next_day_is_a_200_again(server: SampleServer, validator: str, condition: str) -> None:
    url = server.feed_url("voz-del-bravo")
    known = httpx.get(url).headers[validator]
    server.at = SAMPLE_DAYS[1]
    assert httpx.get(url, headers={condition: known}).status_code == 200


def test_an_entity_tag_decides_alone(server: SampleServer) -> None:
    headers = {"if-none-match": '"other"', "if-modified-since": "Sun, 01 Mar 2037 00:00:00 GMT"}
    assert httpx.get(server.feed_url("otay-ledger"), headers=headers).status_code == 200


def test_an_unreadable_date_is_no_condition(server: SampleServer) -> None:
    assert httpx.get(server.feed_url("otay-ledger"), headers={"if-modified-since": "ayer"}).status_code == 200


def test_one_outlet_fails_on_one_day_and_says_when_to_come_back(server: SampleServer) -> None:
    url = server.feed_url("pecos-radio")
    statuses = []
    for server.at in SAMPLE_DAYS:
        reply = httpx.get(url)
        statuses.append(reply.status_code)
        assert ("retry-after" in reply.headers) == (reply.status_code == 503)
    assert statuses == [200, 503, 200, 200]


def test_one_outlet_answers_with_its_home_page(server: SampleServer) -> None:
    reply = httpx.get(server.feed_url("gulf-clarion"))
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")


def test_an_unknown_path_is_a_404(server: SampleServer) -> None:
    assert httpx.get(f"{server.url}/nobody/feed").status_code == 404


def test_the_outlets_fit_into_a_configuration(server: SampleServer) -> None:
    feeds = server.feeds()
    assert [feed.id for feed in feeds] == [outlet.id for outlet in server.samples.outlets]
    assert all(feed.allow_private and feed.url.startswith(server.url) for feed in feeds)
    assert all(httpx.get(feed.url).status_code == 200 for feed in feeds)


def test_every_day_brings_something_new_and_leaves_some_feeds_alone(server: SampleServer) -> None:
    """What makes a replay worth watching: each run reads news, and the last ones also meet 304s."""
    tags: dict[str, str] = {}
    for number, server.at in enumerate(SAMPLE_DAYS):
        statuses = []
        for feed in server.feeds():
            reply = httpx.get(feed.url, headers={"if-none-match": tags[feed.id]} if feed.id in tags else {})
            statuses.append(reply.status_code)
            if "etag" in reply.headers:
                tags[feed.id] = reply.headers["etag"]
        assert statuses.count(200) >= 12, number
    assert server.hits[Hit("/potomac-dispatch/feed", 304)] == 1


def test_the_port_is_free_again_after_the_block() -> None:
    with SampleServer(at=SAMPLE_DAYS[0] + timedelta(hours=1)) as first:
        port = int(first.url.rpartition(":")[2])
    with SampleServer(port=port) as second:
        assert second.url == first.url
