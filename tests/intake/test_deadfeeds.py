"""An address that is known to be gone is named, with what to use instead."""

import pytest
import yaml

from monitor.config import load_config
from monitor.intake import deadfeeds
from monitor.intake.deadfeeds import known_dead
from monitor.intake.outcome import feed_report
from monitor.records import FetchFailed
from monitor.resources import bundled
from tests.intake.conftest import NOW, source


@pytest.mark.parametrize(
    "url",
    [
        "https://feeds.reuters.com/reuters/topNews",
        "http://www.excelsior.com.mx/rss.xml",
        "https://animalpolitico.com/feed/",
    ],
)
def test_a_dead_address_is_known_however_it_is_written(url: str) -> None:
    assert known_dead(url).startswith("this address ")
    assert "; use " in known_dead(url)


@pytest.mark.parametrize(
    "url",
    ["https://www.elsoldemexico.com.mx/rss", "https://milenio.com/rss-feeds", "https://cnn.com/", "not a url", ""],
)
def test_any_other_address_is_not(url: str) -> None:
    assert known_dead(url) == ""


def test_no_feed_that_ships_is_on_the_list() -> None:
    on = [feed for feed in load_config(bundled("feeds.yaml")).feeds if feed.enabled]
    assert [feed.id for feed in on if known_dead(feed.url)] == []


def test_every_line_has_both_parts_and_fits_into_the_sentence() -> None:
    document = yaml.safe_load(deadfeeds._FILE.read_text(encoding="utf-8"))
    assert len(document) > 25
    for start, (what, instead) in document.items():
        assert not start.startswith(("http", "www.")), start
        assert what, start
        assert instead.rstrip("."), start


def test_a_failing_feed_at_such_an_address_is_told_what_to_use() -> None:
    failure = FetchFailed("gaceta", "http_error", "404", fetched_at=NOW, hint="look on the site")
    dead = source("https://feeds.reuters.com/x")
    assert "discontinued in 2020" in feed_report(dead, failure, None, state=None, stale_days=30).hint
    assert feed_report(source(), failure, None, state=None, stale_days=30).hint == "look on the site"
