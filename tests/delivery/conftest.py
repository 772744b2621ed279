"""A scripted SMTP server on loopback, and messages to send to it."""

import asyncio
import base64
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from monitor.config import MailConfig
from monitor.records import Envelope

EDITION = "everyone/2026-03-08"


@dataclass(frozen=True)
class Stumble:
    """At every n-th `word` (`greeting`, EHLO, MAIL, RCPT, DATA, `body`, `.`) the server says something else.

    A 421 is followed by hanging up; "drop" is hanging up without a word, "hang" is saying nothing. At the `.` the
    server has taken the message when it then drops or hangs.
    """

    word: str
    every: int
    says: str


@dataclass
class Script:
    """What the server does. Replies are by recipient; "" in reply to DATA means hang up, "hang" say nothing."""

    stumble: Stumble | None = None
    greylisting: bool = False  # a recipient is refused for now the first time, and taken the second time
    starttls_reply: str = ""  # offered, but answered so: somebody in between; "220 …" goes on unencrypted
    starttls_connections: int = 1000  # so many connections are offered it; a login is taken without it on the others

    rcpt_replies: dict[str, str] = field(default_factory=dict)
    data_replies: dict[str, str] = field(default_factory=dict)
    data_delay_s: float = 0.0
    mail_reply: str = ""
    login: tuple[str, str] | None = None
    require_login: bool = False
    starttls: bool = False
    implicit_tls: bool = False
    drop_after: int = 0  # hang up quietly after so many messages of one connection
    size_limit: int | None = None
    smtputf8: bool = False
    pipelining: bool = False
    most_connections: int = 1000
    bearer: str = ""  # an OAuth2 token that is taken


@dataclass
class Received:
    """A message the server has taken, its line ends as on the wire."""

    sender: str
    recipient: str
    content: bytes


class _Stumbling(SMTP):
    """What aiosmtpd has no hooks for."""

    def data_received(self, data: bytes) -> None:
        self.event_handler.heard += data
        self.event_handler.groups += data.startswith(b"MAIL") and data.endswith(b"DATA\r\n")
        if getattr(self, "_body_comes", False) and self.event_handler.stumbles("body"):
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        self._body_comes = False
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.loop.call_soon(self.event_handler.dropped.set)  # the socket is closed after this

    async def push(self, status: Any) -> None:
        said = status.decode() if isinstance(status, bytes) else status
        if said.startswith("220 mail.example.org"):
            said = await self.event_handler.say("greeting", self, said)
        self._body_comes = said.startswith("354")
        await super().push(said)
        if said.startswith("421") and self.transport:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        status = await self.event_handler.say("DATA", self, "")
        await (self.push(status) if status else super().smtp_DATA(arg))

    async def smtp_STARTTLS(self, arg: str) -> None:
        status = self.event_handler.script.starttls_reply
        await (self.push(status) if status else super().smtp_STARTTLS(arg))


class SmtpServer:
    """aiosmtpd in a thread, on a free port."""

    def __init__(self, script: Script, tls: ssl.SSLContext) -> None:
        self.script = script
        self.received: list[Received] = []
        self.passwords: list[str] = []
        self.heard = bytearray()  # every byte that has come, decrypted where that could be done
        self.groups = 0  # MAIL, RCPT and DATA that came together
        self.seen: Counter[str] = Counter()  # how often each word came, and RCPT of each recipient
        self.dropped = threading.Event()  # a connection is closed
        self.connections = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._transports: list[asyncio.BaseTransport] = []
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _start(self) -> asyncio.Server:
        context = self._tls if self.script.implicit_tls else None
        return await self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=context)

    def _protocol(self) -> Any:
        self.connections += 1
        starttls = self.script.starttls and self.connections <= self.script.starttls_connections
        return _Stumbling(
            self,
            hostname="mail.example.org",
            loop=self._loop,
            tls_context=self._tls if starttls else None,
            authenticator=self._authenticate if self.script.login or self.script.bearer else None,
            auth_exclude_mechanism=() if self.script.bearer else ("XOAUTH2",),
            auth_require_tls=starttls and not self.script.starttls_reply,
            auth_required=self.script.require_login,
            data_size_limit=self.script.size_limit,
            enable_SMTPUTF8=self.script.smtputf8,
        )

    def stumbles(self, word: str) -> bool:
        """Whether it does, the word having come once more."""
        self.seen[word] += 1
        stumble = self.script.stumble
        return stumble is not None and stumble.word == word and self.seen[word] % stumble.every == 0

    async def say(self, word: str, server: Any, usual: str) -> str:
        """The usual reply, unless it stumbles at this word."""
        if not self.stumbles(word):
            return usual
        assert self.script.stumble
        says = self.script.stumble.says
        if says == "hang":
            await asyncio.sleep(3600)
        if says == "drop":
            server.transport.abort()
            await asyncio.sleep(3600)  # ended with the connection
        return says

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.passwords.append(login[1])
        return AuthResult(success=login == self.script.login, handled=False)

    async def handle_EHLO(
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self._transports.append(server.transport)
        session.host_name = hostname
        session.taken = 0
        if self.connections > self.script.most_connections:
            return ["421 4.7.0 too many connections"]
        if said := await self.say("EHLO", server, ""):
            return [said]
        return [responses[0], *["250-PIPELINING"] * self.script.pipelining, *responses[1:]]  # the first is its name

    async def handle_HELO(self, _server: Any, _session: Any, _envelope: Any, _hostname: str) -> str:
        return "421 4.7.0 too many connections"

    async def auth_XOAUTH2(self, _server: Any, args: list[str]) -> AuthResult:
        """Google's way: a wrong token is answered by a challenge that tells why, and refused after that."""
        said = base64.b64decode(args[1]).decode()
        self.passwords.append(said)
        right = said == f"user=digest@example.org\1auth=Bearer {self.script.bearer}\1\1"
        if not right:
            await _server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
            assert await _server._reader.readline() == b"\r\n"
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        return await self.say("MAIL", server, self.script.mail_reply or "250 OK")

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.seen[address] += 1
        reply = self.script.rcpt_replies.get(address, "250 OK")
        if self.script.greylisting and self.seen[address] == 1:
            reply = "451 4.7.1 greylisted, try again later"
        reply = await self.say("RCPT", server, reply)
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        (recipient,) = envelope.rcpt_tos
        reply = self.script.data_replies.get(recipient, "250 queued as 42")
        if self.stumbles("."):
            assert self.script.stumble
            reply = {"drop": ""}.get(self.script.stumble.says, self.script.stumble.says)
        if reply.startswith("2") or reply in ("", "hang"):
            self.received.append(Received(envelope.mail_from, recipient, envelope.original_content))
        await asyncio.sleep(self.script.data_delay_s)
        if reply == "hang":
            await asyncio.sleep(3600)
        session.taken += 1
        if not reply or session.taken == self.script.drop_after:
            self._loop.call_soon(server.transport.close if reply else server.transport.abort)
        return reply

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        for transport in self._transports:
            transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[[Script], SmtpServer]]:
    """Starts servers whose certificate, for 127.0.0.1, is signed by `authority`."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    servers: list[SmtpServer] = []

    def start(script: Script) -> SmtpServer:
        servers.append(SmtpServer(script, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def mail_options(
    server: SmtpServer,
    security: Literal["starttls", "tls", "none"] = "none",
    *,
    username: str = "",
    ca_file: str = "",
    timeout_s: float = 5,
) -> MailConfig:
    return MailConfig(
        host="127.0.0.1", port=server.port, security=security, username=username, ca_file=ca_file, timeout_s=timeout_s
    )


def make_envelope(recipient: str, edition: str = EDITION, *, filling: str = "línea") -> Envelope:
    lines = ["Subject: Boletín", f"To: {recipient}", f"Message-ID: <{edition}/{recipient}>", "", ".dot", filling, ""]
    return Envelope(
        edition, recipient, f"<{edition}/{recipient}>", "Border <digest@example.org>", "\r\n".join(lines).encode()
    )
