"""Who has left which list, and how much the store holds: statements on one connection each."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from monitor.records import Suppression, Tally, recipient_key
from monitor.store import tables as t

# What becomes of a message that its recipient does not want any more. One at `dot` may have been handed over by a run
# that was killed; what a run that lives notes afterwards wins.
_ENDS_AS = {"queued": "failed", "deferred": "failed", "sending": "failed", "dot": "unknown"}
_GOOD = (0, 3)  # exit codes of runs that made their editions


def suppress(db: Connection, insert: Callable[[sa.Table], Any], who: Suppression) -> bool:
    """Note that somebody has left; what still waits for them is never sent. False when they had left before."""
    row = {
        "profile_id": who.profile_id,
        "key": who.key,
        "recipient": who.recipient,
        "reason": who.reason,
        "at": who.at,
    }
    statement = insert(t.suppressions).on_conflict_do_nothing()
    added = db.execute(statement, [row], execution_options={"preserve_rowcount": True}).rowcount
    d = t.deliveries.c
    why = who.reason if who.bounced else "unsubscribed"
    theirs = sa.and_(d.edition.startswith(f"{who.profile_id}/", autoescape=True), d.state.in_(_ENDS_AS))
    waiting = db.execute(sa.select(d.edition, d.recipient, d.state).where(theirs)).all()
    for edition, recipient, state in waiting:
        if recipient_key(recipient) == who.key:
            mine = sa.and_(d.edition == edition, d.recipient == recipient)
            db.execute(sa.update(t.deliveries).where(mine).values(state=_ENDS_AS[state], detail=why, at=who.at))
    return bool(added)


def unsuppress(db: Connection, profile_id: str, recipient: str) -> bool:
    """Take somebody back on; whether they had left."""
    s = t.suppressions.c
    mine = sa.and_(s.profile_id == profile_id, s.key == recipient_key(recipient))
    return db.execute(sa.delete(t.suppressions).where(mine)).rowcount > 0


def suppressions(db: Connection, profile_id: str | None) -> tuple[Suppression, ...]:
    """By profile, then recipient."""
    s = t.suppressions.c
    query = sa.select(s.profile_id, s.recipient, s.reason, s.at).order_by(s.profile_id, s.key)
    if profile_id is not None:
        query = query.where(s.profile_id == profile_id)
    return tuple(Suppression(*row) for row in db.execute(query))


def tally(db: Connection) -> Tally:
    """Counts, and the start of the last runs."""

    def count(table: sa.Table) -> int:
        return int(db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    d, r = t.deliveries.c, t.runs.c
    states = db.execute(sa.select(d.state, sa.func.count()).group_by(d.state).order_by(d.state)).all()
    digests = sa.select(sa.func.count()).where(~t.editions.c.profile_id.contains("/"))
    standing = sa.select(sa.func.count()).where(t.stories.c.absorbed_into == "")
    return Tally(
        articles=count(t.articles),
        stories=int(db.execute(standing).scalar_one()),
        editions=int(db.execute(digests).scalar_one()),
        suppressed=count(t.suppressions),
        deliveries=tuple((state, number) for state, number in states),
        last_run_at=db.execute(sa.select(sa.func.max(r.started_at))).scalar(),
        last_good_run_at=db.execute(sa.select(sa.func.max(r.started_at)).where(r.exit_code.in_(_GOOD))).scalar(),
        first_run_at=db.execute(sa.select(sa.func.min(r.started_at))).scalar(),
    )
