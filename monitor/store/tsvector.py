"""The search index on PostgreSQL: a tsvector a report, made here, so that no extension and no dictionary is needed.

The words are folded and stemmed as on SQLite, and handed over with their places: the server's parsers and its language
configurations are never asked. Headlines have weight A, texts D.
"""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.store.entry import IndexEntry, Question
from monitor.store.query import Clause, Phrase

_APART = 8  # places between two fields: no phrase goes from a headline into a text
_LAST_PLACE = 16_383  # PostgreSQL knows no higher one
_WEIGHTS = "{0.12, 0.12, 0.12, 1.0}"  # D, C, B, A: a word of a headline counts as eight of a text
_MATCHING = "FROM search_index WHERE terms @@ CAST(:match AS tsquery) AND number BETWEEN :low AND :high"
# Found first, then put in order: the planner may take words for common, and walk through all reports to a rare one.
_FOUND = f"WITH found AS MATERIALIZED (SELECT number {_MATCHING})"
_EVERY = "FROM search_reports WHERE number BETWEEN :low AND :high"
_PAGE_OF_FOUND = sa.text(
    f"{_FOUND} SELECT number FROM found ORDER BY number DESC LIMIT :limit OFFSET :offset"  # noqa: S608 - constants
)
_PAGE_OF_EVERY = sa.text(f"SELECT number {_EVERY} ORDER BY number DESC LIMIT :limit OFFSET :offset")
_SCORED = sa.text(
    f"{_FOUND} SELECT number, ts_rank('{_WEIGHTS}', terms, CAST(:words AS tsquery)) FROM search_index"  # noqa: S608
    " JOIN (SELECT number FROM found ORDER BY number DESC LIMIT :limit) AS newest USING (number)"
)
_PUT = sa.text("INSERT INTO search_index (number, terms) VALUES (:number, CAST(:terms AS tsvector))")
_DROP = sa.text("DELETE FROM search_index WHERE number = :number")


class TsvectorIndex:
    """`SearchIndex` on the table `search_index`."""

    def put(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        if entries:
            db.execute(_PUT, [{"number": entry.number, "terms": vector_text(entry)} for entry in entries])

    def drop(self, db: Connection, entries: Sequence[IndexEntry]) -> None:
        if entries:
            db.execute(_DROP, [{"number": entry.number} for entry in entries])

    def clear(self, db: Connection) -> None:
        db.exec_driver_sql("DELETE FROM search_index")

    def count(self, db: Connection) -> int:
        return int(db.exec_driver_sql("SELECT count(*) FROM search_index").scalar_one())

    def total(self, db: Connection, question: Question) -> int:
        found = db.execute(sa.text(f"SELECT count(*) {_from(question)}"), _values(question))
        return int(found.scalar_one())

    def newest(self, db: Connection, question: Question, *, limit: int, offset: int) -> list[int]:
        page = _PAGE_OF_FOUND if query_text(question) else _PAGE_OF_EVERY
        return list(db.execute(page, {**_values(question), "limit": limit, "offset": offset}).scalars())

    def scored(self, db: Connection, question: Question, *, limit: int) -> list[tuple[int, float]]:
        rows = db.execute(_SCORED, {**_values(question), "words": _all_clauses(question), "limit": limit})
        return [(int(number), float(score)) for number, score in rows]


def vector_text(entry: IndexEntry) -> str:
    """The entry as a tsvector is written: 'dron':1A,9 'frontera':2A."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    place = 1
    for number, words in enumerate(entry.fields):
        weight = "A" if number % 2 == 0 else ""
        for word in words:
            places[word].append(f"{min(place, _LAST_PLACE)}{weight}")
            place += 1
        place += _APART
    terms = [f"{_quoted(word)}:{','.join(found)}" for word, found in places.items()]
    return " ".join([*terms, *map(_quoted, entry.facets)])


def query_text(question: Question) -> str:
    """The question as a tsquery is written; every word is quoted. Empty: nothing but days is asked for."""
    parts = [_all_clauses(question)] if question.wanted.clauses else []
    parts += [f"({' | '.join(map(_quoted, filters))})" for filters in question.filters]
    parts += [f"!({_phrase(phrase)})" for phrase in question.wanted.without]
    return " & ".join(parts)


def _all_clauses(question: Question) -> str:
    return " & ".join(map(_any_clause, question.wanted.clauses))


def _any_clause(clause: Clause) -> str:
    options = (" & ".join(map(_phrase, option)) for option in clause.options)
    return f"({' | '.join(f'({option})' for option in options)})"


def _phrase(phrase: Phrase) -> str:
    return f"({' <-> '.join(map(_quoted, phrase.words))}{':*' if phrase.prefix else ''})"


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _from(question: Question) -> str:
    return _MATCHING if query_text(question) else _EVERY


def _values(question: Question) -> dict[str, object]:
    match = query_text(question)
    return {"low": question.low, "high": question.high} | ({"match": match} if match else {})
