"""Room on disk for what does not fit into memory: a temporary file without a name, no larger than allowed.

Where the system can, the file never has a name, so that nothing is left of it, however the process ends;
elsewhere it loses its name at once, or is deleted when it is closed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from io import FileIO

    import numpy as np

__all__ = ["NoRoom", "Room", "Scratch", "Stored", "told_size"]

LEFT = 2**30
"""Bytes that are left free on the disk, since others need it too."""

ELSEWHERE = "make room there, or name another folder in the variable TMPDIR"
ORDER = "numbers in rising order take none: sort the rows, or take the check out of the contract"


class NoRoom(Exception):
    """There is not as much room on disk as is needed; the text says why, as it goes on after "and".

    Then it says what helps.
    """


class Room(NamedTuple):
    """How much may be used: bytes of ``memory``, bytes of ``disk``, and not within the folder ``outside``.

    Of the disk so many bytes are ``taken`` already.
    """

    memory: int = 32 * 2**20
    disk: int = 64 * 2**30
    outside: str = ""
    taken: int = 0


class Stored(NamedTuple):
    """Where an array lies in the file."""

    offset: int
    length: int
    dtype: np.dtype[Any]


class Scratch:
    """A temporary file that arrays are written to, one after the other, and read from."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._file: FileIO | None = None
        self.size = 0

    def put(self, values: np.ndarray) -> Stored:
        """Write an array; raises `NoRoom`."""
        import numpy as np

        flat = np.ascontiguousarray(values)
        file = self._opened(flat.nbytes)
        at = self.size
        try:
            file.seek(at)
            _write(file, flat.view(np.uint8).data)
        except OSError as error:
            why = error.strerror or error
            raise NoRoom(f"the folder for temporary files takes no more: {why}; {ELSEWHERE}") from error
        self.size += flat.nbytes
        return Stored(at, len(flat), flat.dtype)

    def get(self, stored: Stored, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Read an array, or the values from `start` to `stop` of it; raises `OSError`."""
        import numpy as np

        stop = stored.length if stop is None else min(stop, stored.length)
        values = np.empty(max(stop - start, 0), stored.dtype)
        assert self._file is not None
        self._file.seek(stored.offset + start * stored.dtype.itemsize)
        _read(self._file, values.view(np.uint8).data)
        return values

    def clear(self) -> None:
        """Give the room back."""
        if self._file is not None:
            self._file.close()
        self._file, self.size = None, 0

    def _opened(self, more: int) -> FileIO:
        """Open the file, if it is not; raises `NoRoom` where it may not hold so many bytes `more`."""
        if self._room.taken + self.size + more > self._room.disk:
            raise NoRoom(f"a column may take {told_size(self._room.disk)}; {ORDER}")
        try:
            folder = tempfile.gettempdir()
            free = shutil.disk_usage(folder).free
            if more + LEFT > free:
                spare = told_size(max(free - LEFT, 0))
                raise NoRoom(f"the folder for temporary files has {spare} to spare; {ELSEWHERE}")
            if self._file is None:
                if self._room.outside and _is_within(folder, self._room.outside):
                    raise NoRoom(f"the folder for temporary files lies within the data; {ELSEWHERE}")
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - outlives us
        except OSError as error:
            why = error.strerror or error
            raise NoRoom(f"there is no folder for temporary files: {why}; {ELSEWHERE}") from error
        return self._file


def _is_within(folder: str, outside: str) -> bool:
    inner, outer = (os.path.normcase(os.path.realpath(path)) for path in (folder, outside))
    try:
        return os.path.commonpath([inner, outer]) == outer
    except ValueError:  # they lie on two drives
        return False


def told_size(size: int, *, needed: bool = False) -> str:
    """Give a number of bytes in a unit of which there are a few: rounded up if so much is `needed`."""
    for power, unit in ((20, "MiB"), (10, "KiB")):
        if size >= 2**power:
            return f"{-(-size // 2**power) if needed else size // 2**power} {unit}"
    return f"{size} bytes"


def _write(file: FileIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _read(file: FileIO, space: memoryview) -> None:
    while space:
        count = file.readinto(space)
        if not count:
            raise OSError("a temporary file is shorter than what was written to it")
        space = space[count:]
