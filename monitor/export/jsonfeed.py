"""The feed of stories in one language: JSON Feed 1.1 with what a digest knows besides (`_border_monitor`).

An item is a story; its id stays while the story grows from day to day, and its content is that of the last edition
that had it. Known gap: a profile that leaves topics out does not take its stories out of the feed; the feed has the
stories of every profile.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.digest.model import Card, Fragment, Report
from monitor.digest.templates import Templates, fill
from monitor.export.pages import INDEX, ArchiveNames, story_feed_name
from monitor.export.stored import StoredEdition
from monitor.records import Lang, Place

EXTENSION_VERSION = 1
_ITEMS = 200
_TEMPLATE = "story.html.j2"


@dataclass(frozen=True, slots=True)
class _Told:
    """A story as the newest edition that has it tells it; `path` is that edition's page."""

    card: Card
    edition: StoredEdition
    path: str


def story_feed(
    editions: Iterable[tuple[str, StoredEdition]],
    language: Lang,
    names: ArchiveNames,
    *,
    templates: Templates,
    mail: Templates,
) -> str:
    """The feed of these editions' stories; each edition with the path of its page, the newest first.

    `mail` are the digest's own templates, whose words say where a text comes from. RenderError when one is wrong.
    """
    say = templates.phrases[language]
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": say("feed.stories.title", title=names.title(language)),
        "description": say("feed.stories.about"),
        "language": language,
        "authors": [{"name": names.title(language)}],
    }
    if names.base_url:
        feed["home_page_url"] = names.address(INDEX)
        feed["feed_url"] = names.address(story_feed_name(language))
    page = _Page(language, names, templates, mail)
    feed["items"] = [page.item(told) for told in _newest(editions)]
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _newest(editions: Iterable[tuple[str, StoredEdition]]) -> list[_Told]:
    """Every story once, in the order of the editions and of their pages."""
    found: dict[str, _Told] = {}
    for path, edition in editions:
        for card in edition.cards:
            found.setdefault(card.id, _Told(card, edition, path))
    return list(found.values())[:_ITEMS]


@dataclass(frozen=True, slots=True)
class _Page:
    """What all items of one feed share."""

    language: Lang
    names: ArchiveNames
    templates: Templates
    mail: Templates

    def item(self, told: _Told) -> dict[str, Any]:
        card = told.card
        head = card.headlines.for_reader(self.language).fragment
        item: dict[str, Any] = {"id": card.id}
        if card.first.url:
            item["url"] = card.first.url
        item |= {
            "title": self._marked(head),
            "summary": " ".join(map(self._marked, _fragments(card, self.language))) or self._marked(head),
            "content_html": self._content(told),
            "date_published": _instant(card.first.at),
            "date_modified": _instant(max(told.edition.now, card.first.at)),
            "language": head.language,
            "tags": [*card.topics, *(_place_name(place, self.language) for place in card.where)],
        }
        image = next((report.image for report in card.reports if report.image), "")
        if image:
            item["image"] = image
        item["_border_monitor"] = _extension(told, self.names.address(told.path))
        return item

    def _marked(self, fragment: Fragment) -> str:
        """The text, and where it comes from unless it is the outlet's own: a reader must not take one for the other."""
        if fragment.provenance == "original":
            return fragment.text
        return f"{fragment.text} [{self.mail.phrases[self.language](f'mark.{fragment.manner}')}]"

    def _content(self, told: _Told) -> str:
        context: Mapping[str, object] = {
            "card": told.card,
            "edition": told.edition,
            "lang": self.language,
            "say": self.templates.phrases,
            "mail": self.mail.phrases,
        }
        html = fill(self.templates.environment.get_template(_TEMPLATE), context)
        return " ".join(html.split())


def _fragments(card: Card, language: Lang) -> Iterator[Fragment]:
    return (quote.text.for_reader(language) for quote in card.summary_for(language))


def _extension(told: _Told, page: str) -> dict[str, Any]:
    """Everything that a program may want of a story and that JSON Feed has no name for."""
    card = told.card
    headlines = (("en", card.headlines.en.fragment), ("es", card.headlines.es.fragment))
    return {
        "version": EXTENSION_VERSION,
        "edition": told.edition.edition,
        "edition_page": page,
        "status": card.status,
        "day": card.day,
        "score": card.score,
        "languages": list(card.languages),
        "headlines": {
            reader: {"text": text.text, "language": text.language, "provenance": text.provenance, "engine": text.engine}
            for reader, text in headlines
        },
        "outlets": [_outlet(report) for report in card.reports],
        "places": [{"id": p.id, "name_en": p.name_en, "name_es": p.name_es} for p in card.where],
    }


def _outlet(report: Report) -> dict[str, Any]:
    return {
        "name": report.source,
        "language": report.language,
        "title": report.title,
        "url": report.url,
        "date_published": _instant(report.at),
        "copy": report.is_copy,
    }


def _place_name(place: Place, language: Lang) -> str:
    return place.name_en if language == "en" else place.name_es


def _instant(at: datetime) -> str:
    """RFC 3339 with the profile's offset, to the second."""
    return at.isoformat(timespec="seconds")
