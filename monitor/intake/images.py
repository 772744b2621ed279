"""The picture that belongs to an entry. Pure: feedparser's dictionaries and markup in, an address out.

The order of trust: what the feed calls a thumbnail, a picture among its media, an enclosure that is a picture, the
first picture of the text. Pictures of one pixel count visits and are none.

Known gaps: a relative address in a text is left out; an avatar or a share button as first picture is taken for the
article's.
"""

import re
from collections.abc import Iterator
from typing import Any

from monitor.text import is_web_link, unescape_until_stable

_IMG = re.compile(r"<img\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|width|height)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.IGNORECASE)
_MOST_PICTURES = 20  # of one text
_MAX_ADDRESS = 2_000


def image_of(entry: dict[str, Any], markup: str) -> str:
    """The address of an entry's picture, "" when it has none; `markup` is its text."""
    candidates = (unescape_until_stable(address.strip()) for address in _candidates(entry, markup))
    return next((a for a in candidates if len(a) <= _MAX_ADDRESS and is_web_link(a)), "")


def _candidates(entry: dict[str, Any], markup: str) -> Iterator[str]:
    for picture in _dicts(entry, "media_thumbnail"):
        yield _text(picture, "url")
    for kind, name in (("media_content", "url"), ("links", "href")):
        for medium in _dicts(entry, kind):
            if _is_picture(medium, _text(medium, name)):
                yield _text(medium, name)
    for number, tag in enumerate(_IMG.finditer(unescape_until_stable(markup))):
        if number == _MOST_PICTURES:
            return
        yield _address(tag[1])


def _is_picture(medium: dict[str, Any], address: str) -> bool:
    """A medium that says so, or whose address does when it says nothing; of links, the enclosures only."""
    if _text(medium, "rel") not in ("", "enclosure") or _pixel(_text(medium, "width"), _text(medium, "height")):
        return False
    kind = _text(medium, "medium") or _text(medium, "type")
    return kind.startswith("image") or (not kind and bool(_PICTURE.search(address)))


def _address(attributes: str) -> str:
    found = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(attributes)}
    return "" if _pixel(found.get("width", ""), found.get("height", "")) else found.get("src", "")


def _pixel(width: str, height: str) -> bool:
    return width.strip().removesuffix("px") in ("0", "1") or height.strip().removesuffix("px") in ("0", "1")


def _dicts(entry: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = dict.get(entry, key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _text(holder: dict[str, Any], key: str) -> str:
    value = dict.get(holder, key)
    return value if isinstance(value, str) else ""
