"""What comes back for a piece that was handed to the cluster."""

from __future__ import annotations

from typing import NamedTuple

from alfcheck.watch import Fate, Key

__all__ = ["INSTALL", "LOOK", "MOUNT", "Answer", "Died", "Done", "Refused", "Struck"]

INSTALL = (
    "install the same there, or start the workers in the environment that alfcheck runs in: over the shared "
    "file system that is the simplest"
)
LOOK = "look into the log of the worker"
MOUNT = (
    "mount the shared file system there at the same path; wait a minute if the files are new, for what one "
    "machine writes is not at once seen by all; or check with -j in the place of --dask"
)

Struck = tuple[tuple[Key, Fate], ...]


class Done(NamedTuple):
    """The results of all sessions of a piece, pickled; ``struck`` are the calls that were stopped so far."""

    results: bytes
    struck: Struck = ()


class Died(NamedTuple):
    """The process that judged came to no good end: how, in which call, and which was the last to begin."""

    fate: Fate
    key: Key | None = None
    last: Key | None = None
    struck: Struck = ()


class Refused(NamedTuple):
    """The worker cannot do it: why, said after its name, and the way out."""

    text: str
    way_out: str


Answer = Done | Died | Refused
