"""A sentence embedding model of one's own as an ONNX file, run on the CPU.

One text at a time: models quantised while they run would otherwise give a text another vector in other company, and
without padding nothing is computed in vain.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.centring import unit
from monitor.stories.embedders.model_folder import ModelFiles, find_model
from monitor.stories.embedders.tokens import Tokenize, load_tokenizer
from monitor.text import counted

_THREADS = 2
_ERRORS_ONLY = 3
_OUTPUTS = ("sentence_embedding", "last_hidden_state", "token_embeddings")
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
_NUMBERS: dict[str, type[np.integer[Any]]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def open_onnx(path: str, folder: Path) -> "OnnxEmbedder":
    """The model at `path` (a folder or an .onnx file, from `folder`), loaded and tried on a word. EngineError."""
    return OnnxEmbedder(find_model(folder / Path(path).expanduser()))


class OnnxEmbedder:
    """An ONNX encoder with its tokenizer: mean (or first) of its token rows, or its own `sentence_embedding`."""

    def __init__(self, files: ModelFiles) -> None:
        self._files = files
        self._tokenize: Tokenize = load_tokenizer(files.tokenizer, files.settings)
        self._session = _session(files.model)
        self._inputs = _inputs(self._session, files.model)
        self._output = _output(self._session, files)
        self._dimensions = len(self._row("frontera"))

    @cached_property
    def name(self) -> str:
        return f"onnx-{self._files.model.stem}-{self._files.digest}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        return unit(np.stack([self._row(text) for text in texts]))

    def _row(self, text: str) -> Vectors:
        numbers = self._tokenize(self._files.settings.prefix + text.encode("utf-8", "replace").decode())
        given = {
            "input_ids": np.array([numbers]),
            "attention_mask": np.ones((1, len(numbers))),
            "token_type_ids": np.zeros((1, len(numbers))),
            "position_ids": np.arange(len(numbers))[None],
        }
        try:
            (found,) = self._session.run([self._output], {n: given[n].astype(kind) for n, kind in self._inputs.items()})
        except Exception as exc:  # the library's errors have no base of their own
            raise EngineError(
                f"run {self._files.model} on {counted(len(numbers), 'token')}: {exc}; is {self._files.tokenizer.name}"
                " its own tokenizer, and max_tokens in embedder.yaml no more than the model takes?"
            ) from exc
        return self._pooled(np.asarray(found))

    def _pooled(self, found: npt.NDArray[Any]) -> Vectors:
        """One row of an output of shape (1, d) or (1, tokens, d)."""
        fits = found.ndim in (2, 3) and found.shape[0] == 1 and found.dtype.kind == "f"
        if not fits:
            raise EngineError(
                f"run {self._files.model}: its output {self._output} has shape {found.shape} and type {found.dtype}, "
                "not one row of numbers a text or a token; name another one as `output` in embedder.yaml"
            )
        rows = found.astype(np.float32)
        if rows.ndim == 3:
            rows = rows.mean(axis=1) if self._files.settings.pooling == "mean" else rows[:, 0]
        if not np.isfinite(rows).all():
            raise EngineError(
                f"run {self._files.model}: its output {self._output} is not finite (NaN or infinity); "
                "use an export in 32 bits"
            )
        row: Vectors = rows[0]
        return row


def _session(path: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - heavy, and for own models only
    except ImportError as exc:
        raise EngineError(
            f"open {path}: the package onnxruntime is missing; run `pip install 'border-monitor[onnx]'`"
        ) from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # the library's errors have no base of their own
        raise EngineError(f"open {path}: {exc}; it is no ONNX model for this onnxruntime, export it again") from exc


def _inputs(session: Any, path: Path) -> dict[str, type[np.integer[Any]]]:
    """The type of number that each input takes, by name."""
    kinds = {entry.name: entry.type for entry in session.get_inputs()}
    if "input_ids" not in kinds or not kinds.keys() <= set(_KNOWN_INPUTS) or not set(kinds.values()) <= _NUMBERS.keys():
        told = ", ".join(f"{name} {kind}" for name, kind in sorted(kinds.items()))
        raise EngineError(
            f"open {path}: its inputs are {told or 'none'}; a text encoder takes input_ids and perhaps "
            "attention_mask, token_type_ids, position_ids, as integers: export it for feature extraction"
        )
    return {name: _NUMBERS[kind] for name, kind in kinds.items()}


def _output(session: Any, files: ModelFiles) -> str:
    names = [entry.name for entry in session.get_outputs()]
    wanted = files.settings.output
    if wanted and wanted not in names:
        raise EngineError(
            f"open {files.model}: it has no output {wanted}; correct `output` in embedder.yaml: {', '.join(names)}"
        )
    return wanted or next((name for name in _OUTPUTS if name in names), names[0])
