"""A mail server in a process of its own that notes who got which message, and keeps nothing else.

    python -m benchmarks.world.mailbox FILE

Prints its port; writes a line per message and recipient, `recipient message-id`; ends with its standard input.
"""

import asyncio
import re
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class _Notes:
    """The hook that aiosmtpd calls with every message."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1, encoding="utf-8")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = _MESSAGE_ID.search(content)
        for recipient in envelope.rcpt_tos:
            self._file.write(f"{recipient} {found[1].decode() if found else '?'}\n")
        return "250 OK"


async def _serve(path: Path) -> None:
    notes, loop = _Notes(path), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(notes, hostname="localhost", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
