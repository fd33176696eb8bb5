"""Open the cache: make it, look whether it is ours and whole, and put a broken one aside."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from alfcheck.cache.place import Unusable, remove, require_private
from alfcheck.cache.store import Store

__all__ = ["NAME", "is_broken", "look_into", "open_store", "reason", "remove_all", "set_aside"]

NAME = "sessions.sqlite"
BROKEN = f"{NAME}.broken"
_BESIDE = ("-journal", "-wal", "-shm")

SCHEMA = 2
"""The version of the tables; results of another one are forgotten."""

_OURS = 0x616C6643  # "alfC": how SQLite's header says whose file it is
WAIT = 0.5
"""Seconds to wait for another process."""

_TABLES = (
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, used INTEGER NOT NULL)",
    "CREATE TABLE sessions (run INTEGER NOT NULL, path TEXT NOT NULL, seal BLOB NOT NULL, "
    "data BLOB NOT NULL, UNIQUE (run, path))",
    "CREATE TABLE notes (run INTEGER NOT NULL, about TEXT NOT NULL, seal BLOB NOT NULL, "
    "data BLOB NOT NULL, UNIQUE (run, about))",
    f"PRAGMA application_id = {_OURS}",
    f"PRAGMA user_version = {SCHEMA}",
)

# The plain journal is kept, for it works in folders of the network too.
_SETTINGS = ("synchronous = NORMAL", "trusted_schema = OFF", "cell_size_check = ON")

# What has to do with the place and the hour, and not with what is in the file.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
    }
)


class _OtherVersion(sqlite3.DatabaseError):
    """The tables are of another version."""


def open_store(folder: Path, limit: int) -> Store:
    """Open the cache in a folder, and make one where there is none, or none that can be read.

    Raises `Unusable`, `sqlite3.Error` or `OSError`.
    """
    require_private(folder)
    try:
        return _open(folder / NAME, limit)
    except sqlite3.Error as error:
        if not is_broken(error):
            raise
    set_aside(folder)
    return _open(folder / NAME, limit)


def look_into(folder: Path) -> Store | None:
    """Open the cache in a folder only if there is one; raises as `open_store`."""
    return _open(folder / NAME, 0) if (folder / NAME).is_file() else None


def is_broken(error: sqlite3.Error) -> bool:
    """Tell whether the file itself is at fault, and not the place or another process."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF not in _PASSING


def reason(error: BaseException) -> str:
    """Say in a few words why there is no cache."""
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or NAME}: {error.strerror or type(error).__name__}"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another run holds it"
    return str(error) or type(error).__name__


def set_aside(folder: Path) -> None:
    """Take a cache that cannot be read out of the way; the one that was there before is deleted."""
    with suppress(FileNotFoundError):
        os.replace(folder / NAME, folder / BROKEN)
    for end in _BESIDE:
        remove(folder / f"{NAME}{end}")


def remove_all(folder: Path) -> int:
    """Delete the files of the cache, and nothing else that is in the folder; give their size in bytes."""
    return sum(remove(folder / name) for name in (NAME, BROKEN, *(NAME + end for end in _BESIDE)))


def _open(path: Path, limit: int) -> Store:
    with suppress(FileExistsError):
        # Nobody else reads what is found, nor the names of sessions.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        for pragma in _SETTINGS:
            connection.execute(f"PRAGMA {pragma}")
        _require_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return Store(connection, limit)


def _require_tables(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == SCHEMA:
        return
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have been quicker.
    if _version(connection, path) != SCHEMA:
        for statement in _TABLES:
            connection.execute(statement)
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version of the tables, 0 for an empty file; raises `Unusable` for what is not ours."""
    with closing(connection.execute("PRAGMA application_id")) as owner:
        ours = owner.fetchone()[0] == _OURS
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names and not version and not ours:
        return 0
    if not ours:
        raise Unusable(f"{path} is a database of another program; name another folder")
    if version != SCHEMA or names != {"runs", "sessions", "notes"}:
        raise _OtherVersion(f"its tables are those of version {version}")
    return SCHEMA
