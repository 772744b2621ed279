"""The fast reader: feeds that are well-formed and of a plain kind, read at a tenth of feedparser's cost.

feedparser stays the judge of what a feed says: this reader gives exactly what feedparser's strict reader gives, or None
when it does not know for certain what that would be, and feedparser is asked. It follows the rules of
`feedparser.mixin`: which element counts when several say the same (the last one, but the first title), what becomes
of a second description, which link is the article's, how wrongly read UTF-8 is mended. Pure: bytes in, entries out.

It steps aside for: document types, `xml:base` below the root, XHTML, XML and base64 as content, markup within texts,
sources and pictures with elements of their own, namespaces bound twice or under another's usual prefix, elements whose
handler in feedparser is not listed here, elements that matter where nobody expects them, and whatever has no entries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from feedparser import api

from monitor.intake.dates import standard_date
from monitor.intake.entries import MAX_ELEMENTS, MAX_ENTRIES, MAX_TAGS, Document, Entry, WrittenDate
from monitor.intake.images import pictures_of
from monitor.intake.names import Attributes, Names, UnsureError
from monitor.intake.resolve import joined_base, mended, resolved, stable, with_href

Handler = Callable[["_Reader", Element, int], None]  # and its depth, from 1


def read_well_formed(data: bytes, base: str) -> Document | None:
    """A feed in UTF-8 whose document type was looked at already; None when it is feedparser's to read.

    `base` is the address that relative links are relative to, as `feedparser` would make it.
    """
    try:
        root, declared = _tree(data)
        document = _Reader(Names(declared), base).read(root)
    except (UnsureError, ElementTree.ParseError, ValueError, OverflowError, IndexError):
        return None
    return document if document.entries else None


def _tree(data: bytes) -> tuple[Element, list[tuple[str, str]]]:
    """The root, and each (prefix, namespace) in order. expat bounds entities by itself and fetches nothing."""
    root, declared, elements = None, [], 0
    for event, found in _events(data):
        if event == "start-ns":
            declared.append(found)
            continue
        root = found if root is None else root
        elements += 1
        if elements > MAX_ELEMENTS:
            raise UnsureError
    if root is None:
        raise UnsureError
    return root, declared


def _events(data: bytes) -> Iterator[Any]:
    reader: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(events=("start", "start-ns"))
    for at in range(0, len(data), _PIECE):
        reader.feed(data[at : at + _PIECE])
        yield from reader.read_events()
    reader.close()
    yield from reader.read_events()


_PIECE = 65_536  # bytes between two looks at the bounds


# ---------------------------------------------------------------- which elements matter

_HANDLED = frozenset(
    name.removeprefix(start)
    for name in dir(api.StrictFeedParser)
    for start in ("_start_", "_end_")
    if name.startswith(start)
)
# Without a handler, but feedparser keeps them under names that mean something to it.
_RESERVED = frozenset(
    "date date_parsed links published_parsed issued_parsed updated_parsed modified_parsed created_parsed authors"
    " contributors author_detail publisher_detail generator_detail feedburner_origlink".split()
)
# Handled, but without effect on what is read here, also on elements within each other.
_INERT = frozenset(
    "author managingeditor contributor name width height url homepage uri email language webmaster expirationdate cloud"
    " generator admin_generatoragent admin_errorreportsto cc_license dc_author dc_creator dc_contributor dc_language"
    " dc_publisher georss_point georss_line georss_polygon georss_box itunes_author itunes_name itunes_email"
    " itunes_owner itunes_block itunes_explicit itunes_image itunes_link media_rating media_credit media_restriction"
    " media_license media_player".split()
)
# The same, as long as they hold nothing but text.
_INERT_TEXTS = frozenset(
    "rights copyright dc_rights subtitle tagline itunes_subtitle info feedburner_browserfriendly"
    " creativecommons_license".split()
)
_LEAVES_OF_FEED = _INERT_TEXTS | frozenset(
    "link guid id enclosure published issued pubdate dcterms_issued updated modified lastbuilddate dc_date"
    " dcterms_modified created dcterms_created category keywords dc_subject media_category media_keywords"
    " itunes_keywords feedburner_origlink media_thumbnail media_content".split()
)
_OF_PICTURE = frozenset("title link description url width height".split())
_OF_TEXT_INPUT = frozenset("title link description name".split())
_OF_ENTRY_PICTURE = frozenset("url width height".split())


def _means_nothing(name: str) -> bool:
    return name in _INERT or (name not in _HANDLED and name not in _RESERVED)


# ---------------------------------------------------------------- what is said


@dataclass(slots=True)
class _Tag:
    """A subject; of two that are equal the second is left out."""

    term: str | None
    scheme: str | None
    label: str | None


@dataclass(slots=True)
class _Said:
    """What the feed, or one of its entries, has said so far; the keys are feedparser's."""

    texts: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)  # of what gave a text: a deeper element does not replace it
    contents: list[str] = field(default_factory=list)
    dates: dict[str, datetime | None] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    tags: list[_Tag] = field(default_factory=list)
    thumbnails: list[dict[str, str]] = field(default_factory=list)
    media: list[Attributes] = field(default_factory=list)
    publisher: str = ""


class _Reader:
    """One document's way from elements to entries; flags are feedparser's, and outlive elements as they do there."""

    def __init__(self, names: Names, base: str) -> None:
        self._names = names
        self._base = base
        self._entries: list[Entry] = []
        self._feed = self._said = _Said()
        self._title_depth = -1  # of the title that counts; -1: the next one does
        self._has_content = False

    # ------------------------------------------------ the document

    def read(self, root: Element) -> Document:
        """The whole document."""
        self._base = stable(joined_base(self._base, self._names.attributes(root)))
        name = self._names.of(root)
        if name not in _ROOTS:
            raise UnsureError
        self._only(root, 2, _ROOTS[name])
        return Document(title=self._feed.texts.get("title", ""), entries=tuple(self._entries))

    def _only(self, parent: Element, depth: int, handlers: Mapping[str, Handler]) -> None:
        """The children of an element; those without a handler must mean nothing."""
        name_of = self._names.of
        for child in parent:
            name = name_of(child)
            handler = handlers.get(name)
            if handler:
                handler(self, child, depth)
            elif not _means_nothing(name) or (len(child) and not self._all_mean_nothing(child)):
                raise UnsureError

    def _all_mean_nothing(self, element: Element) -> bool:
        return all(_means_nothing(self._names.of(inner)) for inner in element.iter())

    def _attributes(self, element: Element) -> Attributes:
        given = self._names.attributes(element)
        if given and ("base" in given or "xml:base" in given):
            raise UnsureError
        return given

    def _channel(self, element: Element, depth: int) -> None:
        given = self._attributes(element)
        if "lastmod" in given or "href" in given:  # as in CDF
            raise UnsureError
        self._only(element, depth + 1, _OF_FEED)

    def _leaf(self, element: Element, depth: int) -> None:
        del depth
        if len(element):
            raise UnsureError

    def _category_of_podcast(self, element: Element, depth: int) -> None:
        del depth
        names = {self._names.of(inner) for inner in element.iter()}
        if names != {"itunes_category"}:
            raise UnsureError

    def _picture_of_feed(self, element: Element, depth: int) -> None:
        self._titled(element, depth, _OF_PICTURE)

    def _text_input(self, element: Element, depth: int) -> None:
        self._titled(element, depth, _OF_TEXT_INPUT)

    def _titled(self, element: Element, depth: int, allowed: frozenset[str]) -> None:
        """An element whose title is not the feed's, but lets the next title count."""
        self._title_depth = -1
        self._attributes(element)
        for child in element:
            name = self._names.of(child)
            if name not in allowed or len(child):
                raise UnsureError
            if name == "title" and (child.text or "").strip():
                self._title_depth = depth + 1

    def _entry(self, element: Element, depth: int) -> None:
        given = self._attributes(element)
        if "lastmod" in given or "href" in given or len(self._entries) >= MAX_ENTRIES:
            raise UnsureError
        self._said = _Said()
        if given.get("rdf:about"):
            self._said.texts["id"] = given["rdf:about"]
        self._title_depth = -1
        self._only(element, depth + 1, _OF_ENTRY)
        self._entries.append(_finished(self._said))
        self._said = self._feed
        self._has_content = False

    # ------------------------------------------------ texts

    def _keep(self, key: str, text: str, depth: int) -> None:
        said = self._said
        if said is self._feed or depth <= said.depths.get(key, depth):
            said.depths[key] = depth
            said.texts[key] = text

    def _title(self, element: Element, depth: int) -> None:
        text = self._markup(element)
        if not -1 < self._title_depth <= depth:
            self._keep("title", text, depth)
        if text:
            self._title_depth = depth

    def _media_title(self, element: Element, depth: int) -> None:
        before = self._title_depth
        self._title(element, depth)
        self._title_depth = before

    def _description(self, element: Element, depth: int) -> None:
        self._first_text(element, depth, "subtitle" if self._said is self._feed else "summary")

    def _summary(self, element: Element, depth: int) -> None:
        self._first_text(element, depth, "summary")

    def _first_text(self, element: Element, depth: int, key: str) -> None:
        """A summary; the second one is content."""
        if "summary" in self._said.texts and not self._has_content:
            self._content(element, depth)
        else:
            self._keep(key, self._markup(element), depth)

    def _content(self, element: Element, depth: int) -> None:
        del depth
        text = self._markup(element)
        self._has_content = True
        self._said.contents.append(text)
        if len(self._said.contents) > _MOST_CONTENTS:
            raise UnsureError
        self._said.texts.setdefault("summary", text)

    def _markup(self, element: Element) -> str:
        """The text of an element that may hold markup as text."""
        if element.attrib:
            given = self._attributes(element)
            if "mode" in given or given.get("type", "html") not in _TEXT_KINDS:
                raise UnsureError
        return _text(element)

    # ------------------------------------------------ links

    def _link(self, element: Element, depth: int) -> None:
        del depth
        said = self._said
        if not element.attrib:  # as in RSS: the address is text
            said.links.append({"rel": "alternate", "type": "text/html"})
            self._written_link(element, said.links[-1])
            return
        given = self._attributes(element)
        link = with_href({"rel": "alternate", "type": _LINK_KINDS.get(given.get("rel", ""), "text/html"), **given})
        said.links.append(link)
        if len(element):
            raise UnsureError
        if "href" not in link:
            self._written_link(element, link)
            return
        link["href"] = resolved(link["href"], self._base)
        if link["rel"] == "alternate" and link["type"] in _HTML_KINDS:
            said.texts["link"] = link["href"]

    def _written_link(self, element: Element, link: dict[str, str]) -> None:
        """A link as RSS has it, with the address as text; an `&` may have been escaped once too often."""
        text = self._address(element)
        if "&" in text:
            text = _ENTITY.sub(r"&\1", text.replace("&amp;", "&"))
        self._said.texts["link"] = text
        if text:
            link["href"] = text

    def _guid(self, element: Element, depth: int) -> None:
        is_link = self._attributes(element).get("ispermalink", "true") == "true"
        text = self._address(element) if is_link else _text(element)
        self._keep("id", text, depth)
        if is_link:
            self._said.texts.setdefault("link", text)

    def _address(self, element: Element) -> str:
        if len(element):
            raise UnsureError
        written = (element.text or "").strip()
        return mended(resolved(written, self._base)) if written else ""

    def _origin(self, element: Element, depth: int) -> None:
        if element.attrib:
            raise UnsureError
        self._keep("feedburner_origlink", _text(element), depth)

    # ------------------------------------------------ dates and subjects

    def _date(self, element: Element, depth: int, *, kind: str) -> None:
        text = _text(element)
        self._keep(kind, text, depth)
        self._said.dates[kind] = standard_date(text)

    def _category(self, element: Element, depth: int, scheme: str | None = None) -> None:
        del depth
        given, text, tags = self._attributes(element), _text(element), self._said.tags
        self._add_tag(given.get("term"), given.get("scheme", given.get("domain", scheme)), given.get("label"))
        if text and tags and not tags[-1].term:
            tags[-1].term = text
        elif text:
            self._add_tag(text, None, None)

    def _media_category(self, element: Element, depth: int) -> None:
        self._category(element, depth, "http://search.yahoo.com/mrss/category_schema")

    def _keywords(self, element: Element, depth: int, *, scheme: str | None = None) -> None:
        del depth
        if element.attrib:
            raise UnsureError
        for word in _text(element).split(","):
            if word.strip():
                self._add_tag(word.strip(), scheme, None)

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tag = _Tag(term, scheme, label)
        if (term or scheme or label) and len(self._said.tags) < MAX_TAGS and tag not in self._said.tags:
            self._said.tags.append(tag)

    def _source(self, element: Element, depth: int) -> None:
        del depth
        self._said.publisher = _text(element)
        self._title_depth = -1

    # ------------------------------------------------ pictures and other media

    def _picture_of_entry(self, element: Element, depth: int) -> None:
        del depth
        if any(self._names.of(child) not in _OF_ENTRY_PICTURE or len(child) for child in element):
            raise UnsureError
        self._title_depth = -1

    def _enclosure(self, element: Element, depth: int) -> None:
        self._leaf(element, depth)
        self._said.links.append({**with_href(dict(self._attributes(element))), "rel": "enclosure"})

    def _thumbnail(self, element: Element, depth: int) -> None:
        del depth
        given, text = dict(self._attributes(element)), self._address(element)
        if text:
            given.setdefault("url", text)
        self._said.thumbnails.append(given)

    def _media_content(self, element: Element, depth: int) -> None:
        self._said.media.append(self._attributes(element))
        self._only(element, depth + 1, _OF_ENTRY)

    def _group(self, element: Element, depth: int) -> None:
        self._attributes(element)
        self._only(element, depth + 1, _OF_ENTRY)


_DATES = {
    "published": "published issued pubdate dcterms_issued",
    "updated": "updated modified lastbuilddate dc_date dcterms_modified",
    "created": "created dcterms_created",
}
# What to do with an element, by its name.
_TEXTS: Mapping[str, Handler] = {
    **dict.fromkeys(("title", "dc_title"), _Reader._title),
    "media_title": _Reader._media_title,
    **dict.fromkeys(("description", "dc_description", "media_description"), _Reader._description),
    **dict.fromkeys(("summary", "itunes_summary"), _Reader._summary),
    **dict.fromkeys(("content", "content_encoded"), _Reader._content),
}
_OF_FEED: Mapping[str, Handler] = {
    **_TEXTS,
    **dict.fromkeys(("item", "entry"), _Reader._entry),
    "image": _Reader._picture_of_feed,
    "textinput": _Reader._text_input,
    "itunes_category": _Reader._category_of_podcast,
    **dict.fromkeys(_LEAVES_OF_FEED, _Reader._leaf),
}
_OF_ENTRY: Mapping[str, Handler] = {
    **_TEXTS,
    "link": _Reader._link,
    **dict.fromkeys(("guid", "id"), _Reader._guid),
    "feedburner_origlink": _Reader._origin,
    **{name: partial(_Reader._date, kind=kind) for kind, names in _DATES.items() for name in names.split()},
    **dict.fromkeys(("category", "keywords", "dc_subject"), _Reader._category),
    "media_category": _Reader._media_category,
    "media_keywords": _Reader._keywords,
    "itunes_keywords": partial(_Reader._keywords, scheme="http://www.itunes.com/"),
    "source": _Reader._source,
    "image": _Reader._picture_of_entry,
    "enclosure": _Reader._enclosure,
    "media_thumbnail": _Reader._thumbnail,
    "media_content": _Reader._media_content,
    "media_group": _Reader._group,
    **dict.fromkeys(_INERT_TEXTS, _Reader._leaf),
}
_ROOTS: Mapping[str, Mapping[str, Handler]] = {
    "rss": {"channel": _Reader._channel},
    "rdf_rdf": {
        "channel": _Reader._channel,
        "item": _Reader._entry,
        "image": _Reader._picture_of_feed,
        "textinput": _Reader._text_input,
    },
    "feed": _OF_FEED,
}
_MOST_CONTENTS = 50  # feedparser leaves an element open for each, and a hundred are the bound
_TEXT_KINDS = frozenset({"text", "plain", "text/plain", "html", "text/html"})
_HTML_KINDS = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
_LINK_KINDS = {"self": "application/atom+xml"}  # what a link leads to when it does not say so; else HTML
_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")


def _finished(said: _Said) -> Entry:
    texts = said.texts
    dates = [WrittenDate(texts[kind], said.dates[kind]) for kind in _DATES if kind in said.dates]
    return Entry(
        title=texts.get("title", ""),
        summary=texts.get("summary", ""),
        content=max(said.contents, key=len, default=""),
        guid=texts.get("id", ""),
        link=texts.get("link", ""),
        origin=texts.get("feedburner_origlink", ""),
        alternates=tuple([link.get("href", "") for link in said.links if link["rel"] == "alternate"]),
        subjects=tuple([tag.label or tag.term or "" for tag in said.tags]),
        publisher=said.publisher,
        dates=tuple([date for date in dates if date.written or date.standard]),
        pictures=pictures_of(said.thumbnails, said.media, said.links),
    )


def _text(element: Element) -> str:
    if len(element):
        raise UnsureError
    return mended((element.text or "").strip())
