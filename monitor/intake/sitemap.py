"""News sitemaps to articles: what outlets without a feed give to search engines. Pure: bytes in, entries out.

Source of the format: Google's "News sitemaps" (urlset of url with loc and news:news). An entry has an address, a
headline and a date, no text. A sitemap without `news:news`, or an index of sitemaps, has no headlines and is no feed.

Known gaps: only the first 50,000 addresses, as the format allows; keywords are kept as categories, stocks are not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree

from monitor.intake.reading import narrow

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_MAX_KEYWORDS = 50
ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
_MOST = 50_000
_DEPTH = 5  # levels below <url>; the format has three
_SHOWN = 3


@dataclass(slots=True)
class SitemapEntry:
    """One address with its headline; texts as written, still to be cleaned."""

    link: str = ""
    title: str = ""
    date: str = ""
    publisher: str = ""
    image: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(slots=True)
class Sitemap:
    """What a sitemap holds; `broken` when the XML ended early or was damaged."""

    entries: list[SitemapEntry] = field(default_factory=list)
    addresses: int = 0  # of pages, with a headline or not
    parts: list[str] = field(default_factory=list)  # addresses of the sitemaps that an index lists
    broken: bool = False


def read_sitemap(body: bytes) -> Sitemap:
    """The entries with a headline, in the sitemap's order. Damaged XML is mended, or read as far as it goes."""
    found = _read(narrow(body))
    if found.broken and b"<!ENTITY" not in body:
        mended = _read(_mended(narrow(body)))
        mended.broken = True
        return mended if mended.addresses + len(mended.parts) > found.addresses + len(found.parts) else found
    return found


def _mended(body: bytes) -> bytes:
    """The same with what breaks sitemaps cured: a wrong charset, control characters, an `&` that stands alone."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    text = _CONTROLS.sub("", _DECLARATION.sub("", text, count=1))
    return _LONE_AMPERSAND.sub("&amp;", text).encode("utf-8", "ignore")


def _read(body: bytes) -> Sitemap:
    found = Sitemap()
    try:
        for element in _elements(body):
            _take(element, found)
            element.clear()
            if found.addresses >= _MOST:
                break
    except (ElementTree.ParseError, ValueError, LookupError):
        found.broken = True
    return found


def problem(found: Sitemap) -> str:
    """Why a sitemap is no source of news, for people; "" when it is one."""
    if found.entries:
        return ""
    if found.parts:
        news = sorted(found.parts, key=lambda url: "news" not in url.lower())[:_SHOWN]
        return f"an index of sitemaps: use one of those it lists ({', '.join(news)})"
    return "a sitemap without headlines (no news:title)" if found.addresses else "an empty sitemap"


def _elements(body: bytes) -> Iterator[ElementTree.Element]:
    """Every finished <url> and <sitemap>. expat bounds entities by itself and fetches nothing."""
    depth, root = 0, None
    for event, element in ElementTree.iterparse(BytesIO(body), events=("start", "end")):  # noqa: S314
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        if event == "end" and _name(element) in ("url", "sitemap"):
            yield element
        if depth == 1 and event == "end":
            root.clear()  # what was read, or is of no use, takes no memory


def _name(element: ElementTree.Element) -> str:
    """The name without its namespace: outlets write the wrong ones."""
    return element.tag.rpartition("}")[2].lower()


def _take(element: ElementTree.Element, found: Sitemap) -> None:
    texts = {_path(names): text for names, text in _texts(element, ())}
    if _name(element) == "sitemap":
        found.parts += [texts["loc"]] if texts.get("loc") else []
        return
    found.addresses += 1
    if texts.get("news/title"):
        words = texts.get("news/keywords", "").split(",", _MAX_KEYWORDS)[:_MAX_KEYWORDS]
        found.entries.append(
            SitemapEntry(
                link=texts.get("loc", ""),
                title=texts["news/title"],
                date=texts.get("news/publication_date") or texts.get("lastmod", ""),
                publisher=texts.get("news/publication/name", ""),
                image=texts.get("image/loc", ""),
                keywords=tuple(word.strip() for word in words if word.strip()),
            )
        )


def _path(names: tuple[str, ...]) -> str:
    return "/".join(names)


def _texts(element: ElementTree.Element, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text below an element with the names that lead to it, the first one last, so that it stands."""
    for child in reversed(element) if len(above) < _DEPTH else ():
        names = (*above, _name(child))
        yield from _texts(child, names)
        if child.text and child.text.strip():
            yield names, child.text.strip()
