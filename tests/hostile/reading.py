"""What an HTML5 parser finds in a page, held against what may be there."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import html5lib

_XHTML = "{http://www.w3.org/1999/xhtml}"
_HIDDEN = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x2069), (0xFFF9, 0xFFFB))
_CONTROLS = frozenset("\u00ad\u061c\ufeff") | {chr(c) for low, high in _HIDDEN for c in range(low, high + 1)}
_STYLE = re.compile(r"url\s*\(|expression|@import|javascript|behavior|binding", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """Tags with their attributes (`*`: of any tag), and the schemes that links and pictures may have."""

    tags: Mapping[str, frozenset[str]]
    anywhere: frozenset[str]
    schemes: frozenset[str]
    relative: bool = False  # whether addresses without a scheme may be there


def unlawful(page: str, rules: Rules) -> Iterator[str]:
    """Everything in the page that may not be there, in words."""
    for element in html5lib.parse(page, treebuilder="etree").iter():
        if not isinstance(element.tag, str):
            yield from _comment(element)
            continue
        tag = element.tag.removeprefix(_XHTML)
        if tag not in rules.tags:
            yield f"<{tag}> {dict(element.attrib)}"
            continue
        for name, value in element.attrib.items():
            yield from _attribute(tag, str(name), value, rules)
        yield from _text(tag, element)


def _comment(element: Any) -> Iterator[str]:
    if not str(element.text).startswith("[if mso"):
        yield f"comment {str(element.text)[:80]!r}"


def _attribute(tag: str, name: str, value: str, rules: Rules) -> Iterator[str]:
    if name not in rules.tags[tag] | rules.anywhere and not name.startswith(("aria-", "data-")):
        yield f"<{tag} {name}={value[:80]!r}>"
    if name in ("href", "src", "action", "formaction", "poster", "cite", "srcset"):
        yield from (f"<{tag} {name}={value[:120]!r}>: {why}" for why in bad_address(value, rules))
    if name == "style" and _STYLE.search(value):
        yield f"<{tag} style={value[:120]!r}>"
    if hidden := hidden_characters(value):
        yield f"<{tag} {name}>: {hidden}"


def bad_address(url: str, rules: Rules) -> Iterator[str]:
    """Why an address may not be there; browsers drop tabs and newlines and take backslashes for slashes."""
    if any(c.isspace() or ord(c) < 32 or c == "\\" for c in url):
        yield "blank, control or backslash in it"
    scheme, colon, _ = url.partition(":")
    if not colon or "/" in scheme or "?" in scheme or "#" in scheme:
        if not rules.relative or url.startswith("//"):
            yield "no scheme"
        return
    if scheme.lower() not in rules.schemes:
        yield f"scheme {scheme[:20]}"
    if scheme.lower() in ("http", "https") and ("@" in urlsplit(url).netloc or not urlsplit(url).hostname):
        yield "user or no host in it"


def _text(tag: str, element: Any) -> Iterator[str]:
    for text in (element.text, element.tail):
        if text and tag != "style" and (hidden := hidden_characters(text)):
            yield f"text of <{tag}>: {hidden}"


def hidden_characters(text: str) -> str:
    """Controls, surrogates, and signs that turn the direction of text or are not to be seen; "" when there are none."""
    found = {c for c in text if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") or c in _CONTROLS}
    return " ".join(f"U+{ord(c):04X}" for c in sorted(found))
