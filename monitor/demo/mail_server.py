"""A mail server on loopback that keeps what it receives: where the demo's digests arrive."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class Mailbox:
    """An SMTP server on 127.0.0.1 while the `with` block runs; messages stay readable after it.

    Recipients in `refused` get a 550, case aside; everybody else is accepted. `port` 0 takes a free one.
    """

    def __init__(self, *, refused: Collection[str] = (), port: int = 0) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self._refused = frozenset(address.lower() for address in refused)
        self._messages: list[ReceivedMail] = []
        self._lock = Lock()

    @property
    def messages(self) -> tuple[ReceivedMail, ...]:
        """In order of arrival."""
        with self._lock:
            return tuple(self._messages)

    def messages_to(self, recipient: str) -> tuple[ReceivedMail, ...]:
        return tuple(m for m in self.messages if recipient.lower() in [address.lower() for address in m.recipients])

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        listening = self._loop.create_server(self._protocol, self.host, self.port)
        try:
            self._server = self._loop.run_until_complete(listening)
        except OSError:
            self._loop.close()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = Thread(target=self._loop.run_forever, name="demo-mail")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._close_connections())
        self._loop.close()

    async def _close_connections(self) -> None:
        """Stop listening and end what clients left open, so that no task or socket outlives the loop."""
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the next turn of the loop

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="localhost", enable_SMTPUTF8=True, loop=self._loop)

    # The two hooks below have the names and signatures that aiosmtpd looks for.

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Refuse an unknown mailbox; collect the others on the envelope."""
        if address.lower() in self._refused:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        content = envelope.original_content or b""
        mail = ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        with self._lock:
            self._messages.append(mail)
        return "250 Message accepted"
