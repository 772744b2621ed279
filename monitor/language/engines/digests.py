"""What tells one model from another: the SHA-256 of its files."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def files_digest(paths: Iterable[Path]) -> str:
    """64 hex digits that change with the name or content of any of the files; their order does not matter."""
    lines = sorted(f"{path.name} {file_sha256(path)}\n" for path in paths if path.is_file())
    return sha256("".join(lines).encode()).hexdigest()


def fingerprint(paths: Iterable[Path]) -> str:
    """8 hex digits that change with the files, for an engine's name. A file that was not written to since it was last
    read in this process is not read again.
    """
    lines = sorted(f"{path.name} {_remembered_sha256(path, *_state(path))}\n" for path in paths if path.is_file())
    return sha256("".join(lines).encode()).hexdigest()[:8]


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=64)
def _remembered_sha256(path: Path, _inode: int, _size: int, _mtime_ns: int) -> str:
    return file_sha256(path)
