"""Installing Mozilla's es–en and en–es models: from Mozilla, a mirror, an archive or a folder.

Mozilla publishes a list of records, each with the place and the SHA-256 of one file (packed with zstd). A mirror is a
folder of the same files under their own names (`model.esen.intgemm.alphas.bin`, `vocab.esen.spm`,
`lex.50.50.esen.s2t.bin`), bare, .gz or .zst, all in it or per direction in `esen/` or `es-en/`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin

import httpx2

from monitor.errors import EngineError
from monitor.language.engines import firefox
from monitor.language.engines.canary import examine
from monitor.language.engines.digests import file_sha256, files_digest
from monitor.language.models.archives import SCRATCH, replace_folder, unpack_file, unpack_files, unpack_zstd
from monitor.language.models.download import NotThereError, certificates, download, is_url, name_in
from monitor.language.models.ledger import InstalledModel, installed_model, key_of, read_notes, write_note
from monitor.language.models.packages import Terms, archive_of
from monitor.records import EngineSpec

_FILE = re.compile(
    r"((?:model|vocab|srcvocab|trgvocab|lex)(?:\.[\w-]+)*?\.(?:esen|enes)\.(?:[\w-]+\.)*(?:bin|spm))(?:\.gz|\.zst)?"
)
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
_PACKINGS = ("", ".gz", ".zst")
_ATTACHMENTS = "https://firefox-settings-attachments.cdn.mozilla.net/"
_VERSION = re.compile(r"(\d+)\.(\d+)(\w*)")
_ARCHITECTURES = ("base-memory", "base", "tiny")  # the best first
_REMEDY = "copy the files from another machine and run monitor models install firefox --from FOLDER"


def install_models_of_mozilla(models_dir: Path, source: str, terms: Terms) -> tuple[InstalledModel, ...]:
    """Install both directions from `source` ("": Mozilla) once they pass the canaries. EngineError says what failed."""
    with TemporaryDirectory(dir=models_dir, prefix=SCRATCH) as scratch:
        files, ready = Path(scratch) / "files", Path(scratch) / "models"
        files.mkdir()
        versions = _gather(source, files, models_dir, terms)
        _sort_out(files, ready, source or "Mozilla's list")
        _try_out(ready, terms)
        for pair in firefox.DIRECTIONS:
            replace_folder(firefox.direction_dir(ready, *pair), firefox.direction_dir(models_dir, *pair))
    for pair in firefox.DIRECTIONS:
        digest = files_digest(firefox.direction_dir(models_dir, *pair).rglob("*"))
        note = {"archive": "", "sha256": "", "files": digest, "version": versions.get(pair, "")}
        write_note(models_dir, key_of("firefox", pair), note)
    return installed_mozilla_models(models_dir)


def installed_mozilla_models(models_dir: Path) -> tuple[InstalledModel, ...]:
    """The directions that are complete."""
    notes, found = read_notes(models_dir), []
    for pair in firefox.DIRECTIONS:
        folder = firefox.direction_dir(models_dir, *pair)
        if firefox.is_complete(folder):
            version = f"{notes.get(key_of('firefox', pair), {}).get('version', '')} {firefox.fingerprint(folder)}"
            found.append(installed_model("firefox", pair, version.strip(), folder, notes))
    return tuple(found)


def _gather(source: str, files: Path, models_dir: Path, terms: Terms) -> Mapping[tuple[str, str], str]:
    """Put all files of both directions, unpacked, into `files`; the versions, where they are known."""
    if not source:
        return _from_mozilla(files, models_dir, terms)
    if source.endswith(_ARCHIVES):
        with archive_of(source, models_dir, terms) as archive:
            terms.check(archive, name_in(source), models_dir)
            packed = files.with_name("packed")
            packed.mkdir()
            unpack_files(archive, name_in(source), _FILE, packed)
            _from_folder(packed, files)
    elif is_url(source):
        _from_mirror(source.rstrip("/"), files, models_dir, terms)
    elif Path(source).is_dir():
        _from_folder(Path(source), files)
    else:
        raise EngineError(f"install the firefox models: {source} is neither a folder, an archive nor a URL")
    return {}


def _from_folder(folder: Path, files: Path) -> None:
    for path in sorted(folder.rglob("*")):
        match = _FILE.fullmatch(path.name)
        if match and path.is_file():
            unpack_file(path, files / match.group(1))


def _sort_out(files: Path, ready: Path, source: str) -> None:
    """Sort the files by their direction, which stands in their names (model.esen.….bin)."""
    for pair in firefox.DIRECTIONS:
        folder = firefox.direction_dir(ready, *pair)
        folder.mkdir(parents=True)
        for path in sorted(files.glob(f"*.{''.join(pair)}.*")):
            path.rename(folder / path.name)
        if not firefox.is_complete(folder):
            code = "".join(pair)
            raise EngineError(f"install the firefox models: {source} lacks model.{code}.….bin and vocab.{code}.spm")


def _try_out(ready: Path, terms: Terms) -> None:
    engine = firefox.FirefoxTranslator(EngineSpec("firefox", models_dir=str(ready), threads=1))
    try:
        health = examine(engine, terms.canaries)
    finally:
        engine.close()
    if not health.healthy:
        raise EngineError(f"the firefox models are refused, nothing was installed: {health.reason}")


# ---------------------------------------------------------------- a mirror


def _from_mirror(url: str, files: Path, models_dir: Path, terms: Terms) -> None:
    for source, target in firefox.DIRECTIONS:
        code = source + target
        at = _first(url, (f"{folder}model.{code}.{kind}.bin{packing}"
                          for folder in ("", f"{code}/", f"{source}-{target}/")
                          for kind in ("intgemm.alphas", "intgemm8") for packing in _PACKINGS),
                    files, models_dir, terms)  # fmt: skip
        if not at:
            raise EngineError(f"install the firefox models: {url} has no model.{code}.intgemm.alphas.bin; {_REMEDY}")
        folder, packing = at.rpartition("/")[0], Path(at).suffix.replace(".bin", "")
        beside = f"{folder}/" if folder else ""
        for name in (f"vocab.{code}.spm", f"srcvocab.{code}.spm", f"trgvocab.{code}.spm", f"lex.50.50.{code}.s2t.bin"):
            _first(url, [f"{beside}{name}{packing}"], files, models_dir, terms)


def _first(url: str, names: Iterable[str], files: Path, models_dir: Path, terms: Terms) -> str:
    """Fetch the first of the files that is there; its name, "" when none is."""
    for name in names:
        try:
            part = download(f"{url}/{name}", models_dir, terms.line)
        except NotThereError:
            continue
        packed = files.with_name(Path(name).name)
        part.rename(packed)
        unpack_file(packed, files / Path(name).name.removesuffix(".gz").removesuffix(".zst"))
        return name
    return ""


# ---------------------------------------------------------------- Mozilla's own list


@dataclass(frozen=True, slots=True)
class _Record:
    """One file of a model, as Mozilla's list describes it."""

    name: str
    kind: str  # model, vocab, srcvocab, trgvocab, lex
    version: str
    architecture: str
    released: bool
    location: str
    size: int
    packed_sha256: str
    sha256: str


def _from_mozilla(files: Path, models_dir: Path, terms: Terms) -> Mapping[tuple[str, str], str]:
    url = _records_url()
    document = _json(url)
    base = _attachments(url)
    versions: dict[tuple[str, str], str] = {}
    for pair in firefox.DIRECTIONS:
        records = _best(_records(document, pair), pair)
        if not records:
            raise EngineError(f"{url} offers no {pair[0]}→{pair[1]} model that fxtranslate can use; {_REMEDY}")
        versions[pair] = records[0].version
        for record in records:
            _fetch(record, base, files, models_dir, terms)
    return versions


def _fetch(record: _Record, base: str, files: Path, models_dir: Path, terms: Terms) -> None:
    part = download(
        urljoin(base, record.location), models_dir, terms.line, sha256=record.packed_sha256, size=record.size
    )
    try:
        if record.packed_sha256 and file_sha256(part) != record.packed_sha256:
            raise ValueError("its SHA-256 is not the one in the list")  # noqa: TRY301 - one message for both
        (files / record.name).write_bytes(unpack_zstd(part.read_bytes(), record.sha256))
    except ValueError as exc:
        raise EngineError(f"download Mozilla's {record.name}: {exc}; nothing was installed, try again") from exc
    finally:
        part.unlink()


def _records_url() -> str:
    try:
        from fxtranslate import discovery  # noqa: PLC0415 - a compiled library, only for this
    except ImportError as exc:
        raise EngineError("install the firefox models: fxtranslate is missing; pip install fxtranslate") from exc
    return str(discovery.records_url())


def _json(url: str) -> Any:
    try:
        response = httpx2.get(url, follow_redirects=True, timeout=30.0, verify=certificates())
        response.raise_for_status()
        return response.json()
    except (httpx2.HTTPError, ValueError) as exc:
        raise EngineError(f"read Mozilla's list of models, {url}: {exc}; {_REMEDY}") from exc


def _attachments(records_url: str) -> str:
    """Where the files are: the server's first page says so (the protocol of Remote Settings), else Mozilla's own."""
    root, found, _ = records_url.partition("/buckets/")
    try:
        return str(_json(f"{root}/")["capabilities"]["attachments"]["base_url"]) if found else _ATTACHMENTS
    except (EngineError, KeyError, TypeError):
        return _ATTACHMENTS


def _records(document: Any, pair: tuple[str, str]) -> list[_Record]:
    """The files of one direction. EngineError when the list is none."""
    try:
        entries = [e for e in document["data"] if (e.get("sourceLanguage"), e.get("targetLanguage")) == pair]
        return [_record(entry) for entry in entries if _FILE.fullmatch(entry["name"]) and entry.get("attachment")]
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise EngineError(f"Mozilla's list of models has another form than expected ({exc!r}); {_REMEDY}") from exc


def _record(entry: Any) -> _Record:
    attachment = entry["attachment"]
    return _Record(
        name=str(entry["name"]),
        kind=str(entry["fileType"]),
        version=str(entry["version"]),
        architecture=str(entry.get("architecture") or ""),
        released=not entry.get("filter_expression"),
        location=str(attachment["location"]),
        size=int(attachment.get("size") or 0),
        packed_sha256=str(attachment.get("hash") or ""),
        sha256=str(entry.get("decompressedHash") or ""),
    )


def _best(records: Iterable[_Record], pair: tuple[str, str]) -> list[_Record]:
    """The files of the newest complete model that fxtranslate can load; a released one before a trial."""
    models: dict[tuple[str, str, bool], list[_Record]] = defaultdict(list)
    for record in records:
        models[record.version, record.architecture, record.released].append(record)
    usable = [files for files in models.values() if _is_usable(files, pair)]
    return max(usable, key=lambda files: _rank(files[0]), default=[])


def _is_usable(files: list[_Record], pair: tuple[str, str]) -> bool:
    from fxtranslate import discovery  # noqa: PLC0415 - a compiled library, only for this

    kinds = {record.kind for record in files}
    entry = {"name": "", "fileType": "model", "sourceLanguage": pair[0], "targetLanguage": pair[1],
             "version": files[0].version, "attachment": {"location": ""}}  # fmt: skip
    loads = bool(discovery.model_pairs(json.dumps({"data": [entry]})))
    return loads and "model" in kinds and ("vocab" in kinds or {"srcvocab", "trgvocab"} <= kinds)


def _rank(record: _Record) -> tuple[bool, bool, int, int, int]:
    match = _VERSION.fullmatch(record.version)
    major, minor, trial = (int(match[1]), int(match[2]), bool(match[3])) if match else (0, 0, True)
    known = record.architecture in _ARCHITECTURES
    order = -_ARCHITECTURES.index(record.architecture) if known else -len(_ARCHITECTURES)
    return record.released, not trial, major, minor, order
