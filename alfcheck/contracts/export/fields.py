"""The columns of an object's table, as every other standard sees them: flat, with one kind of value each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.model import Shape
from alfcheck.contracts.spec import ColumnSpec, ContractSpec

__all__ = ["Field", "documents_of", "fields_of", "is_component", "kinds_of", "patterns_of"]

FLAT_ABOVE = 16
"""Arrays with more values a row are one column of arrays, as in `alfcheck.contracts.plan`."""

_COMPONENT = re.compile(r"(.+)_(\d+)")
_KINDS = (
    (re.compile(r"number"), ("integer", "number")),
    (re.compile(r"integer|u?int\d*|[<>=|]?[iu]\d"), ("integer",)),
    (re.compile(r"floating|float\d*|double|[<>=|]?f\d+"), ("number",)),
    (re.compile(r"bool|[|]?b1"), ("boolean",)),
    (re.compile(r"string|str|[<>=|]?[USa]\d*"), ("string",)),
    (re.compile(r"datetime.*|[<>=]?M8.*"), ("datetime",)),
)
TABLE = "table"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what it may hold, and how many values a row has (``dims``, empty for one)."""

    name: str
    column: ColumnSpec
    kinds: frozenset[str]
    dims: Shape = ()

    @property
    def scalar(self) -> bool:
        """Tell whether a row has one value."""
        return not self.dims


def fields_of(spec: ContractSpec) -> tuple[Field, ...]:
    """Give the columns that have names of their own; arrays of few columns are parted as ONE parts them."""
    return tuple(field for column in _named(spec) for field in _fields(spec, column))


def _named(spec: ContractSpec) -> Iterator[ColumnSpec]:
    for column in spec.columns:
        if not is_glob(column.name) and column.name != TABLE and not column.document:
            yield column


def patterns_of(spec: ContractSpec) -> tuple[Field, ...]:
    """Give the columns that are patterns of names."""
    globs = (column for column in spec.columns if is_glob(column.name) and not column.document)
    return tuple(
        Field(column.name, column, kinds_of(column.dtypes), _dims(column))
        for column in globs
        if len({len(shape) for shape in column.shapes}) < 2
    )


def documents_of(spec: ContractSpec) -> tuple[ColumnSpec, ...]:
    """Give the datasets that are documents rather than columns."""
    return tuple(column for column in spec.columns if column.document)


def kinds_of(dtypes: tuple[str, ...]) -> frozenset[str]:
    """Give the kinds of values that dtypes allow; empty for any."""
    found: set[str] = set()
    for dtype in dtypes:
        kinds = next((kinds for pattern, kinds in _KINDS if pattern.fullmatch(dtype)), None)
        if kinds is None:
            return frozenset()
        found.update(kinds)
    return frozenset(found)


def is_component(spec: ContractSpec, column: ColumnSpec) -> bool:
    """Tell whether an entry is a component of another entry's array."""
    match = _COMPONENT.fullmatch(column.name)
    return match is not None and spec.column(match[1]) is not None


def _fields(spec: ContractSpec, column: ColumnSpec) -> Iterator[Field]:
    kinds = kinds_of(column.dtypes)
    if is_component(spec, column):
        match = _COMPONENT.fullmatch(column.name)
        whole = spec.column(match[1]) if match is not None else None
        assert whole is not None
        yield Field(column.name, _inherited(column, whole), kinds_of(whole.dtypes))
        return
    for shape in column.shapes or (("rows",),):
        parts = _parts(shape)
        if parts is None:
            yield Field(column.name, column, kinds, shape[1:])
            continue
        for name in (f"{column.name}_{index}" for index in range(parts)):
            if spec.column(name) is None:
                yield Field(name, replace(column, name=name, required=False), kinds)


def _inherited(column: ColumnSpec, whole: ColumnSpec) -> ColumnSpec:
    return replace(
        column,
        description=column.description or whole.description,
        unit=whole.unit,
        dtypes=whole.dtypes,
        references=whole.references,
        missing=whole.missing if column.missing is None else column.missing,
        missing_share=whole.missing_share if column.missing_share is None else column.missing_share,
        tolerance=column.tolerance or whole.tolerance,
        source=whole.source,
        examples=(),
    )


def _parts(shape: Shape) -> int | None:
    """Give how many columns an array is, or ``None`` for one that stays whole."""
    known = len(shape) == 2 and isinstance(shape[1], int) and shape[1] <= FLAT_ABOVE
    return int(shape[1]) if known else None


def _dims(column: ColumnSpec) -> Shape:
    return column.shapes[0][1:] if column.shapes else ()
