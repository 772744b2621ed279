"""Fitting `monitor.language.confidence` on judged outputs, and how well its numbers hold on others."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.language.confidence import HIGH, MEDIUM, WEIGHTS, confidence, features
from monitor.language.guards import HARD
from tests.eval.guard_data import Output

Judged = tuple[Output, tuple[str, ...]]  # an output and its flags
Shares = npt.NDArray[np.float64]
_RIDGE = 5.0  # strong: the guards were tuned on the same outputs, where their flags therefore look surer than elsewhere
_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Bin:
    """Outputs of like confidence."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float  # share that did not mislead


def fit(judged: Sequence[Judged]) -> dict[str, float]:
    """The weights: logistic regression with a ridge on all but the engine's and the length's.

    The engine's weight is given one standard error below its estimate: a few hundred verdicts of one reader are no
    ground to promise more. Outputs with a hard flag stay out: no reader sees them. Texts that the engine's rules were
    written with have an offset of their own, which is thrown away: readers get other texts.
    """
    shown = [(output, flags) for output, flags in judged if not HARD.intersection(flags)]
    rows = [[features(f, len(o.text.split()))[name] for name in WEIGHTS] + [float(o.seen)] for o, f in shown]
    design = np.array(rows)
    good = np.array([float(output.verdict != "misleading") for output, _ in shown])
    ridge = np.diag([0.01 if name in ("engine", "length") else _RIDGE for name in WEIGHTS] + [0.01])
    weights, errors = _newton(design, good, ridge)
    weights[0] -= errors[0]
    return {name: round(float(weight), 2) for name, weight in zip(WEIGHTS, weights, strict=False)}


def _newton(design: Shares, good: Shares, ridge: Shares) -> tuple[Shares, Shares]:
    """Newton's method for penalised logistic regression: the weights and their standard errors."""
    weights, curve = np.zeros(design.shape[1]), ridge
    for _ in range(30):
        likely = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (good - likely) - ridge @ weights
        curve = design.T @ (design * (likely * (1 - likely))[:, None]) + ridge
        weights = weights + np.linalg.solve(curve, slope)
    return weights, np.sqrt(np.diag(np.linalg.inv(curve)))


def by_word(judged: Sequence[Judged]) -> dict[str, Bin]:
    """The same by the words readers get."""
    bounds = {"high": (HIGH, 1.0), "medium": (MEDIUM, HIGH), "low": (0.0, MEDIUM)}
    likely, good = _shown(judged)
    inside = {word: (likely >= low) & (likely < high) for word, (low, high) in bounds.items()}
    return {word: _bin(*bounds[word], likely[i], good[i]) for word, i in inside.items() if i.any()}


def reliability(judged: Sequence[Judged]) -> tuple[list[Bin], float, float]:
    """By bin of confidence: predicted and observed; then the Brier score, and that of the plain share for all."""
    likely, good = _shown(judged)
    bins = []
    for low, high in pairwise(_EDGES):
        inside = (likely >= low) & (likely < high)
        if inside.any():
            bins.append(_bin(low, high, likely[inside], good[inside]))
    return bins, float(((likely - good) ** 2).mean()), float(((good.mean() - good) ** 2).mean())


def _shown(judged: Sequence[Judged]) -> tuple[Shares, Shares]:
    """Of the outputs a reader sees: the confidence, and 1 where the output does not mislead."""
    shown = [(output, flags) for output, flags in judged if not HARD.intersection(flags)]
    likely = [confidence(flags, basic=True, words=len(output.text.split())) for output, flags in shown]
    return np.array(likely), np.array([float(output.verdict != "misleading") for output, _ in shown])


def _bin(low: float, high: float, likely: Shares, good: Shares) -> Bin:
    return Bin(low, high, len(likely), float(likely.mean()), float(good.mean()))
