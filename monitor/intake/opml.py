"""Feed lists as OPML 2.0, both ways. Pure: bytes in and out.

What OPML has no attribute for stands in a namespace of our own, so that a list that was exported comes back whole, and
other programs still read the rest. Source: the OPML 2.0 specification (2007), "Outlines in a subscription list".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from monitor.config import FeedConfig
from monitor.text import clean

NAMESPACE = "urn:border-monitor:feeds:1"
_MAX_BYTES = 20_000_000
_MAX_DEPTH = 50
_BY_OPML = {"name": "text", "url": "xmlUrl", "language": "language"}


class OpmlError(ValueError):
    """A file that is no OPML; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file: what it says of itself, and the folders it lies in."""

    name: str
    url: str
    language: str = ""  # as written: "es", "es-mx", "Spanish", or nothing
    folders: tuple[str, ...] = ()
    ours: Mapping[str, Any] | None = None  # fields of feeds.yaml, when this program wrote the file


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """The feeds of a list, in its order, however deep. Raises OpmlError."""
    if len(data) > _MAX_BYTES:
        raise OpmlError(f"it has more than {_MAX_BYTES:,} bytes")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - expat fetches nothing and bounds entities by itself
    except (ElementTree.ParseError, ValueError, LookupError) as exc:
        raise OpmlError(f"it is no well-formed XML: {exc}") from exc
    body = root.find("body")
    if root.tag.lower() != "opml" or body is None:
        raise OpmlError(f"its first element is <{clean(root.tag)[:40]}>, not <opml> with a <body>")
    return tuple(_outlines(body, ()))


def _outlines(parent: ElementTree.Element, folders: tuple[str, ...]) -> Iterator[Outline]:
    if len(folders) > _MAX_DEPTH:
        raise OpmlError(f"its folders are more than {_MAX_DEPTH} deep")
    for element in parent.findall("outline"):
        known = {name.lower(): " ".join(clean(value).split()) for name, value in element.attrib.items()}
        name, url = known.get("title") or known.get("text", ""), known.get("xmlurl", "")
        if url:
            yield Outline(name or url, url, known.get("language", ""), folders, _ours(element))
        yield from _outlines(element, (*folders, name) if name and not url else folders)


def _ours(element: ElementTree.Element) -> Mapping[str, Any] | None:
    """The attributes of our namespace, as feeds.yaml would hold them."""
    prefix = f"{{{NAMESPACE}}}"
    found = {
        name.removeprefix(prefix): _value(value) for name, value in element.attrib.items() if name.startswith(prefix)
    }
    return found or None


def _value(text: str) -> Any:
    """A value as it was written by `write_opml`; what is no JSON is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def write_opml(feeds: Iterable[FeedConfig], title: str) -> bytes:
    """A subscription list of the feeds, in folders by region and kind. Equal input gives equal bytes."""
    ElementTree.register_namespace("monitor", NAMESPACE)
    root = ElementTree.Element("opml", {"version": "2.0"})
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    body = ElementTree.SubElement(root, "body")
    for region, of_region in groupby(feeds, key=lambda feed: feed.region or feed.kind):
        folder = ElementTree.SubElement(body, "outline", {"text": region})
        for feed in of_region:
            ElementTree.SubElement(folder, "outline", _attributes(feed))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _attributes(feed: FeedConfig) -> dict[str, str]:
    plain: dict[str, Any] = feed.model_dump(mode="json", exclude_defaults=True)
    named = {attribute: str(plain.pop(name)) for name, attribute in _BY_OPML.items()}
    ours = {f"{{{NAMESPACE}}}{name}": _written(value) for name, value in plain.items()}
    return {"type": "rss", "title": feed.name, **named, **ours}


def _written(value: Any) -> str:
    """Texts as they are, unless they would be read as something else ("2024", "true"); the rest as JSON."""
    if isinstance(value, str) and _value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
