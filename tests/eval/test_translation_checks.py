"""The labelled translations themselves: enough of them, and patterns that tell good from wrong."""

import re
from collections import Counter

import pytest

from tests.eval.translation_checks import SPLITS, TOPICS, Case, load_cases

CASES = [case for split in SPLITS for case in load_cases(split)]


def ids(case: Case) -> str:
    return case.id


def test_there_are_two_hundred_a_direction_half_of_them_unseen() -> None:
    counted = Counter((case.source, case.id.split("-")[0]) for case in CASES)
    assert min(counted[source, split] for source in ("es", "en") for split in SPLITS) >= 100, counted


def test_no_text_and_no_id_stands_twice() -> None:
    assert len({case.text for case in CASES}) == len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_reference_passes_and_the_rest_does_not(case: Case) -> None:
    """A pattern that matches nothing at all would pass every translation."""
    assert case.faults(case.reference) == []
    assert all(case.faults(text) for text in ("", case.text, *case.wrong))
    assert not [pattern for pattern in case.must if re.search(pattern, "")]
    assert case.topics
    assert TOPICS.issuperset(case.topics)
