"""Vectors of one embedder made comparable: across languages by a mean for each, across embedders by a scale. Pure.

Multilingual models separate languages before they separate events: subtracting the language's mean takes that out.
Thresholds and weights are in units of cosine as the shipped embedder gives them; another one's cosines are wider or
narrower, and a `Scale` brings them there (docs/decisions/0017-embedders.md).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.protocols import Vectors

Matrix = npt.NDArray[np.floating[Any]]

_BY_CHANCE = 0.98  # a cosine that only two in a hundred pairs of reports in one language exceed
_SLOPES = (0.25, 4.0)  # beyond these, it is another kind of embedder, and no scale helps
_AT_ONCE = 1_000  # rows that are worked on at a time: bounds memory
_WEIGHT_OF_OTHERS = 40  # reports of an unknown language until their own mean counts as much as other languages'


@dataclass(frozen=True, slots=True)
class Scale:
    """From cosines of one embedder's centred vectors to those of the shipped one; never above 1."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, cosines: Matrix) -> Matrix:
        scaled: Matrix = np.minimum(self.slope * cosines + self.shift, 1.0)
        return scaled


@dataclass(frozen=True, slots=True)
class Spread:
    """How alike an embedder finds reports that have nothing to do with each other."""

    mean: float
    by_chance: float  # exceeded by two pairs in a hundred


@dataclass(frozen=True, slots=True)
class Means:
    """What an embedder's vectors have in common in each language (by ISO 639-1 code), and the scale of its cosines."""

    of: Mapping[str, Vectors] = field(default_factory=dict)
    scale: Scale = field(default_factory=Scale)


NO_MEANS = Means()  # vectors as they are: centred already, or of one language


def unit(rows: Vectors) -> Vectors:
    """The rows with length 1; a row of zeros, which has no direction, becomes one of equal numbers."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.where(norms > 0, rows, 1.0)
    scaled: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def centred(vectors: Mapping[str, Vectors], languages: Mapping[str, str], means: Means) -> Mapping[str, Vectors]:
    """The vectors less their language's mean, of length 1 again. Any language code may come.

    A known mean is fixed: blending it with the run's own moves the whole scale with the number of reports
    (docs/decisions/0014-stories.md). A language without one has no better than the mean of its reports in `vectors`,
    drawn to the other languages' while there are few. Without any known mean nothing is subtracted.
    """
    ids = sorted(vectors)
    return dict(zip(ids, centred_rows(ids, vectors, languages, means), strict=True))


def centred_rows(
    ids: Sequence[str], vectors: Mapping[str, Vectors], languages: Mapping[str, str], means: Means
) -> Vectors:
    """The same as one matrix, a row for each of `ids` in their order."""
    places = {id_: place for place, id_ in enumerate(ids)}
    by_language: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in sorted(ids):
        by_language[languages[id_]].append(id_)
    rows = np.zeros((len(ids), len(vectors[ids[0]]) if ids else 1), np.float32)
    for language, own in by_language.items():
        mean = _mean([vectors[id_] for id_ in own], language, means)
        for start in range(0, len(own), _AT_ONCE):
            part = own[start : start + _AT_ONCE]
            rows[[places[id_] for id_ in part]] = unit(np.stack([vectors[id_] for id_ in part]) - mean)
    return rows


def _mean(rows: Sequence[Vectors], language: str, means: Means) -> Vectors:
    if language in means.of:
        return means.of[language]
    if not means.of:
        return np.zeros(len(rows[0]), np.float32)
    others = np.mean([means.of[known] for known in sorted(means.of)], axis=0)
    own: Vectors = (np.stack(rows).sum(axis=0) + _WEIGHT_OF_OTHERS * others) / (len(rows) + _WEIGHT_OF_OTHERS)
    return own


def spread(reports: Sequence[Vectors]) -> Spread:
    """Of centred rows of reports, one matrix for each language: pairs within a language.

    A few pairs of the shipped reports tell one event. They are in the tail with every embedder, and hardly move it.
    """
    pairs = [(rows @ rows.T)[np.triu_indices(len(rows), 1)] for rows in reports]
    means = [float(found.mean()) for found in pairs]
    tails = [float(np.quantile(found, _BY_CHANCE)) for found in pairs]
    return Spread(float(np.mean(means)), float(np.mean(tails)))


def scale_to(own: Spread, shipped: Spread) -> Scale:
    """The scale on which a pair of unrelated reports is as alike by chance as the shipped embedder finds it.

    A threshold says how rare a likeness by chance must be, so that is what is kept equal. How alike reports of one
    event are stays the embedder's own affair: a better one finds more of them, a worse one fewer.
    """
    width = own.by_chance - own.mean
    slope = (shipped.by_chance - shipped.mean) / width if width > 0 else 1.0
    slope = round(min(max(slope, _SLOPES[0]), _SLOPES[1]), 3)
    return Scale(slope, round(shipped.mean - slope * own.mean, 3))
