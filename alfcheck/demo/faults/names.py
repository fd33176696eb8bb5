"""Faults of names: files and folders that ONE cannot open or find again, or that were never data."""

from __future__ import annotations

import os
from collections.abc import Callable

from alfcheck.demo.faults.site import Damage, Fault, Site

__all__ = ["NAME_FAULTS"]

INTERVALS = "alf/_ibl_trials.intervals.npy"
SLOW = "alf/trials.choice" + ".x" * 22 + ".npy-old"


def _copy(path: str, *, dataset: bool) -> Callable[[Site], Damage]:
    """Make the function that leaves a copy of a sound file under a bad name.

    ``dataset`` says whether ONE takes the name for a dataset.
    """

    def damage(site: Site) -> Damage:
        site.add(path, (site.folder / INTERVALS).read_bytes())
        bad = (site.inside(path),)
        return Damage(excluded=bad) if dataset else Damage(not_datasets=bad)

    return damage


def _not_utf8(site: Site) -> Damage:
    """Name a copy in Latin-1; the ledger writes the byte as ``\\xe9``."""
    name = b"alf/_ibl_trials.dur\xe9e.npy"
    site.add(os.fsdecode(name), (site.folder / INTERVALS).read_bytes())
    return Damage(not_datasets=(site.inside("alf/_ibl_trials.dur\\xe9e.npy"),))


def _extra(kind: str, code: str, path: str, description: str, *, dataset: bool = False) -> Fault:
    return Fault(
        kind, (code,), INTERVALS, description, _copy(path, dataset=dataset), portable=path.isprintable()
    )


NAME_FAULTS: tuple[Fault, ...] = (
    _extra(
        "revision-not-last",
        "ALF104",
        "alf/#2024-06-07#/probe00/_ibl_trials.intervals.npy",
        "A revision folder with a folder in it.",
        dataset=True,
    ),
    _extra(
        "two-revisions",
        "ALF104",
        "alf/#2024-06-07#/#2024-06-08#/_ibl_trials.intervals.npy",
        "A revision within a revision.",
        dataset=True,
    ),
    _extra("slow-name", "ALF105", SLOW, "A name on which ONE's own expression takes a second."),
    _extra(
        "decomposed-unicode",
        "ALF110",
        "alf/mare\u0301e.times.npy",
        "An accent as a character of its own, as macOS writes it.",
    ),
    Fault("not-utf8", ("ALF111",), INTERVALS, "A name in Latin-1.", _not_utf8, portable=False),
    _extra("control-character", "ALF112", "alf/_ibl_trials.inter\x07vals.npy", "A bell in a name."),
    _extra(
        "trailing-newline",
        "ALF112",
        "alf/_ibl_trials.intervals.npy\n",
        "A name that ends in a line feed.",
        dataset=True,
    ),
    _extra(
        "half-written",
        "ALF113",
        "alf/_ibl_trials.intervals.npy.part",
        "A download that never ended.",
        dataset=True,
    ),
    _extra("swap-file", "ALF113", "alf/._ibl_trials.intervals.npy.swp", "What an editor left behind."),
    _extra(
        "checkpoint", "ALF113", "alf/_ibl_trials.intervals-checkpoint.npy", "What a notebook left behind."
    ),
    _extra("appledouble", "ALF113", "alf/.__ibl_trials.intervals.npy", "What macOS leaves on foreign disks."),
    _extra("space", "ALF101", "alf/_ibl_trials intervals.npy", "A space in a name."),
)
