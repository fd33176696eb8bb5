"""Faults of layout: sessions that ONE lists and cannot open, or cannot tell apart."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from alfcheck.demo.faults.site import Damage, Fault, Site

__all__ = ["LAYOUT_FAULTS"]

SETTINGS = "raw_behavior_data/_iblrig_taskSettings.raw.json"
Parts = tuple[str, ...]


def _moved(kind: str, code: str, description: str, place: Callable[[Parts, Parts], str]) -> Fault:
    """Make the fault that moves a whole session.

    ``place`` is given what comes before the subject, and subject, date and number.
    """

    def damage(site: Site) -> Damage:
        parts = PurePosixPath(site.session).parts
        new = place(parts[:-3], parts[-3:])
        target = site.root / new
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(site.folder, target)
        _prune(site.folder.parent, site.root)
        return Damage(excluded=(f"{new}/",), datasets=len(site.files), sessions=1)

    return Fault(kind, (code,), SETTINGS, description, damage)


def _prune(folder: Path, root: Path) -> None:
    """Remove the folders that a move left empty, up to the root."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _unpadded(before: Parts, session: Parts) -> str:
    subject, date, number = session
    return "/".join((*before, subject, date, str(int(number))))


def _impossible_date(before: Parts, session: Parts) -> str:
    subject, date, number = session
    return "/".join((*before, subject, f"{date[:4]}-02-30", number))


def _extra_parents(before: Parts, session: Parts) -> str:
    return "/".join((*before, "archive", *session))


def _no_subjects(before: Parts, session: Parts) -> str:
    return "/".join((before[0] if before else "somelab", *session))


def _duplicate(site: Site) -> Damage:
    """Copy a session to another lab, under the same subject, date and number."""
    own = PurePosixPath(site.session).parts
    labs = sorted(path.parent.name for path in site.root.glob("*/Subjects"))
    other = next((lab for lab in labs if lab != own[0]), "otherlab")
    new = "/".join((other, "Subjects", *own[-3:]))
    shutil.copytree(site.folder, site.root / new)
    both = (f"{site.session}/", f"{new}/")
    return Damage(excluded=both, datasets=len(site.files), sessions=1)


LAYOUT_FAULTS: tuple[Fault, ...] = (
    _moved("unpadded-number", "ALF106", "A session number without its zeros.", _unpadded),
    _moved("impossible-date", "ALF107", "A session on the 30th of February.", _impossible_date),
    _moved("extra-parents", "ALF108", "A session under a folder too many.", _extra_parents),
    _moved("lab-without-subjects", "ALF108", "A lab folder without Subjects in it.", _no_subjects),
    Fault("duplicate-session", ("ALF601",), SETTINGS, "One session in two labs.", _duplicate),
)
