"""How the checks of contracts are called: by name, so that one that never ends can be told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, TypeVar

from alfcheck.contracts.checks import Segmented, Unique
from alfcheck.contracts.faults import Faults
from alfcheck.contracts.frames import Failure, failures
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.model import Contract
from alfcheck.contracts.plans import CheckPlan, ColumnPlan
from alfcheck.contracts.relating import holds
from alfcheck.errors import PluginError
from alfcheck.model import Origin, Severity
from alfcheck.watch import OWN, TOGETHER, Unfinished, guarded

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Asking", "Calls", "told_as", "watched_schema"]

T = TypeVar("T")
_OURS = Origin(OWN, "")


class Calls:
    """Calls the checks of contracts: `origins` are who offers these, `path_of` tells the file of a number."""

    def __init__(
        self, origins: Mapping[str, Origin] | None = None, path_of: Callable[[int], str] = str
    ) -> None:
        self._origins = origins or {}
        self._path_of = path_of

    def together(self, contract: str, function: Callable[..., T], *arguments: object) -> T:
        """Call checks that look at several files at once; raises `Unfinished`."""
        return guarded(f"contract {contract}", self._origin(contract), TOGETHER, function, *arguments)

    def alone(
        self, contract: str, check: CheckPlan, ref: int, function: Callable[..., T], *arguments: object
    ) -> T:
        """Call one check of one file; raises `Unfinished`."""
        who = f"check {check.name!r} of the contract {contract}"
        return guarded(who, self._origin(contract), self._path_of(ref), function, *arguments)

    def _origin(self, contract: str) -> Origin:
        return self._origins.get(contract, _OURS)


class Asking:
    """Calls the checks of one lane.

    Where several files at once are too much for a check, the answer is that it failed to run: then it is
    asked about one file after the other. A file that is too much for it is noted among the `faults`.
    """

    def __init__(self, calls: Calls, faults: Faults, lane: Lane) -> None:
        self._calls, self._faults, self._lane = calls, faults, lane
        self._label = lane.contract.label

    def together(self, frame: Mapping[str, np.ndarray], columns: Mapping[str, ColumnPlan]) -> list[Failure]:
        """Ask all row-local checks of some columns."""
        columns = {name: plan for name, plan in columns.items() if not plan.passes(frame[name])}
        if not columns:
            return []
        _ready()
        try:
            return self._calls.together(self._label, failures, frame, columns)
        except Unfinished:
            bare = {name: replace(plan, rows=()) for name, plan in columns.items()}
            each = [(name, check) for name, plan in columns.items() for check in plan.rows]
            crashed = [Failure("crash", name, check, None) for name, check in each]
            return [*failures(frame, bare), *crashed]

    def related(self, columns: Mapping[str, np.ndarray], check: CheckPlan) -> list[Failure]:
        """Ask a check of several columns."""
        if holds(check.function, columns):
            return []
        _ready()
        try:
            return self._calls.together(self._label, failures, columns, {}, check)
        except Unfinished:
            return [Failure("crash", "", check, None)]

    def clean(self, function: Segmented | Unique, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Ask a check of order whether there is nothing to find in any file; it may not know."""
        import numpy as np

        if type(function) is Unique:
            if function.rises(values, bounds):
                return True
            _ready()  # it asks pandas
        screen = getattr(function, "clean", None)
        try:
            answer = screen is not None and self._calls.together(self._label, screen, values, bounds)
            return isinstance(answer, (bool, np.bool_)) and bool(answer)
        except Exception:
            # It is asked again file by file, where a failure is told of the file that it belongs to.
            return False

    def alone(
        self, name: str, check: CheckPlan, ref: int, function: Callable[..., T], *arguments: object
    ) -> T | None:
        """Ask a check about one file; one that comes to no end is told of, and gives nothing."""
        _ready()
        try:
            return self._calls.alone(self._label, check, ref, function, *arguments)
        except Unfinished as error:
            self._faults.whole(ref, self._lane, name, told_as(check, error.fate.code), str(error))
            return None


@cache
def _ready() -> None:
    """Let pandera judge something: what its first frame costs is not the time of whoever comes first."""
    import numpy as np

    failures({"": np.zeros(1)}, {"": ColumnPlan(False, None, (), (), ())})


def watched_schema(contract: T, origin: Origin) -> T:
    """Give a contract whose schema, if it is made by a function of a plugin, is made under watch."""
    if not isinstance(contract, Contract) or contract.spec is not None or origin.name == OWN:
        return contract
    return replace(contract, schema=partial(_schema_of, contract, origin))


def _schema_of(contract: Contract, origin: Origin) -> object:
    who = f"schema of the contract {contract.label}"
    try:
        return guarded(who, origin, contract.label, contract.schema)
    except Unfinished as error:
        told = f"the schema of {origin.name} {origin.version} {error.fate.text}"
        raise PluginError(f"contract {contract.label}: {told}") from error


def told_as(check: CheckPlan, code: str) -> CheckPlan:
    """Give a check that could not judge, to be told of by `code`."""
    return CheckPlan(check.asked, check.name, check.expected, Severity.UNVERIFIED, code)
