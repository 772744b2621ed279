"""Opening a database: URLs, SQLite's settings, migrations, and foreign errors turned into `StorageError`."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from monitor.errors import StorageError

_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 30
_WAL_RETRY_S = 0.02
_MIGRATION_LOCK = 7_305_861_220  # any number; PostgreSQL's advisory lock for "one migration at a time"

# What SQLite says of a damaged file (lower case); the last is its driver, of a text whose bytes are none.
_DAMAGE = ("not a database", "malformed", "could not decode to utf-8")
# What the database says (lower case), and what the user can do about it.
_REMEDIES = (
    ("disk is full", "free some disk space and run again; nothing of this step was written"),
    ("no space left", "free some disk space and run again; nothing of this step was written"),
    ("disk i/o error", "look at the disk: it is full, or failing; nothing of this step was written"),
    ("readonly", "make the file and its folder writable for this user"),
    ("read-only", "make the file and its folder writable for this user"),
    ("permission denied", "make the file and its folder writable for this user"),
    ("unable to open", "check that the folder exists and is writable for this user"),
    ("not a database", "the file is no database: move it away, or correct storage.url"),
    *((sign, "the file is damaged: restore a backup, or move it away to start anew") for sign in _DAMAGE[1:]),
    ("locked", "another run is writing; wait for it to end and run again"),
    ("foreign key", "the edition or article it belongs to is not stored"),
    ("connection", "check that the database server runs and that storage.url is right"),
)


def resolve_url(url: str, folder: Path) -> URL:
    """The database URL with absolute SQLite path and a known driver; StorageError for one we cannot use."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError) as exc:
        shown = url.rpartition("@")[2]  # without a password
        raise StorageError(
            f"storage.url: '{shown}' is no database URL; write for example sqlite:///monitor.db"
        ) from exc
    backend = parsed.get_backend_name()
    if backend in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StorageError(f"storage.url: {backend} is not supported; use sqlite:///… or postgresql://…")
    if not parsed.database or parsed.database == ":memory:":
        raise StorageError("storage.url: the database needs a file; write for example sqlite:///monitor.db")
    return parsed.set(database=str(folder.resolve() / parsed.database))


def database_files(url: str, folder: Path) -> tuple[Path, ...]:
    """The files of a SQLite database, the main one first, whether they exist or not; none for one on a server."""
    parsed = resolve_url(url, folder)
    if parsed.get_backend_name() != "sqlite":
        return ()
    return tuple(Path(f"{parsed.database}{suffix}") for suffix in ("", "-wal", "-shm"))


def connect(url: URL) -> Engine:
    """An engine with our settings; creates a SQLite file (mode 0600) and its folder when they are missing."""
    where = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "postgresql":
        return _connect_postgres(url, where)
    path = Path(url.database or "")
    with translated(f"open {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _connect_postgres(url: URL, where: str) -> Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (ModuleNotFoundError, NoSuchModuleError) as exc:
        raise StorageError(f"open {where}: the driver is missing; pip install 'border-monitor[postgres]'") from exc


def _set_pragmas(connection: Any, _record: Any) -> None:
    """WAL so that readers never wait; FULL so that a receipt survives a power cut."""
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    _switch_to_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _switch_to_wal(connection: Any) -> None:
    """SQLite does not wait when two programs switch a new database to WAL at once: whoever is refused tries again."""
    give_up_at = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > give_up_at:
                raise
            time.sleep(_WAL_RETRY_S)
        else:
            return


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a read that becomes a write could not wait for its turn."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


# ---------------------------------------------------------------- migrations


def migrate(engine: Engine, where: str) -> None:
    """Bring the schema up to date, in one transaction; StorageError when the database is newer than this program."""
    with translated(f"open {where}"):
        with engine.execution_options(reading=True).begin() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current == _schemas()[0]:
            return
        if current is not None and current not in _schemas():
            raise StorageError(
                f"open {where}: the database is of a newer version (schema {current}); upgrade border-monitor"
            )
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@cache
def _schemas() -> tuple[str, ...]:
    """Those that this program knows, the newest first; Alembic runs every migration's file to tell them."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


# ---------------------------------------------------------------- errors


def tells_of_damage(exc: DBAPIError) -> bool:
    """Whether it is the file that is wrong, and not what was asked of it."""
    return any(sign in str(exc.orig).lower() for sign in _DAMAGE)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Database and file errors come out as `StorageError`: what was being done, why it failed, what to do."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError, sqlite3.Error, OSError) as exc:
        original = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
        reason = " ".join(str(original).split()) or type(original).__name__
        remedy = next((cure for sign, cure in _REMEDIES if sign in reason.lower()), "run `monitor check`")
        raise StorageError(f"{doing}: {reason} → {remedy}") from exc
