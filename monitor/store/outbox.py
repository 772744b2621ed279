"""Frozen messages and how far each is: statements on one connection each."""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.errors import StorageError
from monitor.records import Envelope, Receipt
from monitor.store import tables as t
from monitor.store.rows import chunks, execute_many, record_of, values_of

_REQUEUED_FROM = ("sent", "failed", "unknown", "deferred")
_HANDED_OVER = ("dot", "sent", "unknown")  # or may have been
_NOTED = ("state", "detail", "attempts", "at", "retry_at")  # what a receipt says


def queued_row(envelope: Envelope) -> dict[str, Any]:
    """A message that nobody has touched yet."""
    start = {"state": "queued", "detail": "", "attempts": 0, "at": None, "retry_at": None}
    return values_of(t.deliveries, envelope, **start)


def requeue(db: Connection, edition: str, recipients: Collection[str], deliver_until: datetime | None) -> int:
    """Make messages that have come to an end due again; how many. StorageError when one of them was purged."""
    d = t.deliveries.c
    ended = sa.and_(d.edition == edition, d.state.in_(_REQUEUED_FROM))
    _refuse_purged(db, edition, ended, recipients)
    again = sa.update(t.deliveries).where(ended)
    again = again.values(state="queued", detail="", retry_at=None, deliver_until=deliver_until)
    return sum(db.execute(again.where(d.recipient.in_(part))).rowcount for part in chunks(recipients))


def _refuse_purged(db: Connection, edition: str, ended: sa.ColumnElement[bool], recipients: Collection[str]) -> None:
    d = t.deliveries.c
    purged = sa.select(sa.func.count()).where(ended, sa.func.length(d.message) == 0)
    count = sum(db.execute(purged.where(d.recipient.in_(part))).scalar_one() for part in chunks(recipients))
    if count:
        raise StorageError(
            f"purged messages of {edition}: {count} (storage.keep.messages), so nothing was queued;"
            " the edition is in the archive, from where it can be forwarded"
        )


def due_envelopes(
    db: Connection, now: datetime, edition: str | None, after: Envelope | None, limit: int | None
) -> tuple[Envelope, ...]:
    """The caller holds the run lock: what is still under way has lost its sender."""
    d = t.deliveries.c
    rested = sa.and_(d.state == "deferred", sa.or_(d.retry_at.is_(None), d.retry_at <= now))
    query = sa.select(t.deliveries).where(sa.or_(d.state.in_(("queued", "sending", "dot")), rested))
    if edition is not None:
        query = query.where(d.edition == edition)
    if after is not None:
        query = query.where(sa.tuple_(d.edition, d.recipient) > sa.tuple_(after.edition, after.recipient))
    rows = db.execute(query.order_by(d.edition, d.recipient).limit(limit)).mappings()
    return tuple(record_of(Envelope, row) for row in rows)


def record_receipts(db: Connection, receipts: Iterable[Receipt]) -> None:
    """Note how far messages are; what was sent stays sent."""
    d, new = t.deliveries.c, sa.bindparam
    update = sa.update(t.deliveries).where(d.edition == new("e"), d.recipient == new("r"), d.state != "sent")
    update = update.values({name: new(f"new_{name}") for name in _NOTED})
    rows = [
        {"e": r.edition, "r": r.recipient, **{f"new_{name}": getattr(r, name) for name in _NOTED}} for r in receipts
    ]
    execute_many(db, update, rows)


def receipts_of(db: Connection, edition: str) -> tuple[Receipt, ...]:
    """The ledger of an edition, by recipient."""
    d = t.deliveries.c
    columns = [d[field.name] for field in fields(Receipt)]
    query = sa.select(*columns).where(d.edition == edition).order_by(d.recipient)
    return tuple(record_of(Receipt, row) for row in db.execute(query).mappings())


def handed_over(
    db: Connection, message_ids: Collection[str], days: Collection[date], since: datetime
) -> tuple[Envelope, ...]:
    """The editions' days keep this to a few of them: there is no index of Message-IDs, and each row has a digest."""
    d, e = t.deliveries.c, t.editions.c
    query = sa.select(t.deliveries).join(t.editions, e.edition == d.edition)
    query = query.where(e.date.in_(days), d.state.in_(_HANDED_OVER), d.at >= since)
    query = query.order_by(d.edition, d.recipient)
    found = (db.execute(query.where(d.message_id.in_(part))).mappings() for part in chunks(message_ids))
    return tuple(record_of(Envelope, row) for rows in found for row in rows)
