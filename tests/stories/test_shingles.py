"""Shingles are the same everywhere, and the index finds what shares a passage at a bounded cost."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.stories.shingles import Shingles, Words, candidates, common, marks, shingled


def _of(*texts: str) -> list[Shingles]:
    words = Words()
    return [shingled(words.read(text).codes) for text in texts]


def _random(rng: random.Random, length: int) -> list[str]:
    return [f"w{rng.randrange(10**6)}" for _ in range(length)]


def test_shingles_are_the_same_in_every_process() -> None:
    """Python's own hash of a string differs from process to process, and stories would with it."""
    (found,) = _of("Agents found a tunnel")
    assert found.tolist() == [1181013302, 969492271]


def test_case_accents_and_punctuation_do_not_count() -> None:
    one, two = _of("La Patrulla Fronteriza halló un túnel.", "la patrulla fronteriza «hallo», un TUNEL")
    assert one.tolist() == two.tolist()
    assert len(one) == 4


def test_a_text_of_two_words_has_no_shingle() -> None:
    assert [len(found) for found in _of("", "one", "one two", "one two three")] == [0, 0, 0, 1]


def test_numbers_come_with_what_they_count_and_weekdays_count_as_one_thing() -> None:
    words = Words()
    one, two = (words.read(text).numbers for text in ("found 1,200 pounds of meth in 12 bags", "only 40 pounds"))
    assert [(n.place, n.digits) for n in one] == [(1, "1,200"), (6, "12")]
    assert one[0].unit == two[0].unit != one[1].unit
    friday, lunes = (words.read(text).numbers[0] for text in ("on Friday", "el lunes"))
    assert friday.unit == lunes.unit


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 94), st.integers(0, 94))
def test_six_words_in_a_row_near_the_start_of_both_make_a_candidate(seed: int, before: int, above: int) -> None:
    rng = random.Random(seed)
    passage = _random(rng, 6)
    one = " ".join(_random(rng, before) + passage)
    two = " ".join(_random(rng, above) + passage + _random(rng, 3))
    assert set(marks(_of(one)[0])) & set(marks(_of(two)[0]))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 400), st.integers(0, 400))
def test_eighteen_words_in_a_row_anywhere_make_a_candidate(seed: int, before: int, above: int) -> None:
    rng = random.Random(seed)
    passage = _random(rng, 18)
    one = " ".join(_random(rng, before) + passage + _random(rng, 50))
    two = " ".join(_random(rng, above) + passage)
    assert set(marks(_of(one)[0])) & set(marks(_of(two)[0]))


def test_the_candidate_that_shares_most_comes_first() -> None:
    rng = random.Random(3)
    text = _random(rng, 60)
    half, whole = " ".join(text[:30] + _random(rng, 30)), " ".join(text)
    near = candidates(_of(half, whole, "nothing of the kind here at all", whole), 4)
    assert [near.of(k) for k in range(4)] == [[], [0], [], [1, 0]]
    assert candidates(_of(half, whole, whole), 1).of(2) == [1]


def test_a_template_in_thousands_of_texts_costs_each_of_them_no_more_than_the_bound() -> None:
    rng = random.Random(4)
    template = " ".join(_random(rng, 30))
    original = " ".join(_random(rng, 40))
    texts = [f"{template} {' '.join(_random(rng, 10))}" for _ in range(5_000)]
    near = candidates(_of(*texts, f"{template} {original}", f"{template} {original}"), 8)
    assert max(len(near.of(k)) for k in range(5_002)) == 8
    assert near.of(5_001)[0] == 5_000  # the rare marks lead to the one that matters


def test_nothing_has_no_candidates() -> None:
    assert candidates(_of("", ""), 3).of(1) == []


def test_what_many_texts_carry_is_common_and_a_text_printed_again_is_not() -> None:
    rng = random.Random(5)
    footer, again = " ".join(_random(rng, 20)), " ".join(_random(rng, 40))
    texts = _of(*(f"{' '.join(_random(rng, 20))} {footer}" for _ in range(4)), *[again] * 4)
    assert set(common(texts, 4)) == set(_of(footer)[0])
    assert not len(common(texts, 5))
    assert not len(common([], 4))
    assert common(texts, 4).dtype == np.uint32
