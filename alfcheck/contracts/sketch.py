"""What the values of a large file come down to, where its contract asks for no more.

Whether a hundred million numbers are at least 0 is decided by the least of them. A column whose checks are
limits, order and the like is therefore reduced to its extremes while it passes by, and pandera judges those:
it says of them what it would say of all. Where it finds a fault, or order is broken, the file passes by once
more, and its rows are judged one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import Sorted, Unique, WholeNumbers
from alfcheck.contracts.frames import failures
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.plans import ColumnPlan

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Sketch", "is_sketched"]

LIMITS = frozenset(
    {"equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"}
)
"""pandera's checks that all values of a column pass if its least and its greatest do."""

NUMBERS = frozenset(
    {"float32", "float64", *(f"{kind}{size}" for kind in ("int", "uint") for size in (8, 16, 32, 64))}
)
FLOWING = (Sorted, Unique, WholeNumbers)
RISING = Sorted()


def is_sketched(lane: Lane) -> bool:
    """Tell whether a few numbers decide if all values of a lane are sound."""
    if lane.relation is not None or lane.schema.framed(lane.names):
        return False
    if any(True for _ in lane.schema.related(lane.names)):
        return False
    plans = (lane.schema.column(name) for name in lane.names)
    return all(
        plan is None or _is_decided(plan, dtype) for plan, dtype in zip(plans, lane.dtypes, strict=True)
    )


def _is_decided(plan: ColumnPlan, dtype: str) -> bool:
    return (
        dtype in NUMBERS
        and plan.share is None
        and not plan.whole
        and not isinstance(plan.missing, str)
        and all(check.asked is not None and check.asked.builtin in LIMITS for check in plan.rows)
        and all(type(check.function) in FLOWING for check in plan.segmented)
    )


class Sketch:
    """The extremes of the columns of a lane, and whether their order has held so far."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._columns: list[tuple[tuple[str, int], _Column]] = []
        self._frame: dict[str, _Column] = {}
        for name, source, dtype in zip(lane.names, lane.sources, lane.dtypes, strict=True):
            plan = lane.schema.column(name)
            if plan is not None:
                self._frame[name] = column = _Column(plan, dtype)
                self._columns.append((source, column))

    def look(self, piece: Mapping[str, np.ndarray]) -> None:
        """Look at the next rows."""
        for (source, component), column in self._columns:
            values = piece[source]
            if component >= 0:
                values = values[:, component]
            column.look(values if values.ndim == 1 else values.reshape(-1))

    def is_sound(self) -> bool:
        """Tell whether all rows that were seen pass every check."""
        if not all(column.good and column.seen for column in self._frame.values()):
            return False
        frame = {name: column.extremes() for name, column in self._frame.items()}
        return not failures(frame, {name: column.plan for name, column in self._frame.items()})

    def rising(self) -> frozenset[str]:
        """Give the columns whose values never fall: equal ones stand side by side."""
        return frozenset(name for name, column in self._frame.items() if column.rises)


class _Column:
    """One column: ``good`` until an order is broken, ``rises`` until a value falls."""

    def __init__(self, plan: ColumnPlan, dtype: str) -> None:
        self.plan = replace(plan, segmented=())
        self.good = True
        self.seen = self.gaps = False
        self._dtype = dtype
        self._functions = [check.function for check in plan.segmented]
        self._states: list[Any] = [None] * len(self._functions)
        self.rises = any(isinstance(each, Unique) for each in self._functions)
        self._last: Any = None
        self._low: Any = None
        self._high: Any = None

    def look(self, values: np.ndarray) -> None:
        import numpy as np

        if values.dtype.name != self._dtype:
            self.good = False
        if not self.good and not self.rises:
            return
        if self.plan.missing is not None:
            values = values[values != self.plan.missing]
        if not len(values):
            return
        self.seen = True
        low = values.min()
        if low != low:
            self.gaps = True
            values = values[~np.isnan(values)]
            if not len(values):
                return
            low = values.min()
        self._reach(low, values.max() if self.plan.rows else low)
        self._follow(values)

    def _reach(self, low: Any, high: Any) -> None:
        self._low = low if self._low is None else min(low, self._low)
        self._high = high if self._high is None else max(high, self._high)

    def _follow(self, values: np.ndarray) -> None:
        for place, function in enumerate(self._functions):
            if self.good:
                self.good, self._states[place] = function.flows(values, self._states[place])
        if self.rises:
            self.rises, self._last = RISING.flows(values, self._last)

    def extremes(self) -> np.ndarray:
        """Give the least value and the greatest, and a missing one if there is one."""
        import numpy as np

        gap = np.nan if self.gaps else self._low
        low, high = (gap, gap) if self._low is None else (self._low, self._high)
        return np.array([low, high, gap], self._dtype)
