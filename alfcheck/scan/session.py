"""What the walk finds of one session, until it has left its folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from operator import attrgetter

from alfcheck.model import Entry, SessionFiles

__all__ = ["NO_NUMBERS", "Files", "Found", "Numbers", "numbers"]

Numbers = tuple[int, int, int, int, int]
"""Size, times of modification and of change (nanoseconds), inode and device of a file."""

Files = list[tuple[str, Numbers]]
"""Files by their paths from where the listing began, and what the system says of them."""

# Right away, since what the system answers with is ten times as large.
numbers: Callable[[os.stat_result], Numbers] = attrgetter(
    "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev"
)
NO_NUMBERS: Numbers = (0, 0, 0, 0, 0)


class Found:
    """The files of a session: their paths from its folder, and what the system says of them.

    ``start`` is where those paths begin in paths from the root; of a root that lies in a session they are the
    same.
    """

    __slots__ = ("files", "path", "start")

    def __init__(self, path: str) -> None:
        self.path = path
        self.start = 0 if path == os.curdir else len(path) + 1
        self.files: Files = []

    def packed(self) -> SessionFiles:
        """Give the files, sorted."""
        found = sorted(self.files)
        if not self.start:
            return SessionFiles(self.path, [Entry(name, *row) for name, row in found])
        columns = zip(*(row for _, row in found), strict=True)
        flat = [number for column in columns for number in column]
        return SessionFiles.of_columns(self.path, [name for name, _ in found], flat)
