"""What lies in the archive's folder beside each other: all editions, and the files made from them (index, feeds).

Reads and writes only; what stands in the files is made by `monitor.export`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.delivery.writing import write_atomically
from monitor.errors import StorageError

_PAGE = re.compile(r"\d\d(?:T\d{4})?-[A-Za-z0-9@._+-]+\.html")  # names as `safe_name` makes them; others are not ours
_YEAR, _MONTH = re.compile(r"\d{4}"), re.compile(r"\d\d")
_DEBRIS = re.compile(r"\.[0-9a-f]{12}\.tmp")
_BESIDE = ("txt", "eml", "json")


@dataclass(frozen=True, slots=True)
class Shelved:
    """An edition in the archive: its .html relative to the folder, the suffixes beside it, the .json's size and time.

    `stamp` is "" without a .json.
    """

    path: str
    files: tuple[str, ...]
    stamp: str


def shelved_editions(folder: Path) -> tuple[Shelved, ...]:
    """Every edition of the archive, by path; none when there is no folder. StorageError when it cannot be read."""
    try:
        return tuple(_shelved(folder))
    except OSError as exc:
        raise StorageError(f"look through the archive {folder}: {exc.strerror} → make the folder readable") from exc


def _shelved(folder: Path) -> Iterator[Shelved]:
    for year in _folders(folder, _YEAR):
        for month in _folders(year, _MONTH):
            with os.scandir(month) as found:
                entries = {entry.name: entry for entry in found if entry.is_file()}
            for name in sorted(filter(_PAGE.fullmatch, entries)):
                stem = name.removesuffix(".html")
                files = tuple(suffix for suffix in _BESIDE if f"{stem}.{suffix}" in entries)
                yield Shelved(f"{year.name}/{month.name}/{name}", files, _stamp(entries.get(f"{stem}.json")))


def _folders(folder: Path, names: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if names.fullmatch(path.name) and path.is_dir())


def _stamp(entry: os.DirEntry[str] | None) -> str:
    if entry is None:
        return ""
    status = entry.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def read_shelf_file(folder: Path, path: str) -> str:
    """The text of a file of the archive, undecodable bytes replaced; "" when it is not there or cannot be read."""
    try:
        return (folder / path).read_text("utf-8", "replace")
    except OSError:
        return ""


def write_shelf_files(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write those whose content is another than before, each whole or not at all; which ones. StorageError."""
    written = []
    for name, text in files.items():
        path, data = folder / name, text.encode("utf-8", "replace")
        try:
            if not path.is_file() or path.read_bytes() != data:
                write_atomically(path, data)
                written.append(path)
        except OSError as exc:
            remedy = "make the folder writable, or free some space"
            raise StorageError(f"write {path}: {exc.strerror or exc} → {remedy}") from exc
    return tuple(written)


def sweep(folder: Path, *, before: datetime) -> int:
    """Remove what killed runs left half-written before then, in the folders where runs write; how many files."""
    years = _folders(folder, _YEAR)
    places = [folder, *years, *[month for year in years[-2:] for month in _folders(year, _MONTH)]]
    debris = [path for place in places if place.is_dir() for path in place.iterdir() if _DEBRIS.fullmatch(path.name)]
    return sum(_remove_older(path, before.timestamp()) for path in debris)


def _remove_older(path: Path, timestamp: float) -> bool:
    with suppress(OSError):
        if path.stat().st_mtime < timestamp:
            path.unlink()
            return True
    return False
