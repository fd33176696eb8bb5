"""What of a run's options the map needs to know, in values that travel to workers and into cache keys."""

from __future__ import annotations

from typing import NamedTuple

from alfcheck.pipeline.weights import Weights

__all__ = ["Options", "Required"]


class Required(NamedTuple):
    """Which contracts about sessions are required of which sessions.

    ``labels`` are those of contracts. ``paths`` are what the user asked for (none: the whole release):
    a session is judged where all of it was asked for. ``unseen`` are files and folders that are there, but
    could not be given to a session.
    """

    labels: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()


class Options(NamedTuple):
    """What of a run's options the map needs to know; it travels to workers.

    ``deadline`` is how many seconds one call to a plugin may take.
    """

    root: str
    hashes: bool = False
    names_only: bool = False
    select: tuple[str, ...] = ()
    weights: Weights = Weights()
    required: Required = Required()
    deadline: float = 60.0
