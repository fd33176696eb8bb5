"""One group of the bench on its way through pandera: what fails is traced back to the files it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.answers import Unsound, segment_of
from alfcheck.contracts.calling import Asking, Calls, told_as
from alfcheck.contracts.checks import Segmented, Unique
from alfcheck.contracts.distinct import Distinct
from alfcheck.contracts.faults import MISSING, Faults
from alfcheck.contracts.frames import Failure, failures
from alfcheck.contracts.group import Segments
from alfcheck.contracts.lanes import VALUELESS
from alfcheck.contracts.plans import CheckPlan, ColumnPlan
from alfcheck.contracts.scratch import told_size
from alfcheck.contracts.share import Shares
from alfcheck.contracts.terms import absent, blanked
from alfcheck.model import Severity
from alfcheck.traces import told_error
from alfcheck.watch import CRASHED

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Judge", "States"]
States = dict[tuple[int, str, str, int], Any]
"""What an ordered check remembers of a file that comes in pieces: by file, contract, column and check."""

STEP = 2**20
"""Values that are looked through for gaps at a time."""

_NULL = CheckPlan(None, MISSING, "never missing", Severity.ERROR, "ALF304")
_DTYPE = CheckPlan(None, "dtype", "", Severity.ERROR, "ALF301")


class Judge:
    """Judges the segments of one group, whose columns lie end to end, file after file."""

    def __init__(self, faults: Faults, segments: Segments, calls: Calls) -> None:
        self.faults = faults
        self.lane = segments.lane
        self.refs = segments.refs
        self.offsets = segments.offsets
        self.pieces = segments.pieces
        self.frame = segments.frame
        self.bounds = segments.bounds
        self.asking = Asking(calls, faults, segments.lane)

    def run(self, states: States, shares: Shares, distinct: Distinct) -> None:
        """Note what is wrong; `states`, `shares` and `distinct` pass from piece to piece of a file."""
        if self.lane.relation is not None:
            self._relate(self.lane.names, self.lane.relation, alone=self.lane.by_file)
            return
        columns = dict(self._columns())
        for failure in self.asking.together(self.frame, columns):
            self._note(failure, columns)
        for name, plan in columns.items():
            for check in plan.whole if not self.pieces else ():
                self._each_file(name, plan, check)
            if plan.segmented or plan.share is not None:
                self._beyond_rows(name, plan, states, shares, distinct)
        for names, relation in self.lane.schema.related(self.lane.names):
            self._relate(names, relation)
        if not self.pieces:
            self._frames()

    def run_whole(self, most: int | None = None) -> None:
        """Ask the checks that look at a whole file, and no others.

        What is missing is taken out of a copy, which may have `most` bytes.
        """
        if self.lane.relation is not None:
            self._relate(self.lane.names, self.lane.relation, alone=self.lane.by_file)
            return
        for name, plan in self._columns():
            for check in plan.whole:
                size = self.frame[name].nbytes
                if most is not None and size > most and _is_copied(self.frame[name], plan, check):
                    told, why = told_as(check, "ALF905"), _too_large(name, size, most)
                    self.faults.whole(self.refs[0], self.lane, name, told, why)
                else:
                    self._each_file(name, plan, check)
        self._frames()

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
            positions = failure.positions
            if failure.kind == "check" and columns[name].missing is not None:
                positions = positions[~absent(self.frame[name][positions], columns[name].missing)]
            self._rows(name, plan, positions, self.frame[name])

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
            piece, kept = self.frame[name][part], None
            if plan.missing is not None:
                piece, kept = _without(piece, absent(piece, plan.missing))
            for failure in self.asking.alone(name, check, ref, failures, {name: piece}, {name: alone}) or ():
                if failure.kind == "crash":
                    self.faults.whole(ref, self.lane, name, told_as(check, CRASHED), failure.text)
                elif failure.positions is None:
                    self.faults.whole(ref, self.lane, name, check)
                else:
                    rows = _places(failure.positions, kept) // self.lane.width + self.offsets[index]
                    shown = [piece[position] for position in failure.positions[:5]]
                    self.faults.rows(ref, self.lane, name, check, rows, shown)

    def _beyond_rows(
        self, name: str, plan: ColumnPlan, states: States, shares: Shares, distinct: Distinct
    ) -> None:
        """Judge what needs more than one row of a file: order, and how much of it is missing."""
        gaps = absent(self.frame[name], plan.missing)
        for check in plan.segmented:
            if self.pieces and type(check.function) is Unique:
                self._look_for_repeats(name, check, gaps, distinct)
            else:
                self._segments(name, check, gaps, states)
        if plan.share is not None:
            for index, ref, part in self._slices():
                shares.look(ref, self.lane, name, plan.share, gaps[part], self.offsets[index])

    def _segments(self, name: str, check: CheckPlan, gaps: np.ndarray, states: States) -> None:
        import numpy as np

        function: Segmented = check.function
        values = self.frame[name]
        if not self.pieces and not gaps.any() and self.asking.clean(function, values, self.bounds):
            return
        for index, ref, part in self._slices():
            key = (ref, self.lane.contract.label, name, id(check))
            own, kept = _without(values[part], gaps[part])
            try:
                answer = self.asking.alone(name, check, ref, segment_of, function, own, states.get(key))
            except Exception as error:
                self.faults.whole(ref, self.lane, name, told_as(check, CRASHED), _last_line(check, error))
                continue
            if answer is None:
                continue
            good, states[key] = answer
            if not good.all():
                bad = np.flatnonzero(~good)
                rows = _places(bad, kept) // self.lane.width + self.offsets[index]
                shown = [own[position] for position in bad[:5]]
                self.faults.rows(ref, self.lane, name, check, rows, shown)

    def _look_for_repeats(self, name: str, check: CheckPlan, gaps: np.ndarray, distinct: Distinct) -> None:
        """Remember the values of pieces: what comes twice may do so at the ends of the file."""
        values = self.frame[name]
        for index, ref, part in self._slices():
            own, kept = _without(values[part], gaps[part])
            first = self.offsets[index] * self.lane.width
            places = range(first, first + len(own)) if kept is None else kept + first
            distinct.look(self.faults, ref, self.lane, name, check, own, places)

    def _frames(self) -> None:
        columns = self.lane.schema.framed(self.lane.names)
        for check in self.lane.schema.frames if columns else ():
            self._relate(columns, check, alone=True)

    def _relate(self, columns: Sequence[str], check: CheckPlan, *, alone: bool = False) -> None:
        import numpy as np

        operands = {name: self.frame[name] for name in columns}
        needed = {name for place, name in enumerate(columns) if place not in check.keeps}
        present = np.ones(int(self.bounds[-1]), dtype=bool)
        seen = dict(operands)
        for name, values in () if alone else operands.items():
            plan = self.lane.schema.column(name)
            missing = plan.missing if plan is not None else None
            if name in needed:
                present &= ~absent(values, missing)
            else:
                seen[name] = blanked(values, missing)
        told = " and ".join(operands)
        if alone:
            self._relate_each_file(operands, seen, present, told, check)
            return
        kept = None if present.all() else np.flatnonzero(present)
        for failure in self.asking.related({name: _of(values, kept) for name, values in seen.items()}, check):
            if failure.positions is None:
                self._relate_each_file(operands, seen, present, told, check)
            else:
                self._rows(told, check, _places(failure.positions, kept), _Rows(operands))

    def _relate_each_file(
        self,
        operands: Mapping[str, np.ndarray],
        seen: Mapping[str, np.ndarray],
        present: np.ndarray,
        told: str,
        check: CheckPlan,
    ) -> None:
        import numpy as np

        for index, ref, part in self._slices():
            kept = None if present[part].all() else np.flatnonzero(present[part])
            own = {name: _of(values[part], kept) for name, values in seen.items()}
            for failure in self.asking.alone(told, check, ref, failures, own, {}, check) or ():
                if failure.kind == "crash":
                    self.faults.whole(ref, self.lane, told, told_as(check, CRASHED), failure.text)
                elif failure.positions is None:
                    self.faults.whole(ref, self.lane, told, check)
                else:
                    rows = _places(failure.positions, kept)
                    shown = [tuple(values[part][row] for values in operands.values()) for row in rows[:5]]
                    self.faults.rows(ref, self.lane, told, check, rows + self.offsets[index], shown)


def _without(values: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Take out what is missing; give where the rest stands, if anything is."""
    import numpy as np

    if not gaps.any():
        return values, None
    kept = np.flatnonzero(~gaps)
    return values[kept], kept


def _is_copied(values: np.ndarray, plan: ColumnPlan, check: CheckPlan) -> bool:
    """Tell whether a check does not see `values` as they are, since some are missing."""
    if plan.missing is None and not (check.asked and check.asked.ignore_na):
        return False
    parts = (values[start : start + STEP] for start in range(0, len(values), STEP))
    return any(bool(absent(part, plan.missing).any()) for part in parts)


def _too_large(name: str, size: int, most: int) -> str:
    needed = told_size(size, needed=True)
    return (
        f"a check wants {name} whole and some values are missing, so that the rest is copied, which takes "
        f"{needed} of memory or more; it may have {told_size(most)}: write the check so that it "
        "looks at one row at a time (element_wise), or at files in pieces"
    )


def _of(values: np.ndarray, kept: np.ndarray | None) -> np.ndarray:
    return values if kept is None else values[kept]


def _places(positions: np.ndarray, kept: np.ndarray | None) -> np.ndarray:
    """Say where values stand of which only some were `kept`, and looked at."""
    return positions if kept is None else kept[positions]


class _Rows:
    """Rows of several columns, made when looked at."""

    def __init__(self, operands: Mapping[str, np.ndarray]) -> None:
        self._operands = operands

    def __getitem__(self, position: int) -> tuple[Any, ...]:
        return tuple(values[position] for values in self._operands.values())


def _last_line(check: CheckPlan, error: Exception) -> str:
    told = told_error(error, check.function).removeprefix(f"{Unsound.__name__}: ")
    return f"the check {check.name!r} failed to run: {told}"
