"""Word lists as data files: finding the listed words and phrases of a folded text in one pass over its words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from monitor.text import fold

_TOKEN = re.compile(r"n't\b|[^\W_]+?(?=n't\b)|[^\W_]+|[^\w\s]")
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found: the words `start` to `end` (exclusive) are an alternative of row `row`."""

    start: int
    end: int
    row: int


@dataclass(slots=True)
class PhraseIndex:
    """Rows of alternatives ("rule* out|deny"); a star stands for any ending of a word.

    Looking up costs a few dictionary accesses a word, however many rows there are.
    """

    _by_word: defaultdict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=lambda: defaultdict(list))
    _by_stem: defaultdict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=lambda: defaultdict(list))
    _longest: int = 0

    @classmethod
    def of(cls, cells: Iterable[str]) -> "PhraseIndex":
        """An index of rows, numbered from 0."""
        index = cls()
        for row, cell in enumerate(cells):
            index.add(cell, row)
        return index

    def add(self, cell: str, row: int) -> None:
        """Alternatives divided by bars."""
        for phrase in cell.split("|"):
            words = tuple(phrase_words(phrase))
            if not words:
                continue
            if words[0].endswith("*"):
                self._by_stem[words[0][:-1]].append((words, row))
                self._longest = max(self._longest, len(words[0]) - 1)
            else:
                self._by_word[words[0]].append((words, row))

    def at(self, words: Sequence[str], start: int) -> list[Hit]:
        """Every row with a phrase that begins at `start`, the longest phrase first; among equals the first row."""
        word = words[start]
        found = [*self._by_word.get(word, ())]
        for length in range(min(len(word), self._longest), _SHORTEST_STEM - 1, -1):
            found += self._by_stem.get(word[:length], ())
        hits = [Hit(start, start + len(phrase), row) for phrase, row in found if _stands(phrase, words, start)]
        return sorted(hits, key=lambda hit: (-hit.end, hit.row)) if len(hits) > 1 else hits

    def rows(self, words: Sequence[str]) -> list[Hit]:
        """Every hit of every row, in order; phrases may overlap."""
        starts = range(len(words)) if self._longest else [i for i, word in enumerate(words) if word in self._by_word]
        return [hit for start in starts for hit in self.at(words, start)]


def _stands(phrase: tuple[str, ...], words: Sequence[str], start: int) -> bool:
    if len(phrase) > len(words) - start:
        return False
    return all(
        words[start + i].startswith(part[:-1]) if part.endswith("*") else words[start + i] == part
        for i, part in enumerate(phrase)
        if i
    )


def phrase_words(phrase: str) -> list[str]:
    """The folded words of a listed phrase, stars kept."""
    return [
        part + star for token in fold(phrase).split() for part, star in _TOKEN_AND_STAR.findall(token) if part or star
    ]


_TOKEN_AND_STAR = re.compile(r"(n't|[^\W_]+?(?=n't\b)|[^\W_]+|[^\w\s*])(\*?)")


@lru_cache(maxsize=512)
def folded(text: str) -> str:
    """`fold`, remembered for the texts at hand: every guard asks for it."""
    return fold(text)


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[str, ...]:
    """Folded words and single punctuation marks of a text; "didn't" is "did" and "n't"."""
    return tuple(_TOKEN.findall(folded(text)))


def read_rows(path: Path, columns: int) -> Iterable[list[str]]:
    """The cells of a TSV file's rows; `#` starts a comment line. A row of another width is a bug in the file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != columns:
            raise ValueError(f"{path.name}, line {number}: columns: {len(cells)}, not {columns}")
        yield cells
