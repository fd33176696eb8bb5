"""The cache in one run: what is known of sessions that have not changed, and what is kept of the others.

Whatever befalls the cache costs time, and not correctness: after a fault the run goes on without it, and says
so once.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

from alfcheck.cache import (
    Row,
    Store,
    Unusable,
    cache_folder,
    cache_limit,
    decode,
    encode,
    is_broken,
    open_store,
    reason,
    set_aside,
)
from alfcheck.caching.holding import holds
from alfcheck.caching.judges import judges_of
from alfcheck.caching.keys import Keys
from alfcheck.model import SessionFiles, SessionResult
from alfcheck.pipeline.options import Options, Required
from alfcheck.plugins import Ruleset

__all__ = ["SessionCache", "open_cache"]

WRITES = 5.0
"""Seconds between two writes to the cache."""

_FAULTS = (sqlite3.Error, OSError, Unusable)


class SessionCache:
    """Results of earlier runs, as one run sees them; ``notices`` are what the user should know.

    ``listed`` is when the tree began to be listed (nanoseconds).
    """

    def __init__(self, ruleset: Ruleset, options: Options, listed: int, loaded: int) -> None:
        self.notices: tuple[str, ...] = ()
        self._ruleset, self._options, self._listed = ruleset, options, listed
        self._due: list[Row] = []
        self._written = time.monotonic()
        self._store: Store | None = None
        try:
            self._begin(loaded)
        except _FAULTS as error:
            self._lose(error)

    def _begin(self, loaded: int) -> None:
        limit = cache_limit(os.environ)
        if not limit:
            return
        self._folder = cache_folder(os.environ)
        if self._folder.resolve().is_relative_to(self._options.root):
            raise Unusable(f"{self._folder} lies in the data, into which nothing is written")
        self._judges = judges_of(self._ruleset)
        if not self._judges.settled(loaded):
            return
        self._keys = Keys(self._ruleset, self._options, self._judges)
        self._store = open_store(self._folder, limit)

    @property
    def is_warm(self) -> bool:
        """Tell whether there are results of a run like this one."""
        try:
            return self._store is not None and self._store.knows(self._keys.run)
        except _FAULTS as error:
            self._lose(error)
            return False

    def known(
        self, sessions: Sequence[SessionFiles], required: Required, *, whole: bool
    ) -> dict[str, SessionResult]:
        """Give what is known of the sessions that have not changed, by their paths.

        `required` is what is required of them, now that the tree is listed. `whole` says that the release
        has no other sessions: then what is kept of others is forgotten.
        """
        if self._store is None:
            return {}
        self._keys.listed(required)
        found: dict[str, SessionResult] = {}
        by_path = {session.path: session for session in sessions}
        rules = self._ruleset.rules
        try:
            for path, data in self._store.find(self._keys.run, self._keys.of(sessions)):
                result = decode(data, by_path[path])
                if result is not None and all(each.code in rules for each in result.findings):
                    found[path] = result
            self._tidy(self._store, by_path if whole else None)
        except _FAULTS as error:
            self._lose(error)
        return found

    def _tidy(self, store: Store, paths: Iterable[str] | None) -> None:
        try:
            store.note_use(self._keys.run, int(time.time()))
            if paths is not None:
                store.retain(self._keys.run, frozenset(paths))
        except sqlite3.Error as error:
            if is_broken(error):
                raise
            # What was read holds, even where nothing can be written.

    def keep(self, sessions: Sequence[SessionFiles], results: Iterable[SessionResult]) -> None:
        """Keep what was found in sessions, as far as it will hold."""
        if self._store is None:
            return
        self._due += [
            Row(session.path, self._keys.one(session), encode(result))
            for session, result in zip(sessions, results, strict=True)
            if self._keys.is_whole(session.path)
            and holds(session, result, self._listed, hashes=self._options.hashes)
        ]
        if time.monotonic() - self._written > WRITES:
            self._write()

    def _write(self) -> None:
        rows, self._due = self._due, []
        if self._store is None or not rows:
            return
        try:
            if judges_of(self._ruleset) != self._judges:
                self._stop("a plugin, or alfcheck, was changed during the run: the cache keeps nothing of it")
            elif not self._store.keep(self._keys.run, rows, int(time.time())):
                self._stop("the cache is full: what it has no room for is checked anew in each run")
        except _FAULTS as error:
            self._lose(error)
        self._written = time.monotonic()

    @property
    def run(self) -> bytes | None:
        """What stands for all that a run hangs on but the files; ``None`` if nothing is kept."""
        return self._keys.run if self._store is not None else None

    def recall(self, about: str) -> bytes | None:
        """Give what was noted about something by a run like this one."""
        try:
            return self._store.recall(self._keys.run, about) if self._store is not None else None
        except _FAULTS as error:
            self._lose(error)
            return None

    def remember(self, about: str, note: bytes) -> None:
        """Note something for the next run like this one."""
        try:
            if self._store is not None and judges_of(self._ruleset) == self._judges:
                self._store.remember(self._keys.run, about, note, int(time.time()))
        except _FAULTS as error:
            # What was read holds, even where nothing can be written.
            if not isinstance(error, sqlite3.Error) or is_broken(error):
                self._lose(error)

    def flush(self) -> None:
        """Write what is due; then the notices are complete."""
        self._write()

    def close(self) -> None:
        """Write what is due, and close the file."""
        self._write()
        self._shut()

    def _shut(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def _stop(self, why: str) -> None:
        self._shut()
        self.notices = (*self.notices, why)

    def _lose(self, error: BaseException) -> None:
        self._stop(f"the cache was not used: {reason(error)}")
        if isinstance(error, sqlite3.Error) and is_broken(error):
            with suppress(OSError):
                set_aside(self._folder)


def open_cache(ruleset: Ruleset, options: Options, *, listed: int, loaded: int) -> SessionCache | None:
    """Open the cache for a run, if it has one.

    `listed` is when the tree began to be listed, `loaded` when the plugins began to be loaded (nanoseconds).
    Raises `UsageError` for an environment variable that says what cannot be.
    """
    # To look at names again takes no longer than to look up what they said.
    return None if options.names_only else SessionCache(ruleset, options, listed, loaded)
