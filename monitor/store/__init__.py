"""The cellar: what the project remembers, in SQLite or PostgreSQL by the same SQL.

`tables.py` is the schema, `migrations/` how a database gets there, `connect.py` opens files and servers and translates
their errors, `sql.py` is the `Store` itself.
"""

from monitor.store.connect import copy_store
from monitor.store.sql import SqlStore, open_store

__all__ = ["SqlStore", "copy_store", "open_store"]
