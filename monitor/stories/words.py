"""How many rare words two reports share, within a language and across. Pure, but for the reading of the shipped lists.

A report's words are weighed by how rare they are (inverse document frequency, Spärck Jones 1972), in the shipped texts
and in the run together: a name that is in every third report of the day is no sign of one event. They are compared by
cosine. Across languages names, numbers and cognates meet by their first letters, other words by `data/same_words.yaml`;
Cyrillic and Greek are read letter by letter in Latin ones, Chinese and Japanese by pairs of characters.
Known gaps: five letters also join words that mean different things (policy, police); a word that the list lacks has no
counterpart in the other language; scripts without blanks other than Chinese and Japanese (Thai) are one long word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.records import LANGUAGES
from monitor.resources import read_yaml
from monitor.stories.means import further_sentences, general_sentences, sample_reports
from monitor.text import fold

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_FILE = Path(__file__).with_name("data") / "same_words.yaml"
_STEM = 5  # letters: "fentanyl" and "fentanilo", "casinos" and "casino" are one
_SHORTEST = 4
_SHORTEST_NUMBER = 2
_LISTED = 3  # a listed word may be as short as "bus"
_ROWS = 64  # reports whose words are spread out at a time: bounds memory at 64 numbers a stem


@dataclass(frozen=True)
class Words:
    """The stems of each report and their weights, as vectors of length 1; empty when nothing in it tells anything.

    Report k has the stems `numbers[starts[k]:starts[k + 1]]`, ascending; `stems` names them.
    """

    stems: Sequence[str]
    starts: Indices  # (n + 1,)
    numbers: Indices
    weights: Matrix

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def owners(self) -> Indices:
        """The report that each entry of `numbers` belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def _by_stem(self) -> Indices:
        """Where each stem's entries are, stem after stem, reports ascending."""
        return np.argsort(self.numbers, kind="stable")

    @cached_property
    def holding(self) -> Indices:
        """In how many reports each stem stands."""
        return np.bincount(self.numbers, minlength=len(self.stems)).astype(np.intp)

    @cached_property
    def _ends(self) -> Indices:
        return np.cumsum(self.holding)

    def rare_entries(self, reports: Indices, most: int) -> Indices:
        """The entries of some reports whose stems stand in at most so many reports."""
        entries, _ = self._entries_of(reports)
        return entries[self.holding[self.numbers[entries]] <= most]

    def holders_of(self, stems: Indices) -> tuple[Indices, Indices]:
        """The entries of each stem, one stem after the other, reports ascending, and how many each has."""
        lengths = self.holding[stems]
        return self._by_stem[_ranges(self._ends[stems] - lengths, lengths)], lengths

    def shared(self, i: int, j: int) -> tuple[str, ...]:
        """The stems two reports have in common, the rarest first."""
        a, b = self._of(i), self._of(j)
        return tuple(self.stems[k] for k in sorted(a.keys() & b.keys(), key=lambda k: (-a[k] * b[k], k)))

    def _of(self, k: int) -> dict[int, float]:
        own = slice(self.starts[k], self.starts[k + 1])
        return dict(zip(self.numbers[own].tolist(), self.weights[own].tolist(), strict=True))

    def cosines(self, rows: Sequence[int]) -> Matrix:
        """The cosines (len(rows), n) of some reports' words with those of all."""
        return np.stack([self._row(row) for row in rows]) if len(rows) else np.zeros((0, len(self)))

    def _row(self, index: int) -> Matrix:
        own = slice(self.starts[index], self.starts[index + 1])
        where, lengths = self.holders_of(self.numbers[own])
        weights = self.weights[where] * np.repeat(self.weights[own], lengths)
        row: Matrix = np.bincount(self.owners[where], weights, minlength=len(self)).astype(np.float64)
        return row

    def cosines_of(self, i: Indices, j: Indices) -> Matrix:
        """The cosines of pairs of reports."""
        found = np.zeros(len(i))
        for own, pairs in _runs(i):
            found[pairs] = self._against(own, np.searchsorted(own, i[pairs]), j[pairs])
        return found

    def _against(self, own: Indices, rows: Indices, others: Indices) -> Matrix:
        """The cosine of `own[rows[k]]` with `others[k]`, for each k: the words of `own` are spread out as a matrix."""
        entries, lengths = self._entries_of(own)
        stems = np.unique(self.numbers[entries])
        spread = np.zeros((len(own), len(stems) + 1))  # the last column: words that none of them has
        spread[np.repeat(np.arange(len(own)), lengths), np.searchsorted(stems, self.numbers[entries])] = self.weights[
            entries
        ]
        entries, lengths = self._entries_of(others)
        columns = np.searchsorted(stems, self.numbers[entries])
        columns[np.append(stems, -1)[columns] != self.numbers[entries]] = len(stems)
        products = spread[np.repeat(rows, lengths), columns] * self.weights[entries]
        sums: Matrix = np.bincount(np.repeat(np.arange(len(rows)), lengths), products, len(rows)).astype(np.float64)
        return sums

    def _entries_of(self, reports: Indices) -> tuple[Indices, Indices]:
        """The entries of some reports, one report after the other, and how many each has."""
        lengths = self.starts[reports + 1] - self.starts[reports]
        return _ranges(self.starts[reports], lengths), lengths


def _ranges(starts: Indices, lengths: Indices) -> Indices:
    """Whole numbers from each start on, as many as its length, one range after the other."""
    numbers: Indices = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return numbers


def _runs(i: Indices) -> Iterator[tuple[Indices, Indices]]:
    """The pairs in parts: for each part its reports, ascending, at most `_ROWS` of them, and where its pairs are."""
    order = np.argsort(i, kind="stable")
    reports, firsts = np.unique(i[order], return_index=True)
    ends = np.append(firsts, len(i))
    for start in range(0, len(reports), _ROWS):
        own = reports[start : start + _ROWS]
        yield own, order[ends[start] : ends[start + len(own)]]


def read_words(texts: Iterable[str]) -> Words:
    """The words of each text, weighed by how rare they are in these texts and the shipped ones."""
    seen: dict[str, int] = {}  # by number of first sight: a text's stems are held as numbers
    found = [np.array([seen.setdefault(stem, len(seen)) for stem in _stems(text)], dtype=np.int32) for text in texts]
    stems = sorted(seen)
    place = np.empty(len(stems), dtype=np.intp)
    place[[seen[stem] for stem in stems]] = np.arange(len(stems))
    starts = np.cumsum([0, *map(len, found)]).astype(np.intp)
    numbers = np.concatenate([np.sort(place[own]) for own in found]) if found else np.zeros(0, dtype=np.intp)
    general, holding = _background()
    here = np.bincount(numbers, minlength=len(stems)).tolist()
    of_all = general + len(found) + 1
    rarity = np.array([log(of_all / (holding.get(stem, 0) + n)) for stem, n in zip(stems, here, strict=True)])
    weights = rarity[numbers] if len(numbers) else np.zeros(0)
    for a, b in pairwise(starts.tolist()):
        weights[a:b] = _unit(weights[a:b].tolist())
    return Words(stems, starts, numbers, weights)


def _unit(weights: Sequence[float]) -> list[float]:
    length = sqrt(sum(weight * weight for weight in weights))
    return [weight / length for weight in weights] if length else [0.0 for _ in weights]


# ---------------------------------------------------------------- stems and their rarity

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_PICTURED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def _stems(text: str) -> frozenset[str]:
    """The first letters of each word that is long enough, or the meaning it is listed with; numbers as they are."""
    found, same = set(), _same_words()
    for word in _WORD.findall(_in_latin(fold(text))):
        stem = word[:_STEM]
        if stem in same and len(word) >= _LISTED:
            found.add(same[stem])
        elif _PICTURED.match(word):
            found.update(word[k : k + 2] for k in range(len(word) - 1))
        elif len(word) >= _SHORTEST or (word.isdigit() and len(word) >= _SHORTEST_NUMBER):
            found.add(stem)
    return frozenset(found)


_CYRILLIC = "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh"
_CYRILLIC += " щ shch ы y э e ю yu я ya і i ї i є ye ґ g ј j љ lj њ nj ћ c ђ dj џ dz ў u ъ - ь -"
_GREEK = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
_PAIRS = f"{_CYRILLIC} {_GREEK}".split()
_LATIN = str.maketrans({letter: latin.strip("-") for letter, latin in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)})


def _in_latin(text: str) -> str:
    """Names meet across scripts when their letters do: "путин" and "putin"."""
    return text if text.isascii() else text.translate(_LATIN)


@lru_cache(maxsize=1)
def _same_words() -> Mapping[str, str]:
    """The meaning of a listed stem, named by its first English word. A stem in two lines keeps the first."""
    meanings: dict[str, str] = {}
    for english, spanish in read_yaml(_FILE):
        for word in (fold(word) for word in (*english, *spanish)):
            if " " not in word:
                meanings.setdefault(word[:_STEM], f"{english[0]}/{spanish[0]}")
    return meanings


@lru_cache(maxsize=1)
def _background() -> tuple[int, Mapping[str, float]]:
    """The number of shipped texts in English and Spanish, and in how many of them each stem stands.

    Stems that stand in several of the few texts of a further language count as if those were as many.
    """
    shipped = (general_sentences(), sample_reports())
    texts = [text for lists in shipped for of_language in lists.values() for text in of_language]
    holding: dict[str, float] = dict(Counter(stem for text in texts for stem in _stems(text)))
    for lines in further_sentences().values():
        for stem, count in Counter(stem for line in lines for stem in _stems(line)).items():
            if count >= _SEVERAL:
                holding[stem] = max(holding.get(stem, 0), count * len(texts) / len(LANGUAGES) / len(lines))
    return len(texts), holding


_SEVERAL = 2
