"""Files that travel with the program: templates, the starter feeds.yaml, lexicon and glossary.

In a wheel they lie in `monitor/_bundled`; in a checkout they are the top-level files themselves. A `templates/`,
`feeds.yaml`, … in the user's folder wins over them; that choice is made by the caller, never here.
"""

from pathlib import Path
from typing import Any

import yaml

# The same loader in C, ten times as fast, where PyYAML was built with libyaml.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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


def read_yaml(path: Path) -> Any:
    """The content of a YAML file in UTF-8; plain values only. Raises OSError, UnicodeDecodeError, yaml.YAMLError."""
    return parse_yaml(path.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> Any:
    """The content of a YAML text; plain values only. Raises yaml.YAMLError."""
    return yaml.load(text, _SafeLoader)  # noqa: S506  # safe, as its name says
