"""What a worker is doing, where its parent can read it: even when the worker hangs, or is gone.

The memory is a file without a name that both hold open: nothing is left of it when they end, however they do.
"""

from __future__ import annotations

import ctypes
import struct
from multiprocessing.context import SpawnContext
from typing import Any

from alfcheck.watch import LONGEST, Key

__all__ = ["Marker", "Writer"]

_HEAD = struct.Struct("<QI")
_WHO = 1000
_SIZE = _HEAD.size + 4 * (_WHO + 1 + LONGEST)
_NONE = _HEAD.pack(0, 0)


class Writer:
    """The worker's end: notes which call is running. No call to the system, for there are many to note."""

    def __init__(self, memory: Any) -> None:
        self._view = memoryview(memory).cast("B")

    def __call__(self, serial: int, key: Key) -> None:
        if not serial:
            self._view[: _HEAD.size] = _NONE
            return
        text = f"{key[0]}\0{key[1]}".encode("utf-8", "surrogatepass")[: _SIZE - _HEAD.size]
        self._view[: _HEAD.size + len(text)] = _HEAD.pack(serial, len(text)) + text


class Marker:
    """The parent's end; ``memory`` is what the worker gets."""

    def __init__(self, context: SpawnContext) -> None:
        self.memory: Any = context.RawArray(ctypes.c_char, _SIZE)
        self._view = memoryview(self.memory).cast("B")

    def serial(self) -> int:
        """Give the number of the call that is running, 0 if none is."""
        return int(_HEAD.unpack_from(self._view)[0])

    def key(self) -> Key | None:
        """Give the call that is running, or was when the worker ended."""
        serial, length = _HEAD.unpack_from(self._view)
        if not serial:
            return None
        text = bytes(self._view[_HEAD.size : _HEAD.size + length]).decode("utf-8", "surrogatepass")
        who, _, about = text.rpartition("\0")
        return who, about
