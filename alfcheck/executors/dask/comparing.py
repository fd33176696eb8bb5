"""All workers are looked at before anything runs: they must find what this machine would find."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from alfcheck.errors import UsageError
from alfcheck.executors.dask.answers import INSTALL
from alfcheck.executors.dask.likeness import Likeness
from alfcheck.executors.dask.task import greet
from alfcheck.traces import said

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["require_like_workers"]

SHOWN = 3
"""Workers that are named, of those that will not do."""


def require_like_workers(client: Client, run: str, mission: bytes, likeness: Likeness) -> None:
    """Compare the scheduler and the workers with this machine; raises `UsageError`.

    Those that come later compare themselves when they get their first task.
    """
    _require_like_scheduler(client, likeness.versions)
    # A function of the standard library travels by its name: it also tells where there is no alfcheck.
    there = _asked(client, version, "alfcheck")
    ours = likeness.versions["alfcheck"]
    _refuse({who: _other(who, found, ours) for who, found in there.items() if found != ours})
    there = _asked(client, greet, run, mission)
    _refuse({who: _unable(who, found) for who, found in there.items() if found is not None})


def _asked(client: Client, function: Any, *arguments: object) -> Mapping[str, Any]:
    """Ask all workers; what a worker raises is its answer.

    Those that have just gone are left out, which is an `OSError`: who is there all the same compares itself
    when it gets its first task.
    """
    answers: Mapping[str, Any] = client.run(function, *arguments, on_error="return")
    return {who: found for who, found in answers.items() if not isinstance(found, OSError)}


def _require_like_scheduler(client: Client, ours: Mapping[str, str]) -> None:
    theirs = client.run_on_scheduler(version, "distributed")
    if theirs != ours["distributed"]:
        raise UsageError(
            f"the Dask scheduler runs distributed {theirs}, and here is {ours['distributed']}: they must be "
            "the same; start the scheduler and its workers in the environment that alfcheck runs in"
        )


def _other(worker: str, found: object, ours: str) -> tuple[str, str]:
    what = f"has alfcheck {found}, and here is {ours}" if isinstance(found, str) else "has no alfcheck"
    return f"the Dask worker {worker} {what}", INSTALL


def _unable(worker: str, found: object) -> tuple[str, str]:
    if isinstance(found, BaseException):
        return f"the Dask worker {worker} cannot judge: {said(found)}", INSTALL
    assert isinstance(found, tuple)
    text, way_out = found
    return text, way_out


def _refuse(unlike: Mapping[str, tuple[str, str]]) -> None:
    if not unlike:
        return
    named = [unlike[who] for who in sorted(unlike)]
    texts = [text for text, _ in named[:SHOWN]]
    if len(named) > SHOWN:
        texts.append(f"and {len(named) - SHOWN} more workers")
    raise UsageError(f"{'; '.join(texts)}; {named[0][1]}")
