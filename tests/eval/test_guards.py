"""Do the guards find what misleads, and leave faithful translations alone? Floors on texts nobody tuned on.

Faults of every kind are planted in outputs judged faithful and in translations of our own (README.md); a fault counts
as found as guard_scores.py says. The floors stand just under what was measured when they were set, on every third
text; `python benchmarks/guards.py` measures them all, on dev and test, by fault and direction. Lower a floor only with
a reason in the commit.
"""

from collections.abc import Sequence
from functools import lru_cache

import pytest

from monitor.language.confidence import MEDIUM
from monitor.language.glossary import Glossary, load_glossary
from monitor.resources import bundled
from tests.eval.guard_calibration import by_word, reliability
from tests.eval.guard_corruptions import Case, Group, plant
from tests.eval.guard_data import Output, Split, faithful, flags_of, judged_outputs, references
from tests.eval.guard_scores import FAULTS, Flags, Found, alarms, judged_faults, natural, recall

MIN_RECALL: dict[Group, float] = {"hard": 0.99, "numbers": 0.975, "negation": 0.96, "names": 0.92}
MAX_HARD_ALARMS = 0.004
MAX_ALARMS = 0.03
MIN_NATURAL = 0.18  # of real misleading outputs: most are fluent sentences with a wrong sense, which no guard sees
MAX_BRIER = 0.185
EVERY = 3


def judge(case: Case) -> Flags:
    return flags_of(case.text, case.output, case.target, glossary())


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    return load_glossary(bundled("glossary.yaml"))


def outputs_of(split: Split) -> list[Output]:
    return [output for output in judged_outputs() if output.split == split]


@pytest.fixture(scope="module")
def good() -> list[Case]:
    """Faithful translations of the test split."""
    pairs = [output for output in references() if output.split == "test"]
    return [output.case for output in (*faithful(outputs_of("test")), *pairs)]


@pytest.fixture(scope="module")
def found(good: Sequence[Case]) -> list[Found]:
    return judged_faults(plant(good[::EVERY], FAULTS), judge)


@pytest.mark.parametrize("group", sorted(MIN_RECALL))
def test_planted_faults_are_found(found: Sequence[Found], group: Group) -> None:
    share = recall(found, group)
    missed = sorted({f.planted.fault for f in found if f.planted.group == group and not f.is_found})
    assert share.value >= MIN_RECALL[group], (share, missed)


def test_faithful_translations_raise_few_alarms(good: Sequence[Case]) -> None:
    raised = alarms([judge(case) for case in good])
    assert raised.hard.value <= MAX_HARD_ALARMS, raised
    assert raised.any.value <= MAX_ALARMS, raised


def test_real_misleading_outputs_are_flagged_in_part() -> None:
    shares = natural(outputs_of("test"), judge)
    assert shares["any"].value >= MIN_NATURAL, shares


def test_the_confidence_of_unseen_outputs_holds() -> None:
    _, brier, _ = reliability([(output, judge(output.case)) for output in outputs_of("test")])
    assert brier <= MAX_BRIER


def test_the_words_of_confidence_keep_what_they_promise() -> None:
    """At least three in four "medium" outputs do not mislead, and fewer of the "low" ones."""
    shares = by_word([(output, judge(output.case)) for output in outputs_of("test")])
    assert shares["medium"].observed >= MEDIUM > shares["low"].observed, shares


def test_there_are_a_thousand_verdicts_and_no_text_is_in_both_splits() -> None:
    outputs = judged_outputs()
    assert len(outputs) >= 1000
    assert len({output.id for output in outputs}) == len(outputs)
    sides = [{o.text for o in (*outputs_of(split), *references()) if o.split == split} for split in ("dev", "test")]
    assert not sides[0] & sides[1]


def test_planting_is_repeatable_and_changes_every_text(good: Sequence[Case]) -> None:
    first, again = (list(plant(good[:20], FAULTS)) for _ in range(2))
    assert [p.output for p in first] == [p.output for p in again]
    assert all(p.output != p.case.output for p in first)
    assert {p.fault for p in first} >= {"dropped_negation", "changed_digit", "lost_place", "cut"}
