"""The file itself: results by run and session, in SQLite, with a limit to its size.

A *run* is what holds for all sessions of a release together: the root, the options, who judges. What was used
longest ago goes first, by whole runs. Nothing here is a fault of the data: every method may raise
`sqlite3.Error` or `OSError`, and whoever calls goes on without a cache.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from alfcheck.cache.keys import digest_of, seal_of

__all__ = ["Contents", "Row", "Store"]

AT_A_TIME = 900
"""Sessions that are looked up at once: others may want to write, and a statement may have 999 values."""

SELDOM = 60
"""Seconds after which it is noted again that a run was used."""

_OVERHEAD = 64
"""Bytes, about, that a row takes beside its path (twice) and its data."""

_PAGE = 4096
_SHARING = 1000
"""Bytes up to which several rows share a page of the file well."""

_FIND = "SELECT path, seal, data FROM sessions WHERE run = ? AND path IN ({})"
_KEEP = "INSERT OR REPLACE INTO sessions (run, path, seal, data) VALUES (?, ?, ?, ?)"
_RECALL = "SELECT seal, data FROM notes WHERE run = ? AND about = ?"
_REMEMBER = "INSERT OR REPLACE INTO notes (run, about, seal, data) VALUES (?, ?, ?, ?)"
_OLDEST = "SELECT id FROM runs WHERE digest <> ? ORDER BY used, id LIMIT 1"


class Row(NamedTuple):
    """The result of a session to keep: its key, and its result as bytes."""

    path: str
    key: bytes
    data: bytes

    @property
    def size(self) -> int:
        """The bytes that it takes, at most as a rule."""
        size = 2 * len(self.path) + len(self.key) + len(self.data) + _OVERHEAD
        return size if size <= _SHARING else -(-size // _PAGE) * _PAGE


class Contents(NamedTuple):
    """What a cache has: bytes, sessions, runs, and when the oldest and newest run was used (seconds, UTC)."""

    size: int
    sessions: int
    runs: int
    oldest: int | None
    newest: int | None


class Store:
    """An open cache; `limit` is how many bytes it may have."""

    def __init__(self, connection: sqlite3.Connection, limit: int) -> None:
        self._connection = connection
        self._limit = limit

    def close(self) -> None:
        """Close the file; nothing is left to be written."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def knows(self, run: bytes) -> bool:
        """Tell whether anything is kept of a run."""
        return self._run(run) is not None

    def find(self, run: bytes, keys: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        """Give paths and results of the sessions that are kept under these very keys."""
        with self._reading():
            number = self._run(run)
        paths = list(keys) if number is not None else []
        for start in range(0, len(paths), AT_A_TIME):
            some = paths[start : start + AT_A_TIME]
            ask = _FIND.format(",".join("?" * len(some)))
            with self._reading():
                rows = self._connection.execute(ask, (number, *some)).fetchall()
            for path, seal, data in rows:
                # Others may have put anything there, of any type.
                if not (isinstance(seal, bytes) and isinstance(data, bytes)):
                    continue
                if seal == seal_of(keys[path], data):
                    yield path, data

    def note_use(self, run: bytes, now: int) -> None:
        """Note that a run was used at `now` (seconds); seldom, since it is a write."""
        ask = "SELECT 1 FROM runs WHERE digest = ? AND NOT used BETWEEN ? AND ?"
        if self._connection.execute(ask, (run, now - SELDOM, now)).fetchone():
            with self._writing():
                self._connection.execute("UPDATE runs SET used = ? WHERE digest = ?", (now, run))

    def keep(self, run: bytes, rows: Sequence[Row], now: int) -> bool:
        """Keep results; tell whether there was room for all of them."""
        with self._writing():
            room = self._make_room(run, sum(row.size for row in rows))
            self._connection.execute("INSERT OR IGNORE INTO runs (digest, used) VALUES (?, ?)", (run, now))
            number = self._run(run)
            fitting = list(_fitting(rows, room))
            sealed = ((number, row.path, seal_of(row.key, row.data), row.data) for row in fitting)
            self._connection.executemany(_KEEP, sealed)
        self._shrink()
        return len(fitting) == len(rows)

    def retain(self, run: bytes, paths: Collection[str]) -> None:
        """Forget the sessions of a run but for these: they are no more."""
        number = self._run(run)
        found = self._connection.execute("SELECT path FROM sessions WHERE run = ?", (number,))
        gone = [(number, path) for (path,) in found if path not in paths]
        if gone:
            with self._writing():
                self._connection.executemany("DELETE FROM sessions WHERE run = ? AND path = ?", gone)

    def recall(self, run: bytes, about: str) -> bytes | None:
        """Give what was noted about something in runs like this."""
        with self._reading():
            row = self._connection.execute(_RECALL, (self._run(run), about)).fetchone()
        if row is None or not all(isinstance(each, bytes) for each in row):
            return None
        seal, data = row
        return data if seal == seal_of(_key(run, about), data) else None

    def remember(self, run: bytes, about: str, data: bytes, now: int) -> None:
        """Note something for runs like this, if there is room for it."""
        with self._writing():
            if self._make_room(run, len(data) + _PAGE) < len(data) + _PAGE:
                return
            self._connection.execute("INSERT OR IGNORE INTO runs (digest, used) VALUES (?, ?)", (run, now))
            seal = seal_of(_key(run, about), data)
            self._connection.execute(_REMEMBER, (self._run(run), about, seal, data))
        self._shrink()

    def contents(self) -> Contents:
        """Say what there is."""
        with self._reading():
            (sessions,) = self._connection.execute("SELECT count(*) FROM sessions").fetchone()
            ask = "SELECT count(*), min(used), max(used) FROM runs"
            runs, oldest, newest = self._connection.execute(ask).fetchone()
            return Contents(self._size(), sessions, runs, oldest, newest)

    def _run(self, digest: bytes) -> int | None:
        found = self._connection.execute("SELECT id FROM runs WHERE digest = ?", (digest,)).fetchone()
        return found[0] if found is not None else None

    def _make_room(self, run: bytes, needed: int) -> int:
        """Forget other runs until there is room, as far as that helps; give the bytes that there are."""
        while self._limit - self._size() < needed:
            oldest = self._connection.execute(_OLDEST, (run,)).fetchone()
            if oldest is None:
                break
            self._connection.execute("DELETE FROM sessions WHERE run = ?", oldest)
            self._connection.execute("DELETE FROM notes WHERE run = ?", oldest)
            self._connection.execute("DELETE FROM runs WHERE id = ?", oldest)
        return self._limit - self._size()

    def _size(self) -> int:
        """Give the bytes of the pages that are in use; the others are used before the file grows."""
        pages, free = self._ask("PRAGMA page_count"), self._ask("PRAGMA freelist_count")
        return (pages - free) * self._ask("PRAGMA page_size")

    def _shrink(self) -> None:
        """Give free pages back to the disk where the file has outgrown its limit."""
        if self._ask("PRAGMA page_count") * self._ask("PRAGMA page_size") > self._limit:
            # A script, for its statements are carried out to their end.
            self._connection.executescript("PRAGMA incremental_vacuum")

    def _ask(self, pragma: str) -> int:
        return int(self._connection.execute(pragma).fetchone()[0])

    @contextmanager
    def _reading(self) -> Iterator[None]:
        # One lock for many questions: in a folder of the network each lock is a journey.
        with self._between("BEGIN"):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._between("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def _between(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def _key(run: bytes, about: str) -> bytes:
    return digest_of((run.hex(), about))


def _fitting(rows: Sequence[Row], room: int) -> Iterator[Row]:
    for row in rows:
        room -= row.size
        if room < 0:
            return
        yield row
