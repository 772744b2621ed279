"""Whether a file was saved, added or taken away since the last look."""

from collections.abc import Iterable
from pathlib import Path

Fingerprint = tuple[tuple[Path, tuple[int, int]], ...]
_SUFFIXES = frozenset({".j2", ".yaml"})


def files_in(folder: Path) -> list[Path]:
    """The templates and strings of a folder and the folders in it; none where there is no such folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)


def fingerprint(files: Iterable[Path]) -> Fingerprint:
    """Equal as long as no file is written, added, renamed or taken away.

    Known gap: two saves of equal length within the file system's clock tick (some milliseconds) look like one.
    """
    return tuple((path, stamp) for path in files if (stamp := _stamp(path)))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
