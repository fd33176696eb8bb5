"""The command in a process of its own, so that nobody's code can end it as if nothing had been found.

A plugin that is loaded or told of a run may end its process with exit code 0, at once or on the way out.
The command's exit code is therefore what it says at its end, in memory that it shares with its parent; where
it says nothing, the parent tells what it was at. The parent imports nothing: it costs about a millisecond.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from mmap import mmap
from types import FrameType
from typing import NoReturn

from alfcheck.stage import Stage, stages_to

__all__ = ["supervised"]

_SIZE = 8192
_FAILED = 3
_SOON = 0.5
"""Seconds in which one Ctrl-C may come twice: from the terminal, and from the parent."""


def supervised(command: Callable[[], int]) -> int:
    """Run a command in a child, and give its exit code; where processes cannot be forked, run it here.

    In the process of the command this does not return: threads that a plugin left running, and what it
    registered for the end, have no say any more.
    """
    if not hasattr(os, "fork"):
        _leave(command(), None)
    told = _Told()
    reads, held = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = os.fork()
    if child == 0:
        os.close(held)
        _follow(reads)
        _hear_once()
        stages_to(told.stage)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _leave(command(), told)
    os.close(reads)
    sent = _hand_on_signals(child)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _, status = os.waitpid(child, 0)
    return told.code if told.is_done else _ended(os.waitstatus_to_exitcode(status), told, sent)


class _Told:
    """What the command says: whether it is done, its exit code, and what it is at."""

    def __init__(self) -> None:
        self._memory = mmap(-1, _SIZE)

    @property
    def is_done(self) -> bool:
        return bool(self._memory[0])

    @property
    def code(self) -> int:
        return self._memory[1]

    def done(self, code: int) -> None:
        self._memory[1] = code
        self._memory[0] = 1

    def stage(self, stage: Stage | None) -> None:
        texts = (stage.what, stage.way_out, str(stage.code)) if stage is not None else ()
        text = "\0".join(each[: _SIZE // 10] for each in texts).encode("utf-8", "backslashreplace")
        self._memory[2 : 4 + len(text)] = len(text).to_bytes(2, "little") + text

    def at(self) -> Stage | None:
        length = int.from_bytes(self._memory[2:4], "little")
        what, _, rest = self._memory[4 : 4 + length].decode().partition("\0")
        way_out, _, code = rest.partition("\0")
        return Stage(what, way_out, int(code)) if what else None


def _leave(code: int, told: _Told | None) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError, AttributeError, ValueError):
            try:
                stream.flush()
            except BrokenPipeError:
                raise
            except OSError:
                code = code or _FAILED
    if told is not None:
        told.done(code)
    os._exit(code)


def _follow(reads: int) -> None:
    """End this process when its parent does."""
    from threading import Thread

    def follow() -> None:
        with suppress(OSError):
            os.read(reads, 1)
        os._exit(_FAILED)

    Thread(target=follow, daemon=True, name="follows the parent").start()


def _hear_once() -> None:
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    last = -_SOON

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before >= _SOON:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


def _hand_on_signals(child: int) -> list[int]:
    """Hand on to the command what is sent to this process alone; give what was, as it comes."""
    sent: list[int] = []

    def hand_on(number: int, frame: FrameType | None) -> None:
        sent.append(number)
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, hand_on)
    return sent


def _ended(code: int, told: _Told, sent: list[int]) -> int:
    """Tell of a command that ended without a word; give the exit code, which is never 0."""
    if -code in sent:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    how = f"exit code {code}" if code >= 0 else f"signal {_signal(-code)}"
    at = told.at()
    if at is None:
        said = f"the program was ended ({how}) before its time; nothing is known about the data"
    else:
        said = f"the program was ended ({how}) while {at.what}; {at.way_out}"
    with suppress(OSError):  # the exit code tells as well
        print(f"alfcheck: {said}", file=sys.stderr, flush=True)
    return at.code if at is not None else _FAILED


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
