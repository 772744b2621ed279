"""`digests/YYYY/MM/DD-<profile>.*`: every edition as it was sent, readable without this program.

Of several a day each has its time in its name: `DDT1800-<profile>.*`.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from glob import escape
from pathlib import Path
from typing import Any

from monitor.delivery.writing import safe_name, write_atomically
from monitor.errors import StorageError
from monitor.records import InlineImage, RenderedDigest, slot_time

_TIME = "T[0-9][0-9][0-9][0-9]"  # a pattern
_FROZEN = "frozen"  # the key, in the .json, of what the other files do not tell of a `RenderedDigest`


def edition_path(folder: Path, slot: str, profile_id: str) -> Path:
    """Where the .html of the edition of a slot (`slot_name`) lies or will lie."""
    year, month, day = slot.split("-")
    return folder / year / month / f"{day}-{safe_name(profile_id)}.html"


def find_edition(folder: Path, slot: str, profile_id: str) -> Path | None:
    """The .html of an archived edition, of a date alone the last of that date; .txt, .eml, .json lie beside it."""
    page = edition_path(folder, slot, profile_id)
    later = page.parent.glob(_names(f"{slot[-2:]}{_TIME}", profile_id)) if slot_time(slot) is None else ()
    return max((path for path in (page, *later) if path.is_file()), default=None)


def newest_edition(folder: Path, profile_id: str) -> Path | None:
    """The .html of the profile's last edition by date and time; None when there is none."""
    names = [_names(day, profile_id) for day in ("[0-9][0-9]", f"[0-9][0-9]{_TIME}")]
    found = (path for name in names for path in folder.glob(f"[0-9][0-9][0-9][0-9]/[0-9][0-9]/{name}"))
    return max(filter(Path.is_file, found), default=None)


def _names(day: str, profile_id: str) -> str:
    """A pattern of the pages of a profile whose names begin with the pattern `day`."""
    return f"{day}-{escape(safe_name(profile_id))}.html"


def write_edition(folder: Path, rendered: RenderedDigest, eml: bytes) -> tuple[Path, ...]:
    """Write the edition and return its paths, the .html first; writing it again replaces it.

    The .html is written last: where it is, everything is. StorageError when the folder cannot take it.
    """
    page = edition_path(folder, rendered.slot, rendered.profile_id)
    files = {
        **{_image_path(page, i): image.png for i, image in enumerate(rendered.images)},
        page.with_suffix(".txt"): rendered.text.encode(),
        page.with_suffix(".eml"): eml,
        page.with_suffix(".json"): _data_and_frozen(rendered).encode(),
        page: _with_side_files(rendered, page).encode(),
    }
    _write(files, f"archive {rendered.edition} in {folder}")
    return (page, *(path for path in files if path != page))


def _write(files: Mapping[Path, bytes], doing: str) -> None:
    try:
        for path, data in files.items():
            write_atomically(path, data)
    except OSError as exc:
        raise StorageError(_cannot_write(doing, exc)) from exc


def read_edition(page: Path) -> RenderedDigest:
    """The edition whose .html is `page`, as `write_edition` got it.

    StorageError when a file is missing or was changed so that it cannot be read.
    """
    try:
        data = json.loads(page.with_suffix(".json").read_text("utf-8"))
        frozen = data.pop(_FROZEN)
        images = tuple(_read_image(page, i, fields) for i, fields in enumerate(frozen.pop("images")))
        return RenderedDigest(
            **{
                **frozen,
                "date": date.fromisoformat(frozen["date"]),
                "cutoff_at": datetime.fromisoformat(frozen["cutoff_at"]),
                "story_ids": tuple(frozen["story_ids"]),
            },
            html=_with_mail_images(page, images),
            text=page.with_suffix(".txt").read_text("utf-8"),
            data=_as_json(data),
            images=images,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        remedy = "restore the files of this edition from a backup"
        raise StorageError(f"read the edition {page}: {type(exc).__name__} {exc} → {remedy}") from exc


def restore_edition(page: Path) -> bool:
    """Write the .html, .txt and pictures of an edition anew from its .eml and .json, the same bytes as before.

    Whether it could be done. StorageError when the folder cannot take them.
    """
    try:
        frozen = json.loads(page.with_suffix(".json").read_text("utf-8"))[_FROZEN]
        eml = page.with_suffix(".eml").read_bytes()
        parts = _parts(message_from_bytes(eml, policy=default_policy))
        cids = [str(image["cid"]) for image in frozen["images"]]
        files = {_image_path(page, n): parts[f"<{cid}>"] for n, cid in enumerate(cids)}
        files[page.with_suffix(".txt")] = parts["text/plain"]
        files[page] = _linked(parts["text/html"].decode(), page, cids).encode()
    except (OSError, ValueError, KeyError, TypeError, LookupError):
        return False
    _write(files, f"restore {page}")
    return True


def _parts(message: EmailMessage) -> dict[str, bytes]:
    """The contents of a message: texts by their type, with plain line ends, pictures by their Content-ID."""
    found: dict[str, bytes] = {}
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and part.get_content_maintype() == "text":
            found.setdefault(part.get_content_type(), content.replace(b"\r\n", b"\n"))
        elif isinstance(content, bytes):
            found[str(part["Content-ID"])] = content
    return found


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
    return _linked(rendered.html, page, [image.cid for image in rendered.images])


def _linked(html: str, page: Path, cids: Sequence[str]) -> str:
    for index, cid in enumerate(cids):
        html = _replace_quoted(html, f"cid:{cid}", _image_path(page, index).name)
    return html


def _with_mail_images(page: Path, images: tuple[InlineImage, ...]) -> str:
    """The way back."""
    html = page.read_text("utf-8")
    for index, image in enumerate(images):
        html = _replace_quoted(html, _image_path(page, index).name, f"cid:{image.cid}")
    return html


def _replace_quoted(html: str, old: str, new: str) -> str:
    """Replace attribute values only, never words of a text."""
    return html.replace(f'"{old}"', f'"{new}"').replace(f"'{old}'", f"'{new}'")


def _data_and_frozen(rendered: RenderedDigest) -> str:
    frozen = {
        "edition": rendered.edition,
        "profile_id": rendered.profile_id,
        "date": rendered.date.isoformat(),
        "language": rendered.language,
        "subject": rendered.subject,
        "story_ids": rendered.story_ids,
        "cutoff_at": rendered.cutoff_at.isoformat(),
        "degraded": rendered.degraded,
        "images": [{"cid": i.cid, "alt": i.alt, "width": i.width, "height": i.height} for i in rendered.images],
    }
    return _as_json({**json.loads(rendered.data), _FROZEN: frozen})


def _as_json(value: dict[str, Any]) -> str:
    """Safe inside an HTML page, too."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text + "\n"


def _read_image(page: Path, index: int, fields: dict[str, Any]) -> InlineImage:
    return InlineImage(png=_image_path(page, index).read_bytes(), **fields)


def _cannot_write(doing: str, error: OSError) -> str:
    return f"{doing}: {error.strerror or error} → make the folder writable, free some space, or change storage.digests"
