"""What the search finds: each report by its own words and by its translation.

A run takes in what is new or was translated since, and some of the older reports that cannot be found yet, until a
database from before the search has caught up. Translations that were withheld are never taken in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.language.counterparts import counterparts
from monitor.language.glossary import Glossary
from monitor.pipeline.memory import these
from monitor.pipeline.texts import in_parts, whole
from monitor.pipeline.tools import Tick, Tools
from monitor.pipeline.understand import Translated
from monitor.records import (
    Article,
    Judged,
    Lang,
    SearchDocument,
    SearchQuery,
    Translations,
    documents_mark,
    other_language,
    text_key,
)
from monitor.store import telling_stems
from monitor.stories.gazetteer import find_places
from monitor.text import lead_sentences, shorten

CATCH_UP = 1000  # older reports that one run takes in
_BATCH = 500  # reports of one transaction
_EVENT_SENTENCES = 2  # what follows is often about elsewhere; clustering reads the same, so that places are remembered
_TEXT_CHARS = 1500  # of a report's own words: summary, and the beginning of the body


@dataclass(frozen=True, slots=True)
class Indexed:
    """Stage output: reports that were taken in, and how many of them are older ones."""

    reports: int = 0
    older: int = 0

    def __len__(self) -> int:
        return self.reports


def index_reports(tools: Tools, reports: Sequence[Judged], translated: Translated, tick: Tick) -> Indexed:
    """Make the reports of these days findable, and some older ones. What the index has already is left alone."""
    count = tools.config.translation.lead_sentences
    changed = 0
    for part in in_parts(_changed(tools, reports, translated, count), _BATCH):
        _take_in(tools, part)
        changed += len(part)
        tick(changed)
    older = tools.store.unindexed(limit=CATCH_UP)
    documents = _remembered_documents(tools, older, count)
    for start in range(0, len(older), _BATCH):
        _take_in(tools, [_Documents(item, documents[item.id]) for item in older[start : start + _BATCH]])
    return Indexed(changed + len(older), len(older))


@dataclass(frozen=True, slots=True)
class _Documents:
    """What the index is to have of a report."""

    item: Judged
    documents: Sequence[SearchDocument]


def _changed(tools: Tools, reports: Iterable[Judged], translated: Translated, count: int) -> Iterator[_Documents]:
    """The reports of which the index has something else, or nothing; looked at some at a time."""
    for part in in_parts(reports):
        keys = {key for item in part for key in _keys(item.article, item.language, count)}
        translations = these(translated.translations, keys)
        texts = zip(part, whole(tools.store, part), strict=True)
        documents = [_Documents(item, documents_of(read, translations, count)) for item, read in texts]
        known = tools.store.indexed([each.item.id for each in documents])
        yield from (each for each in documents if known.get(each.item.id) != documents_mark(each.documents))


def _remembered_documents(tools: Tools, older: Sequence[Judged], count: int) -> Mapping[str, Sequence[SearchDocument]]:
    """Documents of older reports, with translations of whatever recipe: they were shown in their day."""
    keys = {key for item in older for key in _keys(item.article, item.language, count)}
    translations = tools.store.recall_any(keys) if keys else {}
    return {item.id: documents_of(item, translations, count) for item in older}


def _take_in(tools: Tools, batch: Iterable[_Documents]) -> None:
    tools.store.index(document for each in batch for document in with_places(each.item, each.documents))


def documents_of(item: Judged, translations: Translations, lead_count: int) -> tuple[SearchDocument, ...]:
    """A report in its own language, and in the other one as far as a translation may be shown; without places."""
    article, language = item.article, item.language
    original = SearchDocument(article.id, language, article.title, own_text(article), original=True)
    title, *leads = (_shown(key, translations) for key in _keys(article, language, lead_count))
    text = " ".join(filter(None, leads))
    if not (title or text):
        return (original,)
    return original, SearchDocument(article.id, other_language(language), title, text, original=False)


def _keys(article: Article, language: Lang, lead_count: int) -> Iterator[str]:
    """Where the translations of a headline and of the first sentences are found."""
    for text in (article.title, *lead_sentences(article, language, lead_count)):
        yield text_key(text, other_language(language))


def _shown(key: str, translations: Translations) -> str:
    """The machine's words; empty when there are none, or they were withheld."""
    translation = translations.get(key)
    return translation.text if translation and translation.status != "original" else ""


def own_text(article: Article) -> str:
    """What a report says beside its headline: the summary, and the body's beginning unless that says the same."""
    summary, body = article.summary, article.body
    text = body if body.startswith(summary.rstrip("….")) else f"{summary}\n{body}" if body else summary
    return shorten(text, _TEXT_CHARS)


def with_places(item: Judged, documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
    """The documents with the ids of the places where the report's event is."""
    event = ". ".join((item.article.title, *lead_sentences(item.article, item.language, _EVENT_SENTENCES)))
    places = tuple(place.id for place in find_places(event))
    return (replace(document, places=places) for document in documents)


# ---------------------------------------------------------------- queries


def in_both_languages(query: SearchQuery, glossary: Glossary) -> SearchQuery:
    """The query with what its words are called in the other language, for reports that have no translation."""
    pairs = counterparts(query.text, glossary)
    return replace(query, synonyms=tuple(pair for pair in pairs if telling_stems(pair[0])))
