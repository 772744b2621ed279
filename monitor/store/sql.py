"""The `Store` on SQLAlchemy Core: every method one transaction, the same SQL on SQLite and PostgreSQL."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, RowMapping

from monitor.protocols import Vectors
from monitor.records import (
    Article,
    Correction,
    Edition,
    Envelope,
    FeedPast,
    FeedState,
    Found,
    Judged,
    Member,
    MergeDecision,
    Receipt,
    RunReport,
    SearchDocument,
    SearchQuery,
    SlotEntry,
    Story,
    Suppression,
    Tally,
    Translation,
    Verdict,
)
from monitor.store import audience, bulk, search, slots
from monitor.store import tables as t
from monitor.store.connect import connect, migrate, resolve_url, translated
from monitor.text import canonical_url

Record = TypeVar("Record")
_CHUNK = 500  # values in one IN list: old SQLite builds take 999 in a statement
_LINKED = ("strong", "border", "both")  # kinds of nexus that need no help of the feed
_REQUEUED_FROM = ("sent", "failed", "unknown", "deferred")


def open_store(url: str, *, folder: Path) -> "SqlStore":
    """The store at `url`, its schema up to date; relative SQLite paths start from `folder`."""
    resolved = resolve_url(url, folder)
    where = str(resolved.database) if resolved.get_backend_name() == "sqlite" else resolved.render_as_string()
    engine = connect(resolved)
    try:
        migrate(engine, where)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine, where)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlStore:
    """`monitor.protocols.Store`. Safe to share between threads; `clock` only dates cached vectors."""

    def __init__(self, engine: Engine, where: str, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._engine = engine
        self._where = where
        self._clock = clock
        self._search = search.index_of(engine.dialect.name)
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    # ------------------------------------------------------------ feeds and articles

    def feed_states(self) -> dict[str, FeedState]:
        with self._reading("read the feeds' state") as db:
            states = [_record(FeedState, row) for row in db.execute(sa.select(t.feed_states)).mappings()]
        return {state.source_id: state for state in states}

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        rows = [_values(t.feed_states, state) for state in states]
        with self._writing("save the feeds' state") as db:
            self._upsert(db, t.feed_states, rows)

    def feed_pasts(self, *, since: datetime) -> dict[str, FeedPast]:
        a, v = t.articles.c, t.verdicts.c
        at_the_border = sa.func.count().filter(v.topics != (), v.nexus.in_(_LINKED))
        query = sa.select(a.source_id, sa.func.count(), at_the_border).join_from(t.articles, t.verdicts)
        with self._reading("count what feeds brought") as db:
            rows = db.execute(query.where(a.fetched_at >= since).group_by(a.source_id))
            return {source_id: FeedPast(source_id, reports, linked) for source_id, reports, linked in rows}

    def known_articles(self, ids: Collection[str]) -> frozenset[str]:
        with self._reading("look up articles") as db:
            return frozenset(row["article_id"] for row in _in_chunks(db, sa.select(t.verdicts.c.article_id), ids))

    def save_articles(self, judged: Iterable[Judged]) -> None:
        items = list(judged)
        with self._writing("save articles") as db:
            bulk.insert_new(db, self._insert(t.articles), t.articles, [item.article for item in items])
            bulk.insert_new(db, self._insert(t.verdicts), t.verdicts, [item.verdict for item in items])

    def articles(self, *, since: datetime, relevant_only: bool = True) -> tuple[Judged, ...]:
        query = _JUDGED.where(t.articles.c.fetched_at >= since)
        if relevant_only:
            query = query.where(t.verdicts.c.relevant)
        with self._reading("read articles") as db:
            rows = db.execute(query.order_by(t.articles.c.published_at, t.articles.c.id)).mappings()
            return tuple(_judged(row) for row in rows)

    def find_article(self, url_or_id: str) -> Judged | None:
        """By id, by the link as published, or by any spelling of its URL."""
        a = t.articles.c
        same = sa.or_(a.id == url_or_id, a.link == url_or_id, a.url == (canonical_url(url_or_id) or url_or_id))
        with self._reading("look up an article") as db:
            row = db.execute(_JUDGED.where(same).order_by(a.id).limit(1)).mappings().first()
        return _judged(row) if row else None

    # ------------------------------------------------------------ caches

    def recall(self, recipe: str, keys: Collection[str]) -> dict[str, Translation]:
        columns = [t.translations.c[field.name] for field in fields(Translation)]
        query = sa.select(t.translations.c.key, *columns).where(t.translations.c.recipe == recipe)
        with self._reading("read the translation memory") as db:
            return {row["key"]: _record(Translation, row) for row in _in_chunks(db, query, keys)}

    def remember(self, translations: Iterable[Translation]) -> None:
        """The last write wins: the same text may be judged again."""
        rows = [_values(t.translations, translation) for translation in translations if translation.recipe]
        with self._writing("save translations") as db:
            self._upsert(db, t.translations, rows)

    def corrections(self) -> tuple[Correction, ...]:
        query = sa.select(t.corrections).order_by(t.corrections.c.made_at, t.corrections.c.key)
        with self._reading("read the corrections") as db:
            return tuple(_record(Correction, row) for row in db.execute(query).mappings())

    def save_correction(self, correction: Correction) -> None:
        with self._writing("save a correction") as db:
            self._upsert(db, t.corrections, [_values(t.corrections, correction)])

    def drop_correction(self, correction: Correction) -> bool:
        same = (t.corrections.c.key == correction.key) & (t.corrections.c.kind == correction.kind)
        with self._writing("drop a correction") as db:
            return db.execute(sa.delete(t.corrections).where(same)).rowcount > 0

    def vectors(self, embedder: str, keys: Collection[str]) -> dict[str, Vectors]:
        query = sa.select(t.vectors.c.key, t.vectors.c.vector).where(t.vectors.c.embedder == embedder)
        with self._reading("read cached vectors") as db:
            return {
                row["key"]: np.frombuffer(row["vector"], dtype="<f4").astype(np.float32)
                for row in _in_chunks(db, query, keys)
            }

    def save_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        now = self._clock()
        rows = [
            {"embedder": embedder, "key": key, "vector": np.asarray(vector, dtype="<f4").tobytes(), "saved_at": now}
            for key, vector in vectors.items()
        ]
        with self._writing("save vectors") as db:
            self._insert_new(db, t.vectors, rows)

    def drop_vectors(self, *, before: datetime) -> int:
        with self._writing("drop old vectors") as db:
            return db.execute(sa.delete(t.vectors).where(t.vectors.c.saved_at < before)).rowcount

    # ------------------------------------------------------------ stories

    def stories(self, *, since: datetime) -> tuple[Story, ...]:
        recent = sa.or_(t.members.c.joined_at >= since, t.articles.c.published_at >= since)
        with self._reading("read stories") as db:
            return _read_stories(db, sa.select(t.members.c.story_id).join(t.articles).where(recent))

    def find_story(self, id_: str) -> Story | None:
        """By its id, by that of a story it absorbed, or by that of a report in it."""
        s, m = t.stories.c, t.members.c
        survivor = sa.case((s.absorbed_into == "", s.id), else_=s.absorbed_into)
        named = sa.select(survivor).where(s.id == id_)
        holding = sa.select(m.story_id).where(m.article_id == id_)
        with self._reading(f"look up the story {id_}") as db:
            found = _read_stories(db, named) or _read_stories(db, holding)
        return found[0] if found else None

    def save_stories(self, stories: Iterable[Story], decisions: Iterable[MergeDecision] = ()) -> None:
        """A member's article is stored with it when it is not there yet; when it joined is never changed."""
        items = list(stories)
        pairs = [(story, member) for story in items for member in story.members]
        absorbed = [(story, id_) for story in items for id_ in story.absorbed]
        rows = [_values(t.stories, story, absorbed_into="") for story in items]
        rows += [{"id": id_, "created_at": story.created_at, "absorbed_into": story.id} for story, id_ in absorbed]
        with self._writing("save stories") as db:
            self._insert_new(db, t.stories, rows)
            self._insert_new(db, t.articles, [_values(t.articles, member.article) for _, member in pairs])
            self._upsert(db, t.members, [_member_values(story, member) for story, member in pairs], keep=("joined_at",))
            for story, id_ in absorbed:
                _absorb(db, id_, story.id)
            self._upsert(db, t.decisions, [_values(t.decisions, decision) for decision in decisions])

    def decisions(self, ids: Collection[str]) -> tuple[MergeDecision, ...]:
        d = t.decisions.c
        found: dict[tuple[str, str], MergeDecision] = {}
        with self._reading("read why reports were merged") as db:
            for part in _chunks(ids):
                query = sa.select(t.decisions).where(sa.or_(d.article_id.in_(part), d.story_id.in_(part)))
                for row in db.execute(query).mappings():
                    found[row["article_id"], row["story_id"]] = _record(MergeDecision, row)
        return tuple(sorted(found.values(), key=lambda x: (x.article_id, not x.accepted, -x.similarity, x.story_id)))

    # ------------------------------------------------------------ search

    def index(self, documents: Iterable[SearchDocument]) -> int:
        with self._writing("index reports for the search") as db:
            return search.take_in(db, self._search, documents)

    def indexed(self, ids: Collection[str]) -> dict[str, str]:
        r = t.search_reports.c
        with self._reading("look up what can be found") as db:
            return {row["article_id"]: row["mark"] for row in _in_chunks(db, sa.select(r.article_id, r.mark), ids)}

    def unindexed(self, *, limit: int) -> tuple[Judged, ...]:
        """The ids first: most often there are none, and they need nothing but two indexes."""
        v, r, a = t.verdicts.c, t.search_reports.c, t.articles.c
        known = sa.exists().where(r.article_id == v.article_id)
        waiting = sa.select(v.article_id).where(v.relevant, ~known)
        newest = _JUDGED.where(a.id.in_(waiting)).order_by(a.published_at.desc(), a.id).limit(limit)
        with self._reading("read what cannot be found yet") as db:
            return tuple(_judged(row) for row in db.execute(newest).mappings())

    def recall_any(self, keys: Collection[str]) -> dict[str, Translation]:
        """Recipes are few, so that their names and the keys find the rows."""
        columns = [t.translations.c[field.name] for field in fields(Translation)]
        recipes = sa.select(t.translations.c.recipe).distinct()
        with self._reading("read the translation memory") as db:
            known = list(db.execute(recipes).scalars())
            query = sa.select(t.translations.c.key, *columns).where(t.translations.c.status != "original")
            rows = _in_chunks(db, query.where(t.translations.c.recipe.in_(known)), keys)
            found = [(row["key"], _record(Translation, row)) for row in rows]
        return dict(sorted(found, key=lambda pair: (pair[1].confidence, pair[1].recipe)))

    def search(self, query: SearchQuery) -> Found:
        with self._reading("search the reports") as db:
            return search.find(db, self._search, query)

    # ------------------------------------------------------------ editions and the outbox

    def editions(
        self, profile_id: str | None = None, *, limit: int = 30, first: date | None = None, last: date | None = None
    ) -> tuple[Edition, ...]:
        e = t.editions.c
        query = sa.select(t.editions).order_by(e.date.desc(), e.created_at.desc(), e.edition).limit(limit)
        query = query.where(e.date >= first) if first else query
        query = query.where(e.date <= last) if last else query
        if profile_id is not None:
            query = query.where(e.profile_id == profile_id)
        with self._reading("read editions") as db:
            return tuple(_record(Edition, row) for row in db.execute(query).mappings())

    def save_edition(self, edition: Edition, envelopes: Iterable[Envelope]) -> bool:
        rows = [_envelope_values(envelope) for envelope in envelopes]
        with self._writing(f"save the edition {edition.edition}") as db:
            created = self._insert_new(db, t.editions, [_values(t.editions, edition)])
            if created:
                self._insert_new(db, t.deliveries, rows)
        return bool(created)

    def enqueue(self, envelopes: Iterable[Envelope]) -> int:
        rows = [_envelope_values(envelope) for envelope in envelopes]
        with self._writing("queue messages") as db:
            return self._insert_new(db, t.deliveries, rows)

    def requeue(self, edition: str, recipients: Collection[str], *, deliver_until: datetime | None = None) -> int:
        d = t.deliveries.c
        again = sa.update(t.deliveries).where(d.edition == edition, d.state.in_(_REQUEUED_FROM))
        again = again.values(state="queued", detail="", retry_at=None, deliver_until=deliver_until)
        with self._writing(f"queue {edition} again") as db:
            return sum(db.execute(again.where(d.recipient.in_(part))).rowcount for part in _chunks(recipients))

    def due_envelopes(
        self, *, now: datetime, edition: str | None = None, after: Envelope | None = None, limit: int | None = None
    ) -> tuple[Envelope, ...]:
        """The caller holds the run lock: what is still under way has lost its sender."""
        d = t.deliveries.c
        rested = sa.and_(d.state == "deferred", sa.or_(d.retry_at.is_(None), d.retry_at <= now))
        query = sa.select(t.deliveries).where(sa.or_(d.state.in_(("queued", "sending", "dot")), rested))
        if edition is not None:
            query = query.where(d.edition == edition)
        if after is not None:
            query = query.where(sa.tuple_(d.edition, d.recipient) > sa.tuple_(after.edition, after.recipient))
        with self._reading("read the outbox") as db:
            rows = db.execute(query.order_by(d.edition, d.recipient).limit(limit)).mappings()
            return tuple(_record(Envelope, row) for row in rows)

    def record_receipts(self, receipts: Iterable[Receipt]) -> None:
        d, new = t.deliveries.c, sa.bindparam
        update = sa.update(t.deliveries).where(d.edition == new("e"), d.recipient == new("r"), d.state != "sent")
        columns = ("state", "detail", "attempts", "at", "retry_at")
        update = update.values({name: new(f"new_{name}") for name in columns})
        rows = [
            {"e": r.edition, "r": r.recipient, **{f"new_{name}": getattr(r, name) for name in columns}}
            for r in receipts
        ]
        with self._writing("record receipts") as db:
            _execute_many(db, update, rows)

    def receipts(self, edition: str) -> tuple[Receipt, ...]:
        d = t.deliveries.c
        columns = [d[field.name] for field in fields(Receipt)]
        query = sa.select(*columns).where(d.edition == edition).order_by(d.recipient)
        with self._reading(f"read the receipts of {edition}") as db:
            return tuple(_record(Receipt, row) for row in db.execute(query).mappings())

    def suppress(self, who: Suppression) -> bool:
        with self._writing(f"note that somebody has left the list {who.profile_id}") as db:
            return audience.suppress(db, self._insert, who)

    def unsuppress(self, profile_id: str, recipient: str) -> bool:
        with self._writing(f"take somebody back on the list {profile_id}") as db:
            return audience.unsuppress(db, profile_id, recipient)

    def suppressions(self, profile_id: str | None = None) -> tuple[Suppression, ...]:
        with self._reading("read who has left") as db:
            return audience.suppressions(db, profile_id)

    # ------------------------------------------------------------ leases and runs

    def claim(self, key: str, owner: str, *, now: datetime, lease_s: float) -> bool:
        """One statement, so that two processes never both get it; the owner may claim again to extend its lease."""
        insert = self._insert(t.leases).values(key=key, owner=owner, expires_at=now + timedelta(seconds=lease_s))
        take_over = insert.on_conflict_do_update(
            index_elements=[t.leases.c.key],
            set_={"owner": insert.excluded.owner, "expires_at": insert.excluded.expires_at},
            where=sa.or_(t.leases.c.expires_at <= now, t.leases.c.owner == owner),
        )
        with self._writing(f"claim {key}") as db:
            return db.execute(take_over.returning(t.leases.c.key)).first() is not None

    def release(self, key: str, owner: str) -> None:
        with self._writing(f"release {key}") as db:
            db.execute(sa.delete(t.leases).where(t.leases.c.key == key, t.leases.c.owner == owner))

    def claim_slot(self, wanted: SlotEntry) -> int:
        with self._writing(f"claim the slot {wanted.slot}") as db:
            return slots.claim_slot(db, self._insert, wanted)

    def end_slot(self, ended: SlotEntry) -> bool:
        with self._writing(f"note the end of the slot {ended.slot}") as db:
            return slots.end_slot(db, ended)

    def skip_slots(self, skipped: Iterable[SlotEntry]) -> int:
        with self._writing("note skipped slots") as db:
            return slots.skip_slots(db, self._insert, skipped)

    def slots(self, profile_id: str | None = None, *, limit: int = 30) -> tuple[SlotEntry, ...]:
        with self._reading("read the slots") as db:
            return slots.read_slots(db, profile_id, limit)

    def save_run(self, report: RunReport, document: str) -> None:
        with self._writing("save the run's report") as db:
            self._upsert(db, t.runs, [_values(t.runs, report, document=document)])

    def runs(self, *, limit: int = 10) -> tuple[str, ...]:
        query = sa.select(t.runs.c.document).order_by(t.runs.c.started_at.desc(), t.runs.c.run_id.desc()).limit(limit)
        with self._reading("read the last runs") as db:
            return tuple(db.execute(query).scalars())

    def tally(self) -> Tally:
        with self._reading("count what there is") as db:
            return audience.tally(db)

    def close(self) -> None:
        """Give back the connections; safe to call twice."""
        self._engine.dispose()

    # ------------------------------------------------------------ how it is done

    @contextmanager
    def _reading(self, doing: str) -> Iterator[Connection]:
        with translated(f"{doing} in {self._where}"), self._engine.connect() as plain:
            connection = plain.execution_options(reading=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _writing(self, doing: str) -> Iterator[Connection]:
        with translated(f"{doing} in {self._where}"), self._engine.begin() as connection:
            yield connection

    def _insert_new(self, db: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> int:
        """Insert the rows whose key is new; how many were."""
        statement = self._insert(table).on_conflict_do_nothing()
        return _execute_many(db, statement, rows)

    def _upsert(
        self, db: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], *, keep: Collection[str] = ()
    ) -> None:
        """Insert, or replace everything but the key and the columns named in `keep`."""
        statement = self._insert(table)
        changed = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key and c.name not in keep}
        _execute_many(db, statement.on_conflict_do_update(index_elements=table.primary_key, set_=changed), rows)


def _prefixed(table: sa.Table) -> list[sa.Label[Any]]:
    return [column.label(f"{table.name}_{column.name}") for column in table.c]


_JUDGED = sa.select(*_prefixed(t.articles), *_prefixed(t.verdicts)).join_from(t.articles, t.verdicts)
_MEMBERS = (
    sa.select(*_prefixed(t.stories), *_prefixed(t.members), *_prefixed(t.articles))
    .join_from(t.stories, t.members)
    .join(t.articles, t.members.c.article_id == t.articles.c.id)
)


def _execute_many(db: Connection, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> int:
    """Rows changed; an empty list does nothing (without this, SQLAlchemy would insert a row of defaults)."""
    return db.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount if rows else 0


def _chunks(keys: Collection[str]) -> Iterator[list[str]]:
    unique = sorted(set(keys))
    for start in range(0, len(unique), _CHUNK):
        yield unique[start : start + _CHUNK]


def _in_chunks(db: Connection, query: sa.Select[Any], keys: Collection[str]) -> Iterator[RowMapping]:
    """The rows of `query` whose first column is one of `keys`."""
    column = query.selected_columns[0]
    for part in _chunks(keys):
        yield from db.execute(query.where(column.in_(part))).mappings()


def _values(table: sa.Table, record: object, **more: Any) -> dict[str, Any]:
    """A row of `table` from the record's fields of the same name, and from `more`."""
    return {c.name: more[c.name] if c.name in more else getattr(record, c.name) for c in table.c}


def _record(kind: type[Record], row: RowMapping, prefix: str = "", **more: Any) -> Record:
    """A record from the columns named after its fields."""
    names = [field.name for field in fields(kind) if field.name not in more]  # type: ignore[arg-type]  # dataclasses
    return kind(**{name: row[prefix + name] for name in names}, **more)


def _judged(row: RowMapping) -> Judged:
    return Judged(_record(Article, row, "articles_"), _record(Verdict, row, "verdicts_"))


def _member_values(story: Story, member: Member) -> dict[str, Any]:
    return _values(t.members, member, story_id=story.id, article_id=member.article.id)


def _envelope_values(envelope: Envelope) -> dict[str, Any]:
    start = {"state": "queued", "detail": "", "attempts": 0, "at": None, "retry_at": None}
    return _values(t.deliveries, envelope, **start)


def _absorb(db: Connection, absorbed: str, into: str) -> None:
    """Its reports are the survivor's members already; whoever asks for it, or for what it absorbed, is led there."""
    s = t.stories.c
    db.execute(sa.delete(t.members).where(t.members.c.story_id == absorbed))
    led = sa.or_(s.id == absorbed, s.absorbed_into == absorbed)
    db.execute(sa.update(t.stories).where(led).values(absorbed_into=into))


def _read_stories(db: Connection, ids: sa.Select[Any]) -> tuple[Story, ...]:
    """The stories of a query for ids, whole, ordered by id."""
    order = (t.stories.c.id, t.articles.c.published_at, t.articles.c.id)
    rows = db.execute(_MEMBERS.where(t.stories.c.id.in_(ids)).order_by(*order)).mappings()
    s = t.stories.c
    led = db.execute(sa.select(s.absorbed_into, s.id).where(s.absorbed_into.in_(ids)).order_by(s.id))
    absorbed: defaultdict[str, list[str]] = defaultdict(list)
    for into, id_ in led:
        absorbed[into].append(id_)
    return _group_stories(rows, absorbed)


def _group_stories(rows: Iterable[RowMapping], absorbed: Mapping[str, Sequence[str]]) -> tuple[Story, ...]:
    """Stories from member rows ordered by story, publication and article."""
    found: defaultdict[str, list[Member]] = defaultdict(list)
    created: dict[str, datetime] = {}
    for row in rows:
        article = _record(Article, row, "articles_")
        found[row["stories_id"]].append(_record(Member, row, "members_", article=article))
        created[row["stories_id"]] = row["stories_created_at"]
    return tuple(
        Story(story_id, tuple(members), created[story_id], tuple(absorbed.get(story_id, ())))
        for story_id, members in found.items()
    )
