"""News sitemaps are read like feeds: outlets without a feed have headlines, too."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.intake.parse import parse_feed
from monitor.records import FetchFailed, ParsedFeed
from tests.intake.conftest import NOW, fetched, source

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/x">'
)


def entry(number: int, title: str, date: str = "2026-11-20T04:30:00-06:00", extra: str = "") -> str:
    return (
        f"<url><loc>https://gaceta.example/nota/{number}?utm_source=news</loc><lastmod>2026-11-01</lastmod><news:news>"
        "<news:publication><news:name>Gaceta del Puente</news:name><news:language>es</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>{extra}</news:news></url>"
    )


def sitemap(*entries: str) -> str:
    return f"{HEAD}{''.join(entries)}</urlset>"


def read(body: str | bytes, **changes: Any) -> ParsedFeed:
    result = parse_feed(fetched(body), source(**changes))
    assert isinstance(result, ParsedFeed), result
    return result


def refused(body: str | bytes) -> str:
    result = parse_feed(fetched(body), source())
    assert isinstance(result, FetchFailed)
    assert result.outcome == "not_a_feed"
    return result.detail


def test_an_entry_becomes_an_article_with_address_headline_and_date() -> None:
    words = "<news:keywords>Nogales, túnel , </news:keywords>"
    feed = read(sitemap(entry(1, "Hallan t&#250;nel en Nogales - Gaceta del Puente", extra=words)))
    (article,) = feed.articles
    assert (article.title, article.url) == ("Hallan túnel en Nogales", "https://gaceta.example/nota/1")
    assert article.published_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert (article.date_known, article.summary, article.categories) == (True, "", ("Nogales", "túnel"))
    assert feed.notes == ("a sitemap: headlines without text",)
    assert (feed.title, feed.malformed) == ("Gaceta del Puente", False)


def test_the_same_page_has_the_same_id_as_in_a_feed() -> None:
    rss = "<rss><channel><item><title>x</title><link>http://www.gaceta.example/nota/1</link></item></channel></rss>"
    assert read(sitemap(entry(1, "y"))).articles[0].id == read(rss).articles[0].id


def test_newest_first_repeated_ones_once_and_at_most_max_items() -> None:
    dates = ("2026-11-18", "2026-11-20T01:00:00Z", "2026-11-19T23:00:00+00:00")
    entries = [entry(n, f"Nota {n}", date) for n, date in enumerate(dates)]
    feed = read(sitemap(*entries, entries[0]), max_items=2)
    assert [article.title for article in feed.articles] == ["Nota 1", "Nota 2"]
    assert "1 older entry left out" in feed.notes


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("", True),
        ("tomorrow", False),
        ("2027-01-01", True),
        ("1970-01-01", False),
        ("0001-01-01T00:00:00+14:00", False),
    ],
)
def test_a_date_that_is_missing_odd_or_ahead_is_never_after_the_fetch(date: str, known: bool) -> None:
    (article,) = read(sitemap(entry(1, "Nota", date))).articles
    assert article.published_at <= NOW
    assert article.date_known is known


def test_an_index_names_the_sitemaps_to_use_those_of_news_first() -> None:
    parts = "".join(
        f"<sitemap><loc>https://gaceta.example/{name}.xml</loc></sitemap>" for name in ("a", "b", "c", "news-1")
    )
    said = refused(f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{parts}</sitemapindex>")
    assert "an index of sitemaps: use one of those it lists (https://gaceta.example/news-1.xml, " in said


def test_pages_without_headlines_are_no_source() -> None:
    assert "without headlines" in refused("<urlset><url><loc>https://gaceta.example/</loc></url></urlset>")
    assert "an empty sitemap" in refused("<urlset/>")


def test_a_sitemap_that_ends_early_is_read_as_far_as_it_goes() -> None:
    whole = sitemap(entry(1, "Una"), entry(2, "Dos"))
    feed = read(whole[: whole.rindex("<url>") + 40])
    assert [article.title for article in feed.articles] == ["Una"]
    assert feed.malformed
    assert feed.notes[0].startswith("not well-formed")


@pytest.mark.parametrize(
    "body",
    [
        sitemap(entry(1, "Túnel en Nogales")).encode("cp1252"),
        sitemap(entry(1, "T\x08únel en Nogales")).encode(),
        sitemap(entry(1, "Túnel en Nogales", extra="<a>R&D</a>")).encode(),
        sitemap(entry(1, "Túnel en Nogales")).replace("UTF-8", "UTF-16").encode("utf-16"),
    ],
    ids=["a false charset", "a control character", "a lone ampersand", "utf-16"],
)
def test_a_damaged_sitemap_is_mended(body: bytes) -> None:
    assert [article.title for article in read(body).articles] == ["Túnel en Nogales"]


def test_what_an_entry_says_is_text_and_its_address_a_web_address() -> None:
    feed = read(
        sitemap(
            entry(1, "&lt;script&gt;x&lt;/script&gt;Cierran &amp;#x27;puente&amp;#x27;"),
            entry(2, "Otra").replace("https://gaceta.example", "javascript:alert"),
        )
    )
    assert [article.title for article in feed.articles] == ["Cierran 'puente'"]


def test_an_entity_bomb_costs_nothing() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    bomb = f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY e0 "ha">{levels}]>' + sitemap(entry(1, "&e29;"))[38:]
    assert refused(bomb)


@given(st.binary(max_size=200))
def test_no_damage_breaks_the_reader(noise: bytes) -> None:
    for body in (b"<urlset>" + noise, sitemap(entry(1, "Una")).encode()[:-20] + noise):
        result = parse_feed(fetched(body), source())
        assert isinstance(result, FetchFailed | ParsedFeed)
