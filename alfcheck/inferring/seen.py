"""What was seen of the columns of a tree, summed up file by file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["AttributeSeen", "ColumnSeen", "Extent", "ObjectSeen"]

DISTINCT = 12
"""Distinct values up to which a column may be one of codes."""


@dataclass(slots=True)
class ColumnSeen:
    """One column over all files: dtypes, missing values, range, and whether it is in order in each file."""

    dtypes: set[str] = field(default_factory=set)
    values: int = 0
    missing: int = 0
    low: Any = None
    high: Any = None
    ordered: bool = True
    whole: bool = True
    distinct: set[Any] = field(default_factory=set)
    many: bool = False
    _last: Any = None

    def begin(self, dtype: str) -> None:
        """Note that a file begins."""
        self.dtypes.add(dtype)
        self._last = None

    def look(self, values: np.ndarray) -> None:
        """Look at the next values of the file, flat."""
        import numpy as np
        import pandas as pd

        gaps = pd.isna(values)
        self.values += len(values)
        self.missing += int(gaps.sum())
        kept = values[~gaps] if gaps.any() else values
        if not len(kept):
            return
        if not self.many:
            self.distinct.update(pd.unique(pd.Series(kept[:10_000])).tolist()[: DISTINCT + 1])
            self.many = len(self.distinct) > DISTINCT
        if np.asarray(kept).dtype.kind not in "iufM":
            return
        self._order(kept)
        self.whole = self.whole and (kept.dtype.kind in "iu" or _is_whole(kept))
        low, high = kept.min(), kept.max()
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)

    def _order(self, kept: np.ndarray) -> None:
        before = self._last is None or bool(self._last <= kept[0])
        self.ordered = self.ordered and before and bool((kept[1:] >= kept[:-1]).all())
        self._last = kept[-1]


def _is_whole(values: np.ndarray) -> bool:
    return values.dtype.kind == "f" and bool((values == values.round()).all())


@dataclass(frozen=True, slots=True)
class Extent:
    """The array of one file: its shape without the rows."""

    shape: tuple[int, ...]
    scalar: bool = False


@dataclass(slots=True)
class AttributeSeen:
    """One attribute over all files: the shapes of its arrays, the columns of its tables, its documents."""

    extents: set[Extent] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    columns: dict[str, ColumnSeen] = field(default_factory=dict)
    documents: list[object] = field(default_factory=list)
    extensions: set[str] = field(default_factory=set)
    files: int = 0
    references: set[bool] = field(default_factory=set)

    def column(self, name: str) -> ColumnSeen:
        """Give what was seen of a column; the column of an array has no name."""
        return self.columns.setdefault(name, ColumnSeen())


@dataclass(slots=True)
class ObjectSeen:
    """One object over all files of the tree; ``agree`` says whether its rows did in every session."""

    namespace: str
    name: str
    attributes: dict[str, AttributeSeen] = field(default_factory=dict)
    agree: bool = True
    together: bool = False

    def attribute(self, name: str) -> AttributeSeen:
        """Give what was seen of an attribute."""
        return self.attributes.setdefault(name, AttributeSeen())
