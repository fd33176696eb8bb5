"""Runs with a cache, for tests: one of the test's own, that believes files at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import alfcheck
from alfcheck.cache import FOLDER, LIMIT
from alfcheck.caching import judges
from alfcheck.executors import serial
from alfcheck.report import Report

__all__ = ["CachedRun", "cached", "own_cache", "same"]

TICK = 0.02
"""Seconds after which a change has another time, whatever the clock of the file system."""


@dataclass(frozen=True, slots=True)
class CachedRun:
    """A report, and the sessions that were checked for it: the others came from the cache."""

    report: Report
    checked: tuple[str, ...]


@contextmanager
def own_cache(folder: Path) -> Iterator[Path]:
    """Use a cache in a folder; what was written a moment ago is not too fresh to be believed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        patch.delenv(LIMIT, raising=False)
        patch.setattr(judges, "MARGIN", -(10**18))
        yield folder


def cached(*paths: Path, **options: Any) -> CachedRun:
    """Check with the cache, in this process."""
    checked: list[str] = []
    check_batch = serial.check_batch

    def noted(sessions: Any, context: Any) -> Any:
        checked.extend(session.path for session in sessions)
        return check_batch(sessions, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serial, "check_batch", noted)
        report = alfcheck.check(*paths, cache=True, **options)
    return CachedRun(report, tuple(checked))


def same(one: Report, other: Report) -> bool:
    """Tell whether two reports say the same of the data."""
    return (one.findings, one.ledger, one.waived, one.contracts, one.exit_code()) == (
        other.findings,
        other.ledger,
        other.waived,
        other.contracts,
        other.exit_code(),
    )
