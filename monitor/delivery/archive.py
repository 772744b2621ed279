"""`digests/YYYY/MM/DD-<profile>.*`: every edition as it was sent, readable without this program."""

import os
from datetime import date
from pathlib import Path

from monitor.delivery.writing import safe_name, write_atomically
from monitor.errors import StorageError
from monitor.records import RenderedDigest


def edition_path(folder: Path, day: date, profile_id: str) -> Path:
    """Where the edition's .html lies or will lie."""
    return folder / f"{day.year:04}" / f"{day.month:02}" / f"{day.day:02}-{safe_name(profile_id)}.html"


def find_edition(folder: Path, day: date, profile_id: str) -> Path | None:
    """The .html of an archived edition; the .txt, .eml and .json lie beside it."""
    path = edition_path(folder, day, profile_id)
    return path if path.is_file() else None


def write_edition(folder: Path, rendered: RenderedDigest, eml: bytes) -> tuple[Path, ...]:
    """Write the edition and return its paths, the .html first; writing it again replaces it.

    The .html is written last: where it is, everything is. StorageError when the folder cannot take it.
    """
    page = edition_path(folder, rendered.date, rendered.profile_id)
    files = {
        **{_image_path(page, i): image.png for i, image in enumerate(rendered.images)},
        page.with_suffix(".txt"): rendered.text.encode(),
        page.with_suffix(".eml"): eml,
        page.with_suffix(".json"): rendered.data.encode(),
        page: _with_side_files(rendered, page).encode(),
    }
    try:
        for path, data in files.items():
            write_atomically(path, data)
    except OSError as exc:
        raise StorageError(_cannot_write(f"archive {rendered.edition} in {folder}", exc)) from exc
    return (page, *(path for path in files if path != page))


def check_writable(folder: Path) -> None:
    """StorageError, with what to do, unless files can be created in `folder` (which is created when missing)."""
    probe = folder / f".check-{os.getpid()}"
    try:
        write_atomically(probe, b"")
        probe.unlink()
    except OSError as exc:
        raise StorageError(_cannot_write(f"write to the archive folder {folder}", exc)) from exc


def _image_path(page: Path, index: int) -> Path:
    """`DD-profile.png`, `DD-profile-2.png`, …"""
    return page.with_name(f"{page.stem}{f'-{index + 1}' if index else ''}.png")


def _with_side_files(rendered: RenderedDigest, page: Path) -> str:
    """The page with `cid:` pictures, which only mail clients know, turned into the files beside it."""
    html = rendered.html
    for index, image in enumerate(rendered.images):
        for quote in ('"', "'"):
            html = html.replace(f"{quote}cid:{image.cid}{quote}", f"{quote}{_image_path(page, index).name}{quote}")
    return html


def _cannot_write(doing: str, error: OSError) -> str:
    return f"{doing}: {error.strerror or error} → make the folder writable, free some space, or change storage.digests"
