"""What a web page says that came in a feed's place: the feeds it names, or that it asks for a proof of being human.

Source of the first: "RSS autodiscovery" (RSS Advisory Board, 2006): `<link rel="alternate" type="application/rss+xml">`
in the head. Known gaps: pages that are built by a script in the browser advertise nothing; a challenge that names none
of the services below, or hides their names, counts as an ordinary page. Pure functions; nothing here raises.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from monitor.text import is_web_link, one_line, shorten

_LOOKED_AT = 500_000  # bytes of a page: its head, and most of its links
_FEED_TYPES = re.compile(r"^\s*(?:application/(?:rss|atom|rdf)\+xml|application/feed\+json)\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"(?:^|[/._?=&-])(?:rss2?|feeds?|atom)(?:[/._?=&-]|$|xml)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
_MAX_URL = 300

# What only the challenge itself contains. Scripts that guard ordinary pages too (Cloudflare's /challenge-platform/,
# reCAPTCHA beside a form) are no proof.
_CHALLENGE = re.compile(
    rb"_cf_chl_opt|cf-chl-|<title>just a moment\.\.\.|<title>attention required! \| cloudflare|captcha-delivery\.com/"
    rb"|px-captcha|awswafcookiedomainlist|awswafintegration|/\.well-known/sgcaptcha|incapsula incident id"
    rb"|pardon our interruption|<title>ddos-guard|checking your browser before accessing",
    re.IGNORECASE,
)
# What ordinary pages may contain as well: proof on a page that is small and names no feed.
_CAPTCHA = re.compile(
    rb"captcha|cf-turnstile|_incapsula_resource|verify (?:that )?you are (?:a )?human|are you a robot"
    rb"|enable javascript and cookies to continue|<title>access denied"
    rb"|(?:verifica|comprueba|confirma)r? que (?:eres|es) (?:un )?human|no (?:eres|soy|es) un robot",
    re.IGNORECASE,
)
_ANYWHERE = "https://page.invalid/"
_SMALL_PAGE = 30_000  # bytes; front pages of outlets are larger


@dataclass(frozen=True, slots=True)
class Advertised:
    """A feed's address as a page gives it."""

    url: str
    title: str = ""


def is_challenge(page: bytes) -> bool:
    """Whether a page asks for a proof that a person is reading, instead of answering."""
    if _CHALLENGE.search(page, 0, _LOOKED_AT):
        return True
    return len(page) <= _SMALL_PAGE and bool(_CAPTCHA.search(page)) and not advertised_feeds(page, _ANYWHERE)


def named_feed_hint(page: bytes, url: str) -> str:
    """What to do when the page at `url` names a feed at another address; "" when it names none."""
    others = [item.url for item in advertised_feeds(page, url) if item.url != url]
    return f"the page names {shorten(one_line(others[0]), _MAX_URL)}: change the feed's url to that" if others else ""


def advertised_feeds(page: bytes, base_url: str) -> tuple[Advertised, ...]:
    """The feeds that a web page names, those of its head first, each once; feeds of comments last."""
    reader = _PageReader(base_url)
    with suppress(AssertionError, ValueError):  # html.parser on marked sections that are broken
        reader.feed(page[:_LOOKED_AT].decode("utf-8", "replace"))
    found: dict[str, Advertised] = {}
    for item in (*reader.declared, *reader.linked):
        if is_web_link(item.url):
            found.setdefault(item.url, item)
    return tuple(sorted(found.values(), key=lambda item: bool(_COMMENTS.search(f"{item.url} {item.title}"))))


class _PageReader(HTMLParser):
    """Collects links to feeds."""

    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.declared: list[Advertised] = []
        self.linked: list[Advertised] = []
        self._base = base_url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        href = named.get("href", "").strip()
        if not href:
            return
        if tag == "base":
            self._base = self._joined(href)
        elif tag == "link" and "alternate" in named.get("rel", "").lower().split():
            if _FEED_TYPES.match(named.get("type", "")):
                self.declared.append(Advertised(self._joined(href), one_line(named.get("title", ""), limit=200)))
        elif tag == "a" and _FEED_LINK.search(_path(href)):
            self.linked.append(Advertised(self._joined(href), one_line(named.get("title", ""), limit=200)))

    def _joined(self, href: str) -> str:
        try:
            return urljoin(self._base, href)
        except ValueError:
            return ""


def _path(href: str) -> str:
    """Path and query of a link, for judging by its look; "" when it cannot be read."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
