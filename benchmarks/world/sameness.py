"""Whether two runs gave the same: every stored row and every written file, but for what tells when it was written.

That is: the reports of runs, the lock, the instant at which a row of a cache was saved, and in JSON files the seconds
that the translation took and the stamps (size and time of the files) that the archive's index goes by.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

_NOT_RESULTS = frozenset({"runs", "leases"})
_TIMES = frozenset({"saved_at", "seconds", "stamp"})


def results(folder: Path) -> dict[str, str]:
    """By table and by file, a digest of what a run left in the folder of its feeds.yaml."""
    return {**dict(_tables(folder / "monitor.db")), **dict(_files(folder / "digests"))}


def _tables(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table' order by 1")]
        for name in names:
            if name not in _NOT_RESULTS:
                yield f"table {name}", _digest(_rows(database, name))


def _rows(database: sqlite3.Connection, table: str) -> Iterator[bytes]:
    columns = [row[1] for row in database.execute(f"pragma table_info('{table}')") if row[1] not in _TIMES]
    wanted = ", ".join(f'"{column}"' for column in columns)
    return iter(sorted(repr(row).encode() for row in database.execute(f'select {wanted} from "{table}"')))


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".json":
            content = json.dumps(_timeless(json.loads(content))).encode()
        yield str(path.relative_to(folder)), _digest(iter([content]))


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(found) for key, found in value.items() if key not in _TIMES}
    return [_timeless(found) for found in value] if isinstance(value, list) else value


def _digest(parts: Iterator[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
