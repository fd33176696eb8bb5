"""The share of missing values: counted over a whole file, in whatever pieces it comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from alfcheck.contracts.faults import SHOWN, Faults
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.plans import CheckPlan
from alfcheck.model import Severity

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Shares"]


@dataclass(slots=True)
class _Count:
    lane: Lane
    share: float
    missing: int = 0
    total: int = 0
    rows: list[int] = field(default_factory=list)


class Shares:
    """Counts the missing values of columns of which only a share may be missing."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, str, str], _Count] = {}

    def look(self, ref: int, lane: Lane, column: str, share: float, gaps: np.ndarray, first_row: int) -> None:
        """Count the missing values of a file, or of a piece of it that begins at `first_row`."""
        import numpy as np

        key = (ref, lane.contract.label, column)
        count = self._counts.setdefault(key, _Count(lane, share))
        count.total += len(gaps)
        places = np.flatnonzero(gaps)
        count.missing += len(places)
        if len(places) and len(count.rows) < SHOWN:
            rows = dict.fromkeys((places[: SHOWN * lane.width] // lane.width + first_row).tolist())
            count.rows = list(dict.fromkeys([*count.rows, *rows]))[:SHOWN]

    def tell(self, faults: Faults) -> None:
        """Note the columns of which too much is missing."""
        for (ref, _, column), count in self._counts.items():
            # 0.29 * 100 is less than 29: shares are compared as they were written.
            if count.missing > Fraction(repr(count.share)) * count.total:
                plan = CheckPlan(None, "missing_share", _allowed(count.share), Severity.ERROR, "ALF309")
                note = _message(column, count)
                faults.share(ref, count.lane, column, plan, count.missing, count.rows, note)
        self._counts.clear()


def _allowed(share: float) -> str:
    return f"missing in at most {100 * share:.6g} % of the values" if share else "never missing"


def _message(column: str, count: _Count) -> str:
    where = f"row{'s' if len(count.rows) > 1 else ''} {', '.join(map(str, count.rows))}"
    more = ", …" if count.missing > len(count.rows) else ""
    found = 100 * count.missing / count.total
    return (
        f"{count.missing} of {count.total} values of {column} are missing ({where}{more}): {found:.3g} %, "
        f"where at most {100 * count.share:.6g} % may be"
    )
