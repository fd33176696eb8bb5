"""Checks with a tolerance: limits and sets of numbers may be missed by a little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.asked import Given, asked_of
from alfcheck.contracts.checks import Sorted, WholeNumbers

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["Near", "widened", "widened_terms"]


Terms = tuple[str | None, Given, Any]
"""The full name of one of pandera's checks and its arguments, or a function."""


def widened(check: pa.Check, tolerance: float) -> pa.Check:
    """Give `check` with limits, sets or order that may be missed by `tolerance`, named as before.

    Numbers that differ by no more than the tolerance are equal: so ``eq`` and ``isin`` allow more, and
    ``ne`` and ``notin`` less. Checks of anything else than numbers come back as they are.
    """
    asked = asked_of(check)
    terms = widened_terms(asked.builtin, asked.given, asked.function, tolerance)
    if terms is None:
        return check
    name, given, function = terms
    own: dict[str, Any] = {"name": check.name, "error": check.error, "ignore_na": check.ignore_na}
    if name is None:
        import pandera.pandas as pa

        return pa.Check(function, **own)
    made: pa.Check = getattr(type(check), name)(**given, **own)
    return made


def widened_terms(name: str | None, given: Given, function: Any, tolerance: float) -> Terms | None:
    """Do what `widened` does, for a check that is not made yet; ``None`` where it stays as it is."""
    if not tolerance:
        return None
    if isinstance(function, (Sorted, WholeNumbers)):
        return None, {}, replace(function, tolerance=max(function.tolerance, tolerance))
    if name in _LIMITS:
        limits = {key: given[key] for key in ("min_value", "max_value") if given.get(key) is not None}
        if all(map(_number, limits.values())):
            kept = {key: given[key] for key in ("include_min", "include_max") if key in given}
            return (
                name,
                {**{key: _moved(key, limit, tolerance) for key, limit in limits.items()}, **kept},
                None,
            )
    if name in _SETS:
        targets = [given["value"]] if "value" in given else given[_SETS[name]]
        numbers = tuple(sorted(float(value) for value in targets if _number(value)))
        if numbers:
            return None, {}, Near(tuple(targets), numbers, tolerance, name in ("not_equal_to", "notin"))
    return None


def _moved(key: str, limit: Any, tolerance: float) -> Any:
    # As a number of Python's: one of numpy's unsigned ones would wrap around, or refuse.
    limit = limit if isinstance(limit, (int, float)) else limit.item()
    return limit - tolerance if key == "min_value" else limit + tolerance


def _number(value: object) -> bool:
    import numpy as np

    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


_LIMITS = frozenset(
    {"greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"}
)
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
