"""The md5 of a large file, taken from the bytes that its reader reads anyway, where these come in order."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["Digest", "HashedFile"]

WORTH = 2**18
"""Bytes from which hashing them beside what is done with them pays for handing them over."""


class Digest:
    """The md5 of the bytes of a file so far, from its first to the last that was seen without a gap.

    Larger pieces are hashed in a thread of their own, one at a time, while they are judged: memory is
    bounded by two pieces. What nobody read is read in the end.
    """

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._at = 0
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def see(self, position: int, data: memoryview) -> None:
        """Take what is new of the bytes that stand at a position; what follows a gap is left for the end."""
        known = self._at - position
        if 0 <= known < len(data):
            self._take(bytes(data[known:]))

    def finish(self, descriptor: int, size: int, piece: int) -> str:
        """Read what is left of a file of a size, in pieces, and give the md5 of all; raises `OSError`.

        One byte more is read: of a file that grows the md5 is that of no file.
        """
        os.lseek(descriptor, self._at, os.SEEK_SET)
        while data := os.read(descriptor, max(0, min(piece, size + 1 - self._at))):
            self._take(data)
        self._wait()
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        return self._md5.hexdigest()

    def _take(self, data: bytes) -> None:
        self._wait()
        self._at += len(data)
        if len(data) < WORTH:
            self._md5.update(data)
            return
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(1, "alfcheck md5")
        self._running = self._thread.submit(self._md5.update, data)

    def _wait(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.result()


class HashedFile(io.FileIO):
    """An open file whose bytes are shown to a digest as they are read; its descriptor is left open."""

    def __init__(self, descriptor: int, digest: Digest) -> None:
        super().__init__(descriptor, closefd=False)
        self._digest = digest

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what `io` gives it
        """Read bytes into a buffer, as `io.BufferedReader` asks for them."""
        position = self.tell()
        count = super().readinto(buffer)
        with memoryview(buffer) as view:
            self._digest.see(position, view.cast("B")[:count])
        return count
