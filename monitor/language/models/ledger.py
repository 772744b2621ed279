"""What was installed: a note per direction, made at installation, to compare the files with ever after."""

import json
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import EngineError
from monitor.language.engines.digests import files_digest

LEDGER = "installed.json"
Notes = dict[str, dict[str, str]]


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
    remark: str = ""  # a sentence on what is special about it; "" when nothing is


def key_of(engine: str, pair: tuple[str, str]) -> str:
    """The name of a direction's note."""
    return f"{engine} {pair[0]}-{pair[1]}"


def read_notes(models_dir: Path) -> Notes:
    """All notes; none when nothing was installed here. EngineError when the file is damaged."""
    path = models_dir / LEDGER
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise EngineError(f"read {path}: {exc}; remove it, then install the models again") from exc
    return document if isinstance(document, dict) else {}


def write_note(models_dir: Path, key: str, note: dict[str, str]) -> None:
    """Write a direction's note, and the hash under the archive's own name, in one rename."""
    notes = read_notes(models_dir)
    notes[key] = note
    if note["archive"]:
        notes[f"archive {note['archive']}"] = {"sha256": note["sha256"]}
    temporary = models_dir / (LEDGER + ".tmp")
    temporary.write_text(json.dumps(notes, indent=1, sort_keys=True), encoding="utf-8")
    temporary.replace(models_dir / LEDGER)


def noted_sha256(models_dir: Path, archive: str) -> str:
    """The hash of the archive of this name when it was first installed; "" when it never was."""
    return read_notes(models_dir).get(f"archive {archive}", {}).get("sha256", "")


def installed_model(engine: str, pair: tuple[str, str], version: str, folder: Path, notes: Notes) -> InstalledModel:
    """A direction as it lies there, compared with its note."""
    note = notes.get(key_of(engine, pair), {})
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
        remark=note.get("remark", ""),
    )
