"""What has become of each slot of the schedule: statements on one connection each."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.records import SlotEntry
from monitor.store import tables as t

_OPEN = ("running", "failed")


def claim_slot(db: Connection, insert: Callable[[sa.Table], Any], wanted: SlotEntry) -> int:
    """Take a slot, or extend one's hold on it: one statement, so that two processes never both get it.

    It is free when nobody has had it, or when whoever makes it, or the pause after a failure, has run out by
    `wanted.at`. The count of tries; 0 when it is not free.
    """
    s = t.slots.c
    new = insert(t.slots).values(**{**asdict(wanted), "state": "running", "attempts": 1})
    mine = sa.and_(s.state == "running", s.owner == wanted.owner)
    statement = new.on_conflict_do_update(
        index_elements=t.slots.primary_key,
        set_={
            **{name: new.excluded[name] for name in ("due_at", "state", "at", "owner", "until", "detail")},
            "attempts": sa.case((mine, s.attempts), else_=s.attempts + 1),
        },
        where=sa.or_(mine, sa.and_(s.state.in_(_OPEN), s.until <= wanted.at)),
    )
    return db.execute(statement.returning(s.attempts)).scalar() or 0


def end_slot(db: Connection, ended: SlotEntry) -> bool:
    """Note how it ended; False, and nothing written, when it is not the owner's any more."""
    s = t.slots.c
    mine = sa.and_(s.profile_id == ended.profile_id, s.slot == ended.slot, s.state == "running", s.owner == ended.owner)
    values = {"state": ended.state, "at": ended.at, "until": ended.until, "detail": ended.detail}
    return db.execute(sa.update(t.slots).where(mine).values(**values)).rowcount > 0


def skip_slots(db: Connection, insert: Callable[[sa.Table], Any], skipped: Iterable[SlotEntry]) -> int:
    """Note slots of which nothing is known as passed over; how many there were."""
    rows = [{**asdict(entry), "state": "skipped"} for entry in skipped]
    if not rows:
        return 0
    statement = insert(t.slots).on_conflict_do_nothing()
    return db.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def read_slots(db: Connection, profile_id: str | None, limit: int) -> tuple[SlotEntry, ...]:
    """The newest first."""
    s = t.slots.c
    query = sa.select(t.slots).order_by(s.slot.desc(), s.profile_id).limit(limit)
    if profile_id is not None:
        query = query.where(s.profile_id == profile_id)
    return tuple(SlotEntry(**row) for row in db.execute(query).mappings())
