"""The body of a feed to its entries, within bounds: by the fast reader, or by feedparser's. Pure.

`feedparser.parse` has no bounds, and spends minutes on a few hundred kilobytes made for it. So its two readers, the
strict one and the tolerant one, are driven from here as it drives them, with these differences: nobody looks for
e-mail addresses in names (a search whose time grows with the square of the name), the XML declaration and what stands
before the first element are short, UTF-16 and UTF-32 that end in the middle of a character are read, and reading
stops after `MAX_ELEMENTS` elements or `MAX_ENTRIES` entries: what came before is kept.

Known gaps: a feed in UTF-16 without a byte order mark is known by its first `<` only; a charset that has no place on
the web (punycode, UTF-7, …) is not believed.
"""

import codecs
import io
import re
import xml.sax
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import feedparser
from feedparser import api

from monitor.intake.dates import from_struct
from monitor.intake.entries import (
    MAX_ATTRIBUTES,
    MAX_ELEMENTS,
    MAX_ENTRIES,
    MAX_NAMESPACES,
    MAX_TAGS,
    Document,
    Entry,
    WrittenDate,
)
from monitor.intake.images import pictures_of
from monitor.intake.wellformed import read_well_formed

MAX_DEPTH = 100  # elements within an entry's elements; those further down are not read
MAX_OPEN = 2_000  # the same with those of a text's markup, which outlets leave open
_BLANK = b" \t\r\n\f\v\0"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,400}\?>")
_PLAIN_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?[ -~\t\r\n]*")
_WIDE_DECLARATION = re.compile(r"(?:\ufeff?<\?xml[^>]{0,400}\?>\s{0,9})+")  # they name charsets that are gone
_SAYS_UTF8 = re.compile(rb"""<\?xml version=["']1\.0["'] encoding=["'](?i:utf-8)["'] ?\?>""")  # as most feeds do
_FOREIGN_CHARSET = re.compile(
    rb"encoding\s*=\s*['\"]\s*(?:x-)?(?:punycode|idna|utf-?_?7|(?:raw_)?unicode_?escape|undefined|hz|mbcs|oem)\b", re.I
)
_RUN = re.compile(rb"<{4,}+")  # each of them would be tried as a tag
_FIRST_ELEMENT = re.compile(rb"<\w")
_BLANKS = re.compile(rb"[ \t\r\n\f\v]{2,}")


# What feedparser's handlers raise for an element where they expect none: `textinput` in an entry, `width` with
# attributes, a date in a thirteenth month. Such an element is passed over; the rest of the feed is read.
_BREAKAGES = (LookupError, TypeError, ValueError)


class _EnoughError(xml.sax.SAXException):
    """The bounds are reached; not an error of the feed."""


class _Bounded:
    """Laid over feedparser's readers: counts, and leaves out what grows with the square of the input."""

    entries: list[Any]
    elementstack: list[Any]  # of known elements
    basestack: list[Any]  # of all
    langstack: list[Any]
    depth: int
    namespaces_in_use: dict[str, str]
    _elements = 0
    _balanced = False  # whether every element that is opened is closed
    _passed_over = 0  # open elements below the bounds
    _outside = 0  # known elements that were open, or that feedparser left open, when the last entry began

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self.entries) > MAX_ENTRIES:
            raise _EnoughError("the bounds are reached")
        if len(self.elementstack) - self._outside >= MAX_DEPTH or len(self.basestack) >= MAX_OPEN:
            self._passed_over += self._balanced
            return
        with suppress(*_BREAKAGES):
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]

    def unknown_endtag(self, tag: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        depth, open_elements = self.depth, len(self.basestack)
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        except _BREAKAGES:
            self.depth = depth - 1
            del self.basestack[open_elements - 1 :], self.langstack[open_elements - 1 :]

    def _start_item(self, attrs_d: Any) -> None:
        self._outside = len(self.elementstack)
        super()._start_item(attrs_d)  # type: ignore[misc]

    _start_entry = _start_item

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        if len(self.namespaces_in_use) < MAX_NAMESPACES:
            super().track_namespace(prefix, uri)  # type: ignore[misc]

    def _sync_author_detail(self, key: str = "author") -> None:
        """Names of authors are not read."""

    def _add_tag(self, term: Any, scheme: Any, label: Any) -> None:
        if len(self._get_context().get("tags") or ()) < MAX_TAGS:  # type: ignore[attr-defined]
            super()._add_tag(term, scheme, label)  # type: ignore[misc]


class _Strict(_Bounded, api.StrictFeedParser):  # type: ignore[misc]
    """For XML that is well-formed."""

    _balanced = True

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - the name SAX gives it
        few = attrs if len(attrs) <= MAX_ATTRIBUTES else xml.sax.xmlreader.AttributesNSImpl({}, {})
        super().startElementNS(name, qname, few)


class _Tolerant(_Bounded, api.LooseFeedParser):  # type: ignore[misc]
    """For everything else."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A body in UTF-8 with a short head, and what was learnt on the way."""

    data: bytes
    base: str
    version: str  # told by the document type, "" when it told none
    entities: dict[str, str]
    known_charset: bool
    typed: bool  # there was a document type


def read_document(body: bytes, url: str) -> Document:
    """What a body holds; any exception of feedparser's comes through, and says that it is no feed."""
    ready = _prepared(body, url)
    return _fast(ready) or _by_feedparser(ready)


def read_fast(body: bytes, url: str) -> Document | None:
    """The same by the fast reader; None when it leaves the body to feedparser."""
    return _fast(_prepared(body, url))


def read_by_feedparser(body: bytes, url: str) -> Document:
    """The same by feedparser's readers, which are the judge of what a feed says."""
    return _by_feedparser(_prepared(body, url))


def _prepared(body: bytes, url: str) -> _Ready:
    known_charset, data = in_utf8(narrow(body))
    short = _short_head(data)
    version, data, entities = api.replace_doctype(short)
    base = str(api.make_safe_absolute_uri(url) or "")
    typed = data != short or b"<!DOCTYPE" in data  # feedparser does not see one behind a comment; expat does
    return _Ready(data, base, version or "", entities, known_charset=known_charset, typed=typed)


def _fast(ready: _Ready) -> Document | None:
    return None if ready.typed or not ready.known_charset else read_well_formed(ready.data, ready.base)


def _by_feedparser(ready: _Ready) -> Document:
    strict = _read_strictly(ready.data, ready.base) if ready.known_charset else None
    reader, cut = strict or _read_tolerantly(ready.data, ready.base, ready.entities)
    return Document(
        title=_string(reader.feeddata, "title"),
        entries=tuple(_entry(found) for found in reader.entries[:MAX_ENTRIES]),
        is_feed=bool(ready.version or reader.version or reader.entries),
        malformed=strict is None,
        cut=cut,
    )


def _read_strictly(data: bytes, base: str) -> tuple[Any, bool] | None:
    """The reader after it has read, and whether it was stopped; None when the XML is not well-formed."""
    reader = _Strict(base, None, "utf-8")
    _as_told(reader)
    sax = xml.sax.make_parser()  # noqa: S317 - expat bounds entities by itself and fetches nothing
    sax.setFeature(xml.sax.handler.feature_namespaces, True)
    sax.setFeature(xml.sax.handler.feature_external_ges, False)
    sax.setContentHandler(reader)
    sax.setErrorHandler(reader)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))
    try:
        sax.parse(source)
    except _EnoughError:
        return reader, True
    except xml.sax.SAXException:
        return None
    return None if reader.bozo else (reader, False)


def _read_tolerantly(data: bytes, base: str, entities: dict[str, str]) -> tuple[Any, bool]:
    reader = _Tolerant(base, None, "utf-8", entities)
    _as_told(reader)
    try:
        reader.feed(_RUN.sub(b"<", data).decode("utf-8", "replace"))
    except _EnoughError:
        return reader, True
    return reader, False


def _as_told(reader: Any) -> None:
    reader.resolve_relative_uris = False
    reader.sanitize_html = False  # markup is thrown away


# ---------------------------------------------------------------- feedparser's dictionaries to entries


def _entry(found: Any) -> Entry:
    links = _dicts(found, "links")
    return Entry(
        title=_string(found, "title"),
        summary=_string(found, "summary"),
        content=_content(found),
        guid=_string(found, "id"),
        link=_string(found, "link"),
        origin=_string(found, "feedburner_origlink"),
        alternates=tuple(_string(link, "href") for link in links if _string(link, "rel") == "alternate"),
        subjects=tuple(_string(tag, "label") or _string(tag, "term") for tag in _dicts(found, "tags")),
        publisher=_string(dict.get(found, "source"), "title"),
        dates=tuple(_dates(found)),
        pictures=pictures_of(_dicts(found, "media_thumbnail"), _dicts(found, "media_content"), links),
    )


def _content(found: Any) -> str:
    """content:encoded, Atom content and the like: the longest piece that is text."""
    pieces = [
        _string(piece, "value")
        for piece in _dicts(found, "content")
        if "html" in (kind := _string(piece, "type")) or "text" in kind or not kind
    ]
    return max(pieces, key=len, default="")


def _dates(found: Any) -> Iterable[WrittenDate]:
    for name in ("published", "updated", "created"):
        date = WrittenDate(_string(found, name), from_struct(dict.get(found, f"{name}_parsed")))
        if date.written or date.standard:
            yield date


def _dicts(holder: Any, key: str) -> list[Any]:
    found = dict.get(holder, key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _string(holder: Any, key: str) -> str:
    """A text value of feedparser's loosely typed dictionaries, without its deprecation redirects."""
    value = dict.get(holder, key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


# ---------------------------------------------------------------- before the readers


def narrow(body: bytes) -> bytes:
    """The body without what stands before the XML; UTF-16 and UTF-32 as UTF-8; a declaration that can be believed."""
    for start, encoding in _WIDE:
        if body.startswith(start):
            return _WIDE_DECLARATION.sub("", body.decode(encoding, "replace"), count=1).encode("utf-8", "replace")
    body = body.lstrip(_BLANK)
    declared = _DECLARATION.match(body)
    if not declared:  # feedparser would look for a charset in all of the first line, in cubic time
        return b"\n" + body if body.startswith(b"<?") else body
    rest = body[declared.end() :]
    believed = _PLAIN_DECLARATION.fullmatch(declared[0]) and not _FOREIGN_CHARSET.search(declared[0])
    return declared[0] + b"\n" + rest if believed else rest


def in_utf8(body: bytes) -> tuple[bool, bytes]:
    """Whether feedparser knows the charset of a body, and the body in UTF-8 with a declaration that says so."""
    declared = _SAYS_UTF8.match(body)
    if declared and _is_utf8(body):
        return True, b"<?xml version='1.0' encoding='utf-8'?>" + body[declared.end() :]
    told: Any = feedparser.FeedParserDict(bozo=False)
    data = api.convert_to_utf8({"content-type": "application/xml"}, body, told)
    return bool(told["encoding"]), data


def _is_utf8(body: bytes) -> bool:
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def _short_head(data: bytes) -> bytes:
    """Blanks before the first element as one: feedparser's search for declarations tries each of them as a start."""
    first = _FIRST_ELEMENT.search(data)
    end = first.start() if first else len(data)
    return _BLANKS.sub(b"\n", data[:end]) + data[end:]
