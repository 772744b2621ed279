"""The payloads of payloads.yaml."""

from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("payloads.yaml")


def load_payloads() -> list[str]:
    """All of them, in the file's order."""
    groups = yaml.safe_load(_FILE.read_text("utf-8"))
    return [_text(entry) for entries in groups.values() for entry in entries]


def _text(entry: Any) -> str:
    if isinstance(entry, dict):
        return str(entry["repeat"]) * int(entry["times"]) + (_text(entry["then"]) if "then" in entry else "")
    return str(entry)
