"""Vectors are computed once: what the store has is not embedded again."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import EngineError
from monitor.protocols import Store, Vectors
from monitor.store import open_store
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.stories.embedders.remembering import RememberingEmbedder
from monitor.stories.means import language_means


class CountingEmbedder:
    """The hashing embedder, with a note of every text it was given; it breaks down at a text that says so."""

    name = HashEmbedder.name

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        if "break down" in texts:
            raise EngineError("broken down")
        self.read += texts
        return HashEmbedder().embed(texts)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite:///monitor.db", folder=tmp_path)) as opened:
        yield opened


def test_each_text_is_embedded_once_and_in_order(store: Store) -> None:
    counting = CountingEmbedder()
    embedder = RememberingEmbedder(counting, store)
    first = embedder.embed(["b", "a", "b"])
    np.testing.assert_array_equal(first, HashEmbedder().embed(["b", "a", "b"]))
    np.testing.assert_array_equal(embedder.embed(["a", "c", "b"]), HashEmbedder().embed(["a", "c", "b"]))
    assert counting.read == ["b", "a", "c"]
    assert embedder.embed([]).shape == (0, first.shape[1])


def test_another_embedder_does_not_get_its_vectors(store: Store) -> None:
    RememberingEmbedder(CountingEmbedder(), store).embed(["a"])
    other = CountingEmbedder()
    other.name = "hash-2"
    RememberingEmbedder(other, store).embed(["a"])
    assert other.read == ["a"]


def test_a_breakdown_loses_only_the_last_part(store: Store) -> None:
    with pytest.raises(EngineError):
        RememberingEmbedder(CountingEmbedder(), store, saved_at_once=2).embed(["a", "b", "c", "break down"])
    again = CountingEmbedder()
    RememberingEmbedder(again, store).embed(["a", "b", "c"])
    assert again.read == ["c"]


def test_the_texts_of_the_means_are_read_once_per_embedder(store: Store) -> None:
    before = language_means(RememberingEmbedder(CountingEmbedder(), store))
    later = CountingEmbedder()
    after = language_means(RememberingEmbedder(later, store))
    assert not later.read
    assert after.scale == before.scale
    np.testing.assert_allclose(after.of["es"], before.of["es"], atol=1e-6)
