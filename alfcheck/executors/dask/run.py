"""The map on a Dask cluster."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from alfcheck.executors.batches import Batch, batches
from alfcheck.executors.books import Books, Results
from alfcheck.executors.dask.comparing import require_like_workers
from alfcheck.executors.dask.connecting import connected
from alfcheck.executors.dask.likeness import likeness_of
from alfcheck.executors.dask.queue import Queue
from alfcheck.executors.dask.task import Mission
from alfcheck.executors.worker import Told
from alfcheck.model import SessionFiles
from alfcheck.traces import said

if TYPE_CHECKING:
    from distributed import Client

    from alfcheck.pipeline.options import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["Cluster"]

_UNKNOWN = 8
"""Threads that a cluster is taken to have while none of its workers is there."""


class Cluster:
    """A cluster that is used in here, and left as it is afterwards; raises `UsageError` if none answers."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._closing = ExitStack()
        self._client: Client | None = None

    def __enter__(self) -> Self:
        self._client = self._closing.enter_context(connected(self._address))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client = None
        self._closing.close()

    def expect(self, files: int) -> None:
        """Do nothing yet for so many files: workers are there, or come when there is something to do."""

    def spread(
        self, sessions: Sequence[SessionFiles], ruleset: Ruleset, request: Request, options: Options
    ) -> tuple[list[Batch], Iterator[tuple[int, Results]]]:
        """Give sessions in batches, and check them: the number of a batch and its results, as they come.

        The results of a batch may come again, and then hold in the place of the earlier ones, as those of
        the pool do. Raises `UsageError` where a worker is not like this machine, `Interrupted` where the
        scheduler is gone.
        """
        client = self._client
        assert client is not None, "a cluster is used in its context"
        run = f"alfcheck-{uuid4().hex}"
        likeness = likeness_of(ruleset, options.root, sessions)
        told = Told(request, options, ruleset.fingerprint)
        mission = Mission(told, likeness, sys.flags.optimize, _folder())
        packed = pickle.dumps(mission, pickle.HIGHEST_PROTOCOL)
        with ExitStack() as opened:
            queue = opened.enter_context(Queue(client, self._address, run, packed))
            try:
                require_like_workers(client, run, packed, likeness)
                threads = sum(client.nthreads().values())
            except OSError as error:
                raise queue.gone(said(error)) from error
            work = list(batches(sessions, threads or _UNKNOWN))
            return work, _results(opened.pop_all(), queue, Books(work, ruleset))


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def _results(opened: ExitStack, queue: Queue, books: Books) -> Iterator[tuple[int, Results]]:
    with opened:
        while books.is_open:
            queue.turn(books)
            yield from books.give()
