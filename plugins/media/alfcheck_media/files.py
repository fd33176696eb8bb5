"""Open files as libraries need them, watched: what goes wrong on the disk is no fault of the content."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from alfcheck_media.faults import TRUNCATED, bad

if TYPE_CHECKING:
    from alfcheck import Source

__all__ = ["BeyondEnd", "WatchedFile"]


class BeyondEnd(ValueError):
    """A library was led by the bytes of a file to a place behind its end."""


class WatchedFile:
    """The bytes of a source as a file of its own size, which reads no more at once than there is.

    Libraries written in C swallow an `OSError` and go on as if the file had ended, or raise errors of their
    own: ``failure`` keeps the true one, and `require_healthy` raises it.
    """

    def __init__(self, source: Source) -> None:
        self.size = source.size
        self.failure: OSError | None = None
        self.closed = False
        self._file: IO[bytes] = _file_of(source)

    def __repr__(self) -> str:
        # Libraries put it into their messages, which are to be the same in every run.
        return "the file"

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek within the file and to its end; `BeyondEnd` behind it, `ValueError` before its beginning."""
        start = (0, self._file.tell() if whence == 1 else 0, self.size)[whence]
        if start + offset > self.size:
            raise BeyondEnd(f"it leads to byte {start + offset}; the file ends after {self.size} bytes")
        if start + offset < 0:
            raise ValueError(f"it leads to a place {-start - offset} bytes before the file begins")
        return self._file.seek(start + offset)

    def read(self, count: int | None = -1) -> bytes:
        """Read at most ``count`` bytes, or what is left."""
        left = max(self.size - self._file.tell(), 0)
        count = left if count is None or count < 0 else min(count, left)
        try:
            return self._file.read(count)
        except OSError as error:
            self.failure = error
            raise

    def at(self, offset: int, count: int) -> bytes:
        """Read exactly ``count`` bytes from ``offset``; raises `BadContent` where the file ends before."""
        data = b""
        if offset <= self.size:
            self.seek(offset)
            data = self.read(count)
        if len(data) < count:
            raise bad(
                TRUNCATED,
                f"the file ends after {self.size} bytes, where {offset + count} are promised at least",
            )
        return data

    def require_healthy(self) -> None:
        """Raise what went wrong on the disk, if anything did."""
        if self.failure is not None:
            raise self.failure

    def flush(self) -> None:
        return None

    def close(self) -> None:
        """Leave the file open: it belongs to the caller."""


class _Buffered(io.BufferedReader):
    """A buffer that leaves its file open."""

    def close(self) -> None:
        return None


def _file_of(source: Source) -> IO[bytes]:
    if source.data is not None:
        return io.BytesIO(source.data)
    assert source.file is not None
    source.file.seek(0)
    return _Buffered(source.file, 1 << 16) if isinstance(source.file, io.RawIOBase) else source.file
