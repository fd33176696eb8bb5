"""The values of ``.npy`` arrays: decoded, and read in row blocks however they are stored."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from alfcheck.readers.faults import MAX_ROW, bad, too_big_to_read
from alfcheck.readers.npy_header import Header, dtype_name

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece

__all__ = ["array_pieces", "decode", "held_bytes", "shaped", "slices"]

_STR_COST = 64  # bytes that one short Python string takes, beside its characters
_SEEK_WORTH = 16 << 10  # bytes from which a seek is cheaper than reading on
_MAX_WORK = 64 << 30  # bytes that may be read for an array stored column by column


def held_bytes(header: Header) -> int:
    """Estimate the memory of the values as they are given, text as Python strings."""
    if header.dtype.kind in "biufcmM":
        return header.nbytes
    texts = sum(math.prod(c.shape) for c in header.columns if c.dtype == "str")
    return header.nbytes + texts * (header.rows or 0) * _STR_COST


def shaped(array: Any, shape: tuple[int, ...], fortran: bool) -> Any:
    """Give values as stored their shape, column vectors as vectors."""
    if len(shape) == 2 and shape[1] == 1:
        return array  # ONE flattens (n, 1), however it is stored
    if len(shape) == 1:
        return array
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def decode(array: Any, header: Header) -> dict[str, Any]:
    """Give the columns of an array as `Column`s promise them: native order, text as str objects."""
    if header.plain:
        return {"": array}
    if header.dtype.names is None:
        value = _values(array)
        return {} if value is None else {"": value}
    given = {name: _values(array[name]) for name in header.dtype.names}
    return {name: value for name, value in given.items() if value is not None}


def _values(array: Any) -> Any:
    kind = array.dtype.kind
    if kind == "V":
        return None
    if kind in "SU":
        return _texts(array)
    if kind == "b":
        if array.size and np.maximum.reduce(array.view(np.uint8), None) > 1:
            raise bad("ALF201", "the array of booleans holds bytes that are neither 0 nor 1")
        return array
    if not array.dtype.isnative:
        array = array.astype(dtype_name(array.dtype))
        array.flags.writeable = False
    return array


def _texts(array: Any) -> Any:
    if array.dtype.kind == "S":
        texts = np.array(
            [text.decode("utf-8", "backslashreplace") for text in array.ravel().tolist()], object
        )
        return _frozen(texts.reshape(array.shape))
    if array.size and array.dtype.itemsize:
        native = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("=")))
        points = native.view(np.uint32)
        if bool(((points > 0x10FFFF) | ((points >= 0xD800) & (points < 0xE000))).any()):
            raise bad("ALF207", "the array of text holds code points that are no characters")
        array = native
    return _frozen(array.astype(object))


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


def slices(whole: Piece, rows: int, max_bytes: int) -> Iterator[Piece]:
    """Cut columns that are held whole into row blocks of about ``max_bytes``, at least a row each."""
    held = sum(column.nbytes for column in whole.values())
    step = max(1, max_bytes * rows // held) if held and rows else max(rows, 1)
    for start in range(0, rows, step):
        yield {name: column[start : start + step] for name, column in whole.items()}


def array_pieces(file: IO[bytes], header: Header, max_bytes: int) -> Iterator[Piece]:
    """Read the values of an array in row blocks of about ``max_bytes``, at least a row each.

    ``file`` is at least seekable forwards; the array begins at its byte 0.
    """
    rows = header.rows or 1
    row_bytes = max(header.nbytes // rows, 1)
    if row_bytes > MAX_ROW:
        raise too_big_to_read(
            f"one row of the array has {row_bytes} bytes, more than are read at once ({MAX_ROW})"
        )
    step = min(rows, max(1, max_bytes // max(held_bytes(header) // rows, 1)))
    items = header.items // rows
    if header.fortran and items > 1 and step < rows and -(-rows // step) * header.nbytes > _MAX_WORK:
        raise too_big_to_read("the array is stored column by column; reading it by rows would take too long")
    if not header.fortran or items <= 1:
        file.seek(header.offset)
    for start in range(0, rows, step):
        stop = min(start + step, rows)
        shape = (stop - start, *header.shape[1:])
        if header.fortran and items > 1:
            flat = _fortran_block(file, header, start, stop, items)
            block = flat.reshape(shape[::-1]).T if len(shape) != 2 or shape[1] != 1 else flat.reshape(-1)
        else:
            block = shaped(_take(file, header, (stop - start) * items), shape, False)
        yield decode(block, header)


def _take(file: IO[bytes], header: Header, count: int) -> Any:
    if not header.dtype.itemsize:
        return np.ndarray(count, header.dtype)
    wanted = count * header.dtype.itemsize
    raw = file.read(wanted)
    while len(raw) < wanted:
        more = file.read(wanted - len(raw))
        if not more:
            raise bad(
                "ALF203",
                f"the file ends {wanted - len(raw)} bytes before the values that its header promises",
            )
        raw += more
    return np.frombuffer(raw, header.dtype, count)


def _fortran_block(file: IO[bytes], header: Header, start: int, stop: int, items: int) -> Any:
    """Gather rows ``start`` to ``stop`` of an array whose columns are stored one after the other."""
    rows, size = header.rows or 1, header.dtype.itemsize
    block = np.empty((items, stop - start), header.dtype)
    if (stop - start) * size >= _SEEK_WORTH:
        for item in range(items):
            file.seek(header.offset + (item * rows + start) * size)
            block[item] = _take(file, header, stop - start)
    else:
        file.seek(header.offset)
        at_once = max(1, _SEEK_WORTH * 64 // max(rows * size, 1))
        for item in range(0, items, at_once):
            count = min(at_once, items - item)
            block[item : item + count] = _take(file, header, count * rows).reshape(count, rows)[:, start:stop]
    return _frozen(block.reshape(-1))
