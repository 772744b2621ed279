"""Fetching a large file: goes on where it stopped, tries again, never glues two different files together.

Beside the unfinished file lies a note: its URL and the validator (ETag, else Last-Modified) under which it was begun.
Only a file with a validator, or one whose SHA-256 is known beforehand, is continued; anything else begins anew.
"""

import json
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from ssl import SSLContext
from urllib.parse import unquote

import httpx2

from monitor.errors import EngineError

Progress = Callable[[str, int, int], None]  # what, bytes so far, bytes in all (0: unknown)
Sleep = Callable[[float], None]
MAX_BYTES = 2_000_000_000
_TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
_PAUSES_S = (1.0, 3.0, 9.0)  # before another try; those that brought something do not count
_MAX_TRIES = 50
_SPARE_BYTES = 50_000_000
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


class NotThereError(EngineError):
    """The server has no such file: 404, 410, or a page in its place."""


class _PassingError(Exception):
    """The connection broke off or the server is busy: worth another try."""


@dataclass(frozen=True, slots=True)
class Line:
    """How to fetch: who is told of the progress, and how pauses pass."""

    report: Progress = lambda *_: None
    sleep: Sleep = time.sleep


@cache
def certificates() -> SSLContext:
    """The authorities that vouch for servers; reading them takes longer than asking a server nearby."""
    return httpx2.create_ssl_context()


def is_url(place: str) -> bool:
    """Whether a place is on the net."""
    return place.startswith(("http://", "https://"))


def name_in(place: str) -> str:
    """The file's own name in a URL or a path."""
    path = unquote(place.partition("#")[0].partition("?")[0]) if is_url(place) else place
    return PurePosixPath(path).name


def require_space(folder: Path, needed: int) -> None:
    """Raises EngineError when `needed` bytes (and a little) would not fit."""
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise EngineError(
            f"install into {folder}: {(needed + _SPARE_BYTES) / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free;"
            " make room, or set translation.models_dir to another disk"
        )


def download(url: str, folder: Path, line: Line, *, sha256: str = "", size: int = 0) -> Path:
    """Fetch `url` into `folder` and return the file; the caller removes it when it is done.

    `sha256`: what the caller will compare it with, if known. `size`: bytes to expect when the server says nothing.
    Raises EngineError with the remedy; what has come so far stays for the next call.
    """
    part = folder / f"{name_in(url)}.part"
    failures = 0
    for _ in range(_MAX_TRIES):
        before = _size(part)
        try:
            _attempt(url, part, line, known=bool(sha256), size=size)
        except _PassingError as exc:
            failures = 0 if _size(part) > before else failures + 1
            if failures > len(_PAUSES_S):
                raise EngineError(f"download {url}: {exc}, {failures} times over; {_remedy(part)}") from exc
            line.sleep(_PAUSES_S[max(failures, 1) - 1])
        else:
            _note_of(part).unlink(missing_ok=True)
            return part
    raise EngineError(f"download {url}: broke off {_MAX_TRIES} times; {_remedy(part)}")


def _remedy(part: Path) -> str:
    again = "the same command goes on where it stopped" if _size(part) else "try again later"
    return f"{again}, or install from a file or a mirror: --from PATH|URL"


def _attempt(url: str, part: Path, line: Line, *, known: bool, size: int) -> None:
    validator = _begun_under(url, part)
    have = _size(part) if validator or (known and validator is not None) else 0
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if validator:
            headers["If-Range"] = validator
    try:
        with httpx2.stream(
            "GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT, verify=certificates()
        ) as response:
            have = _check(response, url, part, have)
            if have >= 0:
                _receive(response, url, part, line, have=have, size=size)
    except httpx2.TransportError as exc:
        raise _PassingError(str(exc) or type(exc).__name__) from exc
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
        raise EngineError(f"download {url}: {exc}; is the address right?") from exc


def _check(response: httpx2.Response, url: str, part: Path, have: int) -> int:
    """From which byte on the response is; -1 when nothing is missing any more."""
    status = response.status_code
    if status in (206, 416):
        return _position(response, part, have)
    if status in (404, 410):
        raise NotThereError(
            f"download {url}: status {status}; is the address right? Or install from a file: --from FILE"
        )
    if status in _PASSING:
        raise _PassingError(f"status {status}")
    if status != 200:
        raise EngineError(f"download {url}: status {status}; {_remedy(part)}")
    if response.headers.get("content-type", "").startswith("text/html"):
        raise NotThereError(
            f"download {url}: the answer is a web page and no file (a login page of the network?); open the address in"
            " a browser, or install from a file: --from FILE"
        )
    return 0


def _position(response: httpx2.Response, part: Path, have: int) -> int:
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    start, total = found.groups() if found else (None, None)
    if response.status_code == 416 and total == str(have):
        return -1
    if response.status_code == 206 and have and start == str(have):
        return have
    part.unlink(missing_ok=True)
    raise _PassingError("the file has changed on the server")


def _receive(response: httpx2.Response, url: str, part: Path, line: Line, *, have: int, size: int) -> None:
    """Append the body. A body that is packed for the way (content-encoding) is unpacked and cannot be continued."""
    plain = response.headers.get("content-encoding", "identity") == "identity"
    length = int(response.headers.get("content-length") or 0) if plain else 0
    total = have + length if length else 0
    if max(total, size) > MAX_BYTES:
        raise EngineError(f"download {url}: {total / 1e9:.1f} GB is no translation model; nothing was installed")
    require_space(part.parent, max(total or size, have) - have)
    if not have:
        part.unlink(missing_ok=True)  # before the note: what lies there was begun under another one
    _write_note(part, {"url": url, "validator": _validator(response.headers) if plain else ""})
    with part.open("ab" if have else "wb") as file:
        for chunk in response.iter_raw() if plain else response.iter_bytes():
            file.write(chunk)
            have += len(chunk)
            if have > MAX_BYTES:
                raise EngineError(f"download {url}: over {MAX_BYTES / 1e9:.0f} GB; nothing was installed")
            line.report(url, have, max(total or size, have))


def _validator(headers: Mapping[str, str]) -> str:
    """What changes with the file; a weak ETag does not vouch for its bytes."""
    etag: str = headers.get("etag", "")
    return etag if etag and not etag.startswith("W/") else headers.get("last-modified", "")


def _begun_under(url: str, part: Path) -> str | None:
    """The validator of what was begun; None when nothing was begun from this URL."""
    try:
        note = json.loads(_note_of(part).read_text(encoding="utf-8"))
        return str(note["validator"]) if note["url"] == url else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_note(part: Path, note: Mapping[str, str]) -> None:
    _note_of(part).write_text(json.dumps(note), encoding="utf-8")


def _note_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
