"""The body of a feed to articles: RSS 0.9x to 2.0, RDF, Atom, news sitemaps, well-formed or not. Pure.

feedparser gets bytes, never decoded text, and no charset from the HTTP header: servers announce ISO-8859-1 for feeds
that are UTF-8, and Spanish accents would break. All text leaves as plain text; only http(s) links leave at all.

Known gaps: Google News links stay opaque (identity is title and outlet); a redirector's link (FeedPress) is taken for
the article's address when the entry names no other; entries with neither title nor text are dropped.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from monitor.intake import sitemap
from monitor.intake.answers import HINTS
from monitor.intake.dates import plausible, read_date, tells_zone
from monitor.intake.entries import MAX_ELEMENTS, MAX_ENTRIES, Document, Entry
from monitor.intake.furniture import take_dateline, take_second_headline, without_furniture
from monitor.intake.images import image_of
from monitor.intake.pages import is_challenge, named_feed_hint
from monitor.intake.reading import read_document
from monitor.intake.repair import is_damaged, may_be_damaged, mend_charset, mend_underscores
from monitor.records import Article, FeedOutcome, Fetched, FetchFailed, ParsedFeed, Source, content_id
from monitor.sentences import sentences
from monitor.text import (
    canonical_url,
    counted,
    fold,
    is_web_link,
    one_line,
    plain_text,
    shorten,
    simple_text,
    unescape_until_stable,
)

MAX_TITLE = 500
MAX_SUMMARY = 4_000
MAX_BODY = 20_000
_MAX_MARKUP = 100_000  # characters of one field that are looked at
_MAX_LINK = 2_000
_MAX_CATEGORIES = 20
_MAX_TITLE_FROM_TEXT = 140
_SUMMARY_FROM_BODY = 600
_PUBLISHER_ONLY = 60  # an aggregator's summary is the headline and at most this much: the outlet's name


def parse_feed(fetched: Fetched, source: Source) -> ParsedFeed | FetchFailed:
    """The entries of a feed, newest first, at most `source.max_items`; FetchFailed when the body is not a feed."""
    problem = not_a_feed(fetched.body)
    if problem:
        return _failed(fetched, source, problem)
    if is_sitemap(fetched.body):
        return _from_sitemap(fetched, source)
    try:
        document = read_document(fetched.body, fetched.url)
    except Exception as exc:  # feedparser breaks in many ways on damaged input; none may end a run
        return _failed(fetched, source, f"cannot be read as a feed ({type(exc).__name__})")
    if not document.is_feed:
        return _failed(fetched, source, "XML that is not a feed" if b"<" in fetched.body[:2048] else "not XML")
    return _parsed(document, fetched, source)


def _failed(fetched: Fetched, source: Source, problem: str) -> FetchFailed:
    challenged = is_challenge(fetched.body)
    outcome: FeedOutcome = "blocked" if challenged else "not_a_feed"
    what = "a page that asks for a proof of being human" if challenged else problem
    return FetchFailed(
        source_id=source.id,
        outcome=outcome,
        detail=f"read {shorten(one_line(source.url), 200)}: {what}",
        fetched_at=fetched.fetched_at,
        elapsed_s=fetched.elapsed_s,
        hint=("" if challenged else named_feed_hint(fetched.body, fetched.url)) or HINTS[outcome],
    )


# ---------------------------------------------------------------- is it a feed at all?

_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP file",
    b"{": "JSON",
}
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_SNIFFED = 65_536


def not_a_feed(body: bytes) -> str:
    """What a body is instead of a feed, for people; "" when it may be one."""
    head = body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not head:
        return "an empty answer"
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    plain = head.replace(b"\0", b"")  # UTF-16 and UTF-32 read as ASCII
    if _FEED_ROOT.search(plain):
        return ""
    if sitemap.ROOT.search(plain):
        return ""
    return f"a web page{_page_title(plain)}" if _HTML_ROOT.search(plain) else ""


def is_sitemap(body: bytes) -> bool:
    """Whether a body is a sitemap, and no feed."""
    head = body[:_SNIFFED].replace(b"\0", b"")
    return not _FEED_ROOT.search(head) and bool(sitemap.ROOT.search(head))


def _page_title(page: bytes) -> str:
    match = re.search(rb"<title[^>]*>([^<]{1,300})", page, re.IGNORECASE)
    title = one_line(match[1].decode("utf-8", "replace"), limit=60) if match else ""
    return f' ("{title}")' if title else ""


# ---------------------------------------------------------------- sitemaps


def _from_sitemap(fetched: Fetched, source: Source) -> ParsedFeed | FetchFailed:
    """The headlines of a news sitemap, newest first; FetchFailed when it has none."""
    found = sitemap.read_sitemap(fetched.body)
    problem = sitemap.problem(found)
    if problem:
        return _failed(fetched, source, problem)
    articles = sorted(
        (_headline(e, fetched, source) for e in found.entries), key=lambda a: (-a.published_at.timestamp(), a.id)
    )
    unique = _unique(a for a in articles if a.title and a.url)
    notes = (
        ("not well-formed, read as far as it goes", found.broken),
        _left_out(len(unique) - source.max_items),
        ("a sitemap: headlines without text", True),
    )
    return ParsedFeed(
        source_id=source.id,
        title=text_line(found.entries[0].publisher) or source.name,
        articles=tuple(unique[: source.max_items]),
        malformed=found.broken,
        notes=tuple(text for text, applies in notes if applies),
    )


def _headline(entry: sitemap.SitemapEntry, fetched: Fetched, source: Source) -> Article:
    link = _web_address(entry.link)
    moment = _w3c_date(entry.date) or read_date(entry.date, source.language)
    outlets = (text_line(entry.publisher), source.name)
    title = shorten(_without_outlet(text_line(entry.title), outlets), MAX_TITLE)
    published_at = min(moment or fetched.fetched_at, fetched.fetched_at)
    names = _Names(canonical_url(link), title, published_at if moment else None)
    return Article(
        id=_identity(names, source),
        source_id=source.id,
        url=names.url,
        link=link,
        title=title,
        summary="",
        published_at=published_at,
        fetched_at=fetched.fetched_at,
        categories=tuple(dict.fromkeys(text_line(word)[:80] for word in entry.keywords))[:_MAX_CATEGORIES],
        date_known=moment is not None,
        image=_web_address(entry.image),
    )


def _w3c_date(text: str) -> datetime | None:
    """ "2026-03-10T12:00:00-06:00" and the like; a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if plausible(moment) else None


# ---------------------------------------------------------------- entries


@dataclass(frozen=True, slots=True)
class _Dated:
    """An entry and its date; `known` is False when it had none that can be read, `hour_known` when only its day is."""

    entry: Entry
    at: datetime
    known: bool
    hour_known: bool


def _parsed(document: Document, fetched: Fetched, source: Source) -> ParsedFeed:
    title = text_line(document.title)
    dates = _told_apart([_date(e, fetched, source) for e in document.entries])
    dated = sorted(dates, key=lambda d: d.at, reverse=True)
    articles = [_article(d, fetched, source, title) for d in dated[: source.max_items]]
    unique = _unique(a for a in articles if a.title)
    return ParsedFeed(
        source_id=source.id,
        title=title,
        articles=tuple(unique),
        malformed=document.malformed,
        notes=_notes(document, dated, articles, unique, source),
    )


def _notes(
    document: Document, dated: Sequence[_Dated], articles: Sequence[Article], unique: Sequence[Article], source: Source
) -> tuple[str, ...]:
    dropped = len(articles) - len(unique)
    undated = sum(not a.date_known for a in unique)
    mended = sum(_was_mended(d.entry) for d in dated[: source.max_items])
    damaged = sum(is_damaged(f"{a.title}\n{a.summary}") for a in unique)
    noticed = (
        ("not well-formed, read as far as it goes", document.malformed),
        (f"longer than {MAX_ELEMENTS:,} elements or {MAX_ENTRIES:,} entries: the rest was not read", document.cut),
        _left_out(len(dated) - source.max_items),
        (f"{counted(dropped, 'empty or repeated entry', 'empty or repeated entries')} dropped", dropped > 0),
        (f"{counted(undated, 'entry', 'entries')} without a readable date", undated > 0),
        (f"{counted(mended, 'entry', 'entries')} with damaged text put right", mended > 0),
        (f"{counted(damaged, 'entry', 'entries')} with text damaged for good", damaged > 0),
    )
    return tuple(text for text, applies in noticed if applies)


def _left_out(older: int) -> tuple[str, bool]:
    return f"{counted(older, 'older entry', 'older entries')} left out", older > 0


def _was_mended(entry: Entry) -> bool:
    written = unescape_until_stable(f"{entry.title}\n{entry.summary[:MAX_SUMMARY]}")
    if not may_be_damaged(written):
        return False
    text = _ANY_TAG.sub(" ", written)
    return mend_charset(text) != text or mend_underscores(text) != text


def _unique(articles: Iterable[Article]) -> list[Article]:
    """Without entries that repeat an earlier one's address or guid."""
    seen: set[str] = set()
    kept: list[Article] = []
    for article in articles:
        keys = {article.id, f"guid {article.guid}" if article.guid else article.id}
        if not keys & seen:
            kept.append(article)
        seen |= keys
    return kept


def _article(dated: _Dated, fetched: Fetched, source: Source, feed_title: str) -> Article:
    entry = dated.entry
    link = _link(entry)
    publisher = text_line(entry.publisher)[:100]
    title = take_second_headline(_title(entry, (publisher, source.name, feed_title)))
    lead = take_dateline(without_furniture(text_block(entry.summary)))
    full = take_dateline(without_furniture(text_block(entry.content)))
    lead_text = "" if _repeats(lead.text, title, publisher) else lead.text
    body = full.text if len(full.text) > len(lead_text) else ""
    summary = lead_text or shorten(body.replace("\n", " "), _SUMMARY_FROM_BODY)
    names = _Names(
        url=canonical_url(link),
        title=shorten(title or _first_sentence(summary, source), MAX_TITLE),
        day=dated.at if dated.known else None,
        guid=text_line(entry.guid)[:500],
        publisher=publisher,
    )
    return Article(
        id=_identity(names, source),
        source_id=source.id,
        url=names.url,
        link=link,
        title=names.title,
        summary=shorten(summary, MAX_SUMMARY),
        published_at=dated.at,
        fetched_at=fetched.fetched_at,
        guid=names.guid,
        body=shorten(body, MAX_BODY),
        dateline=text_line(lead.dateline or full.dateline),
        categories=_categories(entry),
        date_known=dated.known,
        publisher=publisher,
        hour_known=dated.hour_known,
        image=image_of(entry.pictures, (entry.summary + entry.content)[:_MAX_MARKUP]),
    )


class _Names(NamedTuple):
    """What an entry can be known by; "" and None for what it does not say."""

    url: str  # canonical
    title: str
    day: datetime | None
    guid: str = ""
    publisher: str = ""


_GOOGLE_NEWS = re.compile(r"https://news\.google\.com(?=[:/?]|\Z)")


def _identity(names: _Names, source: Source) -> str:
    """From the canonical address, else the guid, else title and day; from title and outlet for Google News.

    Google News' links change from query to query, so one report would come in under many addresses.
    """
    if _GOOGLE_NEWS.match(names.url):
        return content_id("headline", fold(names.title), fold(names.publisher))
    if names.url:
        return content_id(names.url)
    if names.guid:
        return content_id("guid", source.id, names.guid)
    day = names.day.date().isoformat() if names.day else ""
    return content_id("title", source.id, fold(names.title), day)


def _title(entry: Entry, outlets: Iterable[str]) -> str:
    """The headline on one line, without the outlet's name that aggregators and some outlets put behind it."""
    return _without_outlet(text_line(entry.title), outlets)


def _without_outlet(title: str, outlets: Iterable[str]) -> str:
    for outlet in outlets:
        if outlet and title.endswith(outlet):
            for dash in (" - ", " | ", " – ", " — "):
                if title.endswith(dash + outlet):
                    return title.removesuffix(dash + outlet).rstrip()
    return title


def _first_sentence(summary: str, source: Source) -> str:
    found = sentences(summary[:_SUMMARY_FROM_BODY], source.language)
    return shorten(found[0], _MAX_TITLE_FROM_TEXT) if found else ""


def _repeats(summary: str, title: str, publisher: str) -> bool:
    """Whether a summary is only the headline again, perhaps with the outlet's name (Google News)."""
    if begin_differently(summary.lstrip(), title):
        return False
    flat, head = fold(" ".join(summary.split())), fold(title)
    if not flat.startswith(head):
        return False
    rest = flat[len(head) :].strip(" -|.…")
    return not rest or (len(rest) <= _PUBLISHER_ONLY and bool(publisher) and fold(publisher) in rest)


def begin_differently(one: str, other: str) -> bool:
    """Whether the first letters tell two texts apart. Only ASCII's: folding lets nothing else become of them."""
    a, b = one[:1], other[:1]
    return a.isascii() and b.isascii() and a.isalnum() and b.isalnum() and a.lower() != b.lower()


def _categories(entry: Entry) -> tuple[str, ...]:
    terms = (text_line(subject)[:80] for subject in entry.subjects)
    return tuple(dict.fromkeys(term for term in terms if term))[:_MAX_CATEGORIES]


_REDIRECTOR = re.compile(
    r"https?://(?:feedproxy\.google\.com|feeds\.feedburner\.com|rss\.feedsportal\.com|feedpress\.me"
    r"|feeds\.feedblitz\.com|rss\.app|feed\.informer\.com)(?=[:/?#]|\Z)",
    re.IGNORECASE,
)


def _link(entry: Entry) -> str:
    """The first web link: an alternate one, else whatever feedparser chose, else a guid that is an address.

    A redirector's address, which counts readers, comes last: its own links change.
    """
    first = ""
    for candidate in dict.fromkeys((entry.origin, *entry.alternates, entry.link, entry.guid)):
        link = _web_address(candidate)
        if link and not _REDIRECTOR.match(link):
            return link
        first = first or link
    return first


def _web_address(text: str) -> str:
    link = unescape_until_stable(text.strip()) if text else ""
    return link if len(link) <= _MAX_LINK and is_web_link(link) else ""


# ---------------------------------------------------------------- dates

_ALL_EQUAL = 5  # entries of one moment: two or three may have been published together
_CLOCKS_DIFFER = timedelta(minutes=15)  # further ahead of ours is no clock, but a wrong zone or an embargo


def _date(entry: Entry, fetched: Fetched, source: Source) -> _Dated:
    """Published, else updated, else created; never after `fetched_at`, which stands in for a missing date."""
    now = fetched.fetched_at
    for date in entry.dates:
        moment = date.standard or read_date(date.written, source.language)
        if moment:
            exact = tells_zone(date.written) and moment <= now + _CLOCKS_DIFFER
            return _Dated(entry, min(moment, now), known=True, hour_known=exact)
    return _Dated(entry, now, known=False, hour_known=False)


def _told_apart(dated: list[_Dated]) -> list[_Dated]:
    """The same, without hours when all entries have one date: it is the feed's, not theirs."""
    known = {d.at for d in dated if d.known}
    if len(known) == 1 and sum(d.known for d in dated) >= _ALL_EQUAL:
        return [replace(d, hour_known=False) for d in dated]
    return dated


# ---------------------------------------------------------------- text

_TAG = re.compile(r"(?<!<)<++(?=[A-Za-z/!?])")  # linear, however many
_ANY_TAG = re.compile(r"<[^<>]*>")
_UNFINISHED = re.compile(r"<[A-Za-z/!?][^<>]*\Z")  # a text that was cut in the middle of a tag
_STRAY = re.compile(r"<(?![A-Za-z/!?][^<>]{0,2000}>)")  # opens no tag
_WITH_ATTRIBUTES = (
    re.compile(r"""<([A-Za-z][\w:-]{0,40})(?=[\s/"'])(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>"""),
    re.compile(r"""<([A-Za-z][\w:-]{0,40})(?=[\s/"'])[^<>]*+>"""),  # a quote that does not end
)
_LESS_THAN = "\ue000"  # stands for a stray "<" while tags are stripped


def text_block(markup: str) -> str:
    """Plain text with line breaks, from the first 100,000 characters of a text as written."""
    if not markup:
        return ""
    decoded = mend_charset(unescape_until_stable(markup[:_MAX_MARKUP])).replace(_LESS_THAN, "")
    text = simple_text(decoded)
    return mend_underscores(_text_of_any(decoded) if text is None else text)


def _text_of_any(decoded: str) -> str:
    """`<<b>script>` would become a tag when its inner one goes: such a `<` goes too."""
    return _TAG.sub("", plain_text(_tidy(decoded)).replace(_LESS_THAN, "<"))


def _tidy(decoded: str) -> str:
    """Markup with complete and bare tags only.

    The HTML parser needs quadratic time for unclosed comments, tags and quotes.
    """
    whole = _without_comments(decoded)
    for pattern in _WITH_ATTRIBUTES:
        whole = pattern.sub(_bare, whole)
    return _STRAY.sub(_LESS_THAN, _UNFINISHED.sub("", whole))


def _bare(tag: re.Match[str]) -> str:
    return f"<{tag[1]}/>" if tag[0].endswith("/>") else f"<{tag[1]}>"


def _without_comments(markup: str) -> str:
    """Without HTML comments; an unclosed one hides the rest, as in a browser."""
    pieces = markup.split("<!--")
    ends = (piece.partition("-->") for piece in pieces[1:])
    return pieces[0] + "".join(rest for _, closed, rest in ends if closed)


def text_line(markup: str) -> str:
    """`text_block` on one line, safe for a header, a terminal or a file name."""
    if not markup:
        return ""
    touched = markup.encode("latin-1", "replace").translate(None, _LEFT_ALONE)
    text = text_block(markup) if touched else markup[:_MAX_MARKUP]
    return " ".join(text.split()).replace("=?", "= ?")


# Printed characters of Latin-1 that no step of `text_block` looks for; "?" also stands for those beyond Latin-1.
_LEFT_ALONE = bytes(n for n in range(256) if chr(n).isprintable() and chr(n) not in "&<_ÃÂâ?")
