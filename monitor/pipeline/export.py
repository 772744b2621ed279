"""A stored edition in the format somebody asks for. Nothing is rendered anew from what the database says today."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from monitor.config import Config
from monitor.delivery import find_edition, newest_edition, read_edition
from monitor.digest import Templates
from monitor.errors import StorageError
from monitor.export.markdown import markdown
from monitor.export.pdf import find_browser, print_pdf
from monitor.export.standalone import Paper, printable, standalone
from monitor.export.stored import read_stored
from monitor.export.table import table

ExportFormat = Literal["html", "txt", "json", "csv", "md", "pdf"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An edition by its page in the archive, and what its PDF is printed on."""

    page: Path
    templates: Templates  # the archive's
    mail: Templates  # the digest's own
    paper: Paper = "letter"


def stored_page(config: Config, slot: str, profile_id: str) -> Path:
    """The page of a stored edition: of this slot or date, else the newest; of the first profile unless one is named.

    Raises StorageError when there is none.
    """
    profile_id = profile_id or config.profiles[0].id
    folder = config.digests_dir
    page = find_edition(folder, slot, profile_id) if slot else newest_edition(folder, profile_id)
    if page is None:
        of_slot = f" of {slot}" if slot else ""
        raise StorageError(
            f"{folder}: no digest{of_slot} for the profile '{profile_id}' → `monitor status` lists what there is"
        )
    return page


def export_edition(wanted: Wanted, format_: ExportFormat) -> bytes:
    """The edition in this format. Raises StorageError for a damaged edition, RenderError, ExportError."""
    return _EXPORTS[format_](wanted)


def _html(wanted: Wanted) -> bytes:
    return standalone(read_edition(wanted.page)).encode()


def _beside(suffix: str) -> Callable[[Wanted], bytes]:
    """The file of the archive as it is, byte for byte."""

    def read(wanted: Wanted) -> bytes:
        return _read(wanted.page.with_suffix(suffix))

    return read


def _csv(wanted: Wanted) -> bytes:
    path = wanted.page.with_suffix(".json")
    return table(read_stored(_read(path).decode("utf-8", "replace"), str(path))).encode()


def _md(wanted: Wanted) -> bytes:
    path = wanted.page.with_suffix(".json")
    edition = read_stored(_read(path).decode("utf-8", "replace"), str(path))
    return markdown(edition, wanted.templates, wanted.mail).encode()


def _pdf(wanted: Wanted) -> bytes:
    browser = find_browser()  # first: without one, nothing needs to be read
    return print_pdf(printable(read_edition(wanted.page), wanted.paper), browser)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise StorageError(f"read {path}: {exc.strerror} → restore the file from a backup") from exc


_EXPORTS: dict[ExportFormat, Callable[[Wanted], bytes]] = {
    "html": _html,
    "txt": _beside(".txt"),
    "json": _beside(".json"),
    "csv": _csv,
    "md": _md,
    "pdf": _pdf,
}
