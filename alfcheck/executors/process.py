"""A worker process as its parent sees it: what it was handed, and what befell it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from alfcheck.errors import PluginError, UsageError
from alfcheck.executors.marker import Marker
from alfcheck.executors.shield import shielded
from alfcheck.executors.worker import OTHERS, READY, REFUSED, Brief, Told, work
from alfcheck.watch import ENDED, Fate, Key, out_of_time

if TYPE_CHECKING:
    from alfcheck.executors.worker import Piece, Question
    from alfcheck.pipeline.options import Options

__all__ = ["GRACE", "STARTS", "TICK", "CannotStart", "OtherRules", "Worker", "read_answer", "stop_all"]

STARTS = 3
"""How many workers may die in a row before one was ready."""

TICK = 0.5
"""Seconds after which a worker is looked at again that says nothing."""

GRACE = 2.0
"""Seconds that a worker has beyond the deadline to stop a call itself, which is cheaper than to end it."""

LAST_WORDS = 2.0
"""Seconds that a worker has to end, once its connection is gone."""

LOADING = 60.0
"""Seconds that one plugin may take to be loaded in a worker, or the deadline where that is more."""

_KILLED = getattr(signal, "SIGKILL", 9)


class CannotStart(UsageError):
    """There is no worker; ``what`` is told of it, with a way out that is one on this machine."""

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(f"{what}; {way_out}")
        self.what = what


class OtherRules(PluginError):
    """A worker loaded other rules than it should have come to."""

    def __init__(self) -> None:
        super().__init__(
            "a worker process loaded other rules than its parent: a plugin offers different ones each time, "
            "or was changed meanwhile; mend it, or run with -j 1"
        )


class Worker:
    """One worker process, the connection to it, and the marker that says what it runs."""

    def __init__(self, told: Told) -> None:
        # Never fork: the parent may have threads, and a fork shares what it had half done.
        context = multiprocessing.get_context("spawn")
        try:
            self.connection, theirs = context.Pipe()
            self.marker = Marker(context)
            arguments = (theirs, self.marker.memory, told)
            self.process = context.Process(target=work, args=arguments, daemon=True, name="alfcheck worker")
            with shielded():
                self.process.start()
        except OSError as error:
            what = f"a worker process cannot be started: {error.strerror or error}"
            raise CannotStart(what, "run with -j 1") from error
        theirs.close()
        self._options = told.options
        self._running: tuple[int, Key | None] = (0, None)
        self._since = 0.0
        self._number = 0
        self._swept = False
        self.ready = False

    def brief(self, options: Options) -> None:
        """Let it go by these options from now on, but for the deadline; it is ready."""
        if options != self._options:
            self._options = options
            self._send(Brief(options))

    def hand(self, work: Piece | Question) -> None:
        self._number += 1
        self._send(work)

    def _send(self, work: Brief | Piece | Question) -> None:
        # A worker that died meanwhile tells so by its end of the connection.
        with suppress(OSError):
            self.connection.send((self._number, work))

    def is_answer(self, number: object) -> bool:
        """Tell whether what came is the answer to what was handed last: a copy of a worker may speak too."""
        return number == self._number

    def event(self) -> tuple[Any, ...]:
        """Wait for what it says: a kind and what belongs to it, or ``None`` and how it ended.

        Raises `PluginError` if it cannot do what it is to do.
        """
        end: Fate | None = None
        while end is None and not self.connection.poll(TICK):
            end = self.end()
        try:
            kind, *said = (None, end) if end is not None else self.connection.recv()
        except (EOFError, OSError):  # its end closes the connection
            return None, self.death()
        if kind == REFUSED:
            raise PluginError(said[0])
        if kind == OTHERS:
            raise OtherRules
        self.ready |= kind == READY
        return kind, *said

    def end(self) -> Fate | None:
        """Tell how it ended, if it did; one that is out of time is ended."""
        if self.overdue():
            return self.kill()
        # What it started may hold the connection open.
        is_gone = self.process.exitcode is not None and not self.connection.poll()
        return self.death() if is_gone else None

    def overdue(self) -> bool:
        """Tell whether a call in it is out of time, and was not stopped by the worker itself."""
        running = (self.marker.serial(), None if self.ready else self.marker.key())
        if running != self._running:
            self._running, self._since = running, time.monotonic()
        return bool(running[0]) and time.monotonic() - self._since > self._limit + GRACE

    @property
    def _limit(self) -> float:
        deadline = self._options.deadline
        return deadline if self.ready else max(deadline, LOADING)

    def kill(self) -> Fate:
        """End it, since what it runs is out of time."""
        self._sweep()
        self.process.kill()
        return out_of_time(self._limit)

    def refuse_start(self, fate: Fate) -> NoReturn:
        """Say why it was never ready; raises `PluginError` where that is a plugin's doing."""
        key = self.marker.key()
        if key is None:
            raise CannotStart(
                "worker processes end before they are ready",
                "where a script of your own calls alfcheck with several jobs, guard it by: "
                'if __name__ == "__main__":',
            )
        what, way_out = key
        raise PluginError(f"{what}: a worker process {_of_worker(fate)}; {way_out}")

    def death(self) -> Fate:
        """Say how it ended."""
        self.process.join(LAST_WORDS)
        self._sweep()
        code = self.process.exitcode
        if code is None:
            how = "closed its connection"
        else:
            how = f"exit code {code}" if code >= 0 else f"signal {_signal(-code)}"
        return Fate(ENDED, f"ended its process ({how})", code == -_KILLED)

    def stop(self) -> None:
        self.connection.close()
        self._sweep()
        self.process.kill()
        self.process.join(0.3)

    def _sweep(self) -> None:
        """End what it started, with it: once, for later the number may be somebody else's."""
        if self._swept or self.process.pid is None or not hasattr(os, "killpg"):
            return
        self._swept = True
        with suppress(ProcessLookupError, PermissionError):  # none is left, or only what has ended already
            os.killpg(self.process.pid, _KILLED)


def read_answer(data: bytes) -> tuple[Any, ...]:
    """Read the answer of a worker."""
    answer: tuple[Any, ...] = pickle.loads(data)  # noqa: S301 - a process of ours made it, never the data
    return answer


def stop_all(workers: Collection[Worker]) -> None:
    """End some workers: all are told before the first is waited for."""
    for worker in workers:
        worker.connection.close()
        worker.process.kill()
    for worker in workers:
        worker.stop()


def _of_worker(fate: Fate) -> str:
    return fate.text.replace("its process", "before it was ready")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one without a name
        return str(number)
