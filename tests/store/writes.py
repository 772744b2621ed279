"""One call of every method of the store that writes, in an order in which each finds what it needs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from monitor.records import (
    Correction,
    Counts,
    EngineReport,
    Evidence,
    FeedState,
    MergeDecision,
    Receipt,
    RunReport,
    SearchDocument,
    SlotEntry,
    SlotState,
    Story,
    Suppression,
)
from monitor.store import SqlStore
from monitor.store.connect import connect, migrate, resolve_url
from tests.contracts.test_store import HOUR, NOW, make_edition, make_envelope, make_judged, make_member, translation

EDITION = "everyone/2026-03-08"
Write = Callable[[SqlStore], object]


def open_at_noon(url: str, folder: Path) -> SqlStore:
    """A store whose clock stands still, so that the same calls leave the same rows."""
    resolved = resolve_url(url, folder)
    engine = connect(resolved)
    migrate(engine, resolved.render_as_string())
    return SqlStore(engine, str(resolved), clock=lambda: NOW)


def _documents(number: int) -> list[SearchDocument]:
    item = make_judged(number)
    own = SearchDocument(item.id, "es", item.article.title, item.article.summary, original=True, places=("el-paso",))
    return [own, SearchDocument(item.id, "en", f"Bridge {number} closed", "Customs said so.", original=False)]


def _decision(number: int) -> MergeDecision:
    evidence = (Evidence("words", 0.5, "puente"),)
    return MergeDecision(make_judged(number).id, "s1", True, 0.9, "x", evidence=evidence)


def _slot(day: int, state: SlotState = "running") -> SlotEntry:
    return SlotEntry("everyone", f"2026-03-{day:02}", NOW, state, NOW, "daemon", NOW + HOUR, 1)


def _run() -> RunReport:
    engine = EngineReport("none", "", "none was asked for")
    return RunReport("r1", NOW, 1.5, 0, (), (), Counts(), engine, (), ())


_SENT = Receipt(EDITION, "a@example.org", "sent", "250 ok", 1, NOW)
_CORRECTION = Correction("es", "en", "garita", "port of entry", "term", NOW)
_LEFT = Suppression("everyone", "b@example.org", "unsubscribed", NOW)

WRITES: tuple[tuple[str, Write], ...] = (
    ("save_feed_states", lambda s: s.save_feed_states([FeedState("a", etag='"1"'), FeedState("b", failures=2)])),
    ("save_articles", lambda s: s.save_articles([make_judged(n, relevant=n != 33) for n in range(40)])),
    ("remember", lambda s: s.remember([translation(f"texto {n}") for n in range(30)])),
    ("save_correction", lambda s: s.save_correction(_CORRECTION)),
    ("drop_correction", lambda s: s.drop_correction(_CORRECTION)),
    ("save_correction", lambda s: s.save_correction(replace(_CORRECTION, wording="gate"))),
    ("save_vectors", lambda s: s.save_vectors("e5", {f"k{n}": np.ones(8, np.float32) * n for n in range(30)})),
    ("drop_vectors", lambda s: s.drop_vectors(before=NOW + HOUR)),
    ("save_vectors", lambda s: s.save_vectors("e5", {"k": np.ones(8, np.float32)})),
    ("save_stories", lambda s: s.save_stories([Story("s1", (make_member(1), make_member(2)), NOW)], [_decision(1)])),
    ("save_stories", lambda s: s.save_stories([Story("s0", (make_member(1), make_member(2)), NOW, ("s1",))])),
    ("index", lambda s: s.index(d for n in range(20) for d in _documents(n))),
    ("index", lambda s: s.index(_documents(7)[:1])),
    ("save_edition", lambda s: s.save_edition(make_edition(), [make_envelope("a@example.org")])),
    ("enqueue", lambda s: s.enqueue([make_envelope(f"{name}@example.org") for name in "abcd"])),
    ("record_receipts", lambda s: s.record_receipts([_SENT])),
    ("requeue", lambda s: s.requeue(EDITION, ["a@example.org"], deliver_until=NOW + HOUR)),
    ("record_receipts", lambda s: s.record_receipts([_SENT, replace(_SENT, recipient="c@example.org")])),
    ("suppress", lambda s: s.suppress(_LEFT)),
    ("unsuppress", lambda s: s.unsuppress("everyone", "b@example.org")),
    ("suppress", lambda s: s.suppress(_LEFT)),
    ("claim", lambda s: s.claim("run", "me", now=NOW, lease_s=60)),
    ("release", lambda s: s.release("run", "me")),
    ("claim_slot", lambda s: s.claim_slot(_slot(8))),
    ("end_slot", lambda s: s.end_slot(_slot(8, "done"))),
    ("skip_slots", lambda s: s.skip_slots([_slot(day) for day in (5, 6, 7)])),
    ("save_run", lambda s: s.save_run(_run(), "{}")),
)
CALM = NOW + timedelta(days=1)  # when no lease of these is held any more


def fill(store: SqlStore, count: int = len(WRITES)) -> None:
    """The first `count` writes, one after the other."""
    for _, write in WRITES[:count]:
        write(store)
