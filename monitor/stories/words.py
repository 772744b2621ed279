"""How many rare words two reports share, within a language and across. Pure, but for the reading of the shipped lists.

A report's words are weighed by how rare they are (inverse document frequency, Spärck Jones 1972), in the shipped texts
and in the run together: a name that is in every third report of the day is no sign of one event. They are compared by
cosine. Across languages names, numbers and cognates meet by their first letters, other words by `data/same_words.yaml`.
Known gaps: five letters also join words that mean different things (policy, police); a word that the list lacks has no
counterpart in the other language.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log, sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from monitor.stories.means import general_sentences, sample_reports
from monitor.stories.plain import plain

Matrix = npt.NDArray[np.float64]
Profile = Mapping[str, float]

_FILE = Path(__file__).with_name("data") / "same_words.yaml"
_STEM = 5  # letters: "fentanyl" and "fentanilo", "casinos" and "casino" are one
_SHORTEST = 4
_SHORTEST_NUMBER = 2
_LISTED = 3  # a listed word may be as short as "bus"


def profiles(texts: Sequence[str]) -> list[Profile]:
    """By text, the rarity of each stem in it, of length 1 as a vector; empty when nothing in it tells anything."""
    stems = [_stems(text) for text in texts]
    general, holding = _background()
    here = Counter(stem for found in stems for stem in found)
    rarity = {stem: log((general + len(texts) + 1) / (holding.get(stem, 0) + count)) for stem, count in here.items()}
    return [_unit({stem: rarity[stem] for stem in sorted(found)}) for found in stems]


def _unit(weights: Profile) -> Profile:
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {stem: weight / length for stem, weight in weights.items()} if length else {}


def shared(a: Profile, b: Profile) -> tuple[str, ...]:
    """The stems two profiles have in common, the rarest first."""
    return tuple(sorted(a.keys() & b.keys(), key=lambda stem: (-a[stem] * b[stem], stem)))


def likeness(a: Profile, b: Profile) -> float:
    """The cosine of two profiles."""
    return sum(a[stem] * b[stem] for stem in sorted(a.keys() & b.keys()))


class WordIndex:
    """The reports of a run by stem: cosines of all profiles with some, without a matrix of reports times words."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for index, words in enumerate(profiles):
            for stem in words:
                holders[stem].append(index)
        self._holders = {stem: np.array(found, dtype=np.intp) for stem, found in holders.items()}
        self._weights = {stem: np.array([profiles[k][stem] for k in found]) for stem, found in holders.items()}

    def cosines(self, rows: Sequence[int]) -> Matrix:
        """The cosines (len(rows), n) of some reports' words with those of all."""
        return np.stack([self._row(row) for row in rows]) if len(rows) else np.zeros((0, len(self._profiles)))

    def _row(self, index: int) -> Matrix:
        words, n = self._profiles[index], len(self._profiles)
        if not words:
            return np.zeros(n)
        holders = np.concatenate([self._holders[stem] for stem in words])
        weights = np.concatenate([self._weights[stem] * weight for stem, weight in words.items()])
        row: Matrix = np.bincount(holders, weights, minlength=n).astype(np.float64)
        return row


# ---------------------------------------------------------------- stems and their rarity


def _stems(text: str) -> frozenset[str]:
    """The first letters of each word that is long enough, or the meaning it is listed with; numbers as they are."""
    found, same = set(), _same_words()
    for word in re.findall(r"[a-z0-9]+", plain(text).lower()):
        stem = word[:_STEM]
        if stem in same and len(word) >= _LISTED:
            found.add(same[stem])
        elif len(word) >= _SHORTEST or (word.isdigit() and len(word) >= _SHORTEST_NUMBER):
            found.add(stem)
    return frozenset(found)


@lru_cache(maxsize=1)
def _same_words() -> Mapping[str, str]:
    """The meaning of a listed stem, named by its first English word. A stem in two lines keeps the first."""
    meanings: dict[str, str] = {}
    for english, spanish in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        for word in (plain(word).lower() for word in (*english, *spanish)):
            if " " not in word:
                meanings.setdefault(word[:_STEM], f"{english[0]}/{spanish[0]}")
    return meanings


@lru_cache(maxsize=1)
def _background() -> tuple[int, Mapping[str, int]]:
    """The number of shipped texts, and in how many of them each stem stands."""
    shipped = (general_sentences(), sample_reports())
    texts = [text for lists in shipped for of_language in lists.values() for text in of_language]
    return len(texts), Counter(stem for text in texts for stem in _stems(text))
