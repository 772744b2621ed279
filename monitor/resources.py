"""Files that travel with the program: templates, the starter feeds.yaml, lexicon and glossary.

In a wheel they lie in `monitor/_bundled`; in a checkout they are the top-level files themselves. A `templates/`,
`feeds.yaml`, … in the user's folder wins over them; that choice is made by the caller, never here.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"


def bundled(name: str) -> Path:
    """The path of a bundled file or folder; `name` is relative to the project's top level.

    Raises FileNotFoundError if the installation is broken.
    """
    for root in (_BUNDLED, _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"{name} is missing from this installation: reinstall border-monitor")
