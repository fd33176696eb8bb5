"""The processes beside a Dask worker: one for each of its threads that is at work, kept from piece to piece.

This runs in the threads of the Dask worker, and imports next to nothing there.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from threading import Lock

from alfcheck.executors.dask.answers import LOOK, Answer, Died, Refused
from alfcheck.executors.dask.frames import receive, send
from alfcheck.executors.process import STARTS
from alfcheck.executors.worker import Piece, Told
from alfcheck.watch import ENDED, Fate

__all__ = ["Foremen"]

_PROGRAM = "from alfcheck.executors.dask.foreman import main; main()"

LAST_WORDS = 3.0
"""Seconds that a process has to end what it started."""


class Foremen:
    """Those of one run; ``optimize`` and ``folder`` are how and where Python runs the command."""

    def __init__(self, told: Told, optimize: int, folder: str) -> None:
        self._told, self._optimize, self._folder = told, optimize, folder
        self._lock = Lock()
        self._all: set[_Process] = set()
        self._idle: list[_Process] = []
        self._is_over = False

    def do(self, piece: Piece | None) -> Answer:
        """Have a piece judged; without one, only see that there is somebody who can."""
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            # One that had nothing to do may have ended meanwhile.
            with suppress(EOFError, OSError, ValueError):
                return self._ask(kept, piece)
        # What becomes of a piece is noted in the books, who have it run again.
        for _ in range(STARTS if piece is None else 1):
            try:
                process = self._started()
            except OSError as error:
                return Refused(f"cannot start a process: {error.strerror or error}", LOOK)
            try:
                return self._ask(process, piece)
            except (EOFError, OSError, ValueError):  # its end, or ours of it: `leave`
                code = process.end()
        if piece is None:
            return Refused(f"starts processes that end before they are ready (exit code {code})", LOOK)
        return Died(Fate(ENDED, f"ended its process (exit code {code})", by_others=True))

    def _ask(self, process: _Process, piece: Piece | None) -> Answer:
        try:
            answer = process.ask(piece)
        except BaseException:  # it may be in the middle of an answer: it is of no use any more
            with self._lock:
                self._all.discard(process)
            process.end()
            raise
        with self._lock:
            self._idle.append(process)
        return answer

    def _started(self) -> _Process:
        process = _Process(self._told, self._optimize, self._folder)
        with self._lock:
            self._all.add(process)
            if not self._is_over:
                return process
        process.end()
        raise OSError("the run is over")

    def leave(self) -> None:
        """End all processes: the run is over. Whoever waits for an answer gets none."""
        with self._lock:
            self._is_over = True
            processes, self._all, self._idle = self._all, set(), []
        for process in processes:
            process.end()


class _Process:
    """One `foreman`: a plain program, for a Dask worker may be a process that may have no children."""

    def __init__(self, told: Told, optimize: int, folder: str) -> None:
        flags = ["-P", *(["-" + "O" * optimize] if optimize else [])]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", _PROGRAM, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._takes, self._gives = self._process.stdin, self._process.stdout
        # One that ended at once tells so when it is asked.
        with suppress(OSError):
            send(self._takes, told)

    def ask(self, piece: Piece | None) -> Answer:
        send(self._takes, piece)
        answer: Answer = receive(self._gives)
        return answer

    def end(self) -> int | None:
        """Let it end what it started, and end it; give its exit code."""
        with suppress(OSError):  # it has ended, and what was still to be said to it is lost
            self._takes.close()
        try:
            return self._process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
