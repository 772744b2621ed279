"""The feeds of a site: what its page advertises, and where feeds usually lie."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from monitor.config import FetchConfig
from monitor.intake.fetch import fetch_feeds
from monitor.intake.languages import detect_language
from monitor.intake.outcome import feed_report
from monitor.intake.pages import advertised_feeds
from monitor.intake.parse import parse_feed
from monitor.records import (
    LANGUAGES,
    FeedReport,
    Fetched,
    FetchFailed,
    FetchOutcome,
    Lang,
    ParsedFeed,
    Source,
    content_id,
)

_MOST = 25  # addresses tried on one site
GAP_S = 0.25  # between two of them: a reader who opens one page asks for more in less time
_LIKELY = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")  # tried first; the others only when none is there
_POSSIBLE = (
    "/index.xml", "/?feed=rss2", "/arc/outboundfeeds/rss/?outputType=xml",
    "/search/?f=rss&t=article&l=50&s=start_time&sd=desc", "/index.rss",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was read: how it is, what it is called, and the language of most of its headlines."""

    url: str
    title: str
    language: Lang
    report: FeedReport


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at an address; `problem` says why nothing was."""

    feeds: tuple[FoundFeed, ...]
    tried: int  # addresses that were read
    problem: str = ""


def discover_feeds(url: str, options: FetchConfig, *, now: datetime, allow_private: bool = False) -> Discovery:
    """The feeds at an address: itself, those its page names, else those where feeds usually lie; each read once."""
    if options.host_gap_s is None:
        options = options.model_copy(update={"host_gap_s": 0.0 if allow_private else GAP_S})
    reader = _Reader(options, now, allow_private=allow_private)
    page = reader.fetch([url])[0]
    itself = reader.found(url, page)
    if itself:
        return Discovery((itself,), 1)
    if isinstance(page, FetchFailed) and page.outcome not in _SITE_ANSWERS:
        return Discovery((), 1, page.detail)
    named = [item.url for item in advertised_feeds(page.body, page.url)] if isinstance(page, Fetched) else []
    tried = 1
    for addresses in (named[:_MOST], _paths(url, _LIKELY, named), _paths(url, _POSSIBLE, named)):
        found, tried = reader.read(addresses), tried + len(addresses)
        if found:
            return Discovery(_once(found), tried)
    why = page.detail if isinstance(page, FetchFailed) else "its page names no feed that can be read"
    return Discovery((), tried, why)


def _paths(url: str, paths: Iterable[str], named: Sequence[str]) -> list[str]:
    """The addresses of paths on a site that were not read yet."""
    return [address for path in paths if (address := urljoin(url, path)) not in {url, *named}]


_SITE_ANSWERS = frozenset({"http_error", "blocked", "not_a_feed"})  # the site is there, so its other addresses may be


class _Reader:
    """Reads addresses as feeds that nobody has configured yet."""

    def __init__(self, options: FetchConfig, now: datetime, *, allow_private: bool) -> None:
        self._options, self._now, self._allow_private = options, now, allow_private

    def fetch(self, urls: Sequence[str]) -> list[FetchOutcome]:
        sources = [self._source(url) for url in urls]
        return fetch_feeds(sources, {}, self._options, now=self._now)

    def read(self, urls: Sequence[str]) -> list[FoundFeed]:
        """Those of the addresses that are feeds, in order."""
        found = (self.found(url, outcome) for url, outcome in zip(urls, self.fetch(urls), strict=True))
        return [feed for feed in found if feed]

    def found(self, url: str, outcome: FetchOutcome) -> FoundFeed | None:
        """The feed that an answer holds; None when it is none."""
        source = self._source(url)
        parsed = parse_feed(outcome, source) if isinstance(outcome, Fetched) else None
        if not isinstance(parsed, ParsedFeed):
            return None
        report = feed_report(source, outcome, parsed, state=None, stale_days=self._options.stale_days)
        return FoundFeed(url, parsed.title, language_of(a.title for a in parsed.articles), report)

    def _source(self, url: str) -> Source:
        options = self._options
        return Source(
            id=content_id(url),
            name=url,
            url=url,
            language="en",
            allow_private=self._allow_private,
            timeout_s=options.timeout_s,
            max_items=options.max_items,
            max_bytes=options.max_bytes,
        )


def language_of(titles: Iterable[str]) -> Lang:
    """The language of most headlines, of those that tell; English when none does."""
    votes = Counter(
        said
        for title in titles
        if (said := detect_language(title, "en")) == detect_language(title, "es")  # whatever was expected
    )
    return max(LANGUAGES, key=lambda language: votes[language])


def _once(feeds: Iterable[FoundFeed]) -> tuple[FoundFeed, ...]:
    """Without those that say the same as an earlier one: sites answer at many addresses."""
    kept: dict[tuple[object, ...], FoundFeed] = {}
    for feed in feeds:
        report = feed.report
        kept.setdefault((feed.title, report.items, report.newest_item_at) if report.items else (feed.url,), feed)
    return tuple(kept.values())
