"""What a worker is doing, where its parent can read it: even when the worker hangs, or is gone.

The memory is a file without a name that both hold open: nothing is left of it when they end, however they do.
"""

from __future__ import annotations

import ctypes
import struct
from multiprocessing.context import SpawnContext
from typing import Any

from alfcheck.stage import Stage
from alfcheck.watch import LONGEST, Key

__all__ = ["Marker", "Writer"]

_HEAD = struct.Struct("<BQI")  # whether a call is running, its number, the length of what follows
_WHO = 1000
_SIZE = _HEAD.size + 4 * (_WHO + 1 + LONGEST)


class Writer:
    """The worker's end: notes which call is running. No call to the system, for there are many to note."""

    def __init__(self, memory: Any) -> None:
        self._view = memoryview(memory).cast("B")
        self._known: dict[str, bytes] = {}

    def __call__(self, serial: int, key: Key) -> None:
        if not serial:
            self._view[0] = 0
            return
        who, about = key
        text = (self._known.get(who) or self._shown(who)) + about.encode("utf-8", "surrogatepass")
        self._view[: _HEAD.size + len(text)] = _HEAD.pack(1, serial, len(text)) + text

    def at(self, stage: Stage | None) -> None:
        """Note what the worker is at before it serves."""
        self(0 if stage is None else 1, (stage.what[:_WHO], stage.way_out[:LONGEST]) if stage else ("", ""))

    def forget(self) -> None:
        """Forget which call was the last."""
        self._view[: _HEAD.size] = _HEAD.pack(0, 0, 0)

    def _shown(self, who: str) -> bytes:
        shown = self._known[who] = f"{who}\0".encode("utf-8", "surrogatepass")[: 4 * _WHO]
        return shown


class Marker:
    """The parent's end; ``memory`` is what the worker gets."""

    def __init__(self, context: SpawnContext) -> None:
        self.memory: Any = context.RawArray(ctypes.c_char, _SIZE)
        self._view = memoryview(self.memory).cast("B")

    def serial(self) -> int:
        """Give the number of the call that is running, 0 if none is."""
        running, serial, _ = _HEAD.unpack_from(self._view)
        return int(serial) if running else 0

    def key(self) -> Key | None:
        """Give the call that is running, or was when the worker ended."""
        return self.last() if self._view[0] else None

    def last(self) -> Key | None:
        """Give the call that is running, or the last one that ended, of what the worker was handed."""
        length = _HEAD.unpack_from(self._view)[2]
        if not length:
            return None
        text = bytes(self._view[_HEAD.size : _HEAD.size + length]).decode("utf-8", "surrogatepass")
        who, _, about = text.rpartition("\0")
        return who, about
