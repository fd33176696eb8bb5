"""Checks with a tolerance: limits and sets of numbers may be missed by a little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import Sorted, WholeNumbers, builtin_name

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["Near", "widened"]


def widened(check: pa.Check, tolerance: float) -> pa.Check:
    """Give `check` with limits, sets or order that may be missed by `tolerance`, named as before.

    Numbers that differ by no more than the tolerance are equal: so ``eq`` and ``isin`` allow more, and
    ``ne`` and ``notin`` less. Checks of anything else than numbers come back as they are.
    """
    if not tolerance:
        return check
    function = getattr(check, "_check_fn", None)
    if isinstance(function, (Sorted, WholeNumbers)):
        return _like(check, replace(function, tolerance=max(function.tolerance, tolerance)))
    given = dict(check.statistics or {})
    name = builtin_name(check)
    if name in _LIMITS:
        limits = {key: given.get(key) for key in ("min_value", "max_value")}
        if all(_number(value) for value in limits.values() if value is not None):
            return _LIMITS[name](check, tolerance, given)
    if name in _SETS:
        targets = [given["value"]] if "value" in given else given[_SETS[name]]
        numbers = tuple(sorted(float(value) for value in targets if _number(value)))
        if numbers:
            refused = name in ("not_equal_to", "notin")
            return _like(check, Near(tuple(targets), numbers, tolerance, refused))
    return check


def _number(value: object) -> bool:
    import numpy as np

    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _like(check: pa.Check, function: Callable[[pd.Series], Any]) -> pa.Check:
    import pandera.pandas as pa

    return pa.Check(function, name=check.name, error=check.error, ignore_na=check.ignore_na)


Given = Mapping[str, Any]


def _builtin(check: pa.Check, make: Callable[..., pa.Check], *limits: Any, **more: Any) -> pa.Check:
    return make(*limits, name=check.name, error=check.error, ignore_na=check.ignore_na, **more)


def _at_least(check: pa.Check, tolerance: float, given: Given) -> pa.Check:
    return _builtin(check, type(check).greater_than_or_equal_to, given["min_value"] - tolerance)


def _more_than(check: pa.Check, tolerance: float, given: Given) -> pa.Check:
    return _builtin(check, type(check).greater_than, given["min_value"] - tolerance)


def _at_most(check: pa.Check, tolerance: float, given: Given) -> pa.Check:
    return _builtin(check, type(check).less_than_or_equal_to, given["max_value"] + tolerance)


def _less_than(check: pa.Check, tolerance: float, given: Given) -> pa.Check:
    return _builtin(check, type(check).less_than, given["max_value"] + tolerance)


def _between(check: pa.Check, tolerance: float, given: Given) -> pa.Check:
    low, high = given["min_value"] - tolerance, given["max_value"] + tolerance
    rest = {key: given[key] for key in ("include_min", "include_max") if key in given}
    return _builtin(check, type(check).in_range, min_value=low, max_value=high, **rest)


_LIMITS: Mapping[str | None, Callable[[pa.Check, float, Given], pa.Check]] = {
    "greater_than": _more_than,
    "greater_than_or_equal_to": _at_least,
    "less_than": _less_than,
    "less_than_or_equal_to": _at_most,
    "in_range": _between,
}
_SETS: Mapping[str | None, str] = {
    "equal_to": "value",
    "not_equal_to": "value",
    "isin": "allowed_values",
    "notin": "forbidden_values",
}


@dataclass(frozen=True)
class Near:
    """Each value is one of `targets`, or near one of their numbers (sorted); or (`refused`) none of them."""

    targets: tuple[Any, ...]
    numbers: tuple[float, ...]
    tolerance: float
    refused: bool

    def __call__(self, column: pd.Series) -> pd.Series:
        import numpy as np
        import pandas as pd

        found = column.isin(list(self.targets))
        if not pd.api.types.is_numeric_dtype(column) or not len(column):
            return ~found if self.refused else found
        values = column.to_numpy(dtype=np.float64)
        numbers = np.array(self.numbers)
        after = np.searchsorted(numbers, values).clip(max=len(numbers) - 1)
        before = (after - 1).clip(min=0)
        gap = np.minimum(abs(values - numbers[before]), abs(values - numbers[after]))
        found |= gap <= self.tolerance
        return ~found if self.refused else found
