"""Checks that look beyond one row, in a form that knows where each file begins.

pandera sees many files laid end to end. A check of order must not compare the last row of one with the
first row of the next, nor forget the row before when a large file comes in pieces. A `Segmented` check
therefore has two faces: a plain function of one whole column (what pandera runs on a single file, and
the oracle of the tests), and a function of many segments that carries state from piece to piece.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa

__all__ = [
    "ROW_LOCAL",
    "Segmented",
    "Sorted",
    "Unique",
    "WholeNumbers",
    "builtin_name",
    "row_local",
    "sorted_rows",
    "unique_rows",
    "whole_numbers",
]


@runtime_checkable
class Segmented(Protocol):
    """A check over one column that knows the file boundaries."""

    code: str

    def __call__(self, column: pd.Series) -> pd.Series:
        """Judge the rows of one whole file."""

    def segment(self, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Judge one piece of one file (missing values taken out); give the verdicts and the next state."""


@dataclass(frozen=True)
class Sorted:
    """Each value is at least the one before it (more than it, if strict), less `tolerance`."""

    strict: bool = False
    tolerance: float = 0.0
    code: str = "ALF305"

    def segment(self, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        import numpy as np

        good = np.ones(len(values), dtype=bool)
        if not len(values):
            return good, state
        before, after = values[:-1], values[1:]
        good[1:] = self._follows(before, after)
        if state is not None:
            good[0] = bool(self._follows(values.dtype.type(state), values[0]))
        return good, values[-1]

    def flows(self, values: np.ndarray, state: Any) -> tuple[bool, Any]:
        """Tell whether a piece (not empty, none missing) is in order, and goes on from the one before."""
        good = bool(self._follows(values[:-1], values[1:]).all())
        if good and state is not None:
            good = bool(self._follows(values.dtype.type(state), values[0]))
        return good, values[-1]

    def clean(self, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Tell whether every file between two of the `bounds` is in order."""
        good = self._follows(values[:-1], values[1:])
        inner = bounds[1:-1]
        good[inner[(inner > 0) & (inner < len(values))] - 1] = True
        return bool(good.all())

    def _follows(self, before: Any, after: Any) -> Any:
        import numpy as np

        # Compared, not subtracted: differences of unsigned integers wrap around.
        kind = np.asarray(after).dtype.kind if self.tolerance else ""
        if kind == "f":
            lowest = before - self.tolerance
            return after > lowest if self.strict else after >= lowest
        if kind in ("i", "u"):
            return (after >= before) | (_fall(before, after) <= self._largest_fall())
        return after > before if self.strict else after >= before

    def _largest_fall(self) -> Any:
        """Give by how much whole numbers may fall."""
        import numpy as np

        if self.tolerance >= 2**64:
            return np.uint64(2**64 - 1)
        return np.uint64(math.ceil(self.tolerance) - 1 if self.strict else math.floor(self.tolerance))

    def __call__(self, column: pd.Series) -> pd.Series:
        import pandas as pd

        good, _ = self.segment(column.to_numpy(), None)
        return pd.Series(good, index=column.index)


def _fall(before: Any, after: Any) -> Any:
    """Give by how much whole numbers fall, where they do: modulo 2 ** 64 that is exact for any dtype."""
    import numpy as np

    with np.errstate(over="ignore"):
        return np.asarray(before).astype(np.uint64) - np.asarray(after).astype(np.uint64)


@dataclass(frozen=True)
class WholeNumbers:
    """Each value is a whole number, of whatever dtype, or within `tolerance` of one."""

    tolerance: float = 0.0
    code: str = "ALF303"

    def segment(self, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Judge one piece of a file; nothing is carried on to the next."""
        import numpy as np

        if values.dtype.kind in "iub" or not len(values):
            return np.ones(len(values), dtype=bool), None
        if values.dtype.kind != "f":
            raise TypeError(f"values of dtype {values.dtype} are neither whole numbers nor other ones")
        with np.errstate(invalid="ignore"):
            return np.isfinite(values) & (abs(values - np.rint(values)) <= self.tolerance), None

    def flows(self, values: np.ndarray, state: Any) -> tuple[bool, Any]:
        """Tell whether all values of a piece pass."""
        return self.clean(values, values), None

    def clean(self, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Tell whether all values of several files pass."""
        return values.dtype.kind in "iub" or bool(self.segment(values, None)[0].all())

    def __call__(self, column: pd.Series) -> pd.Series:
        import pandas as pd

        good, _ = self.segment(column.to_numpy(), None)
        return pd.Series(good, index=column.index)


@dataclass(frozen=True)
class Unique:
    """No value occurs twice in a file; the first of equals is not blamed."""

    code: str = "ALF306"

    def rises(self, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Tell whether numbers increase in every file, so that none comes twice: seen without pandas."""
        return values.dtype.kind in "iuf" and Sorted(strict=True).clean(values, bounds)

    def flows(self, values: np.ndarray, state: Any) -> tuple[bool, Any]:
        """Tell whether a piece shows that no value comes twice: each is more than the one before."""
        return Sorted(strict=True).flows(values, state)

    def clean(self, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Tell whether no file between two of the `bounds` has a value twice."""
        import numpy as np
        import pandas as pd

        files = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        return not pd.DataFrame({"file": files, "value": values}).duplicated().any()

    def segment(self, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Judge one whole file; what comes in pieces is judged at its end (`alfcheck.contracts.distinct`)."""
        import numpy as np
        import pandas as pd

        if values.dtype.kind == "f" and values.itemsize not in (4, 8):
            values = values.astype(np.float64)  # pandas cannot count the others
        return ~pd.Series(values).duplicated().to_numpy(), None

    def beside(self, values: np.ndarray, last: Any) -> np.ndarray:
        """Judge a piece of values that never fall, after the `last` one: equal ones stand side by side."""
        import numpy as np

        good = np.ones(len(values), dtype=bool)
        np.not_equal(values[1:], values[:-1], out=good[1:])
        if last is not None and len(values):
            good[0] = bool(values[0] != last)
        return good

    def __call__(self, column: pd.Series) -> pd.Series:
        import pandas as pd

        good, _ = self.segment(column.to_numpy(), None)
        return pd.Series(good, index=column.index)


def sorted_rows(*, strict: bool = False, tolerance: float = 0.0, warn: bool = False) -> pa.Check:
    """Require that a column never decreases from row to row (always increases, if `strict`)."""
    import pandera.pandas as pa

    error = "in strictly increasing order" if strict else "in non-decreasing order"
    name = "strictly_increasing" if strict else "sorted"
    return pa.Check(Sorted(strict, tolerance), name=name, error=error, raise_warning=warn, n_failure_cases=10)


def unique_rows(*, warn: bool = False) -> pa.Check:
    """Require that no value of a column occurs twice in a file."""
    import pandera.pandas as pa

    return pa.Check(Unique(), name="unique", error="unique", raise_warning=warn, n_failure_cases=10)


def whole_numbers(*, warn: bool = False) -> pa.Check:
    """Require whole numbers, of whatever dtype: a row number stored as a float is still one."""
    import pandera.pandas as pa

    return pa.Check(
        WholeNumbers(), name="whole_number", error="whole numbers", raise_warning=warn, n_failure_cases=10
    )


ROW_LOCAL = frozenset(
    {
        "equal_to",
        "not_equal_to",
        "greater_than",
        "greater_than_or_equal_to",
        "less_than",
        "less_than_or_equal_to",
        "in_range",
        "isin",
        "notin",
        "str_matches",
        "str_contains",
        "str_startswith",
        "str_endswith",
        "str_length",
    }
)
"""pandera's own checks that judge one row, by their full names: those that contracts in files can say."""


def row_local(check: pa.Check) -> bool:
    """Tell whether `check` judges each row by itself, so that it may run over files laid end to end."""
    return bool(check.element_wise) or (check.groupby is None and builtin_name(check) in ROW_LOCAL)


def builtin_name(check: pa.Check) -> str | None:
    """Give pandera's name of one of its own checks, ``None`` for any other, whatever it is called."""
    # A user's check may bear a built-in's name: only pandera's own go through its dispatcher.
    function = getattr(check, "_check_fn", None)
    return str(check.registry_name or check.name) if type(function).__name__ == "Dispatcher" else None
