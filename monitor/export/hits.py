"""What a search found as a table, for the command and for the web page: one row per report."""

from collections.abc import Iterable, Mapping
from typing import Final

from monitor.export.table import csv_text
from monitor.records import SearchHit

HIT_COLUMNS: Final = ("published_at", "outlet", "language", "title_en", "title_es", "url", "story_id", "snippet")


def hits_table(hits: Iterable[SearchHit], outlets: Mapping[str, str]) -> str:
    """Hits as CSV (RFC 4180) in which no cell is a formula; `outlets` are names by source id."""
    return csv_text([HIT_COLUMNS, *(_row(hit, outlets) for hit in hits)])


def _row(hit: SearchHit, outlets: Mapping[str, str]) -> tuple[str, ...]:
    article = hit.article
    head = (article.published_at.isoformat(timespec="seconds"), outlet_name(hit, outlets), hit.language)
    return (*head, hit.title_en, hit.title_es, article.link, hit.story_id, hit.snippet.text)


def outlet_name(hit: SearchHit, outlets: Mapping[str, str]) -> str:
    """Who published it: whom an aggregator names, else the feed's outlet; its id when it has left feeds.yaml."""
    article = hit.article
    return article.publisher or outlets.get(article.source_id, article.source_id)
