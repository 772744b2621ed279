"""What systemd is told of the daemon: one datagram per word, to the socket that it names in the environment."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

_DRAIN_S = 60  # at each beat while a digest is finished, so that systemd does not lose patience


@dataclass(frozen=True, slots=True)
class Systemd:
    """The protocol of sd_notify(3). Without a socket nothing is told; a socket that is gone is no failure of ours."""

    address: str = ""  # "/run/systemd/notify", or "@name" for an abstract socket
    watchdog_s: float | None = None  # it restarts us when it hears nothing for so long

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Systemd":
        """As systemd asks for it; a watchdog that is another process's is none of ours."""
        ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        microseconds = environ.get("WATCHDOG_USEC", "")
        watchdog_s = int(microseconds) / 1e6 if ours and microseconds.isdigit() and int(microseconds) else None
        return cls(environ.get("NOTIFY_SOCKET", ""), watchdog_s)

    def ready(self, status: str) -> None:
        """Also ends a reload."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._tell("STOPPING=1", "STATUS=stopping once the running digest is done")

    def draining(self) -> None:
        """We still work on what we have begun."""
        self._tell(f"EXTEND_TIMEOUT_USEC={_DRAIN_S * 1_000_000}", "WATCHDOG=1")

    def status(self, status: str) -> None:
        self._tell(f"STATUS={status}")

    def alive(self) -> None:
        self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self.address:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
            speaker.settimeout(1)
            speaker.sendto("\n".join(line.replace("\n", " ") for line in lines).encode(), address)
