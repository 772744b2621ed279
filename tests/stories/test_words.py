"""Rare words in common, within a language and across."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.words import Words, read_words

EN = "Canine team finds meth in avocado shipment, prosecutors say"
ES = "Binomio canino halla cristal en cargamento de aguacate, dice la fiscalía"
OTHER = "Senate delays vote on scanner money"


def weight(words: Words, report: int, stem: str) -> float:
    own = slice(words.starts[report], words.starts[report + 1])
    return float(words.weights[own][words.numbers[own] == words.stems.index(stem)][0])


def cosine(words: Words, i: int, j: int) -> float:
    return float(words.cosines_of(np.array([i]), np.array([j]))[0])


def test_a_report_and_its_counterpart_share_more_than_two_reports_of_one_language() -> None:
    words = read_words([EN, ES, OTHER])
    assert cosine(words, 0, 1) > 0.15 > cosine(words, 0, 2)
    assert {"avocado/aguacate", "meth/metanfetamina"} <= set(words.shared(0, 1))


def test_the_rarest_shared_word_is_named_first() -> None:
    words = read_words(["Zubieta Quimarra", "Zubieta Quimarra", *(f"Quimarra number{n}" for n in range(9))])
    assert words.shared(0, 1) == ("zubie", "quima")


def test_a_word_in_every_report_of_the_run_counts_less_than_in_one_pair() -> None:
    pair = ["Zubieta opens bridge", "Zubieta visits shelter"]
    alone = read_words(pair)
    crowded = read_words(pair + [f"Zubieta speaks on subject{n}" for n in range(400)])
    assert weight(crowded, 0, "zubie") < weight(alone, 0, "zubie")


@pytest.mark.parametrize("common", ["dans", "einem", "voor"])
def test_what_is_common_in_another_language_counts_less_than_a_name(common: str) -> None:
    words = read_words([f"{common} Quimarra"])
    assert weight(words, 0, common[:5]) < weight(words, 0, "quima")


def test_words_too_short_to_tell_anything_count_for_nothing() -> None:
    words = read_words(["It is as it is", EN])
    assert (cosine(words, 0, 0), cosine(words, 0, 1), words.shared(0, 1)) == (0, 0, ())


TEXTS = st.lists(st.lists(st.sampled_from("zubieta bridge puente 26 senate muro wall caravan".split())), max_size=8)


@given(TEXTS)
def test_rows_and_pairs_give_the_same_cosines(texts: list[list[str]]) -> None:
    words = read_words([" ".join(text) for text in texts])
    n = len(texts)
    matrix = words.cosines(list(range(n)))
    i, j = np.divmod(np.arange(n * n), max(n, 1))
    assert matrix.shape == (n, n)
    np.testing.assert_allclose(words.cosines_of(i, j), matrix.reshape(-1), atol=1e-12)
    np.testing.assert_allclose(words.cosines_of(i[::-1], j[::-1]), matrix.reshape(-1)[::-1], atol=1e-12)


def test_stems_are_found_by_how_many_reports_hold_them() -> None:
    words = read_words(["Zubieta Quimarra", "Quimarra Tolvano", "Quimarra", ""])
    rare = words.rare_entries(np.array([0, 1]), most=1)
    assert [words.stems[k] for k in words.numbers[rare]] == ["zubie", "tolva"]
    holders, lengths = words.holders_of(np.array([words.stems.index("quima")]))
    assert (words.owners[holders].tolist(), lengths.tolist()) == ([0, 1, 2], [3])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fentanyl", "fentanilo"),
        ("casinos", "casino"),
        ("judge", "juez"),
        ("Zelenski", "Зеленський"),
        ("Papadopoulos", "Παπαδόπουλος"),
    ],
)
def test_forms_and_translations_of_a_word_are_one(one: str, other: str) -> None:
    assert cosine(read_words([one, other]), 0, 1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("习近平主席访问河内", "河内迎接习近平"),
        ("대통령은 서울에서", "서울의 시장"),
        ("زلزال في المغرب", "المغرب بعد الزلزال"),
    ],
)
def test_other_scripts_have_words_too(one: str, other: str) -> None:
    assert cosine(read_words([one, other]), 0, 1) > 0
