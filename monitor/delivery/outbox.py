"""Who still has to get a message, and what to do with each answer.

For every message it is noted, and flushed to disk before anything else happens to it: `sending` when it is begun, `dot`
when the server has all of it but the final dot, and the server's answer. A run that dies leaves messages at one of
these; the next run sends them again, same bytes and same Message-ID. So nobody is left out, and a recipient gets two
copies only if the run died between the final dot and the note of its answer: what was `sending` had not been handed
over. Mail systems that look at the Message-ID show one of the two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from monitor.errors import DeliveryError
from monitor.protocols import Delivery, Store
from monitor.records import Envelope, Receipt, content_id

_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)
_UNDER_WAY = ("sending", "dot")


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
    """Hand over what is due (of one edition, or of all); one receipt per message, by edition and recipient.

    What is past its time is given up. When the server cannot be used, everything left is deferred to the next run,
    with the reason; DeliveryError is raised, after that is recorded, if nothing at all could be handed over. The caller
    holds the run lock.
    """
    due = store.due_envelopes(now=now, edition=edition)
    ledger = _Ledger(store, _known(store, due), clock, on_receipt)
    late = [each for each in due if each.deliver_until is not None and each.deliver_until <= now]
    for envelope in late:
        ledger.note(ledger.given_up(envelope))
    in_time = [each for each in due if each not in late]
    try:
        for untried in (receipt for receipt in delivery.deliver(in_time, ledger.note) if not receipt.attempts):
            ledger.note(untried)
    except DeliveryError as exc:
        for envelope in in_time:
            ledger.note(Receipt(envelope.edition, envelope.recipient, "deferred", str(exc), attempts=0))
        raise
    return tuple(ledger.settled[_key(envelope)] for envelope in due)


@dataclass(frozen=True, slots=True)
class _Key:
    edition: str
    recipient: str


def _key(of: Envelope | Receipt) -> _Key:
    return _Key(of.edition, of.recipient)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows of a message before this call."""

    receipt: Receipt
    until: datetime | None


def _known(store: Store, due: Sequence[Envelope]) -> dict[_Key, _Known]:
    until = {_key(envelope): envelope.deliver_until for envelope in due}
    receipts = (receipt for edition in {envelope.edition for envelope in due} for receipt in store.receipts(edition))
    return {key: _Known(receipt, until[key]) for receipt in receipts if (key := _key(receipt)) in until}


@dataclass(slots=True)
class _Waiting:
    """A note on its way to the disk."""

    receipt: Receipt
    written: bool = False
    error: BaseException | None = None


class _Ledger:
    """Notes, each on disk when `note` returns. Notes of several connections share a transaction: whoever comes first
    writes, and those who come meanwhile are written together after it."""

    def __init__(
        self,
        store: Store,
        known: dict[_Key, _Known],
        clock: Callable[[], datetime],
        on_receipt: Callable[[Receipt], None],
    ) -> None:
        self.settled: dict[_Key, Receipt] = {}
        self._store = store
        self._known = known
        self._clock = clock
        self._on_receipt = on_receipt
        self._arriving = Lock()
        self._writing = Lock()
        self._waiting: list[_Waiting] = []

    def note(self, receipt: Receipt) -> None:
        """Raises what the store raises, and what whoever watches raises."""
        own = _Waiting(receipt)
        with self._arriving:
            self._waiting.append(own)
        with self._writing:
            if not own.written:
                self._write_waiting()
        if own.error:
            raise own.error

    def given_up(self, envelope: Envelope) -> Receipt:
        """The receipt of a message that is past its time; nothing is sent."""
        last = self._known[_key(envelope)].receipt
        said = f": {last.detail}" if last.detail else ""
        return Receipt(
            envelope.edition, envelope.recipient, "failed", f"given up after {_tries(last.attempts)}{said}", attempts=0
        )

    def _write_waiting(self) -> None:
        with self._arriving:
            batch, self._waiting = self._waiting, []
        try:
            settled = [self._settled(waiting.receipt) for waiting in batch]
            self._store.record_receipts(settled)
            for receipt in settled:
                self._tell(receipt)
        except BaseException as exc:
            for waiting in batch:
                waiting.error = exc
        for waiting in batch:
            waiting.written = True

    def _settled(self, receipt: Receipt) -> Receipt:
        known = self._known[_key(receipt)]
        return settle(receipt, known.receipt.attempts + receipt.attempts, self._clock(), until=known.until)

    def _tell(self, receipt: Receipt) -> None:
        if receipt.state not in _UNDER_WAY:
            self.settled[_key(receipt)] = receipt
            self._on_receipt(receipt)


def settle(receipt: Receipt, attempts: int, at: datetime, *, until: datetime | None = None) -> Receipt:
    """The receipt with its time and count; a deferred one with the next time to try, or given up as failed when that
    is past `until`.

    One that was not tried (0 attempts of its own), because the server could not be used, is due at the next run.
    """
    tried = receipt.attempts > 0
    receipt = replace(receipt, attempts=attempts, at=at)
    if receipt.state != "deferred" or not tried:
        return receipt
    retry_at = at + pause(attempts, receipt.recipient)
    if until is not None and retry_at >= until:
        return replace(receipt, state="failed", detail=f"given up after {_tries(attempts)}: {receipt.detail}")
    return replace(receipt, retry_at=retry_at)


def _tries(attempts: int) -> str:
    return f"{attempts} attempt{'' if attempts == 1 else 's'}"


def pause(attempts: int, recipient: str) -> timedelta:
    """5, 10, 20, … minutes, at most 4 hours, plus up to a quarter that differs by recipient: no thundering herd."""
    wait = min(_FIRST_PAUSE * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)
    return wait * (1 + int(content_id(recipient, str(attempts)), 16) / 2**64 / 4)
