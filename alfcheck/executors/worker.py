"""A worker process: it rebuilds the ruleset, proves that it is the same, and checks what it is handed."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alfcheck.pipeline.state import Options
    from alfcheck.plugins import Request

__all__ = ["READY", "REFUSED", "work"]

READY = "ready"
REFUSED = "refused"


def work(connection: Connection, request: Request, options: Options, fingerprint: str) -> None:
    """Check batches until the parent closes the connection."""
    # Ctrl-C reaches the whole group of processes; it is the parent's to act on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from alfcheck.errors import AlfcheckError
    from alfcheck.pipeline.run import check_batch
    from alfcheck.pipeline.state import Context
    from alfcheck.plugins import load_ruleset

    try:
        ruleset = load_ruleset(request)
    except AlfcheckError as error:
        connection.send((REFUSED, str(error)))
        return
    if ruleset.fingerprint != fingerprint:
        connection.send((REFUSED, "a worker process loaded other rules than its parent"))
        return
    context = Context(ruleset, options)
    connection.send((READY, ""))
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            break
        connection.send(check_batch(batch, context))
    sys.stdout.flush()
    os._exit(0)
