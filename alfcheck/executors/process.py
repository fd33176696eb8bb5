"""A worker process as its parent sees it: what it was handed, and what befell it."""

from __future__ import annotations

import multiprocessing
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from alfcheck.errors import UsageError
from alfcheck.executors.marker import Marker
from alfcheck.executors.shield import shielded
from alfcheck.executors.worker import Told, work
from alfcheck.watch import ENDED, Fate, out_of_time

if TYPE_CHECKING:
    from alfcheck.executors.worker import Piece, Question

__all__ = ["GRACE", "NEVER_READY", "Worker"]

GRACE = 2.0
"""Seconds that a worker has beyond the deadline to stop a call itself, which is cheaper than to end it."""

LAST_WORDS = 2.0
"""Seconds that a worker has to end, once its connection is gone."""

NEVER_READY = (
    "worker processes end before they are ready; run with -j 1 to see why, and guard a "
    'script that calls alfcheck with several jobs by: if __name__ == "__main__":'
)
"""What is told when workers cannot even begin."""

_KILLED = getattr(signal, "SIGKILL", 9)


class Worker:
    """One worker process, the connection to it, and the marker that says what it runs."""

    def __init__(self, told: Told) -> None:
        # Never fork: the parent may have threads, and a fork shares what it had half done.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.marker = Marker(context)
        arguments = (theirs, self.marker.memory, told)
        self.process = context.Process(target=work, args=arguments, daemon=True, name="alfcheck worker")
        try:
            with shielded():
                self.process.start()
        except OSError as error:
            raise UsageError(
                f"a worker process cannot be started: {error.strerror or error}; run with -j 1"
            ) from error
        theirs.close()
        self._deadline = told.options.deadline
        self._serial, self._since = 0, 0.0
        self.ready = False

    def hand(self, work: Piece | Question) -> None:
        # A worker that died meanwhile tells so by its end of the connection.
        with suppress(OSError):
            self.connection.send(work)

    def overdue(self) -> bool:
        """Tell whether a call in it is out of time, and was not stopped by the worker itself."""
        serial = self.marker.serial()
        if serial != self._serial:
            self._serial, self._since = serial, time.monotonic()
        return bool(serial) and time.monotonic() - self._since > self._deadline + GRACE

    def kill(self) -> Fate:
        """End it, since what it runs is out of time."""
        self.process.kill()
        return out_of_time(self._deadline)

    def death(self) -> Fate:
        """Say how it ended."""
        self.process.join(LAST_WORDS)
        code = self.process.exitcode
        if code is None:
            how = "closed its connection"
        else:
            how = f"exit code {code}" if code >= 0 else f"signal {_signal(-code)}"
        return Fate(ENDED, f"ended its process ({how})", code == -_KILLED)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join(0.3)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(0.3)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
