"""Headline handling: ends of sentences against libraries, capitals given back, and what a text costs.

    python benchmarks/headlines.py

On the labelled paragraphs and the domain checks of tests/eval. Libraries that are not installed are left out (pysbd,
sentencex: `pip install` them; none is needed by the product). The last line is JSON.
"""

import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
if "tests" not in sys.modules:  # some installed packages bring a module `tests` of their own
    sys.modules["tests"] = ModuleType("tests")
    sys.modules["tests"].__path__ = [str(ROOT / "tests")]

from monitor.language.casing import sentence_case  # noqa: E402
from monitor.language.glossary import Glossary, load_glossary  # noqa: E402
from monitor.language.prepare import finish, prepare  # noqa: E402
from monitor.records import LANGUAGES, Lang, other_language  # noqa: E402
from monitor.resources import bundled  # noqa: E402
from monitor.sentences import sentences  # noqa: E402
from tests.eval.headline_data import (  # noqa: E402
    Split,
    Splitter,
    capitals_found,
    ends_found,
    in_capitals,
    in_title_case,
    ordinary_texts,
    paragraphs,
    total,
)

SPLITS: tuple[Split, ...] = ("dev", "test")
ROUNDS = 5


def pysbd() -> Splitter:
    module = import_module("pysbd")
    segmenters = {language: module.Segmenter(language=language, clean=False) for language in LANGUAGES}
    return lambda text, language: [part.strip() for part in segmenters[language].segment(text)]


def sentencex() -> Splitter:
    segment = import_module("sentencex").segment
    return lambda text, language: [part.strip() for part in segment(language, text)]


def splitters() -> Iterator[tuple[str, Splitter]]:
    yield "shipped", sentences
    for name, build in (("pysbd", pysbd), ("sentencex", sentencex)):
        try:
            yield name, build()
        except ModuleNotFoundError:
            print(f"{name:12} is not installed")


def ends_of_sentences() -> dict[str, float]:
    """F1 per splitter and split."""
    scores: dict[str, float] = {}
    for name, splitter in splitters():
        for split in SPLITS:
            rows = paragraphs(split)
            started = time.process_time()
            counts = total(ends_found(row, splitter) for row in rows)
            ms = (time.process_time() - started) * 1000 / len(rows)
            scores[f"ends_{name}_{split}"] = round(counts.f1, 3)
            print(
                f"ends of sentences {name:10} {split:5} F1 {counts.f1:.3f} ({counts.true} ends) {ms:.3f} ms a paragraph"
            )
    return scores


def capitals() -> dict[str, float]:
    """F1 of capitals per language, split and way of spoiling them."""
    glossary = load_glossary(bundled("glossary.yaml"))
    scores: dict[str, float] = {}
    for language in LANGUAGES:
        for split in SPLITS:
            for name, spoiled in (("capitals", in_capitals), ("title", in_title_case)):
                texts = list(ordinary_texts(split, language))
                counts = total(capitals_found(t, sentence_case(spoiled(t), language, glossary)) for t in texts)
                scores[f"{name}_{language}_{split}"] = round(counts.f1, 3)
                print(f"capitals back from {name:9} {language} {split:5} F1 {counts.f1:.3f} ({len(texts)} texts)")
    return scores


def cost_ms() -> float:
    """Processor time of `prepare` and `finish` a text, tables loaded."""
    glossary = load_glossary(bundled("glossary.yaml"))
    texts = [(text, language) for language in LANGUAGES for text in ordinary_texts("dev", language)]
    texts += [(text.upper(), language) for text, language in texts[::4]]
    for text, language in texts:
        around(text, language, glossary=glossary)
    started = time.process_time()
    for _ in range(ROUNDS):
        for text, language in texts:
            around(text, language, glossary=glossary)
    return (time.process_time() - started) * 1000 / len(texts) / ROUNDS


def around(text: str, language: Lang, *, glossary: Glossary) -> str:
    prepared = prepare(text, language, other_language(language), glossary)
    return finish(prepared, prepared.pieces, glossary)


def main() -> None:
    scores: dict[str, float] = {**ends_of_sentences(), **capitals(), "prepare_and_finish_ms": round(cost_ms(), 3)}
    print(f"prepare and finish: {scores['prepare_and_finish_ms']} ms a text")
    print(json.dumps(scores))


if __name__ == "__main__":
    main()
