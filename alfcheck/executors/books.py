"""The books of a run in several processes: what waits, what is done, and what is not to be asked.

A call to a plugin that is out of time, or ended its process, is not made again: the piece that it belongs to
is run again without it. Where nobody knows what a process was at, its sessions are run again in halves, down
to one; a session that ends its process twice is given up as `unverified`. Everything else completes.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.executors.batches import Batch
from alfcheck.executors.given_up import given_up
from alfcheck.model import SessionResult
from alfcheck.watch import ENDED, TOGETHER, Bars, Fate, Key, too_many

if TYPE_CHECKING:
    from alfcheck.plugins import Ruleset

__all__ = ["Books", "Results", "Task"]

DEATHS = 2
"""How often a call, or a session alone, may end its process before it is given up."""

Results = tuple[SessionResult, ...]


class Task(NamedTuple):
    """Some sessions of a batch: `first` is the place of the first one in it.

    ``accused`` are calls that it is run without, to see whether they are to blame for the end of a process.
    """

    round: int
    batch: int
    first: int
    sessions: Batch
    accused: tuple[tuple[Key, Fate], ...] = ()


class Books:
    """What is to be done; ``bars`` are the calls that no task is to make (`bars_of`).

    What comes out is the same however many tasks run at once, and in whichever order they end.

    A new ``round`` begins when someone is not asked any more: tasks of earlier ones count no more.
    """

    def __init__(self, batches: Sequence[Batch], ruleset: Ruleset) -> None:
        self._batches, self._ruleset = batches, ruleset
        self._deaths: Counter[Key] = Counter()
        self._lost: set[str] = set()
        self.bars = Bars({})
        self.round = 0
        self._begin_round()

    def _begin_round(self) -> None:
        """Begin again: what was found before took the word of someone who is not asked any more."""
        self.round += 1
        self._waiting = deque(
            Task(self.round, number, 0, batch) for number, batch in enumerate(self._batches)
        )
        self._suspects: deque[Task] = deque()
        self._deaths_alone: Counter[str] = Counter()
        self._done: dict[int, list[SessionResult | None]] = {
            number: [None] * len(batch) for number, batch in enumerate(self._batches)
        }

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return bool(self._done)

    @property
    def has_waiting(self) -> bool:
        """Tell whether something is to be done that nobody has begun."""
        return bool(self._waiting or self._suspects)

    def take(self, running: int) -> Task | None:
        """Give what is to be done next, while so many tasks run: a suspect is run when nothing else does."""
        if self._waiting:
            return self._waiting.popleft()
        return self._suspects.popleft() if self._suspects and not running else None

    def bars_of(self, task: Task) -> Bars:
        """Give the calls that are not to be made in a task."""
        return self.bars._replace(calls={**self.bars.calls, **dict(task.accused)})

    def give(self) -> Iterator[tuple[int, Results]]:
        """Give the batches that are complete, once."""
        for number in [number for number, found in self._done.items() if None not in found]:
            yield number, tuple(result for result in self._done.pop(number) if result is not None)

    def finish(self, task: Task, results: Sequence[SessionResult]) -> None:
        """Note what was found; if a call was accused, it was to blame."""
        if task.round != self.round:
            return
        done = self._done[task.batch]
        for place, (_, result) in enumerate(zip(task.sessions, results, strict=True), task.first):
            done[place] = result
        self.bar(dict(task.accused))

    def bar(self, calls: Mapping[Key, Fate]) -> None:
        """Note calls that are not to be made again."""
        calls = {**self.bars.calls, **calls}
        self.bars, before = Bars(calls, too_many(calls)), self.bars
        if self.bars.given_up != before.given_up:
            self._begin_round()

    def bury(self, task: Task, fate: Fate, key: Key | None, last: Key | None) -> None:
        """Note how the process that had a task ended: in which call, and which was the last to begin."""
        if key is not None and key not in self.bars_of(task).calls:
            self._suspect(task, key, fate)
        else:
            self._halve(task, last, fate)

    def lose(self, task: Task, why: str) -> None:
        """Note that a task was lost with others; if it is to blame, `why` tells of the session given up.

        A session is to blame only if that comes again when it is run alone.
        """
        if task.round != self.round:
            return
        if len(task.sessions) > 1:
            self._run_halves(task)
        elif (path := task.sessions[0].path) not in self._lost:
            self._lost.add(path)
            self._suspects.append(task)
        else:
            self._give_up(task, why)

    def _suspect(self, task: Task, key: Key, fate: Fate) -> None:
        """Run again what a process had that died in a call, before anything else."""
        self._deaths[key] += 1
        # Where memory is short the system kills whoever is running: once is no proof.
        if not fate.by_others or key[1] == TOGETHER or self._deaths[key] >= DEATHS:
            self.bar({key: fate})
        self._run_again(task)

    def _halve(self, task: Task, last: Key | None, fate: Fate) -> None:
        """Run the halves of what a process had, of which nobody knows what it was at.

        Where one session is left, the call that came last before the end is accused: it may have broken
        what the process needs. If it goes no better without it, it is not to blame.
        """
        if task.round != self.round:
            return
        if len(task.sessions) > 1:
            self._run_halves(task)
            return
        path = task.sessions[0].path
        self._deaths_alone[path] += 1
        if self._deaths_alone[path] < DEATHS:
            self._run_again(task)
        elif last is not None and last not in self.bars_of(task).calls and _may_accuse(task):
            blamed = Fate(ENDED, f"was the last to run before its process ended: it {fate.text}")
            self._run_again(task._replace(accused=(*task.accused, (last, blamed))))
        else:
            self._give_up(task, f"checking this session ended the process that did it, {DEATHS} times")

    def _run_again(self, task: Task) -> None:
        if task.round == self.round:
            self._waiting.appendleft(task)

    def _run_halves(self, task: Task) -> None:
        half = len(task.sessions) // 2
        later = task._replace(first=task.first + half, sessions=task.sessions[half:])
        self._waiting.extendleft((later, task._replace(sessions=task.sessions[:half])))

    def _give_up(self, task: Task, why: str) -> None:
        self._done[task.batch][task.first] = given_up(task.sessions[0], self._ruleset, why)


def _may_accuse(task: Task) -> bool:
    """Tell whether nobody is accused yet: a call about many files is made again for each of them."""
    return all(about == TOGETHER for (_, about), _ in task.accused)
