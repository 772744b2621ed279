"""Texts as hashed word shingles, and an index that finds the earlier texts sharing some of them. Pure.

Shingles (three words in a row; Broder, "On the resemblance and containment of documents", 1997) are 32-bit numbers that
are the same on every machine and in every process. Of each text the index keeps its marks only, chosen by winnowing
(Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.text import fold

Shingles = npt.NDArray[np.uint32]
_Codes = npt.NDArray[np.uint64]

_TOKEN = re.compile(  # where no blanks divide words, each character is one
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\d+(?:[.,]\d+)+|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
SHINGLE = 3  # words
_DAY = -1  # what weekdays "count"
_WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday"
    " lunes martes miércoles jueves viernes sábado domingo".split()
)
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd, without a pattern
_MIX = 0xD6E8FEB86659FD93

_DENSE = 100  # shingles: headline, lead and some lines put before them
_NEAR, _FAR = 4, 16  # windows, in shingles: there, and in the rest of a body
_HOLDERS = 16  # the earliest texts of each mark are looked up, so that no template costs more than others
_ENOUGH = 0.1  # of the marks of the text with fewer: a third of what makes a copy
_CHUNK = 500  # texts whose candidates are gathered at a time: bounds memory


@dataclass(frozen=True, slots=True)
class Number:
    """A number or a weekday, which word of the text it is, and the code of the word behind it: what it counts."""

    place: int
    digits: str
    unit: int


@dataclass(frozen=True, slots=True)
class Read:
    """A text as one code per word, and the numbers in it."""

    codes: _Codes
    numbers: tuple[Number, ...]


class Words:
    """Codes of words, the same everywhere; each distinct word is folded and hashed once."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def read(self, text: str) -> Read:
        """Accents, case and punctuation do not count."""
        words = _TOKEN.findall(text.lower())
        codes = [*map(self._code, words), 0]
        numbers = (
            Number(k, word, _DAY if word in _WEEKDAYS else codes[k + 1])
            for k, word in enumerate(words)
            if word[0].isdigit() or word in _WEEKDAYS
        )
        return Read(np.array(codes[:-1], dtype=np.uint64), tuple(numbers))

    def _code(self, word: str) -> int:
        code = self._codes.get(word)
        if code is None:
            code = int.from_bytes(blake2b(fold(word).encode(), digest_size=8).digest(), "big")
            self._codes[word] = code
        return code


def count_words(text: str) -> int:
    """How many words `Words.read` finds in a text."""
    return len(_TOKEN.findall(text.lower()))


def shingled(codes: _Codes) -> Shingles:
    """The shingles of a text in its order, one per word but the last two."""
    if len(codes) < SHINGLE:
        return np.zeros(0, np.uint32)
    last = len(codes) - SHINGLE + 1
    mixed = sum((codes[k : k + last] * np.uint64(f) for k, f in enumerate(_FACTORS)), np.zeros(last, np.uint64))
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(_MIX)
    hashed: Shingles = (mixed >> np.uint64(32)).astype(np.uint32)
    return hashed


def marks(shingles: Shingles) -> Shingles:
    """The least shingle of every window, sorted: two texts with one window in common have a mark in common.

    That is any six words in a row among the first hundred of both, and any eighteen elsewhere.
    """
    near, far = shingles[: _DENSE + _NEAR - 1], shingles[_DENSE - _FAR + 1 :]
    return np.unique(np.concatenate([_least(near, _NEAR), _least(far, _FAR)]))


def _least(shingles: Shingles, window: int) -> Shingles:
    if len(shingles) <= window:
        return shingles.min(keepdims=True) if len(shingles) else shingles
    least, width = shingles, 1
    while width < window:  # a power of two
        least, width = np.minimum(least[:-width], least[width:]), 2 * width
    return least


def common(texts: Sequence[Shingles], at_least: int) -> Shingles:
    """Shingles in so many of the texts, sorted; texts that say little else do not count, being one text again.

    What an outlet puts under every report is common; what it prints five times over is not.
    """
    own = [np.unique(text) for text in texts]
    often = _in_many(own, at_least)
    if len(often):
        often = _in_many([text for text in own if _share(text, often) <= _REPEATED], at_least)
    return often


_REPEATED = 0.85  # of a text's shingles: a lead of one line stands over a longer footer


def _in_many(texts: Sequence[Shingles], at_least: int) -> Shingles:
    if len(texts) < at_least:
        return np.zeros(0, np.uint32)
    values, counts = np.unique(np.concatenate(texts), return_counts=True)
    return values[counts >= at_least]


def _share(text: Shingles, among: Shingles) -> float:
    return float(np.isin(text, among, assume_unique=True).mean()) if len(text) else 0.0


# ---------------------------------------------------------------- candidates


@dataclass(frozen=True, slots=True)
class Candidates:
    """For every text the earlier ones worth comparing, the most promising first."""

    _starts: npt.NDArray[np.int64]
    _others: npt.NDArray[np.int32]

    def of(self, text: int) -> list[int]:
        found: list[int] = self._others[self._starts[text] : self._starts[text + 1]].tolist()
        return found


def candidates(texts: Iterable[Shingles], at_most: int) -> Candidates:
    """For each text, at most so many earlier ones that share marks with it; those with the most and rarest first.

    Each mark leads to the sixteen earliest texts that have it, so work and memory grow with the number of marks however
    common one is. What that can lose: the true original of a text all of whose marks stand in sixteen earlier texts
    that are no copies of it.
    """
    chosen = [marks(text) for text in texts]
    counts = np.array([len(found) for found in chosen], dtype=np.int64)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    table = _table(np.concatenate(chosen) if chosen else np.zeros(0, np.uint32), counts)
    rows = [
        _promising(table, bounds, range(start, min(start + _CHUNK, len(counts))), at_most)
        for start in range(0, len(counts), _CHUNK)
    ]
    others = [found for of_chunk in rows for found in of_chunk]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in others])]).astype(np.int64)
    return Candidates(starts, np.concatenate(others) if others else np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class _Table:
    """All marks, sorted by value and then by text; where each row of a text has gone."""

    owner: npt.NDArray[np.int32]  # by place in the table
    place: npt.NDArray[np.int32]  # by row
    first: npt.NDArray[np.int32]  # by place: where the mark's rows begin
    held: npt.NDArray[np.int32]  # by place: how many texts have the mark
    counts: npt.NDArray[np.int64]  # by text: how many marks it has


def _table(values: Shingles, counts: npt.NDArray[np.int64]) -> _Table:
    order = np.argsort(values, kind="stable").astype(np.int32)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    ordered = values[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(order) else order
    begins = begins.astype(np.int32)
    lengths: npt.NDArray[np.int32] = np.diff(begins, append=np.int32(len(order)))
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)[order]
    return _Table(owner, place, np.repeat(begins, lengths), np.repeat(lengths, lengths), counts)


def _promising(table: _Table, bounds: npt.NDArray[np.int64], chunk: range, at_most: int) -> list[npt.NDArray[np.int32]]:
    """The candidates of a chunk of texts; the rows of text k lie between `bounds[k]` and `bounds[k + 1]`."""
    place = table.place[bounds[chunk.start] : bounds[chunk.stop]]
    text = np.repeat(np.arange(chunk.start, chunk.stop), table.counts[chunk.start : chunk.stop])
    first = table.first[place]
    many = np.minimum(place - first, _HOLDERS)
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    other = table.owner[np.repeat(first, many) + within].astype(np.int64)
    pairs, pair = np.unique(np.repeat(text, many) << 32 | other, return_inverse=True)
    weights = np.bincount(pair, np.repeat(1.0 / table.held[place], many), minlength=len(pairs))
    texts, others = pairs >> 32, pairs & 0xFFFFFFFF
    enough = np.bincount(pair, minlength=len(pairs)) >= _ENOUGH * np.minimum(table.counts[texts], table.counts[others])
    texts, others, weights = texts[enough], others[enough], weights[enough]
    order = np.lexsort((others, -np.round(weights, 9), texts))
    starts = np.searchsorted(texts, np.arange(chunk.start, chunk.stop + 1))
    return [others[order[a : min(b, a + at_most)]].astype(np.int32) for a, b in pairwise(starts)]
