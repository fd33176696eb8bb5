"""What the walk finds of one session, until it has left its folder."""

from __future__ import annotations

import os
from operator import attrgetter, itemgetter

from alfcheck.model import Entry, SessionFiles

__all__ = ["Found"]

_numbers = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev")
_NO_NUMBERS = (0,) * 5


class Found:
    """The files of a session: their paths from its folder, and what the system says of them.

    ``start`` is where those paths begin in paths from the root; of a root that lies in a session they are the
    same.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.start = 0 if path == os.curdir else len(path) + 1
        self.files: list[tuple[str, os.stat_result | None]] = []

    def packed(self, *, stats: bool = True) -> SessionFiles:
        """Give the files, sorted; without `stats` all numbers are 0."""
        found = sorted(self.files, key=itemgetter(0))
        rows = [_numbers(each) if stats else _NO_NUMBERS for _, each in found]
        if not self.start:
            return SessionFiles(
                self.path, [Entry(name, *row) for (name, _), row in zip(found, rows, strict=True)]
            )
        numbers = [number for column in zip(*rows, strict=True) for number in column]
        return SessionFiles.of_columns(self.path, [name for name, _ in found], numbers)
