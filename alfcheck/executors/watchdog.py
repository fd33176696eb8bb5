"""The watchdog: a thread that stops what runs for too long in another.

It can stop what runs in Python, and in the main thread of a process also what sleeps or waits. What loops in
C without giving way can only be ended together with its process.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from alfcheck.watch import Stopped, Watch

__all__ = ["watchdog"]

TICK = 1.0
"""Seconds after which it looks again, or a quarter of the deadline where that is less."""

_SIGNAL = getattr(signal, "SIGURG", None)
"""A signal that nobody uses and that does nothing by itself, but wakes who sleeps."""


@contextmanager
def watchdog(watch: Watch) -> Iterator[None]:
    """Raise `Stopped` in this thread, in here, when a call under `watch` is out of time."""
    import ctypes  # noqa: F401 - which is no time for when something hangs

    dog = _Watchdog(watch)
    dog.start()
    try:
        yield
    finally:
        dog.stop()


class _Watchdog:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._watched = threading.get_ident()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True, name="alfcheck watchdog")
        self._signals = _may_signal()

    def start(self) -> None:
        if self._signals and _SIGNAL is not None:
            signal.signal(_SIGNAL, self._woken)
        self._watch.settle = self._settle
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        if self._signals and _SIGNAL is not None:
            with suppress(ValueError):  # thrown away in another thread
                signal.signal(_SIGNAL, signal.SIG_DFL)

    def _look(self) -> None:
        watch, tick = self._watch, min(TICK, self._watch.deadline / 4)
        serial, since = 0, 0.0
        while not self._over.wait(tick):
            if watch.serial != serial:
                serial, since = watch.serial, time.monotonic()
            elif serial and time.monotonic() - since >= watch.deadline:
                self._fire(serial)

    def _fire(self, serial: int) -> None:
        with self._lock:
            # In this order: either the end of the call is seen here, or the shot is seen there.
            self._watch.fired = serial
            if self._watch.serial != serial:
                self._watch.fired = 0
            elif self._signals and _SIGNAL is not None:
                signal.pthread_kill(self._watched, _SIGNAL)
            else:
                _raise_in(self._watched, Stopped)

    def _woken(self, _: int, __: FrameType | None) -> None:
        if 0 < self._watch.serial <= self._watch.fired:
            raise Stopped

    def _settle(self) -> None:
        """Wait until a shot is fired that is being fired, and take it back if it has not hit."""
        with self._lock:
            if not self._signals:
                _raise_in(self._watched, None)


def _may_signal() -> bool:
    return (
        _SIGNAL is not None
        and hasattr(signal, "pthread_kill")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(_SIGNAL) is signal.SIG_DFL
    )


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    import ctypes

    raised = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
