"""Mozilla's translation models (the ones in Firefox), run by fxtranslate in worker processes.

A direction is a folder `<models>/firefox/es-en` with `model*.bin`, `vocab*.spm` (or `srcvocab*.spm` and
`trgvocab*.spm`) and, for speed, `lex*.bin`. Nothing is ever downloaded by a translation.
"""

from collections.abc import Sequence
from importlib import util
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.engines import digests
from monitor.language.engines.pool import ModelPool
from monitor.records import EngineSpec, Lang

LABEL = "Firefox Translations"
DIRECTIONS: tuple[tuple[Lang, Lang], ...] = (("es", "en"), ("en", "es"))


def direction_dir(models_dir: Path, source: str, target: str) -> Path:
    """Where the files of a direction belong."""
    return models_dir / "firefox" / f"{source}-{target}"


def is_complete(folder: Path) -> bool:
    """Whether a folder has a model and its vocabulary."""
    vocabulary = any(folder.glob("vocab*.spm")) or (
        any(folder.glob("srcvocab*.spm")) and any(folder.glob("trgvocab*.spm"))
    )
    return any(folder.glob("model*.bin")) and vocabulary


def missing_parts(models_dir: Path) -> list[str]:
    """What the engine lacks on this machine; empty when it can run."""
    missing = ["fxtranslate (pip install fxtranslate)"] if util.find_spec("fxtranslate") is None else []
    lacking = [f"{s}-{t}" for s, t in DIRECTIONS if not is_complete(direction_dir(models_dir, s, t))]
    if lacking:
        missing.append(f"the Mozilla models {', '.join(lacking)} (monitor models install firefox)")
    return missing


def fingerprint(folder: Path) -> str:
    """8 hex digits that change with the model's files."""
    return digests.fingerprint(path for path in folder.iterdir() if path.suffix in (".bin", ".spm"))


class FirefoxTranslator:
    """One neural model per direction, `threads` worker processes."""

    def __init__(self, spec: EngineSpec) -> None:
        self._models_dir = Path(spec.models_dir)
        missing = missing_parts(self._models_dir)
        if missing:
            raise EngineError(f"the firefox engine lacks {'; '.join(missing)}")
        self._pool = ModelPool(spec.threads)
        prints = (fingerprint(direction_dir(self._models_dir, s, t)) for s, t in DIRECTIONS)
        self._name = f"firefox ({' '.join(prints)})"

    @property
    def name(self) -> str:
        return self._name

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts in `target`, in order. EngineError when a worker dies twice."""
        if source == target:
            return list(texts)
        return self._pool.translate(texts, direction_dir(self._models_dir, source, target))

    def close(self) -> None:
        self._pool.close()
