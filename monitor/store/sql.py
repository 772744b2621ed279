"""The `Store` on SQLAlchemy Core: every method one transaction, the same SQL on SQLite and PostgreSQL."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

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
    MergeDecision,
    Publication,
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
from monitor.store import audience, bulk, outbox, search, slots, story_rows
from monitor.store import tables as t
from monitor.store.connect import connect, migrate, resolve_url, translated
from monitor.store.rows import in_chunks, insert_new, prefixed, record_of, streamed, upsert, values_of
from monitor.text import canonical_url

_LINKED = ("strong", "border", "both")  # kinds of nexus that need no help of the feed


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
    """`monitor.protocols.Store`. Safe to share between threads; `clock` only dates what is cached."""

    def __init__(self, engine: Engine, where: str, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._engine = engine
        self._where = where
        self._clock = clock
        self._search = search.index_of(engine.dialect.name)
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    @property
    def engine(self) -> Engine:
        """For what is done to a database as a whole: copies, backups, checks, purges."""
        return self._engine

    @property
    def where(self) -> str:
        """The database as people are told of it, without its password."""
        return self._where

    # ------------------------------------------------------------ feeds and articles

    def feed_states(self) -> dict[str, FeedState]:
        with self._reading("read the feeds' state") as db:
            states = [record_of(FeedState, row) for row in db.execute(sa.select(t.feed_states)).mappings()]
        return {state.source_id: state for state in states}

    def save_feed_states(self, states: Iterable[FeedState]) -> None:
        rows = [values_of(t.feed_states, state) for state in states]
        with self._writing("save the feeds' state") as db:
            upsert(db, self._insert, t.feed_states, rows)

    def feed_pasts(self, *, since: datetime) -> dict[str, FeedPast]:
        a, v = t.articles.c, t.verdicts.c
        at_the_border = sa.func.count().filter(v.topics != (), v.nexus.in_(_LINKED))
        query = sa.select(a.source_id, sa.func.count(), at_the_border).join_from(t.articles, t.verdicts)
        with self._reading("count what feeds brought") as db:
            rows = db.execute(query.where(a.fetched_at >= since).group_by(a.source_id))
            return {source_id: FeedPast(source_id, reports, linked) for source_id, reports, linked in rows}

    def known_articles(self, ids: Collection[str]) -> frozenset[str]:
        with self._reading("look up articles") as db:
            return frozenset(row["article_id"] for row in in_chunks(db, sa.select(t.verdicts.c.article_id), ids))

    def save_articles(self, judged: Iterable[Judged]) -> None:
        items = list(judged)
        with self._writing("save articles") as db:
            bulk.insert_new(db, self._insert(t.articles), t.articles, [item.article for item in items])
            bulk.insert_new(db, self._insert(t.verdicts), t.verdicts, [item.verdict for item in items])

    def articles(self, *, since: datetime, relevant_only: bool = True, brief: bool = False) -> tuple[Judged, ...]:
        query = (_BRIEF if brief else _JUDGED).where(t.articles.c.fetched_at >= since)
        if relevant_only:
            query = query.where(t.verdicts.c.relevant)
        with self._reading("read articles") as db:
            rows = streamed(db, query.order_by(t.articles.c.published_at, t.articles.c.id))
            return tuple(map(_judged_briefly if brief else _judged, rows))

    def bodies(self, ids: Collection[str]) -> dict[str, str]:
        query = sa.select(t.articles.c.id, t.articles.c.body).where(t.articles.c.body != "")
        with self._reading("read full texts") as db:
            return {row["id"]: row["body"] for row in in_chunks(db, query, ids)}

    def publications(self, *, since: datetime) -> tuple[Publication, ...]:
        a = t.articles.c
        query = sa.select(a.published_at, a.fetched_at, t.verdicts.c.language).join_from(t.articles, t.verdicts)
        lately = query.where(a.fetched_at >= since, t.verdicts.c.relevant).order_by(a.published_at, a.id)
        with self._reading("read when reports were published") as db:
            return tuple(Publication(*row.values()) for row in streamed(db, lately))

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
            return {row["key"]: record_of(Translation, row) for row in in_chunks(db, query, keys)}

    def remember(self, translations: Iterable[Translation]) -> None:
        """The last write wins: the same text may be judged again."""
        now = self._clock()
        rows = (values_of(t.translations, each, saved_at=now) for each in translations if each.recipe)
        with self._writing("save translations") as db:
            upsert(db, self._insert, t.translations, rows)

    def corrections(self) -> tuple[Correction, ...]:
        query = sa.select(t.corrections).order_by(t.corrections.c.made_at, t.corrections.c.key)
        with self._reading("read the corrections") as db:
            return tuple(record_of(Correction, row) for row in db.execute(query).mappings())

    def save_correction(self, correction: Correction) -> None:
        with self._writing("save a correction") as db:
            upsert(db, self._insert, t.corrections, [values_of(t.corrections, correction)])

    def drop_correction(self, correction: Correction) -> bool:
        same = (t.corrections.c.key == correction.key) & (t.corrections.c.kind == correction.kind)
        with self._writing("drop a correction") as db:
            return db.execute(sa.delete(t.corrections).where(same)).rowcount > 0

    def vectors(self, embedder: str, keys: Collection[str]) -> dict[str, Vectors]:
        query = sa.select(t.vectors.c.key, t.vectors.c.vector).where(t.vectors.c.embedder == embedder)
        with self._reading("read cached vectors") as db:
            return {
                row["key"]: np.frombuffer(row["vector"], dtype="<f4").astype(np.float32)
                for row in in_chunks(db, query, keys)
            }

    def save_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        now = self._clock()
        rows = (
            {"embedder": embedder, "key": key, "vector": np.asarray(vector, dtype="<f4").tobytes(), "saved_at": now}
            for key, vector in vectors.items()
        )
        with self._writing("save vectors") as db:
            insert_new(db, self._insert, t.vectors, rows)

    def drop_vectors(self, *, before: datetime) -> int:
        with self._writing("drop old vectors") as db:
            return db.execute(sa.delete(t.vectors).where(t.vectors.c.saved_at < before)).rowcount

    # ------------------------------------------------------------ stories

    def stories(self, *, since: datetime, brief: bool = False) -> tuple[Story, ...]:
        with self._reading("read stories") as db:
            return story_rows.stories_since(db, since, brief=brief)

    def find_story(self, id_: str) -> Story | None:
        """By its id, by that of a story it absorbed, or by that of a report in it."""
        with self._reading(f"look up the story {id_}") as db:
            return story_rows.find_story(db, id_)

    def save_stories(self, stories: Iterable[Story], decisions: Iterable[MergeDecision] = ()) -> None:
        """A member's article is stored with it when it is not there yet; when it joined is never changed."""
        with self._writing("save stories") as db:
            story_rows.save_stories(db, self._insert, stories, decisions)

    def decisions(self, ids: Collection[str]) -> tuple[MergeDecision, ...]:
        with self._reading("read why reports were merged") as db:
            return story_rows.decisions_about(db, ids)

    # ------------------------------------------------------------ search

    def index(self, documents: Iterable[SearchDocument]) -> int:
        with self._writing("index reports for the search") as db:
            return search.take_in(db, self._search, documents)

    def indexed(self, ids: Collection[str]) -> dict[str, str]:
        r = t.search_reports.c
        with self._reading("look up what can be found") as db:
            return {row["article_id"]: row["mark"] for row in in_chunks(db, sa.select(r.article_id, r.mark), ids)}

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
            rows = in_chunks(db, query.where(t.translations.c.recipe.in_(known)), keys)
            found = [(row["key"], record_of(Translation, row)) for row in rows]
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
        query = query.where(~e.profile_id.contains("/") if profile_id is None else e.profile_id == profile_id)
        with self._reading("read editions") as db:
            return tuple(record_of(Edition, row) for row in db.execute(query).mappings())

    def save_edition(self, edition: Edition, envelopes: Iterable[Envelope]) -> bool:
        rows = [outbox.queued_row(envelope) for envelope in envelopes]
        with self._writing(f"save the edition {edition.edition}") as db:
            created = insert_new(db, self._insert, t.editions, [values_of(t.editions, edition)])
            if created:
                insert_new(db, self._insert, t.deliveries, rows)
        return bool(created)

    def enqueue(self, envelopes: Iterable[Envelope]) -> int:
        rows = [outbox.queued_row(envelope) for envelope in envelopes]
        with self._writing("queue messages") as db:
            return insert_new(db, self._insert, t.deliveries, rows)

    def requeue(self, edition: str, recipients: Collection[str], *, deliver_until: datetime | None = None) -> int:
        with self._writing(f"queue {edition} again") as db:
            return outbox.requeue(db, edition, recipients, deliver_until)

    def due_envelopes(
        self, *, now: datetime, edition: str | None = None, after: Envelope | None = None, limit: int | None = None
    ) -> tuple[Envelope, ...]:
        """The caller holds the run lock: what is still under way has lost its sender."""
        with self._reading("read the outbox") as db:
            return outbox.due_envelopes(db, now, edition, after, limit)

    def record_receipts(self, receipts: Iterable[Receipt]) -> None:
        with self._writing("record receipts") as db:
            outbox.record_receipts(db, receipts)

    def receipts(self, edition: str) -> tuple[Receipt, ...]:
        with self._reading(f"read the receipts of {edition}") as db:
            return outbox.receipts_of(db, edition)

    def handed_over(
        self, message_ids: Collection[str], *, days: Collection[date], since: datetime
    ) -> tuple[Envelope, ...]:
        with self._reading("look up messages that have come back") as db:
            return outbox.handed_over(db, message_ids, days, since)

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
            upsert(db, self._insert, t.runs, [values_of(t.runs, report, document=document)])

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


_JUDGED = sa.select(*prefixed(t.articles), *prefixed(t.verdicts)).join_from(t.articles, t.verdicts)


_UNASKED = ("reason", "terms")  # of a verdict: only who explains it asks
_BRIEF = sa.select(*prefixed(t.articles, without=("body",)), *prefixed(t.verdicts, without=_UNASKED)).join_from(
    t.articles, t.verdicts
)


def _judged(row: RowMapping) -> Judged:
    return Judged(record_of(Article, row, "articles_"), record_of(Verdict, row, "verdicts_"))


def _judged_briefly(row: RowMapping) -> Judged:
    article = record_of(Article, row, "articles_", body="")
    return Judged(article, record_of(Verdict, row, "verdicts_", reason="", terms=()))
