"""Open files as readers need them: buffered, left open, and watched."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from alfcheck.readers.faults import oversized

if TYPE_CHECKING:
    from alfcheck.readers.base import Source

__all__ = ["WatchedFile", "bytes_of", "file_of"]


class _Buffered(io.BufferedReader):
    """A buffer that leaves its file open: the file belongs to the caller."""

    def close(self) -> None:
        return None


def file_of(source: Source) -> IO[bytes]:
    """Give a buffered file of all bytes of a source, at position 0."""
    if source.data is not None:
        return io.BytesIO(source.data)
    assert source.file is not None
    source.file.seek(0)
    if isinstance(source.file, io.RawIOBase):
        return _Buffered(source.file, 1 << 16)
    return source.file


def bytes_of(source: Source) -> bytes:
    """Give all bytes of a source, whose size the caller has bounded."""
    return source.data if source.data is not None else file_of(source).read(source.size)


class WatchedFile:
    """An open file that refuses seeks and reads beyond reason, and remembers faults of the disk.

    Libraries seek to where a hostile file tells them (which the system refuses with an `OSError` that
    is none of the disk's), and wrap errors of the disk in their own. ``failure`` keeps the true one.
    """

    def __init__(self, file: IO[bytes], size: int, max_read: int) -> None:
        self._file = file
        self._size = size
        self._max_read = max_read
        self.failure: OSError | None = None
        self.closed = False
        self.mode = "rb"

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek within the file; elsewhere is a `ValueError`."""
        target = offset + (0, self._file.tell() if whence == 1 else 0, self._size)[whence]
        if not 0 <= target <= self._size:
            raise ValueError(f"it points to byte {target} of {self._size}")
        return self._file.seek(target)

    def read(self, count: int | None = -1) -> bytes:
        """Read at most ``count`` bytes, or what is left."""
        left = max(self._size - self._file.tell(), 0)
        count = left if count is None or count < 0 else min(count, left)
        if count > self._max_read:
            raise oversized(f"{count} bytes of the file's own directory would have to be read at once")
        try:
            return self._file.read(count)
        except OSError as error:
            self.failure = error
            raise

    def trust(self) -> None:
        """Read as much at once as is asked for from now on: by us, and no longer by the file's word."""
        self._max_read = self._size

    def flush(self) -> None:
        return None

    def close(self) -> None:
        """Leave the file open: it belongs to the caller."""
        self.closed = True
