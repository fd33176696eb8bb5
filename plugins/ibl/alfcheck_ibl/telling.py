"""Say of trials (steps, clusters) that break a rule what the IBL's quality control would: by their share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alfcheck import ObjectTable, Problem, Severity

if TYPE_CHECKING:
    import numpy as np

__all__ = ["by_ibl", "paths_of", "problems_by_share", "severity_of"]

SHOWN = 5
"""Rows that a message shows."""


def by_ibl(table: ObjectTable) -> bool:
    """Tell whether all files of a table have the IBL's namespace: the limits are for its own rigs."""
    return all(path.rpartition("/")[2].startswith("_ibl_") for path in table.paths)


def paths_of(table: ObjectTable, columns: Sequence[str]) -> tuple[str, ...]:
    """Give the files that hold some columns."""
    return tuple(sorted({table.path(name) for name in columns}))


def severity_of(bad: int, due: int, settings: Mapping[str, Any], fails: bool) -> Severity | None:
    """Give what a share of faults weighs, or ``None`` where it passes.

    The IBL's verdict is PASS for 99 % of the trials or more, WARNING for 90 %, else FAIL; some of its checks
    never FAIL.
    """
    if not due or bad / due <= settings["warning_share"]:
        return None
    return Severity.ERROR if fails and bad / due > settings["error_share"] else Severity.WARNING


def problems_by_share(
    bad: np.ndarray,
    due: np.ndarray,
    what: str,
    settings: Mapping[str, Any],
    *,
    datasets: tuple[str, ...],
    column: str | None = None,
    expected: str | None = None,
    things: str = "trials",
    fails: bool = True,
) -> Iterator[Problem]:
    """Give one problem of the rows that are ``bad`` among those ``due`` (two masks), if their share is too
    large.

    ``what`` completes "3 of 400 trials: ...".
    """
    import numpy as np

    rows = np.flatnonzero(bad & due)
    total = int(np.count_nonzero(due))
    severity = severity_of(len(rows), total, settings, fails)
    if severity is None or not len(rows):
        return
    shown = tuple(int(row) for row in rows[:SHOWN])
    place = (
        f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, shown))}{', …' if len(rows) > SHOWN else ''}"
    )
    yield Problem(
        message=f"{len(rows)} of {total} {things} ({len(rows) / total:.1%}): {what} ({place})",
        severity=severity,
        column=column,
        expected=expected,
        rows=shown,
        count=len(rows),
        datasets=datasets,
    )
