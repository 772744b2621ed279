"""Who still has to get a message, and what to do with each answer.

For every message: note that it is being sent (flushed to disk), hand it over, note the answer. A run that dies in
between leaves it `sending`; the next run sends it again, same bytes and same Message-ID. So nobody is left out, and a
recipient gets two copies only if the run died after the server had accepted the message and before the answer was
noted. Mail systems that look at the Message-ID show one of them.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.errors import DeliveryError
from monitor.protocols import Delivery, Store
from monitor.records import Envelope, Receipt, content_id

MAX_ATTEMPTS = 8  # the last one about ten hours after the first: later, the digest is no news
_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _ignore(_receipt: Receipt) -> None:
    pass


def deliver_due(
    store: Store,
    delivery: Delivery,
    *,
    now: datetime,
    clock: Callable[[], datetime] = _utc_now,
    edition: str | None = None,
    on_receipt: Callable[[Receipt], None] = _ignore,
) -> tuple[Receipt, ...]:
    """Hand over what is due (of one edition, or of all) and record each answer before the next message is touched.

    When the server cannot be used, everything left is deferred to the next run, with the reason; DeliveryError is
    raised, after that is recorded, if it could not be from the first message on. The caller holds the run lock.
    """
    due = store.due_envelopes(now=now, edition=edition)
    before = _attempts(store, {envelope.edition for envelope in due})
    done: list[Receipt] = []
    for receipt in _hand_over(store, delivery, due, clock):
        settled = settle(receipt, before[receipt.edition][receipt.recipient] + receipt.attempts, clock())
        store.record_receipts([settled])
        on_receipt(settled)
        done.append(settled)
    return tuple(done)


def _attempts(store: Store, editions: Collection[str]) -> dict[str, dict[str, int]]:
    """How often each message was tried so far, by edition and recipient."""
    return {name: {receipt.recipient: receipt.attempts for receipt in store.receipts(name)} for name in editions}


def _hand_over(
    store: Store, delivery: Delivery, envelopes: Sequence[Envelope], clock: Callable[[], datetime]
) -> Iterator[Receipt]:
    """One receipt per envelope; after a `DeliveryError` the others are not tried (0 attempts).

    The error itself comes after the last receipt, and only when no message at all was tried.
    """
    for position, envelope in enumerate(envelopes):
        store.mark_sending(envelope, now=clock())
        try:
            yield from delivery.deliver([envelope])
        except DeliveryError as exc:
            for waiting in envelopes[position:]:
                yield Receipt(waiting.edition, waiting.recipient, "deferred", str(exc), attempts=0)
            if position == 0:
                raise
            return


def settle(receipt: Receipt, attempts: int, at: datetime) -> Receipt:
    """The receipt with its time and count; a deferred one with the next time to try, or given up as failed.

    One that was not tried (0 attempts of its own), because the server could not be used, is due at the next run.
    """
    tried = receipt.attempts > 0
    receipt = replace(receipt, attempts=attempts, at=at)
    if receipt.state != "deferred" or not tried:
        return receipt
    if attempts >= MAX_ATTEMPTS:
        return replace(receipt, state="failed", detail=f"given up after {attempts} attempts: {receipt.detail}")
    return replace(receipt, retry_at=at + pause(attempts, receipt.recipient))


def pause(attempts: int, recipient: str) -> timedelta:
    """5, 10, 20, … minutes, at most 4 hours, plus up to a quarter that differs by recipient: no thundering herd."""
    wait = min(_FIRST_PAUSE * (1 << (attempts - 1)), _LONGEST_PAUSE)
    return wait * (1 + int(content_id(recipient, str(attempts)), 16) / 2**64 / 4)
