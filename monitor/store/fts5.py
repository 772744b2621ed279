"""The search index on SQLite: FTS5 over words that are folded and stemmed already, without a copy of the texts.

A report is one row, so that counting answers is counting rows; numbers grow with publication, so that days are a range
of rows and the newest come by walking backwards. Filters are words of a column of their own: no other table is read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.entry import IndexEntry, Question
from monitor.store.query import Clause, Phrase

_TITLE_WEIGHT = 8.0  # a word of a headline counts as that many of a text
_MATCHING = "FROM search_index WHERE search_index MATCH :match AND rowid BETWEEN :low AND :high"
_EVERY = "FROM search_reports WHERE number BETWEEN :low AND :high"
_COLUMNS = "rowid, title_en, text_en, title_es, text_es, facets"
_VALUES = ":number, :title_en, :text_en, :title_es, :text_es, :facets"
_PUT = sa.text(f"INSERT INTO search_index ({_COLUMNS}) VALUES ({_VALUES})")  # noqa: S608  # our own constants
_DROP = sa.text(f"INSERT INTO search_index (search_index, {_COLUMNS}) VALUES ('delete', {_VALUES})")  # noqa: S608
_SCORE = f"-bm25(search_index, {_TITLE_WEIGHT}, 1.0, {_TITLE_WEIGHT}, 1.0, 0.0)"


class Fts5Index:
    """`SearchIndex` on the virtual table `search_index`."""

    def put(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        if entries:
            db.execute(_PUT, [_row(entry) for entry in entries])

    def drop(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        """The index has no texts of its own: it is told the words it has to forget."""
        if entries:
            db.execute(_DROP, [_row(entry) for entry in entries])

    def clear(self, db: Connection) -> None:
        db.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('delete-all')")

    def count(self, db: Connection) -> int:
        return int(db.exec_driver_sql("SELECT count(*) FROM search_index_docsize").scalar_one())

    def total(self, db: Connection, question: Question) -> int:
        found = db.execute(sa.text(f"SELECT count(*) {_from(question)}"), _values(question))
        return int(found.scalar_one())

    def newest(self, db: Connection, question: Question, *, limit: int, offset: int) -> list[int]:
        key = "rowid" if match_expression(question) else "number"
        page = f"SELECT {key} {_from(question)} ORDER BY {key} DESC LIMIT :limit OFFSET :offset"
        return list(db.execute(sa.text(page), {**_values(question), "limit": limit, "offset": offset}).scalars())

    def scored(self, db: Connection, question: Question, *, limit: int) -> list[tuple[int, float]]:
        newest = f"SELECT rowid, {_SCORE} {_MATCHING} ORDER BY rowid DESC LIMIT :limit"
        rows = db.execute(sa.text(newest), {**_values(question), "limit": limit})
        return [(int(number), float(score)) for number, score in rows]


def words_in(db: Connection) -> int:
    """How many different words the index has, read through; a damaged one raises, or has none, and finds nothing.

    It takes no lock: the table is a temporary one.
    """
    db.exec_driver_sql("CREATE VIRTUAL TABLE temp.search_vocabulary USING fts5vocab(main, search_index, row)")
    try:
        return int(db.exec_driver_sql("SELECT count(*) FROM temp.search_vocabulary").scalar_one())
    finally:
        db.exec_driver_sql("DROP TABLE temp.search_vocabulary")


def _row(entry: IndexEntry) -> dict[str, object]:
    names = ("title_en", "text_en", "title_es", "text_es", "facets")
    texts = (" ".join(words) for words in (*entry.fields, entry.facets))
    return {"number": entry.number, **dict(zip(names, texts, strict=True))}


def _from(question: Question) -> str:
    return _MATCHING if match_expression(question) else _EVERY


def _values(question: Question) -> dict[str, object]:
    match = match_expression(question)
    return {"low": question.low, "high": question.high} | ({"match": match} if match else {})


def match_expression(question: Question) -> str:
    """The question in FTS5's own language; every word is quoted. Empty: nothing but days is asked for."""
    parts = [_any_clause(clause) for clause in question.wanted.clauses]
    parts += [f"({' OR '.join(map(_quoted, filters))})" for filters in question.filters]
    found = " AND ".join(parts)
    without = " OR ".join(map(_phrase, question.wanted.without))
    return f"({found}) NOT ({without})" if without else found


def _any_clause(clause: Clause) -> str:
    options = (" AND ".join(map(_phrase, option)) for option in clause.options)
    return f"({' OR '.join(f'({option})' for option in options)})"


def _phrase(phrase: Phrase) -> str:
    return _quoted(" ".join(phrase.words)) + (" *" if phrase.prefix else "")


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
