"""The laws of the `Translator` seam, on every engine that ships."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.language.engines.apertium import find_mode
from monitor.language.engines.choose import open_translator
from monitor.language.engines.firefox import direction_dir
from monitor.language.engines.offline import model_dir
from monitor.protocols import Translator
from monitor.records import EngineSpec, Lang, other_language
from monitor.resources import bundled
from tests.language.argos_packages import WORDS_EN_ES, build_package, unpack_packages

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
KINDS = ("none", "argos", "firefox", "offline")


def _spec(kind: str, folder: Path) -> EngineSpec:
    """A spec whose models are there; the pt–en models stand in for Mozilla's es–en ones, which need a download."""
    if kind == "argos":
        es_en = build_package(folder / "a.argosmodel")
        en_es = build_package(folder / "b.argosmodel", WORDS_EN_ES, source="en", target="es")
        unpack_packages(folder, es_en, en_es)
    if kind == "firefox":
        for source, target, stand_in in (("es", "en", "pten"), ("en", "es", "enpt")):
            files = model_dir(stand_in)
            assert files is not None
            direction_dir(folder, source, target).parent.mkdir(exist_ok=True)
            direction_dir(folder, source, target).symlink_to(files)
    return EngineSpec(kind, models_dir=str(folder), threads=2, glossary=str(bundled("glossary.yaml")))


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    if request.param == "offline" and find_mode("es-pt") is None:
        pytest.skip("Apertium es-pt is missing: apt-get install apertium apertium-es-pt")
    translator = open_translator(_spec(request.param, tmp_path_factory.mktemp(request.param)))
    yield translator
    translator.close()
    translator.close()  # safe twice


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


def test_a_large_batch_comes_back_whole(engine: Translator, source: Lang) -> None:
    texts = [f"{TEXTS[source][2]} {i}" for i in range(300)]
    outputs = engine.translate(texts, source, other_language(source))
    assert len(outputs) == 300
    assert all("Tijuana" in out for out in outputs)


@pytest.mark.parametrize("text", ["[^$/\\{}@<>*#]", "\0", "🚨 ALERTA 🚨", "a" * 3000, "línea\notra línea\ttab"])
def test_strange_characters_harm_neither_this_text_nor_its_neighbours(engine: Translator, text: str) -> None:
    clean = TEXTS["es"][2]
    outputs = engine.translate([clean, text, clean], "es", "en")
    assert len(outputs) == 3
    assert outputs[0] == outputs[2] == engine.translate([clean], "es", "en")[0]
