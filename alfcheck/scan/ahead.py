"""A second process that lists the sessions of a tree from the other end.

It begins before plugins and contracts are loaded. Where nothing has changed since, to ask the system for the
times of each file takes longer than all else. Nobody waits for it: what it has not told of is listed by who
needs it, so that whatever befalls it costs time alone.
"""

from __future__ import annotations

import gc
import marshal
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import NamedTuple, Self

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

    ``began`` is when (nanoseconds): what it tells of a file was so at that time or later. Where there is no
    Python that could be started, or the system has no calls for it, there is no process, and no help.
    """

    def __init__(self, root: Path, *, stats: bool = True) -> None:
        self.began = time.time_ns()
        self._heard = bytearray()
        self._process: _Process | None = None
        if sys.executable and hasattr(os, "posix_spawn") and hasattr(os, "set_blocking"):
            with suppress(OSError, ValueError):
                self._process = _started(root, stats=stats)

    def told(self) -> Iterator[SessionFiles]:
        """Give what was told meanwhile, without waiting for more."""
        if self._process is None:
            return
        try:
            self._heard += os.read(self._process.hears, _READ)
        except BlockingIOError:
            return  # nothing new
        except OSError:  # somebody closed it
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
        with suppress(OSError):
            os.kill(process.number, signal.SIGKILL)
        for pipe in (process.holds, process.hears):
            with suppress(OSError):
                os.close(pipe)
        with suppress(OSError):
            os.waitpid(process.number, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class _Process(NamedTuple):
    """A process, and the ends of two pipes: one that it tells through, and one by which it sees us go."""

    number: int
    hears: int
    holds: int


def _started(root: Path, *, stats: bool) -> _Process:
    # Isolated and without site: it needs nothing but alfcheck, and finds it where it was found here.
    command = [sys.executable, "-I", "-S", "-B", "-c", _CODE, str(_HERE), os.path.abspath(root)]
    hears, tells = os.pipe()
    follows, holds = os.pipe()
    # By the system's own call: to load `subprocess` takes as long as to list a hundred sessions.
    places = [
        (os.POSIX_SPAWN_DUP2, follows, 0),
        (os.POSIX_SPAWN_DUP2, tells, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    try:
        number = os.posix_spawn(
            sys.executable, [*command, "stats"] if stats else command, os.environ, file_actions=places
        )
    except BaseException:
        os.close(hears)
        os.close(holds)
        raise
    finally:
        os.close(tells)
        os.close(follows)
    os.set_blocking(hears, False)
    return _Process(number, hears, holds)


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
