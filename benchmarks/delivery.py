"""A thousand messages to a mail server 20 ms away: ours with its ledger, beside plain smtplib.

    python benchmarks/delivery.py [--recipients 1000] [--latency-ms 20] [--kb 40] [--sizes 1000,10000] [--connections 4]

`ours` is what a run does: the messages lie in the outbox (SQLite on disk, every note flushed), go over at most as many
connections as `mail.connections` allows, and every answer is recorded. `reusing` is a loop over `smtplib` on one
connection, `reconnecting` one that connects for each message; neither keeps a ledger. The server, in a process of its
own, answers each group of commands after the latency and says PIPELINING, as Postfix, Exim and the large providers do;
it takes every message. Putting messages into the outbox is not counted. Every contender has a process of its own.

The last line is JSON: `ratio_vs_reusing` and `ratio_vs_reconnecting` (our messages per second over theirs), `peak_mb`
(ours, at the largest size), `growth_exponent` (of our wall seconds over the sizes, least squares on logarithms; 1 is
linear) and `runs`.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from monitor.config import MailConfig
from monitor.delivery import SmtpDelivery, deliver_due
from monitor.records import Edition, Envelope
from monitor.store import open_store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EDITION = "daily/2026-11-20"
SENDER = "digest@example.org"
TIMEOUT_S = 3600.0
Run = dict[str, Any]


def main() -> None:
    options = _arguments()
    if options.job:
        print(json.dumps(_measured(json.loads(options.job))))
        return
    with _serving(options.latency_ms / 1000) as port:
        runs = {name: _in_own_process(name, options, options.recipients, port) for name in _CONTENDERS}
        sizes = sorted({int(size) for size in options.sizes.split(",") if size} | {options.recipients})
        ours = {options.recipients: runs["ours"]}
        for size in sizes:
            ours[size] = ours.get(size) or _in_own_process("ours", options, size, port)
    rate = {name: run["messages_per_s"] for name, run in runs.items()}
    print(
        json.dumps(
            {
                "benchmark": "delivery",
                "recipients": options.recipients,
                "latency_ms": options.latency_ms,
                "connections": options.connections,
                "ratio_vs_reusing": round(rate["ours"] / rate["reusing"], 2),
                "ratio_vs_reconnecting": round(rate["ours"] / rate["reconnecting"], 2),
                "peak_mb": ours[max(ours)]["peak_mb"],
                "growth_exponent": _exponent({size: run["wall_s"] for size, run in ours.items()}),
                "runs": runs | {f"ours_{size}": run for size, run in sorted(ours.items())},
            }
        )
    )


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--recipients", type=int, default=1000)
    options.add_argument("--latency-ms", type=float, default=20)
    options.add_argument("--kb", type=int, default=40, help="size of a message")
    options.add_argument("--sizes", default="1000,10000", help="numbers of recipients for the growth; empty: none")
    options.add_argument("--connections", type=int, default=MailConfig().connections)
    options.add_argument("--job", default="", help=argparse.SUPPRESS)
    return options.parse_args()


def _in_own_process(name: str, options: argparse.Namespace, recipients: int, port: int) -> Run:
    job = {"name": name, "recipients": recipients, "port": port, "kb": options.kb, "connections": options.connections}
    argv = [sys.executable, str(Path(__file__).resolve()), "--job", json.dumps(job)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    run: Run = json.loads(done.stdout.splitlines()[-1])
    print(f"{name:>12}  recipients: {recipients}  " + "  ".join(f"{k}: {v}" for k, v in run.items()), flush=True)
    return run


def _measured(job: Run) -> Run:
    with tempfile.TemporaryDirectory(prefix="delivery-bench-") as folder:
        send = _CONTENDERS[job["name"]](job, Path(folder))
        cpu_s, started = time.process_time(), time.perf_counter()
        sent = send()
        wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu_s
    assert sent == job["recipients"], f"{sent} of {job['recipients']} were taken"
    return {
        "messages_per_s": round(sent / wall_s, 1),
        "wall_s": round(wall_s, 2),
        "cpu_s": round(cpu_s, 2),
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    """The most that this process alone has held: what its parent held does not count, as it does in `getrusage`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024, 1)


def _message(number: int, kb: int) -> Envelope:
    recipient = f"reader{number}@example.org"
    line = "El resumen de hoy, con acentos y eñes, para quien lo quiera leer. " + "." * 10
    body = "\r\n".join([line] * (kb * 1024 // (len(line.encode()) + 2)))
    text = (
        f"From: {SENDER}\r\nTo: {recipient}\r\nSubject: Digest\r\nMessage-ID: <{number}@example.org>\r\n\r\n{body}\r\n"
    )
    return Envelope(EDITION, recipient, f"<{number}@example.org>", SENDER, text.encode())


# ---------------------------------------------------------------- contenders


def _ours(job: Run, folder: Path) -> Callable[[], int]:
    store = open_store("sqlite:///monitor.db", folder=folder)
    edition = Edition(EDITION, "daily", date(2026, 11, 20), "Digest", (), (), NOW, NOW, "")
    store.save_edition(edition, [])
    for start in range(0, job["recipients"], 100):  # a hundred at a time: this is not what is measured
        store.enqueue(_message(n, job["kb"]) for n in range(start, min(start + 100, job["recipients"])))
    options = MailConfig(host="127.0.0.1", port=job["port"], security="none", connections=job["connections"])

    def send() -> int:
        with closing(store), closing(SmtpDelivery(options, "")) as delivery:
            return sum(receipt.state == "sent" for receipt in deliver_due(store, delivery, now=NOW))

    return send


def _reusing(job: Run, folder: Path) -> Callable[[], int]:
    del folder

    def send() -> int:
        with smtplib.SMTP("127.0.0.1", job["port"]) as session:
            return sum(_sent(session, _message(number, job["kb"])) for number in range(job["recipients"]))

    return send


def _reconnecting(job: Run, folder: Path) -> Callable[[], int]:
    del folder

    def send() -> int:
        sent = 0
        for number in range(job["recipients"]):
            with smtplib.SMTP("127.0.0.1", job["port"]) as session:
                sent += _sent(session, _message(number, job["kb"]))
        return sent

    return send


def _sent(session: smtplib.SMTP, envelope: Envelope) -> int:
    return int(not session.sendmail(envelope.sender, [envelope.recipient], envelope.message))


_CONTENDERS: dict[str, Callable[[Run, Path], Callable[[], int]]] = {
    "ours": _ours,
    "reusing": _reusing,
    "reconnecting": _reconnecting,
}


# ---------------------------------------------------------------- the server


class _Server(asyncio.Protocol):
    """As much of SMTP as the contenders speak. What came in together is answered together, after the latency."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._buffer = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._reply(b"220 mail.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        replies = b"".join(self._replies())
        if replies:
            self._reply(replies)

    def _replies(self) -> Iterator[bytes]:
        while True:
            end = b"\r\n.\r\n" if self._in_message else b"\r\n"
            if end not in self._buffer:
                return
            line, _, self._buffer = self._buffer.partition(end)
            if self._in_message:
                self._in_message = False
                yield b"250 queued\r\n"
            else:
                yield self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 40000000\r\n250 8BITMIME\r\n"
        self._in_message = verb == b"DATA"
        return {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n")

    def _reply(self, answer: bytes) -> None:
        asyncio.get_running_loop().call_later(self._latency_s, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)
            if answer.startswith(b"221"):
                self._transport.close()


def _serve(latency_s: float, port: "multiprocessing.Queue[int]") -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Server(latency_s), "127.0.0.1", 0)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@contextmanager
def _serving(latency_s: float) -> Iterator[int]:
    spawn = multiprocessing.get_context("spawn")
    port = spawn.Queue()
    process = spawn.Process(target=_serve, args=(latency_s, port), daemon=True)
    process.start()
    try:
        yield port.get(timeout=60)
    finally:
        process.terminate()
        process.join()


def _exponent(seconds: dict[int, float]) -> float | None:
    """The slope of a straight line through the logarithms; None for fewer than two sizes."""
    if len(seconds) < 2:
        return None
    x: Sequence[float] = [math.log(size) for size in seconds]
    y = [math.log(value) for value in seconds.values()]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return round(over / sum((a - mean_x) ** 2 for a in x), 2)


if __name__ == "__main__":
    main()
