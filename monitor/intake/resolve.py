"""Addresses completed and texts mended as feedparser does it. Pure functions."""

import re
from urllib.parse import urljoin

from feedparser import api

from monitor.intake.names import Attributes, UnsureError

_C1 = re.compile("[\x80-\x9f]")
_NO_C1 = bytes(n for n in range(0x100) if not 0x80 <= n < 0xA0)
_WINDOWS = {n: text for n in range(0x80, 0xA0) if (text := bytes([n]).decode("cp1252", "ignore"))}
# Addresses that joining with another one leaves as they are.
_ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[!-\"$-:<->@-~]*)?(?:\?[!-\"$-~]+)?(?:\#[!-~]+)?|(?:tag|urn):[!-.0-~]*"
)
_TOO_MANY_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")


def mended(text: str) -> str:
    """The text with UTF-8 that was written as Latin-1, and control characters that are Windows-1252, put right."""
    if text.isascii():
        return text
    try:
        written = text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return _without_c1(text)
    try:
        return _without_c1(written.decode("utf-8"))
    except UnicodeDecodeError:  # Latin-1, as nearly always
        return text.translate(_WINDOWS) if written.translate(None, _NO_C1) else text


def _without_c1(text: str) -> str:
    return text.translate(_WINDOWS) if not text.isprintable() and _C1.search(text) else text


def with_href(given: dict[str, str]) -> dict[str, str]:
    """The same with its address as `href`."""
    address = given.get("url", given.get("uri", given.get("href")))
    if not address:
        return given
    return {**{key: value for key, value in given.items() if key not in ("url", "uri")}, "href": address}


def resolved(address: str, base: str) -> str:
    """An address as seen from `base`; "" for one that cannot be joined with it."""
    if _ABSOLUTE.fullmatch(address):
        return address
    try:
        return urljoin(base, _TOO_MANY_SLASHES.sub(r"\1", address))
    except ValueError:
        return ""


def joined_base(base: str, given: Attributes) -> str:
    """The base within the root element; UnsureError without one, for feedparser then keeps that of any element."""
    if not base:
        raise UnsureError
    named = given.get("xml:base", given.get("base")) or base
    return str(api.make_safe_absolute_uri(base, named) or base)


def stable(base: str) -> str:
    """The same base, if it stays what it is in elements that name none; UnsureError if not."""
    if joined_base(base, {}) != base:
        raise UnsureError
    return base
