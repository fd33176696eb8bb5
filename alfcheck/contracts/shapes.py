"""What a contract says of dtypes and shapes, before a value is looked at.

A shape names dimensions. A name that a shape has twice must have one length in the file; the lengths of the
others are compared with those of other files, and the row count of a file is known at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from alfcheck.contracts.lanes import TEXT_TABLES, VALUELESS
from alfcheck.contracts.model import Contract, Shape, Terms
from alfcheck.model import Dataset, Problem

__all__ = [
    "ROWS",
    "Dimension",
    "Rows",
    "dimensions",
    "dtype_problem",
    "row_problems",
    "rows_wanted",
    "shape_problem",
]

ROWS = "rows"
"""The dimension that counts the rows of the object; its agreement is the row rule's business."""

_KINDS = {"floating": "f", "integer": "iu", "number": "iuf", "bool": "b", "datetime": "M"}
# What tables with gaps name the dtypes of pandas, by those of numpy.
_NULLABLE = {
    "boolean": "bool",
    **{f"{kind}{bits}": f"{kind}{bits}".lower() for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)},
}


class Dimension(NamedTuple):
    """A named dimension of a file, by a contract; ``length`` is ``None`` where the file's rows count it."""

    contract: str
    name: str
    length: int | None


class Rows(NamedTuple):
    """How many rows a contract asks of a file: at least so many, or (by its shape) exactly."""

    contract: str
    column: str
    least: int = 0
    exactly: tuple[int, ...] = ()
    shape: str = ""


def dtype_problem(
    contract: Contract, terms: Terms, dataset: Dataset, name: str, dtype: str
) -> Iterator[Problem]:
    """Refuse a dtype that none of the terms accepts."""
    if not terms.dtypes or any(_accepts(term, dtype, dataset.extension) for term in terms.dtypes):
        return
    expected = " or ".join(terms.dtypes)
    yield Problem(
        code="ALF301",
        contract=contract.label,
        column=name,
        check="dtype",
        expected=expected,
        message=f"{name} has dtype {_spelt(dtype)}; expected {expected}",
        fix=f"convert {name} to {terms.dtypes[0]} and save it again",
    )


def _accepts(term: str, dtype: str, extension: str) -> bool:
    if dtype == VALUELESS:
        return True
    if dtype == "str":
        return term == "string"
    import numpy as np

    try:
        found = np.dtype(_NULLABLE.get(dtype, dtype))
    except TypeError:
        return False
    kind = found.kind
    if term in _KINDS and found.itemsize > 8:
        return False  # long doubles, which differ between machines
    if term in _KINDS:
        # A text table writes 1.0 as 1: there an integer is a floating number too.
        whole_number = term == "floating" and kind in "iu" and extension in TEXT_TABLES
        return kind in _KINDS[term] or whole_number
    return term != "string" and found == np.dtype(term)


def _spelt(dtype: str) -> str:
    if dtype in ("str", "object", *_NULLABLE):
        return dtype
    import numpy as np

    return str(np.dtype(dtype))


def shape_problem(
    contract: Contract, terms: Terms, name: str, shape: tuple[int, ...], scalar: bool
) -> Iterator[Problem]:
    """Refuse a row shape that fits none of the alternatives."""
    if not terms.shapes or (not scalar and _fitting(terms, shape)):
        return
    expected = " or ".join(map(_told, terms.shapes))
    found = "()" if scalar else _told((ROWS, *shape))
    yield Problem(
        code="ALF302",
        contract=contract.label,
        column=name,
        check="shape",
        expected=expected,
        message=f"{name} has shape {found}; expected {expected}",
        fix=f"save {name} with shape {expected}",
    )


def _told(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))})"


def _fitting(terms: Terms, shape: tuple[int, ...]) -> list[Shape]:
    """Give the alternatives that a row shape fits; those that leave the number of rows open come first."""
    fitting = [each for each in terms.shapes if each and _bound(each, shape) is not None]
    return sorted(fitting, key=lambda each: _exactly(each, shape) is not None)


def _exactly(wanted: Shape, shape: tuple[int, ...]) -> int | None:
    """Give the number of rows that a shape asks for, by a number or by a name that it has once more."""
    first = wanted[0]
    return first if isinstance(first, int) else (_bound(wanted, shape) or {}).get(first)


def _bound(wanted: Shape, shape: tuple[int, ...]) -> Mapping[str, int] | None:
    """Give the lengths of the names of a row's dimensions, or ``None`` if the shape does not fit."""
    rest = wanted[1:]
    # Readers flatten (n, 1) to (n,): it is still one row of a dimension of length 1.
    if shape == () and len(rest) == 1:
        shape = (1,)
    if len(rest) != len(shape):
        return None
    names: dict[str, int] = {}
    for want, have in zip(rest, shape, strict=True):
        if (names.setdefault(want, have) if isinstance(want, str) else want) != have:
            return None
    return names


def dimensions(contract: Contract, terms: Terms, shape: tuple[int, ...]) -> Iterator[Dimension]:
    """Give the named dimensions of a file, but for its rows."""
    fitting = _fitting(terms, shape)
    if not fitting:
        return
    wanted = fitting[0]
    names = _bound(wanted, shape) or {}
    if isinstance(wanted[0], str) and wanted[0] not in (ROWS, *names):
        yield Dimension(contract.label, wanted[0], None)
    for name, length in names.items():
        if name != ROWS:
            yield Dimension(contract.label, name, length)


def rows_wanted(
    contract: Contract, terms: Terms, name: str, shape: tuple[int, ...], least: int
) -> Iterator[Rows]:
    """Give what a contract asks of the number of rows, if anything."""
    fitting = _fitting(terms, shape)
    counts = [count for each in fitting if (count := _exactly(each, shape)) is not None]
    if counts and len(counts) == len(fitting):
        yield Rows(contract.label, name, 0, tuple(counts), " or ".join(map(_told, fitting)))
    if least:
        yield Rows(contract.label, name, least)


def row_problems(wanted: tuple[Rows, ...], rows: int) -> Iterator[Problem]:
    """Judge the number of rows of a file."""
    for each in wanted:
        if each.exactly and rows not in each.exactly:
            counts = " or ".join(map(str, each.exactly))
            yield Problem(
                code="ALF302",
                contract=each.contract,
                column=each.column,
                check="shape",
                expected=each.shape,
                message=f"{each.column} has {rows} rows; its shape {each.shape} asks for {counts}",
                fix=f"save {each.column} with the shape {each.shape}",
            )
        if rows < each.least:
            least = f"at least {each.least} row{'s' if each.least > 1 else ''}"
            yield Problem(
                code="ALF313",
                contract=each.contract,
                column=each.column,
                check="at_least",
                expected=least,
                message=f"{each.column} has {rows} row{'s' if rows != 1 else ''}; expected {least}",
                fix=f"find the rows of {each.column} that were not saved, or leave the dataset out",
            )
