"""Taking models out of archives, within bounds, and putting folders in their place."""

import gzip
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path, PurePosixPath
from typing import IO, cast

from monitor.errors import EngineError
from monitor.language.models.download import MAX_BYTES, require_space

_LOCK = ".install.lock"
SCRATCH = ".unpack-"
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    gzip.BadGzipFile,
)


@contextmanager
def only_installer(models_dir: Path) -> Iterator[None]:
    """Hold the folder for one installation; what an earlier, killed one left unpacked is removed."""
    with (models_dir / _LOCK).open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as exc:
            raise EngineError(f"install into {models_dir}: another installation is under way; wait for it") from exc
        for left in models_dir.glob(f"{SCRATCH}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def replace_folder(ready: Path, target: Path) -> None:
    """Put `ready` in `target`'s place by renaming; an older one stays until the new one is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = ready.with_name(f"{ready.name}.replaced")
    if target.exists():
        target.rename(old)
    try:
        ready.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def unpack_zip(archive: Path, name: str, scratch: Path) -> None:
    """All of a zip archive. EngineError when it is damaged or too large."""
    try:
        with zipfile.ZipFile(archive) as packed:
            _check_size(name, sum(member.file_size for member in packed.infolist()), scratch)
            packed.extractall(scratch)  # noqa: S202 - a zip: absolute paths and ".." are dropped
    except _DAMAGED as exc:
        raise EngineError(f"{name} is damaged or no zip archive ({exc}); get it again") from exc


def unpack_files(archive: Path, name: str, wanted: re.Pattern[str], folder: Path) -> None:
    """Those files of a zip or tar archive whose own names match, side by side in `folder`, whatever their paths."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                members = [(info.filename, info.file_size, info) for info in packed.infolist() if not info.is_dir()]
                _copy_members(((n, s, packed.open(i)) for n, s, i in members), name, wanted, folder)
            return
        with tarfile.open(archive) as tar:
            files = [(info.name, info.size, info) for info in tar if info.isfile()]
            _copy_members(((n, s, cast(IO[bytes], tar.extractfile(i))) for n, s, i in files), name, wanted, folder)
    except _DAMAGED as exc:
        raise EngineError(f"{name} is damaged, or neither a zip nor a tar archive ({exc}); get it again") from exc


def _copy_members(
    members: Iterator[tuple[str, int, IO[bytes]]], archive: str, wanted: re.Pattern[str], folder: Path
) -> None:
    total = 0
    for path, size, content in members:
        with content:
            name = PurePosixPath(path).name
            if not wanted.fullmatch(name):
                continue
            total += size
            _check_size(archive, total, folder)
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(content, file)


def _check_size(name: str, unpacked: int, folder: Path) -> None:
    if unpacked > MAX_BYTES:
        raise EngineError(f"{name} unpacks to over {MAX_BYTES // 10**9} GB; nothing was installed")
    require_space(folder, unpacked)


def unpack_file(path: Path, target: Path) -> None:
    """A single file as it is, or out of .gz or .zst. EngineError when it is damaged."""
    try:
        if path.name.endswith(".zst"):
            target.write_bytes(unpack_zstd(path.read_bytes()))
            return
        with (gzip.open if path.name.endswith(".gz") else open)(path, "rb") as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
    except _DAMAGED as exc:
        raise EngineError(f"{path.name} is damaged ({exc}); get it again") from exc


def unpack_zstd(content: bytes, sha256: str = "") -> bytes:
    """Zstandard, by fxtranslate, which compares the result with `sha256`. ValueError when either fails."""
    from fxtranslate import discovery  # noqa: PLC0415 - a compiled library, only for this

    return discovery.verify_and_decompress(content, sha256 or None)
