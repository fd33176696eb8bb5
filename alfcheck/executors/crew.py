"""Those who check sessions on this machine: this process, or workers, which may be started early.

A worker needs a second until it can begin, and as long as the tree is listed there is nothing else to do for
the other cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from alfcheck.executors.batches import WORTH, Batch, batches, worth_workers
from alfcheck.model import SessionFiles, SessionResult

if TYPE_CHECKING:
    from alfcheck.executors.process import Worker
    from alfcheck.executors.worker import Told
    from alfcheck.pipeline.options import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["Crew"]

FILES_EACH = 3_000
"""Files that are worth a further worker before all are listed."""


class Crew:
    """Up to `most` worker processes, and up to `least` where there is little to do; 0 is this process.

    They are started `early` only where it is sure that there is something to do.
    """

    def __init__(self, told: Told, least: int, most: int, *, early: bool = True) -> None:
        self._told, self._least, self._most = told, least, most
        self._early = most if early else 0
        self._beyond = 0 if least else WORTH
        self._workers: list[Worker] = []

    def expect(self, files: int) -> None:
        """Start the workers that are worth it, since there are `files` files or more."""
        while files > self._beyond and len(self._workers) < min(self._early, max(1, files // FILES_EACH)):
            from alfcheck.executors.process import Worker

            self._workers.append(Worker(self._told))

    def spread(
        self, sessions: Sequence[SessionFiles], ruleset: Ruleset, request: Request, options: Options
    ) -> tuple[list[Batch], Iterator[tuple[int, tuple[SessionResult, ...]]]]:
        """Give sessions in batches, and check them: the number of a batch and its results, as they come.

        The results of a batch may come again, and then hold in the place of the earlier ones.
        """
        jobs = self._most if worth_workers(sessions) else self._least
        work = list(batches(sessions, jobs))
        if jobs:
            from alfcheck.executors.pool import run_pool

            return work, run_pool(work, ruleset, request, options, jobs, self)
        from alfcheck.executors.serial import run_serial

        self.stop()
        return work, run_serial(work, ruleset, options)

    def leave(self, number: int) -> list[Worker]:
        """Give over that many workers, as far as there are; the others are ended."""
        given, self._workers = self._workers[:number], self._workers[number:]
        self.stop()
        return given

    def stop(self) -> None:
        """End the workers that were not given over, and start none any more."""
        self._early = 0
        if self._workers:
            from alfcheck.executors.process import stop_all

            stop_all(self._workers)
            self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
