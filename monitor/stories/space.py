"""Reports as points: how similar two are, and why. Pure.

Similarity of two reports = scaled cosine of their centred vectors + 0.7 · cosine of their words − decay · √days apart +
reasons (`evidence`). Across languages words count nearly twice, because fewer of them can meet, and 0.02 is added:
there the vectors of one event are further apart. All but the reasons is called their likeness: it is counted for many
pairs at once, while reasons are looked for pair by pair, and only where they can matter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.records import Article, Evidence, Lang
from monitor.stories.centring import Scale
from monitor.stories.evidence import MAX_BONUS, Features, adjustment, features, reasons
from monitor.stories.linkage import Total
from monitor.stories.words import Words

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]

MILLION = 1_000_000  # similarities are whole millionths: sums of them depend on no order, and on no machine
_TELLING = 50_000  # below this, reasons are not looked for: nothing makes one event of it
_WORDS, _WORDS_ACROSS = 0.7, 1.3  # what a cosine of words is worth in units of cosine of vectors
_ENOUGH = 0.3  # cosine of words; what is nearer is a template, and its words prove no more
_ACROSS = 0.02
_SOME = 0.06  # cosine of words: a rare one, or two
_AGAINST = -0.07  # a weekday or a name may differ between angles of one event
_WORDS_SAID = 3
_ROWS = 64  # points that are compared with all others at a time: bounds memory
_CHUNK = 4096  # pairs whose vectors are multiplied at a time: bounds memory
_BONUS = round(MAX_BONUS * MILLION)
_LATEST = 20_000  # adjustments that are held as they came: 3 MB


class Adjustments:
    """What reasons add to the similarity of pairs, by the pair's number; most take 12 bytes."""

    def __init__(self) -> None:
        self._keys, self._values = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)  # by key, ascending
        self._latest: dict[int, int] = {}

    def of(self, keys: Indices, find: Callable[[int], int]) -> Counts:
        """One for each key; `find` is asked once for what is not known."""
        places = np.searchsorted(self._keys, keys)
        known = np.append(self._keys, -1)[places] == keys
        values = np.append(self._values, 0)[places].astype(np.int64) if known.any() else np.zeros(len(keys), np.int64)
        for k in np.flatnonzero(~known).tolist():
            key = int(keys[k])
            if key not in self._latest:
                self._latest[key] = find(key)
            values[k] = self._latest[key]
        if len(self._latest) >= _LATEST:
            self._settle()
        return values

    def _settle(self) -> None:
        keys = np.concatenate((self._keys, np.fromiter(self._latest, dtype=np.int64)))
        values = np.concatenate((self._values, np.fromiter(self._latest.values(), dtype=np.int32)))
        order = np.argsort(keys)
        self._keys, self._values = keys[order], values[order]
        self._latest.clear()


@dataclass(frozen=True)
class Space:
    """Points and what is known of them. What was found out about a pair is kept: it is asked for more than once."""

    rows: npt.NDArray[np.float32]  # (n, d), centred, of length 1
    days: Matrix  # (n,)
    languages: npt.NDArray[np.str_]  # (n,) any codes: each is across from every other
    articles: Sequence[Article]
    words: Words
    decay: float
    scale: Scale = field(default_factory=Scale)
    _features: dict[int, Features] = field(default_factory=dict, repr=False, compare=False)
    _adjustments: Adjustments = field(default_factory=Adjustments, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.days)

    # ------------------------------------------------------------ likeness

    def near(self, a: Indices, b: Indices) -> Matrix:
        """What vectors, languages and days say, (len(a), len(b)): the likeness without words."""
        apart = np.sqrt(np.abs(self.days[a][:, None] - self.days[b][None]))
        across = self.languages[a][:, None] != self.languages[b][None]
        matrix: Matrix = self.scale(self.rows[a] @ self.rows[b].T) + across * _ACROSS - self.decay * apart
        return matrix

    def likeness(self, a: Indices) -> Iterator[tuple[Indices, Counts]]:
        """The likeness of some points with all, in millionths: so many of them at a time, and theirs (…, n)."""
        cosines = self.scale(self.rows[a] @ self.rows.T)
        for start in range(0, len(a), _ROWS):
            own = a[start : start + _ROWS]
            across = self.languages[own][:, None] != self.languages[None]
            apart = np.sqrt(np.abs(self.days[own][:, None] - self.days[None]))
            words = np.minimum(self.words.cosines(own.tolist()), _ENOUGH) * np.where(across, _WORDS_ACROSS, _WORDS)
            near = cosines[start : start + _ROWS] + across * _ACROSS - self.decay * apart
            yield own, _millionths(near + words)

    def likeness_of(self, i: Indices, j: Indices) -> Counts:
        """The likeness of pairs, in millionths."""
        across = self.languages[i] != self.languages[j]
        apart = np.sqrt(np.abs(self.days[i] - self.days[j]))
        return _millionths(self._cosines_of(i, j) + self._words_of(i, j) + across * _ACROSS - self.decay * apart)

    def _words_of(self, i: Indices, j: Indices) -> Matrix:
        across = self.languages[i] != self.languages[j]
        worth: Matrix = np.minimum(self.words.cosines_of(i, j), _ENOUGH) * np.where(across, _WORDS_ACROSS, _WORDS)
        return worth

    def _cosines_of(self, i: Indices, j: Indices) -> Matrix:
        parts = [slice(start, start + _CHUNK) for start in range(0, len(i), _CHUNK)]
        found = [np.einsum("kd,kd->k", self.rows[i[part]], self.rows[j[part]]) for part in parts]
        return self.scale(np.concatenate(found)).astype(np.float64) if found else np.zeros(0)

    # ------------------------------------------------------------ reasons

    def similarity_of(self, i: Indices, j: Indices, likeness: Counts) -> Counts:
        """The similarity of pairs with that likeness, in millionths."""
        found = likeness.copy()
        telling = np.flatnonzero(likeness >= _TELLING)
        for start in range(0, len(telling), _CHUNK):
            pairs = telling[start : start + _CHUNK]
            keys = np.minimum(i[pairs], j[pairs]) * len(self) + np.maximum(i[pairs], j[pairs])
            found[pairs] += self._adjustments.of(keys, self._adjustment)
        return found

    def _adjustment(self, key: int) -> int:
        return round(adjustment(self.reasons(*divmod(key, len(self)))) * MILLION)

    def reasons(self, i: int, j: int) -> tuple[Evidence, ...]:
        return reasons(self._features_of(min(i, j)), self._features_of(max(i, j)))

    def _features_of(self, k: int) -> Features:
        if k not in self._features:
            self._features[k] = features(self.articles[k], self._language(k))
        return self._features[k]

    def _language(self, k: int) -> Lang:
        code: Lang = str(self.languages[k])  # type: ignore[assignment]  # as it came in
        return code

    def share_words(self, i: Indices, j: Indices) -> npt.NDArray[np.bool_]:
        """Whether pairs have rare words in common."""
        shared: npt.NDArray[np.bool_] = self.words.cosines_of(i, j) >= _SOME
        return shared

    def speaks_against(self, i: int, j: int) -> bool:
        """Whether a reason of weight speaks against one event."""
        return any(reason.weight <= _AGAINST for reason in self.reasons(i, j))

    def parts(self, i: Indices, j: Indices) -> Iterator[tuple[Evidence, ...]]:
        """Pair by pair, the parts of a similarity, which add up to it; parts of no weight are left out.

        "limit" is what the limits of `adjustment` give back or take away.
        """
        cosines, words = self._cosines_of(i, j), self._words_of(i, j)
        days = -self.decay * np.sqrt(np.abs(self.days[i] - self.days[j]))
        for k, (one, other) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
            found = self.reasons(one, other)
            parts = (
                Evidence("vectors", _told(cosines[k])),
                Evidence("words", _told(words[k]), ", ".join(self.words.shared(one, other)[:_WORDS_SAID])),
                Evidence("language", _ACROSS if self.languages[one] != self.languages[other] else 0.0),
                Evidence("days", _told(days[k])),
                *found,
                Evidence("limit", _told(adjustment(found) - sum(reason.weight for reason in found))),
            )
            yield tuple(part for part in parts if part.weight)

    # ------------------------------------------------------------ sums

    def totals(self, points: Sequence[int], groups: Sequence[Sequence[int]], needed: Sequence[int]) -> list[Total]:
        """The summed similarities of some points with those of each group.

        Only those that may reach the sum `needed` are exact: for the others no reasons are looked for.
        """
        sizes = np.array([len(group) for group in groups])
        others = np.array([point for group in groups for point in group], dtype=np.intp)
        i, j = np.repeat(np.array(points, dtype=np.intp), len(others)), np.tile(others, len(points))
        number = np.tile(np.repeat(np.arange(len(groups)), sizes), len(points))
        likeness = self.likeness_of(i, j)
        bounds = _sums(likeness, number, len(groups)) + _BONUS * sizes * len(points)
        asked = bounds >= np.array(needed, dtype=np.int64)
        whole = asked[number]
        exact = _sums(self.similarity_of(i[whole], j[whole], likeness[whole]), number[whole], len(groups))
        return [Total(int(e if a else b), bool(a)) for e, b, a in zip(exact, bounds, asked, strict=True)]

    def means(self, points: Indices, groups: Sequence[Indices]) -> Matrix:
        """The mean similarity of each point to those of the group beside it."""
        sizes = np.array([len(group) for group in groups], dtype=np.intp)
        means = np.zeros(len(points))
        for part in _parts(sizes, _CHUNK):
            i, j = np.repeat(points[part], sizes[part]), np.concatenate(groups[part])
            number = np.repeat(np.arange(len(points[part])), sizes[part])
            similarity = self.similarity_of(i, j, self.likeness_of(i, j))
            means[part] = _sums(similarity, number, len(points[part])) / sizes[part] / MILLION
        return means


def _parts(sizes: Indices, most: int) -> Iterator[slice]:
    """Runs of groups, of about so many points together."""
    number = np.cumsum(sizes) // most
    ends = np.flatnonzero(np.diff(number)) + 1
    yield from (slice(*ends_) for ends_ in pairwise([0, *ends.tolist(), len(sizes)]) if ends_[0] < ends_[1])


def _told(value: float) -> float:
    return round(float(value), 6)


def _millionths(values: Matrix) -> Counts:
    found: Counts = np.rint(values * MILLION).astype(np.int64)
    return found


def _sums(values: Counts, number: Indices, count: int) -> Counts:
    """By number, the sum of its values: in whole numbers, which `bincount` cannot."""
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, number, values)
    return sums
