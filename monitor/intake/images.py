"""The picture that belongs to an entry. Pure: attributes of elements and markup in, an address out.

The order of trust: what the feed calls a thumbnail, a picture among its media, an enclosure that is a picture, the
first picture of the text. Pictures of one pixel count visits and are none.

Known gaps: a relative address in a text is left out; an avatar or a share button as first picture is taken for the
article's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from monitor.text import is_web_link, unescape_until_stable

_IMG = re.compile(r"<[iIıİ][mM][gG]\b([^<>]{1,4000})>")  # with IGNORECASE every character would be tried
_ATTRIBUTE = re.compile(r"""\b(src|width|height)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|\?)", re.IGNORECASE)
_MOST_PICTURES = 20  # of one text
_MAX_ADDRESS = 2_000


Medium = Mapping[str, Any]  # an element's attributes; feedparser's values are loosely typed


def pictures_of(thumbnails: Iterable[Medium], media: Iterable[Medium], links: Iterable[Medium]) -> tuple[str, ...]:
    """The addresses of an entry's pictures outside its texts, the most trusted first."""
    found = [_text(picture, "url") for picture in thumbnails]
    found += [address for medium in media if _is_picture(medium, address := _text(medium, "url"))]
    found += [address for link in links if _is_picture(link, address := _text(link, "href"))]
    return tuple(found)


def image_of(pictures: Sequence[str], markup: str) -> str:
    """The address of an entry's picture, "" when it has none; `markup` is its text."""
    candidates = (unescape_until_stable(address.strip()) for address in chain(pictures, _shown_in(markup)))
    return next((a for a in candidates if len(a) <= _MAX_ADDRESS and is_web_link(a)), "")


def _shown_in(markup: str) -> Iterator[str]:
    for tag in islice(_IMG.finditer(unescape_until_stable(markup)), _MOST_PICTURES):
        yield _address(tag[1])


def _is_picture(medium: Medium, address: str) -> bool:
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


def _text(medium: Medium, key: str) -> str:
    value = dict.get(medium, key) if isinstance(medium, dict) else None
    return value if isinstance(value, str) else ""
