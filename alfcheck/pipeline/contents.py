"""Look at what a plugin's reader gives, before it is judged: else others would be blamed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from alfcheck.readers.base import Column, Content, Kind

if TYPE_CHECKING:
    import numpy as np

__all__ = ["no_values", "sound_content", "sound_values"]

_INTEGERS = tuple(f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64))
_OBJECTS = {"str": ("U", "string"), "boolean": ("b", "boolean")}
"""What is held as objects, for it may have gaps: the kind of array that will do, and what pandas calls it."""


def sound_content(given: object) -> Content:
    """Give what a reader gave as a Content of our own, with its dtypes spelt as our readers spell them.

    Raises `TypeError` or `ValueError` for what is no Content, or does not hold what it promises.
    """
    if not isinstance(given, Content):
        raise TypeError(f"it gave a {type(given).__name__}, where a Content is due")
    for fault in _faults(given):
        raise ValueError(f"it gave a Content {fault}")
    columns = tuple(Column(name, _spelt(dtype), _sizes(shape)) for name, dtype, shape in given.columns)
    rows = None if given.rows is None else index(given.rows)
    whole = None if given.whole is None else sound_values("Content", given.whole, columns, rows)
    shape = None if given.shape is None else _sizes(given.shape)
    more = (given.pieces, given.document, given.problems, shape, given.opaque, given.mapped)
    return Content(given.kind, columns, rows, whole, *more)


def _faults(content: Any) -> Iterator[str]:
    rows = content.rows
    if not isinstance(content.kind, Kind):
        yield f"of the kind {content.kind!r}, which is none"
    if rows is not None and not _counts(rows):
        yield f"of {rows!r} rows: give a whole number, or None"
    if not isinstance(content.columns, (tuple, list)):
        yield "whose columns are no tuple of Columns"
    for each in content.columns:
        yield from _column_faults(each)
    yield from _promise_faults(content, [each[0] for each in content.columns])
    if not isinstance(content.problems, tuple):
        yield "whose problems are no tuple"
    for name in ("pieces", "mapped"):
        if getattr(content, name) is not None and not callable(getattr(content, name)):
            yield f"whose {name} are no function"
    if content.shape is not None and not _is_shape(content.shape):
        yield f"of the shape {content.shape!r}: give a tuple of whole numbers, or None"


def _column_faults(column: Any) -> Iterator[str]:
    if not isinstance(column, tuple) or len(column) != len(Column._fields):
        yield "whose columns are no Columns"
    name, dtype, shape = column
    if not isinstance(name, str) or not isinstance(dtype, str) or not _is_shape(shape):
        yield f"whose column {name!r} needs a text for dtype and a tuple of whole numbers for shape"
    if not _spelt(dtype):
        yield f"whose column {name!r} has the dtype {dtype!r}, which is none; text is 'str'"


def _promise_faults(content: Any, names: Sequence[str]) -> Iterator[str]:
    """Find what cannot be kept, whatever the values are."""
    if len(set(names)) < len(names):
        yield f"with columns of the same name: {names}"
    if content.kind is Kind.ARRAY and len(names) > 1:
        yield f"that is an array with the columns {names}: an array has one, and what has more is a table"
    if content.rows is None and content.whole:
        yield "with values and without rows: say how many; a single value has no row, and is not given"
    if (
        content.pieces is not None
        and content.whole is None
        and not names
        and content.kind is not Kind.DOCUMENT
    ):
        yield "with pieces and without columns"


def _counts(number: Any) -> bool:
    try:
        return index(number) >= 0
    except TypeError:
        return False


def _is_shape(shape: object) -> bool:
    return isinstance(shape, tuple) and all(map(_counts, shape))


def _sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(map(index, shape))


def _spelt(dtype: str) -> str:
    """Spell a dtype as our readers do: a contract compares names. Gives ``""`` for what is none."""
    import numpy as np

    from alfcheck.readers.npy_header import dtype_name

    if dtype in (*_OBJECTS, *_INTEGERS):
        return dtype
    try:
        return dtype_name(np.dtype(dtype))
    except Exception:  # numpy raises many kinds for a text that is none
        return ""


def sound_values(
    what: str, given: object, columns: Sequence[Column], rows: int | None = None
) -> dict[str, np.ndarray]:
    """Give values by column: native, text as objects, each of `rows` rows (``None``: all of equally many).

    Raises `TypeError` or `ValueError` for what is not what its columns promise.
    """
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise TypeError(f"it gave a {kind} for the values of a {what}, where arrays by column are due")
    names = [column.name for column in columns]
    if set(names) != set(given):
        held = sorted(map(str, given))
        raise ValueError(f"it gave a {what} with values of {held}, where the columns are {sorted(names)}")
    found: dict[str, np.ndarray] = {}
    for column in columns:
        values = given[column.name]
        rows = _length(values) if rows is None else rows
        for fault in _values_faults(values, column, rows):
            raise ValueError(f"it gave a {what} whose values of {column.name!r} {fault}")
        found[column.name] = values.astype(_held(column.dtype), copy=False)
    return found


def no_values(columns: Sequence[Column]) -> dict[str, np.ndarray]:
    """Give the values of no row."""
    import numpy as np

    return {name: np.empty((0, *shape), _held(dtype)) for name, dtype, shape in columns}


def _length(values: Any) -> int:
    shape = getattr(values, "shape", ())
    return shape[0] if shape else 0


def _values_faults(values: Any, column: Column, rows: int) -> Iterator[str]:
    import numpy as np

    if not isinstance(values, np.ndarray) or isinstance(values, np.ma.MaskedArray):
        yield f"are a {type(values).__name__}, and not an array"
    if values.shape != (due := (rows, *column.shape)):
        yield f"have the shape {values.shape}, not {due}"
    if not _is_of(values, column.dtype):
        things = "other objects" if values.dtype.kind == "O" else str(values.dtype)
        yield f"are {things}, where its column promises {column.dtype}"


def _is_of(values: np.ndarray, dtype: str) -> bool:
    kind = values.dtype.kind
    if dtype in _OBJECTS:
        from pandas.api.types import infer_dtype

        will_do, called = _OBJECTS[dtype]
        objects = kind == "O" and infer_dtype(values.ravel(), skipna=True) in (called, "empty")
        return objects or kind == will_do
    if dtype in _INTEGERS:
        return kind in "iuf"
    return kind != "V" and values.dtype.newbyteorder("=") == _held(dtype)


def _held(dtype: str) -> np.dtype[Any]:
    import numpy as np

    return np.dtype(object if dtype in _OBJECTS else "float64" if dtype in _INTEGERS else dtype)
