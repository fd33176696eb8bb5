"""Follow a symbolic link by hand, one component at a time, opening nothing.

The walk knows that the folder of the link is real, so only the link's own target is looked at; the last
``lstat`` of the way is the only ``stat`` that the target gets.
"""

from __future__ import annotations

import os
import stat
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Fault", "Target", "follow"]

_MOST_HOPS = 40  # as Linux


class Fault(StrEnum):
    """Why a link leads to nothing that can be looked at."""

    ABSENT = "what it leads to does not exist"
    LOOP = "it leads back to itself"
    UNREADABLE = "its way cannot be looked at"


class Target(NamedTuple):
    """Where a link leads: an absolute path, and what is there or why nothing is."""

    path: str
    stat: os.stat_result | None
    fault: Fault | None = None

    @property
    def is_folder(self) -> bool:
        """Say whether the link leads to a folder."""
        return self.stat is not None and stat.S_ISDIR(self.stat.st_mode)

    def is_inside(self, root: str) -> bool:
        """Say whether the link leads to ``root``, a real path, or to something below it."""
        return self.path == root or self.path.startswith(root.rstrip(os.sep) + os.sep)


def follow(folder: str, target: str) -> Target:
    """Resolve what a link in ``folder``, a real absolute path, says."""
    here, todo = _begin(folder, target)
    found: os.stat_result | None = None
    hops = 1
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            here, found = os.path.dirname(here), None
            continue
        path = os.path.join(here, part)
        try:
            found = os.lstat(path)
            if stat.S_ISLNK(found.st_mode):
                hops += 1
                here, more = _begin(here, os.readlink(path))
                todo += more
                found = None
            elif todo and not stat.S_ISDIR(found.st_mode):
                return _stopped(path, todo, Fault.ABSENT)
            else:
                here = path
        except OSError as error:
            return _stopped(path, todo, _fault(error))
        if hops > _MOST_HOPS:
            return _stopped(path, todo, Fault.LOOP)
    try:
        return Target(here, found or os.lstat(here))
    except OSError as error:
        return _stopped(here, [], _fault(error))


def _begin(folder: str, target: str) -> tuple[str, list[str]]:
    """Give the folder to start from and the components to take, last first."""
    drive, rest = os.path.splitdrive(target)
    if os.path.isabs(target):
        folder = drive + os.sep
    return folder, rest.split(os.sep)[::-1]


def _stopped(path: str, todo: list[str], fault: Fault) -> Target:
    return Target(os.path.normpath(os.path.join(path, *reversed(todo))), None, fault)


def _fault(error: OSError) -> Fault:
    return Fault.ABSENT if isinstance(error, FileNotFoundError) else Fault.UNREADABLE
