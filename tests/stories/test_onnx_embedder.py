"""An ONNX file as embedder: what it computes, where its parts are found, and what a broken one is told."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto
from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.embedders import open_embedder
from tests.stories.small_models import (
    TABLE,
    WIDTH,
    write_encoder,
    write_sentencepiece,
    write_tokenizer_json,
    write_wrong_inputs,
)

TEXT = "Hallaron un túnel bajo una bodega."


def rows_of(numbers: list[int]) -> Vectors:
    rows: Vectors = np.tanh(TABLE[numbers])
    return rows


def direction(row: Vectors) -> Vectors:
    unit: Vectors = row / np.linalg.norm(row)
    return unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model and its tokenizer, as they are published."""
    (tmp_path / "mine").mkdir()
    write_encoder(tmp_path / "mine" / "model.onnx")
    write_tokenizer_json(tmp_path / "mine" / "tokenizer.json")
    return tmp_path / "mine"


def numbers_of(folder: Path, text: str) -> list[int]:
    return list(Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text).ids)


# ---------------------------------------------------------------- what it computes


def test_a_vector_is_the_mean_of_the_token_rows(folder: Path) -> None:
    (found,) = open_embedder(f"onnx:{folder}").embed([TEXT])
    np.testing.assert_allclose(found, direction(rows_of(numbers_of(folder, TEXT)).mean(axis=0)), atol=1e-5)


def test_the_first_row_alone_is_taken_when_asked_for(folder: Path) -> None:
    (folder / "embedder.yaml").write_text("pooling: first\n")
    (found,) = open_embedder(f"onnx:{folder}").embed([TEXT])
    np.testing.assert_allclose(found, direction(rows_of(numbers_of(folder, TEXT))[0]), atol=1e-5)


def test_a_sentence_embedding_of_the_model_is_taken_as_it_is(folder: Path) -> None:
    highest = ("ReduceMax", {"axes": [1], "keepdims": 0})
    write_encoder(folder / "model.onnx", output="sentence_embedding", tail=[highest])
    (found,) = open_embedder(f"onnx:{folder}").embed([TEXT])
    np.testing.assert_allclose(found, direction(rows_of(numbers_of(folder, TEXT)).max(axis=0)), atol=1e-5)


def test_prefix_and_length_come_from_the_settings(folder: Path) -> None:
    (folder / "embedder.yaml").write_text('prefix: "query: "\nmax_tokens: 8\n')
    (found,) = open_embedder(f"onnx:{folder}").embed([TEXT])
    whole = numbers_of(folder, f"query: {TEXT}")
    np.testing.assert_allclose(found, direction(rows_of([*whole[:7], whole[-1]]).mean(axis=0)), atol=1e-5)


@pytest.mark.parametrize(
    "inputs", [("input_ids",), ("input_ids", "attention_mask", "token_type_ids"), ("input_ids", "position_ids")]
)
@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.INT32])
def test_the_graph_says_which_inputs_it_takes(folder: Path, inputs: tuple[str, ...], kind: int) -> None:
    before = open_embedder(f"onnx:{folder}").embed([TEXT])
    write_encoder(folder / "model.onnx", inputs=inputs, kind=kind)
    np.testing.assert_allclose(open_embedder(f"onnx:{folder}").embed([TEXT]), before, atol=1e-6)


def test_a_text_has_the_same_vector_in_any_company(folder: Path) -> None:
    """To the last bit, also for models quantised while they run."""
    embedder = open_embedder(f"onnx:{folder}")
    texts = [TEXT, "a", "", TEXT * 9]
    np.testing.assert_array_equal(embedder.embed(texts)[0], embedder.embed([TEXT])[0])


# ---------------------------------------------------------------- tokenizers


def test_sentencepiece_numbers_are_taken_as_they_are(tmp_path: Path) -> None:
    write_encoder(tmp_path / "model.onnx")
    write_sentencepiece(tmp_path / "spiece.model")
    pieces = SentencePieceProcessor(model_file=str(tmp_path / "spiece.model"))
    (found,) = open_embedder(f"onnx:{tmp_path}").embed([TEXT])
    numbers = [pieces.bos_id(), *pieces.encode(TEXT), pieces.eos_id()]
    np.testing.assert_allclose(found, direction(rows_of(numbers).mean(axis=0)), atol=1e-5)


def test_xlm_roberta_moves_the_numbers_by_one(tmp_path: Path) -> None:
    """Its vocabulary begins with start, pad, end, unknown; the unknown piece of the model itself is number 0."""
    write_encoder(tmp_path / "model.onnx")
    write_sentencepiece(tmp_path / "sentencepiece.bpe.model")
    pieces = SentencePieceProcessor(model_file=str(tmp_path / "sentencepiece.bpe.model"))
    text = f"{TEXT} 雨"
    found = pieces.encode(text)
    assert pieces.unk_id() in found
    numbers = [0, *(3 if n == pieces.unk_id() else n + 1 for n in found), 2]
    expected = direction(rows_of(numbers).mean(axis=0))
    np.testing.assert_allclose(open_embedder(f"onnx:{tmp_path}").embed([text])[0], expected, atol=1e-5)
    (tmp_path / "embedder.yaml").write_text("pieces: plain\n")
    assert not np.allclose(open_embedder(f"onnx:{tmp_path}").embed([text])[0], expected, atol=1e-3)


# ---------------------------------------------------------------- where its parts are


def test_a_relative_path_starts_from_the_folder_of_feeds_yaml(folder: Path) -> None:
    assert open_embedder("onnx:mine", folder.parent).embed([TEXT]).shape == (1, WIDTH)
    assert open_embedder("onnx:mine/model.onnx", folder.parent).embed([TEXT]).shape == (1, WIDTH)


def test_a_model_in_a_folder_onnx_finds_the_tokenizer_and_settings_above_it(folder: Path) -> None:
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model_quantized.onnx")
    (folder / "embedder.yaml").write_text("max_tokens: 8\n")
    by_file = open_embedder(f"onnx:{folder}/onnx/model_quantized.onnx").embed([TEXT])
    (folder / "embedder.yaml").write_text("max_tokens: 8\nmodel: onnx/model_quantized.onnx\n")
    np.testing.assert_array_equal(open_embedder(f"onnx:{folder}").embed([TEXT]), by_file)


def test_the_name_changes_with_the_model_the_tokenizer_and_the_settings(folder: Path) -> None:
    """Vectors are cached under it."""
    names = [open_embedder(f"onnx:{folder}").name, open_embedder(f"onnx:{folder}").name]
    assert names[0] == names[1]
    write_encoder(folder / "model.onnx", table=TABLE * 2)
    names.append(open_embedder(f"onnx:{folder}").name)
    (folder / "embedder.yaml").write_text('prefix: "query: "\n')
    names.append(open_embedder(f"onnx:{folder}").name)
    (folder / "tokenizer.json").write_text((folder / "tokenizer.json").read_text() + "\n")
    names.append(open_embedder(f"onnx:{folder}").name)
    assert len(set(names)) == 4


# ---------------------------------------------------------------- what is wrong with it


def no_model(folder: Path) -> None:
    (folder / "model.onnx").unlink()


def two_models(folder: Path) -> None:
    write_encoder(folder / "a.onnx")
    (folder / "model.onnx").rename(folder / "b.onnx")


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def no_onnx_file(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"<html>404</html>")


def torn_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{")


def torn_pieces(folder: Path) -> None:
    no_tokenizer(folder)
    (folder / "spiece.model").write_bytes(b"no model")


def pictures(folder: Path) -> None:
    write_wrong_inputs(folder / "model.onnx")


def not_finite(folder: Path) -> None:
    write_encoder(folder / "model.onnx", table=TABLE * np.float32("nan"))


def one_number_a_text(folder: Path) -> None:
    write_encoder(folder / "model.onnx", tail=[("ReduceMean", {"axes": [0, 1], "keepdims": 0})])


def whole_numbers(folder: Path) -> None:
    write_encoder(folder / "model.onnx", tail=[("Cast", {"to": TensorProto.INT64})], output_kind=TensorProto.INT64)


def too_few_words(folder: Path) -> None:
    write_encoder(folder / "model.onnx", table=TABLE[:2])


def named_output(folder: Path) -> None:
    (folder / "embedder.yaml").write_text("output: pooled\n")


def named_model(folder: Path) -> None:
    (folder / "embedder.yaml").write_text("model: other.onnx\n")


def unknown_key(folder: Path) -> None:
    (folder / "embedder.yaml").write_text("prefx: 'query: '\n")


def no_yaml(folder: Path) -> None:
    (folder / "embedder.yaml").write_text("prefix: 'query: \n")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (no_model, r"no \.onnx file in the folder; name the file"),
        (two_models, r"2 \.onnx files in the folder; name the file"),
        (no_tokenizer, r"no tokenizer \(tokenizer\.json, .*\); put the model's tokenizer\.json"),
        (no_onnx_file, r"model\.onnx: .*; it is no ONNX model for this onnxruntime, export it again"),
        (torn_tokenizer, r"read .*tokenizer\.json: .*; fetch the model's tokenizer\.json again"),
        (torn_pieces, r"read .*spiece\.model: .*it is no sentencepiece model"),
        (pictures, r"model\.onnx: its inputs are pixel_values tensor\(float\); a text encoder takes input_ids"),
        (not_finite, r"model\.onnx: its output last_hidden_state is not finite .*use an export in 32 bits"),
        (
            one_number_a_text,
            r"its output last_hidden_state has shape \(24,\).*name another one as `output`",
        ),
        (whole_numbers, r"has shape .* and type int64.*name another one as `output`"),
        (too_few_words, r"run .*model\.onnx on \d+ tokens: .*is tokenizer\.json its own tokenizer"),
        (named_output, r"it has no output pooled; correct `output` in embedder\.yaml: last_hidden_state"),
        (named_model, r"embedder\.yaml names other\.onnx, which is not there"),
        (unknown_key, r"read .*embedder\.yaml: prefx: .*docs/embedders\.md lists the keys"),
        (no_yaml, r"read .*embedder\.yaml: .*correct the file or delete it"),
    ],
)
def test_what_is_wrong_is_told_with_the_file_and_the_remedy(
    folder: Path, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(folder)
    with pytest.raises(EngineError, match=f"(?s){told}"):
        open_embedder("onnx:mine", folder.parent)


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"nowhere: there is no such file or folder; correct stories\.embedder"):
        open_embedder("onnx:nowhere", tmp_path)


@pytest.mark.parametrize("package", ["tokenizers", "onnxruntime"])
def test_a_missing_library_is_told_with_the_extra(folder: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EngineError, match=rf"{package} is missing; run `pip install 'border-monitor\[onnx\]'"):
        open_embedder(f"onnx:{folder}")
