"""Which dtypes and shapes one contract accepts and another does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from alfcheck.contracts.diff.changes import Breaks, by_subset
from alfcheck.contracts.model import Shape
from alfcheck.contracts.spec import ContractSpec

__all__ = [
    "Names",
    "compare_dtypes",
    "compare_shapes",
    "only_time_dtypes",
    "only_whole_dtypes",
    "shared_names",
]

_FLOATS = frozenset({"float16", "float32", "float64"})
_INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")
_TIMES = frozenset({"datetime64", *(f"datetime64[{unit}]" for unit in _UNITS)})
_KINDS = {
    "floating": _FLOATS,
    "integer": _INTEGERS,
    "number": _FLOATS | _INTEGERS,
    "bool": frozenset({"bool"}),
    "datetime": _TIMES,
}
_CODES = {
    **{f"{letter}{size}": f"{name}{8 * size}" for letter, name, sizes in (
        ("f", "float", (2, 4, 8)), ("i", "int", (1, 2, 4, 8)), ("u", "uint", (1, 2, 4, 8))
    ) for size in sizes},
    "b1": "bool",
    "?": "bool",
    "float": "float64",
    "double": "float64",
    "int": "int64",
    "uint": "uint64",
}  # fmt: skip

Names = Mapping[str, frozenset[str]]
"""Dimension names that occur more than once in a contract, and the columns where they do."""


def compare_dtypes(old: Sequence[str], new: Sequence[str]) -> Breaks:
    """Compare lists of accepted dtypes; none accepts all, and a kind accepts each of its kind."""
    before, after = _accepted(old), _accepted(new)
    return by_subset(
        after is None or (before is not None and before <= after),
        before is None or (after is not None and after <= before),
    )


def only_whole_dtypes(dtypes: Sequence[str]) -> bool:
    """Tell whether nothing but whole numbers is accepted."""
    accepted = _accepted(dtypes)
    return accepted is not None and accepted <= _INTEGERS | {"bool"}


def only_time_dtypes(dtypes: Sequence[str]) -> bool:
    """Tell whether nothing but dates and times is accepted."""
    accepted = _accepted(dtypes)
    return accepted is not None and accepted <= _TIMES


def _accepted(dtypes: Sequence[str]) -> frozenset[str] | None:
    if not dtypes:
        return None
    return frozenset().union(*(_KINDS.get(_named(each), frozenset({_named(each)})) for each in dtypes))


def _named(dtype: str) -> str:
    plain = dtype.lstrip("<>=|")
    return _CODES.get(plain, plain)


def shared_names(spec: ContractSpec, among: Iterable[str]) -> Names:
    """Give the dimension names that bind columns together, with those of the columns `among` that they do."""
    known = set(among)
    places: dict[str, list[str]] = defaultdict(list)
    for column in spec.columns:
        for name in {each for shape in column.shapes for each in shape if isinstance(each, str)}:
            places[name].append(column.name)
    return {
        name: frozenset(columns) & known
        for name, columns in places.items()
        if len(columns) > 1 and name != "rows" and "." not in name
    }


def compare_shapes(old: Sequence[Shape], new: Sequence[Shape], before: Names, after: Names) -> Breaks:
    """Compare alternatives of shapes; a name that nothing else bears is any length.

    `before` and `after` are the names that must agree with other columns: renaming them all alike changes
    nothing.
    """
    return by_subset(
        not new or (bool(old) and all(any(_covers(a, after, b, before) for a in new) for b in old)),
        not old or (bool(new) and all(any(_covers(b, before, a, after) for b in old) for a in new)),
    )


def _covers(wide: Shape, wide_names: Names, narrow: Shape, narrow_names: Names) -> bool:
    if len(wide) != len(narrow):
        return False
    pairs = list(zip(wide, narrow, strict=True))
    equal = all(
        one == other
        for place, (name, one) in enumerate(pairs)
        for again, other in pairs[place + 1 :]
        if name == again and isinstance(name, str)  # a name that stands twice asks for equal lengths
    )
    return equal and all(_takes(outer, wide_names, inner, narrow_names) for outer, inner in pairs)


def _takes(outer: str | int, outer_names: Names, inner: str | int, inner_names: Names) -> bool:
    if isinstance(outer, int) or outer == "rows" or "." in outer:
        return outer == inner
    if inner == "rows":
        return False
    bound = outer_names.get(outer)
    if bound is None:
        return True
    return isinstance(inner, str) and inner in inner_names and bound <= inner_names[inner]
