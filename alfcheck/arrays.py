"""Arrow arrays of Python's values, made without pandas: ``pyarrow.array`` imports it for a list."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

__all__ = ["days", "flags", "lists", "numbers", "texts"]

_CODES = {1: "b", 2: "H", 8: "Q"}
_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def texts(values: Sequence[str | None]) -> pa.StringArray:
    """Make an array of texts; `None` is null."""
    import pyarrow as pa

    if None not in values:
        return _texts(cast(Sequence[str], values), None)
    if all(value is None for value in values):
        return pa.nulls(len(values), pa.string())
    return _texts([value or "" for value in values], _bits(value is not None for value in values))


def _texts(values: Sequence[str], known: pa.Buffer | None) -> pa.StringArray:
    import pyarrow as pa

    data = "".join(values).encode()
    # Of plain texts each character is a byte.
    lengths = map(len, values if data.isascii() else [value.encode() for value in values])
    offsets = _offsets(lengths, len(values))
    return pa.Array.from_buffers(pa.string(), len(values), [known, offsets, pa.py_buffer(data)])


def lists(values: Sequence[Sequence[str]]) -> pa.ListArray:
    """Make an array of lists of texts."""
    import pyarrow as pa

    inner = texts([*chain.from_iterable(values)])
    offsets = _offsets(map(len, values), len(values))
    return pa.Array.from_buffers(pa.list_(pa.string()), len(values), [None, offsets], children=[inner])


def numbers(values: Sequence[int], kind: pa.DataType) -> pa.Array:
    """Make an array of integers: int8, uint16 or uint64."""
    import pyarrow as pa

    data = array(_CODES[kind.byte_width], values)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(data)])


def days(values: Sequence[date]) -> pa.Date32Array:
    """Make an array of dates."""
    import pyarrow as pa

    data = array("i", (value.toordinal() - _EPOCH for value in values))
    return pa.Array.from_buffers(pa.date32(), len(values), [None, pa.py_buffer(data)])


def flags(values: Sequence[bool]) -> pa.BooleanArray:
    """Make an array of true and false."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def _offsets(lengths: Iterable[int], count: int) -> pa.Buffer:
    import numpy as np
    import pyarrow as pa

    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(np.fromiter(lengths, np.int32, count), out=offsets[1:])
    return pa.py_buffer(offsets)


def _bits(values: Iterable[bool]) -> pa.Buffer:
    import numpy as np
    import pyarrow as pa

    return pa.py_buffer(np.packbits(np.fromiter(values, bool), bitorder="little"))
