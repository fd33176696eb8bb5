"""How the code of plugins is kept from ending or holding up a run, in this process and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from alfcheck.executors.watchdog import watchdog
from alfcheck.model import Problem, Rule, Severity
from alfcheck.pipeline.running import Within, ask_elsewhere, who_of
from alfcheck.plugins.values import BUILTIN
from alfcheck.watch import Fate, Unfinished, Watch, watched_by

if TYPE_CHECKING:
    from alfcheck.executors.process import Worker
    from alfcheck.executors.worker import Told
    from alfcheck.pipeline.options import Options
    from alfcheck.plugins import Request, Ruleset

__all__ = ["asked_apart", "has_plugins", "watched"]


def has_plugins(ruleset: Ruleset) -> bool:
    """Tell whether anybody's code but our own is in a ruleset."""
    return any(info.distribution != BUILTIN for info in ruleset.plugins)


@contextmanager
def watched(ruleset: Ruleset, options: Options) -> Iterator[Watch]:
    """Watch over the plugins that are called from this thread in here, if there are any."""
    watch = Watch(options.deadline)
    is_due = has_plugins(ruleset) or any(name != BUILTIN for name, _ in ruleset.contract_origins.values())
    with watched_by(watch if is_due else None), watchdog(watch) if is_due else nullcontext():
        yield watch


@contextmanager
def asked_apart(ruleset: Ruleset, request: Request, options: Options) -> Iterator[None]:
    """Ask the rules of plugins in a worker process in here, which is started when the first one is asked."""
    from alfcheck.executors.worker import Told

    apart = _Apart(ruleset, Told(request, options, ruleset.fingerprint, judges=False))
    try:
        with ask_elsewhere(apart.ask):
            yield
    finally:
        apart.stop()


class _Apart:
    """A worker that is asked about the release as a whole: one rule at a time, each once."""

    def __init__(self, ruleset: Ruleset, told: Told) -> None:
        self._ruleset, self._told = ruleset, told
        self._worker: Worker | None = None

    def ask(self, rule: Rule, subject: tuple[object, ...], within: Within) -> list[Problem]:
        fate = self._ask(rule, subject, within)
        if isinstance(fate, list):
            return fate
        self.stop()
        error = Unfinished(who_of(rule), self._ruleset.rules[rule.code].origin, fate)
        return [
            Problem(code=fate.code, severity=Severity.UNVERIFIED, check=rule.name, message=str(error)),
        ]

    def _ask(self, rule: Rule, subject: tuple[object, ...], within: Within) -> list[Problem] | Fate:
        from alfcheck.executors.process import Worker, read_answer
        from alfcheck.executors.worker import DONE, Question

        worker = self._worker = self._worker or Worker(self._told)
        while not worker.ready:
            kind, *said = worker.event()
            if kind is None:
                worker.refuse_start(said[0])
        worker.hand(Question(rule.code, subject, within))
        while True:
            kind, *said = worker.event()
            if kind is None:
                fate: Fate = said[0]
                return fate
            if kind == DONE and worker.is_answer(said[0]):
                return list(read_answer(said[1]))

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
