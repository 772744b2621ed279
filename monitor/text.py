"""Text as every room needs it: HTML to plain text, folding, the lead of a report, canonical URLs. Pure functions.

What comes out of `plain_text` and `one_line` is safe to put into a log line, a terminal, a header or a file name: no
tags, no control characters, no bidirectional overrides, no encoded-word start (`=?`).
"""

import html
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.records import Article, Lang
from monitor.sentences import sentences

# C0/C1 controls but tab and newline; bidi overrides and isolates; zero-width characters; BOM; soft hyphen.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main nav ol p pre section table td th tr ul".split()
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "head"})
_ENTITY_PASSES = 3
# A tag that ends where anybody would say so. Between two of them stands text, whatever the parser.
_SIMPLE_TAG = re.compile(
    r"""(<(?:/[A-Za-z][A-Za-z0-9]{0,15}"""
    r"""|[A-Za-z][A-Za-z0-9]{0,15}"""
    r"""(?:[ \t\n]+[A-Za-z][\w:-]{0,40}(?:="[^"<>]{0,1000}"|='[^'<>]{0,1000}')?){0,20}[ \t\n]*/?)>)""",
    re.ASCII,
)
_TAG_NAME = re.compile("[A-Za-z0-9]+")
_NOT_SIMPLE = _SILENT | {"textarea", "xmp", "noembed", "noframes", "plaintext", "listing"}  # what follows: no markup


class _TextOf(HTMLParser):
    """Collects the text of an HTML fragment; block elements become line breaks, silent elements disappear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![…]>` is skipped; the standard library raises AssertionError for a name it does not know."""
        del report
        return self.rawdata.find(">", i) + 1 or -1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def unescape_until_stable(text: str) -> str:
    """Decode HTML entities until nothing changes, three passes at most: feeds double- and triple-escape."""
    for _ in range(_ENTITY_PASSES if "&" in text else 0):
        decoded = html.unescape(text)
        if decoded == text:
            break
        text = decoded
    return text


def plain_text(markup: str) -> str:
    """The text of an HTML fragment. Entities are decoded first, so that an encoded tag does not survive as a tag."""
    decoded = unescape_until_stable(markup)
    text = simple_text(decoded)
    return _parsed_text(decoded) if text is None else text


def simple_text(decoded: str) -> str | None:
    """`plain_text`, in a tenth of the time, of a fragment without entities whose tags are all simple; None if not."""
    text = decoded
    if "<" in decoded:
        pieces = _SIMPLE_TAG.split(decoded)  # every second one is a tag
        pieces[1::2] = map(_INSTEAD.__getitem__, pieces[1::2])
        text = "".join(pieces)
    if "<" in text:
        return None
    return None if "&" in decoded and html.unescape(decoded) != decoded else _in_lines(text)


class _Instead(dict[str, str]):
    """What stands in place of a simple tag; itself when what follows is no markup. Filled as they are met."""

    def __missing__(self, tag: str) -> str:
        found = _TAG_NAME.search(tag)
        name = found[0].lower() if found else ""
        instead = tag if name in _NOT_SIMPLE else "\n" if name in _BLOCKS else ""
        if len(tag) <= _LONGEST_KNOWN and len(self) < _MOST_KNOWN:
            self[tag] = instead
        return instead


_LONGEST_KNOWN, _MOST_KNOWN = 5, 1_000  # characters of a tag that is remembered ("</h2>"), and how many are
_INSTEAD = _Instead()


def _parsed_text(decoded: str) -> str:
    parser = _TextOf()
    parser.feed(decoded)
    parser.close()
    return _in_lines("".join(parser.parts))


def _in_lines(text: str) -> str:
    """The text clean, without blanks at the ends of lines, blanks in a row and empty lines."""
    regular = _regular(text)
    if regular is not None and regular.rfind("  ") < 0:  # `in` looks for the first one, and takes three times as long
        lines = [line.strip(" ") for line in regular.split("\n")]
    else:
        lines = [" ".join(line.split()) for line in (_cleaned(text) if regular is None else regular).split("\n")]
    return "\n".join(filter(None, lines))


def clean(text: str) -> str:
    """NFC without control characters, bidi overrides, zero-width characters and lone surrogates; newlines stay."""
    regular = _regular(text)
    return _cleaned(text) if regular is None else regular


def _regular(text: str) -> str | None:
    """The text in NFC, if all in it can be printed, newlines apart; None if not."""
    try:  # bytes are looked through in a fifth of the time, and there is nothing in Latin-1 to compose
        return None if text.encode("latin-1").translate(None, _PRINTED) else text
    except UnicodeEncodeError:
        return unicodedata.normalize("NFC", text) if text.replace("\n", "").isprintable() else None


_PRINTED = bytes(code for code in range(256) if chr(code).isprintable()) + b"\n"


def _cleaned(text: str) -> str:
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return _UNSAFE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(markup: str, *, limit: int = 0) -> str:
    """`plain_text` on a single line, safe for a header or a terminal; cut at a word with "…" when over `limit`."""
    text = " ".join(plain_text(markup).split()).replace("=?", "= ?")
    return shorten(text, limit) if limit else text


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words, with "…" when something was cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head
    return cut.rstrip(" ,;:–—-") + "…"


def counted(number: int, one: str, several: str = "") -> str:
    """ "1 feed", "0 feeds", "2 feeds": English, for the command line and the log; `several` where no s makes it so."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def fold(text: str) -> str:
    """Lower case without accents, straight quotes and dashes: what lexicon and gazetteer match on."""
    if text.isascii():
        return text.lower()
    try:
        folded = text.encode("latin-1").translate(_FOLDED_LATIN)
    except UnicodeEncodeError:
        return _fold_any(text)
    return _fold_any(text) if b"\0" in folded else folded.decode("latin-1")


def _fold_any(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    if _QUOTE.search(text):
        text = text.translate(_QUOTES)
    text = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return text if text.isascii() else _BEYOND_ASCII.sub(_without_mark, text)


def _without_mark(character: re.Match[str]) -> str:
    return "" if unicodedata.combining(character[0]) else character[0]


_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")  # those of nearly all texts; U+034F is no mark
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")  # few are left: looking only at them takes half the time
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})
_QUOTE = re.compile("[“”„«»‘’–—]")  # translating takes longer than all the rest, and many texts have none
# What becomes of Latin-1, letter by letter: most Spanish in a tenth of the time. NUL where it is not one letter there.
_FOLDED_LATIN = b"".join(
    letter.encode("latin-1") if len(letter) == 1 and ord(letter) < 256 else b"\0"
    for letter in map(_fold_any, map(chr, range(256)))
)

# ---------------------------------------------------------------- leads


def lead_sentences(article: Article, language: Lang, count: int) -> list[str]:
    """The first `count` sentences of a report's text that are worth reading: what is translated and summarised.

    From the summary, or from the body when the summary is missing or only a stub; the headline said again is skipped.
    """
    summary, body = article.summary, article.body
    text = body if reads_body(article) and len(body) > len(summary) else summary
    title = fold(article.title).rstrip(".")
    return [s for s in sentences(text, language) if fold(s).rstrip(".") != title][:count]


def reads_body(article: Article) -> bool:
    """Whether `lead_sentences` looks at the body, if there is one: the summary is missing or only a stub."""
    return len(article.summary) < _STUB_CHARS


def opening(article: Article, language: Lang, count: int) -> str:
    """The beginning of the body, as much of it as leaves the first `count` `lead_sentences` what they are."""
    body = article.body
    if not reads_body(article):
        return ""
    wanted = lead_sentences(article, language, count) if len(body) > _OPENINGS[0] else []
    for length in _OPENINGS:
        part = body[:length]
        if len(body) <= length or lead_sentences(replace(article, body=part), language, count) == wanted:
            return part
    return body


_STUB_CHARS = 60
_OPENINGS = (600, 1_200, 2_400, 4_800)  # characters that are tried, the fewest first

# ---------------------------------------------------------------- URLs

_TRACKING = re.compile(
    r"^(?:utm_\w+|at_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|ref|ref_src|ref_url|cmpid|cmp|ito|ocid|smid|s_cid"
    r"|ns_\w+|spm|source|rss|feed|share|amp|outputtype|__twitter_impression|wprss|traffic_source)$",
    re.IGNORECASE,
)
_AMP_PATH = re.compile(r"/amp/?$|^/amp(?=/)|\.amp(?=\.html?$|$)", re.IGNORECASE)
_ONLY_CAMPAIGN = re.compile(r"utm_[a-z]+=[^&]*(?:&utm_[a-z]+=[^&]*)*")
# Without a port, and with a path that decoding and encoding would leave as it is.
_ORDINARY_PARTS = re.compile(
    r"https?://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(/[A-Za-z0-9/:@!$&'()*+,;=~._-]*)?(?:\?([!-\"$-~]*))?(?:#[!-~]*)?"
)
_MANY_SLASHES = re.compile(r"/{2,}")
_MOBILE_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)", re.IGNORECASE)

_ORDINARY_LINK = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:[/?#][!-~]*)?")


def is_web_link(url: str) -> bool:
    """Whether `url` is an http(s) URL with a host and without control characters: all that may reach a mail."""
    if _ORDINARY_LINK.fullmatch(url):
        return True
    if not url or _UNSAFE.search(url) or url != "".join(url.split()):
        return False
    try:
        parts = urlsplit(url)
        known = parts.scheme.lower() in ("http", "https") and parts.port != 0  # raises for a port that is no number
        return known and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def without_campaign(url: str) -> str:
    """The same address without the `utm_…` parameters that only count where a visitor comes from."""
    head, mark, query = url.partition("?")
    query, hash_mark, fragment = query.partition("#")
    kept = "&".join(part for part in query.split("&") if not part.lower().startswith("utm_"))
    return f"{head}{mark if kept else ''}{kept}{hash_mark}{fragment}"


# How parameters and headers are called that let one in: "apikey", "access_token", "X-Auth-Key", "Cookie", "sig".
_KEYS = (
    "(?:[a-z]+[-_])*"
    "(?:(?:api|access|auth|feed|user)?key|token|secret|passw(?:or)?d|pwd|auth(?:orization)?|sig(?:nature)?|cookie)"
)
_KEY_IN_URL = re.compile(rf"([?&;]{_KEYS}=)[^&;#\s]+", re.IGNORECASE)
_KEY_NAME = re.compile(_KEYS, re.IGNORECASE)


def without_keys(url: str) -> str:
    """A URL to be shown: what its query has to show to be let in is "***". Known gap: keys that are part of a path."""
    return _KEY_IN_URL.sub(r"\1***", url)


def names_a_key(name: str) -> bool:
    """Whether a header of that name usually holds what lets one in."""
    return _KEY_NAME.fullmatch(name) is not None


def canonical_url(url: str) -> str:
    """The identity of a page: https, no www/m/amp host, no tracking parameters, sorted query, no fragment or slash.

    An identity, not an address to open: keep the published link for that. Returns "" for anything but a web link.
    """
    url = unescape_until_stable(url.strip())
    ordinary = _ORDINARY_PARTS.fullmatch(url)
    if ordinary:
        host, path, query = ordinary.groups("")
        path = _AMP_PATH.sub("", path)
    elif is_web_link(url):
        host, path, query = _parts(url)
    else:
        return ""
    host = _MOBILE_HOST.sub("", host.lower().rstrip("."))
    path = _MANY_SLASHES.sub("/", path).rstrip("/") if "//" in path else path.rstrip("/")
    lasting = _lasting_query(query)
    return f"https://{host}{path}?{lasting}" if lasting else f"https://{host}{path}"


def _parts(url: str) -> tuple[str, str, str]:
    """Host with a port that is not the usual one, encoded path without AMP, and query of a web link."""
    parts = urlsplit(url)
    port = parts.port
    host = (parts.hostname or "").rstrip(".")
    path = quote(unquote(_AMP_PATH.sub("", parts.path)), safe="/:@!$&'()*+,;=~-._%")
    return host if port in (None, 80, 443) else f"{host}:{port}", path, parts.query


def _lasting_query(query: str) -> str:
    """A query without what only tells where a visitor comes from."""
    if not query or _ONLY_CAMPAIGN.fullmatch(query):
        return ""
    return urlencode(sorted((k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(k)))
