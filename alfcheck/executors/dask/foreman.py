"""The process beside a Dask worker, with a worker of its own of the kind that the pool has.

A Dask worker is no place for the code of plugins: its threads cannot be stopped, it is watched over by
others, and it may start no processes of `multiprocessing`. This one is started as a plain program. It ends
when its standard input does, or when nobody has asked it anything for a while.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

from alfcheck.errors import AlfcheckError
from alfcheck.executors.dask.answers import LOOK, Answer, Died, Done, Refused
from alfcheck.executors.dask.devices import Devices
from alfcheck.executors.dask.frames import receive, send
from alfcheck.executors.process import STARTS, CannotStart, OtherRules, Worker
from alfcheck.executors.worker import DONE, STRUCK, Piece, Told
from alfcheck.watch import Fate, Key

__all__ = ["main"]

IDLE = 120.0
"""Seconds without anything to do after which it ends: whoever started the run may be gone."""

_SAME = (
    "let alfcheck, plugins and contracts be the same files on all workers as where the command runs, at the "
    "same paths, and run again"
)
_ALIKE = "a run without --dask says the same"


def main() -> None:
    """Do what comes on standard input, in the working folder of the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):  # nobody needs it where plugins are given by whole paths, or names
        os.chdir(sys.argv[1])
    gives = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed goes to the log of the Dask worker
    takes = sys.stdin.buffer
    foreman = Foreman(receive(takes))
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(takes, inbox, foreman), daemon=True, name="listens").start()
    try:
        with suppress(Empty, BrokenPipeError):  # nobody asks any more, or waits for the answer
            while True:
                send(gives, foreman.do(inbox.get(timeout=IDLE)))
    finally:
        foreman.stop()
    os._exit(0)


def _listen(takes: IO[bytes], inbox: SimpleQueue[Any], foreman: Foreman) -> None:
    try:
        while True:
            inbox.put(receive(takes))
    except (EOFError, OSError):  # who asked has ended, or wants no more
        foreman.stop()
        os._exit(0)


class Foreman:
    """One worker process at a time, and what befalls it."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._devices = Devices(told.options.root)
        self._worker: Worker | None = None
        self._struck: dict[Key, Fate] = {}

    def do(self, piece: Piece | None) -> Answer:
        """Have a piece judged; without one, only see that there is a worker that can."""
        try:
            worker = self._ready()
        except OtherRules:
            return self._refused("loads other rules than the command did", _SAME)
        except CannotStart as error:
            return self._refused(f"cannot judge: {error.what}", LOOK)
        except AlfcheckError as error:
            return self._refused(f"cannot judge: {error}", _SAME)
        if piece is None:
            return Done(b"")
        try:
            return self._judged(worker, self._devices.known_here(piece))
        except AlfcheckError as error:
            return self._refused(f"cannot judge: {error}", _ALIKE)

    def _refused(self, text: str, way_out: str) -> Refused:
        self.stop()
        return Refused(text, way_out)

    def _ready(self) -> Worker:
        for start in range(1, STARTS + 1):
            worker = self._worker = self._worker or Worker(self._told)
            while not worker.ready:
                kind, *said = worker.event()
                if kind is None and start == STARTS:
                    worker.refuse_start(said[0])
                if kind is None:
                    break
            if worker.ready:
                return worker
            self.stop()
        raise AssertionError("the last start is either ready or refused")

    def _judged(self, worker: Worker, piece: Piece) -> Answer:
        worker.hand(piece)
        while True:
            kind, *said = worker.event()
            if kind is None:
                key, last = worker.marker.key(), worker.marker.last()
                struck = tuple(self._struck.items())
                self.stop()
                return Died(said[0], key, last, struck)
            if kind == STRUCK:
                # Told with every answer: the worker goes by it in whatever it judges from now on.
                self._struck[said[0]] = said[1]
            elif kind == DONE and worker.is_answer(said[0]):
                return Done(said[1], tuple(self._struck.items()))

    def stop(self) -> None:
        """End the worker, and what it started."""
        worker, self._worker = self._worker, None
        self._struck = {}
        if worker is not None:
            worker.stop()
