"""Words per second of the translation engines on this machine, and how they grow with the work.

`python benchmarks/translate.py [--sentences N] [--small]` prints progress, then one JSON line. The offline engine is
timed on 1×, 4× and 16× the sentences. An Argos-shaped model (hand-made weights: the arithmetic of a real one, not its
words) is timed with all sentences in one call against one call per sentence, in the same run: the ratio is what counts.
It has the size of a published package; `--small` takes a tiny one, on which batching cannot pay.
"""

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from monitor.errors import EngineError  # noqa: E402 - the threads are pinned first
from monitor.language.engines.argos import ArgosTranslator  # noqa: E402
from monitor.language.engines.offline import OfflineTranslator  # noqa: E402
from monitor.records import EngineSpec  # noqa: E402
from monitor.resources import bundled  # noqa: E402

_BUILDER = Path(__file__).resolve().parents[1] / "tests" / "language" / "argos_packages.py"


def _load_builder() -> Any:
    """The tests' maker of packages; loaded by its path, as another distribution may own the name `tests`."""
    spec = importlib.util.spec_from_file_location("argos_packages", _BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


maker = _load_builder()
LARGE = maker.Shape(width=512, heads=8, layers=6, inner=2048)
HEADLINES = (
    "La Patrulla Fronteriza no confirmó la detención de 12 personas en Tijuana.",
    "Decomisan más de 300 kilos de fentanilo en el cruce fronterizo de Nogales, Sonora.",
    "El gobernador de Texas anunció que enviará más soldados a la frontera.",
    "Solicitantes de asilo quedan varados en Ciudad Juárez tras la cancelación de sus citas.",
    "Agentes hallaron un túnel de 600 metros que conectaba una bodega con San Diego.",
    "México entregó a Estados Unidos a 26 presos, entre ellos varios líderes de cárteles.",
)


def texts_of(count: int) -> list[str]:
    return [f"{HEADLINES[i % len(HEADLINES)][:-1]} ({i})." for i in range(count)]


def timed(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def words_in(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def offline_growth(sentences: int) -> dict[str, float]:
    """Words per second at 1×, 4× and 16× the sentences, after a first text that starts the processes."""
    engine = OfflineTranslator(EngineSpec("offline", threads=2, glossary=str(bundled("glossary.yaml"))))
    try:
        engine.translate([HEADLINES[0]] * 2, "es", "en")
        speeds = {}
        for factor in (1, 4, 16):
            texts = texts_of(sentences * factor)
            seconds = timed(lambda texts=texts: engine.translate(texts, "es", "en"))  # type: ignore[misc]
            speeds[f"{factor}x"] = round(words_in(texts) / seconds, 1)
            print(f"offline: {len(texts)} sentences in {seconds:.2f} s, {speeds[f'{factor}x']} words/s", flush=True)
        return speeds
    finally:
        engine.close()


def argos_speeds(folder: Path, sentences: int, shape: Any) -> dict[str, float]:
    """Words per second with one call for all sentences, and with one call for each."""
    es_en = maker.build_package(folder / "a.argosmodel", maker.WORDS_ES_EN, shape=shape)
    en_es = maker.build_package(folder / "b.argosmodel", maker.WORDS_EN_ES, source="en", target="es", shape=shape)
    spec = EngineSpec("argos", models_dir=str(maker.unpack_packages(folder / "models", es_en, en_es)), threads=2)
    engine = ArgosTranslator(spec)
    try:
        texts = texts_of(sentences)
        engine.translate(texts[:2], "es", "en")
        together = timed(lambda: engine.translate(texts, "es", "en"))
        singly = timed(lambda: [engine.translate([text], "es", "en") for text in texts])
    finally:
        engine.close()
    words = words_in(texts)
    print(f"argos-shaped: {words / together:.0f} words/s together, {words / singly:.0f} one by one", flush=True)
    return {
        "batched": round(words / together, 1),
        "one_by_one": round(words / singly, 1),
        "ratio": round(singly / together, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    result: dict[str, object] = {"benchmark": "translate", "unit": "words/s", "sentences": options.sentences}
    try:
        result["offline"] = offline_growth(options.sentences)
    except EngineError as exc:
        result["offline"] = {"skipped": str(exc)}
    with tempfile.TemporaryDirectory() as folder:
        shape = maker.Shape() if options.small else LARGE
        result["argos_shaped"] = argos_speeds(Path(folder), options.sentences, shape)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
