"""Names of elements and attributes as feedparser's strict reader calls them, whatever prefixes a feed has. Pure.

A namespace that feedparser knows has its standard prefix ("media_thumbnail"); those of the formats themselves have none
("title"), of any other the feed's own prefix counts.
"""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from feedparser import api

from monitor.intake.entries import MAX_ATTRIBUTES, MAX_NAMESPACES

Attributes = Mapping[str, str]


class UnsureError(Exception):
    """What feedparser would make of this is not known here."""


_STANDARD: Mapping[str, str] = {uri.lower(): prefix.lower() for uri, prefix in api._FeedParserMixin.namespaces.items()}
_PREFIXES = frozenset(_STANDARD.values()) - {""}
_CASELESS = frozenset({"rel", "type"})
_USERLAND = "backend.userland.com/rss"  # any namespace that contains this is that of RSS


class Names:
    """The names within one document, of which `declared` are all prefixes with their namespaces, in order.

    UnsureError when a name may change its meaning on the way: a prefix that is bound twice, or that is another
    namespace's usual one.
    """

    def __init__(self, declared: Iterable[tuple[str, str]]) -> None:
        self._cache: dict[str, str] = {}
        self._unknown: dict[str, str] = {}  # prefixes of namespaces that feedparser does not know
        bound: dict[str, str] = {}
        pairs = dict.fromkeys(declared)
        if len(pairs) >= MAX_NAMESPACES:
            raise UnsureError
        for prefix, uri in pairs:
            if uri:
                self._bind(prefix.lower(), uri, bound)
        if {_standard(uri) for _, uri in pairs} & set(self._unknown.values()) - {""}:
            raise UnsureError

    def _bind(self, prefix: str, uri: str, bound: dict[str, str]) -> None:
        standard = _standard(uri)
        misleading = prefix in _PREFIXES and standard != prefix and (standard is not None or prefix == "rdf")
        if misleading or uri != "".join(uri.split()):
            raise UnsureError
        if prefix and bound.setdefault(prefix, uri) != uri:
            raise UnsureError
        if standard is None and self._unknown.setdefault(uri, prefix) != prefix:
            raise UnsureError

    def of(self, element: Element) -> str:
        """An element's name, its standard prefix before it."""
        tag = element.tag
        name = self._cache.get(tag)
        if name is None:
            name = self._cache[tag] = self._name(tag)
        return name

    def _name(self, tag: str) -> str:
        uri, _, local = tag.removeprefix("{").rpartition("}")
        prefix = _standard(uri)
        if prefix is None:
            prefix = self._unknown[uri]
        return f"{prefix}_{local.lower()}" if prefix else local.lower()

    @staticmethod
    def attributes(element: Element) -> Attributes:
        """An element's attributes; of one name with and without a namespace that is not known, the latter counts."""
        given = element.attrib
        if not given:
            return given
        if len(given) > MAX_ATTRIBUTES:
            raise UnsureError
        named = {_attribute(key): value for key, value in given.items() if key.startswith("{")}
        named |= {key.lower(): value for key, value in given.items() if not key.startswith("{")}
        for name in _CASELESS & named.keys():
            named[name] = named[name].lower()
        return named


def _standard(uri: str) -> str | None:
    """feedparser's prefix for a namespace, "" for those of the formats themselves; None for one it does not know."""
    lower = uri.lower()
    return "" if _USERLAND in lower else _STANDARD.get(lower)


def _attribute(key: str) -> str:
    uri, _, local = key.removeprefix("{").rpartition("}")
    prefix = _STANDARD.get(uri.lower(), "")
    return f"{prefix}:{local}".lower() if prefix else local.lower()
