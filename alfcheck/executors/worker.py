"""A worker process: it rebuilds the ruleset, proves that it is the same, and does what it is handed."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from contextlib import suppress
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from alfcheck.watch import Bars

if TYPE_CHECKING:
    from collections.abc import Collection
    from multiprocessing.connection import Connection

    from alfcheck.executors.batches import Batch
    from alfcheck.executors.marker import Writer
    from alfcheck.pipeline.state import Context, Options
    from alfcheck.plugins import Request, Ruleset
    from alfcheck.watch import Watch

__all__ = ["DONE", "OTHERS", "READY", "REFUSED", "STRUCK", "Brief", "Piece", "Question", "Told", "work"]

READY = "ready"
REFUSED = "refused"
OTHERS = "others"
STRUCK = "struck"
DONE = "done"


class Told(NamedTuple):
    """What a worker is told when it starts: the plugins to load, and what they must come to.

    ``options`` are those that are known by then: what is handed over may come with others (`Brief`).
    ``judges`` says that it will check sessions, and not only be asked.
    """

    request: Request
    options: Options
    fingerprint: str
    judges: bool = True


_LIBRARIES = ("pandas", "pandera.pandas", "pyarrow.parquet", "alfcheck.pipeline.stages")
"""What takes a second to load, and nearly every session needs."""

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux."""


class Brief(NamedTuple):
    """The options of all that is handed over from now on."""

    options: Options


class Piece(NamedTuple):
    """Some sessions to check, and the calls that are not to be made."""

    sessions: Batch
    bars: Bars


class Question(NamedTuple):
    """A rule to ask about something, and the paths that its problems may name."""

    code: str
    subject: tuple[object, ...]
    within: Collection[str] | None


def work(connection: Connection, memory: Any, told: Told) -> None:
    """Do what is handed over until the parent closes the connection, or is gone."""
    _leave_interrupts_to_parent()
    _end_with_parent()
    _lead_group()
    _print_aside()
    _keep_from_forks(connection)
    Thread(target=_follow_parent, daemon=True, name="follows the parent").start()
    from alfcheck.errors import AlfcheckError
    from alfcheck.executors.marker import Writer
    from alfcheck.plugins import load_ruleset
    from alfcheck.stage import note_stage, stages_to

    writer = Writer(memory)
    try:
        stages_to(writer.at)
        ruleset = load_ruleset(told.request)
        note_stage(None)
        if ruleset.fingerprint == told.fingerprint:
            _serve(connection, writer, ruleset, told)
        else:
            _tell(connection, OTHERS)
    except AlfcheckError as error:
        _tell(connection, REFUSED, str(error))


def _tell(connection: Connection, *message: object) -> None:
    """Tell the parent something; if it does not listen any more, there is nothing left to do."""
    try:
        connection.send(message)
    except OSError:
        _leave()


def _leave() -> NoReturn:
    with suppress(AttributeError, OSError, ValueError):  # a plugin may have closed it
        sys.stdout.flush()
    os._exit(0)


def _serve(connection: Connection, writer: Writer, ruleset: Ruleset, told: Told) -> None:
    from alfcheck.executors.memory import collect_batch
    from alfcheck.executors.watchdog import watchdog
    from alfcheck.watch import Watch, watched_by

    watch = Watch(told.options.deadline, writer, lambda key, fate: _tell(connection, STRUCK, key, fate))
    desk = _Desk(ruleset, told.options, watch)
    gc.disable()
    with watched_by(watch), watchdog(watch):
        if told.judges:
            desk.prepare()
        _tell(connection, READY)
        while True:
            try:
                number, handed = connection.recv()
            except (EOFError, OSError):  # the parent has nothing more to say
                _leave()
            if isinstance(handed, Brief):
                desk.brief(handed.options)
                continue
            writer.forget()
            # As bytes, so that the parent can hand over the next piece before it reads them.
            _tell(connection, DONE, number, pickle.dumps(desk.answer(handed), pickle.HIGHEST_PROTOCOL))
            if isinstance(handed, Piece):
                collect_batch()


class _Desk:
    """What a worker keeps from one thing that it is handed to the next."""

    def __init__(self, ruleset: Ruleset, options: Options, watch: Watch) -> None:
        self._ruleset, self._options, self._watch = ruleset, options, watch
        self._given_up = watch.given_up
        self._context: Context | None = None

    def prepare(self) -> None:
        """Do what can be done before the first session is seen: that is while the tree is listed."""
        context = self._current()
        for name in _LIBRARIES if context.judges_values and context.reads else ():
            with suppress(ImportError):  # told of by whoever needs it
                import_module(name)

    def brief(self, options: Options) -> None:
        """Go by these options from now on."""
        if options != self._options:
            self._options, self._context = options, None

    def _current(self) -> Context:
        from alfcheck.executors.memory import bounded
        from alfcheck.pipeline.state import Context

        if self._context is None or self._watch.given_up != self._given_up:
            # What it remembers may be the answers of a rule that is not asked any more.
            self._given_up = self._watch.given_up
            self._context = Context(self._ruleset, self._options)
        return bounded(self._context)

    def answer(self, handed: Piece | Question) -> tuple[object, ...]:
        if isinstance(handed, Question):
            return self._asked(handed)
        from alfcheck.pipeline.run import check_batch

        self._watch.obey(handed.bars)
        return check_batch(handed.sessions, self._current())

    def _asked(self, question: Question) -> tuple[object, ...]:
        from alfcheck.pipeline.running import run_rule

        rules = self._ruleset.rules
        rule = rules[question.code].rule
        return tuple(run_rule(rule, rules, *question.subject, within=question.within))


def _leave_interrupts_to_parent() -> None:
    # Ctrl-C reaches the whole group of processes; it is the parent's to act on, who started us with
    # the signal blocked.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _end_with_parent() -> None:
    """Let the system end this process with its parent, also where a loop in C lets no thread run."""
    if sys.platform != "linux":
        return
    import ctypes

    # Where the system cannot do that, a thread follows the parent (`_follow_parent`).
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os._exit(1)


def _lead_group() -> None:
    """Lead a group of processes, so that what plugins start can be ended with this one."""
    if hasattr(os, "setpgid"):
        with suppress(PermissionError):  # it leads one already
            os.setpgid(0, 0)
        # What plugins print reaches the terminal although the group is not in its foreground.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)


def _print_aside() -> None:
    """Send what plugins print to standard error: standard output is the report's."""
    try:
        os.dup2(2, 1)
    except OSError:  # there is none: then nobody is to see it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _keep_from_forks(connection: Connection) -> None:
    """Let nothing that comes of this process hold the connection: its end tells the parent of a death."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=connection.close)
        os.set_inheritable(connection.fileno(), False)


def _follow_parent() -> None:
    """End when the parent does, however busy with a batch."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
