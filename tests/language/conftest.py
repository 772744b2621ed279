"""Packages and engines for the language room's tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.language.engines.apertium import find_mode
from monitor.language.engines.offline import OfflineTranslator
from monitor.language.glossary import Glossary, load_glossary
from monitor.records import EngineSpec
from monitor.resources import bundled
from tests.language.argos_packages import WORDS_EN_ES, build_package, unpack_packages

needs_apertium = pytest.mark.skipif(
    find_mode("es-pt") is None, reason="Apertium es-pt is missing: apt-get install apertium apertium-es-pt"
)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two dictionary packages, none of them a published name."""
    folder = tmp_path_factory.mktemp("packages")
    build_package(folder / "es_en.argosmodel")
    build_package(folder / "en_es.argosmodel", WORDS_EN_ES, source="en", target="es")
    return folder


@pytest.fixture(scope="session")
def broken_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that loads and then says one word for ever."""
    return build_package(tmp_path_factory.mktemp("broken") / "es_en.argosmodel", stuck_on="people.")


@pytest.fixture
def argos_models(packages: Path, tmp_path: Path) -> Path:
    """A models folder with both packages installed."""
    return unpack_packages(tmp_path / "models", *sorted(packages.glob("*.argosmodel")))


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    return load_glossary(bundled("glossary.yaml"))


@pytest.fixture(scope="session")
def offline() -> Iterator[OfflineTranslator]:
    """The offline engine, shared: its models load once."""
    if find_mode("es-pt") is None or shutil.which("apertium") is None:
        pytest.skip("Apertium es-pt is missing: apt-get install apertium apertium-es-pt")
    engine = OfflineTranslator(EngineSpec("offline", glossary=str(bundled("glossary.yaml")), threads=2))
    yield engine
    engine.close()
