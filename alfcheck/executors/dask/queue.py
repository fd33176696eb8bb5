"""What is handed to the scheduler, and what comes back."""

from __future__ import annotations

import logging
import pickle
import time
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Self

from alfcheck.errors import Interrupted, UsageError
from alfcheck.executors.books import Books, Task
from alfcheck.executors.dask.answers import INSTALL, Answer, Died, Done, Refused
from alfcheck.executors.dask.task import judge, leave
from alfcheck.executors.process import read_answer
from alfcheck.executors.worker import Piece
from alfcheck.traces import said

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Queue"]

AHEAD = 2
"""Tasks at the cluster for each of its threads: one that runs, and one that is there when it is done."""

TICK = 0.5
"""Seconds after which the cluster is looked at, where nothing is heard of it."""

LOOK = 5.0
"""Seconds after which its workers are counted again: some may have come, or gone."""

_LOST = "checking this session ended all Dask workers that did it, again and again"

_LOG = logging.getLogger("alfcheck")


class Queue:
    """The tasks of one run that are at the cluster; what is left of them at the end is cancelled."""

    def __init__(self, client: Client, address: str, run: str, mission: bytes) -> None:
        self._client, self._address, self._run, self._mission = client, address, run, mission
        self._running: dict[Future, Task] = {}
        self._finished: SimpleQueue[Future] = SimpleQueue()
        self._numbers = count()
        self._threads = 0
        self._looked = -LOOK
        self._is_waiting = False

    def turn(self, books: Books) -> None:
        """Hand over what waits, and note what was heard."""
        if time.monotonic() - self._looked >= LOOK:
            self._look()
        while len(self._running) < max(1, self._threads * AHEAD) and (task := books.take(len(self._running))):
            self._submit(task, Piece(task.sessions, books.bars_of(task)))
        with suppress(Empty):
            self._hear(self._finished.get(timeout=TICK), books)

    def _look(self) -> None:
        """Count the threads of the cluster; it is told of when there are none, or when there are again."""
        self._looked = time.monotonic()
        if self._client.status == "connecting":
            return
        try:
            self._threads = sum(self._client.nthreads().values())
        except Exception as error:
            raise self.gone(said(error)) from error
        if self._is_waiting != (not self._threads):
            self._is_waiting = not self._threads
            what = "has no worker: waiting for one" if self._is_waiting else "has workers again"
            _LOG.warning("alfcheck: the Dask cluster at %s %s", self._address, what)

    def _submit(self, task: Task, piece: Piece) -> None:
        future = self._client.submit(
            judge,
            self._run,
            self._mission,
            pickle.dumps(piece, pickle.HIGHEST_PROTOCOL),
            key=f"{self._run}-{next(self._numbers)}",
            pure=False,
        )
        self._running[future] = task
        future.add_done_callback(self._finished.put)

    def _hear(self, future: Future, books: Books) -> None:
        task = self._running.pop(future, None)
        if task is None:  # cancelled, since all began again
            return
        answer, before = self._answer(future), books.round
        if isinstance(answer, Refused):
            raise UsageError(f"{answer.text}; {answer.way_out}")
        if answer is None:
            # Dask blames all that a dead worker had.
            books.lose(task, _LOST)
        else:
            books.bar(dict(answer.struck))
            if isinstance(answer, Died):
                books.bury(task, answer.fate, answer.key, answer.last)
            else:
                books.finish(task, read_answer(answer.results))
        if books.round != before:
            self._cancel()

    def _answer(self, future: Future) -> Done | Died | Refused | None:
        """Give what came of a task; ``None`` where Dask gave it up, since its workers died."""
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise self.gone("it cancelled what it was to do")
        try:
            answer: Answer = pickle.loads(future.result())  # noqa: S301 - our `judge` made it, never the data
            return answer
        except KilledWorker:
            return None
        except Exception as error:
            # What comes of a task is its error; else the scheduler could not be asked.
            if isinstance(error, OSError) and future.status != "error":
                raise self.gone(said(error)) from error
            raise UsageError(f"a Dask worker cannot judge: {said(error)}; {INSTALL}") from error

    def gone(self, why: str) -> Interrupted:
        """Say that the scheduler is gone."""
        return Interrupted(
            f"--dask {self._address}: the scheduler is gone ({why}); nothing was written; run again: "
            "what was found so far is in the cache, unless --no-cache was given"
        )

    def _cancel(self) -> None:
        futures, self._running = list(self._running), {}
        with suppress(Exception):  # whatever Dask raises: what was given up is not listened to
            self._client.cancel(futures)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client.status == "running":
            self._cancel()
            with suppress(Exception):  # whatever Dask raises: what nobody asks ends by itself
                self._client.run(leave, self._run, wait=False, on_error="ignore")
