"""Faults of the file system: what stands where a file should be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from alfcheck.demo.faults.site import Damage, Fault, Site

__all__ = ["LINK_FAULTS"]

CHOICE = "alf/_ibl_trials.choice.npy"


def _fault(kind: str, code: str, description: str, make: Callable[[Path], None]) -> Fault:
    """Make the fault that puts something else where the choices are.

    It is made under another name and moved into place, so that a system that cannot make it keeps its
    file.
    """

    def damage(site: Site) -> Damage:
        target = site.folder / CHOICE
        aside = target.with_name(target.name + ".new")
        make(aside)
        os.replace(aside, target)
        return Damage(excluded=(site.inside(CHOICE),), datasets=1)

    return Fault(kind, (code,), CHOICE, description, damage, portable=False)


def _link_out(path: Path) -> None:
    """Link to a file that exists wherever Python does, outside of any release."""
    path.symlink_to(os.__file__)


def _fifo(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        raise OSError("this system has no FIFOs")
    os.mkfifo(path)


LINK_FAULTS: tuple[Fault, ...] = (
    _fault("link-out", "ALF114", "A link to a file outside the release.", _link_out),
    _fault(
        "dangling-link", "ALF115", "A link to nothing.", lambda path: path.symlink_to("_ibl_trials.gone.npy")
    ),
    _fault("link-loop", "ALF115", "A link to itself.", lambda path: path.symlink_to(Path(CHOICE).name)),
    _fault("fifo", "ALF117", "A FIFO, which would make any reader wait for ever.", _fifo),
)
