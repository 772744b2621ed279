"""How well the guards do: planted faults found, natural faults found, false alarms on faithful translations.

A planted fault counts as found when its own flag is raised, or a hard one (the reader sees the original): another soft
flag that happens to stand there does not count, but for `wrong_sentence` and the faults beyond the floors, where any
flag will do. A hard fault needs a hard flag.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.language.guards import HARD
from tests.eval.guard_corruptions import HARD_FAULTS, Case, Fault, Group, Planted
from tests.eval.guard_data import Output
from tests.eval.guard_figures import NUMBER_FAULTS, SWAPPED_FIGURES
from tests.eval.guard_names import NAME_FAULTS
from tests.eval.guard_negations import NEGATION_FAULTS, OPPOSITES

FAULTS: Mapping[Group, Mapping[str, Fault]] = {
    "hard": HARD_FAULTS,
    "numbers": NUMBER_FAULTS,
    "negation": NEGATION_FAULTS,
    "names": NAME_FAULTS,
    "beyond": {**SWAPPED_FIGURES, **OPPOSITES},
}
FLAGS: Mapping[Group, frozenset[str]] = {
    "hard": HARD,
    "numbers": HARD | {"number", "date", "unit", "money"},
    "negation": HARD | {"negation"},
    "names": HARD | {"names", "name"},
    "beyond": frozenset(),
}
Flags = tuple[str, ...]
Judge = Callable[[Case], Flags]


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A planted fault with the flags it raised."""

    planted: Planted
    flags: Flags

    @property
    def is_found(self) -> bool:
        if self.planted.group == "beyond" or self.planted.fault == "wrong_sentence":
            return bool(self.flags)
        return bool(FLAGS[self.planted.group].intersection(self.flags))


def judged_faults(planted: Iterable[Planted], judge: Judge) -> list[Found]:
    return [Found(p, judge(Case(p.case.text, p.output, p.case.target))) for p in planted]


def recall(found: Iterable[Found], group: Group) -> Share:
    """Of the planted faults of a group, those found."""
    hits = [f.is_found for f in found if f.planted.group == group]
    return Share(sum(hits), len(hits))


def recall_by_fault(found: Iterable[Found]) -> dict[str, dict[str, Share]]:
    """By group and fault, then by target language."""
    whole: Counter[tuple[str, str]] = Counter()
    part: Counter[tuple[str, str]] = Counter()
    for f in found:
        key = (f"{f.planted.group}/{f.planted.fault}", f.planted.case.target)
        whole[key] += 1
        part[key] += f.is_found
    faults = dict.fromkeys(fault for fault, _ in whole)
    return {
        fault: {t: Share(part[fault, t], whole[fault, t]) for t in ("en", "es") if whole[fault, t]} for fault in faults
    }


@dataclass(frozen=True, slots=True)
class Alarms:
    """False alarms: the share of faithful translations with a hard flag, with any, and how often each was raised."""

    hard: Share
    any: Share
    by_flag: Counter[str]


def alarms(flags: Sequence[Flags]) -> Alarms:
    """Of the flags of faithful translations."""
    hard = sum(bool(HARD.intersection(f)) for f in flags)
    every = Counter(flag for f in flags for flag in f)
    return Alarms(Share(hard, len(flags)), Share(sum(map(bool, flags)), len(flags)), every)


def natural(outputs: Sequence[Output], judge: Judge) -> dict[str, Share]:
    """Of the misleading outputs of real engines, those with any flag: by kind of fault, and `any` for all."""
    bad = [output for output in outputs if output.verdict == "misleading"]
    flagged = {output.id: bool(judge(output.case)) for output in bad}
    kinds = sorted({fault for output in bad for fault in output.faults})
    shares = {"any": Share(sum(flagged.values()), len(bad))}
    for kind in kinds:
        of_kind = [output.id for output in bad if kind in output.faults]
        shares[kind] = Share(sum(flagged[i] for i in of_kind), len(of_kind))
    return shares
