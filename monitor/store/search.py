"""Reports that can be found: which documents the index has of them, and what a search answers.

`words` makes index words of texts, `query` clauses of what people type, `entry` joins both for one report; `fts5` and
`tsvector` keep the words, each on its kind of database; `snippets` shows where they stand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from monitor.records import Article, Found, Lang, SearchDocument, SearchHit, SearchQuery, documents_mark
from monitor.store import tables as t
from monitor.store.entry import IndexEntry, Question, SearchIndex, make_entry, make_question, wished_number
from monitor.store.fts5 import Fts5Index
from monitor.store.query import Wanted
from monitor.store.snippets import best_document, make_snippet, marks
from monitor.store.tsvector import TsvectorIndex

Key = TypeVar("Key")
RANKED = 1000  # of more answers than that, the newest so many are ranked by words, the others follow by publication
MOST_HITS = 1000  # of one page
_CLASSES = 10  # of how well words answer: within one the newest come first
_CHUNK = 500  # values in one IN list: old SQLite builds take 999 in a statement


def index_of(dialect: str) -> SearchIndex:
    """The search index of a kind of database."""
    return Fts5Index() if dialect == "sqlite" else TsvectorIndex()


# ---------------------------------------------------------------- taking in


@dataclass(frozen=True, slots=True)
class _Report:
    """A report as the index has it."""

    number: int
    article_id: str
    source_id: str
    documents: tuple[SearchDocument, ...]  # one of them is the original
    places: tuple[str, ...]

    @property
    def entry(self) -> IndexEntry:
        language = next(d.language for d in self.documents if d.original)
        return make_entry(self.number, self.documents, source_id=self.source_id, language=language, places=self.places)

    @property
    def row(self) -> dict[str, object]:
        mark = documents_mark(self.documents)
        return {"number": self.number, "article_id": self.article_id, "mark": mark, "places": self.places}

    @property
    def document_rows(self) -> list[dict[str, object]]:
        names = ("language", "title", "text", "original")
        return [{"number": self.number, **{name: getattr(d, name) for name in names}} for d in self.documents]


def take_in(db: Connection, index: SearchIndex, documents: Iterable[SearchDocument]) -> int:
    """`Store.index` within a transaction."""
    given: defaultdict[str, dict[Lang, SearchDocument]] = defaultdict(dict)
    for document in documents:
        given[document.article_id][document.language] = _storable(document)
    whole = {id_: tuple(found.values()) for id_, found in given.items() if any(d.original for d in found.values())}
    return sum(_replace(db, index, {id_: whole[id_] for id_ in part}) for part in _chunks(whole))


def _storable(document: SearchDocument) -> SearchDocument:
    """As the database will give it back: the index is told these words when it has to forget them."""
    return replace(document, title=t.storable(document.title), text=t.storable(document.text))


def _replace(db: Connection, index: SearchIndex, given: Mapping[str, tuple[SearchDocument, ...]]) -> int:
    """Take in the documents of some reports in place of what the index has of them; how many are stored reports."""
    a = t.articles.c
    articles = db.execute(sa.select(a.id, a.source_id, a.published_at).where(a.id.in_(given))).all()
    old = _taken_in(db, given)
    numbers = {report.article_id: report.number for report in old}
    numbers |= _free_numbers(db, {id_: wished_number(id_, at) for id_, _, at in articles if id_ not in numbers})
    new = [_Report(numbers[id_], id_, source_id, given[id_], _places(given[id_])) for id_, source_id, _ in articles]
    index.drop(db, [report.entry for report in old])
    if old:
        known = [report.number for report in old]
        db.execute(sa.delete(t.search_documents).where(t.search_documents.c.number.in_(known)))
        db.execute(sa.delete(t.search_reports).where(t.search_reports.c.number.in_(known)))
    if new:
        db.execute(sa.insert(t.search_reports), [report.row for report in new])
        db.execute(sa.insert(t.search_documents), [row for report in new for row in report.document_rows])
    index.put(db, [report.entry for report in new])
    return len(new)


def _places(documents: Iterable[SearchDocument]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for document in documents for place in document.places))


def _taken_in(db: Connection, ids: Iterable[str]) -> list[_Report]:
    """What the index has of these reports."""
    r, a = t.search_reports.c, t.articles.c
    query = sa.select(r.number, r.article_id, a.source_id, r.places).join_from(t.search_reports, t.articles)
    rows = db.execute(query.where(r.article_id.in_(tuple(ids)))).all()
    documents = _documents(db, {number: id_ for number, id_, _, _ in rows})
    return [_Report(number, id_, source, tuple(documents[number]), places) for number, id_, source, places in rows]


_NUMBERS: sa.BindParameter[int] = sa.bindparam("numbers", expanding=True)
_DOCUMENTS = (
    sa.select(t.search_documents)
    .where(t.search_documents.c.number.in_(_NUMBERS))
    .order_by(t.search_documents.c.number, t.search_documents.c.language)
)


def _documents(db: Connection, articles: Mapping[int, str]) -> dict[int, list[SearchDocument]]:
    """Documents by number; the article of each number is given."""
    found: defaultdict[int, list[SearchDocument]] = defaultdict(list)
    for part in _chunks(articles):
        for number, language, title, text, original in db.execute(_DOCUMENTS, {"numbers": part}):
            found[number].append(SearchDocument(articles[number], language, title, text, original))
    return found


def _free_numbers(db: Connection, wished: Mapping[str, int]) -> dict[str, int]:
    """The wished number of each report, or the next one that is free."""
    numbers: dict[str, int] = {}
    waiting = dict(wished)
    while waiting:
        taken = {*numbers.values(), *_taken_numbers(db, set(waiting.values()))}
        for id_, number in sorted(waiting.items()):
            if number in taken:
                waiting[id_] = number + 1
            else:
                taken.add(number)
                numbers[id_] = number
                del waiting[id_]
    return numbers


def _taken_numbers(db: Connection, numbers: Iterable[int]) -> Iterator[int]:
    column = t.search_reports.c.number
    for part in _chunks(numbers):
        yield from db.execute(sa.select(column).where(column.in_(part))).scalars()


def _chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    unique = list(keys)
    for start in range(0, len(unique), _CHUNK):
        yield unique[start : start + _CHUNK]


def index_again(db: Connection, index: SearchIndex) -> int:
    """Put every report into an index that is empty, from what `search_reports` and its documents say; how many."""
    done, last = 0, -1
    r = t.search_reports.c
    while ids := db.execute(
        sa.select(r.article_id, r.number).where(r.number > last).order_by(r.number).limit(_CHUNK)
    ).all():
        index.put(db, [report.entry for report in _taken_in(db, [id_ for id_, _ in ids])])
        done, last = done + len(ids), ids[-1].number
    return done


def forget_everything(db: Connection, index: SearchIndex) -> None:
    """Empty the index and what it is made from."""
    index.clear(db)
    db.execute(sa.delete(t.search_documents))
    db.execute(sa.delete(t.search_reports))


# ---------------------------------------------------------------- finding


def find(db: Connection, index: SearchIndex, query: SearchQuery) -> Found:
    """`Store.search` within a transaction."""
    question = make_question(query)
    total = index.total(db, question)
    limit, offset = min(max(query.limit, 0), MOST_HITS), max(query.offset, 0)
    numbers = _page(db, index, question, total=total, limit=limit, offset=offset) if offset < total else []
    return Found(total, tuple(_hits(db, numbers, question.wanted)))


def _page(db: Connection, index: SearchIndex, question: Question, *, total: int, limit: int, offset: int) -> list[int]:
    """The numbers of one page of answers, in order."""
    if not question.wanted.clauses:
        return index.newest(db, question, limit=limit, offset=offset)
    page: list[int] = []
    if offset < RANKED:
        page = in_order(index.scored(db, question, limit=RANKED))[offset : offset + limit]
    missing = limit - len(page)
    if missing and offset + len(page) < total:
        page += index.newest(db, question, limit=missing, offset=max(offset, RANKED))
    return page


def in_order(scored: Sequence[tuple[int, float]]) -> list[int]:
    """Numbers by how well they answer, in ten classes of the best one's score; in a class the newest first."""
    best = max((score for _, score in scored), default=0.0)
    if best <= 0:
        return sorted((number for number, _ in scored), reverse=True)
    return [number for number, _ in sorted(scored, key=lambda x: (int(_CLASSES * x[1] / best), x[0]), reverse=True)]


_FOUND = tuple(t.articles.c[field.name] for field in fields(Article) if field.name != "body")
_STORY = (
    sa.select(sa.func.min(t.members.c.story_id))
    .where(t.members.c.article_id == t.search_reports.c.article_id)
    .scalar_subquery()
)
_HITS = (
    sa.select(t.search_reports.c.number, _STORY.label("story_id"), *_FOUND)
    .join_from(t.search_reports, t.articles)
    .where(t.search_reports.c.number.in_(_NUMBERS))
)


def _hits(db: Connection, numbers: Sequence[int], wanted: Wanted) -> Iterator[SearchHit]:
    """What is shown of each report, in the given order."""
    rows: dict[int, RowMapping] = {}
    for part in _chunks(numbers):
        rows |= {row["number"]: row for row in db.execute(_HITS, {"numbers": part}).mappings()}
    documents = _documents(db, {number: row["id"] for number, row in rows.items()})
    for number in numbers:
        yield _hit(rows[number], documents[number], wanted)


def _hit(row: RowMapping, documents: Sequence[SearchDocument], wanted: Wanted) -> SearchHit:
    article = Article(**{column.name: row[column.name] for column in _FOUND})
    titles = {d.language: d.title for d in documents}
    title_en, title_es = titles.get("en", ""), titles.get("es", "")
    return SearchHit(
        article,
        language=next(d.language for d in documents if d.original),
        title_en=title_en,
        title_es=title_es,
        snippet=make_snippet(best_document(documents, wanted), wanted),
        story_id=row["story_id"] or "",
        marked_en=marks(title_en, wanted),
        marked_es=marks(title_es, wanted),
    )
