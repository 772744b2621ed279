"""A model of the library sentence-transformers, from this machine's disk: an extra, for it brings PyTorch."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.centring import unit
from monitor.stories.embedders.model_folder import content_digest, load_settings

_ORGANISATION = "sentence-transformers"  # of names without one, as the library has it
_BATCH = 32
_REVISION = 12


def open_sentence_transformers(where: str, folder: Path) -> "SentenceTransformersEmbedder":
    """The model of that name or folder, loaded. Nothing is downloaded: EngineError says how to fetch it beforehand."""
    path = folder / Path(where).expanduser()
    if where and path.is_dir():
        digest = content_digest(sorted(file for file in path.rglob("*") if file.is_file()))
        return SentenceTransformersEmbedder(path, f"{path.name}-{digest}", load_settings(path).prefix)
    if where.startswith((".", "/", "~")) or not where:
        raise EngineError(f"open the embedder sentence-transformers:{where}: there is no folder {path} with a model")
    full = where if "/" in where else f"{_ORGANISATION}/{where}"
    snapshot = _fetched(full)
    return SentenceTransformersEmbedder(snapshot, f"{full}-{snapshot.name[:_REVISION]}")


class SentenceTransformersEmbedder:
    """The model in a folder, on the CPU, with the prompts and the pooling that its files say."""

    def __init__(self, path: Path, label: str, prefix: str = "") -> None:
        self.name = f"sentence-transformers-{label}"
        self._path = path
        self._prefix = prefix
        self._model = _load(path)
        self._dimensions = self._rows(["frontera"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts) if texts else np.zeros((0, self._dimensions), np.float32)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        clean = [self._prefix + text.encode("utf-8", "replace").decode() for text in texts]
        try:
            found = self._model.encode(clean, batch_size=_BATCH, convert_to_numpy=True, show_progress_bar=False)
        except Exception as exc:  # whatever PyTorch raises
            raise EngineError(f"run the model in {self._path}: {exc}; try it with sentence-transformers alone") from exc
        rows = np.asarray(found, np.float32)
        if rows.ndim != 2 or not np.isfinite(rows).all():
            raise EngineError(
                f"run the model in {self._path}: it gives no finite row of numbers a text; choose another model"
            )
        return unit(rows)


def _fetched(name: str) -> Path:
    """The folder of a model that was downloaded earlier; its last part is the revision."""
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - comes with the extra
    except ImportError as exc:
        raise _missing(name) from exc
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError) as exc:
        raise EngineError(
            f"open the embedder sentence-transformers:{name}: it is not on this machine, and a run downloads nothing; "
            f"fetch it once with `hf download {name}`, or name a folder"
        ) from exc


def _load(path: Path) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads would not survive a fork
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, with PyTorch
    except ImportError as exc:
        raise _missing(str(path)) from exc
    try:
        return SentenceTransformer(str(path), device="cpu", local_files_only=True)
    except Exception as exc:  # whatever PyTorch and the model's own code raise
        raise EngineError(f"open the model in {path}: {exc}; fetch it again, whole") from exc


def _missing(what: str) -> EngineError:
    return EngineError(
        f"open the embedder sentence-transformers:{what}: the library is missing; "
        "run `pip install 'border-monitor[sentence-transformers]'`"
    )
