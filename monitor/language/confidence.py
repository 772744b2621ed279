"""How sure a reader may be that a translation does not mislead: its flags, its engine and its length, in one number.

A logistic model: log odds of "does not mislead" = engine + length + what the guards found. Its numbers were fitted on
the judged outputs of the basic engine (tests/eval/data/guard-outputs.jsonl, dev; `python benchmarks/guards.py --fit`
prints them anew), for texts the engine's rules were not written with, the engine's weight one standard error low.
`python benchmarks/guards.py` prints how well they hold on the test outputs, which nothing was fitted on: where "medium"
said 84 %, 79 % did not mislead; where "low" said 47 %, 58 %. So the words hold, and the decimals are soft.

Known gaps: headlines and reports far from the border do worse than the number says. No better engine could be judged,
for none can be had without a download: its odds are the basic engine's times `_BETTER_ODDS`, an assumption in want of
verdicts. A fluent sentence with a wrong sense raises no flag: it lowers what all the unflagged are worth.
"""

from collections.abc import Collection, Mapping
from math import exp, log2

from monitor.language.guards import HARD

FAMILIES: Mapping[str, frozenset[str]] = {
    "names": frozenset({"names"}),
    "figures": frozenset({"number", "unit", "date"}),
    "negation": frozenset({"negation"}),
    "sense": frozenset({"sense"}),
    "wording": frozenset({"words", "grammar", "person"}),
}
WEIGHTS: Mapping[str, float] = {  # log odds, dev
    "engine": 1.76,
    "length": -0.68,  # per doubling of the words
    "any": -1.36,
    "names": -0.74,
    "figures": -0.64,
    "negation": 0.1,
    "sense": -0.93,
    "wording": 0.44,
}
_BETTER_ODDS = 3.0
_USUAL_WORDS = 10
HIGH, MEDIUM = 0.9, 0.75  # from where `Translation.confidence_word` says so


def features(flags: Collection[str], words: int) -> dict[str, float]:
    """What the model knows of a translation, by the names of `WEIGHTS`; 8 words count at least (there are too few
    shorter ones to say that they do better), 40 at most.
    """
    found = {name: float(not family.isdisjoint(flags)) for name, family in FAMILIES.items()}
    length = log2(min(max(words, 8), 40) / _USUAL_WORDS)
    return {"engine": 1.0, "length": length, "any": float(any(found.values())), **found}


def confidence(flags: Collection[str], *, basic: bool, words: int) -> float:
    """The share of translations like this one that do not mislead, 0 to 1; 0 with a hard flag.

    `words`: of the original; `basic`: made by an engine whose quality is known to be basic.
    """
    if not HARD.isdisjoint(flags):
        return 0.0
    odds = exp(sum(WEIGHTS[name] * value for name, value in features(flags, words).items()))
    odds *= 1.0 if basic else _BETTER_ODDS
    return round(odds / (1 + odds), 3)
