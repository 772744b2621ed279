"""One fixture for each thing that real feeds do; outlets and events are invented."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake import parse_feed
from monitor.records import Article, FetchFailed, ParsedFeed, content_id
from tests.intake.conftest import FEED, NOW, fetched, source


def rss(*items: str, channel: str = "<title>Gaceta del Puente</title>") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{channel}{body}</channel></rss>'
    )


def parsed(body: str | bytes, **changes: Any) -> ParsedFeed:
    feed = parse_feed(fetched(body), source(**changes))
    assert isinstance(feed, ParsedFeed), feed
    return feed


def only(*fields: str, **changes: Any) -> Article:
    """The one article of a feed with one item, which has a title and a link unless the fields say otherwise."""
    given = "".join(fields)
    title = "" if "<title" in given else "<title>Hallan túnel en Nogales</title>"
    link = "" if "<link" in given else "<link>https://gaceta.example/tunel</link>"
    (article,) = parsed(rss(title + link + given), **changes).articles
    return article


# ---------------------------------------------------------------- formats


def test_an_rss_item_becomes_an_article() -> None:
    article = only(
        "<title>Hallan túnel</title><link>https://gaceta.example/tunel/?utm_source=rss&amp;id=7</link>",
        "<guid isPermaLink='false'>g-7</guid><pubDate>Fri, 20 Nov 2026 05:00:00 -0600</pubDate>",
        "<description>Agentes hallaron un túnel.</description><category>Frontera</category>",
    )
    assert article == Article(
        id=content_id("https://gaceta.example/tunel?id=7"),
        source_id="gaceta",
        url="https://gaceta.example/tunel?id=7",
        link="https://gaceta.example/tunel/?utm_source=rss&id=7",
        title="Hallan túnel",
        summary="Agentes hallaron un túnel.",
        published_at=datetime(2026, 11, 20, 11, 0, tzinfo=UTC),
        fetched_at=NOW,
        guid="g-7",
        categories=("Frontera",),
    )


RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://g.example/">
<title>Gaceta</title><items><rdf:Seq><rdf:li rdf:resource="https://g.example/a"/></rdf:Seq></items></channel>
<item rdf:about="https://g.example/a"><title>Hallan túnel</title><link>https://g.example/a</link>
<dc:date>2026-11-20T05:00:00-06:00</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://g.example/"><title>Gaceta</title>
<entry><title type="html">Hallan &lt;b&gt;túnel&lt;/b&gt;</title><id>tag:g.example,2026:1</id>
<link rel="replies" type="text/html" href="https://g.example/a#comments"/>
<link rel="alternate" type="text/html" href="/a"/>
<updated>2026-11-20T11:00:00Z</updated><content type="html">&lt;p&gt;Texto.&lt;/p&gt;</content></entry></feed>"""
RSS_09 = """<rss version="0.91"><channel><title>Gaceta</title><item><title>Hallan túnel</title>
<link>https://g.example/a</link></item></channel></rss>"""


@pytest.mark.parametrize("body", [RDF, ATOM, RSS_09], ids=["RSS 1.0", "Atom", "RSS 0.91"])
def test_every_format_is_read(body: str) -> None:
    (article,) = parsed(body).articles
    assert (article.title, article.link) == ("Hallan túnel", "https://g.example/a")


def test_the_alternate_link_wins_over_replies_and_relative_links_are_completed() -> None:
    assert parsed(ATOM).articles[0].url == "https://g.example/a"


# ---------------------------------------------------------------- bytes and markup


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + rss("<title>Migraci\u00f3n</title>").encode(),
        b" " * 600 + rss("<title>Migraci\u00f3n</title>").encode(),
        rss("<title>Migraci\u00f3n</title>").replace(' encoding="UTF-8"', "").encode(),
        rss("<title>Migraci\u00f3n</title>").replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        rss("<title>Migraci\u00f3n</title>").replace("UTF-8", "windows-1252").encode("cp1252"),
        rss("<title>Migraci\u00f3n</title>").replace("UTF-8", "UTF-16").encode("utf-16"),
        rss("<title>Migraci\u00f3n</title>").encode("latin-1"),
    ],
    ids=["BOM", "600 blanks", "no charset", "latin-1", "cp1252", "utf-16", "latin-1 declared as utf-8"],
)
def test_accents_survive_whatever_the_bytes_claim(body: bytes) -> None:
    assert parsed(body).articles[0].title == "Migración"


def test_the_http_charset_is_not_believed() -> None:
    one = fetched(rss("<title>Migración</title>"), content_type="text/xml; charset=ISO-8859-1")
    feed = parse_feed(one, source())
    assert isinstance(feed, ParsedFeed)
    assert feed.articles[0].title == "Migración"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Don&amp;amp;#x27;t cross", "Don't cross"),
        ("A&amp;amp;lt;img src=x onerror=alert(1)&amp;amp;gt;B", "AB"),
        ("<![CDATA[Cierran <em>garita</em> &#38; puente]]>", "Cierran garita & puente"),
        ("Uno\n  dos\t tres", "Uno dos tres"),
        ("&lt;&lt;b&gt;script&gt;alert(1)", "script>alert(1)"),
        ("Bcc: \u202eevil\u202c =?utf-8?q?x?=", "Bcc: evil = ?utf-8?q?x?="),
        ("&lt;&lt;&lt;![CDATA[x", "<<"),
        ("5 &lt; 6 kilos", "5 < 6 kilos"),
        ("Cierran &lt;![if gte mso]&gt;la &lt;![nada.x[a]]&gt;garita", "Cierran la garita"),
    ],
)
def test_a_title_is_one_line_of_plain_text(title: str, expected: str) -> None:
    assert only(f"<title>{title}</title>").title == expected


def test_an_empty_title_takes_the_first_sentence_of_the_summary() -> None:
    article = only("<title> </title>", "<description>Agentes hallaron un túnel. Nadie fue detenido.</description>")
    assert article.title == "Agentes hallaron un túnel."


def test_an_entry_with_neither_title_nor_text_is_dropped_and_noted() -> None:
    feed = parsed(rss("<title></title><link>https://g.example/a</link>", "<title>Uno</title>"))
    assert [a.title for a in feed.articles] == ["Uno"]
    assert feed.notes[0] == "1 empty or repeated entry dropped"


def test_a_tracking_pixel_and_page_furniture_leave_no_trace() -> None:
    article = only(
        "<description><![CDATA[<p>Agentes hallaron un túnel.</p><img width='1' height='1' src='https://t.example/p.gif'>"
        "<p>La entrada <a href='x'>Hallan túnel</a> se publicó primero en <a href='y'>Gaceta</a>.</p>]]></description>"
    )
    assert article.summary == "Agentes hallaron un túnel."


def test_a_dateline_is_taken_off_the_text_and_kept() -> None:
    article = only("<description>EL PASO, Texas (Border Ledger) — Agents found a tunnel.</description>")
    assert (article.dateline, article.summary) == ("EL PASO, Texas (Border Ledger)", "Agents found a tunnel.")


def test_the_full_text_goes_to_the_body_and_the_summary_stays() -> None:
    article = only(
        "<description>Agentes hallaron un túnel.</description>",
        "<content:encoded><![CDATA[<p>Agentes hallaron un túnel.</p><p>Mide 30 metros.</p>]]></content:encoded>",
    )
    assert article.summary == "Agentes hallaron un túnel."
    assert article.body == "Agentes hallaron un túnel.\nMide 30 metros."


def test_without_a_summary_the_body_gives_one() -> None:
    article = only("<content:encoded>Agentes hallaron un túnel.</content:encoded>")
    assert article.summary == "Agentes hallaron un túnel."


def test_fields_are_cut_to_their_limits() -> None:
    words = "palabra " * 5000
    article = only(
        f"<title>{words}</title>",
        f"<description>{words}</description>",
        f"<content:encoded>{words * 2}</content:encoded>",
    )
    assert (len(article.title) <= 500, len(article.summary) <= 4000, len(article.body) <= 20_000) == (True,) * 3
    assert article.title.endswith("palabra…")


# ---------------------------------------------------------------- links and identity


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a:b@c.example/"]
)
def test_only_web_links_pass(link: str) -> None:
    article = only(f"<link>{link}</link>")
    assert (article.link, article.url) == ("", "")


def test_a_link_in_cdata_with_numeric_entities_is_read() -> None:
    article = only("<link><![CDATA[ https://g.example/a?x=1&#038;utm_source=rss ]]></link>")
    assert article.link == "https://g.example/a?x=1&utm_source=rss"
    assert article.url == "https://g.example/a?x=1"


def test_without_a_link_the_guid_is_the_identity_and_without_both_title_and_day() -> None:
    guid = only("<link></link>", "<guid isPermaLink='false'>g-1</guid>")
    assert guid.id == content_id("guid", "gaceta", "g-1")
    none = only("<link></link>", "<pubDate>Fri, 20 Nov 2026 05:00:00 GMT</pubDate>")
    assert none.id == content_id("title", "gaceta", "hallan tunel en nogales", "2026-11-20")


def test_a_permanent_guid_stands_in_for_a_missing_link() -> None:
    assert only("<link></link>", "<guid>https://g.example/a</guid>").url == "https://g.example/a"


@pytest.mark.parametrize(
    "twin",
    [
        "<title>Otro título</title><link>http://www.g.example/a/?utm_medium=rss</link>",
        "<title>Otro</title><link>https://g.example/b</link><guid isPermaLink='false'>g-1</guid>",
    ],
    ids=["same address", "same guid"],
)
def test_repeated_entries_become_one(twin: str) -> None:
    first = "<title>Uno</title><link>https://g.example/a</link><guid isPermaLink='false'>g-1</guid>"
    assert len(parsed(rss(first, twin)).articles) == 1


def test_google_news_items_are_known_by_headline_and_outlet() -> None:
    """The opaque link changes from query to query; the headline stands before the outlet's name."""
    item = (
        "<title>Hallan túnel en Nogales - Diario del Valle</title>"
        "<link>https://news.google.com/rss/articles/{}?oc=5</link>"
        "<source url='https://valle.example'>Diario del Valle</source>"
        "<description>&lt;a href='x'&gt;Hallan túnel en Nogales&lt;/a&gt;"
        "&amp;nbsp;&lt;font&gt;Diario del Valle&lt;/font&gt;</description>"
    )
    (one,) = parsed(rss(item.format("CBMiAAA"))).articles
    (two,) = parsed(rss(item.format("CBMiBBB"))).articles
    assert (one.title, one.publisher, one.summary) == ("Hallan túnel en Nogales", "Diario del Valle", "")
    assert one.id == two.id
    assert one.url != two.url


def test_the_outlets_own_name_is_taken_off_its_titles() -> None:
    assert only("<title>Hallan túnel | Gaceta del Puente</title>").title == "Hallan túnel"


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ("<link>https://feedpress.me/link/1/2/tunel</link><guid isPermaLink='false'>https://g.example/?p=7</guid>",
         "https://g.example/?p=7"),
        ("<link>https://feedpress.me/link/1/2/tunel</link><guid isPermaLink='false'>7</guid>",
         "https://feedpress.me/link/1/2/tunel"),
        ("<link>https://feedproxy.google.com/~r/x</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>"
         "https://g.example/tunel</f:origLink>", "https://g.example/tunel"),
    ],
    ids=["guid", "nothing else", "origLink"],
)  # fmt: skip
def test_a_redirectors_link_gives_way_to_the_articles_own(fields: str, link: str) -> None:
    assert only(fields).link == link


def test_a_guid_that_changes_and_an_amp_address_leave_the_identity() -> None:
    first = only("<link>https://g.example/tunel</link><guid isPermaLink='false'>g-1</guid>")
    later = only("<link>https://g.example/tunel/amp/?utm_source=rss</link><guid isPermaLink='false'>g-2</guid>")
    assert first.id == later.id


def test_a_link_with_a_port_that_is_no_number_is_none() -> None:
    assert only("<link>https://g.example:8o80/a</link>").link == ""


# ---------------------------------------------------------------- pictures and damaged text


@pytest.mark.parametrize(
    "fields",
    [
        "<m:thumbnail xmlns:m='http://search.yahoo.com/mrss/' url='https://g.example/foto.jpg'/>",
        "<m:content xmlns:m='http://search.yahoo.com/mrss/' medium='image' url='https://g.example/foto.jpg'/>",
        "<enclosure type='image/jpeg' url='https://g.example/foto.jpg'/>",
        "<description><![CDATA[<img width='1' height='1' src='https://t.example/p.gif'>"
        "<img alt='x' src='https://g.example/foto.jpg'>Texto.]]></description>",
    ],
    ids=["thumbnail", "media", "enclosure", "first picture of the text"],
)
def test_the_picture_of_an_entry_is_found(fields: str) -> None:
    assert only(fields).image == "https://g.example/foto.jpg"


@pytest.mark.parametrize(
    "fields",
    [
        "<enclosure type='audio/mpeg' url='https://g.example/a.mp3'/>",
        "<description><![CDATA[<img src='javascript:alert(1)'><img src='data:image/gif,R0'>]]>Texto.</description>",
        "<description><![CDATA[<img height=1 src=https://t.example/p.gif>Texto.]]></description>",
    ],
)
def test_what_is_no_picture_is_none(fields: str) -> None:
    assert only(fields).image == ""


def test_damaged_text_is_put_right_and_noted() -> None:
    feed = parsed(
        rss(
            "<title>MigraciÃ³n en la “frontera”</title>",
            "<title>Ni_os en M_xico</title>",
            "<title>El Ni\ufffdo</title>",
            "<title>Sin daño</title><description><![CDATA[<a href='a_b'>Uno</a>]]></description>",
        )
    )
    assert [a.title for a in feed.articles] == [
        "Migración en la “frontera”",
        "Niños en México",
        "El Ni\ufffdo",
        "Sin daño",
    ]
    assert "2 entries with damaged text put right" in feed.notes
    assert "1 entry with text damaged for good" in feed.notes


# ---------------------------------------------------------------- dates


def test_one_date_for_all_entries_tells_no_hours() -> None:
    dated = [f"<title>N{n}</title><pubDate>Fri, 20 Nov 2026 05:00:00 GMT</pubDate>" for n in range(5)]
    assert not any(a.hour_known for a in parsed(rss(*dated)).articles)
    assert all(a.hour_known for a in parsed(rss(*dated[:4])).articles)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 20 Nov 2026 05:00:00 EST", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("3 de junio de 2026", datetime(2026, 6, 3, tzinfo=UTC)),
        ("2026-11-20T05:00:00-06:00", datetime(2026, 11, 20, 11, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_utc(date: str, expected: datetime) -> None:
    article = only(f"<pubDate>{date}</pubDate>")
    assert (article.published_at, article.date_known) == (expected, True)


def test_a_missing_or_unreadable_date_is_the_time_of_fetching_and_says_so() -> None:
    for fields in ("", "<pubDate>ayer</pubDate>", "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"):
        article = only(fields)
        assert (article.published_at, article.date_known) == (NOW, False)


def test_a_date_in_the_future_is_the_time_of_fetching() -> None:
    article = only("<pubDate>Fri, 20 Nov 2037 05:00:00 GMT</pubDate>")
    assert (article.published_at, article.date_known, article.hour_known) == (NOW, True, False)


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("Fri, 20 Nov 2026 05:00:00 EST", True),
        ("Fri, 20 Nov 2026 05:00:00 +0000", True),
        ("Fri, 20 Nov 2026 5:00 p.m. -0600", True),
        ("2026-11-20T05:00:00Z", True),
        ("2026-11-20T05:00:00.123-06:00", True),
        ("2026-11-20T05:00:00", False),
        ("2026-11-20 05:00:00", False),
        ("Fri, 20 Nov 2026 05:00:00", False),
        ("20 de noviembre de 2026, 5:00 pm", False),
        ("20 de noviembre de 2026", False),
        ("2026-11-20", False),
    ],
)
def test_an_hour_without_a_zone_is_not_known(date: str, known: bool) -> None:
    """It is read as UTC, which may be eight hours early: good enough for a day, not for who was first."""
    article = only(f"<pubDate>{date}</pubDate>")
    assert (article.date_known, article.hour_known) == (True, known)


def test_a_clock_a_little_ahead_of_ours_is_believed() -> None:
    soon = NOW + timedelta(minutes=10)
    article = only(f"<pubDate>{soon:%a, %d %b %Y %H:%M:%S} GMT</pubDate>")
    assert (article.published_at, article.hour_known) == (NOW, True)


def test_the_newest_entries_are_kept_newest_first() -> None:
    items = [f"<title>N{d}</title><pubDate>Fri, {d} Nov 2026 05:00:00 GMT</pubDate>" for d in (10, 12, 11)]
    feed = parsed(rss(*items), max_items=2)
    assert [a.title for a in feed.articles] == ["N12", "N11"]
    assert feed.notes == ("1 older entry left out",)


# ---------------------------------------------------------------- broken and wrong


def test_an_unclosed_feed_is_salvaged_and_flagged() -> None:
    feed = parsed(rss("<title>Uno</title>", "<title>Dos</title>").replace("</channel></rss>", "<item><title>Tr"))
    assert [a.title for a in feed.articles][:2] == ["Uno", "Dos"]
    assert feed.malformed
    assert feed.notes[0] == "not well-formed, read as far as it goes"


def test_control_characters_are_survived() -> None:
    assert parsed(rss("<title>Uno\x08dos\x00tres</title>")).articles[0].title.startswith("Uno")


def test_warnings_before_the_xml_are_survived() -> None:
    body = "<br />\n<b>Warning</b>: something in /var/www on line 5<br />\n" + rss("<title>Uno</title>")
    assert parsed(body).articles[0].title == "Uno"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty answer"),
        (b" \n\t ", "an empty answer"),
        (b"<!DOCTYPE html><html><head><title>Portada &amp; m\xc3\xa1s</title>", 'a web page ("Portada & más")'),
        (b"\n<html><body>Portada</body></html>", "a web page"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"%PDF-1.7", "a PDF file"),
        (b'{"error": 1}', "JSON"),
        (b"<?xml version='1.0'?><urlset><url/></urlset>", "a sitemap without headlines (no news:title)"),
        (b"<urlset></urlset>", "an empty sitemap"),
        (b"<?xml version='1.0'?><catalog/>", "XML that is not a feed"),
        (b"just words", "not XML"),
        (b"\x0b\x02\x80\x00br", "not XML"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    failed = parse_feed(fetched(body), source())
    assert isinstance(failed, FetchFailed)
    assert failed.outcome == "not_a_feed"
    assert failed.detail == f"read https://gaceta.example/feed: {words}"
    assert failed.hint


def test_an_empty_feed_is_a_feed_without_articles() -> None:
    assert parsed(rss()).articles == ()


def test_an_entity_bomb_costs_nothing() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]>'
        + rss("<title>&e29;</title>").partition("?>")[2]
    )
    feed = parse_feed(fetched(body), source())
    assert isinstance(feed, FetchFailed) or all(len(a.title) <= 500 for a in feed.articles)


def test_an_outside_entity_reads_no_file() -> None:
    body = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    feed = parse_feed(fetched(body + rss("<title>A&x;B</title>").partition("?>")[2]), source())
    host = Path("/etc/hostname").read_text(encoding="utf-8").strip()
    assert isinstance(feed, FetchFailed) or all(host not in a.title for a in feed.articles)


@pytest.mark.parametrize(
    "junk",
    ["<", "<!--", "<a b='", "</", "<!", "<?", "&lt;", "<script>", "<![CDATA[", "&", "la entrada ", "A. ", "EL PASO "],
)
def test_hostile_markup_is_read_to_its_end(junk: str) -> None:
    """Time that grows with the square of the length would take minutes to hours here."""
    article = only(f"<title>Uno</title><description><![CDATA[{junk * (80_000 // len(junk))}]]></description>")
    assert article.title == "Uno"
    assert len(article.summary) <= 4_000


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("5 < 6", "5 < 6"),
        ("a <!-- x --> b", "a b"),
        ("a <!-- x", "a"),
        ("Texto <img src='http", "Texto"),
        ("x <y", "x"),
    ],
)
def test_stray_and_cut_markup_leaves_the_text(markup: str, text: str) -> None:
    assert only(f"<description><![CDATA[{markup}]]></description>").summary == text


def test_deep_nesting_is_survived() -> None:
    parse_feed(fetched(rss("<title>A</title><description>" + "<div>" * 20_000 + "x</description>")), source())


_TAG = re.compile(r"<[A-Za-z/!?]")


def harmless(text: str) -> bool:
    controls = any(unicodedata.category(c) == "Cc" for c in text)
    return not (controls or _TAG.search(text) or "=?" in text)


_PIECES = (
    "< > <b> </b> &lt; &amp;lt; &amp;amp;lt; script <!-- --> ]]> <![CDATA[ \x00 \x1b[31m \u202e =?utf-8?q?x?= &#x3c; a"
    " <img <?php & é <!DOCTYPE onerror=y"
).split(" ")
_MARKUP = st.lists(st.sampled_from([*_PIECES, " ", "\n"]) | st.text(max_size=4), max_size=25).map("".join)


@settings(max_examples=150, deadline=None)
@given(_MARKUP, st.booleans())
def test_no_tag_control_character_or_newline_ever_leaves_in_a_title(markup: str, cdata: bool) -> None:
    inner = f"<![CDATA[{markup.replace(']]>', '')}]]>" if cdata else markup
    feed = parse_feed(fetched(rss(f"<title>{inner}</title>").encode("utf-8", "replace")), source())
    for article in feed.articles if isinstance(feed, ParsedFeed) else ():
        assert harmless(article.title), article.title
        assert not _TAG.search(article.summary)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3)), max_size=12),
    st.sampled_from([FEED, RDF.encode(), ATOM.encode()]),
)
def test_no_mutation_of_a_feed_makes_parsing_raise(edits: list[tuple[int, bytes]], body: bytes) -> None:
    for position, piece in edits:
        at = position % len(body) if body else 0
        body = body[:at] + piece + body[at + len(piece) // 2 + 1 :]
    feed = parse_feed(fetched(body), source())
    assert isinstance(feed, FetchFailed) or all(harmless(a.title) and a.published_at <= NOW for a in feed.articles)
