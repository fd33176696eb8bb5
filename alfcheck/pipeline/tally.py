"""The values of one reference that point past their target, counted as they pass by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alfcheck.contracts.faults import SHOWN, brief
from alfcheck.model import Problem, Severity
from alfcheck.relations import Pointer

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """A reference on its way: its pointer, the column that refers, the rows of its target, what lies outside.

    ``where`` and ``values`` are samples, the same however the rows were cut into pieces. ``void`` is set
    when what only bears an object's name holds measures, not row numbers (``clusters.waveforms``).
    """

    pointer: Pointer
    column: str
    rows: int
    seen: int = 0
    count: int = 0
    where: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    more: bool = False
    void: bool = False

    def look(self, values: np.ndarray) -> None:
        """Look at the next rows; an array with several values a row counts each of them."""
        import numpy as np

        first = self.seen
        self.seen += len(values)
        self.void |= self.pointer.claim.contract is None and values.ndim > 1
        width = values[0].size if values.ndim > 1 and len(values) else 1
        flat = values.reshape(-1)
        missing = self.pointer.claim.missing
        if not len(flat) or (missing is None and self._all_within(flat)):
            return
        outside = ~((flat >= 0) & (flat < self.rows))
        if flat.dtype.kind == "f":
            fractions = (flat != np.floor(flat)) & ~np.isnan(flat)
            self.void |= self.pointer.claim.contract is None and bool(fractions.any())
            outside = (outside | fractions) & ~np.isnan(flat)
        if missing is not None:
            outside &= flat != missing
        positions = np.flatnonzero(outside)
        self.count += len(positions)
        for position in positions:
            if not self._show(first + int(position) // width, flat[position]):
                break

    def _show(self, row: int, value: object) -> bool:
        """Take a value for an example; tell whether there is room for more."""
        if row not in self.where:
            if len(self.where) == SHOWN:
                self.more = True
                return False
            self.where.append(row)
        text = brief(value)
        if text not in self.values and len(self.values) < SHOWN:
            self.values.append(text)
        return True

    def _all_within(self, flat: np.ndarray) -> bool:
        # Two reductions settle nearly every file; NaN makes the comparison false.
        return flat.dtype.kind in "iu" and bool(flat.min() >= 0) and bool(flat.max() < self.rows)

    def problem(self, name: str) -> Problem | None:
        """Tell of what points outside, if anything does."""
        if self.void or not self.count:
            return None
        claim = self.pointer.claim
        more = ", …" if self.more else ""
        return Problem(
            message=f"{self.count} values of {name} point outside {claim.target!r}, which has {self.rows} "
            f"rows (row{'s' if len(self.where) > 1 else ''} {', '.join(map(str, self.where))}{more}: "
            f"{', '.join(self.values)})",
            severity=Severity.ERROR if claim.contract else Severity.WARNING,
            contract=claim.contract,
            column=name.partition(".")[2],
            check="reference",
            expected=f"0 to {self.rows - 1}" if self.rows else f"no values, since {claim.target!r} is empty",
            rows=tuple(self.where),
            count=self.count,
            fix=f"save {name} and {claim.target!r} from the same run of the program that wrote them",
        )
