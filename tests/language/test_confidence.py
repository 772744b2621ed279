"""The confidence of a translation: a share between 0 and 1, lower for what misleads more often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.confidence import FAMILIES, HIGH, MEDIUM, confidence
from monitor.language.guards import HARD, SOFT
from monitor.records import Translation

flag_sets = st.frozensets(st.sampled_from(sorted(SOFT)))


@given(flag_sets, st.booleans(), st.integers(0, 400))
def test_confidence_is_a_share_that_nothing_shown_lacks(flags: frozenset[str], basic: bool, words: int) -> None:
    assert 0 < confidence(flags, basic=basic, words=words) < 1


@pytest.mark.parametrize("flag", sorted(HARD))
def test_a_translation_nobody_is_shown_has_none(flag: str) -> None:
    assert confidence({flag, "names"}, basic=False, words=10) == 0.0


@pytest.mark.parametrize("flag", sorted(SOFT))
def test_any_doubt_lowers_it(flag: str) -> None:
    assert confidence({flag}, basic=True, words=10) < confidence((), basic=True, words=10)


def test_the_basic_engine_and_a_long_text_lower_it() -> None:
    assert confidence((), basic=True, words=10) < confidence((), basic=False, words=10)
    assert confidence((), basic=True, words=25) < confidence((), basic=True, words=8)


def test_every_soft_flag_belongs_to_one_family() -> None:
    """A new guard must say what its flag is worth."""
    assert sorted(flag for family in FAMILIES.values() for flag in family) == sorted(SOFT)


@pytest.mark.parametrize(
    ("value", "word"), [(0.9, "high"), (0.89, "medium"), (0.75, "medium"), (0.74, "low"), (0, "low")]
)
def test_the_words_stand_for_nine_in_ten_and_three_in_four(value: float, word: str) -> None:
    kept = Translation("es", "en", "Nadie.", "Nobody.", "engine", confidence=value)
    assert kept.confidence_word == word
    assert {"high": value >= HIGH, "medium": MEDIUM <= value < HIGH, "low": value < MEDIUM}[word]
