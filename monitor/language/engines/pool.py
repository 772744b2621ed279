"""Worker processes for Mozilla translation models: texts are dealt out, answers come back in order."""

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.engines.exchange import ChildDiedError, end_processes, exchange
from monitor.language.engines.pieces import translate_in_pieces

_WORKER = Path(__file__).with_name("worker.py")
_SILENCE_S = 60.0  # a model loads in under a second, a sentence takes 20 ms: this is a hang
_DEATHS = 3  # of different texts, one after the other: it is not the texts
_TEXTS_AT_ONCE = 16  # so much is asked again, text by text, when a worker dies
_SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}


class ModelWorker:
    """One worker process, started by the first text and again whenever it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._has_answered = False
        self._deaths = 0  # in a row

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        return self._process

    def translate(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """One output per text, in order; "" for a text that made the engine fail, which a guard will flag.

        EngineError when the worker cannot load the model, has never worked, or dies of three texts in a row.
        """
        with self._lock:
            try:
                return self._ask(texts, model_dir)
            except ChildDiedError:
                self._stop()
            return self._one_by_one(texts, model_dir)

    def _one_by_one(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """After a death: find the text that kills, so that the others are translated all the same."""
        out: list[str] = []
        for number, text in enumerate(texts, 1):
            try:
                out.extend(self._ask([text], model_dir))
            except ChildDiedError as exc:
                self._stop()
                self._deaths += 1
                never_worked = number == len(texts) and not self._has_answered
                if self._deaths == _DEATHS or never_worked:
                    raise EngineError(f"the translation worker died again and again: {exc}") from exc
                out.append("")
        return out

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _ask(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        if self._process is None:
            self._process = self._start()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        request = b"".join(json.dumps({"model": str(model_dir), "text": text}).encode() + b"\n" for text in texts)
        answer = exchange(stdin, stdout, request, end=b"\n", count=len(texts), silence_s=_SILENCE_S)
        self._has_answered, self._deaths = True, 0
        return [self._text_of(line, model_dir) for line in answer.splitlines()]

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


class ModelPool:
    """`size` workers that share the texts of a call; the result does not depend on their number."""

    def __init__(self, size: int) -> None:
        self._workers = [ModelWorker() for _ in range(max(1, size))]

    @property
    def workers(self) -> tuple[ModelWorker, ...]:
        return tuple(self._workers)

    def translate(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """One output per text, in order; an empty text stays empty, one that kills workers becomes empty.

        EngineError when a worker cannot be kept alive.
        """
        return translate_in_pieces(texts, lambda pieces: self._deal_out(pieces, model_dir))

    def _deal_out(self, texts: Sequence[str], model_dir: Path) -> list[str]:
        """Every worker takes the longest texts that are left, a few at a time, until there are none."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        size = max(1, min(_TEXTS_AT_ONCE, len(order) // (4 * len(self._workers))))
        shares = deque(order[i : i + size] for i in range(0, len(order), size))
        out = [""] * len(texts)

        def work(worker: ModelWorker) -> None:
            try:
                while share := _taken(shares):
                    for i, text in zip(share, worker.translate([texts[i] for i in share], model_dir), strict=True):
                        out[i] = text
            except EngineError:
                shares.clear()  # the other workers need not go on: the call has failed
                raise

        busy = self._workers[: len(shares)]
        with ThreadPoolExecutor(max(1, len(busy))) as threads:
            jobs = [threads.submit(work, worker) for worker in busy]
        for job in jobs:
            job.result()
        return out

    def close(self) -> None:
        for worker in self._workers:
            worker.close()


def _taken(shares: deque[list[int]]) -> list[int]:
    """The next share; nothing when the other workers took the last."""
    try:
        return shares.popleft()
    except IndexError:
        return []
