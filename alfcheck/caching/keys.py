"""The keys under which the results of one run are kept."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from alfcheck.cache import CODING, digest_of, session_key
from alfcheck.caching.judges import Judges, environment
from alfcheck.model import SessionFiles
from alfcheck.pipeline.options import Options, Required
from alfcheck.plugins import Ruleset

__all__ = ["Keys"]


class Keys:
    """What is the same for all sessions of a run (``run``), and what is a session's own."""

    def __init__(self, ruleset: Ruleset, options: Options, judges: Judges) -> None:
        self.run = _run(ruleset, options, judges)
        self.listed(options.required)

    def listed(self, required: Required) -> None:
        """Take what is required of the sessions: all of it is known when the tree is listed."""
        self._required = required
        self._unseen = sorted(required.unseen)
        self._kept: dict[str, bytes] = {}

    def of(self, sessions: Iterable[SessionFiles]) -> dict[str, bytes]:
        """Give the keys of some sessions, by their paths."""
        return {session.path: self.one(session) for session in sessions}

    def one(self, session: SessionFiles) -> bytes:
        """Give the key of a session: of each run there is one list of its files."""
        found = self._kept.get(session.path)
        if found is None:
            found = self._kept[session.path] = session_key(session, self.run, self._more(session.path))
        return found

    def _more(self, path: str) -> tuple[str, ...]:
        """Give what contracts about sessions are asked with."""
        if not self._required.labels:
            return ()
        return (str(self.is_whole(path)), *self._unseen_in(f"{path}/"))

    def is_whole(self, path: str) -> bool:
        """Tell whether all that could be said of a session was asked for: else it is another time."""
        return not self._required.labels or not self._required.paths or path in self._required.paths

    def _unseen_in(self, folder: str) -> Iterator[str]:
        start = bisect_left(self._unseen, folder)
        return takewhile(lambda each: each.startswith(folder), islice(self._unseen, start, None))


def _run(ruleset: Ruleset, options: Options, judges: Judges) -> bytes:
    """Hash what holds for all sessions: the root, the options that have a say, and who judges.

    The time that a call may take is no such option: one that took too long leaves nothing that is kept.
    """
    root = os.stat(options.root)
    said = (options.hashes, options.names_only, options.select, options.weights, options.required.labels)
    beside = (f"{path}\0{stamp}" for path, stamp in judges.beside.items())
    return digest_of(
        (
            CODING,
            options.root,
            f"{root.st_dev} {root.st_ino}",
            repr(said),
            ruleset.fingerprint,
            *environment(),
            *beside,
        )
    )
