"""Which terms a column is judged by, and which of its values stand for missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from alfcheck.contracts.model import Terms

if TYPE_CHECKING:
    import numpy as np

__all__ = ["absent", "attribute_of", "blank", "blanked", "terms_of"]

_COMPONENT = re.compile(r"_\d+$")
_NUMBERS = "iuf"


def attribute_of(column: str) -> str:
    """Give the attribute whose component `column` may be: ``intervals`` of ``intervals_0``."""
    return _COMPONENT.sub("", column)


def terms_of(terms: Mapping[str, Terms], column: str) -> Terms | None:
    """Give the terms of a schema's column: its own, or those of the attribute it is a component of.

    Exact names come before patterns. What a component's own terms leave open, its attribute's say.
    """
    attribute = attribute_of(column)
    own = terms.get(column)
    whole = terms.get(attribute) if attribute != column else None
    if own is None and whole is None:
        own = _by_pattern(terms, column)
        whole = _by_pattern(terms, attribute) if attribute != column else None
    if own is None or whole is None or own is whole:
        return own or whole
    return replace(
        own,
        dtypes=own.dtypes or whole.dtypes,
        missing=whole.missing if own.missing is None else own.missing,
        missing_share=whole.missing_share if own.missing_share is None else own.missing_share,
        tolerance=own.tolerance or whole.tolerance,
    )


def _by_pattern(terms: Mapping[str, Terms], name: str) -> Terms | None:
    return next((found for pattern, found in terms.items() if fnmatchcase(name, pattern)), None)


def absent(values: np.ndarray, missing: float | str | None) -> np.ndarray:
    """Tell which values are missing: NaN, None, NaT, or the value that stands for missing."""
    gaps = blank(values)
    return gaps if missing is None else gaps | _stands(values, missing)


def blank(values: np.ndarray) -> np.ndarray:
    """Tell which values are NaN, None or NaT."""
    import numpy as np

    kind = values.dtype.kind
    if kind in "iubU":
        return np.zeros(values.shape, dtype=bool)
    if kind in "fc":
        return np.asarray(np.isnan(values))
    if kind in "mM":
        return np.asarray(np.isnat(values))
    # pandas takes half a second to load: it is asked where there may be whatever else.
    import pandas as pd

    return np.asarray(pd.isna(values), dtype=bool)


def _stands(values: np.ndarray, missing: float | str) -> np.ndarray:
    import numpy as np

    found = np.zeros(len(values), dtype=bool)
    kind = values.dtype.kind
    if kind == "O":
        given = ~blank(values)  # pandas' NA compares to no answer
        found[given] = values[given] == missing
    elif kind == "U" if isinstance(missing, str) else kind in _NUMBERS:
        with np.errstate(over="ignore"):  # a number beyond a float16 is none of its values
            found |= values == missing
    return found


def blanked(values: np.ndarray, missing: float | str | None) -> np.ndarray:
    """Put NaN (None in text) where a value stands for missing."""
    import numpy as np

    if missing is None or not (stands := _stands(values, missing)).any():
        return values
    filled = values.astype(object if isinstance(missing, str) else np.float64)
    filled[stands] = None if isinstance(missing, str) else np.nan
    return filled
