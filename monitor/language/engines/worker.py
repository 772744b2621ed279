"""The program of a worker process: one Mozilla translation model per direction, one JSON line per text.

It runs by itself (`python -P worker.py`), imports nothing of this project and ends when its input ends. A process of
its own because the engine holds the interpreter lock, and may only be used by the thread that made it.

In: `{"model": "/folder", "text": "…"}`; out: `{"text": "…"}`, `{"error": "…"}` when this text made the engine fail, or
`{"unusable": "…"}` when the model cannot be loaded.
"""

import json
import sys
from pathlib import Path
from typing import Any


def load(folder: Path) -> Any:
    """The engine for the model files in `folder`: model*.bin, vocab*.spm (or srcvocab and trgvocab), lex*.bin."""
    from fxtranslate import Translator  # noqa: PLC0415 - a missing library is an answer, not a crash

    def read(pattern: str) -> bytes:
        found = sorted(folder.glob(pattern))
        return found[0].read_bytes() if found else b""

    shared = read("vocab*.spm")
    source, target = read("srcvocab*.spm") or shared, read("trgvocab*.spm") or shared
    return Translator(read("model*.bin"), source, target, read("lex*.bin") or None)


def answer(request: dict[str, str], engines: dict[str, Any]) -> dict[str, str]:
    """Translate one text. The engine's panics are no `Exception`; the text after one gets a new engine."""
    folder = request["model"]
    try:
        engine = engines.get(folder) or engines.setdefault(folder, load(Path(folder)))
    except BaseException as exc:
        return {"unusable": f"{type(exc).__name__}: {exc}"}
    try:
        return {"text": engine.translate(request["text"])}
    except BaseException as exc:
        engines.pop(folder, None)
        return {"error": f"{type(exc).__name__}: {exc}"}


def main() -> None:
    """Answer line by line until the input ends."""
    engines: dict[str, Any] = {}
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(answer(json.loads(line), engines)).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
