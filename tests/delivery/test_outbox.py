"""Everyone gets one message: not zero, not two, whatever crashes when."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import MailConfig
from monitor.delivery import FileDelivery, SmtpDelivery, deliver_due
from monitor.delivery.outbox import _PAGE, pause, settle
from monitor.errors import DeliveryError
from monitor.protocols import Store
from monitor.records import Edition, Receipt
from monitor.store import open_store
from tests.delivery.conftest import EDITION, Script, SmtpServer, mail_options, make_envelope

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
RECIPIENTS = [f"lector{number}@example.org" for number in range(5)]
Serve = Callable[[Script], SmtpServer]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one edition, queued for five recipients."""
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as opened:
        edition = Edition(EDITION, "everyone", date(2026, 3, 8), "Boletín", (), (), NOW, NOW, "")
        opened.save_edition(edition, [make_envelope(recipient) for recipient in RECIPIENTS])
        yield opened


def run(store: Store, server: SmtpServer, *, now: datetime = NOW) -> tuple[Receipt, ...]:
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        return deliver_due(store, delivery, now=now, clock=lambda: now)


def test_everyone_gets_the_digest_once_and_a_second_run_sends_nothing(store: Store, serve: Serve) -> None:
    server = serve(Script())
    receipts = run(store, server)
    assert [(r.recipient, r.state, r.attempts, r.at) for r in receipts] == [(r, "sent", 1, NOW) for r in RECIPIENTS]
    assert store.receipts(EDITION) == receipts
    assert run(store, server) == ()
    assert [message.recipient for message in server.received] == RECIPIENTS


def test_a_deferred_message_is_sent_once_when_its_time_has_come(store: Store, serve: Serve) -> None:
    server = serve(Script(rcpt_replies={RECIPIENTS[1]: "451 later"}))
    retry_at = run(store, server)[1].retry_at
    assert retry_at is not None
    assert retry_at > NOW
    server.script.rcpt_replies.clear()
    assert run(store, server, now=retry_at - timedelta(seconds=1)) == ()
    assert [(r.recipient, r.state, r.attempts) for r in run(store, server, now=retry_at)] == [
        (RECIPIENTS[1], "sent", 2)
    ]
    assert Counter(message.recipient for message in server.received) == Counter(RECIPIENTS)


def test_a_refused_recipient_is_never_tried_again(store: Store, serve: Serve) -> None:
    server = serve(Script(rcpt_replies={RECIPIENTS[0]: "550 unknown"}))
    run(store, server)
    assert run(store, server, now=LATER) == ()
    assert store.receipts(EDITION)[0] == Receipt(EDITION, RECIPIENTS[0], "failed", "550 unknown", 1, NOW)


def test_a_message_that_may_have_arrived_is_not_sent_again(store: Store, serve: Serve) -> None:
    server = serve(Script(data_replies={RECIPIENTS[0]: ""}))
    assert run(store, server)[0].state == "unknown"
    assert run(store, server, now=LATER) == ()
    assert Counter(message.recipient for message in server.received) == Counter(RECIPIENTS)


def test_a_server_that_cannot_be_used_defers_everyone_to_the_next_run_with_the_reason(
    store: Store, serve: Serve
) -> None:
    server = serve(Script())
    gone = mail_options(server).model_copy(update={"port": 9})
    seen: list[Receipt] = []
    with pytest.raises(DeliveryError, match=r"check mail\.host"):
        deliver_due(store, SmtpDelivery(gone, ""), now=NOW, clock=lambda: NOW, on_receipt=seen.append)
    assert [(r.state, r.attempts, r.retry_at) for r in seen] == [("deferred", 0, None)] * 5
    assert all("check mail.host" in receipt.detail for receipt in seen)
    assert store.receipts(EDITION) == tuple(seen)
    assert [receipt.state for receipt in run(store, server)] == ["sent"] * 5


def test_a_server_that_turns_unusable_midway_defers_the_rest_as_values(store: Store, serve: Serve) -> None:
    server = serve(Script(rcpt_replies={RECIPIENTS[2]: "530 5.7.0 authentication required"}))
    receipts = run(store, server)
    assert [(r.state, r.attempts) for r in receipts] == [("sent", 1)] * 2 + [("deferred", 0)] * 3
    server.script.rcpt_replies.clear()
    assert [receipt.recipient for receipt in run(store, server)] == RECIPIENTS[2:]


def test_messages_of_one_edition_only_are_sent_when_asked(store: Store, tmp_path: Path) -> None:
    delivery = FileDelivery(tmp_path / "out")
    assert deliver_due(store, delivery, now=NOW, edition="everyone/2026-03-07") == ()
    assert len(deliver_due(store, delivery, now=NOW, edition=EDITION)) == 5


def test_a_message_past_its_time_is_given_up_and_not_sent(store: Store, serve: Serve) -> None:
    server, late = serve(Script()), make_envelope("tarde@example.org")
    store.enqueue([replace(late, deliver_until=NOW)])
    receipts = {receipt.recipient: receipt for receipt in run(store, server)}
    assert receipts[late.recipient] == Receipt(EDITION, late.recipient, "failed", "given up after 0 attempts", 0, NOW)
    assert [message.recipient for message in server.received] == RECIPIENTS


def test_who_may_have_the_message_has_not_failed_when_its_time_is_past(store: Store, serve: Serve) -> None:
    """A run was killed between the dot and its answer, and the next one comes a day later."""
    server = serve(Script())
    one = replace(make_envelope("lectora@example.org"), deliver_until=NOW)
    store.enqueue([one])
    store.record_receipts([Receipt(EDITION, one.recipient, "dot", at=NOW)])
    receipts = {receipt.recipient: receipt for receipt in run(store, server, now=LATER)}
    assert receipts[one.recipient].state == "unknown"
    assert one.recipient not in [message.recipient for message in server.received]


def test_an_outbox_longer_than_a_page_is_handed_over_whole_and_put_off_whole(store: Store, tmp_path: Path) -> None:
    store.enqueue([make_envelope(f"otro{number}@example.org") for number in range(_PAGE + 5)])
    gone = MailConfig(host="127.0.0.1", port=9, security="none")
    with pytest.raises(DeliveryError):
        deliver_due(store, SmtpDelivery(gone, ""), now=NOW, clock=lambda: NOW)
    assert {(r.state, r.attempts) for r in store.receipts(EDITION)} == {("deferred", 0)}
    receipts = deliver_due(store, FileDelivery(tmp_path / "out"), now=NOW, clock=lambda: NOW)
    assert len(receipts) == _PAGE + 10
    assert store.receipts(EDITION) == receipts


def test_an_answer_is_recorded_before_the_next_message_is_touched(store: Store, tmp_path: Path) -> None:
    def look(receipt: Receipt) -> None:
        ledger = {r.recipient: r.state for r in store.receipts(EDITION)}
        done = RECIPIENTS.index(receipt.recipient) + 1
        assert list(ledger.values()) == ["sent"] * done + ["queued"] * (5 - done)

    assert len(deliver_due(store, FileDelivery(tmp_path / "out"), now=NOW, on_receipt=look)) == 5


# ---------------------------------------------------------------- decisions


def test_pauses_double_up_to_four_hours_and_differ_by_recipient() -> None:
    minutes = [pause(attempts, "a@example.org") / timedelta(minutes=1) for attempts in range(1, 10)]
    for waited, base in zip(minutes, [5, 10, 20, 40, 80, 160, 240, 240, 240], strict=True):
        assert base <= waited <= base * 1.25
    assert pause(1, "a@example.org") != pause(1, "b@example.org")


def test_a_deferred_message_is_tried_until_it_is_no_news_and_given_up_with_the_last_answer() -> None:
    deferred = Receipt(EDITION, "a@example.org", "deferred", "451 later")
    next_try = NOW + pause(3, "a@example.org")
    assert settle(deferred, 3, NOW, until=next_try + timedelta(seconds=1)).retry_at == next_try
    given_up = settle(deferred, 3, NOW, until=next_try)
    assert (given_up.state, given_up.detail) == ("failed", "given up after 3 attempts: 451 later")
    assert settle(deferred, 99, NOW).state == "deferred", "without an end, it is never given up"


def test_an_unusable_server_never_makes_us_give_up() -> None:
    untried = Receipt(EDITION, "a@example.org", "deferred", "no connection", attempts=0)
    assert settle(untried, 99, NOW) == replace(untried, attempts=99, at=NOW)


# ---------------------------------------------------------------- crashes

_CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.config import MailConfig
from monitor.delivery import SmtpDelivery, deliver_due
from monitor.store import SqlStore, open_store

folder, port, victim, moment = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(SqlStore):
    def record_receipts(self, receipts):
        receipts = list(receipts)
        last = next((receipt.state for receipt in reversed(receipts) if receipt.recipient == victim), None)
        if f"before {last}" == moment:
            die()
        super().record_receipts(receipts)
        if f"after {last}" == moment:
            die()


plain = open_store("sqlite:///monitor.db", folder=folder)
store = DyingStore(plain._engine, "monitor.db")
options = MailConfig(host="127.0.0.1", port=port, security="none")
deliver_due(store, SmtpDelivery(options, ""), now=datetime(2026, 3, 8, 12, tzinfo=UTC))
"""


@pytest.mark.parametrize(
    ("moment", "copies"),
    [
        ("before dot", 1),
        ("after dot", 1),
        ("before sent", 2),
        ("after sent", 1),
    ],
)
def test_after_kill_9_everyone_has_one_message_or_in_the_named_window_two_equal_ones(
    store: Store, serve: Serve, tmp_path: Path, moment: str, copies: int
) -> None:
    server, victim = serve(Script()), RECIPIENTS[2]
    command = [sys.executable, "-c", _CHILD, str(tmp_path), str(server.port), victim, moment]
    assert subprocess.run(command, cwd=Path.cwd(), env=os.environ, check=False).returncode == -signal.SIGKILL
    left = {receipt.recipient: receipt.state for receipt in store.receipts(EDITION)}
    assert left[victim] == {"before dot": "queued", "after sent": "sent"}.get(moment, "dot")

    run(store, server)
    assert run(store, server) == ()
    counts = Counter(message.recipient for message in server.received)
    assert counts == Counter(RECIPIENTS) | Counter({victim: copies})
    assert len({message.content for message in server.received if message.recipient == victim}) == 1
    assert {receipt.state for receipt in store.receipts(EDITION)} == {"sent"}
