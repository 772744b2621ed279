"""The feeds of a site are found where its page names them, or where feeds usually lie."""

from collections.abc import Mapping
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import FetchConfig
from monitor.intake.discover import discover_feeds, language_of
from monitor.intake.pages import Advertised, advertised_feeds
from tests.intake.conftest import FEED, NOW, Exchange, Site

PAGE = b"""<!doctype html><html><head><title>Gaceta</title><base href="/sub/">
<link rel="stylesheet" href="x.css"><link rel="alternate" hreflang="en" href="/en">
<link rel="alternate" type="application/rss+xml" title="Comentarios" href="comments/feed">
<link rel="ALTERNATE nofollow" type="application/rss+xml; charset=utf-8" title="Noticias &amp; m&aacute;s" href="feed">
<link rel="alternate" type="application/atom+xml" href="javascript:alert(1)"></head>
<body><a href="/rss/frontera.xml" title="Frontera">RSS</a><a href="/feedback">Opina</a>
<a href="/rss/frontera.xml">RSS</a>
<a href="https://[broken/rss">x</a></body></html>"""


def test_a_page_names_its_feeds_in_the_head_first_and_those_of_comments_last() -> None:
    assert advertised_feeds(PAGE, "https://gaceta.example/portada") == (
        Advertised("https://gaceta.example/sub/feed", "Noticias & más"),
        Advertised("https://gaceta.example/rss/frontera.xml", "Frontera"),
        Advertised("https://gaceta.example/sub/comments/feed", "Comentarios"),
    )


@given(st.binary(max_size=300))
def test_no_page_breaks_the_reader(noise: bytes) -> None:
    for page in (noise, b"<link rel=alternate type=application/rss+xml href=" + noise, b"<![" + noise, b"<!--" + noise):
        assert all(item.url.startswith("http") for item in advertised_feeds(page, "https://a.example/"))


def serve(site: Site, answers: Mapping[str, bytes]) -> None:
    """These answers by path; 404 for the rest of the addresses that are tried."""

    class Routes(dict[str, object]):
        def __missing__(self, path: str) -> object:
            def answer(exchange: Exchange) -> None:
                exchange.reply(200 if path in answers else 404, answers.get(path, b"gone"))

            return answer

    site.routes = Routes()  # type: ignore[assignment]  # any path has a route


def found(site: Site, path: str) -> list[str]:
    result = discover_feeds(site.url(path), FetchConfig(timeout_s=5), now=NOW, allow_private=True)
    assert result.tried == len(site.requests)
    assert bool(result.problem) is not bool(result.feeds)
    return [feed.url for feed in result.feeds]


def test_an_address_that_is_a_feed_is_found_at_once(site: Site) -> None:
    serve(site, {"/feed": FEED})
    assert found(site, "/feed") == [site.url("/feed")]


def test_feeds_that_the_page_names_are_read_and_the_broken_ones_left_out(site: Site) -> None:
    serve(site, {"/": PAGE, "/sub/feed": FEED, "/rss/frontera.xml": b"<html>no</html>"})
    assert found(site, "/") == [site.url("/sub/feed")]


def test_without_a_word_from_the_page_the_usual_places_are_tried_and_twins_told_once(site: Site) -> None:
    serve(site, {"/": b"<html><body>hello</body></html>", "/rss.xml": FEED, "/feed.xml": FEED})
    assert found(site, "/") == [site.url("/rss.xml")]


def test_less_usual_places_are_tried_only_when_the_usual_ones_are_empty(site: Site) -> None:
    serve(site, {"/": b"<html></html>", "/feed/": FEED, "/index.xml": FEED})
    assert found(site, "/") == [site.url("/feed/")]
    assert "/index.xml" not in [request.path for request in site.requests]
    serve(site, {"/": b"<html></html>", "/index.xml": FEED})
    site.requests.clear()
    assert found(site, "/") == [site.url("/index.xml")]


def test_the_gap_that_the_user_has_set_is_kept(site: Site) -> None:
    """A page, then twice five places: four gaps each time."""
    serve(site, {"/": b"<html></html>"})
    options = FetchConfig(timeout_s=5, host_gap_s=0.1)
    started = monotonic()
    assert discover_feeds(site.url("/"), options, now=NOW, allow_private=True).tried == 11
    assert monotonic() - started >= 0.8


def test_nothing_found_says_why(site: Site) -> None:
    serve(site, {"/": b"<html></html>"})
    result = discover_feeds(site.url("/"), FetchConfig(timeout_s=5), now=NOW, allow_private=True)
    assert result.feeds == ()
    assert "names no feed" in result.problem


def test_a_private_address_is_not_searched_unless_allowed(site: Site) -> None:
    result = discover_feeds(site.url("/"), FetchConfig(timeout_s=5), now=NOW)
    assert "not a public address" in result.problem
    assert site.requests == []


@pytest.mark.parametrize(
    ("titles", "language"),
    [
        (["Hallan un túnel en Nogales", "Cierran el puente por la lluvia", "Fox News"], "es"),
        (["Agents find a tunnel in Nogales", "The bridge is closed", "Hallan un túnel en Nogales"], "en"),
        ([], "en"),
    ],
)
def test_a_feeds_language_is_that_of_most_of_its_headlines(titles: list[str], language: str) -> None:
    assert language_of(titles) == language
