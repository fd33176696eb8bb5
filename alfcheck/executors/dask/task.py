"""What a Dask worker is asked to do: plain functions, of plain values.

Everything is handed over as bytes: what Dask finds in the arguments of a task it looks through for tasks. A
worker keeps the foremen of a run in this module, from one task to the next.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
from threading import Lock
from typing import Any, NamedTuple

from alfcheck.executors.dask.answers import INSTALL, MOUNT, Answer, Refused
from alfcheck.executors.dask.foremen import Foremen
from alfcheck.executors.dask.likeness import Likeness, other_files, other_versions, versions_of
from alfcheck.executors.worker import Piece, Told

__all__ = ["Mission", "greet", "judge", "leave"]


class Mission(NamedTuple):
    """What is the same for all pieces of a run.

    ``optimize`` is how Python runs the command (``-O``), ``folder`` where: plugins may be given from there.
    """

    told: Told
    likeness: Likeness
    optimize: int
    folder: str


_FOREMEN: dict[str, Foremen | Refused] = {}
"""By run: who judges here, or why nobody can."""

_LOCK = Lock()


async def greet(run: str, mission: bytes, dask_worker: Any) -> tuple[str, str] | None:
    """Get ready for a run; give why that cannot be, and the way out."""
    answer = await asyncio.to_thread(_do, run, mission, None, dask_worker.address)
    return (answer.text, answer.way_out) if isinstance(answer, Refused) else None


def judge(run: str, mission: bytes, piece: bytes) -> bytes:
    """Judge the sessions of a piece; give a pickled `Answer`."""
    from distributed import get_worker

    handed: Piece = pickle.loads(piece)  # noqa: S301 - our `Queue` made it, never the data
    answer = _do(run, mission, handed, get_worker().address)
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


async def leave(run: str) -> None:
    """End what was kept for a run, and what still runs of it."""
    foremen = _FOREMEN.pop(run, None)
    if isinstance(foremen, Foremen):
        await asyncio.to_thread(foremen.leave)


def _do(run: str, mission: bytes, piece: Piece | None, address: str) -> Answer:
    with _LOCK:
        foremen = _FOREMEN.get(run)
        if foremen is None:
            foremen = _FOREMEN[run] = _foremen(mission)
    answer = foremen if isinstance(foremen, Refused) else foremen.do(piece)
    if isinstance(answer, Refused):
        who = f"the Dask worker {address} ({socket.gethostname()})"
        return answer._replace(text=f"{who} {answer.text}")
    return answer


def _foremen(packed: bytes) -> Foremen | Refused:
    """Compare this worker with the machine where the command runs, and get ready."""
    mission: Mission = pickle.loads(packed)  # noqa: S301 - our `Cluster` made it, never the data
    likeness = mission.likeness
    others = other_versions(likeness.versions, versions_of(likeness.plugins))
    if others:
        return Refused(f"is not like this machine: {', '.join(others)}", INSTALL)
    other = other_files(likeness)
    if other:
        return Refused(f"does not see the same release: {other}", MOUNT)
    return Foremen(mission.told, mission.optimize, mission.folder)
