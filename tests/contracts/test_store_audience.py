"""The laws of the `Store` seam about who has left a list, editions by date, and counts; on every database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.protocols import Store
from monitor.records import (
    BOUNCED,
    Counts,
    DeliveryState,
    EngineReport,
    Receipt,
    RunReport,
    Suppression,
)
from tests.contracts.test_store import HOUR, NOW, make_edition, make_envelope, make_judged, recipients


def left(recipient: str = "a@example.org", profile: str = "everyone") -> Suppression:
    return Suppression(profile, recipient, "one click", NOW)


def run_report(run_id: str, exit_code: int, hours: int) -> RunReport:
    return RunReport(
        run_id=run_id,
        started_at=NOW + hours * HOUR,
        seconds=1.5,
        exit_code=exit_code,
        feeds=(),
        stages=(),
        counts=Counts(),
        engine=EngineReport("none", "none", ""),
        stories=(),
        editions=(),
    )


def test_who_leaves_is_known_once_and_can_come_back(store: Store) -> None:
    assert store.suppress(left())
    assert not store.suppress(replace(left("A@Example.org"), at=NOW + HOUR))
    assert store.suppress(left(profile="prensa"))
    assert store.suppressions("everyone") == (left(),)
    assert store.suppressions() == (left(), left(profile="prensa"))
    assert store.unsuppress("everyone", " A@EXAMPLE.ORG")
    assert not store.unsuppress("everyone", "a@example.org")
    assert store.suppressions() == (left(profile="prensa"),)


def test_what_waits_for_who_has_left_is_never_sent_and_nobody_else_is_touched(store: Store) -> None:
    store.save_edition(make_edition(), [make_envelope("A@example.org"), make_envelope("b@example.org")])
    other = make_edition(8, "everyone_else")
    store.save_edition(other, [make_envelope("a@example.org", other.edition)])
    store.suppress(left())
    assert recipients(store.due_envelopes(now=NOW)) == ["b@example.org", "a@example.org"]
    states = {receipt.recipient: (receipt.state, receipt.detail) for receipt in store.receipts("everyone/2026-03-08")}
    assert states == {"A@example.org": ("failed", "unsubscribed"), "b@example.org": ("queued", "")}


@pytest.mark.parametrize(("under_way", "ends_as"), [("sending", "failed"), ("dot", "unknown")])
def test_what_a_killed_run_left_under_way_is_not_sent_again_to_who_has_left(
    store: Store, under_way: DeliveryState, ends_as: DeliveryState
) -> None:
    """Unless the run is alive: what it notes then is what happened."""
    store.save_edition(make_edition(), [make_envelope("a@example.org")])
    store.record_receipts([Receipt("everyone/2026-03-08", "a@example.org", under_way, at=NOW)])
    store.suppress(left())
    assert store.due_envelopes(now=NOW) == ()
    assert [receipt.state for receipt in store.receipts("everyone/2026-03-08")] == [ends_as]
    store.record_receipts([Receipt("everyone/2026-03-08", "a@example.org", "sent", at=NOW)])
    assert [receipt.state for receipt in store.receipts("everyone/2026-03-08")] == ["sent"]


def test_what_has_been_sent_to_who_has_left_stays_sent(store: Store) -> None:
    store.save_edition(make_edition(), [make_envelope("a@example.org")])
    store.record_receipts([Receipt("everyone/2026-03-08", "a@example.org", "sent", at=NOW)])
    store.suppress(left())
    assert [receipt.state for receipt in store.receipts("everyone/2026-03-08")] == ["sent"]


def test_editions_of_a_span_of_days_include_both_ends(store: Store) -> None:
    for day in (5, 6, 7, 8):
        store.save_edition(make_edition(day), [])
    found = store.editions("everyone", first=date(2026, 3, 6), last=date(2026, 3, 7))
    assert [edition.date.day for edition in found] == [7, 6]
    assert [edition.date.day for edition in store.editions(first=date(2026, 3, 8))] == [8]
    assert [edition.date.day for edition in store.editions(last=date(2026, 3, 5), limit=1)] == [5]


def test_a_tally_counts_what_there_is_and_tells_the_last_runs(store: Store) -> None:
    empty = store.tally()
    assert (empty.articles, empty.deliveries, empty.last_run_at, empty.last_good_run_at) == (0, (), None, None)
    store.save_articles([make_judged(1), make_judged(2, relevant=False)])
    store.save_edition(make_edition(), [make_envelope("a@example.org"), make_envelope("b@example.org")])
    store.record_receipts([Receipt("everyone/2026-03-08", "b@example.org", "sent", at=NOW)])
    store.suppress(left("c@example.org"))
    for number, exit_code in enumerate((0, 3, 1)):
        store.save_run(run_report(f"r{number}", exit_code, number), "{}")
    tally = store.tally()
    assert (tally.articles, tally.stories, tally.editions, tally.suppressed) == (2, 0, 1, 1)
    assert tally.deliveries == (("queued", 1), ("sent", 1))
    assert tally.last_good_run_at == NOW + timedelta(hours=1)
    assert tally.last_run_at == NOW + timedelta(hours=2)
    assert (empty.first_run_at, tally.first_run_at) == (None, NOW)


def test_a_message_that_came_back_is_found_by_its_id_among_those_that_were_handed_over_of_late(store: Store) -> None:
    states: dict[str, DeliveryState] = {"a": "sent", "b": "unknown", "c": "dot", "d": "deferred", "e": "failed"}
    envelopes = {name: make_envelope(f"{name}@example.org") for name in [*states, "f"]}
    store.save_edition(make_edition(), envelopes.values())
    edition = make_edition().edition
    store.record_receipts(Receipt(edition, f"{name}@example.org", state, at=NOW) for name, state in states.items())
    ids = [envelope.message_id for envelope in envelopes.values()]
    day = make_edition().date
    known = tuple(envelopes[name] for name in "abc")
    assert store.handed_over(ids, days=[day], since=NOW) == known
    assert store.handed_over([*ids[:1], "<forged@example.org>"], days=[day], since=NOW) == known[:1]
    assert store.handed_over(ids, days=[day - timedelta(days=1)], since=NOW) == ()
    assert store.handed_over(ids, days=[day], since=NOW + HOUR) == ()
    assert store.handed_over([], days=[], since=NOW) == ()


def test_what_waits_for_whose_mail_came_back_says_so(store: Store) -> None:
    store.save_edition(make_edition(), [make_envelope("a@example.org")])
    assert store.suppress(Suppression("everyone", "a@example.org", f"{BOUNCED}5.1.1 no such user", NOW))
    (receipt,) = store.receipts("everyone/2026-03-08")
    assert (receipt.state, receipt.detail) == ("failed", "bounced: 5.1.1 no such user")
