"""An embedder whose work is done by an executor's workers; each of them builds its own, once."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Lock

import numpy as np

from monitor.errors import EngineError
from monitor.protocols import Embedder, Executor, Heavy, Vectors
from monitor.stories.embedders import open_embedder

_AT_ONCE = 32  # texts: half a second of a worker


@dataclass(frozen=True, slots=True)
class HandedOutEmbedder:
    """The embedder that `open_embedder(wish, folder)` opens here, `own`, at work where the executor is."""

    own: Embedder
    executor: Executor
    wish: str
    folder: Path

    @property
    def name(self) -> str:
        return self.own.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As `own`, which a worker that would make other rows is refused for, with EngineError."""
        if not texts:
            return self.own.embed([])
        work = partial(embed_batch, self.wish, str(self.folder.absolute()), self.name)
        batches = (tuple(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE))
        return np.concatenate(list(self.executor.map(work, batches)))

    def release(self) -> None:
        """Let go of what `own` has loaded here; the workers keep theirs for the next run."""
        if isinstance(self.own, Heavy):
            self.own.release()


def embed_batch(wish: str, folder: str, name: str, texts: Sequence[str]) -> Vectors:
    """At a worker: one row per text. EngineError when its embedder is not the one of that name."""
    with _LOCK:
        embedder = _opened(wish, folder)
        if embedder.name != name:
            raise EngineError(
                f"the worker on {platform.node()} would embed by '{embedder.name}', not by '{name}': install the same"
                " packages and files there as here"
            )
        return embedder.embed(texts)


_LOCK = Lock()  # embedders take one call at a time; a worker may have several threads


@cache
def _opened(wish: str, folder: str) -> Embedder:
    return open_embedder(wish, Path(folder))
