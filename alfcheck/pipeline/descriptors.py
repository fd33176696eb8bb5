"""Files on their descriptors: opened below the root, and read to the end."""

from __future__ import annotations

import os

from alfcheck.model import Entry
from alfcheck.pipeline.blame import Changed, require_same
from alfcheck.pipeline.state import FileWork, SessionWork
from alfcheck.scan.text import os_path

__all__ = ["Sidecar", "descriptor_of", "rest_of"]

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def descriptor_of(root: str, entry: Entry) -> int:
    """Open a file; raises `OSError`, and `Changed` if it is gone."""
    path = os_path(entry.path) if "\\" in entry.path else entry.path
    try:
        return os.open(f"{root}{os.sep}{path}", _FLAGS)
    except FileNotFoundError:
        raise Changed("it is gone since the tree was listed") from None


def rest_of(descriptor: int, data: bytes, size: int) -> bytes:
    """Complete what was read of a file; raises `Changed` where it has not the size that was listed."""
    while len(data) < size:
        more = os.read(descriptor, size + 1 - len(data))
        if not more:
            break
        data += more
    if len(data) != size:
        raise Changed(f"{len(data)} bytes came where {size} were listed")
    return data


class Sidecar:
    """Gives a reader the bytes of a small file, of ``most`` bytes, beside the one that it reads."""

    __slots__ = ("_most", "_root", "_session", "_work")

    def __init__(self, work: FileWork, session: SessionWork, root: str, most: int) -> None:
        self._work = work
        self._session = session
        self._root = root
        self._most = most

    def __call__(self, name: str) -> bytes | None:
        folder = self._work.rel.rpartition("/")[0]
        beside = self._session.works.get(f"{folder}/{name}" if folder else name)
        if beside is None or beside.entry.size > self._most:
            return None
        descriptor = descriptor_of(self._root, beside.entry)
        try:
            require_same(descriptor, beside.entry)
            return rest_of(descriptor, b"", beside.entry.size)
        finally:
            os.close(descriptor)
