"""Talking to a resident child process: everything in, a known number of answers out, never a hang.

One loop writes and reads at once, so that neither side can fill a pipe and wait for the other.
"""

import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

_CHUNK = 65_536
_GOODBYE_S = 2.0


class ChildDiedError(Exception):
    """The process ended or fell silent; it is of no use any more. Never leaves the engines."""


def exchange(stdin: IO[bytes], stdout: IO[bytes], request: bytes, *, end: bytes, count: int, silence_s: float) -> bytes:
    """Write `request` and read until `count` answers that end in the byte `end` have come.

    Raises ChildDiedError when the other side closes its pipe or gives no byte for `silence_s` seconds.
    """
    os.set_blocking(stdin.fileno(), False)
    os.set_blocking(stdout.fileno(), False)
    pending, answer, answered = memoryview(request), bytearray(), 0
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        selector.register(stdin, selectors.EVENT_WRITE)
        while answered < count:
            ready = [key.fileobj for key, _ in selector.select(silence_s)]
            if not ready:
                raise ChildDiedError(f"no answer for {silence_s:g} s")
            if stdin in ready:
                pending = _write(stdin, pending)
                if not pending:
                    selector.unregister(stdin)
            if stdout in ready:
                chunk = _read(stdout)
                answered += chunk.count(end)
                answer += chunk
    return bytes(answer)


def _write(stdin: IO[bytes], pending: memoryview) -> memoryview:
    try:
        return pending[os.write(stdin.fileno(), pending[:_CHUNK]) :]
    except BlockingIOError:
        return pending
    except OSError as exc:
        raise ChildDiedError("it ended") from exc


def _read(stdout: IO[bytes]) -> bytes:
    try:
        chunk = os.read(stdout.fileno(), _CHUNK)
    except BlockingIOError:
        return b""
    if not chunk:
        raise ChildDiedError("it ended")
    return chunk


def end_processes(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Close the pipes, give the processes a moment to end by themselves, then kill and reap them."""
    for process in processes:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
    deadline = time.monotonic() + _GOODBYE_S
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
