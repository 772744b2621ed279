"""Texts to piece numbers, as multilingual-e5-small was trained.

The most probable way to cut a text into pieces of the vocabulary: the unigram model of Kudo ("Subword Regularization",
2018), found by Viterbi's algorithm. It is what sentencepiece does; that library wants the vocabulary in a file of its
own kind, and reads it no faster.
"""

import re
from functools import lru_cache, partial

from monitor.stories.embedders.e5_file import Pieces

_BLANK = "▁"
_UNKNOWN_COSTS = 10.0  # below the least probable piece
_BLANKS = re.compile(" {2,}")
_REMEMBERED = 20_000  # words: a run's reports say the same ones again and again


class Cutter:
    """Cuts texts of one vocabulary."""

    def __init__(self, pieces: Pieces) -> None:
        self._characters = pieces.characters
        best = partial(_best, pieces, max(map(len, pieces.numbers)), min(pieces.scores) - _UNKNOWN_COSTS)
        self._of_word = lru_cache(maxsize=_REMEMBERED)(best)  # no method: what refers to itself is freed late

    def numbers(self, text: str) -> list[int]:
        """The pieces of a text, without what begins and ends it. Characters that C cannot carry are blanks."""
        read = text.encode("utf-8", "replace").decode().replace("\0", " ").translate(self._characters)
        words = _BLANKS.sub(" ", read).removeprefix(" ").replace(" ", _BLANK).split(_BLANK)
        return [number for word in words for number in self._of_word(f"{_BLANK}{word}")]


def _best(pieces: Pieces, longest: int, unknown_score: float, marked: str) -> list[int]:
    """The most probable pieces of a word with the blank before it: none reaches over the next blank."""
    size = len(marked)
    best = [0.0] + [float("-inf")] * size
    piece, begin = [pieces.unknown] * (size + 1), [0] * (size + 1)
    scores, find = pieces.scores, pieces.numbers.get
    for start in range(size):
        so_far = best[start]
        for end in range(start + 1, min(size, start + longest) + 1):
            number = find(marked[start:end])
            if number is not None and so_far + scores[number] > best[end]:
                best[end], piece[end], begin[end] = so_far + scores[number], number, start
        if so_far + unknown_score > best[start + 1]:
            best[start + 1] = so_far + unknown_score
            piece[start + 1], begin[start + 1] = pieces.unknown, start
    found = []
    while size:
        found.append(piece[size])
        size = begin[size]
    return found[::-1]
