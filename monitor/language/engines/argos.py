"""Argos Translate packages, decoded in batches.

`argostranslate` finds the packages, reads their metadata and brings their tokenizer. The decoding is ours: it passes a
batch size counted in tokens and so decodes every sentence alone; all sentences of a call sorted by length give the
same words ten times as fast. Its sentence splitter would download a model; the caller cuts sentences.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib import util
from pathlib import Path
from typing import Any

from monitor.errors import EngineError
from monitor.language.engines.digests import files_digest
from monitor.records import EngineSpec, Lang

LABEL = "Argos Translate"
DIRECTIONS: tuple[tuple[Lang, Lang], ...] = (("es", "en"), ("en", "es"))
_BATCH_TOKENS = 1024
_MAX_OUTPUT_TOKENS = 256
_COMPUTE_TYPE = "int8"


def packages_dir(models_dir: Path) -> Path:
    """Where the packages lie, one folder each, as argostranslate lays them out."""
    return models_dir / "argos"


def read_package(folder: Path) -> Any:
    """The `argostranslate.package.Package` in a folder. EngineError when it is none."""
    try:
        from argostranslate.package import Package  # noqa: PLC0415 - makes folders when imported

        return Package(folder)
    except Exception as exc:
        raise EngineError(f"read the Argos package {folder}: {exc}; install it again") from exc


def find_packages(models_dir: Path) -> dict[tuple[str, str], Path]:
    """The installed packages by (from, to); of two versions, the one whose folder sorts last; no unreadable ones."""
    found: dict[tuple[str, str], Path] = {}
    root = packages_dir(models_dir)
    for metadata in sorted(root.glob("*/metadata.json")):
        try:
            package = read_package(metadata.parent)
        except EngineError:
            continue
        if (metadata.parent / "model").is_dir() and hasattr(package, "tokenizer"):
            found[(package.from_code, package.to_code)] = metadata.parent
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
    """8 hex digits that change with the package: its metadata, its tokenizer and its weights."""
    return files_digest([folder / "metadata.json", *folder.glob("*.model"), *folder.glob("model/*")])[:8]


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
                compute_type=_COMPUTE_TYPE,
                inter_threads=self._spec.threads,
                intra_threads=1,
            )
        except Exception as exc:
            raise EngineError(f"load the Argos model in {self._folder}: {exc}; install it again") from exc

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One output per text: one batch, longest first, `_BATCH_TOKENS` tokens at a time."""
        try:
            tokens = [self._package.tokenizer.encode(text) for text in texts]
            order = sorted(range(len(texts)), key=lambda i: -len(tokens[i]))
            prefix = [[self._package.target_prefix]] * len(order) if self._package.target_prefix else None
            results = self._model.translate_batch(
                [tokens[i] for i in order],
                target_prefix=prefix,
                replace_unknowns=True,
                max_batch_size=_BATCH_TOKENS,
                batch_type="tokens",
                beam_size=self._spec.beam_size,
                max_decoding_length=_MAX_OUTPUT_TOKENS,
            )
            hypotheses = {i: result.hypotheses[0] for i, result in zip(order, results, strict=True)}
            return [self._text(hypotheses[i]) for i in range(len(texts))]
        except (RuntimeError, ValueError, OSError) as exc:
            raise EngineError(f"translate {len(texts)} texts with the Argos package {self._folder}: {exc}") from exc

    def _text(self, tokens: list[str]) -> str:
        prefix = self._package.target_prefix
        text: str = self._package.tokenizer.decode(tokens[1:] if prefix and tokens[:1] == [prefix] else tokens)
        return text.strip()

    def close(self) -> None:
        model = self.__dict__.pop("_model", None)
        if model is not None:
            model.unload_model()


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
        spoken = [i for i, text in enumerate(texts) if text.strip()]
        outputs = self._directions[(source, target)].translate([texts[i] for i in spoken]) if spoken else []
        by_index = dict(zip(spoken, outputs, strict=True))
        return [by_index.get(i, "") for i in range(len(texts))]

    def close(self) -> None:
        for direction in self._directions.values():
            direction.close()
