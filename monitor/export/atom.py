"""The feed of editions: Atom (RFC 4287), one entry per edition, the newest first.

Ids are `urn:uuid:` names made from what never changes, so that no reader shows an edition twice, not even after the
archive moved or its feed was made anew.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from monitor.digest.phrases import Phrases
from monitor.export.catalog import Catalog, Entry
from monitor.export.pages import ATOM, INDEX, ArchiveNames
from monitor.records import LANGUAGES, Lang

_XMLNS = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTRIES = 60
_BEYOND_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FEED_ID = re.compile(r"<feed\b[^>]*>\s*<id>(urn:uuid:[0-9a-f-]{36})</id>")
_TYPES = {"html": "text/html", "txt": "text/plain", "eml": "message/rfc822", "json": "application/json"}


def atom_feed(catalog: Catalog, names: ArchiveNames, phrases: Mapping[Lang, Phrases]) -> str:
    """The feed of this catalog, as a document with its declaration. The catalog has an edition at least."""
    entries = catalog.editions[:_ENTRIES]
    feed = ET.Element("feed", {"xmlns": _XMLNS})
    _text(feed, "id", catalog.id)
    titles = [phrases[language]("feed.editions.title", title=names.title(language)) for language in LANGUAGES]
    _text(feed, "title", " · ".join(titles))
    _text(feed, "updated", _instant(max(entry.at for entry in catalog.editions)))
    _text(ET.SubElement(feed, "author"), "name", " · ".join(names.title(language) for language in LANGUAGES))
    _link(feed, "alternate", "text/html", names.address(INDEX))
    if names.base_url:  # RFC 4287 wants the address from which the feed can be had; without one, we know none
        _link(feed, "self", "application/atom+xml", names.address(ATOM))
    for entry in entries:
        feed.append(_entry(entry, names, phrases))
    ET.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def feed_id(document: str) -> str:
    """The id of a feed that was written before; "" when there is none."""
    found = _FEED_ID.search(document)
    return found[1] if found else ""


def _entry(entry: Entry, names: ArchiveNames, phrases: Mapping[Lang, Phrases]) -> ET.Element:
    say = phrases[entry.languages[0]]
    element = ET.Element("entry", {_LANG: say.language})
    _text(element, "id", entry.uid)
    _text(element, "title", entry.subject or f"{entry.profile_id} {entry.slot}")
    _text(element, "updated", _instant(entry.at))
    _text(element, "published", _instant(entry.at))
    _link(element, "alternate", _TYPES["html"], names.address(entry.path))
    for suffix in entry.files:
        kind = _TYPES.get(suffix, "application/octet-stream")
        _link(element, "related", kind, names.address(f"{entry.path.removesuffix('.html')}.{suffix}"))
    ET.SubElement(element, "category", {"term": _xml(entry.profile_id)})
    _text(element, "summary", _summary(entry, phrases))
    return element


def _summary(entry: Entry, phrases: Mapping[Lang, Phrases]) -> str:
    """How many stories, and the first headlines; a machine's translations are marked."""
    parts: list[str] = []
    for language in entry.languages:
        say = phrases[language]
        lines = [] if entry.stories is None else [say("stories", n=entry.stories) if entry.stories else say("quiet")]
        lines += [f"{h.text} [{say('machine')}]" if h.machine else h.text for h in entry.headlines_for(language)]
        parts.append(" · ".join(lines))
    return "\n".join(part for part in parts if part)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _xml(text)


def _xml(text: str) -> str:
    """Without the characters that no XML document may have, not even escaped."""
    return _BEYOND_XML.sub("", text)


def _link(parent: ET.Element, rel: str, kind: str, href: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})


def _instant(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
