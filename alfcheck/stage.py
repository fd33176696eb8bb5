"""What a process is at while code of plugins runs that no watch is over: it is loaded, or told of a run.

Such code may end the process that it runs in. Whoever started that process says then what it was at: the
parent of the command, or of a worker.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from contextvars import ContextVar
from typing import NamedTuple

__all__ = ["Stage", "aside", "note_stage", "on_stage", "stages_to"]


class Stage(NamedTuple):
    """What a process is at (``loading plugin 'lab' …``), the way out, and the exit code if it ends there."""

    what: str
    way_out: str
    code: int = 2


_TO: ContextVar[Callable[[Stage | None], object]] = ContextVar("alfcheck_stage", default=lambda stage: None)
_AT: ContextVar[Stage | None] = ContextVar("alfcheck_at", default=None)


def stages_to(tell: Callable[[Stage | None], object]) -> None:
    """Tell from now on what this process is at to `tell`."""
    _TO.set(tell)


def note_stage(stage: Stage | None) -> None:
    """Note what this process is at, until something else is noted."""
    _AT.set(stage)
    _TO.get()(stage)


@contextmanager
def on_stage(stage: Stage) -> Iterator[None]:
    """Run code of a plugin in here, and undo what it does to the process as far as that can be.

    A copy of the process that it leaves behind by a fork ends here; the working folder is what it was.
    """
    before, process, folder = _AT.get(), os.getpid(), _folder()
    note_stage(stage)
    try:
        yield
    finally:
        if os.getpid() != process:
            os._exit(0)
        note_stage(before)
        if folder and _folder() != folder:
            with suppress(OSError):
                os.chdir(folder)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


@contextmanager
def aside() -> Iterator[None]:
    """Send to standard error what is printed in here: standard output is for what was asked for."""
    with redirect_stdout(_Aside()):
        yield


class _Aside(io.TextIOBase):
    """Standard error, as it is when something is printed; whoever closes it closes nothing."""

    def write(self, text: str) -> int:
        if sys.stderr is not None:
            with suppress(ValueError):
                sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        if sys.stderr is not None:
            with suppress(ValueError):
                sys.stderr.flush()

    def fileno(self) -> int:
        return sys.stderr.fileno()

    def isatty(self) -> bool:
        return False
