"""Worker processes for Mozilla translation models: texts are dealt out, answers come back in order."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.engines.exchange import ChildDiedError, end_processes, exchange

_WORKER = Path(__file__).with_name("worker.py")
_SILENCE_S = 60.0  # a model loads in under a second, a sentence takes 20 ms: this is a hang
_PIECE_CHARS = 600
_SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}


class ModelWorker:
    """One worker process, started by the first text and once more when it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        return self._process

    def translate(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """One output per text, in order. EngineError when the worker dies twice on them, or cannot load the model."""
        request = b"".join(json.dumps({"model": str(model_dir), "text": text}).encode() + b"\n" for text in texts)
        with self._lock:
            try:
                answer = self._attempt(request, len(texts))
            except ChildDiedError:
                self._stop()
                answer = self._last_attempt(request, len(texts))
            return [self._text_of(line, model_dir) for line in answer.splitlines()]

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _attempt(self, request: bytes, count: int) -> bytes:
        if self._process is None:
            self._process = self._start()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        return exchange(stdin, stdout, request, end=b"\n", count=count, silence_s=_SILENCE_S)

    def _last_attempt(self, request: bytes, count: int) -> bytes:
        try:
            return self._attempt(request, count)
        except ChildDiedError as exc:
            self._stop()
            raise EngineError(f"the translation worker died twice on {count} texts: {exc}") from exc

    @staticmethod
    def _start() -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-P", str(_WORKER)]
        try:
            return subprocess.Popen(  # noqa: S603 - our own program
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, **_SINGLE_THREAD},
            )
        except OSError as exc:
            raise EngineError(f"start a translation worker: {exc.strerror}") from exc

    @staticmethod
    def _text_of(line: bytes, model_dir: Path) -> str:
        """What came back; "" for a text that made the engine fail, which a guard will flag."""
        answer: dict[str, str] = json.loads(line)
        if "unusable" in answer:
            raise EngineError(f"load the translation model in {model_dir}: {answer['unusable']}; install it again")
        return answer.get("text", "")

    def _stop(self) -> None:
        if self._process is not None:
            end_processes([self._process])
            self._process = None


def bounded_pieces(text: str) -> list[str]:
    """The words of a text in pieces of at most `_PIECE_CHARS` characters: the time for a piece grows with its square.

    A longer word (a hash, a data URL) is a piece of its own. An empty text has no piece.
    """
    pieces: list[str] = []
    for word in text.split():
        if pieces and len(pieces[-1]) + 1 + len(word) <= _PIECE_CHARS:
            pieces[-1] += " " + word
        else:
            pieces.append(word)
    return pieces


class ModelPool:
    """`size` workers that share the texts of a call; the result does not depend on their number."""

    def __init__(self, size: int) -> None:
        self._workers = [ModelWorker() for _ in range(max(1, size))]

    @property
    def workers(self) -> tuple[ModelWorker, ...]:
        return tuple(self._workers)

    def translate(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """One output per text, in order; an empty text stays empty. EngineError when a worker cannot be kept alive."""
        pieces = [bounded_pieces(text) for text in texts]
        flat = self._translate_pieces([piece for parts in pieces for piece in parts], model_dir)
        answers = iter(flat)
        return [" ".join(next(answers) for _ in parts) for parts in pieces]

    def _translate_pieces(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """Deal the texts out; a word too long to be one is handed back as it is."""
        spoken = [i for i, text in enumerate(texts) if len(text) <= _PIECE_CHARS]
        shares = [spoken[i :: len(self._workers)] for i in range(len(self._workers))]
        out = list(texts)
        busy = [(worker, share) for worker, share in zip(self._workers, shares, strict=True) if share]
        with ThreadPoolExecutor(max(1, len(busy))) as threads:
            jobs = [(share, threads.submit(w.translate, [texts[i] for i in share], model_dir)) for w, share in busy]
            for share, job in jobs:
                for i, text in zip(share, job.result(), strict=True):
                    out[i] = text
        return out

    def close(self) -> None:
        for worker in self._workers:
            worker.close()
