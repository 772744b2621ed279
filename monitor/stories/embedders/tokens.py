"""Texts to token numbers, by a tokenizer.json or a sentencepiece model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.errors import EngineError
from monitor.stories.embedders.model_folder import ModelSettings

Tokenize = Callable[[str], list[int]]  # with the numbers that open and close a text; never empty

_XLM_FILE = "sentencepiece.bpe.model"  # what XLM-RoBERTa and its descendants call theirs
_XLM_START, _XLM_END, _XLM_UNKNOWN = 0, 2, 3


def load_tokenizer(path: Path, settings: ModelSettings) -> Tokenize:
    """The tokenizer in `path`. EngineError when it cannot be read, or its library is missing."""
    return _from_json(path, settings) if path.suffix == ".json" else _from_sentencepiece(path, settings)


def _from_json(path: Path, settings: ModelSettings) -> Tokenize:
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - an extra
    except ImportError as exc:
        raise EngineError(
            f"read {path}: the package tokenizers is missing; run `pip install 'border-monitor[onnx]'`, or put the "
            "model's sentencepiece file there instead"
        ) from exc
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as exc:  # the library raises plain Exception
        raise EngineError(f"read {path}: {exc}; fetch the model's tokenizer.json again") from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=settings.max_tokens)
    return lambda text: list(tokenizer.encode(text).ids) or [0]


def _from_sentencepiece(path: Path, settings: ModelSettings) -> Tokenize:
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - heavy, and for own models only

    try:
        pieces = SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as exc:
        raise EngineError(f"read {path}: {exc}; it is no sentencepiece model, fetch it again") from exc
    moved = settings.pieces == "xlm-roberta" or (settings.pieces == "auto" and path.name == _XLM_FILE)
    return _moved(pieces, settings.max_tokens) if moved else _plain(pieces, settings.max_tokens)


def _moved(pieces: Any, limit: int) -> Tokenize:
    """Piece numbers as XLM-RoBERTa was trained: one higher, for a pad token comes in at 1."""
    unknown = pieces.unk_id()

    def numbers(text: str) -> list[int]:
        found = [_XLM_UNKNOWN if n == unknown else n + 1 for n in pieces.encode(text)]
        return [_XLM_START, *found[: limit - 2], _XLM_END]

    return numbers


def _plain(pieces: Any, limit: int) -> Tokenize:
    """Piece numbers as they are, between the model's own start and end where it has them."""
    start = [n for n in (pieces.bos_id(),) if n >= 0]
    end = [n for n in (pieces.eos_id(),) if n >= 0]
    room = limit - len(start) - len(end)
    return lambda text: [*start, *pieces.encode(text)[:room], *end] or [pieces.unk_id()]
