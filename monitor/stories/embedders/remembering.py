"""An embedder behind the store's cache of vectors."""

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.protocols import Embedder, Store, Vectors
from monitor.records import content_id


def embedding_key(text: str) -> str:
    """The content key of a vector: equal text, equal vector."""
    return content_id(text)


class RememberingEmbedder:
    """Embeds what the store has no vector of, once, and keeps it there under the embedder's name.

    With it the texts of `language_means`, too, are read once per embedder and not once per run. 256 texts are a few
    seconds of the shipped embedder; where many share the work, more keep them all busy.
    """

    def __init__(self, embedder: Embedder, store: Store, *, saved_at_once: int = 256) -> None:
        self._embedder = embedder
        self._store = store
        self._saved_at_once = saved_at_once

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return self._embedder.embed([])
        keys = [embedding_key(text) for text in texts]
        found = dict(self._store.vectors(self.name, set(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        found |= self._learn(missing)
        return np.stack([found[key] for key in keys])

    def _learn(self, texts: Mapping[str, str]) -> dict[str, Vectors]:
        """Vectors by key, saved as they come: a run that dies has not worked in vain."""
        learned: dict[str, Vectors] = {}
        keys = list(texts)
        for start in range(0, len(keys), self._saved_at_once):
            part = keys[start : start + self._saved_at_once]
            fresh = dict(zip(part, self._embedder.embed([texts[key] for key in part]), strict=True))
            self._store.save_vectors(self.name, fresh)
            learned |= fresh
        return learned
