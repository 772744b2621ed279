"""Outlets, weeks, crossings, months, feeds: what is counted, and where the columns stand."""

import re
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from monitor.demo.catalog import SAMPLE_DAYS
from monitor.records import FeedState, Story
from monitor.web.charts import HEIGHT, WIDTH, columns
from monitor.web.feeds import FeedHealth, by_language
from monitor.web.window import count
from tests.web.conftest import Opened, Web


def shared(web: Web) -> list[Story]:
    stories = web.site.store.stories(since=SAMPLE_DAYS[-1] - timedelta(days=30))
    return [s for s in stories if len({m.article.source_id for m in s.members}) > 1]


def test_every_report_of_the_window_counts_once_for_its_outlet(web: Web) -> None:
    counted = count(web.site, days=30)
    stories = web.site.store.stories(since=counted.since)
    reports = [m for s in stories for m in s.members if m.article.published_at >= counted.since]
    assert sum(tally.reports for tally in counted.outlets) == len(reports)
    assert [tally.reports for tally in counted.outlets] == sorted((t.reports for t in counted.outlets), reverse=True)
    assert all(tally.first <= tally.shared <= tally.stories <= tally.reports for tally in counted.outlets)
    assert 0 < sum(tally.first for tally in counted.outlets) <= len(shared(web))


def test_only_a_story_that_others_have_as_well_makes_an_outlet_first(web: Web) -> None:
    counted = count(web.site, days=30)
    members = {m.article.id: s for s in shared(web) for m in s.members}
    assert counted.first_reports <= members.keys()


def test_a_story_belongs_to_the_week_of_its_first_report(web: Web) -> None:
    counted = count(web.site, days=7 * 12)
    assert all(week.monday.weekday() == 0 for week in counted.weeks)
    assert sum(week.total for week in counted.weeks) == web.site.store.tally().stories
    assert counted.weeks[0].total > 0


def test_a_pair_of_cities_counts_a_story_once(web: Web) -> None:
    counted = count(web.site, days=7 * 12)
    found = {c.crossing.id: c.stories for c in counted.crossings}
    assert found["ciudad-juarez"] >= 1
    assert all(stories <= web.site.store.tally().stories for stories in found.values())


def test_an_archive_without_news_is_empty_and_not_an_error(opened: Opened) -> None:
    with opened() as web:
        database = sqlite3.connect(web.site.config.folder / "monitor.db")
        with database:
            for table in ("members", "stories", "deliveries", "editions", "runs", "feed_states"):
                database.execute(f"DELETE FROM {table}")
        database.close()
        for path in (
            "/",
            "/archive",
            "/outlets",
            "/trends",
            "/feeds",
            "/outlets/voz-del-bravo",
            "/metrics",
            "/healthz",
        ):
            assert web.get(path).status_code == 200, path
        assert "no edition yet" in web.page("/")
        assert web.get("/healthz").json()["last_good_run_age_s"] is None


def test_the_numbers_of_the_outlets_page_are_those_that_were_counted(web: Web) -> None:
    page = web.page("/outlets?days=90")
    tally = count(web.site, days=90).outlets[0]
    row = page.partition(f'outlets/{tally.source_id}">')[2].partition("</tr>")[0]
    assert f'<td class="n">{tally.reports}</td>' in row
    assert f"{tally.first} of {tally.shared}" in row


def test_an_outlets_page_lists_its_reports_the_newest_first(web: Web) -> None:
    page = web.page("/outlets/voz-del-bravo?lang=es")
    times = re.findall(r'<time datetime="([^"]+)"', page.partition("<ol")[2])
    assert len(times) > 3
    assert times == sorted(times, reverse=True)
    assert "La Voz del Bravo" in page


# ---------------------------------------------------------------- the calendar


def test_a_month_shows_its_editions_and_leads_to_the_months_that_have_some(opened: Opened) -> None:
    with opened() as web:
        store = web.site.store
        newest = store.editions("english", limit=1)[0]
        for day in (date(2025, 11, 30), date(2026, 1, 31), date(2026, 4, 1)):
            store.save_edition(replace(newest, edition=f"english/{day}", date=day), [])
        page = web.page("/archive?month=2026-01&profile=english")
        assert "January 2026" in page
        assert 'aria-label="Edition of Saturday, January 31, 2026"' in page
        assert "month=2025-11" in page
        assert "month=2026-02" in page
        assert "month=" not in web.page("/archive?month=2027-01").partition('rel="next"')[2]
        assert "Ninguna" not in page
        es = web.page("/archive?month=2026-01&profile=english&lang=es")
        assert "enero de 2026" in es
        assert "<caption>enero de 2026</caption>" in es
        assert web.get("/archive?month=2026-13").status_code == 400
        assert web.get("/archive?month=9999-12").status_code == 400
        assert web.get("/archive?month=0001-01").status_code == 400
        assert web.get("/archive?profile=nobody").status_code == 400


def test_an_edition_leads_to_the_ones_before_and_after_and_to_its_files(web: Web) -> None:
    first, last = (SAMPLE_DAYS[n].date().isoformat() for n in (-2, -1))
    page = web.page(f"/editions/english/{first}")
    assert f'editions/english/{last}" rel="next"' in page
    assert 'rel="prev"' not in page
    mail = web.get(f"/editions/english/{last}/mail.html")
    assert "sandbox" in mail.headers["content-security-policy"]
    assert "script" not in mail.headers["content-security-policy"]
    assert web.get(f"/editions/english/{last}/mail.txt").headers["content-type"].startswith("text/plain")
    assert web.get(f"/editions/english/{last}/edition.json").json()["edition"] == f"english/{last}"


def test_an_edition_whose_data_is_damaged_can_still_be_seen_as_mailed(opened: Opened) -> None:
    with opened() as web:
        day = SAMPLE_DAYS[-1].date()
        path = web.site.config.digests_dir / f"{day:%Y/%m/%d}-english.json"
        path.write_text('{"stories": [{"id": 1}]}', encoding="utf-8")
        page = web.page("/?profile=english")
        assert "can still be seen as it was mailed" in page
        path.with_suffix(".html").unlink()
        assert "mail.html" not in web.page("/?profile=english")
        assert web.get(f"/editions/english/{day}/mail.html").status_code == 404


# ---------------------------------------------------------------- feeds and columns


def test_feeds_that_need_a_hand_come_first_with_what_to_do(opened: Opened) -> None:
    with opened() as web:
        seen = SAMPLE_DAYS[-1]
        web.site.store.save_feed_states(
            [
                FeedState("voz-del-bravo", outcome="dns", failures=4, last_ok_at=seen - timedelta(days=4)),
                FeedState("otay-ledger", outcome="ok", last_ok_at=seen, moved_to="https://new.example/<feed>"),
            ]
        )
        page = web.page("/feeds?lang=es")
        failed, moved = page.index("La Voz del Bravo"), page.index("Otay Mesa Ledger")
        assert failed < moved
        assert "servidor no encontrado" in page
        assert "4 fallas seguidas" in page
        assert "busque la nueva dirección" in page
        assert "https://new.example/&lt;feed&gt;" in page


def test_a_language_is_as_well_read_as_its_feeds(web: Web) -> None:
    feed = web.site.config.feeds[0]
    found = (
        FeedHealth(feed, FeedState(feed.id, outcome="ok")),
        FeedHealth(feed, FeedState(feed.id, outcome="stale")),
        FeedHealth(feed, FeedState(feed.id, outcome="timeout")),
        FeedHealth(feed, None),
        FeedHealth(feed.model_copy(update={"enabled": False}), None),
    )
    assert [health.condition for health in found] == ["fine", "quiet", "failed", "never", "off"]
    read = {part.language: (part.read, part.total) for part in by_language(found)}
    assert read[feed.language] == (2, 4)


def test_columns_stand_beside_each_other_within_the_picture_on_one_scale() -> None:
    drawn = columns([(1, 2), (0, 0), (4, 4)])
    assert [column.total for column in drawn] == [3, 0, 8]
    assert all(column.x >= 0 and column.x + column.width <= WIDTH for column in drawn)
    assert all(a.x + a.width <= b.x for a, b in pairwise(drawn))
    heights = [sum(piece.height for piece in column.pieces) for column in drawn]
    assert heights[1] == 0
    assert abs(heights[2] / heights[0] - 8 / 3) < 0.01
    assert all(0 <= piece.y <= HEIGHT for column in drawn for piece in column.pieces)
    assert columns([]) == ()
