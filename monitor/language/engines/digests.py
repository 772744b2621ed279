"""What tells one model from another: the SHA-256 of its files."""

from collections.abc import Iterable
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
