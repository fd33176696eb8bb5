"""The map in worker processes.

The parent knows what each worker was handed: one piece of one batch at a time. It sees which call to a plugin
a worker is in, and notes in the `books` what is to be done where a worker dies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from alfcheck.executors.batches import Batch
from alfcheck.executors.books import Books, Results, Task
from alfcheck.executors.process import STARTS, TICK, Worker, read_answer, stop_all
from alfcheck.executors.worker import READY, STRUCK, Piece, Told
from alfcheck.watch import Fate

if TYPE_CHECKING:
    from alfcheck.executors.crew import Crew
    from alfcheck.pipeline.options import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["run_pool"]


def run_pool(
    work_list: Iterable[Batch],
    ruleset: Ruleset,
    request: Request,
    options: Options,
    jobs: int,
    crew: Crew | None = None,
) -> Iterator[tuple[int, Results]]:
    """Check the batches in `jobs` worker processes; give the number of a batch and its results.

    The workers of a `crew` are already there; those that are missing are started.

    The results of a batch may come again, and then hold in the place of the earlier ones: that is so when
    something of a plugin is not asked any more. Raises `PluginError` if a worker cannot load the same rules,
    `UsageError` if workers cannot start.
    """
    batches = tuple(work_list)
    told = Told(request, options, ruleset.fingerprint)
    pool = _Pool(Books(batches, ruleset), told, min(jobs, len(batches)))
    try:
        pool.hire(crew)
        yield from pool.results()
    finally:
        stop_all(pool.workers.values())


class _Pool:
    """Up to `jobs` workers, and who has what of the books."""

    def __init__(self, books: Books, told: Told, jobs: int) -> None:
        self.books, self.told, self.jobs = books, told, jobs
        self.workers: dict[Connection, Worker] = {}
        self.tasks: dict[Worker, Task] = {}
        self.heard: list[tuple[Task, bytes]] = []
        self.false_starts = 0

    def results(self) -> Iterator[tuple[int, Results]]:
        while self.books.is_open:
            self._turn()
            # Those who found this have other work by now.
            heard, self.heard = self.heard, []
            for task, answer in heard:
                self.books.finish(task, read_answer(answer))
            yield from self.books.give()

    def hire(self, crew: Crew | None) -> None:
        """Take over the workers that are there, and start those that are missing."""
        for worker in crew.leave(self.jobs) if crew is not None else ():
            self.workers[worker.connection] = worker
        while len(self.workers) < self.jobs:
            self._start()

    def _start(self) -> None:
        worker = Worker(self.told)
        self.workers[worker.connection] = worker

    def _turn(self) -> None:
        """Wait until a worker has something to say, has died, or must be ended; hand out what waits."""
        for connection in wait(list(self.workers), TICK):
            assert isinstance(connection, Connection)
            worker = self.workers[connection]
            self._hear(worker, *worker.event())
        for worker in list(self.workers.values()):
            if (end := worker.end()) is not None:
                self._bury(worker, end)
        for worker in self.workers.values():
            if worker.ready and worker not in self.tasks and (task := self.books.take(len(self.tasks))):
                self.tasks[worker] = task
                worker.brief(self.told.options)
                worker.hand(Piece(task.sessions, self.books.bars_of(task)))

    def _hear(self, worker: Worker, kind: str | None, *said: Any) -> None:
        if kind is None:
            self._bury(worker, said[0])
        elif kind == READY:
            self.false_starts = 0
        elif kind == STRUCK:
            self.books.bar({said[0]: said[1]})
        elif worker.is_answer(said[0]) and worker in self.tasks:
            self.heard.append((self.tasks.pop(worker), said[1]))

    def _bury(self, worker: Worker, fate: Fate) -> None:
        task, key, last = self.tasks.pop(worker, None), worker.marker.key(), worker.marker.last()
        del self.workers[worker.connection]
        worker.stop()
        if task is not None:
            self.books.bury(task, fate, key, last)
        elif not worker.ready:
            self.false_starts += 1
            if self.false_starts >= STARTS:
                worker.refuse_start(fate)
        if self.books.has_waiting and len(self.workers) < self.jobs:
            self._start()
