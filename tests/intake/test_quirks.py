"""What is odd about a feed that can be read is told in a few words; a feed with nothing odd has none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.intake.quirks import quirks_of
from monitor.records import Article, Fetched, NotModified, ParsedFeed
from tests.intake.conftest import NOW, source

FEED = source("https://gaceta.example/feed")
BODY = Fetched("gaceta", FEED.url, b"", NOW, 0.2, content_type="application/rss+xml", etag='"a"', encoding="gzip")
TEXT = (
    "La garita amplía su horario desde el lunes, informó la aduana; las filas eran de tres horas y ahora son menores."
)


def article(number: int, **changes: Any) -> Article:
    given: dict[str, Any] = {
        "id": str(number), "source_id": "gaceta", "url": f"https://gaceta.example/{number}",
        "link": f"https://gaceta.example/{number}", "title": "Amplían el horario de la garita", "summary": TEXT,
        "published_at": NOW - timedelta(hours=number), "fetched_at": NOW,
    }  # fmt: skip
    return Article(**{**given, **changes})


def parsed(change: Callable[[Article], Article] = lambda a: a, **changes: Any) -> ParsedFeed:
    return ParsedFeed("gaceta", "Gaceta", tuple(change(article(n)) for n in range(4)), **changes)


def test_a_feed_as_it_should_be_has_no_quirk() -> None:
    assert quirks_of(FEED, BODY, parsed()) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "https://feeds.example/gaceta"}, "redirected to https://feeds.example/gaceta"),
        ({"etag": ""}, "always read whole"),
        ({"encoding": "br"}, "sent as br"),
        ({"content_type": "text/html; charset=utf-8"}, "text/html"),
        ({"elapsed_s": 7.4}, "slow: 7 s"),
    ],
)
def test_how_it_is_sent(changes: dict[str, Any], words: str) -> None:
    (quirk,) = quirks_of(FEED, replace(BODY, **changes), parsed())
    assert words in quirk


def test_a_move_for_good_is_advice_and_no_quirk() -> None:
    moved = replace(BODY, url="https://new.example/feed", moved_to="https://new.example/feed")
    assert quirks_of(FEED, moved, parsed()) == ()


def test_either_validator_is_enough() -> None:
    assert quirks_of(FEED, replace(BODY, etag="", last_modified="Fri, 20 Nov 2026 08:00:00 GMT"), parsed()) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: replace(a, hour_known=a.id != "1"), "1 date without hour or zone"),
        (lambda a: replace(a, summary=""), "headlines without text"),
        (lambda a: replace(a, summary="Amplían el horario…"), "behind a paywall"),
        (lambda a: replace(a, link="https://news.google.com/rss/articles/x"), "Google News"),
    ],
)
def test_what_is_in_it(change: Callable[[Article], Article], words: str) -> None:
    (quirk,) = quirks_of(FEED, BODY, parsed(change))
    assert words in quirk


def test_a_full_text_makes_up_for_a_short_summary() -> None:
    assert quirks_of(FEED, BODY, parsed(lambda a: replace(a, summary="Amplían el horario…", body=TEXT))) == ()


def test_what_the_reader_noted_is_told_as_it_is() -> None:
    assert quirks_of(FEED, BODY, parsed(notes=("not well-formed, read as far as it goes",))) == (
        "not well-formed, read as far as it goes",
    )


def test_nothing_is_known_of_a_feed_that_did_not_change() -> None:
    assert quirks_of(FEED, NotModified("gaceta", NOW, 0.1), None) == ()
