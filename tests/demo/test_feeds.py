"""Rendered feeds can be read by a real parser, and show the flaws they promise."""

import html
import re
from calendar import timegm
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from monitor.demo.catalog import SAMPLE_DAYS, Outlet, load_samples
from monitor.demo.feeds import LEADING_BLANKS, render_feed, render_home_page, visible_items
from monitor.text import canonical_url, one_line

SAMPLES = load_samples()
WITH_ITEMS = [outlet for outlet in SAMPLES.outlets if outlet.items]
END = SAMPLE_DAYS[-1]


def parsed(outlet: Outlet, at: datetime = END) -> feedparser.FeedParserDict:
    return feedparser.parse(render_feed(outlet, at).lstrip(b" "))


@pytest.mark.parametrize("outlet", WITH_ITEMS, ids=lambda outlet: outlet.id)
def test_every_item_is_read_back_newest_first_with_its_text(outlet: Outlet) -> None:
    """Accents, quotes and order survive format, encoding and flaws, in the malformed feed too."""
    items = visible_items(outlet, END)
    entries = parsed(outlet).entries
    assert [one_line(entry.title) for entry in entries] == [item.title for item in items]
    for entry, item in zip(entries, items, strict=True):
        assert item.summary in one_line(entry.summary)
        assert canonical_url(entry.link) == canonical_url(outlet.link(item))


@pytest.mark.parametrize("outlet", WITH_ITEMS, ids=lambda outlet: outlet.id)
def test_the_channel_says_that_this_is_a_sample(outlet: Outlet) -> None:
    feed = parsed(outlet).feed
    assert feed.title == outlet.channel_title
    assert feed.subtitle == outlet.description


@pytest.mark.parametrize("outlet", WITH_ITEMS, ids=lambda outlet: outlet.id)
def test_the_dates_are_those_of_the_items_where_the_format_has_dates(outlet: Outlet) -> None:
    for entry, item in zip(parsed(outlet).entries, visible_items(outlet, END), strict=True):
        if outlet.format == "rss091":
            assert "published" not in entry
            assert "updated" not in entry
        elif "spanish_dates" in outlet.flaws:
            assert entry.published == f"{item.at.day} de marzo de 2026, {item.at:%H:%M}"
        else:
            moment = entry.get("published_parsed") or entry.updated_parsed
            assert datetime.fromtimestamp(timegm(moment), UTC) == item.at


def test_only_what_is_published_by_then_is_in_the_feed() -> None:
    outlet = SAMPLES.outlet("sun-bowl-herald")
    second = sorted(outlet.items, key=lambda item: item.at)[1]
    assert len(parsed(outlet, second.at).entries) == 2
    assert len(parsed(outlet, second.at - timedelta(seconds=1)).entries) == 1


def test_the_same_items_give_the_same_bytes_at_any_instant() -> None:
    outlet = SAMPLES.outlet("potomac-dispatch")
    assert render_feed(outlet, END) == render_feed(outlet, END + timedelta(hours=5))


@pytest.mark.parametrize("outlet", WITH_ITEMS, ids=lambda outlet: outlet.id)
def test_all_but_the_malformed_feed_are_well_formed(outlet: Outlet) -> None:
    assert bool(parsed(outlet).bozo) == ("malformed" in outlet.flaws)


def test_the_malformed_feed_is_cut_off_and_has_control_characters() -> None:
    body = render_feed(SAMPLES.outlet("diario-del-sasabe"), END)
    assert b"</rss>" not in body
    assert b"\x0b" in body
    assert b"Redacci\xc3\xb3n & " in body
    assert body.count(b"<item>") == body.count(b"</item>") + 1


def test_quotes_outside_latin_1_become_references_and_accents_stay_bytes() -> None:
    body = render_feed(SAMPLES.outlet("cochise-courier"), END)
    assert "“".encode("ascii", "xmlcharrefreplace") in body
    assert "Juárez".encode("latin-1") in render_feed(SAMPLES.outlet("voz-del-bravo"), END)
    assert "“".encode("cp1252") in render_feed(SAMPLES.outlet("otay-ledger"), END)


def test_blanks_before_the_declaration() -> None:
    assert render_feed(SAMPLES.outlet("mirador-del-golfo"), END).startswith(b" " * LEADING_BLANKS + b"<?xml")


def test_text_escaped_once_too_often_is_text_again_after_one_more_pass() -> None:
    entry = next(e for e in parsed(SAMPLES.outlet("semanario-dos-riberas")).entries if e.link.endswith("sdr-03"))
    assert "así" not in entry.title
    assert "as&#237; est&#225;n" in entry.title
    assert "así están" in html.unescape(entry.title)


def test_page_furniture_surrounds_the_summary() -> None:
    herald = parsed(SAMPLES.outlet("sun-bowl-herald")).entries[0].summary
    assert herald.startswith("EL PASO, Texas (Sun Bowl Herald) — ")
    assert re.search(r"The post <a .*</a> appeared first on Sun Bowl Herald\.", herald)
    assert ">Leer más</a>" in parsed(SAMPLES.outlet("voz-del-bravo")).entries[0].summary
    assert b'width="1" height="1"' in render_feed(SAMPLES.outlet("otay-ledger"), END)


def test_links_carry_tracking_or_are_relative_and_guids_may_be_missing() -> None:
    post = parsed(SAMPLES.outlet("laredo-crossing-post")).entries[0]
    assert "utm_source=rss" in post.link
    assert "id" not in post
    dispatch = render_feed(SAMPLES.outlet("potomac-dispatch"), END).decode()
    assert '<link rel="alternate" href="/2026/03/' in dispatch


def test_replies_come_before_the_article_in_one_atom_feed() -> None:
    entry = parsed(SAMPLES.outlet("mesquite-wire")).entries[0]
    assert entry.links[0].rel == "replies"
    assert entry.link == entry.links[1].href


def test_full_text_travels_with_the_items_that_have_it() -> None:
    for outlet in WITH_ITEMS:
        for entry, item in zip(parsed(outlet).entries, visible_items(outlet, END), strict=True):
            full = one_line(entry.content[0].value) if entry.get("content") else ""
            assert full == " ".join(item.body)


def test_the_home_page_is_a_web_page_and_no_feed() -> None:
    page = render_home_page(SAMPLES.outlet("gulf-clarion"), END)
    assert page.startswith(b"<!DOCTYPE html>")
    assert not feedparser.parse(page).entries
