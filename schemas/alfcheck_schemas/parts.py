"""What contracts are made of: words for dtypes and shapes, and the checks that several of them share.

The functions import pandera when a schema is built, not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.model import Relation, Shape

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa

__all__ = [
    "ALF",
    "ALYX",
    "COMPUTED",
    "FLOATING",
    "IBLLIB",
    "NUMBER",
    "OWNER",
    "PAIRS",
    "PHYLIB",
    "POINTS",
    "STRING",
    "VECTOR",
    "at_least",
    "between",
    "column",
    "in_order",
    "one_of",
    "row_numbers",
    "whole",
]

OWNER = "alfcheck"

# Where facts come from; a term's source names one of these and what it adds.
ALF = "ALF specification (ONE-api, one.alf.spec)"
ALYX = "dataset types of Alyx"
IBLLIB = "ibllib extractors and QC"
PHYLIB = "phylib EphysAlfCreator"

# One lab stores every number, row numbers included, as float64: "number" is what all of them write.
NUMBER = ("number",)
FLOATING = ("floating",)
STRING = ("string",)

VECTOR: tuple[Shape, ...] = (("rows",),)
PAIRS: tuple[Shape, ...] = (("rows", 2),)
POINTS: tuple[Shape, ...] = (("rows", 3),)

COMPUTED = 1e-6
"""By how much a computed value may miss a limit: 1 - 0.9 is 0.09999999999999998."""


@dataclass(frozen=True)
class _Whole:
    """Each value is a whole number, of whatever dtype."""

    code: str = "ALF303"

    def segment(self, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Judge one piece of a file; nothing is carried on to the next."""
        import numpy as np

        if values.dtype.kind in "iub":
            return np.ones(len(values), dtype=bool), None
        return np.isfinite(values) & (np.floor(values) == values), None

    def clean(self, values: np.ndarray, bounds: np.ndarray) -> bool:
        """Tell whether all values of several files pass."""
        return bool(self.segment(values, None)[0].all())

    def __call__(self, values: pd.Series) -> pd.Series:
        """Judge a whole column."""
        import pandas as pd

        good, _ = self.segment(values.to_numpy(), None)
        return pd.Series(good, index=values.index)


def whole(*, warn: bool = False) -> pa.Check:
    """Require whole numbers: a row number stored as a float is still one."""
    import pandera.pandas as pa

    return pa.Check(_Whole(), name="whole_number", error="whole numbers", raise_warning=warn)


def column(*checks: pa.Check, complete: bool = False, pattern: bool = False) -> pa.Column:
    """Make a column of any dtype (terms say which); `complete` refuses missing values.

    No column is required by its schema: an object may lack any; a contract's ``required`` says what a
    ``table`` must have.
    """
    import pandera.pandas as pa

    return pa.Column(None, list(checks), nullable=not complete, regex=pattern, required=False)


def row_numbers(lowest: int = 0, *, complete: bool = True) -> pa.Column:
    """Make a column that counts rows of another object; `lowest` is -1 where that stands for none."""
    return column(at_least(lowest), whole(), complete=complete)


def at_least(low: float, *, tolerance: float = 0.0) -> pa.Check:
    """Require values of at least `low`."""
    import pandera.pandas as pa

    return pa.Check.ge(low - tolerance, error=f"at least {low:g}")


def between(low: float, high: float, *, tolerance: float = 0.0) -> pa.Check:
    """Require values from `low` to `high`, both included."""
    import pandera.pandas as pa

    return pa.Check.in_range(low - tolerance, high + tolerance, error=f"between {low:g} and {high:g}")


def one_of(*values: int) -> pa.Check:
    """Require one of a few codes."""
    import pandera.pandas as pa

    return pa.Check.isin(list(values))


def in_order(first: str, second: str) -> Relation:
    """Require that `first` is not after `second` in any row."""

    def check() -> pa.Check:
        import pandera.pandas as pa

        def starts_first(frame: pd.DataFrame) -> Any:
            return frame.iloc[:, 0] <= frame.iloc[:, 1]

        return pa.Check(starts_first)

    return Relation("start_not_after_end", (first, second), check, f"{first} <= {second}")
