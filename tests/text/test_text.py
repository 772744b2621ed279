"""Text as every room needs it: nothing hostile survives, leads and URLs are what a reader would say."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Article
from monitor.text import (
    canonical_url,
    clean,
    fold,
    is_web_link,
    lead_sentences,
    names_a_key,
    one_line,
    plain_text,
    shorten,
    simple_text,
    unescape_until_stable,
    without_keys,
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Uno</p><p>Dos</p>", "Uno\nDos"),
        ("Don&amp;#x27;t <b>stop</b>", "Don't stop"),
        ("a&nbsp;b", "a b"),
        ("<script>alert(1)</script>bridge", "bridge"),
        ("&lt;img src=x onerror=alert(1)&gt;bridge", "bridge"),
        ("&amp;amp;lt;b&amp;amp;gt;bold", "bold"),
        ("3 < 5 and 7 > 2", "3 < 5 and 7 > 2"),
        ("be\u202efore\u0000 \u200bafter", "before after"),
        ("cafe\u0301", "café"),
        ("<style>p{}</style><title>t</title>x", "x"),
    ],
)
def test_html_becomes_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


_MARKUP = (
    "<p>", "</p>", "<P>", "<br/>", "<br />", "<b>", "</b>", '<a href="https://x.example/?a=1&amp;b=2">', "</a>",
    "<td nowrap>", "<img src='x.jpg' alt=\"a > b\">", "<img src=x.jpg>", "<p class='a'\n id=\"b\">", "<title>",
    "<script>", "</script>", "<textarea>", "<x:y>", "</p >", "<p/ >", "<!-- c -->", "<!", "<?php", "<", ">", "&",
    "&amp;", "&nbsp;", "&am", "p;", "&lt;p&gt;", "Uno", "dos ", " ", "  ", "\n", "\r\n", "\u00a0", "\u200b",
    "nin\u0303o", "\x00", "\ud800", "\u2028",
)  # fmt: skip


@given(st.lists(st.sampled_from(_MARKUP) | st.text(max_size=3), max_size=8).map("".join))
def test_simple_markup_reads_as_the_parser_reads_it(markup: str) -> None:
    """A tag that is not simple, and stands for nothing, sends the same text through the parser."""
    text = simple_text(unescape_until_stable(markup))
    assert text is None or plain_text(markup) == text == plain_text(f"{markup}<i-i>")


@pytest.mark.parametrize("markup", ["", "Uno", "<p>Uno <b>dos</b></p>", "<a href=\"x\" class='y'>Uno</a><br/>", "AT&T"])
def test_most_markup_is_simple(markup: str) -> None:
    assert simple_text(markup) is not None


@given(st.text(alphabet="<>&;lt#x3cgamp/scriptimg onerror=\"'\x00\x1b\u202e\n", max_size=80))
def test_no_control_character_or_encoded_word_survives_on_one_line(markup: str) -> None:
    line = one_line(markup)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for c in line)
    assert "=?" not in line


def test_a_title_cannot_start_a_header() -> None:
    assert one_line("=?utf-8?q?=0ABcc:_evil=40x?=\r\nBcc: x") == "= ?utf-8?q?=0ABcc:_evil=40x?= Bcc: x"


def test_shortening_cuts_between_words_and_says_so() -> None:
    assert shorten("Puentes cerrados en Laredo", 40) == "Puentes cerrados en Laredo"
    assert shorten("Puentes cerrados en Laredo, dice CBP", 30) == "Puentes cerrados en Laredo…"
    assert len(shorten("x" * 100, 20)) == 20


def test_folding_drops_case_and_accents_and_straightens_quotes() -> None:
    assert fold("«Ciudad Juárez» – Ñuble’s") == '"ciudad juarez" - nuble\'s'


def article(title: str, summary: str, body: str = "") -> Article:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Article("id", "source", "https://a.example/1", "https://a.example/1", title, summary, at, at, body=body)


_WESTERN = st.characters(max_codepoint=0xFF) | st.sampled_from("\u0301\u2019—Şﬁ ")


@given(st.text(_WESTERN, max_size=30))
def test_latin_letters_are_folded_like_those_of_any_alphabet(text: str) -> None:
    """A text of Latin-1 goes another way than one with a letter beyond it, here Łódź's first."""
    assert fold(text) + fold(" Ł") == fold(f"{text} Ł")


@given(st.text(_WESTERN, max_size=30))
def test_latin_text_is_cleaned_like_that_of_any_alphabet(text: str) -> None:
    assert clean(text) + " Ł" == clean(f"{text} Ł")


def test_the_lead_skips_the_headline_said_again_and_prefers_a_real_text() -> None:
    assert lead_sentences(article("Bridge shut.", "Bridge shut. Lines grew. It rained. Dusk."), "en", 2) == [
        "Lines grew.",
        "It rained.",
    ]
    assert lead_sentences(article("Bridge shut", "Read on", "Lines grew at noon. It rained."), "en", 1) == [
        "Lines grew at noon."
    ]


def test_one_page_has_one_canonical_url() -> None:
    same = [
        "https://www.lantern.example/news/a?id=2&lang=es&utm_source=x#top",
        "http://lantern.example/news/a/?lang=es&id=2&fbclid=1",
        "https://m.lantern.example/news//a?id=2&amp;lang=es",
        "https://lantern.example/amp/news/a?lang=es&id=2",
        "https://LANTERN.example:443/news/a/amp/?lang=es&id=2&at_medium=RSS",
    ]
    assert {canonical_url(url) for url in same} == {"https://lantern.example/news/a?id=2&lang=es"}
    assert canonical_url("https://lantern.example/news/b") != canonical_url("https://lantern.example/news/a")
    assert canonical_url("https://lantern.example:8443/a") == "https://lantern.example:8443/a"


@given(st.text(max_size=40))
def test_canonicalising_twice_changes_nothing(tail: str) -> None:
    once = canonical_url("https://lantern.example/" + tail)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "https://", "ftp://a.example/x",
        "https://user:pw@a.example/", "https://a.example/\nBcc: x", "https://a b.example/", "http://[bad/",
    ],
)  # fmt: skip
def test_only_web_links_pass(url: str) -> None:
    assert not is_web_link(url)
    assert canonical_url(url) == ""


def test_a_lone_surrogate_which_nothing_can_encode_is_dropped() -> None:
    assert clean("Nogales\udcf1, Sonora") == "Nogales, Sonora"


_PIECES = st.sampled_from(
    ("/", "//", "a", "Nota-1", "/amp", ".amp", ".html", "?", "#", "&", "=", "utm_source=x", "ref=1", "b=2", "%41",
     "%2f", "ñ", ";", "+", ":", "@", "..", "[", "feed", "~", "|", '"')
)  # fmt: skip


@given(
    st.sampled_from(
        ("g.example", "www.g.example", "M.g.example", "amp.g.example", "g.example.", "g.example:81", "-", "a..b")
    ),
    st.lists(_PIECES, max_size=8).map("".join),
)
def test_ordinary_addresses_have_the_identity_of_any_other_address(host: str, rest: str) -> None:
    """A scheme in capitals means the same, and is not ordinary."""
    assert canonical_url(f"http://{host}/{rest}") == canonical_url(f"HTTP://{host}/{rest}")
    assert is_web_link(f"https://{host}{rest}") == is_web_link(f"HTTPS://{host}{rest}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://g.example/feed?apikey=c0ffee&lang=es", "https://g.example/feed?apikey=***&lang=es"),
        (
            "https://g.example/feed?lang=es&access_token=a%20b#top",
            "https://g.example/feed?lang=es&access_token=***#top",
        ),
        ("https://g.example/?X-Amz-Signature=1f;key=2", "https://g.example/?X-Amz-Signature=***;key=***"),
        ("https://g.example/?monkey=1&author=Paz&keyword=muro", "https://g.example/?monkey=1&author=Paz&keyword=muro"),
    ],
)
def test_an_address_is_shown_without_what_lets_one_in(url: str, shown: str) -> None:
    assert without_keys(url) == shown


def test_headers_that_let_one_in_are_known_by_their_names() -> None:
    names = ("Authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "Proxy-Authorization")
    assert [name for name in (*names, "Accept", "Accept-Language", "Referer") if names_a_key(name)] == list(names)
