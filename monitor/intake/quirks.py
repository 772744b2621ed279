"""What is odd about a feed that can be read: for the table of `monitor feeds check`. Pure functions.

Nothing here is a failure. Known gaps: only what one reading shows; a paywall is seen by its effect alone (texts of a
line); what the reader put right silently (a guessed charset, a date in words) is not told.
"""

from collections.abc import Iterable
from statistics import median
from urllib.parse import urlsplit

from monitor.records import Article, Fetched, FetchOutcome, ParsedFeed, Source
from monitor.text import counted, one_line, shorten

_ASKED_FOR = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_LINE = 90  # characters: a text of no more is a teaser
SLOW_S = 5.0
_GOOGLE_NEWS = "news.google.com"


def quirks_of(source: Source, outcome: FetchOutcome, parsed: ParsedFeed | None) -> tuple[str, ...]:
    """Each in a few words, for people: first how the feed is sent, then what is in it."""
    sent = _of_answer(source, outcome) if isinstance(outcome, Fetched) else ()
    return (*sent, *_of_entries(parsed)) if parsed else tuple(sent)


def _of_answer(source: Source, fetched: Fetched) -> Iterable[str]:
    if fetched.url != source.url and not fetched.moved_to:
        yield f"redirected to {shorten(one_line(fetched.url), 100)}"
    if not fetched.etag and not fetched.last_modified:
        yield "no ETag or Last-Modified: always read whole"
    if fetched.encoding not in _ASKED_FOR:
        yield f"sent as {shorten(one_line(fetched.encoding), 30)}, which was not asked for"
    if "html" in fetched.content_type.lower():
        yield "sent as a web page (text/html)"
    if fetched.elapsed_s >= SLOW_S:
        yield f"slow: {fetched.elapsed_s:.0f} s"


def _of_entries(parsed: ParsedFeed) -> Iterable[str]:
    yield from parsed.notes
    articles = parsed.articles
    if any(_GOOGLE_NEWS in (link := a.link.lower()) and urlsplit(link).hostname == _GOOGLE_NEWS for a in articles):
        yield "links lead through Google News"
    undated = sum(a.date_known and not a.hour_known for a in articles)
    if undated:
        yield f"{counted(undated, 'date')} without hour or zone, or in the future"
    yield from _of_texts(articles)


def _of_texts(articles: tuple[Article, ...]) -> Iterable[str]:
    lengths = [len(a.body or a.summary) for a in articles]
    if not lengths:
        return
    if not any(lengths):
        yield "headlines without text"
    elif median(lengths) <= _LINE:
        yield "texts of a line: a teaser, or behind a paywall"
