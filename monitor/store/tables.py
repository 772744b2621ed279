"""The schema: one table set for SQLite and PostgreSQL. Columns are named after the record fields they hold.

Changing a table means adding a migration; a test compares the migrated database with this file.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from monitor.records import Evidence, TermHit

_WRITTEN = json.JSONEncoder(ensure_ascii=False).encode  # made once: making it takes longer than using it


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC with microseconds; SQLite keeps them naive, and sorts and compares them as text."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a zone cannot be stored: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that every database takes: NUL and lone surrogates, which some refuse, become U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else storable(value)


class Name(Words):
    """Text that stands in very many rows, as an id or a code does: what is read is held once."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else sys.intern(value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, as a JSON list; what stands in very many rows is held once."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else _WRITTEN([storable(item) for item in value])

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        del dialect
        return None if value is None else _strings(value) if len(value) <= _SHORT else tuple(json.loads(value))


_SHORT = 400  # characters; lists that come again and again are short, and an edition's thousand ids come once


@lru_cache(maxsize=2048)
def _strings(text: str) -> tuple[str, ...]:
    return tuple(map(sys.intern, json.loads(text)))


class Records(TypeDecorator[tuple[Any, ...]]):
    """A tuple of flat records of one class, as a JSON list of objects."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, record: type[Any]) -> None:
        super().__init__()
        self.record = record
        names = tuple(field.name for field in fields(record))
        self._values = attrgetter(*names)
        # What decides about one article decides about the next one: most are written already.
        self._written = lru_cache(maxsize=2_000, typed=True)(
            lambda *values: json.dumps(dict(zip(names, values, strict=True)))
        )

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        written, values = self._written, self._values
        return f"[{', '.join([written(*values(item)) for item in value])}]"

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        del dialect
        return None if value is None else tuple(self.record(**item) for item in json.loads(value))


BigNumber = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # INTEGER: the row's own number, and no second index


def storable(text: str) -> str:
    """A text that every database takes: see `Words`."""
    if "\0" not in text and text.isascii():
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


metadata = sa.MetaData()


def _required(name: str, kind: type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


feed_states = sa.Table(
    "feed_states",
    metadata,
    sa.Column("source_id", Words, primary_key=True),
    _required("url", Words),
    _required("etag", Words),
    _required("last_modified", Words),
    _required("body_digest", Words),
    _required("outcome", Words),
    _required("failures", sa.Integer),
    sa.Column("last_try_at", UtcDateTime),
    sa.Column("last_ok_at", UtcDateTime),
    sa.Column("newest_item_at", UtcDateTime),
    sa.Column("retry_at", UtcDateTime),
    _required("moved_to", Words),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", Words, primary_key=True),
    _required("source_id", Name),
    _required("url", Words),
    _required("link", Words),
    _required("title", Words),
    _required("summary", Words),
    _required("published_at", UtcDateTime),
    _required("fetched_at", UtcDateTime),
    _required("guid", Words),
    _required("body", Words),
    _required("dateline", Words),
    _required("categories", Strings),
    _required("date_known", sa.Boolean),
    _required("publisher", Name),
    _required("hour_known", sa.Boolean),
    _required("image", Words),
    sa.Index("ix_articles_fetched_at", "fetched_at"),
    sa.Index("ix_articles_published_at", "published_at"),
    sa.Index("ix_articles_url", "url"),
    sa.Index("ix_articles_link", "link"),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("article_id", Words, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    _required("language", Name),
    _required("relevant", sa.Boolean),
    _required("score", sa.Double),
    _required("threshold", sa.Double),
    _required("reason", Words),
    _required("tier", Name),
    _required("nexus", Name),
    _required("terms", Records(TermHit)),
    _required("topics", Strings),
)
sa.Index(
    "ix_verdicts_relevant",
    verdicts.c.article_id,
    sqlite_where=verdicts.c.relevant,
    postgresql_where=verdicts.c.relevant,
)

translations = sa.Table(
    "translations",
    metadata,
    sa.Column("recipe", Name, primary_key=True),
    sa.Column("key", Words, primary_key=True),
    _required("source", Name),
    _required("target", Name),
    _required("original", Words),
    _required("text", Words),
    _required("engine", Name),
    _required("status", Name),
    _required("flags", Strings),
    _required("confidence", sa.Double),
    _required("label", Name),
    _required("basic", sa.Boolean),
    _required("unenforced", Strings),
    sa.Column("saved_at", UtcDateTime),
)

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("key", Words, primary_key=True),
    sa.Column("kind", Words, primary_key=True),
    _required("source", Words),
    _required("target", Words),
    _required("original", Words),
    _required("wording", Words),
    _required("made_at", UtcDateTime),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("embedder", Words, primary_key=True),
    sa.Column("key", Words, primary_key=True),
    _required("vector", sa.LargeBinary),  # little-endian float32
    _required("saved_at", UtcDateTime),
    sa.Index("ix_vectors_saved_at", "saved_at"),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", Words, primary_key=True),
    _required("created_at", UtcDateTime),
    _required("absorbed_into", Words),  # the story that took it in; empty: it stands for itself
    sa.Index("ix_stories_absorbed_into", "absorbed_into"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("story_id", Words, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("article_id", Words, sa.ForeignKey("articles.id"), primary_key=True),
    _required("language", Name),
    _required("voice", Name),
    _required("joined_at", UtcDateTime),
    _required("copy_of", Words),
    _required("topics", Strings),
    _required("relevance", sa.Double),
    _required("nexus", Name),
    sa.Index("ix_members_joined_at", "joined_at"),
    sa.Index("ix_members_article_id", "article_id"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("article_id", Words, primary_key=True),
    sa.Column("story_id", Words, primary_key=True),
    _required("accepted", sa.Boolean),
    _required("similarity", sa.Double),
    _required("other_id", Words),
    _required("kind", Words),
    _required("mean", sa.Double),
    _required("threshold", sa.Double),
    _required("evidence", Records(Evidence)),
    sa.Index("ix_decisions_story_id", "story_id"),
)

# The words are in `search_index`, which every kind of database keeps in its own way: see fts5.py and tsvector.py.
search_reports = sa.Table(
    "search_reports",
    metadata,
    sa.Column("number", BigNumber, primary_key=True, autoincrement=False),  # grows with publication: entry.py
    sa.Column("article_id", Words, sa.ForeignKey("articles.id"), nullable=False, unique=True),
    _required("mark", Words),
    _required("places", Strings),
)

search_documents = sa.Table(
    "search_documents",
    metadata,
    sa.Column("number", BigNumber, sa.ForeignKey("search_reports.number", ondelete="CASCADE"), primary_key=True),
    sa.Column("language", Words, primary_key=True),
    _required("title", Words),
    _required("text", Words),
    _required("original", sa.Boolean),
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("edition", Words, primary_key=True),
    _required("profile_id", Words),
    _required("date", sa.Date),
    _required("subject", Words),
    _required("story_ids", Strings),
    _required("article_ids", Strings),
    _required("cutoff_at", UtcDateTime),
    _required("created_at", UtcDateTime),
    _required("path", Words),
    sa.Index("ix_editions_profile_date", "profile_id", "date"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("edition", Words, sa.ForeignKey("editions.edition", ondelete="CASCADE"), primary_key=True),
    sa.Column("recipient", Words, primary_key=True),
    _required("message_id", Words),
    _required("sender", Words),
    _required("message", sa.LargeBinary),
    _required("state", Words),
    _required("detail", Words),
    _required("attempts", sa.Integer),
    sa.Column("at", UtcDateTime),
    sa.Column("retry_at", UtcDateTime),
    sa.Column("deliver_until", UtcDateTime),
    sa.Index("ix_deliveries_state", "state"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("profile_id", Words, primary_key=True),
    sa.Column("key", Words, primary_key=True),  # the address, folded
    _required("recipient", Words),
    _required("reason", Words),
    _required("at", UtcDateTime),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("key", Words, primary_key=True),
    _required("owner", Words),
    _required("expires_at", UtcDateTime),
)

slots = sa.Table(
    "slots",
    metadata,
    sa.Column("profile_id", Words, primary_key=True),
    sa.Column("slot", Words, primary_key=True),
    _required("due_at", UtcDateTime),
    _required("state", Words),
    _required("at", UtcDateTime),
    _required("owner", Words),
    sa.Column("until", UtcDateTime),
    _required("attempts", sa.Integer),
    _required("detail", Words),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", Words, primary_key=True),
    _required("started_at", UtcDateTime),
    _required("exit_code", sa.Integer),
    _required("document", Words),
    sa.Index("ix_runs_started_at", "started_at"),
)
