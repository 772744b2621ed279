"""An IMAP server on loopback that says what a test has it say, and keeps what it is told."""

import re
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

HANG_UP, SILENCE = "hang up", "silence"
_USUAL = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n{tag} OK done",
    "AUTHENTICATE PLAIN": "+ ",
    "SELECT": "* 3 EXISTS\n{tag} OK [READ-WRITE] selected",
    "UID SEARCH": "* SEARCH 7\n{tag} OK done",
    "LOGOUT": "* BYE\n{tag} OK done",
}


class ImapChat:
    """One connection. `replies` by how a command begins, "" for what follows a "+"; else the usual, else OK."""

    def __init__(self, replies: Mapping[str, str]) -> None:
        self.asked: list[str] = []
        self._replies = {**_USUAL, **replies}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        self._listening.settimeout(10)
        connection, _ = self._listening.accept()
        connection.settimeout(10)
        with connection, connection.makefile("rwb", buffering=0) as wire:
            wire.write(b"* OK hola\r\n")
            tag = ""
            while line := wire.readline().decode("utf-8", "replace").rstrip("\r\n"):
                tagged = re.match(r"([A-P]{4}\d+) (.*)", line)
                tag, command = (tagged[1], tagged[2]) if tagged else (tag, "")
                self.asked.append(command or line)
                if (reply := self._reply(command)) == HANG_UP:
                    return
                if reply != SILENCE:
                    wire.write((reply.replace("\n", "\r\n") + "\r\n").format(tag=tag).encode())

    def _reply(self, command: str) -> str:
        known = (reply for start, reply in self._replies.items() if start and command.startswith(start))
        return next(known, "{tag} OK done") if command else self._replies.get("", "{tag} OK done")
