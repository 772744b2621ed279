"""Laws that hold for any body whatever: no exception, bounded time, and only plain, bounded, dated articles."""

import pickle
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake import parse_feed
from monitor.intake.parse import MAX_BODY, MAX_SUMMARY, MAX_TITLE
from monitor.records import Article, FetchFailed, ParsedFeed
from monitor.text import is_web_link
from tests.intake.conftest import NOW, fetched, source

# ---------------------------------------------------------------- the laws

_TAG = re.compile(r"<[A-Za-z/!?]")


def check_laws(body: bytes) -> ParsedFeed | FetchFailed:
    """Parse a body twice and check all that is promised of the result."""
    feed = parse_feed(fetched(body), source())
    assert parse_feed(fetched(body), source()) == feed
    if isinstance(feed, FetchFailed):
        assert feed.outcome == "not_a_feed"
        assert plain(feed.detail, lines=1)
        return feed
    assert plain(feed.title, lines=1)
    assert len(feed.articles) <= source().max_items
    ids = [article.id for article in feed.articles]
    assert len(ids) == len(set(ids))
    for article in feed.articles:
        check_article(article)
    return feed


def check_article(article: Article) -> None:
    texts = (article.title, article.guid, article.dateline, article.publisher, *article.categories)
    assert all(plain(text, lines=1) for text in texts), article
    assert plain(article.summary, lines=1_000), article.summary
    assert plain(article.body, lines=MAX_BODY), article.body
    assert article.title.strip()
    assert article.id
    lengths = (len(article.title), len(article.summary), len(article.body), len(article.link), len(article.guid))
    assert all(n <= most for n, most in zip(lengths, (MAX_TITLE, MAX_SUMMARY, MAX_BODY, 2_000, 500), strict=True))
    assert not article.link or is_web_link(article.link)
    assert not article.url or article.url.startswith("https://")
    assert article.published_at.utcoffset() is not None
    assert article.published_at <= article.fetched_at == NOW


def plain(text: str, *, lines: int) -> bool:
    controls = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text)
    composed = unicodedata.is_normalized("NFC", text)
    return composed and not controls and not _TAG.search(text) and text.count("\n") < lines


# ---------------------------------------------------------------- feeds, more or less

_HOSTILE = (
    "", " ", "\n", "Cierran la garita de Nogales", "Ni\u00f1os migrantes", "Nin\u0303os", "&amp;#x27;",
    "&lt;b&gt;x&lt;/b&gt;",
    "&amp;lt;script&amp;gt;alert(1)", "<![CDATA[<p>Uno</p>]]>", "<![CDATA[", "&lt;![nada.x[a]]&gt;", "]]>", "<b>",
    "</b>", "<", ">", "&",
    "&nada;",
    "&#0;", "&#55296;", "&#x110000;", "\x00", "\x08", "\x1b[31m", "\u202e", "\ufffe", "=?utf-8?q?=0ABcc:x?=",
    "<!--",
    "-->",
    "<?php", "<img src='x' onerror='y'", "javascript:alert(1)", "https://g.example/a?x=1&amp;utm_source=rss",
    "//g.example/b",
    "https://g.example/" + "a" * 3000, "http://[::1", "https://g.example:99999/", "/nota", "a" * 6000,
    "Migraci\u00c3\u00b3n", "Migraci_n",
    "Fri, 20 Nov 2026 05:00:00 GMT", "20 de noviembre de 2026", "2026-11-20T05:00:00-99:99", "0000-00-00T00:00:00Z",
    "99999999999999", "Fri, 31 Dec 9999 23:59:59 -1400", "2026-11-20", "1", "EL PASO, Texas (AP) — ", "Also: Otra nota",
)  # fmt: skip
_VALUE = st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=6), max_size=4).map("".join)
_NAMES = (
    "title link guid id description summary content content:encoded pubDate dc:date updated published author dc:creator"
    " category source media:thumbnail media:content enclosure atom:link feedburner:origLink item entry div odd:name"
    " news:title news:publication_date loc url"
).split()
_ATTRIBUTES = st.dictionaries(
    st.sampled_from("href rel type url src isPermaLink term label scheme xml:base xml:lang width mode".split()),
    st.sampled_from(("", "html", "xhtml", "text", "base64", "alternate", "replies", "image/jpeg", "x:y", "\u00e9"))
    | _VALUE.map(lambda v: v.replace('"', "")),
    max_size=3,
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """How a format begins, what it calls an entry, and how it ends."""

    head: str
    entry: str
    tail: str


_NAMESPACES = (
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
_SHAPES = (
    *(Shape(f'<rss version="{v}"{_NAMESPACES}><channel><title>G</title>', "item", "</channel></rss>")
      for v in ("0.91", "0.92", "2.0", "")),
    Shape('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
          f"{_NAMESPACES}><channel/>", "item", "</rdf:RDF>"),
    Shape(f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://g.example/"{_NAMESPACES}>', "entry", "</feed>"),
    Shape(f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"{_NAMESPACES}>', "entry", "</feed>"),
    Shape(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"{_NAMESPACES}>', "url", "</urlset>"),
    Shape('<a:rss xmlns:a=""><channel>', "a:item", ""),
)  # fmt: skip


@st.composite
def elements(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(_NAMES))
    given_attributes = draw(_ATTRIBUTES).items()
    attributes = "".join(f' {key}="{value}"' for key, value in given_attributes)
    return f"<{name}{attributes}>{draw(_VALUE)}" + draw(
        st.sampled_from((f"</{name}>", f"</{name}>", f"</{name}>", "", "</"))
    )


@st.composite
def feeds(draw: st.DrawFn) -> str:
    shape = draw(st.sampled_from(_SHAPES))
    entries = draw(st.lists(st.lists(elements(), max_size=6).map("".join), max_size=5))
    news = (
        "<loc>https://g.example/a</loc><news:news><news:title>Uno</news:title></news:news>"
        if shape.entry == "url"
        else ""
    )
    inner = "".join(f"<{shape.entry}>{news}{entry}</{shape.entry}>" for entry in entries)
    return f"{shape.head}{inner}{shape.tail}"


_CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "windows-1252", "shift_jis")
_CLAIMS = (*_CHARSETS, "", "utf-7", "punycode", "idna", "zlib", "rot13", "none", "undefined", "x" * 600)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A feed as bytes: in some charset, with a claim that may be false, cut and flipped here and there."""
    claim = draw(st.sampled_from(_CLAIMS))
    declaration = f'<?xml version="1.0" encoding="{claim}"?>' if claim else ""
    lead = draw(st.sampled_from(("", "", "\n \n", "\ufeff", "\x00", "<br />Warning: no such file", "<?xml?>")))
    text = lead + declaration + draw(feeds())
    body = text.encode(draw(st.sampled_from(_CHARSETS)), "xmlcharrefreplace" if draw(st.booleans()) else "replace")
    for at, piece in draw(st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=2)), max_size=3)):
        body = body[: at % (len(body) + 1)] + piece + body[at % (len(body) + 1) + 1 :]
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bodies())
def test_any_body_gives_lawful_articles_or_a_failure(body: bytes) -> None:
    check_laws(body)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from((b"", b"<rss>", b"<feed>", b"<urlset>", b"<?xml ", b"\xff\xfe<\0")))
def test_noise_gives_lawful_articles_or_a_failure(noise: bytes, start: bytes) -> None:
    check_laws(start + noise)


@settings(max_examples=60, deadline=None)
@given(feeds(), st.sampled_from(("utf-8", "utf-16", "utf-32")))
def test_unicode_charsets_give_the_same_articles(text: str, charset: str) -> None:
    clean = text.replace("\ufffe", "").replace("\x00", "").encode("utf-8", "ignore").decode()
    assert parse_feed(fetched(clean.encode(charset)), source()) == parse_feed(fetched(clean.encode()), source())


# ---------------------------------------------------------------- time

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>'
    "<title>Uno</title><link>https://g.example/a</link>"
)
_TAIL = "</item></channel></rss>"
_BOMBS: dict[str, Callable[[int], str]] = {
    "a long name": lambda n: f"{_HEAD}<author>{'a.' * n}</author>{_TAIL}",
    "a long name in broken XML": lambda n: f"{_HEAD}&<dc:creator>{'a' * 2 * n}</dc:creator>{_TAIL}",
    "quotes that do not end": lambda n: f"{_HEAD}<description>{'<a b=' * (n // 3)}{_TAIL}",
    "quotes across tags": lambda n: f"""{_HEAD}<description>{'<a b="' * (n // 3)}</description>{_TAIL}""",
    "escaped quotes across tags": lambda n: f"""{_HEAD}<description>{'&lt;a b="&gt;' * (n // 6)}{_TAIL}""",
    "blanks before the first element": lambda n: f"<?xml version='1.0'?>{chr(10) * 2 * n}{_HEAD[39:]}{_TAIL}",
    "a declaration that goes on": lambda n: "<?xml " + "encoding='' " * (n // 9) + "?>" + _HEAD + _TAIL,
    "one line of declarations": lambda n: _HEAD.replace("\n", "encoding='a' " * (n // 7)) + _TAIL,
    "elements in elements": lambda n: f"{_HEAD}{'<a>' * n}{_TAIL}",
    "items in items": lambda n: _HEAD + "<item>" * n,
    "many subjects": lambda n: _HEAD + "".join(f"<category>{i}</category>" for i in range(n // 8)) + _TAIL,
    "many attributes": lambda n: _HEAD + "<source " + " ".join(f"a{i}='1'" for i in range(n // 5)) + "/>" + _TAIL,
    "elements closed again": lambda n: f"{_HEAD}{'<b>' * n}x{'</b>' * n}{_TAIL}",
    "markup in markup": lambda n: "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Uno</title>"
    "<content type='xhtml'>" + "<div>" * n,
    "namespaces": lambda n: _HEAD + "".join(f"<a{i}:x xmlns:a{i}='http://{i}'>" for i in range(n // 20)) + _TAIL,
    "dots": lambda n: f"<rss><channel><item><title/><description>{'.' * n}a</description></item></channel></rss>",
    "dots in a title": lambda n: f"<rss><channel><item><title>{'. - ' * n}a</title></item></channel></rss>",
    "deep sitemap": lambda n: f"<urlset><url>{'<a>' * n}x{'</a>' * n}</url></urlset>",
    "sitemap keywords": lambda n: "<urlset><url><loc>https://g.example/a</loc><news><title>Uno</title><keywords>"
    + "a," * n + "</keywords></news></url></urlset>",
    "punycode": lambda n: _HEAD.replace("UTF-8", "punycode") + "a-\u00e9" * (n // 2) + _TAIL,
}  # fmt: skip
_WATCHDOG_S = 60.0


_WATCHED = """
import pickle, sys
from monitor.intake import parse_feed
bodies, source = pickle.load(sys.stdin.buffer)
for body in bodies:
    parse_feed(body, source)
"""


def test_bodies_made_to_keep_the_parser_busy_are_read_to_their_end() -> None:
    """Many of these took from half a minute to hours at this size; a process that can be killed is the watchdog."""
    made = [fetched(bomb(50_000).encode()) for bomb in _BOMBS.values()]
    subprocess.run(
        [sys.executable, "-c", _WATCHED], input=pickle.dumps((made, source())), timeout=_WATCHDOG_S, check=True
    )


def test_a_feed_without_end_is_read_up_to_the_bounds() -> None:
    items = "".join(f"<item><title>N{i}</title><link>https://g.example/{i}</link></item>" for i in range(5_100))
    feed = check_laws(f"<rss><channel>{items}</channel></rss>".encode())
    assert isinstance(feed, ParsedFeed)
    assert "longer than 150,000 elements or 5,000 entries: the rest was not read" in feed.notes
    assert len(feed.articles) == source().max_items


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
def test_wide_text_that_ends_within_a_character_is_salvaged(charset: str) -> None:
    whole = (_HEAD.replace("UTF-8", charset) + "</item><item><title>Dos").encode(charset)
    feed = check_laws(whole[:-1])
    assert isinstance(feed, ParsedFeed)
    assert "Uno" in list(chain(a.title for a in feed.articles))
    assert feed.malformed
