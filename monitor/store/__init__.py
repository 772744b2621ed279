"""The cellar: what the project remembers, in SQLite or PostgreSQL by the same SQL.

`tables.py` is the schema, `migrations/` how a database gets there, `connect.py` opens files and servers and translates
their errors. `sql.py` is the `Store` itself, statements in `story_rows.py`, `outbox.py`, `slots.py`, `audience.py`;
`search.py` and what it names are its search.
"""

from monitor.store.connect import database_files
from monitor.store.copying import copy_store
from monitor.store.query import telling_stems
from monitor.store.sql import SqlStore, open_store

__all__ = ["SqlStore", "copy_store", "database_files", "open_store", "telling_stems"]
