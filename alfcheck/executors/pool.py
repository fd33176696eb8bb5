"""The map in worker processes.

The parent knows what each worker was handed: one piece of one batch at a time. When a worker dies, what
it had is run again in halves, down to one session; a session that kills its worker twice is given up as
`unverified`, and everything else completes.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.errors import PluginError, UsageError
from alfcheck.executors.batches import Batch
from alfcheck.executors.shield import shielded
from alfcheck.executors.worker import REFUSED, work
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, FileResult, Finding, Origin, SessionFiles, SessionResult, Severity

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from alfcheck.pipeline.state import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["run_pool"]

DEATHS = 2
"""How often a session may end its process, alone, before it is given up."""

STARTS = 3
"""How many workers may die in a row before one was ready."""

Results = tuple[SessionResult, ...]


class _Task(NamedTuple):
    """Some sessions of a batch: `first` is the place of the first one in it."""

    batch: int
    first: int
    sessions: Batch


class _Worker:
    """One worker process, the connection to it, and what it was handed."""

    def __init__(self, start: Callable[[Connection], BaseProcess]) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        self.process = start(theirs)
        theirs.close()
        self.ready = False
        self.task: _Task | None = None

    def hand(self, task: _Task) -> None:
        self.task = task
        # A worker that died meanwhile tells so by its end of the connection.
        with suppress(OSError):
            self.connection.send(task.sessions)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join(0.3)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(0.3)


def run_pool(
    work_list: Iterable[Batch], ruleset: Ruleset, request: Request, options: Options, jobs: int
) -> Iterator[Results]:
    """Check the batches in `jobs` worker processes; results come in the order of the batches.

    Raises `PluginError` if a worker cannot load the same rules, `UsageError` if workers cannot start.
    """
    pool = _Pool(work_list, ruleset, request, options, jobs)
    try:
        yield from pool.results()
    finally:
        pool.stop()


class _Pool:
    """The parent's books: what waits, what runs, what is done."""

    def __init__(
        self, work_list: Iterable[Batch], ruleset: Ruleset, request: Request, options: Options, jobs: int
    ) -> None:
        self.ruleset, self.request, self.options = ruleset, request, options
        self.waiting = deque(_Task(number, 0, batch) for number, batch in enumerate(work_list))
        self.done: dict[int, list[SessionResult | None]] = {
            task.batch: [None] * len(task.sessions) for task in self.waiting
        }
        self.jobs = min(jobs, len(self.waiting))
        self.deaths: Counter[str] = Counter()
        self.false_starts = 0
        self.workers: list[_Worker] = []

    def results(self) -> Iterator[Results]:
        while len(self.workers) < self.jobs:
            self.workers.append(_Worker(self._start))
        for batch in range(len(self.done)):
            while any(result is None for result in self.done[batch]):
                self._turn()
            yield tuple(result for result in self.done.pop(batch) if result is not None)

    def _start(self, theirs: Connection) -> BaseProcess:
        # Never fork: the parent may have threads, and a fork shares what it had half done.
        context = multiprocessing.get_context("spawn")
        arguments = (theirs, self.request, self.options, self.ruleset.fingerprint)
        process = context.Process(target=work, args=arguments, daemon=True, name="alfcheck worker")
        try:
            with shielded():
                process.start()
        except OSError as error:
            raise UsageError(
                f"a worker process cannot be started: {error.strerror or error}; run with -j 1"
            ) from error
        return process

    def _turn(self) -> None:
        """Wait until a worker has something to say, or has died."""
        by_connection = {worker.connection: worker for worker in self.workers}
        for connection in wait(list(by_connection)):
            assert isinstance(connection, Connection)
            worker = by_connection[connection]
            try:
                message = connection.recv()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            self._hear(worker, message)
        for worker in self.workers:
            if worker.ready and worker.task is None and self.waiting:
                worker.hand(self.waiting.popleft())

    def _hear(self, worker: _Worker, message: object) -> None:
        assert isinstance(message, tuple)
        if message[0] == REFUSED:
            raise PluginError(str(message[1]))
        if worker.task is None:
            worker.ready, self.false_starts = True, 0
            return
        task, worker.task = worker.task, None
        self.done[task.batch][task.first : task.first + len(task.sessions)] = message

    def _bury(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.stop()
        if worker.task is not None:
            self._suspect(worker.task)
        elif not worker.ready:
            self.false_starts += 1
            if self.false_starts >= STARTS:
                raise UsageError(
                    "worker processes end before they are ready; run with -j 1 to see why, and guard a "
                    'script that calls alfcheck with several jobs by: if __name__ == "__main__":'
                )
        if self.waiting and len(self.workers) < self.jobs:
            self.workers.append(_Worker(self._start))

    def _suspect(self, task: _Task) -> None:
        """Run again what a dead worker had, in halves, before anything else."""
        if len(task.sessions) > 1:
            half = len(task.sessions) // 2
            self.waiting.appendleft(_Task(task.batch, task.first + half, task.sessions[half:]))
            self.waiting.appendleft(_Task(task.batch, task.first, task.sessions[:half]))
            return
        (session,) = task.sessions
        self.deaths[session.path] += 1
        if self.deaths[session.path] < DEATHS:
            self.waiting.appendleft(task)
        else:
            self.done[task.batch][task.first] = _given_up(session, self.ruleset)

    def stop(self) -> None:
        for worker in self.workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self.workers:
            worker.stop()


def _given_up(session: SessionFiles, ruleset: Ruleset) -> SessionResult:
    """Give the result of a session that nothing could be learnt of."""
    rule, origin = ruleset.rules["ALF906"]
    paths = tuple(entry.path for entry in session.entries)
    told = Finding(
        code=rule.code,
        rule=rule.name,
        severity=Severity.UNVERIFIED,
        path=session.path,
        message=f"checking this session ended the process that did it, {DEATHS} times: it is given up",
        origin=Origin(*origin),
        datasets=paths,
        fix=rule.fix,
    )
    start = len(session.path) + 1
    files = tuple(
        FileResult(entry.path, entry.size, _dataset_type(entry.path[start:]), True, None)
        for entry in session.entries
    )
    return SessionResult(session.path, files, (told,), {})


def _dataset_type(rel: str) -> str:
    parsed = parse_dataset(rel)
    return parsed.dataset_type if isinstance(parsed, Dataset) else ""
