"""What a fault is, where it is planted, and what is known of it afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Damage", "Fault", "Planted", "Site", "plant_fault"]


@dataclass(frozen=True, slots=True)
class Site:
    """A clean session about to be spoilt; ``session`` is relative to ``root``, ``files`` to the session."""

    root: Path
    session: str
    files: tuple[str, ...]
    rng: np.random.Generator

    @property
    def folder(self) -> Path:
        """Give the session's folder."""
        return self.root / self.session

    def inside(self, path: str) -> str:
        """Give a session-relative path as one relative to the root."""
        return f"{self.session}/{path}"

    def rewrite(self, path: str, data: bytes) -> None:
        """Replace a file's bytes and keep its date, as a tool that spoils it silently would."""
        target = self.folder / path
        dates = target.stat().st_mtime_ns
        target.write_bytes(data)
        os.utime(target, ns=(dates, dates))

    def add(self, path: str, data: bytes) -> None:
        """Put a file into the session, dated like the others."""
        target = self.folder / path
        dates = (self.folder / self.files[0]).stat().st_mtime_ns
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        os.utime(target, ns=(dates, dates))


@dataclass(frozen=True, slots=True)
class Damage:
    """What planting did.

    ``excluded`` are paths relative to the root that may not be indexed (ending in ``/`` for a whole
    session); ``not_datasets`` those whose names ONE itself takes for no dataset, written as the ledger
    writes them; ``datasets`` and ``sessions`` count what was sound before and no longer is.
    """

    excluded: tuple[str, ...] = ()
    not_datasets: tuple[str, ...] = ()
    datasets: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault.

    ``codes`` are prefixes of finding codes, any of which is a right answer; ``needs`` is the
    session-relative file that it spoils, and ``damage`` does it. One that is not ``portable`` cannot be
    planted on every system.
    """

    kind: str
    codes: tuple[str, ...]
    needs: str
    description: str
    damage: Callable[[Site], Damage]
    portable: bool = True


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault in one session, and all that must follow from it."""

    kind: str
    codes: tuple[str, ...]
    description: str
    session: str
    damage: Damage

    @property
    def excluded(self) -> tuple[str, ...]:
        """Paths that ONE takes for datasets and that may not be indexed."""
        return self.damage.excluded

    @property
    def not_datasets(self) -> tuple[str, ...]:
        """Paths that are no datasets, and that may not be indexed either."""
        return self.damage.not_datasets


def plant_fault(root: Path, session: str, fault: Fault, rng: np.random.Generator) -> Planted:
    """Spoil one clean session; `LookupError` if it lacks the file that the fault needs.

    Raises `OSError` where the system cannot hold a fault that is not portable (a name that is not UTF-8
    on macOS, a FIFO on Windows); the session is then as sound as before.
    """
    folder = root / session
    files = tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))
    if fault.needs not in files:
        raise LookupError(f"{session} has no {fault.needs}, which {fault.kind} spoils")
    damage = fault.damage(Site(root, session, files, rng))
    return Planted(fault.kind, fault.codes, fault.description, session, damage)
