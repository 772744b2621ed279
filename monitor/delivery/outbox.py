"""Who still has to get a message, and what to do with each answer.

For every message it is noted: `sending` when it is begun, `dot` when the server has all of it but the final dot, and
the server's answer. The last two are flushed to disk before anything else happens to it. A run that dies leaves
messages at one of these; the next run sends them again, same bytes and same Message-ID. So nobody is left out, and a
recipient gets two copies only if the run died between the final dot and the note of its answer: what was `sending` had
not been handed over. Mail systems that look at the Message-ID show one of the two.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from monitor.delivery.receipts import ignore
from monitor.errors import DeliveryError
from monitor.protocols import Delivery, Store
from monitor.records import Envelope, Receipt, content_id
from monitor.text import counted

_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)
_LOST_TRACK = "may have been handed over when a run was killed; its time is past"
_UNDER_WAY = ("sending", "dot")
_PAGE = 200  # messages in memory at a time: some 30 MB


def _utc_now() -> datetime:
    return datetime.now(UTC)


def deliver_due(
    store: Store,
    delivery: Delivery,
    *,
    now: datetime,
    clock: Callable[[], datetime] = _utc_now,
    edition: str | None = None,
    on_receipt: Callable[[Receipt], None] = ignore,
) -> tuple[Receipt, ...]:
    """Hand over what is due (of one edition, or of all); one receipt per message, by edition and recipient.

    What is past its time is given up. When the server cannot be used, everything left is deferred to the next run,
    with the reason; DeliveryError is raised, after that is recorded, if nothing at all could be handed over. The caller
    holds the run lock.
    """
    ledger = _Ledger(store, clock, on_receipt)
    done: list[Receipt] = []
    problem: DeliveryError | None = None
    for page in _pages(store, now, edition):
        ledger.open(page)
        in_time = [envelope for envelope in page if not _is_late(envelope, now)]
        for envelope in page:
            if _is_late(envelope, now):
                ledger.give_up(envelope)
        try:
            problem = problem or _hand_over(in_time, delivery, ledger)
        except DeliveryError as exc:
            problem = exc
        if problem:
            ledger.put_off(in_time, str(problem))
        done += ledger.close()
    if problem and not any(receipt.state in ("sent", "unknown") for receipt in done):
        raise problem
    return tuple(done)


def _pages(store: Store, now: datetime, edition: str | None) -> Iterator[tuple[Envelope, ...]]:
    """What is due, a bounded number of messages at a time: each has the whole digest in it."""
    page = store.due_envelopes(now=now, edition=edition, limit=_PAGE)
    while page:
        yield page
        page = store.due_envelopes(now=now, edition=edition, after=page[-1], limit=_PAGE)


def _is_late(envelope: Envelope, now: datetime) -> bool:
    return envelope.deliver_until is not None and envelope.deliver_until <= now


def _hand_over(envelopes: Sequence[Envelope], delivery: Delivery, ledger: "_Ledger") -> DeliveryError | None:
    """Why the server turned unusable midway, if it did."""
    receipts = delivery.deliver(envelopes, ledger.note)
    return next((DeliveryError(receipt.detail) for receipt in receipts if not receipt.attempts), None)


@dataclass(frozen=True, slots=True)
class _Key:
    edition: str
    recipient: str


def _key(of: Envelope | Receipt) -> _Key:
    return _Key(of.edition, of.recipient)


@dataclass(slots=True)
class _Waiting:
    """A note on its way to the disk."""

    receipt: Receipt
    written: bool = False
    error: BaseException | None = None


class _Ledger:
    """Notes, each on disk when `note` returns, but for `sending`, which is written with the next one: a message that is
    still `queued` is treated alike. Notes of several connections share a transaction: whoever comes first writes, and
    those who come meanwhile are written together after it."""

    def __init__(self, store: Store, clock: Callable[[], datetime], on_receipt: Callable[[Receipt], None]) -> None:
        self._store = store
        self._clock = clock
        self._on_receipt = on_receipt
        self._before: dict[_Key, Receipt] = {}  # what the store knew of the messages before this call
        self._editions: set[str] = set()  # those it was asked about
        self._page: dict[_Key, Envelope] = {}
        self._settled: dict[_Key, Receipt] = {}
        self._arriving = Lock()
        self._writing = Lock()
        self._waiting: list[_Waiting] = []

    def open(self, page: Sequence[Envelope]) -> None:
        """These messages come next."""
        for name in {envelope.edition for envelope in page} - self._editions:
            self._before |= {_key(receipt): receipt for receipt in self._store.receipts(name)}
            self._editions.add(name)
        self._page = {_key(envelope): envelope for envelope in page}
        self._settled = {}

    def close(self) -> list[Receipt]:
        """What became of the page, in its order."""
        return [self._settled[key] for key in self._page]

    def put_off(self, envelopes: Iterable[Envelope], why: str) -> None:
        """Whoever has no receipt yet waits for the next run."""
        for envelope in envelopes:
            if _key(envelope) not in self._settled:
                self.note(Receipt(envelope.edition, envelope.recipient, "deferred", why, attempts=0))

    def give_up(self, envelope: Envelope) -> None:
        """A message that is past its time; nothing is sent. Who may have it, from a run that died, has not failed."""
        last = self._before[_key(envelope)]
        if last.state == "dot":
            self.note(Receipt(envelope.edition, envelope.recipient, "unknown", _LOST_TRACK, attempts=0))
            return
        detail = _given_up(last.attempts, last.detail)
        self.note(Receipt(envelope.edition, envelope.recipient, "failed", detail, attempts=0))

    def note(self, receipt: Receipt) -> None:
        """Raises what the store raises, and what whoever watches raises."""
        own = _Waiting(receipt)
        with self._arriving:
            self._waiting.append(own)
        if receipt.state == "sending":
            return
        with self._writing:
            if not own.written:
                self._write_waiting()
        if own.error:
            raise own.error

    def _write_waiting(self) -> None:
        with self._arriving:
            batch, self._waiting = self._waiting, []
        try:
            settled = [self._dated(waiting.receipt) for waiting in batch]
            self._store.record_receipts(settled)
            for receipt in settled:
                self._tell(receipt)
        except BaseException as exc:
            for waiting in batch:
                waiting.error = exc
        for waiting in batch:
            waiting.written = True

    def _dated(self, receipt: Receipt) -> Receipt:
        key = _key(receipt)
        attempts = self._before[key].attempts + receipt.attempts
        return settle(receipt, attempts, self._clock(), until=self._page[key].deliver_until)

    def _tell(self, receipt: Receipt) -> None:
        if receipt.state not in _UNDER_WAY:
            self._settled[_key(receipt)] = receipt
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
        return replace(receipt, state="failed", detail=_given_up(attempts, receipt.detail))
    return replace(receipt, retry_at=retry_at)


def _given_up(attempts: int, detail: str) -> str:
    return f"given up after {counted(attempts, 'attempt')}{': ' if detail else ''}{detail}"


def pause(attempts: int, recipient: str) -> timedelta:
    """5, 10, 20, … minutes, at most 4 hours, plus up to a quarter that differs by recipient: no thundering herd."""
    wait = min(_FIRST_PAUSE * (1 << min(attempts - 1, 10)), _LONGEST_PAUSE)
    return wait * (1 + int(content_id(recipient, str(attempts)), 16) / 2**64 / 4)
