"""Rows of tables and records, both ways: columns are named like the fields they hold."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

Record = TypeVar("Record")
Insert = Callable[[sa.Table], Any]  # the `insert` of SQLite's or PostgreSQL's dialect, which knows ON CONFLICT
_CHUNK = 500  # values in one IN list: old SQLite builds take 999 in a statement
_ROWS = 1_000  # that are written, or held by a driver while they are read, at a time: bounds memory


def values_of(table: sa.Table, record: object, **more: Any) -> dict[str, Any]:
    """A row of `table` from the record's fields of the same name, and from `more`."""
    return {c.name: more[c.name] if c.name in more else getattr(record, c.name) for c in table.c}


def record_of(kind: type[Record], row: RowMapping, prefix: str = "", **more: Any) -> Record:
    """A record from the columns named after its fields."""
    names = [field.name for field in fields(kind) if field.name not in more]  # type: ignore[arg-type]  # dataclasses
    return kind(**{name: row[prefix + name] for name in names}, **more)


def prefixed(table: sa.Table, *, without: Collection[str] = ()) -> list[sa.Label[Any]]:
    """The table's columns under names that no other table has, but for those `without` which the caller does."""
    return [column.label(f"{table.name}_{column.name}") for column in table.c if column.name not in without]


def streamed(db: Connection, query: sa.Select[Any]) -> Iterator[RowMapping]:
    """The rows of a large answer, which is never held as a whole; to be read to its end."""
    yield from db.execute(query, execution_options={"yield_per": _ROWS}).mappings()


def insert_new(db: Connection, insert: Insert, table: sa.Table, rows: Iterable[dict[str, Any]]) -> int:
    """Insert the rows whose key is new; how many were."""
    return execute_many(db, insert(table).on_conflict_do_nothing(), rows)


def upsert(
    db: Connection, insert: Insert, table: sa.Table, rows: Iterable[dict[str, Any]], *, keep: Collection[str] = ()
) -> None:
    """Insert, or replace everything but the key and the columns named in `keep`."""
    statement = insert(table)
    changed = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key and c.name not in keep}
    execute_many(db, statement.on_conflict_do_update(index_elements=table.primary_key, set_=changed), rows)


def execute_many(db: Connection, statement: sa.Executable, rows: Iterable[dict[str, Any]]) -> int:
    """Rows changed; no rows do nothing (without this, SQLAlchemy would insert a row of defaults).

    A thousand at a time: rows that are made on the way are never held together.
    """
    coming, changed = iter(rows), 0
    while part := list(islice(coming, _ROWS)):
        changed += db.execute(statement, part, execution_options={"preserve_rowcount": True}).rowcount
    return changed


def chunks(keys: Collection[str]) -> Iterator[list[str]]:
    """The keys without repeats, in parts that fit into one statement."""
    unique = sorted(set(keys))
    for start in range(0, len(unique), _CHUNK):
        yield unique[start : start + _CHUNK]


def in_chunks(db: Connection, query: sa.Select[Any], keys: Collection[str]) -> Iterator[RowMapping]:
    """The rows of `query` whose first column is one of `keys`."""
    column = query.selected_columns[0]
    for part in chunks(keys):
        yield from db.execute(query.where(column.in_(part))).mappings()
