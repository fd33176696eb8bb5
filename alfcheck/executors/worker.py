"""A worker process: it rebuilds the ruleset, proves that it is the same, and checks what it is handed."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alfcheck.pipeline.state import Context, Options
    from alfcheck.plugins import Request

__all__ = ["READY", "REFUSED", "work"]

READY = "ready"
REFUSED = "refused"


def work(connection: Connection, request: Request, options: Options, fingerprint: str) -> None:
    """Check batches until the parent closes the connection, or is gone."""
    _leave_interrupts_to_parent()
    Thread(target=_follow_parent, daemon=True, name="follows the parent").start()
    from alfcheck.errors import AlfcheckError
    from alfcheck.pipeline.state import Context
    from alfcheck.plugins import load_ruleset

    with suppress(EOFError, OSError):
        try:
            ruleset = load_ruleset(request)
            if ruleset.fingerprint != fingerprint:
                connection.send((REFUSED, _others()))
                return
            _serve(connection, Context(ruleset, options))
        except AlfcheckError as error:
            connection.send((REFUSED, str(error)))
            return
    sys.stdout.flush()
    os._exit(0)


def _serve(connection: Connection, context: Context) -> None:
    from alfcheck.executors.memory import collect_batch
    from alfcheck.pipeline.run import check_batch

    gc.disable()
    connection.send((READY, ""))
    while True:
        batch = connection.recv()
        connection.send(check_batch(batch, context))
        collect_batch()


def _leave_interrupts_to_parent() -> None:
    # Ctrl-C reaches the whole group of processes; it is the parent's to act on, who started us with
    # the signal blocked.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _follow_parent() -> None:
    """End when the parent does, however busy with a batch."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _others() -> str:
    return (
        "a worker process loaded other rules than its parent: a plugin offers different ones each time, or "
        "was changed meanwhile; mend it, or run with -j 1"
    )
