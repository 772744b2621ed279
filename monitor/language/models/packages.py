"""Installing Argos packages: from their publisher, a mirror, a file or a folder; each is tried before it counts.

A package that loads is not yet one that works. es→en 1.9, which the publisher's index offers, repeats one word for ever
once its weights are rounded to int8, as CTranslate2 does by default; used as they are, they work, at several times the
cost. So every package is unpacked aside and says the canaries in int8, then, if it fails, in float32; one that fails
both never takes a working one's place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from monitor.errors import EngineError
from monitor.language.engines import argos
from monitor.language.engines.canary import CANARIES, Canary, Health, examine
from monitor.language.engines.digests import file_sha256, files_digest
from monitor.language.models.archives import SCRATCH, replace_folder, unpack_zip
from monitor.language.models.download import Line, download, is_url, name_in
from monitor.language.models.ledger import (
    LEDGER,
    InstalledModel,
    installed_model,
    key_of,
    noted_sha256,
    read_notes,
    write_note,
)
from monitor.records import EngineSpec

UNROUNDED = "works only with unrounded weights (float32): several times slower, and more memory"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A package that is known to work. `sha256` is "" where none is known: noted on first install."""

    file: str
    source: str
    target: str
    version: str
    url: str
    sha256: str = ""
    size: int = 0  # bytes to download


ARGOS_PINNED: tuple[KnownModel, ...] = (
    KnownModel(
        "translate-es_en-1_0.argosmodel",
        "es",
        "en",
        "1.0",
        "https://argos-net.com/v1/translate-es_en-1_0.argosmodel",
        "1b963aa0e0cb6e5ce874f0aa1a1949a19bc4d762e833532239a8834340f6b378",
        87_381_097,
    ),
    KnownModel(
        "translate-en_es-1_0.argosmodel",
        "en",
        "es",
        "1.0",
        "https://argos-net.com/v1/translate-en_es-1_0.argosmodel",
        "d698d0ef87ad70d5d184b7fa6965905bf4368f09a2bb9ffb165a79bac96af0c4",
        87_503_191,
    ),
)
"""The publisher's index names neither hash nor size; these are what several independent projects recorded."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms models are installed."""

    sha256: frozenset[str] = frozenset()  # the user's: nothing else is accepted
    known: tuple[KnownModel, ...] = ARGOS_PINNED
    canaries: tuple[Canary, ...] = CANARIES
    line: Line = field(default_factory=Line)

    def expected(self, name: str, models_dir: Path) -> frozenset[str]:
        """The hashes one of which a file of this name must have: the user's, the known one, the one noted before."""
        pinned = next((model.sha256 for model in self.known if model.file == name), "")
        expected = pinned or noted_sha256(models_dir, name)
        return self.sha256 or (frozenset({expected}) if expected else frozenset())

    def check(self, archive: Path, name: str, models_dir: Path) -> str:
        """The file's SHA-256. EngineError when it is another one than expected."""
        digest = file_sha256(archive)
        expected = self.expected(name, models_dir)
        if not expected or digest in expected:
            return digest
        raise EngineError(
            f"{name} has the SHA-256 {digest}, expected {' or '.join(sorted(expected))}: the file is damaged or is"
            " another one; nothing was installed. If you know where it is from, install it with --sha256"
            f" {digest} (what was noted before stands in {models_dir / LEDGER})"
        )


def install_packages(models_dir: Path, source: str, terms: Terms) -> tuple[InstalledModel, ...]:
    """Install the packages that `source` stands for ("": the publisher's). EngineError says what failed."""
    installed = []
    for place in _places(source, terms):
        with archive_of(place, models_dir, terms) as archive:
            installed.append(_install(archive, name_in(place), models_dir, terms))
    return tuple(installed)


def _places(source: str, terms: Terms) -> list[str]:
    """URLs or paths of the packages."""
    if not source:
        return [model.url for model in terms.known]
    if name_in(source).endswith(".argosmodel"):
        return [source]
    if is_url(source):
        return [f"{source.rstrip('/')}/{model.file}" for model in terms.known]
    found = sorted(str(path) for path in Path(source).glob("*.argosmodel"))
    if not found:
        raise EngineError(f"install the argos models: {source} holds no .argosmodel file")
    return found


@contextmanager
def archive_of(place: str, models_dir: Path, terms: Terms) -> Iterator[Path]:
    """The archive as a local file; a downloaded one is removed, whether it could be installed or not."""
    if not is_url(place):
        if not Path(place).is_file():
            raise EngineError(f"install the models: {place} does not exist")
        yield Path(place)
        return
    name = name_in(place)
    expected = terms.expected(name, models_dir)
    size = next((model.size for model in terms.known if model.file == name), 0)
    archive = download(place, models_dir, terms.line, sha256=next(iter(expected), ""), size=size)
    try:
        yield archive
    finally:
        archive.unlink()


def _install(archive: Path, name: str, models_dir: Path, terms: Terms) -> InstalledModel:
    digest = terms.check(archive, name, models_dir)
    with TemporaryDirectory(dir=models_dir, prefix=SCRATCH) as scratch:
        folder = _unpacked(archive, name, Path(scratch))
        pair, version = _direction_of(folder, name)
        compute_type = _try_out(folder, name, pair, terms)
        target = argos.packages_dir(models_dir) / f"{pair[0]}_{pair[1]}"
        replace_folder(folder, target)
    remark = UNROUNDED if compute_type == "float32" else ""
    files = files_digest(target.rglob("*"))
    write_note(models_dir, key_of("argos", pair), {"archive": name, "sha256": digest, "files": files, "remark": remark})
    return installed_model("argos", pair, version, target, read_notes(models_dir))


def _unpacked(archive: Path, name: str, scratch: Path) -> Path:
    """The package's one folder. EngineError for anything that is not a sound package."""
    unpack_zip(archive, f"the package {name}", scratch)
    roots = [path.parent for path in scratch.glob("*/metadata.json")]
    if len(roots) != 1:
        raise EngineError(f"the package {name} has no metadata.json in its folder; it is no Argos package")
    return roots[0]


def _direction_of(folder: Path, name: str) -> tuple[tuple[str, str], str]:
    package = argos.read_package(folder)
    pair = (str(package.from_code), str(package.to_code))
    if pair not in argos.DIRECTIONS or not (folder / "model").is_dir() or not hasattr(package, "tokenizer"):
        raise EngineError(f"the package {name} is no translation between English and Spanish: {pair[0]}→{pair[1]}")
    return pair, str(package.package_version)


def _try_out(folder: Path, name: str, pair: tuple[str, str], terms: Terms) -> argos.ComputeType:
    """How the package must be used to pass its canaries, which is noted in its folder. EngineError when it fails."""
    canaries = tuple(canary for canary in terms.canaries if (canary.source, canary.target) == pair)
    reasons = []
    for compute_type in get_args(argos.ComputeType):
        (folder / argos.COMPUTE_FILE).write_text(compute_type, encoding="ascii")
        health = _examined(folder, canaries)
        if health.healthy:
            return "float32" if compute_type == "float32" else "int8"
        reasons.append(f"in {compute_type}: {health.reason}")
    good = next((model.version for model in terms.known if (model.source, model.target) == pair), "")
    cure = f"; version {good} works: monitor models install argos" if good else ""
    raise EngineError(f"the package {name} is refused, nothing was installed: {'; '.join(reasons)}{cure}")


def _examined(folder: Path, canaries: tuple[Canary, ...]) -> Health:
    engine = argos.PackageTranslator(folder, EngineSpec("argos"))
    try:
        return examine(engine, canaries)
    finally:
        engine.close()
