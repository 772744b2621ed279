"""The laws of the `Delivery` seam, on every delivery that ships."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.config import MailConfig
from monitor.delivery import FileDelivery, SmtpDelivery
from monitor.delivery.writing import safe_name
from monitor.errors import DeliveryError
from monitor.protocols import Delivery
from monitor.records import Envelope, Receipt
from tests.delivery.conftest import EDITION, Script, SmtpServer, authority, mail_options, make_envelope, serve

__all__ = ["authority", "serve"]  # fixtures
REFUSED = "refused@example.org"
ENVELOPES = [make_envelope(address) for address in ("ana@example.org", REFUSED, "beto@example.org")]


@dataclass
class Harness:
    """A delivery, what has arrived through it, and one that cannot be used."""

    delivery: Delivery
    arrived: Callable[[], list[bytes]]
    unusable: Delivery


@pytest.fixture(params=["smtp", "files"])
def harness(request: pytest.FixtureRequest, serve: Callable[[Script], SmtpServer], tmp_path: Path) -> Iterator[Harness]:
    made = _smtp(serve) if request.param == "smtp" else _files(tmp_path)
    with closing(made.delivery):
        yield made


def _smtp(serve: Callable[[Script], SmtpServer]) -> Harness:
    server = serve(Script(rcpt_replies={REFUSED: "550 no such user"}))
    gone = MailConfig(host="127.0.0.1", port=9, security="none")
    delivery = SmtpDelivery(mail_options(server), "")
    return Harness(delivery, lambda: [message.content for message in server.received], SmtpDelivery(gone, ""))


def _files(tmp_path: Path) -> Harness:
    """A folder stands where the refused recipient's file should go."""
    out = tmp_path / "out"
    delivery = FileDelivery(out)
    delivery.path_of(make_envelope(REFUSED)).mkdir(parents=True)
    (tmp_path / "file").write_text("")
    return Harness(
        delivery,
        lambda: [path.read_bytes() for path in sorted(out.iterdir()) if path.is_file()],
        FileDelivery(tmp_path / "file"),
    )


def messages(envelopes: list[Envelope]) -> list[bytes]:
    return [envelope.message for envelope in envelopes]


def test_one_receipt_per_envelope_in_order(harness: Harness) -> None:
    receipts = harness.delivery.deliver(ENVELOPES)
    assert [(r.edition, r.recipient) for r in receipts] == [(EDITION, e.recipient) for e in ENVELOPES]


def test_one_refusal_never_stops_the_others_and_says_why(harness: Harness) -> None:
    receipts = harness.delivery.deliver(ENVELOPES)
    assert [receipt.state == "sent" for receipt in receipts] == [True, False, True]
    assert receipts[1].detail
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
    with pytest.raises(DeliveryError, match=r".+ → .+"):
        harness.unusable.deliver(ENVELOPES)


def test_closing_twice_is_fine_and_a_delivery_names_itself(harness: Harness) -> None:
    harness.delivery.deliver(ENVELOPES[:1])
    harness.delivery.close()
    harness.delivery.close()
    assert harness.delivery.name.startswith(("smtp://127.0.0.1:", "file:/"))


def test_file_names_tell_edition_and_recipient_and_stay_in_the_folder(tmp_path: Path) -> None:
    delivery = FileDelivery(tmp_path)
    path = delivery.path_of(make_envelope("../../eve@example.org"))
    assert path.parent == tmp_path
    assert path.name.startswith(safe_name(EDITION))
