"""Files that are there whole or not at all, under names that are safe everywhere."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from monitor.records import content_id

_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9@._+-]")
_NAME_CHARS = 100  # leaves room for suffixes below the 255 bytes of common file systems
PUBLIC = 0o644  # the archive: everybody may read it
PRIVATE = 0o600  # what has recipients' addresses in it


def safe_name(text: str) -> str:
    """A file name that tells what it is; distinct texts keep distinct names, none starts with a dot or a dash."""
    name = _UNSAFE_IN_NAMES.sub("_", text).lstrip(".-")[:_NAME_CHARS]
    return name if name and name == text else f"{name}-{content_id(text)}".lstrip("-")


def write_atomically(path: Path, data: bytes, *, draft: Path | None = None, mode: int = PUBLIC) -> None:
    """Write beside the target, or to `draft` on the same file system, flush to disk, rename over it: a reader or a
    crash never sees half a file. Nobody gets more rights to it, and to folders that are made for it, than `mode`.
    """
    make_folder(path.parent, mode=mode)
    beside = draft or path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with open(beside, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def make_folder(folder: Path, *, mode: int = PUBLIC) -> None:
    """The folder with those above it, if they are missing; who may read files of `mode` may enter it."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode=mode)
    folder.mkdir(mode=mode | (mode & 0o444) >> 2, exist_ok=True)


def _flush_folder(folder: Path) -> None:
    """The new name survives a power cut; some file systems refuse to flush a folder, and need not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
