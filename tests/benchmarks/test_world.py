"""The made-up press of the benchmarks: the same from the same seed, in feeds that are read as written."""

from collections import Counter
from datetime import timedelta

from benchmarks.world.events import START, language_of, reports_of
from benchmarks.world.outlets import World
from monitor.demo.feeds import render_feed
from monitor.intake.parse import parse_feed
from monitor.records import ParsedFeed
from tests.intake.conftest import fetched, source

NOW = START + timedelta(days=9, hours=13)


def test_a_day_is_the_same_whatever_was_asked_before() -> None:
    asked_for_all = [reports_of(day, 30, 8, 7) for day in range(6)]
    assert reports_of(5, 30, 8, 7) == asked_for_all[5]
    assert reports_of(5, 30, 8, 8) != asked_for_all[5]


def test_every_feed_shows_its_newest_items_and_nothing_of_the_future() -> None:
    outlets = World(20).outlets(NOW)
    assert {len(outlet.items) for outlet in outlets} == {25}
    assert all(item.at <= NOW for outlet in outlets for item in outlet.items)


def test_tomorrow_brings_a_day_of_news() -> None:
    world = World(20)
    today = {item.id for outlet in world.outlets(NOW) for item in outlet.items}
    tomorrow = {item.id for outlet in world.outlets(NOW + timedelta(days=1)) for item in outlet.items}
    assert 0.5 < len(tomorrow - today) / (20 * 8) < 1.5


def test_events_are_told_by_several_outlets_in_both_languages_and_copied() -> None:
    reports = [report for report in World(60).reports(NOW) if report.relevant]
    languages: dict[str, set[str]] = {}
    for report in reports:
        assert report.language == language_of(report.outlet)
        languages.setdefault(report.event, set()).add(report.language)
    assert sum(len(told) == 2 for told in languages.values()) > 20
    assert max(Counter(report.event for report in reports).values()) > 5
    assert sum(bool(report.copy_of) for report in reports) > 10


def test_no_sentence_has_a_gap_that_was_not_filled() -> None:
    for report in World(40).reports(NOW):
        assert "{" not in f"{report.title}{report.summary}{report.body}"


def test_what_a_feed_shows_is_what_is_read() -> None:
    for outlet in World(10).outlets(NOW):
        parsed = parse_feed(fetched(render_feed(outlet, NOW)), source())
        assert isinstance(parsed, ParsedFeed)
        assert [article.title for article in parsed.articles] == [item.title for item in outlet.items[::-1]]
