"""An edition as a table: one row per report, so that a spreadsheet can sort and count them."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from monitor.digest.model import Card, Report
from monitor.export.stored import StoredEdition

COLUMNS: Final = (
    "edition", "date", "position", "story_id", "status", "day", "score",
    "headline_en", "headline_en_origin", "headline_es", "headline_es_origin", "story_languages",
    "outlet", "language", "title", "url", "published_at", "time_known", "copy", "new", "places", "topics", "report_id",
)  # fmt: skip
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what spreadsheets take for a formula, the fullwidth forms too


def table(edition: StoredEdition) -> str:
    """The edition as CSV (RFC 4180), stories in the order of the page, reports in that of the card.

    `…_origin` tells where a headline comes from: original, machine, check, corrected or withheld. `time_known` is hour,
    date, or no: `published_at` is then when the report was first read.
    """
    return csv_text(chain([COLUMNS], _rows(edition)))


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV in which no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def cell(value: object) -> str:
    """A cell that a spreadsheet shows as it is: one that it would take for a formula gets an apostrophe in front.

    Numbers stay numbers. Source: OWASP, "CSV Injection".
    """
    text = str(value)
    if isinstance(value, int | float) or not text.lstrip(" \u00a0").startswith(_STARTS_FORMULA):
        return text
    return f"'{text}"


def _rows(edition: StoredEdition) -> Iterator[tuple[object, ...]]:
    for card in edition.cards:
        story = (*_about(edition), card.position, *_story(card))
        for report in card.reports:
            yield (*story, *_report(report), *_marks(card), report.article_id)


def _about(edition: StoredEdition) -> tuple[object, ...]:
    return edition.edition, edition.date.isoformat()


def _story(card: Card) -> tuple[object, ...]:
    english, spanish = card.headlines.en.fragment, card.headlines.es.fragment
    headlines = (english.text, english.provenance, spanish.text, spanish.provenance)
    return (card.id, card.status, card.day, card.score, *headlines, " ".join(card.languages))


def _report(report: Report) -> tuple[object, ...]:
    known = "no" if not report.date_known else "hour" if report.hour_known else "date"
    said = (report.source, report.language, report.title, report.url, report.at.isoformat(timespec="seconds"))
    return (*said, known, _yes(report.is_copy), _yes(report.is_new))


def _marks(card: Card) -> tuple[object, ...]:
    return "; ".join(place.name_en for place in card.where), "; ".join(card.topics)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
