"""The bench: columns of many files laid end to end, and judged by pandera at once.

One pandera call costs a millisecond or two however small the file. Columns with the same contract and
signature are therefore collected over the files of a batch and validated together; a failing row is
traced back to its file. Pieces of a large file pass the same way, with the state of its ordered checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import Segmented, TooLarge
from alfcheck.contracts.compile import CheckPlan, ColumnPlan
from alfcheck.contracts.faults import MISSING, Faults
from alfcheck.contracts.frames import Failure, validate
from alfcheck.contracts.plan import VALUELESS, Lane
from alfcheck.model import Severity

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Bench"]

FLUSH_VALUES = 4_000_000
"""Values after which a group is judged, so that the memory of a batch stays bounded."""

_NULL = CheckPlan(None, MISSING, "never missing", Severity.ERROR, "ALF304")
_DTYPE = CheckPlan(None, "dtype", "", Severity.ERROR, "ALF301")


@dataclass(slots=True)
class _Group:
    """Segments of one lane key: for each column its arrays, and of each segment file and first row."""

    lane: Lane
    arrays: list[list[np.ndarray]]
    refs: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    values: int = 0
    pieces: bool = False


class Bench:
    """Collects columns and judges them in groups; the faults are in `faults` after `finish`."""

    def __init__(self, flush_values: int = FLUSH_VALUES) -> None:
        self.faults = Faults()
        self._flush_values = flush_values
        self._groups: dict[object, _Group] = {}
        self._states: dict[tuple[int, str, str, int], Any] = {}

    def add(
        self, ref: int, lane: Lane, piece: Mapping[str, np.ndarray], first_row: int, *, whole: bool
    ) -> None:
        """Lay the columns of a file on the bench, or (not `whole`) of one piece of it."""
        group = self._groups.get(lane.key)
        if group is None:
            group = self._groups[lane.key] = _Group(lane, [[] for _ in lane.names])
        size = 0
        for arrays, (source, component), dtype in zip(group.arrays, lane.sources, lane.dtypes, strict=True):
            values = piece[source]
            if component >= 0:
                values = values[:, component]
            elif values.ndim > 1:
                values = values.reshape(-1)
            arrays.append(values if dtype != VALUELESS else _without_values(len(values)))
            size += len(values)
        group.refs.append(ref)
        group.offsets.append(first_row)
        group.pieces |= not whole
        group.values += size
        if group.values >= self._flush_values:
            self._judge(self._groups.pop(lane.key))

    def finish(self) -> None:
        """Judge what still lies on the bench."""
        while self._groups:
            _, group = self._groups.popitem()
            self._judge(group)

    def _judge(self, group: _Group) -> None:
        import numpy as np

        lengths = np.array([len(array) for array in group.arrays[0]])
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        frame = {
            name: arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
            for name, arrays in zip(group.lane.names, group.arrays, strict=True)
        }
        _Judge(self.faults, group, frame, bounds).run(self._states)


class _Judge:
    """One group on its way through pandera."""

    def __init__(
        self, faults: Faults, group: _Group, frame: Mapping[str, np.ndarray], bounds: np.ndarray
    ) -> None:
        self.faults = faults
        self.lane = group.lane
        self.refs = group.refs
        self.offsets = group.offsets
        self.pieces = group.pieces
        self.frame = frame
        self.bounds = bounds

    def run(self, states: dict[tuple[int, str, str, int], Any]) -> None:
        if self.lane.relation is not None:
            self._relate(self.lane.names, self.lane.relation, alone=self.lane.by_file)
            return
        columns = dict(self._columns())
        for failure in validate(self.frame, columns):
            self._note(failure, columns)
        for name, plan in columns.items():
            for check in plan.whole:
                self._each_file(name, plan, check)
            for check in plan.segmented:
                self._segments(name, check, states)
        self._relations()

    def _columns(self) -> Iterator[tuple[str, ColumnPlan]]:
        for name, dtype in zip(self.lane.names, self.lane.dtypes, strict=True):
            plan = self.lane.schema.column(name)
            if plan is not None:
                yield name, plan if dtype != VALUELESS else replace(plan, dtype=None)

    def _note(self, failure: Failure, columns: Mapping[str, ColumnPlan]) -> None:
        """Trace what pandera found back to the files it came from."""
        name = failure.column
        plan = failure.plan or (_NULL if failure.kind == "null" else _DTYPE)
        if failure.kind == "crash" or (failure.positions is None and failure.kind == "check"):
            assert failure.plan is not None
            self._each_file(name, columns[name], failure.plan)
        elif failure.positions is None:
            for ref in dict.fromkeys(self.refs):
                self.faults.whole(ref, self.lane, name, plan, failure.text)
        else:
            self._rows(name, plan, failure.positions, self.frame[name])

    def _rows(self, name: str, plan: CheckPlan, positions: np.ndarray, values: Any) -> None:
        import numpy as np

        segment = np.searchsorted(self.bounds, positions, side="right") - 1
        for index in np.unique(segment):
            own = positions[segment == index]
            rows = (own - self.bounds[index]) // self.lane.width + self.offsets[index]
            shown = [values[position] for position in own[:5]]
            self.faults.rows(self.refs[index], self.lane, name, plan, rows, shown)

    def _slices(self) -> Iterator[tuple[int, int, slice]]:
        for index, ref in enumerate(self.refs):
            yield index, ref, slice(int(self.bounds[index]), int(self.bounds[index + 1]))

    def _each_file(self, name: str, plan: ColumnPlan, check: CheckPlan) -> None:
        """Run one check on each file alone: it needs whole files, or is to be blamed on one."""
        alone = ColumnPlan(True, None, (check,), (), ())
        for index, ref, part in self._slices():
            piece = self.frame[name][part]
            for failure in validate({name: piece}, {name: alone}):
                if failure.kind == "crash":
                    self.faults.whole(ref, self.lane, name, _crashed(check), failure.text)
                elif failure.positions is None:
                    self.faults.whole(ref, self.lane, name, check)
                else:
                    rows = failure.positions // self.lane.width + self.offsets[index]
                    shown = [piece[position] for position in failure.positions[:5]]
                    self.faults.rows(ref, self.lane, name, check, rows, shown)

    def _segments(self, name: str, check: CheckPlan, states: dict[tuple[int, str, str, int], Any]) -> None:
        import numpy as np
        import pandas as pd

        function: Segmented = check.check._check_fn
        values = self.frame[name]
        missing = pd.isna(values)
        if not self.pieces and not missing.any() and _clean(function, values, self.bounds):
            return
        for index, ref, part in self._slices():
            key = (ref, self.lane.contract.label, name, id(check))
            kept = np.flatnonzero(~missing[part])
            try:
                good, states[key] = function.segment(values[part][kept], states.get(key))
            except TooLarge as error:
                self.faults.whole(ref, self.lane, name, _too_large(check), str(error))
                continue
            except Exception as error:
                self.faults.whole(ref, self.lane, name, _crashed(check), _last_line(check, error))
                continue
            bad = kept[~good]
            if len(bad):
                rows = bad // self.lane.width + self.offsets[index]
                shown = [values[part][position] for position in bad[:5]]
                self.faults.rows(ref, self.lane, name, check, rows, shown)

    def _relations(self) -> None:
        for columns, check in self.lane.schema.related(self.lane.names):
            self._relate(columns, check)
        columns = self.lane.schema.framed(self.lane.names)
        for check in self.lane.schema.frames if columns else ():
            self._relate(columns, check, alone=True)

    def _relate(self, columns: Sequence[str], check: CheckPlan, *, alone: bool = False) -> None:
        import numpy as np
        import pandas as pd

        operands = {name: self.frame[name] for name in columns}
        present = np.ones(int(self.bounds[-1]), dtype=bool)
        for values in () if alone else operands.values():
            present &= ~pd.isna(values)
        kept = np.flatnonzero(present)
        told = " and ".join(columns)
        if alone:
            self._relate_each_file(operands, present, told, check)
            return
        for failure in validate({name: values[kept] for name, values in operands.items()}, {}, check):
            if failure.positions is None:
                self._relate_each_file(operands, present, told, check)
            else:
                self._rows(told, check, kept[failure.positions], _Rows(operands))

    def _relate_each_file(
        self, operands: Mapping[str, np.ndarray], present: np.ndarray, told: str, check: CheckPlan
    ) -> None:
        import numpy as np

        for index, ref, part in self._slices():
            kept = np.flatnonzero(present[part])
            own = {name: values[part][kept] for name, values in operands.items()}
            for failure in validate(own, {}, check):
                if failure.kind == "crash":
                    self.faults.whole(ref, self.lane, told, _crashed(check), failure.text)
                elif failure.positions is None:
                    self.faults.whole(ref, self.lane, told, check)
                else:
                    rows = kept[failure.positions]
                    shown = [tuple(values[part][row] for values in operands.values()) for row in rows[:5]]
                    self.faults.rows(ref, self.lane, told, check, rows + self.offsets[index], shown)


class _Rows:
    """Rows of several columns, made when looked at."""

    def __init__(self, operands: Mapping[str, np.ndarray]) -> None:
        self._operands = operands

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        return tuple(values[position] for values in self._operands.values())


def _without_values(count: int) -> np.ndarray:
    import numpy as np

    return np.full(count, None, dtype=object)


def _clean(function: Segmented, values: np.ndarray, bounds: np.ndarray) -> bool:
    """Ask of all files at once whether there is nothing to find; a check may not know."""
    screen = getattr(function, "clean", None)
    try:
        return screen is not None and bool(screen(values, bounds))
    except Exception:
        # It is asked again file by file, where a failure is told of the file that it belongs to.
        return False


def _crashed(check: CheckPlan) -> CheckPlan:
    return CheckPlan(check.check, check.name, check.expected, Severity.UNVERIFIED, "ALF901")


def _too_large(check: CheckPlan) -> CheckPlan:
    return CheckPlan(check.check, check.name, check.expected, Severity.UNVERIFIED, "ALF905")


def _last_line(check: CheckPlan, error: Exception) -> str:
    return f"the check {check.name!r} failed to run: {type(error).__name__}: {error}"
