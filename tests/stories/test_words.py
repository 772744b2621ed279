"""Rare words in common, within a language and across."""

import numpy as np
import pytest

from monitor.stories.words import WordIndex, likeness, profiles, shared

EN = "Canine team finds meth in avocado shipment, prosecutors say"
ES = "Binomio canino halla cristal en cargamento de aguacate, dice la fiscalía"
OTHER = "Senate delays vote on scanner money"


def test_a_report_and_its_counterpart_share_more_than_two_reports_of_one_language() -> None:
    en, es, other = profiles([EN, ES, OTHER])
    assert likeness(en, es) > 0.15 > likeness(en, other)
    assert {"avocado/aguacate", "meth/metanfetamina"} <= set(shared(en, es))


def test_a_word_in_every_report_of_the_run_counts_less_than_in_one_pair() -> None:
    pair = ["Zubieta opens bridge", "Zubieta visits shelter"]
    alone, _ = profiles(pair)
    crowded, *_ = profiles(pair + [f"Zubieta speaks on subject{n}" for n in range(400)])
    assert crowded["zubie"] < alone["zubie"]


def test_words_too_short_to_tell_anything_make_no_profile() -> None:
    (empty,) = profiles(["It is as it is"])
    assert empty == {}
    assert likeness(empty, empty) == 0


def test_the_index_gives_the_likeness_of_every_pair() -> None:
    found = profiles([EN, ES, OTHER, ""])
    matrix = WordIndex(found).cosines([0, 3])
    assert matrix.shape == (2, 4)
    np.testing.assert_allclose(matrix[0], [likeness(found[0], other) for other in found])
    assert not matrix[1].any()
    assert WordIndex(found).cosines([]).shape == (0, 4)


@pytest.mark.parametrize(("en", "es"), [("fentanyl", "fentanilo"), ("casinos", "casino"), ("judge", "juez")])
def test_forms_and_translations_of_a_word_are_one(en: str, es: str) -> None:
    a, b = profiles([en, es])
    assert likeness(a, b) == pytest.approx(1)
