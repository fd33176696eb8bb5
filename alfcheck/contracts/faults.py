"""What is wrong with values, counted exactly and sampled briefly, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.model import Contract
from alfcheck.contracts.plans import CheckPlan
from alfcheck.model import Problem, Severity

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Fault", "Faults", "brief"]

SHOWN = 5
MISSING = "not_nullable"


@dataclass(slots=True)
class Fault:
    """One check that some rows of one file do not pass."""

    contract: Contract
    column: str
    plan: CheckPlan
    width: int = 1
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    note: str | None = None


class Faults:
    """The faults of a batch, by file; `ref` is the number of the file in the batch."""

    def __init__(self) -> None:
        self._faults: dict[int, dict[tuple[str, str, str, str, int], Fault]] = {}

    def _get(self, ref: int, lane: Lane, column: str, plan: CheckPlan) -> Fault:
        # By the check itself: a column may have two of one name, as lambdas are.
        key = (lane.contract.label, column, plan.name, plan.code, id(plan.asked))
        of_file = self._faults.setdefault(ref, {})
        if key not in of_file:
            of_file[key] = Fault(lane.contract, column, plan, lane.width)
        return of_file[key]

    def rows(
        self, ref: int, lane: Lane, column: str, plan: CheckPlan, rows: np.ndarray, values: Sequence[Any]
    ) -> None:
        """Note that `rows` (of the file) fail; `values` are those of the first few."""
        import numpy as np

        fault = self._get(ref, lane, column, plan)
        # The first failing values of the file, and the first rows, in whatever pieces they come.
        for value in values[: max(SHOWN - fault.count, 0)]:
            text = brief(value)
            if text not in fault.values:
                fault.values.append(text)
        fault.count += len(rows)
        if len(fault.rows) < SHOWN:
            first = rows[np.append(True, rows[1:] != rows[:-1])] if len(rows) else rows
            fresh = [row for row in first[: SHOWN + 1].tolist() if row not in fault.rows]
            fault.rows += fresh[: SHOWN - len(fault.rows)]

    def whole(self, ref: int, lane: Lane, column: str, plan: CheckPlan, note: str = "") -> None:
        """Note that the file as a whole fails, or (with a `note`) that the check itself did."""
        fault = self._get(ref, lane, column, plan)
        fault.count = max(fault.count, 1)
        fault.note = note

    def counted(
        self,
        ref: int,
        lane: Lane,
        column: str,
        plan: CheckPlan,
        count: int,
        rows: Sequence[int],
        values: Sequence[Any],
    ) -> None:
        """Note that `count` values of a file fail; `rows` and `values` are those of the first."""
        fault = self._get(ref, lane, column, plan)
        fault.count, fault.rows = count, list(rows[:SHOWN])
        fault.values = list(dict.fromkeys(map(brief, values[:SHOWN])))

    def share(
        self, ref: int, lane: Lane, column: str, plan: CheckPlan, count: int, rows: Sequence[int], note: str
    ) -> None:
        """Note that `count` values of the file are too many, the first of them in `rows`."""
        fault = self._get(ref, lane, column, plan)
        fault.count, fault.rows, fault.note = count, list(rows)[:SHOWN], note

    def refs(self) -> Iterator[int]:
        """Give the files that have a fault."""
        yield from self._faults

    def problems(self, ref: int, total: int) -> Iterator[Problem]:
        """Give the problems of one file; `total` is the number of its rows."""
        for fault in self._faults.get(ref, {}).values():
            yield _problem(fault, total * fault.width)


def brief(value: Any) -> str:
    """Write one value short, on one line, without what a terminal would act on."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "…")
    if isinstance(value, tuple):
        return "(" + ", ".join(brief(item) for item in value) + ")"
    if (kind := getattr(getattr(value, "dtype", None), "kind", "")) and kind in "mM":
        return _date(value) if kind == "M" else str(value)
    if hasattr(value, "item"):
        value = value.item()
    return f"{value:.12g}" if isinstance(value, float) else str(value)[:40]


def _date(value: np.datetime64) -> str:
    """Write a date as ISO 8601 does, without the zeros of a finer clock than it needs."""
    text = str(value)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.removesuffix("T00:00:00")


def _problem(fault: Fault, total: int) -> Problem:
    plan = fault.plan
    crashed = plan.code.startswith("ALF9")
    return Problem(
        code=plan.code,
        severity=Severity.UNVERIFIED if crashed else plan.severity,
        contract=fault.contract.label,
        column=fault.column,
        check=plan.name,
        expected=plan.expected,
        rows=tuple(fault.rows),
        count=fault.count,
        message=_message(fault, total),
        fix=None if crashed else f"mend the values of {fault.column}, or the contract if they are right",
    )


def _message(fault: Fault, total: int) -> str:
    plan = fault.plan
    if fault.note:
        return fault.note
    if not fault.rows:
        return f"{fault.column} is not {plan.expected}"
    where = f"row{'s' if len(fault.rows) > 1 else ''} {', '.join(map(str, fault.rows))}"
    more = ", …" if fault.count > len(fault.rows) else ""
    share = f"{fault.count} of {total}"
    if plan.name == MISSING:
        return f"{share} values of {fault.column} are missing ({where}{more})"
    told = f"{share} {'rows break' if plan.code == 'ALF307' else f'values of {fault.column} are not'}"
    return f"{told} {plan.expected} ({where}{more}: {', '.join(fault.values)})"
