"""Releases with planted faults, and what must follow from each of them.

What is expected comes from what was written and spoilt, never from a checker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from alfcheck.demo.faults import FAULTS, Fault, Planted, fault_named, plant_fault
from alfcheck.demo.sessions import LABS, Layout, PlannedSession, plan, write_planned
from alfcheck.demo.signatures import SIGNATURES, Signature

__all__ = ["Demo", "plant", "write_demo", "write_expectations", "write_faulty_release"]

DEMO_SESSIONS = 24
DATASETS_A_SESSION = 15
DEMO_KINDS = (
    "wrong-value",
    "wrong-value-in-table",
    "missing-value",
    "reversed-interval",
    "unsorted-times",
    "reference-past-end",
    "too-few-rows",
    "truncated",
    "object-array",
    "cut-parquet",
    "broken-json",
    "latin1-csv",
    "link-out",
    "revision-not-last",
    "half-written",
    "appledouble",
    "space",
    "unpadded-number",
    "duplicate-session",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A release that was written, and what of it must be indexed: exactly so many datasets and sessions."""

    planted: tuple[Planted, ...]
    datasets: int
    sessions: int

    @property
    def excluded(self) -> tuple[str, ...]:
        """Paths that ONE takes for datasets and that may not be indexed; ``/`` ends a whole session."""
        return tuple(path for fault in self.planted for path in fault.excluded)

    @property
    def not_datasets(self) -> tuple[str, ...]:
        """Paths that ONE itself takes for no dataset, as the ledger writes them."""
        return tuple(path for fault in self.planted for path in fault.not_datasets)


def plant(
    root: Path, sessions: Iterable[PlannedSession], faults: Iterable[Fault], rng: np.random.Generator
) -> tuple[Planted, ...]:
    """Plant each fault in the first session that has what it spoils and that no other fault was put into.

    A fault that this system cannot hold (see `Fault`) is left out. `LookupError` if sessions run out.
    """
    free = list(sessions)
    planted = []
    for fault in faults:
        session = next((each for each in free if (root / each.path / fault.needs).is_file()), None)
        if session is None:
            raise LookupError(f"no session is left that has {fault.needs}, which {fault.kind} spoils")
        try:
            planted.append(plant_fault(root, session.path, fault, rng))
        except OSError:
            if fault.portable:
                raise
        else:
            free.remove(session)
    return tuple(planted)


def write_demo(root: Path, seed: int = 0) -> Demo:
    """Write a small release of 24 sessions, most with one of the faults that happen to every lab."""
    return write_faulty_release(root, [fault_named(kind) for kind in DEMO_KINDS], DEMO_SESSIONS, seed=seed)


def write_faulty_release(
    root: Path,
    faults: Sequence[Fault] = FAULTS,
    sessions: int = 0,
    *,
    labs: Sequence[str] = LABS,
    seed: int = 0,
    layout: Layout = "lab",
) -> Demo:
    """Write a release with one fault in each session, and sound ones up to the number of sessions."""
    signatures = [_signature_with(fault.needs) for fault in faults]
    sound = max(0, sessions - len(signatures))
    signatures += [SIGNATURES[index % len(SIGNATURES)] for index in range(sound)]
    planned = plan(signatures, labs, layout)
    write_planned(root, planned, seed)
    planted = plant(root, planned, faults, np.random.default_rng([seed, len(planned)]))
    return Demo(
        planted=planted,
        datasets=DATASETS_A_SESSION * len(planned) - sum(fault.damage.datasets for fault in planted),
        sessions=len(planned) - sum(fault.damage.sessions for fault in planted),
    )


@cache
def _signature_with(path: str) -> Signature:
    """Give the first signature that has a file."""
    return next(each for each in SIGNATURES if path in each.build(np.random.default_rng(0)))


def write_expectations(demo: Demo, folder: Path) -> tuple[Path, Path]:
    """Write ``planted.txt`` (a path a line) and ``expected.json`` into a folder outside the release.

    The lines are patterns: what a line cannot hold, such as the line feed that ends a name, is ``?``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / "planted.txt"
    lines.write_text("".join(f"{_as_pattern(path)}\n" for path in demo.excluded), encoding="utf-8")
    expected = folder / "expected.json"
    numbers = {"datasets": demo.datasets, "sessions": demo.sessions}
    expected.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return lines, expected


def _as_pattern(path: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "?", path)
