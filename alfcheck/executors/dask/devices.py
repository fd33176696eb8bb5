"""The numbers of devices, which are each machine's own.

A file is judged only if it is the very one that the scan saw: size, times, inode and device. The server of a
shared file system gives all but the last, so they must be the same on every machine. The device is a number
that a machine gives to a mount: what the scan saw on one device must be on one device here as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from alfcheck.executors.worker import Piece
from alfcheck.model import Entry, SessionFiles
from alfcheck.scan.text import os_path

__all__ = ["Devices"]


class Devices:
    """What the devices of the machine that listed the tree are called on this one."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._here: dict[int, int] = {}

    def known_here(self, piece: Piece) -> Piece:
        """Give a piece with the numbers of this machine; what is not there any more keeps its own."""
        self._learn(entry for session in piece.sessions for entry in session.entries)
        if all(theirs == here for theirs, here in self._here.items()):
            return piece
        return piece._replace(sessions=tuple(map(self._renumbered, piece.sessions)))

    def _learn(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.device not in self._here:
                # Where it is gone, or another by now, another file of that device tells.
                with suppress(OSError):
                    stat = os.stat(f"{self._root}/{os_path(entry.path)}")
                    found = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
                    if found == (entry.size, entry.mtime_ns, entry.inode):
                        self._here[entry.device] = stat.st_dev

    def _renumbered(self, session: SessionFiles) -> SessionFiles:
        entries = (
            entry._replace(device=self._here.get(entry.device, entry.device)) for entry in session.entries
        )
        return SessionFiles(session.path, tuple(entries))
