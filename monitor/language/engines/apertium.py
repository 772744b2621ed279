"""Apertium as a resident pipeline: the commands of a .mode file, started once, fed with NUL-terminated texts.

Starting Apertium for one text takes over 100 ms; a resident pipeline needs one.
"""

import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from monitor.errors import EngineError
from monitor.language.engines.exchange import ChildDiedError, end_processes, exchange
from monitor.text import counted

REMEDY = "install it with: apt-get install apertium apertium-es-pt"
_MODES_DIRS = ("/usr/share/apertium/modes", "/usr/local/share/apertium/modes")
_SILENCE_S = 20.0
_NUL = b"\0"
_STREAM_SYNTAX = re.compile(r"([\[\]{}^$/\\@<>])")
_ESCAPED = re.compile(r"\\(.)")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'»”’)\]]*$")


def find_mode(mode: str) -> Path | None:
    """The .mode file of a direction such as "es-pt", or None when Apertium or the language pair is not installed."""
    program = shutil.which("apertium")
    beside = [Path(program).resolve().parent.parent / "share/apertium/modes"] if program else []
    folders = [*beside, *map(Path, _MODES_DIRS)] if program else []
    return next((folder / f"{mode}.mode" for folder in folders if (folder / f"{mode}.mode").is_file()), None)


def mode_commands(text: str) -> list[list[str]]:
    """The pipeline of a .mode file as commands that flush at NUL and leave unknown words unmarked.

    The marks (`*palabra`) are noise for what comes after; a guard looks for untranslated words instead.
    """
    parts = [shlex.split(part.replace("$1", "-n").replace("$2", "")) for part in text.strip().split("|")]
    return [[argv[0], "-z", *argv[1:]] for argv in parts if argv]


class ApertiumPipe:
    """One direction of Apertium. Safe for several threads (one exchange at a time); restarts once when it dies."""

    def __init__(self, mode: str) -> None:
        path = find_mode(mode)
        if path is None:
            raise EngineError(f"Apertium's {mode} translation is not installed; {REMEDY}")
        self._mode = mode
        self._commands = mode_commands(path.read_text(encoding="utf-8"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()

    @property
    def processes(self) -> "tuple[subprocess.Popen[bytes], ...]":
        """The running programs, first to last; empty before the first text."""
        return tuple(self._processes)

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One output per text, in order; white space is folded. EngineError when it dies twice on the same texts."""
        flat = [" ".join(text.replace("\0", " ").split()) for text in texts]
        spoken = [text for text in flat if text]
        answers = iter(self._exchange(spoken) if spoken else [])
        return [next(answers) if text else "" for text in flat]

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _exchange(self, texts: Sequence[str]) -> list[str]:
        with self._lock:
            try:
                return self._attempt(texts)
            except ChildDiedError:
                self._stop()
            try:
                return self._attempt(texts)
            except ChildDiedError as exc:
                self._stop()
                raise EngineError(
                    f"Apertium ({self._mode}) died twice on {counted(len(texts), 'text')}: {exc}"
                ) from exc

    def _attempt(self, texts: Sequence[str]) -> list[str]:
        if not self._processes:
            self._start()
        stdin, stdout = self._processes[0].stdin, self._processes[-1].stdout
        assert stdin is not None
        assert stdout is not None
        request = b"".join(_block(text) for text in texts)
        answer = exchange(stdin, stdout, request, end=_NUL, count=len(texts), silence_s=_SILENCE_S)
        if any(process.poll() is not None for process in self._processes):
            raise ChildDiedError(
                "a program of the pipeline ended"
            )  # the others flush an empty answer when that happens
        blocks = answer.decode("utf-8", "replace").split("\0")
        return [_unblock(block, text) for block, text in zip(blocks, texts, strict=False)]

    def _start(self) -> None:
        source: int | IO[bytes] | None = subprocess.PIPE
        for argv in self._commands:
            try:
                process = subprocess.Popen(  # noqa: S603 - the commands of an installed .mode file
                    argv, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
                )
            except OSError as exc:
                self._stop()
                raise EngineError(f"start {argv[0]} for Apertium ({self._mode}): {exc.strerror}; {REMEDY}") from exc
            if self._processes:
                previous = self._processes[-1].stdout
                assert previous is not None
                previous.close()
            self._processes.append(process)
            source = process.stdout

    def _stop(self) -> None:
        end_processes(self._processes)
        self._processes = []


def _block(text: str) -> bytes:
    """A text as Apertium reads it: syntax escaped, a full stop added where there is none, an empty superblank at the
    end (without it the last full stop is lost at the flush)."""
    stop = "" if _ENDS_SENTENCE.search(text) else "."
    return (_STREAM_SYNTAX.sub(r"\\\1", text) + stop + "[]").encode() + _NUL


def _unblock(block: str, text: str) -> str:
    out = _ESCAPED.sub(r"\1", block.replace("[]", "")).strip()
    return out if _ENDS_SENTENCE.search(text) else out.removesuffix(".").rstrip()
