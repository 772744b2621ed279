"""The fast reader against feedparser's: where it answers at all, it says the same, entry by entry.

Feeds come from four places: the sample outlets, those that the benchmark plants, those of the properties (more or less
well-formed, in many charsets), and well-formed ones put together from every element that either reader knows, with
attributes, nestings and texts that mean something to one of them.
"""

import gc

import pytest
from feedparser import FeedParserDict
from feedparser.api import convert_to_utf8
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.intake_bench.planted import feed as planted
from monitor.demo.catalog import SAMPLE_DAYS, load_samples
from monitor.demo.feeds import render_feed
from monitor.intake import parse_feed
from monitor.intake.entries import MAX_ENTRIES
from monitor.intake.parse import begin_differently, text_block, text_line
from monitor.intake.reading import in_utf8, read_by_feedparser, read_document, read_fast
from monitor.records import ParsedFeed
from monitor.text import fold, simple_text, unescape_until_stable
from tests.intake.conftest import fetched, source
from tests.intake.test_parse_properties import bodies

URL = "https://g.example/feed"


def check_same(body: bytes, url: str = URL) -> bool:
    """Whether the fast reader answered; when it did, its answer was feedparser's."""
    fast = read_fast(body, url)
    assert fast is None or fast == read_by_feedparser(body, url)
    return fast is not None


# ---------------------------------------------------------------- samples

SAMPLES = {f"{o.id} {day:%d}": render_feed(o, day) for o in load_samples().outlets for day in SAMPLE_DAYS if o.items}
PLANTED = [planted(number, 25) for number in range(40)]


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_feeds_are_read_alike(name: str) -> None:
    check_same(SAMPLES[name])


def test_all_well_formed_samples_and_planted_feeds_are_read_fast() -> None:
    well_formed = [body for body in SAMPLES.values() if not read_by_feedparser(body, URL).malformed]
    with_entries = [body for body in well_formed if read_by_feedparser(body, URL).entries]
    assert all(check_same(body) for body in (*with_entries, *PLANTED))


def test_a_feed_that_nobody_needs_any_more_is_gone_at_once() -> None:
    """Nothing of it holds itself: a run looks for such things hardly ever."""
    read_fast(PLANTED[0], URL)
    gc.collect()
    gc.disable()
    try:
        assert read_fast(PLANTED[0], URL)
        assert gc.collect() < 10
    finally:
        gc.enable()


DECLARED = st.sampled_from(
    [b'<?xml version="1.0" encoding="UTF-8"?>', b"<?xml version='1.0' encoding='utf-8' ?>", b""]
    + [b'<?xml version="1.0" encoding="%s"?>' % name for name in (b"iso-8859-1", b"utf8", b"x", b"")]
)


@given(DECLARED, st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_a_body_becomes_utf_8_as_feedparser_has_it(declaration: bytes, rest: bytes) -> None:
    told = FeedParserDict(bozo=False)
    body = declaration + rest
    wanted = convert_to_utf8({"content-type": "application/xml"}, body, told)
    assert in_utf8(body) == (bool(told["encoding"]), wanted)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*SAMPLES.values(), *PLANTED[:4]]), st.data())
def test_damaged_samples_are_read_alike(body: bytes, data: st.DataObject) -> None:
    """A piece is taken out, put elsewhere, said twice or overwritten."""
    start = data.draw(st.integers(0, len(body)))
    piece = body[start : start + data.draw(st.integers(0, 400))]
    rest = body[:start] + body[start + len(piece) :] if data.draw(st.booleans()) else body
    at = data.draw(st.integers(0, len(rest)))
    noise = data.draw(
        st.sampled_from((b"", piece, b"<title>", b"</item>", b"<!-- ", b"&amp;", b"&nbsp;", b"\xff", b"<b/>"))
    )
    check_same(rest[:at] + noise + rest[at:])


# ---------------------------------------------------------------- made feeds

_SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "atom": "http://www.w3.org/2005/Atom",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "odd": "http://odd.example/ns",
    "cc": "http://web.resource.org/cc/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
}
_DECLARED = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
_COMMON = (
    "title link guid id description summary content content:encoded pubDate dc:date updated published modified created"
    " author dc:creator category keywords dc:subject media:category media:keywords source image enclosure"
    " media:thumbnail media:content media:group media:title media:description atom:link dc:title itunes:summary"
    " itunes:image feedburner:origLink comments odd:name"
).split()
_RARE = (
    "date links authors abstract info body url width height name email uri textInput rights subtitle generator"
    " creativeCommons:license cc:license itunes:keywords itunes:category itunes:owner georss:point media:player"
    " dcterms:modified expirationDate odd:title xhtml newLocation TITLE tags"
).split()
_TEXTS = (
    "", "", "  ", "Uno", "Dos &amp; tres", "https://g.example/a", "https://g.example/a?x=1&amp;amp;y=2&amp;z;",
    "http:///g.example/b", "/nota", "tag:g.example,2026:1", "//g.example/c", "HTTP://G.example/a?", "http://[::1",
    "http://g.example/a;b", "Fri, 20 Nov 2026 05:00:00 GMT", "Fri, 20 Nov 2026 05:00 -0600", "20 nov 2026",
    "2026-11-20T05:00:00.123Z", "Sat, 2026/99/15 08:19:53 EDT", "niño", "ni\u00c3\u00b1o", "\u0093x\u0094",
    "&lt;p&gt;Hola&lt;/p&gt;", "<![CDATA[<p>Hola <a href='x'>y</a></p>]]>", "a, b ,c", "x<!-- c -->y<?z?>",
)  # fmt: skip
_ATTRIBUTES = {
    "href": ("https://g.example/p", "/p", ""), "url": ("https://g.example/p.jpg", ""), "uri": ("u",), "HREF": ("h",),
    "rel": ("alternate", "self", "enclosure", "replies", "", "ALTERNATE"),
    "type": ("text", "html", "TEXT/HTML", "xhtml", "image/jpeg", ""), "isPermaLink": ("false", "true", "TRUE"),
    "term": ("T", ""), "label": ("L", ""), "scheme": ("s",), "domain": ("d",), "width": ("1", "300"),
    "medium": ("image", "video"), "xml:base": ("https://b.example/",), "base": ("q",), "mode": ("base64", "escaped"),
    "odd:href": ("o",), "atom:href": ("a",), "rdf:about": ("https://g.example/about",), "lastmod": ("2026-01-01",),
}  # fmt: skip
_NESTING = frozenset({"media:group", "media:content", "image", "author", "odd:name", "textInput", "itunes:owner"})


@st.composite
def elements(draw: st.DrawFn, names: tuple[str, ...], depth: int = 0) -> str:
    name = draw(st.sampled_from(names))
    written = draw(st.lists(st.sampled_from(sorted(_ATTRIBUTES)), max_size=2, unique=True))
    attributes = "".join(f' {key}="{draw(st.sampled_from(_ATTRIBUTES[key]))}"' for key in written)
    nested = depth < 2 and (name in _NESTING or draw(st.integers(0, 30)) == 30) and draw(st.booleans())
    inner = draw(st.lists(elements(names, depth + 1), max_size=3).map("".join) if nested else st.sampled_from(_TEXTS))
    return f"<{name}{attributes}>{inner}</{name}>"


@st.composite
def well_formed_feeds(draw: st.DrawFn) -> bytes:
    names = tuple(_COMMON) if draw(st.booleans()) else (*_COMMON, *_RARE)
    of_feed = "".join(draw(st.lists(elements(names), max_size=2)))
    kind = draw(st.sampled_from(("rss", "rdf", "feed")))
    entry = "entry" if kind == "feed" else "item"
    entries = draw(st.lists(st.lists(elements(names), max_size=6).map("".join), min_size=1, max_size=3))
    inner = "".join(f"<{entry}>{fields}</{entry}>" for fields in entries)
    if kind == "rss":
        return f"<rss{_DECLARED}><channel>{of_feed}{inner}</channel></rss>".encode()
    if kind == "rdf":
        rdf = f'<rdf:RDF xmlns="http://purl.org/rss/1.0/"{_DECLARED}>'
        return f"{rdf}<channel>{of_feed}</channel>{inner}</rdf:RDF>".encode()
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{_DECLARED}>{of_feed}{inner}{of_feed}</feed>'.encode()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(well_formed_feeds(), st.sampled_from((URL, "http://g.example", "HTTPS://g.example/x/../y", "feed", "")))
@example(b"<rss><channel><item><rights xml:base='/x/'/><link>yes</link></item></channel></rss>", "")
def test_well_formed_feeds_are_read_alike(body: bytes, url: str) -> None:
    check_same(body, url)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bodies())
@example(b"\xff\xfe" + '<?xml?><?xml version="1.0" encoding="undefined"?><rss/>'.encode("utf-16-le"))
def test_any_body_is_read_alike(body: bytes) -> None:
    check_same(body)


# ---------------------------------------------------------------- as software writes them

SOFTWARE = {
    "WordPress": (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:georss="http://www.georss.org/georss"'
        ' xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        '<title>G</title><atom:link href="https://g.example/feed/" rel="self" type="application/rss+xml"/>'
        "<link>https://g.example</link><description>D</description><lastBuildDate>Fri, 20 Nov 2026 05:00:00 +0000"
        "</lastBuildDate><language>es-MX</language><sy:updatePeriod>hourly</sy:updatePeriod><image>"
        "<url>https://g.example/i.png</url><title>G</title><link>https://g.example</link><width>32</width></image>"
        '<site xmlns="com-wordpress:feed-additions:1">1</site><cloud domain="g.example" port="80"/><item>'
        "<title>Uno</title><link>https://g.example/1</link><comments>https://g.example/1#c</comments><dc:creator>"
        "<![CDATA[A]]></dc:creator><pubDate>Fri, 20 Nov 2026 05:00:00 +0000</pubDate><category><![CDATA[C]]></category>"
        '<guid isPermaLink="false">https://g.example/?p=1</guid><description><![CDATA[<p>D</p>]]></description>'
        "<content:encoded><![CDATA[<p>T</p>]]></content:encoded><wfw:commentRss>x</wfw:commentRss><slash:comments>0"
        '</slash:comments><post-id xmlns="com-wordpress:feed-additions:1">1</post-id>'
        '<media:content url="https://g.example/1.jpg" medium="image"><media:title type="html">F</media:title>'
        "</media:content></item></channel></rss>"
    ),
    "Blogger": (
        "<?xml-stylesheet href='s.css' type='text/css'?><feed xmlns='http://www.w3.org/2005/Atom'"
        " xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/' xmlns:gd='http://schemas.google.com/g/2005'"
        " xmlns:thr='http://purl.org/syndication/thread/1.0'><id>tag:b.example,1999:b-1</id><updated>2026-11-20T05:00:00Z"
        "</updated><title type='text'>G</title><link rel='self' href='https://g.example/f'/><author><name>A</name>"
        "<gd:image rel='r' width='16' src='s'/></author><openSearch:totalResults>1</openSearch:totalResults><entry>"
        "<id>tag:b.example,1999:p-1</id><published>2026-11-20T05:00:00.001-06:00</published>"
        "<category scheme='s' term='T'/>"
        "<title type='text'>Uno</title><content type='html'>&lt;p&gt;T&lt;/p&gt;</content><link rel='replies' title='1'"
        " type='application/atom+xml' href='https://g.example/c'/><link rel='alternate' type='text/html'"
        " href='https://g.example/1'/><author><name>A</name></author><media:thumbnail"
        " xmlns:media='http://search.yahoo.com/mrss/' url='https://g.example/1.jpg' height='72'/>"
        "<thr:total>0</thr:total></entry></feed>"
    ),
    "Drupal": (
        '<rss version="2.0" xml:base="https://g.example/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:og="http://ogp.me/ns#" xmlns:foaf="http://xmlns.com/foaf/0.1/"><channel><title>G</title><item>'
        "<title>Uno</title><link>/1</link><dc:creator>A</dc:creator>"
        '<guid isPermaLink="false">1 at https://g.example</guid></item></channel></rss>'
    ),
    "an aggregator": (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><generator>N</generator><title>G</title>'
        "<webMaster>a@g.example</webMaster><item><title>Uno - Gaceta</title><link>https://g.example/rss/1?oc=5</link>"
        '<guid isPermaLink="false">CBM</guid><description>&lt;a href="x"&gt;Uno&lt;/a&gt;</description>'
        '<source url="https://gaceta.example">Gaceta</source></item></channel></rss>'
    ),
    "a video site": (
        '<feed xmlns:yt="http://v.example/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns="http://www.w3.org/2005/Atom"><title>G</title><entry><id>yt:video:1</id><yt:videoId>1</yt:videoId>'
        '<title>Uno</title><link rel="alternate" href="https://v.example/1"/><published>2026-11-20T05:00:00+00:00'
        '</published><media:group><media:title>Uno</media:title><media:content url="https://v.example/v" type="x"/>'
        '<media:thumbnail url="https://v.example/1.jpg" width="480"/><media:description>D</media:description>'
        '<media:community><media:statistics views="1"/></media:community></media:group></entry></feed>'
    ),
    "a podcast": (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:podcast="https://p.example/namespace"><channel><title>G</title><itunes:owner><itunes:name>A</itunes:name>'
        '</itunes:owner><itunes:image href="i.jpg"/><itunes:category text="News"><itunes:category text="Daily"/>'
        "</itunes:category><item><title>Uno</title><itunes:title>Uno</itunes:title><itunes:summary>S</itunes:summary>"
        '<enclosure url="https://g.example/1.mp3" type="audio/mpeg" length="1"/><podcast:person>A</podcast:person>'
        "<itunes:explicit>no</itunes:explicit></item></channel></rss>"
    ),
    "RSS 1.0": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://g.example"><title>G</title><items>'
        '<rdf:Seq><rdf:li rdf:resource="https://g.example/1"/></rdf:Seq></items><image rdf:resource="i"/></channel>'
        '<image rdf:about="i"><title>I</title><url>i</url></image><item rdf:about="https://g.example/1"><title>Uno</title>'
        "<link>https://g.example/1</link><dc:date>2026-11-20T05:00:00-06:00</dc:date><dc:subject>S</dc:subject></item>"
        "</rdf:RDF>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOFTWARE)
def test_feeds_as_common_software_writes_them_are_read_fast(name: str) -> None:
    assert check_same(SOFTWARE[name].encode())


# ---------------------------------------------------------------- what it leaves to feedparser


def rss(item: str, spaces: str = "") -> bytes:
    return f"<rss{spaces}><channel><title>G</title><item><title>Uno</title>{item}</item></channel></rss>".encode()


LEFT = {
    "a document type": b"<!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss("<description>&x;</description>"),
    "a document type behind a comment": b"<!-- <b> --><!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss("<odd>&x;</odd>"),
    "markup within a text": rss("<description><p>Hola</p></description>"),
    "XHTML": rss("<description type='xhtml'>Hola</description>"),
    "base64": rss("<content type='application/octet-stream'>SG9sYQ==</content>"),
    "escaped content": rss("<content mode='escaped'>Hola</content>"),
    "a base of an entry's own": rss("<link xml:base='https://b.example/'>nota</link>"),
    "a source with elements": rss("<source><title>Otra</title></source>"),
    "a picture with a title": rss("<image><title>Foto</title></image>"),
    "a title where nobody expects one": rss("<odd><title>Dos</title></odd>"),
    "a prefix bound twice": rss("<x:a xmlns:x='u:1'/><x:a xmlns:x='u:2'/>"),
    "another namespace's prefix": rss("", " xmlns:media='http://purl.org/dc/elements/1.1/'"),
    "a prefix that hides a namespace": rss("", " xmlns:media='u:1' xmlns:m='http://search.yahoo.com/mrss/'"),
    "a namespace with two prefixes": rss("", " xmlns:a='u:1' xmlns:b='u:1'"),
    "a date without a kind": rss("<date>2026-11-20</date>"),
    "many contents": rss("<content>Hola</content>" * 60),
    "many attributes": rss("<link " + " ".join(f"a{n}='1'" for n in range(101)) + "/>"),
    "no entries": b"<rss><channel><title>G</title></channel></rss>",
    "another format": b"<cdf><item><title>Uno</title></item></cdf>",
    "broken XML": rss("<title>Dos & tres</title>"),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_certain_is_left_to_feedparser(name: str) -> None:
    assert read_fast(LEFT[name], URL) is None


def test_a_feed_beyond_the_bounds_is_left_to_feedparser_which_stops() -> None:
    item = "<item><title>Uno</title></item>"
    body = f"<rss><channel>{item * (MAX_ENTRIES + 2)}</channel></rss>".encode()
    assert read_fast(body, URL) is None
    assert read_document(body, URL).cut


def test_nested_elements_by_the_thousand_are_no_recursion() -> None:
    deep = "<a>" * 40_000 + "</a>" * 40_000
    assert check_same(rss(deep))
    assert check_same(rss(f"{deep}<title>Dos</title>"))


# ---------------------------------------------------------------- feedparser driven past its own failures


def _atom(count: int, *, broken: bool = False) -> bytes:
    content = f"<content type='html'>Texto{'&nbsp;' if broken else ''}</content>"
    entries = "".join(f"<entry><title>Nota {n}</title>{content}</entry>" for n in range(count))
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>G</title>{entries}</feed>".encode()


@pytest.mark.parametrize("broken", [False, True], ids=["strict", "tolerant"])
def test_atom_feeds_of_many_entries_with_content_are_read_to_their_end(broken: bool) -> None:
    """feedparser leaves an element open for each content; with a bound on open elements, entries ran together."""
    document = read_by_feedparser(_atom(130, broken=broken), URL)
    assert document.malformed is broken
    assert [entry.title for entry in document.entries] == [f"Nota {n}" for n in range(130)]


@pytest.mark.parametrize(
    "odd",
    [
        "<textInput/>",
        "<width a='1'>x</width>",
        "<pubDate>Sat, 2026/99/15 08:19:53 EDT</pubDate>",
        "<authors>A</authors><author><name>B</name></author>",
    ],
    ids=["text input", "width", "thirteenth month", "authors"],
)
def test_an_element_that_feedparser_fails_on_costs_that_element_only(odd: str) -> None:
    feed = parse_feed(fetched(rss(f"{odd}<link>https://g.example/1</link></item><item><title>Dos</title>")), source())
    assert isinstance(feed, ParsedFeed)
    assert {article.title for article in feed.articles} == {"Uno", "Dos"}


@pytest.mark.parametrize("name", [b"utf-8\xe5", b"utf\0-8"], ids=["no text", "a null"])
def test_a_charset_whose_name_is_no_text_is_not_believed(name: bytes) -> None:
    body = b"<?xml version='1.0' encoding='" + name + b"'?>" + rss("<description>Niños</description>")
    assert check_same(body)
    assert read_document(body, URL).entries[0].summary == "Niños"


# ---------------------------------------------------------------- texts

_WRITTEN = (
    "<p>", "</p>", "<br/>", '<a href="https://x.example/?a=1&amp;b=2">', "</a>", "<img src='x.jpg' alt=\"a > b\">",
    "<script>", "</script>", "<!--", "-->", "<", "<<b>", "&lt;b&gt;", "&amp;lt;", "&am", "p;", "Migraci_n",
    "Migraci\u00c3\u00b3n", "_No_", "Uno", " ", "\n", "\u00a0", "\ue000", "\x00", "n\u0303",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WRITTEN) | st.text(max_size=3), max_size=8).map("".join))
def test_texts_are_cleaned_alike_with_and_without_the_html_parser(markup: str) -> None:
    """A tag that is not simple, and stands for nothing, sends the same text the long way."""
    simple = simple_text(unescape_until_stable(markup)) is not None
    assert not simple or text_block(markup) == text_block(f"{markup}<i-i>")


_LINE = st.text(st.characters(max_codepoint=0xFF) | st.sampled_from("“’–ﬁ_ \n&<>?"), max_size=20)


@settings(max_examples=300, deadline=None)
@given(_LINE)
@example("=?utf-8?q?x?=")
@example("_No cruzar_n_")
@example("Migraci\u00c3\u00b3n")
@example("aqu\u00c3")
def test_a_line_without_anything_to_clean_is_the_same_as_one_that_is_cleaned(markup: str) -> None:
    """An unknown tag behind it has all steps done, and goes."""
    simple = simple_text(unescape_until_stable(markup)) is not None
    assert not simple or text_line(markup) == text_line(f"{markup}<i-i>")


_BEGINNING = st.text(st.sampled_from("aAbBiIkK1\u0301\u0307\u20ddéİı½ﬁ "), max_size=4)


@given(_BEGINNING, _BEGINNING)
@example("Ismael", "ismael")
def test_texts_told_apart_by_their_first_letters_begin_differently_when_folded(one: str, other: str) -> None:
    assert not begin_differently(one, other) or fold(one)[:1] != fold(other)[:1]
