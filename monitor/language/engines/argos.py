"""Argos Translate packages, decoded in batches.

`argostranslate` finds the packages, reads their metadata and brings their tokenizer. The decoding is ours: it passes a
batch size counted in tokens and so decodes every sentence alone; all sentences of a call sorted by length give the
same words several times as fast (`benchmarks/translate.py`). Its sentence splitter would download a model; the caller
cuts sentences.

Threads are CTranslate2's own: `threads` batches at once, each on one core. That overrides OMP_NUM_THREADS for this
engine only; several OpenMP threads on one sentence spend their time waiting for each other.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module, util
from pathlib import Path
from typing import Any, Literal, cast

from monitor.errors import EngineError
from monitor.language.engines import digests
from monitor.language.engines.pieces import translate_in_pieces
from monitor.records import EngineSpec, Lang
from monitor.text import counted

LABEL = "Argos Translate"
DIRECTIONS: tuple[tuple[Lang, Lang], ...] = (("es", "en"), ("en", "es"))
ComputeType = Literal["int8", "float32"]
COMPUTE_FILE = "compute_type"  # in a package's folder: how its weights must be used, when not as int8
_BATCH_BEAMS = 96  # of all sentences in a batch: more need memory (32,000 numbers each) and are hardly faster
_MAX_INPUT_TOKENS = 250
_MAX_OUTPUT_TOKENS = 256
_LENGTH_PENALTY = 0.2  # argostranslate's: the same beams end with the same words
_SETTINGS = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")


def packages_dir(models_dir: Path) -> Path:
    """Where the packages lie, one folder each, as argostranslate lays them out."""
    return models_dir / "argos"


def read_package(folder: Path) -> Any:
    """The `argostranslate.package.Package` in a folder. EngineError when it is none."""
    try:
        return _package_module().Package(folder)
    except Exception as exc:
        raise EngineError(f"read the Argos package {folder}: {exc}; install it again") from exc


def _package_module() -> Any:
    """`argostranslate.package`. It makes folders in the user's home when it is imported; where it must not (a service
    account, a read-only disk) they are made in a temporary folder: none of them is used here.
    """
    try:
        return import_module("argostranslate.package")
    except OSError:
        with tempfile.TemporaryDirectory() as scratch, _changed_environment(dict.fromkeys(_SETTINGS, scratch)):
            return import_module("argostranslate.package")


@contextmanager
def _changed_environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def find_packages(models_dir: Path) -> dict[tuple[str, str], Path]:
    """The installed packages by (from, to); no unreadable ones. Of two for one direction the one that was installed
    here (its folder is called es_en), else the one whose folder sorts last.
    """
    found: dict[tuple[str, str], Path] = {}
    for metadata in sorted(packages_dir(models_dir).glob("*/metadata.json")):
        folder = metadata.parent
        try:
            package = read_package(folder)
        except EngineError:
            continue
        pair = (package.from_code, package.to_code)
        installed_here = found.get(pair, folder).name == "_".join(map(str, pair))
        if (folder / "model").is_dir() and hasattr(package, "tokenizer") and (pair not in found or not installed_here):
            found[pair] = folder
    return found


def missing_parts(models_dir: Path) -> list[str]:
    """What the engine lacks on this machine; empty when it can run."""
    missing = [
        f"{module} (pip install {name})"
        for module, name in (("argostranslate", "argos-translate-lt"), ("ctranslate2", "ctranslate2"))
        if util.find_spec(module) is None
    ]
    if missing:
        return missing
    found = find_packages(models_dir)
    lacking = [f"{source}→{target}" for source, target in DIRECTIONS if (source, target) not in found]
    return [f"the Argos packages {', '.join(lacking)} (monitor models install argos)"] if lacking else []


def fingerprint(folder: Path) -> str:
    """8 hex digits that change with the package: its metadata, its tokenizer, its weights and how they are used."""
    files = [folder / "metadata.json", folder / COMPUTE_FILE, *folder.glob("*.model"), *folder.glob("model/*")]
    return digests.fingerprint(files)


def compute_type_of(folder: Path) -> ComputeType:
    """How a package's weights are used: rounded to int8 unless a note in its folder says that this breaks it."""
    path = folder / COMPUTE_FILE
    return "float32" if path.is_file() and path.read_text(encoding="ascii").strip() == "float32" else "int8"


class Direction:
    """One package, loaded when first used: tokenizer and CTranslate2 model."""

    def __init__(self, folder: Path, spec: EngineSpec) -> None:
        self._folder, self._spec = folder, spec
        self._package = read_package(folder)

    @property
    def label(self) -> str:
        return f"{self._package.from_code}-{self._package.to_code} {self._package.package_version}"

    @cached_property
    def _model(self) -> Any:
        try:
            import ctranslate2  # noqa: PLC0415 - 40 MB, only for this engine

            return ctranslate2.Translator(
                str(self._folder / "model"),
                device="cpu",
                compute_type=compute_type_of(self._folder),
                inter_threads=self._spec.threads,
                intra_threads=1,
            )
        except Exception as exc:
            raise EngineError(f"load the Argos model in {self._folder}: {exc}; install it again") from exc

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One output per text, in order; each distinct text is translated once, all in one call.

        A text that is no sentence (over `_MAX_INPUT_TOKENS` tokens in 600 characters) is handed back as it is.
        """
        try:
            return translate_in_pieces(texts, self._translate_pieces)
        except EngineError:
            raise
        except Exception as exc:  # a tokenizer is foreign code as well
            raise EngineError(
                f"translate {counted(len(texts), 'text')} with the Argos package {self._folder}: {exc}"
            ) from exc

    def _translate_pieces(self, pieces: Sequence[str]) -> list[str]:
        tokens = [cast(list[str], self._package.tokenizer.encode(piece)) for piece in pieces]
        spoken = [i for i in range(len(pieces)) if 0 < len(tokens[i]) <= _MAX_INPUT_TOKENS]
        spoken.sort(key=lambda i: -len(tokens[i]))
        out = list(pieces)
        for i, said in zip(spoken, self._decode([tokens[i] for i in spoken]), strict=True):
            out[i] = self._text(said)
        return out

    def _decode(self, tokens: list[list[str]]) -> list[list[str]]:
        """What the model makes of sentences that are sorted by length, in batches of like lengths."""
        prefix = self._package.target_prefix
        results = self._model.translate_batch(
            tokens,
            target_prefix=[[prefix]] * len(tokens) if prefix else None,
            replace_unknowns=True,
            max_batch_size=self._batch_size(len(tokens)),
            batch_type="examples",
            beam_size=self._spec.beam_size,
            length_penalty=_LENGTH_PENALTY,
            max_decoding_length=_MAX_OUTPUT_TOKENS,
        )
        return [result.hypotheses[0] for result in results]

    def _batch_size(self, count: int) -> int:
        """Sentences in a batch: few texts are shared out, so that no thread is idle."""
        share = -(-count // max(1, self._spec.threads))
        return max(1, min(_BATCH_BEAMS // self._spec.beam_size, share))

    def _text(self, tokens: list[str]) -> str:
        prefix = self._package.target_prefix
        text: str = self._package.tokenizer.decode(tokens[1:] if prefix and tokens[:1] == [prefix] else tokens)
        return text.strip()

    def close(self) -> None:
        model = self.__dict__.pop("_model", None)
        if model is not None:
            model.unload_model()


class PackageTranslator:
    """One package by itself, wherever it lies: for a trial before it is installed."""

    def __init__(self, folder: Path, spec: EngineSpec) -> None:
        self._direction = Direction(folder, spec)

    @property
    def name(self) -> str:
        return f"argos ({self._direction.label})"

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:  # noqa: ARG002 - it has one
        """The texts in the package's target language. EngineError when it cannot be loaded or fails."""
        return self._direction.translate(texts)

    def close(self) -> None:
        self._direction.close()


class ArgosTranslator:
    """The installed es→en and en→es packages."""

    def __init__(self, spec: EngineSpec) -> None:
        models_dir = Path(spec.models_dir)
        missing = missing_parts(models_dir)
        if missing:
            raise EngineError(f"the argos engine lacks {'; '.join(missing)}")
        folders = find_packages(models_dir)
        self._directions = {pair: Direction(folders[pair], spec) for pair in DIRECTIONS}
        versions = ", ".join(f"{d.label} {fingerprint(folders[pair])}" for pair, d in self._directions.items())
        self._name = f"argos ({versions}; beam {spec.beam_size})"

    @property
    def name(self) -> str:
        return self._name

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts in `target`, in order. EngineError when a package cannot be loaded or fails."""
        if source == target:
            return list(texts)
        return self._directions[(source, target)].translate(texts)

    def close(self) -> None:
        for direction in self._directions.values():
            direction.close()
