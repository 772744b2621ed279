"""A feeds.yaml that reads the made-up press."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.world.events import language_of


def write_config(folder: Path, urls: Sequence[str], *, engine: str, more: Mapping[str, Any] | None = None) -> Path:
    """Write it into `folder`, one profile in both languages, with the sections of `more`; gives its path."""
    feeds = [
        {
            "id": f"outlet-{number}",
            "name": f"Outlet {number}",
            "url": url,
            "language": language_of(number),
            "allow_private": True,
            "border_local": True,
        }
        for number, url in enumerate(urls)
    ]
    document = {
        "version": 1,
        "fetch": {"concurrency": 256},
        "translation": {"engine": engine},
        "profiles": [{"id": "both", "language": "both"}],
        "feeds": feeds,
        **(more or {}),
    }
    path = folder / "feeds.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path
