"""How a process is started: deaf to what is meant for its parent, and blind to the working folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["shielded"]

_SAFE_PATH = "PYTHONSAFEPATH"


@contextmanager
def shielded() -> Iterator[None]:
    """Start processes in here.

    Python looks for modules in the working folder first when a process is spawned: in a downloaded
    release a ``struct.py`` would be run. And Ctrl-C would reach a process that cannot act on it yet.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        with _deaf():
            yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


@contextmanager
def _deaf() -> Iterator[None]:
    """Block SIGINT, which a child inherits; one that comes meanwhile is delivered afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    # Its start unblocks the signal, so it comes first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
