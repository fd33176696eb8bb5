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
from threading import Thread
from types import TracebackType
from typing import Self

from alfcheck.model import SessionFiles

__all__ = ["Ahead", "work"]

AT_ONCE, FILES_AT_ONCE = 16, 1000
"""Sessions that are told of together, and the files of one that is told of at once."""

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
        # No process, no help: there may be no Python to start, or none that need not be waited for.
        able = bool(sys.executable) and hasattr(os, "set_blocking")
        self._process = _started(root, stats=stats) if able else None

    def told(self) -> Iterator[SessionFiles]:
        """Give what was told meanwhile, without waiting for more."""
        if self._process is None or self._process.stdout is None:
            return
        try:
            self._heard += os.read(self._process.stdout.fileno(), _READ)
        except BlockingIOError:
            return  # nothing new
        except (OSError, ValueError):  # somebody closed it
            self.end()
        while (message := self._message()) is not None:
            try:
                sessions = [SessionFiles.of_packed(*each) for each in marshal.loads(message)]
            except (EOFError, TypeError, ValueError):  # whoever said this was not asked
                self.end()
                return
            yield from sessions

    def _message(self) -> bytes | None:
        """Take a whole message of what was heard, if there is one."""
        end = _SIZE + int.from_bytes(self._heard[:_SIZE], "little")
        if not _SIZE <= end <= len(self._heard):
            return None
        message = bytes(self._heard[_SIZE:end])
        del self._heard[:end]
        return message

    def end(self) -> None:
        """End the process: it is not needed any more."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _started(root: Path, *, stats: bool) -> subprocess.Popen[bytes] | None:
    # Isolated and without site: it needs nothing but alfcheck, and finds it where it was found here.
    command = [sys.executable, "-I", "-S", "-B", "-c", _CODE, str(_HERE), os.path.abspath(root)]
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            [*command, "stats"] if stats else command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError):
        return None
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    return process


def work(root: str, stats: str = "") -> None:
    """List the plain sessions of a tree, the last first, and tell of them."""
    from alfcheck.scan.tree import begun

    gc.disable()  # as long as this lives nothing becomes garbage that it would find
    Thread(target=_follow, daemon=True).start()
    walk, first = begun(Path(root), stats=bool(stats))
    folders = [folder for folder in walk.find(first) if walk.is_plain(folder)]
    pipe = _Pipe(sys.stdout.fileno())
    found: list[tuple[object, ...]] = []
    while folders:
        session = walk.plain_session(folders.pop())
        if session is not None:
            found.append(session.packed)
        if len(found) >= AT_ONCE or (session is not None and session.count > FILES_AT_ONCE):
            pipe.tell(marshal.dumps(found))
            found = []
    pipe.tell(marshal.dumps(found))
    pipe.finish()


def _follow() -> None:
    """End this process when the one that began it does."""
    with suppress(OSError):
        os.read(sys.stdin.fileno(), 1)
    os._exit(0)


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
