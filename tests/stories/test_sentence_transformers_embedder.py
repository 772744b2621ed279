"""Models of the library sentence-transformers, from disk only. What needs the library runs where it is installed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import EngineError
from monitor.stories.embedders import open_embedder
from tests.stories.small_models import WIDTH, write_sentence_transformer

NAME = "border/small"
REVISION = "0123456789abcdef0123456789abcdef01234567"


def test_a_missing_library_is_told_with_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EngineError, match=r"pip install 'border-monitor\[sentence-transformers\]'"):
        open_embedder(f"sentence-transformers:{tmp_path}")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(EngineError, match=r"pip install 'border-monitor\[sentence-transformers\]'"):
        open_embedder(f"sentence-transformers:{NAME}")


@pytest.mark.parametrize("where", ["./models/small", "~/no-such-folder", ""])
def test_a_missing_folder_is_not_taken_for_a_name(tmp_path: Path, where: str) -> None:
    with pytest.raises(EngineError, match=r"there is no folder .* with a model"):
        open_embedder(f"sentence-transformers:{where}", tmp_path)


def test_a_model_that_was_never_fetched_is_told_how_to_fetch_it() -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(EngineError, match=rf"a run downloads nothing; fetch it once with `hf download {NAME}`"):
        open_embedder(f"sentence-transformers:{NAME}")


def test_a_name_without_an_organisation_is_the_librarys_own() -> None:
    pytest.importorskip("huggingface_hub")
    with pytest.raises(EngineError, match="`hf download sentence-transformers/no-such-model`"):
        open_embedder("sentence-transformers:no-such-model")


def test_a_folder_is_loaded_and_its_prefix_and_files_make_its_name(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="an extra, with PyTorch")
    write_sentence_transformer(tmp_path)
    plain = open_embedder("sentence-transformers:model", tmp_path)
    assert plain.embed(["Hallaron un túnel."]).shape == (1, WIDTH)
    assert plain.name == open_embedder("sentence-transformers:model", tmp_path).name
    (tmp_path / "model" / "embedder.yaml").write_text('prefix: "query: "\n')
    asking = open_embedder("sentence-transformers:model", tmp_path)
    assert asking.name != plain.name
    np.testing.assert_allclose(asking.embed(["a tunnel"]), plain.embed(["query: a tunnel"]), atol=1e-6)


def test_a_fetched_model_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers", reason="an extra, with PyTorch")
    from huggingface_hub import constants

    write_sentence_transformer(tmp_path)
    kept = tmp_path / "hub" / f"models--{NAME.replace('/', '--')}"
    (kept / "snapshots").mkdir(parents=True)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(REVISION)
    (tmp_path / "model").rename(kept / "snapshots" / REVISION)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    embedder = open_embedder(f"sentence-transformers:{NAME}")
    assert embedder.name == f"sentence-transformers-{NAME}-{REVISION[:12]}"
    assert embedder.embed([]).shape == (0, WIDTH)


def test_a_torn_model_is_told(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="an extra, with PyTorch")
    (tmp_path / "config.json").write_text('{"model_type": "bert"')
    with pytest.raises(EngineError, match=r"open the model in .*; fetch it again, whole"):
        open_embedder(f"sentence-transformers:{tmp_path}")
