"""Whether a column of an object's table and a file of the same name hold the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.terms import absent

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Pair", "differ", "pairs"]

Column = tuple[str, str, tuple[int, ...]]


class Pair(NamedTuple):
    """A column of a table, and where its file holds the same: a column, and a row's component (or -1).

    ``name`` is that of both in the object, ``column`` what the table itself calls its own.
    """

    name: str
    column: str
    source: str
    component: int


def pairs(table: Mapping[str, Column], name: str, file: Sequence[Column]) -> Iterator[Pair]:
    """Find the columns of a table that a file `name` has too; both are (name, dtype, shape)s.

    Those of the table are given by their names in the object. An array ``intervals`` of two columns is the
    table's ``intervals_0`` and ``intervals_1``, as ONE names them.
    """
    if len(file) != 1:
        return
    source, dtype, shape = file[0]
    if len(shape) > 1 or dtype == "object":
        return
    components = range(min(shape[0], len(table))) if shape else ()
    names = {f"{name}_{index}": index for index in components} if shape else {name: -1}
    for each, component in names.items():
        found = table.get(each)
        if found is not None and found[1] != "object":
            yield Pair(each, found[0], source, component)


def differ(
    one: np.ndarray, other: np.ndarray, tolerance: float = 0.0, missing: float | str | None = None
) -> np.ndarray:
    """Tell in which rows two columns differ.

    What is missing in both is equal, whole numbers equal floating ones of the same value, and floating
    numbers are compared in the less precise of two dtypes: 0.1 is not the same number in float32.
    """
    import numpy as np

    gaps, others = absent(one, missing), absent(other, missing)
    kinds = {one.dtype.kind, other.dtype.kind}
    if kinds <= set("biuf"):
        equal = _numbers(one, other, tolerance)
    else:
        # Text, logical values with gaps, times: each by its own ==, which says no between different kinds.
        equal = np.asarray(one.astype(object) == other.astype(object)) if "O" in kinds else _same(one, other)
    return np.asarray((gaps != others) | ~(gaps | equal.astype(bool)))


def _numbers(one: np.ndarray, other: np.ndarray, tolerance: float) -> np.ndarray:
    import numpy as np

    if {one.dtype.kind, other.dtype.kind} == {"f"} and one.itemsize != other.itemsize:
        dtype = min(one.dtype, other.dtype, key=lambda each: each.itemsize)
        with np.errstate(over="ignore"):
            one, other = one.astype(dtype), other.astype(dtype)
    equal = np.asarray(one == other)
    if tolerance and not equal.all():
        with np.errstate(invalid="ignore"):
            equal = equal | (np.abs(one.astype(np.float64) - other.astype(np.float64)) <= tolerance)
    return equal


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    import numpy as np

    if one.dtype.kind != other.dtype.kind:
        return np.zeros(len(one), dtype=bool)
    return np.asarray(one == other)
