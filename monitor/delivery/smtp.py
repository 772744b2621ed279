"""Messages over SMTP, over as many connections as pay and as the server lets us have.

What is sent on one connection, and what the server's answers mean, is in `session`. Here is who takes which message:
the connections take them from one queue. Each comes after the first one has logged in, so that a wrong password is
tried once. A connection that the server turns away (too many of them) leaves its message to the others; a refusal
that concerns everybody ends them all.
"""

import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence

from monitor.config import MailConfig
from monitor.delivery.receipts import ignore, receipt_of
from monitor.delivery.session import DOT_TIMEOUT_S, Session, UnusableError
from monitor.errors import DeliveryError
from monitor.records import Envelope, Receipt

_PER_CONNECTION = 8  # messages that pay for opening one more: a handshake is about as long as six messages


class SmtpDelivery:
    """`Delivery` to the server of the `mail` section. Connections stay open between calls: `close` when done."""

    def __init__(self, options: MailConfig, password: str, *, dot_timeout_s: float = DOT_TIMEOUT_S) -> None:
        self._options = options
        self._sessions = [Session(options, password, dot_timeout_s) for _ in range(options.connections)]

    @property
    def name(self) -> str:
        return f"smtp://{self._options.host}:{self._options.port}"

    def check(self) -> str:
        """Connect, log in and say goodbye; how it went. DeliveryError, with what to do, when any of it fails."""
        try:
            connection = self._sessions[0].open().sock
            secure = f"encrypted by {connection.version()}" if isinstance(connection, ssl.SSLSocket) else "unencrypted"
        except UnusableError as exc:
            raise DeliveryError(f"{self.name}: {exc}") from exc.__cause__
        finally:
            self.close()
        return f"{secure}, {'logged in' if self._options.username else 'without login'}"

    def deliver(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None] = ignore) -> list[Receipt]:
        queue = _Queue(envelopes, note)
        others = self._sessions[1 : -(-len(envelopes) // _PER_CONNECTION)]
        threads = [threading.Thread(target=queue.work, args=(session,), name="smtp") for session in others]
        queue.work(self._sessions[0], then=lambda: queue.join(threads))
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        queue.work(self._sessions[0])  # what others gave back after the first one had done its share
        return queue.receipts(self.name)

    def close(self) -> None:
        """Say goodbye; safe to call twice."""
        for session in self._sessions:
            session.close()


class _Queue:
    """The messages of one call. Connections take from it; the last one that cannot go on, or a refusal, ends it."""

    def __init__(self, envelopes: Sequence[Envelope], note: Callable[[Receipt], None]) -> None:
        self._envelopes = envelopes
        self._note = note
        self._waiting = deque(range(len(envelopes)))
        self._done: dict[int, Receipt] = {}
        self._working = 1
        self._lock = threading.Lock()
        self._problem: BaseException | None = None

    def join(self, threads: Sequence[threading.Thread]) -> None:
        """Other connections begin."""
        with self._lock:
            self._working += len(threads)
        for thread in threads:
            thread.start()

    def work(self, session: Session, *, then: Callable[[], None] | None = None) -> None:
        """Hand over messages until none is left; `then` is called once the connection stands."""
        while (position := self._take()) is not None:
            try:
                if then:
                    session.open()
                    then()
                    then = None
                self._hand_over(session, position)
            except BaseException as exc:  # of a thread, too, it must reach the caller
                self._waiting.appendleft(position)
                self._leave(exc)
                return

    def _take(self) -> int | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and self._problem is None else None

    def _hand_over(self, session: Session, position: int) -> None:
        envelope = self._envelopes[position]
        self._note(receipt_of(envelope, "sending"))
        receipt = session.hand_over(envelope, lambda: self._note(receipt_of(envelope, "dot")))
        self._done[position] = receipt
        self._note(receipt)

    def _leave(self, problem: BaseException) -> None:
        with self._lock:
            alone, self._working = self._working == 1, self._working - 1
            turned_away = isinstance(problem, UnusableError) and not problem.everyone
            if alone or not turned_away:
                self._problem = self._problem or problem

    def receipts(self, server: str) -> list[Receipt]:
        """One per message, in order. Raises what went wrong unless it was the server, and something was handed over."""
        problem = self._problem
        if problem is None:
            return [self._done[position] for position in range(len(self._envelopes))]
        if not isinstance(problem, UnusableError):
            raise problem
        if not any(receipt.state in ("sent", "unknown") for receipt in self._done.values()):
            raise DeliveryError(f"{server}: {problem}") from problem.__cause__
        return [
            self._done.get(position) or receipt_of(envelope, "deferred", str(problem), attempts=0)
            for position, envelope in enumerate(self._envelopes)
        ]
