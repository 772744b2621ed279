"""The laws of the `Delivery` seam, on all that ship: SMTP plain, with STARTTLS and over TLS, files, Maildir."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import pytest

from monitor.config import MailConfig
from monitor.delivery import FileDelivery, MaildirDelivery, SmtpDelivery, deliver_due
from monitor.errors import DeliveryError
from monitor.protocols import Store
from monitor.records import Edition, Envelope, Receipt
from monitor.store import open_store
from tests.delivery.conftest import (
    EDITION,
    Script,
    SmtpServer,
    authority,
    ca_file,
    mail_options,
    make_envelope,
    serve,
)

__all__ = ["authority", "ca_file", "serve"]  # fixtures
REFUSED = "refused@example.org"
ENVELOPES = [make_envelope(address) for address in ("ana@example.org", REFUSED, "beto@example.org")]
NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
AnyDelivery = SmtpDelivery | FileDelivery | MaildirDelivery
Serve = Callable[[Script], SmtpServer]


@dataclass
class Harness:
    """A delivery, what has arrived through it, one like it that begins anew, and one that cannot be used."""

    delivery: AnyDelivery
    arrived: Callable[[], list[bytes]]
    again: Callable[[], AnyDelivery]
    unusable: AnyDelivery


@pytest.fixture(params=["none", "starttls", "tls", "files", "maildir"])
def harness(request: pytest.FixtureRequest, serve: Serve, ca_file: str, tmp_path: Path) -> Iterator[Harness]:
    folders: dict[str, type[FileDelivery] | type[MaildirDelivery]] = {"files": FileDelivery, "maildir": MaildirDelivery}
    kind = request.param
    made = _in_folder(folders[kind], tmp_path) if kind in folders else _smtp(serve, kind, ca_file)
    with closing(made.delivery):
        yield made


def _smtp(serve: Serve, security: Literal["none", "starttls", "tls"], ca_file: str) -> Harness:
    refuse = {REFUSED: "550 no such user"}
    server = serve(Script(rcpt_replies=refuse, starttls=security == "starttls", implicit_tls=security == "tls"))
    options = mail_options(server, security, ca_file=ca_file)
    gone = MailConfig(host="127.0.0.1", port=9, security=security, ca_file=ca_file)
    return Harness(
        SmtpDelivery(options, ""),
        lambda: [message.content for message in server.received],
        lambda: SmtpDelivery(options, ""),
        SmtpDelivery(gone, ""),
    )


def _in_folder(make: type[FileDelivery] | type[MaildirDelivery], tmp_path: Path) -> Harness:
    """A folder stands where the refused recipient's file should go."""
    delivery = make(tmp_path / "out")
    place = delivery.path_of(make_envelope(REFUSED))
    place.mkdir(parents=True)
    (tmp_path / "file").write_text("")
    return Harness(
        delivery,
        lambda: [path.read_bytes() for path in sorted(place.parent.iterdir()) if path.is_file()],
        lambda: make(tmp_path / "out"),
        make(tmp_path / "file"),
    )


def messages(envelopes: list[Envelope]) -> list[bytes]:
    return [envelope.message for envelope in envelopes]


def test_one_receipt_per_envelope_in_order(harness: Harness) -> None:
    receipts = harness.delivery.deliver(ENVELOPES)
    assert [(r.edition, r.recipient) for r in receipts] == [(EDITION, e.recipient) for e in ENVELOPES]


def test_one_refusal_never_stops_the_others_and_says_why(harness: Harness) -> None:
    receipts = harness.delivery.deliver(ENVELOPES)
    assert [receipt.state == "sent" for receipt in receipts] == [True, False, True]
    assert all(receipt.detail for receipt in receipts)
    assert sorted(harness.arrived()) == sorted(messages([ENVELOPES[0], ENVELOPES[2]]))


def test_every_message_is_handed_over_once_and_byte_for_byte(harness: Harness) -> None:
    accepted = [ENVELOPES[0], ENVELOPES[2]]
    for envelope in accepted:
        harness.delivery.deliver([envelope])
    assert Counter(harness.arrived()) == Counter(messages(accepted))


def test_it_tells_when_a_message_is_begun_when_it_can_count_as_handed_over_and_what_became_of_it(
    harness: Harness,
) -> None:
    notes: list[Receipt] = []
    receipts = harness.delivery.deliver(ENVELOPES, notes.append)
    for receipt in receipts:
        steps = [note for note in notes if note.recipient == receipt.recipient]
        assert steps[0].state == "sending"
        assert steps[-1] == receipt
        assert receipt.state != "sent" or [step.state for step in steps] == ["sending", "dot", "sent"]


def test_what_the_ledger_raises_ends_the_call_and_nothing_more_is_handed_over(harness: Harness) -> None:
    def broken(receipt: Receipt) -> None:
        raise OSError("the ledger is gone")

    with pytest.raises(OSError, match="the ledger is gone"):
        harness.delivery.deliver(ENVELOPES, broken)
    assert harness.arrived() == []


def test_nothing_in_nothing_out(harness: Harness) -> None:
    assert harness.delivery.deliver([]) == []
    assert harness.arrived() == []


def test_only_delivery_errors_escape_when_it_cannot_be_used_at_all(harness: Harness) -> None:
    for use in (lambda: harness.unusable.deliver(ENVELOPES), harness.unusable.check):
        with pytest.raises(DeliveryError, match=r".+ → .+"):
            use()


def test_it_can_be_checked_without_handing_anything_over(harness: Harness) -> None:
    assert harness.delivery.check()
    assert harness.arrived() == []


def test_closing_twice_is_fine_and_a_delivery_names_itself(harness: Harness) -> None:
    harness.delivery.deliver(ENVELOPES[:1])
    harness.delivery.close()
    harness.delivery.close()
    assert harness.delivery.name.startswith(("smtp://127.0.0.1:", "file:/", "maildir:/"))


def test_after_closing_it_can_be_used_again(harness: Harness) -> None:
    harness.delivery.deliver(ENVELOPES[:1])
    harness.delivery.close()
    assert harness.delivery.deliver(ENVELOPES[2:])[0].state == "sent"
    assert len(harness.arrived()) == 2


# ---------------------------------------------------------------- with a ledger

WANTED = [ENVELOPES[0], ENVELOPES[2]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as opened:
        day = date(2026, 3, 8)
        edition = Edition(EDITION, "everyone", day, "Boletín", (), (), NOW, NOW, "2026/03/08-everyone.html")
        opened.save_edition(edition, WANTED)
        yield opened


def test_a_second_run_hands_nothing_over_twice(harness: Harness, store: Store) -> None:
    assert [receipt.state for receipt in deliver_due(store, harness.delivery, now=NOW)] == ["sent", "sent"]
    with closing(harness.again()) as delivery:
        assert deliver_due(store, delivery, now=NOW) == ()
    assert Counter(harness.arrived()) == Counter(messages(WANTED))


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("at", ["sending", "dot", "sent"])
def test_after_a_crash_everybody_gets_the_message_and_copies_are_equal_and_only_from_after_the_dot(
    harness: Harness, store: Store, at: str
) -> None:
    """Without a receipt, a server cannot be asked whether it took a message; a folder shows it."""

    def die(receipt: Receipt) -> None:
        if receipt.state in ("dot", at) and receipt.state != "sent":
            store.record_receipts([receipt])
        if receipt.state == at:
            raise Killed

    with pytest.raises(Killed):
        harness.delivery.deliver(WANTED, die)
    with closing(harness.again()) as delivery:
        assert {receipt.state for receipt in deliver_due(store, delivery, now=NOW)} == {"sent"}
    arrived = Counter(harness.arrived())
    assert set(arrived) == set(messages(WANTED))
    ambiguous = at == "sent" and isinstance(harness.delivery, SmtpDelivery)
    assert arrived.total() == len(WANTED) + ambiguous


def test_what_is_queued_again_on_purpose_keeps_its_bytes(harness: Harness, store: Store) -> None:
    deliver_due(store, harness.delivery, now=NOW)
    store.requeue(EDITION, [WANTED[0].recipient])
    (receipt,) = deliver_due(store, harness.delivery, now=NOW)
    assert replace(receipt, detail="", at=None) == Receipt(EDITION, WANTED[0].recipient, "sent", "", 2)
    assert set(harness.arrived()) == set(messages(WANTED))
