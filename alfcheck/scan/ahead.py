"""A second process that lists the sessions of a tree from the other end.

It begins before plugins and contracts are loaded. Where nothing has changed since, to ask the system for the
times of each file takes longer than all else. Nobody waits for it: what it has not told of is listed by who
needs it, so that whatever befalls it costs time alone.
"""

from __future__ import annotations

import gc
import marshal
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from alfcheck.model import SessionFiles

__all__ = ["Ahead", "work"]

AT_ONCE = 16
"""Sessions that are told of together."""

_SIZE = 8
"""Bytes that tell how long a message is."""

_READ = 2**20
_HERE = Path(__file__).resolve().parents[2]
_CODE = "import sys; sys.path.append(sys.argv[1]); from alfcheck.scan.ahead import work; work(*sys.argv[2:])"


class Ahead:
    """The process that lists all below `root`; leaving its context ends it.

    ``began`` is when (nanoseconds): what it tells of a file was so at that time or later.
    """

    def __init__(self, root: Path, *, stats: bool = True) -> None:
        self.began = time.time_ns()
        self._heard = bytearray()
        self._process: subprocess.Popen[bytes] | None = None
        # Isolated and without site: it needs nothing but alfcheck, and finds it where it was found here.
        command = [sys.executable, "-I", "-S", "-B", "-c", _CODE, str(_HERE), os.path.abspath(root)]
        nowhere = subprocess.DEVNULL
        with suppress(OSError, ValueError):  # no process, no help
            self._process = subprocess.Popen(
                [*command, "stats"] if stats else command,
                stdin=nowhere,
                stdout=subprocess.PIPE,
                stderr=nowhere,
            )
        if self._process is not None and self._process.stdout is not None:
            os.set_blocking(self._process.stdout.fileno(), False)

    def told(self) -> Iterator[SessionFiles]:
        """Give what was told meanwhile, without waiting for more."""
        if self._process is None or self._process.stdout is None:
            return
        with suppress(OSError):  # nothing new
            self._heard += os.read(self._process.stdout.fileno(), _READ)
        while len(self._heard) >= _SIZE:
            end = _SIZE + int.from_bytes(self._heard[:_SIZE], "little")
            if len(self._heard) < end:
                return
            told = marshal.loads(self._heard[_SIZE:end])
            del self._heard[:end]
            yield from (SessionFiles.of_packed(*each) for each in told)

    def end(self) -> None:
        """End the process: it is not needed any more."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            if process.stdout is not None:
                process.stdout.close()
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def work(root: str, stats: str = "") -> None:
    """List the plain sessions of a tree, the last first, and tell of them."""
    from alfcheck.scan.tree import begun

    gc.disable()  # as long as this lives nothing becomes garbage that it would find
    walk, first = begun(Path(root), stats=bool(stats))
    folders = [folder for folder in walk.find(first) if walk.is_plain(folder)]
    pipe = _Pipe(sys.stdout.fileno())
    while folders:
        found = (walk.plain_session(folders.pop()) for _ in range(min(AT_ONCE, len(folders))))
        pipe.tell(marshal.dumps([session.packed for session in found if session is not None]))
    pipe.finish()


class _Pipe:
    """Where messages are written: who is not listening yet is not waited for."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._due = bytearray()
        os.set_blocking(number, False)

    def tell(self, message: bytes) -> None:
        """Add a message, and write what there is room for."""
        self._due += len(message).to_bytes(_SIZE, "little") + message
        with suppress(BlockingIOError):
            del self._due[: os.write(self._number, self._due)]

    def finish(self) -> None:
        """Write what is due, as soon as there is room."""
        os.set_blocking(self._number, True)
        while self._due:
            del self._due[: os.write(self._number, self._due)]
