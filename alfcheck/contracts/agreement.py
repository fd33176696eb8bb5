"""Whether a column of an object's table and a file of the same name hold the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.terms import absent

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Pair", "differ", "pairs"]

Column = tuple[str, str, tuple[int, ...]]

EXACT = 2.0**53
"""Up to where a double tells whole numbers apart."""

NEAR = 2.0**62
"""Numbers that lie less far apart do so modulo 2**64 too."""


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
    table's ``intervals_0`` and ``intervals_1``, as ONE names them; so are those of a table ``intervals``.
    """
    for each, (source, dtype, component) in _parts(table, name, file):
        found = table.get(each)
        if found is not None and "object" not in (found[1], dtype):
            yield Pair(each, found[0], source, component)


def _parts(
    table: Mapping[str, Column], name: str, file: Sequence[Column]
) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """Give the columns of a file by the names that a table has for them: source, dtype, component."""
    if len(file) > 1:
        for index, (source, dtype, _) in enumerate(file):
            yield f"{name}_{index}", (source, dtype, -1)
        return
    for source, dtype, shape in file:
        if not shape:
            yield name, (source, dtype, -1)
        for index in range(min(shape[0], len(table))) if len(shape) == 1 else ():
            yield f"{name}_{index}", (source, dtype, index)


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
    if (one.dtype.kind == "f") != (other.dtype.kind == "f"):
        doubtful = equal & (np.abs(one.astype(np.float64)) >= EXACT)  # both were rounded to be compared
        equal[doubtful] = _distance(one[doubtful], other[doubtful]) == 0
    if tolerance and not equal.all():
        equal[~equal] = _distance(one[~equal], other[~equal]) <= tolerance
    return equal


def _distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tell how far numbers lie apart: of whole ones exactly, since two may be one as floats."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        rounded = np.abs(one.astype(np.float64) - other.astype(np.float64))
    if one.dtype.kind == other.dtype.kind == "f":
        return np.asarray(rounded)
    (whole, part), (others, parts) = _split(one), _split(other)
    exact = np.abs((whole - others).view(np.int64).astype(np.float64) + (part - parts))
    return np.where(rounded < NEAR, exact, rounded)


def _split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give whole numbers modulo 2**64, and what of each is beyond it (all, if it is too large)."""
    import numpy as np

    if values.dtype.kind != "f":
        return values.astype(np.uint64), np.zeros(len(values))
    floats = values.astype(np.float64)
    whole = np.trunc(np.where(np.abs(floats) < 2.0**64, floats, 0))
    size = np.abs(whole).astype(np.uint64)
    return np.where(whole < 0, ~size + np.uint64(1), size), floats - whole


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    import numpy as np

    if one.dtype.kind != other.dtype.kind:
        return np.zeros(len(one), dtype=bool)
    return np.asarray(one == other)
