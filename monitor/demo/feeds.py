"""A sample outlet's feed, as bytes, at an instant: four formats, three encodings and the flaws of real feeds.

Pure functions: the same outlet at the same instant gives the same bytes, so entity tags mean something. Only items
published by then are included, the newest first, and nothing in the feed says when it was asked for.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from monitor.demo.catalog import FeedFormat, Outlet, SampleItem

CONTENT_TYPES: dict[FeedFormat, str] = {
    "rss2": "application/rss+xml",
    "rss1": "application/rdf+xml",
    "rss091": "text/xml",
    "atom": "application/atom+xml",
}
LEADING_BLANKS = 600  # a real feed had that many before its XML declaration
_MONTHS_ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
_READ_MORE = {"en": "Read more", "es": "Leer más"}
_APPEARED_FIRST = {
    "en": "The post {link} appeared first on {name}.",
    "es": "La entrada {link} se publicó primero en {name}.",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item ready for any format: every field is XML source, entities and CDATA included."""

    link: str
    guid: str
    title: str
    description: str
    content: str  # full text as HTML, or ""
    published_at: datetime
    categories: tuple[str, ...]


def visible_items(outlet: Outlet, at: datetime) -> tuple[SampleItem, ...]:
    """What the outlet has published by `at`, the newest first."""
    return tuple(sorted((i for i in outlet.items if i.at <= at), key=lambda i: (i.at, i.id), reverse=True))


def render_feed(outlet: Outlet, at: datetime) -> bytes:
    """The feed of `outlet` as it stood at `at`. Characters the encoding lacks become character references."""
    entries = [_entry(outlet, item) for item in visible_items(outlet, at)]
    declaration = f'<?xml version="1.0" encoding="{outlet.encoding}"?>\n'
    text = declaration + _RENDERERS[outlet.format](outlet, entries)
    if "malformed" in outlet.flaws:
        text = _broken(text)
    if "leading_blanks" in outlet.flaws:
        text = " " * LEADING_BLANKS + text
    return text.encode(outlet.encoding, "xmlcharrefreplace")


def render_home_page(outlet: Outlet, at: datetime) -> bytes:
    """What an outlet that lost its feed answers in its place: a web page."""
    headlines = "".join(f"<li>{html.escape(item.title)}</li>" for item in visible_items(outlet, at))
    name = html.escape(outlet.channel_title)
    page = (
        f'<!DOCTYPE html>\n<html lang="{outlet.language}"><head><meta charset="utf-8"><title>{name}</title></head>'
        f"<body><h1>{name}</h1><p>{html.escape(outlet.description)}</p><ul>{headlines}</ul></body></html>\n"
    )
    return page.encode()


# ---------------------------------------------------------------- one item


def _entry(outlet: Outlet, item: SampleItem) -> _Entry:
    link = outlet.link(item)
    return _Entry(
        link=escape(_published_link(outlet, link)),
        guid="" if "no_guid" in outlet.flaws else escape(link),
        title=escape(_over_escaped(outlet, item.title)),
        description=_description(outlet, item),
        content=_cdata("".join(f"<p>{html.escape(p, quote=False)}</p>" for p in item.body)) if item.body else "",
        published_at=item.at,
        categories=tuple(escape(category) for category in item.categories),
    )


def _published_link(outlet: Outlet, link: str) -> str:
    if "relative_links" in outlet.flaws:
        return link.removeprefix(f"https://{outlet.host}")
    return f"{link}?utm_source=rss&utm_medium=feed" if "tracking" in outlet.flaws else link


def _over_escaped(outlet: Outlet, text: str) -> str:
    """Text whose quotes and accents were turned into references once too often: Don&#x27;t, Ju&#225;rez."""
    if "double_escaped" not in outlet.flaws:
        return text
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _description(outlet: Outlet, item: SampleItem) -> str:
    """The summary as HTML in XML, with whatever page furniture the outlet leaves in it."""
    text = _over_escaped(outlet, html.escape(item.summary, quote=False))
    if "dateline" in outlet.flaws and item.dateline:
        text = f"{html.escape(item.dateline)} ({html.escape(outlet.name)}) — {text}"
    if "cdata_html" in outlet.flaws:
        return _cdata(_with_pixel(outlet, item, text))
    if "malformed" in outlet.flaws:
        return escape(text) + "<br>"
    return escape(text + _furniture(outlet, item))


def _with_pixel(outlet: Outlet, item: SampleItem, text: str) -> str:
    more = f'<p><a href="{outlet.link(item)}">{_READ_MORE[outlet.language]}</a></p>'
    pixel = f'<img src="https://stats.{outlet.host}/p.gif?i={item.id}" width="1" height="1" alt="">'
    return f"<p>{text}</p>{more}{pixel}"


def _furniture(outlet: Outlet, item: SampleItem) -> str:
    anchor = f'<a href="{outlet.link(item)}">{{}}</a>'
    if "appeared_first" in outlet.flaws:
        line = _APPEARED_FIRST[outlet.language]
        linked = anchor.format(html.escape(item.title, quote=False))
        return f"<p>{line.format(link=linked, name=html.escape(outlet.name))}</p>"
    if "read_more" in outlet.flaws:
        return f" {anchor.format(_READ_MORE[outlet.language])}"
    return ""


def _cdata(markup: str) -> str:
    return f"<![CDATA[{markup.replace(']]>', ']]&gt;')}]]>"


# ---------------------------------------------------------------- four formats


def _rss2(outlet: Outlet, entries: list[_Entry]) -> str:
    items = "".join(_rss2_item(outlet, entry) for entry in entries)
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel>\n'
        f"{_channel(outlet)}<language>{outlet.language}-{outlet.country}</language>\n{items}</channel>\n</rss>\n"
    )


def _rss2_item(outlet: Outlet, entry: _Entry) -> str:
    guid = f'<guid isPermaLink="true">{entry.guid}</guid>\n' if entry.guid else ""
    date = _date_es(entry.published_at) if "spanish_dates" in outlet.flaws else format_datetime(entry.published_at)
    categories = "".join(f"<category>{category}</category>\n" for category in entry.categories)
    content = f"<content:encoded>{entry.content}</content:encoded>\n" if entry.content else ""
    return (
        f"<item>\n<title>{entry.title}</title>\n<link>{entry.link}</link>\n{guid}<pubDate>{date}</pubDate>\n"
        f"{categories}<description>{entry.description}</description>\n{content}</item>\n"
    )


def _date_es(at: datetime) -> str:
    return f"{at.day} de {_MONTHS_ES[at.month - 1]} de {at:%Y, %H:%M}"


def _rss091(outlet: Outlet, entries: list[_Entry]) -> str:
    """The oldest of them: its items have neither date nor guid."""
    items = "".join(
        f"<item>\n<title>{e.title}</title>\n<link>{e.link}</link>\n<description>{e.description}</description>\n</item>\n"
        for e in entries
    )
    return (
        f'<rss version="0.91">\n<channel>\n{_channel(outlet)}<language>{outlet.language}</language>\n'
        f"{items}</channel>\n</rss>\n"
    )


def _rss1(outlet: Outlet, entries: list[_Entry]) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(html.unescape(entry.link))}/>\n" for entry in entries)
    items = "".join(_rss1_item(entry) for entry in entries)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="https://{outlet.host}/feed">\n{_channel(outlet)}'
        f"<items><rdf:Seq>\n{listed}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def _rss1_item(entry: _Entry) -> str:
    subjects = "".join(f"<dc:subject>{category}</dc:subject>\n" for category in entry.categories)
    return (
        f"<item rdf:about={quoteattr(html.unescape(entry.link))}>\n<title>{entry.title}</title>\n"
        f"<link>{entry.link}</link>\n<dc:date>{entry.published_at.isoformat()}</dc:date>\n{subjects}"
        f"<description>{entry.description}</description>\n</item>\n"
    )


def _channel(outlet: Outlet) -> str:
    return (
        f"<title>{escape(outlet.channel_title)}</title>\n<link>https://{outlet.host}/</link>\n"
        f"<description>{escape(outlet.description)}</description>\n"
    )


def _atom(outlet: Outlet, entries: list[_Entry]) -> str:
    updated = f"<updated>{entries[0].published_at.isoformat()}</updated>\n" if entries else ""
    items = "".join(_atom_entry(outlet, entry) for entry in entries)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://{outlet.host}/" xml:lang="{outlet.language}">\n'
        f"<title>{escape(outlet.channel_title)}</title>\n<subtitle>{escape(outlet.description)}</subtitle>\n"
        f'<id>https://{outlet.host}/feed</id>\n<link rel="alternate" href="https://{outlet.host}/"/>\n'
        f"{updated}{items}</feed>\n"
    )


def _atom_entry(outlet: Outlet, entry: _Entry) -> str:
    replies = f'<link rel="replies" href="{entry.guid}/comments"/>\n' if "replies_first" in outlet.flaws else ""
    categories = "".join(f'<category term="{category}"/>\n' for category in entry.categories)
    content = f'<content type="html">{entry.content}</content>\n' if entry.content else ""
    instant = entry.published_at.isoformat()
    return (
        f"<entry>\n<title>{entry.title}</title>\n<id>{entry.guid}</id>\n{replies}"
        f'<link rel="alternate" href="{entry.link}"/>\n'
        f"<published>{instant}</published>\n<updated>{instant}</updated>\n{categories}"
        f'<summary type="html">{entry.description}</summary>\n{content}</entry>\n'
    )


_RENDERERS: dict[FeedFormat, Callable[[Outlet, list[_Entry]], str]] = {
    "rss2": _rss2,
    "rss1": _rss1,
    "rss091": _rss091,
    "atom": _atom,
}


def _broken(text: str) -> str:
    """Cut off before its end, with unclosed elements, bare ampersands and control characters; every item survives."""
    text = text.replace("</channel>\n</rss>\n", "").replace("</item>\n", "", 1)
    text = re.sub(r"<item>\n<title>", "<item>\n<title>\x0b", text)
    return text.replace("<channel>\n", "<channel>\n<managingEditor>Redacción & Edición</managingEditor>\n", 1)
