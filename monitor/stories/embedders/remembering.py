"""An embedder behind the store's cache of vectors."""

from collections import defaultdict
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
        rows = _Rows([embedding_key(text) for text in texts])
        for start in range(0, len(texts), _READ_AT_ONCE):
            keys = set(rows.keys[start : start + _READ_AT_ONCE])
            rows.put(self._store.vectors(self.name, keys))
        self._learn({key: text for key, text in zip(rows.keys, texts, strict=True) if key not in rows.known}, rows)
        return rows.matrix

    def _learn(self, texts: Mapping[str, str], rows: "_Rows") -> None:
        """Vectors by key, saved as they come: a run that dies has not worked in vain."""
        keys = list(texts)
        for start in range(0, len(keys), self._saved_at_once):
            part = keys[start : start + self._saved_at_once]
            fresh = dict(zip(part, self._embedder.embed([texts[key] for key in part]), strict=True))
            self._store.save_vectors(self.name, fresh)
            rows.put(fresh)


_READ_AT_ONCE = 2_000  # vectors that are held besides the answer: 3 MB


class _Rows:
    """The answer, filled as vectors are found: one row per key, in order."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self.known: set[str] = set()
        self.matrix: Vectors = np.zeros((len(keys), 0), np.float32)
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            self._places[key].append(place)

    def put(self, found: Mapping[str, Vectors]) -> None:
        for key, vector in found.items():
            if not self.matrix.size:
                self.matrix = np.zeros((len(self.keys), len(vector)), np.float32)
            self.matrix[self._places[key]] = vector
            self.known.add(key)
