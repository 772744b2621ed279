"""An embedder without a model: hashed words and letter groups."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from monitor.protocols import Vectors
from monitor.stories.centring import unit
from monitor.text import fold


class HashEmbedder:
    """Words and character n-grams hashed into 1,024 signed buckets: numpy only, the same everywhere.

    The shipped fake and the honest fallback. It finds the same words again, so it merges reports of one language that
    use them. Known gap: paraphrases stay apart, and reports in two languages meet only by the names they share.
    """

    name = "hash-1"
    _dimensions = 1024

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self._dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, count in _features(text).items():
                digest = zlib.crc32(feature.encode("utf-8", "replace"))
                row[digest % self._dimensions] += (1 if digest & 0x80000000 else -1) * (1 + np.log(count))
        return unit(rows)  # opposite buckets may cancel out


def _features(text: str) -> Counter[str]:
    """Words, and their inner 4-grams; an empty text has one feature of its own, so that no row is zero."""
    words = re.findall(r"\w+", fold(text))
    grams = [f" {w} "[i : i + 4] for w in words if len(w) > 2 for i in range(len(w) - 1)]
    return Counter([f"={w}" for w in words] + grams) or Counter(["(empty)"])
