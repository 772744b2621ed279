"""Records as JSON: what `--json` prints and what the store keeps of a run."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any


def to_plain(value: Any) -> Any:
    """A record as dicts, lists and scalars. Instants become ISO 8601 with zone; sets are sorted; bytes are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {name: to_plain(item) for name, item in pairs if not isinstance(item, bytes)}
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in (value if isinstance(value, list | tuple) else sorted(value))]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value


def to_json(value: Any) -> str:
    """`to_plain` as one JSON document, readable, accents kept."""
    return json.dumps(to_plain(value), ensure_ascii=False, indent=2)
