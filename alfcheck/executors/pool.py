"""The map in worker processes.

The parent knows what each worker was handed: one piece of one batch at a time. It sees which call to a plugin
a worker is in. A call that is out of time, or ended its process, is not made again: its piece is run again
without it. When a worker dies outside any such call, what it had is run again in halves, down to one
session; a session that kills its worker twice is given up as `unverified`. Everything else completes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from alfcheck.errors import PluginError
from alfcheck.executors.batches import Batch
from alfcheck.executors.given_up import DEATHS, given_up
from alfcheck.executors.process import Worker, read_answer, stop_all
from alfcheck.executors.worker import READY, REFUSED, STRUCK, Piece, Told
from alfcheck.model import SessionResult
from alfcheck.watch import ENDED, TOGETHER, Bars, Fate, Key, too_many

if TYPE_CHECKING:
    from alfcheck.executors.crew import Crew
    from alfcheck.pipeline.options import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["run_pool"]

STARTS = 3
"""How many workers may die in a row before one was ready."""

TICK = 0.5
"""Seconds after which the workers are looked at again."""

Results = tuple[SessionResult, ...]


class _Task(NamedTuple):
    """Some sessions of a batch: `first` is the place of the first one in it."""

    round: int
    batch: int
    first: int
    sessions: Batch


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
    pool = _Pool(tuple(work_list), ruleset, Told(request, options, ruleset.fingerprint), jobs)
    try:
        pool.hire(crew)
        yield from pool.results()
    finally:
        pool.stop()


class _Pool:
    """The parent's books: what waits, what runs, what is done, and what is not to be asked."""

    def __init__(self, batches: tuple[Batch, ...], ruleset: Ruleset, told: Told, jobs: int) -> None:
        self.batches, self.ruleset, self.told = batches, ruleset, told
        self.jobs = min(jobs, len(batches))
        self.workers: dict[Connection, Worker] = {}
        self.tasks: dict[Worker, _Task] = {}
        self.heard: list[tuple[_Task, bytes]] = []
        self.deaths: Counter[str | Key] = Counter()
        self.accused: dict[str, Key] = {}
        self.false_starts = 0
        self.bars = Bars({})
        self.round = 0
        self._begin_round()

    def _begin_round(self) -> None:
        """Begin again: what was found before took the word of someone who is not asked any more."""
        self.round += 1
        self.waiting = deque(_Task(self.round, number, 0, batch) for number, batch in enumerate(self.batches))
        self.done: dict[int, list[SessionResult | None]] = {
            number: [None] * len(batch) for number, batch in enumerate(self.batches)
        }

    def results(self) -> Iterator[tuple[int, Results]]:
        while self.done:
            self._turn()
            self._take()
            for number in [number for number, found in self.done.items() if None not in found]:
                yield number, tuple(result for result in self.done.pop(number) if result is not None)

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
            try:
                message = connection.recv()
            except (EOFError, OSError):
                self._bury(worker, worker.death())
                continue
            self._hear(worker, *message)
        for worker in list(self.workers.values()):
            if worker.overdue():
                self._bury(worker, worker.kill())
            elif worker.is_gone():
                self._bury(worker, worker.death())
        for worker in self.workers.values():
            if worker.ready and worker not in self.tasks and self.waiting:
                task = self.tasks[worker] = self.waiting.popleft()
                worker.brief(self.told.options)
                worker.hand(Piece(task.sessions, self.bars))

    def _take(self) -> None:
        """Read what workers found, who have other work by now."""
        heard, self.heard = self.heard, []
        for task, answer in heard:
            if task.round == self.round:
                done = self.done[task.batch]
                found: Results = read_answer(answer)
                for place, (_, result) in enumerate(zip(task.sessions, found, strict=True), task.first):
                    done[place] = result

    def _hear(self, worker: Worker, kind: str, *said: Any) -> None:
        if kind == REFUSED:
            raise PluginError(str(said[0]))
        if kind == READY:
            worker.ready, self.false_starts = True, 0
        elif kind == STRUCK:
            self._bar(*said)
        elif worker.is_answer(said[0]) and worker in self.tasks:
            self.heard.append((self.tasks.pop(worker), said[1]))

    def _bury(self, worker: Worker, fate: Fate) -> None:
        task, key, last = self.tasks.pop(worker, None), worker.marker.key(), worker.marker.last()
        del self.workers[worker.connection]
        worker.stop()
        if task is not None and key is not None and key not in self.bars.calls:
            self._suspect(task, key, fate)
        elif task is not None:
            self._halve(task, last, fate)
        elif not worker.ready:
            self.false_starts += 1
            if self.false_starts >= STARTS:
                worker.refuse_start(fate)
        if self.waiting and len(self.workers) < self.jobs:
            self._start()

    def _suspect(self, task: _Task, key: Key, fate: Fate) -> None:
        """Run again what a worker had that died in a call, before anything else."""
        self.deaths[key] += 1
        # Where memory is short the system kills whoever is running: once is no proof.
        if not fate.by_others or key[1] == TOGETHER or self.deaths[key] >= DEATHS:
            self._bar(key, fate)
        if task.round == self.round:
            self.waiting.appendleft(task)

    def _bar(self, key: Key, fate: Fate) -> None:
        calls = {**self.bars.calls, key: fate}
        self.bars, before = Bars(calls, too_many(calls)), self.bars
        if self.bars.given_up != before.given_up:
            self._begin_round()

    def _halve(self, task: _Task, last: Key | None, fate: Fate) -> None:
        """Run the halves of what a dead worker had, of which nobody knows what it was at.

        Where one session is left, the call that came last before the end is not made again: it may have
        broken what the process needs. If that does not help, it is not to blame.
        """
        if task.round != self.round:
            return
        if len(task.sessions) > 1:
            half = len(task.sessions) // 2
            later = task._replace(first=task.first + half, sessions=task.sessions[half:])
            self.waiting.extendleft((later, task._replace(sessions=task.sessions[:half])))
            return
        (session,) = task.sessions
        self.deaths[session.path] += 1
        deaths, accused = self.deaths[session.path], self.accused.pop(session.path, None)
        if accused is not None:
            self.bars = Bars({k: v for k, v in self.bars.calls.items() if k != accused}, self.bars.given_up)
        elif deaths >= DEATHS and last is not None and last not in self.bars.calls:
            self.accused[session.path] = last
            self.waiting.appendleft(task)
            self._bar(last, Fate(ENDED, f"was the last to run before its process ended: it {fate.text}"))
            return
        if deaths < DEATHS:
            self.waiting.appendleft(task)
        else:
            self.done[task.batch][task.first] = given_up(session, self.ruleset)

    def stop(self) -> None:
        stop_all(self.workers.values())
