"""Headers of ``.npy``: by numpy's own rules, plus what must hold for the header to be believable."""

from __future__ import annotations

import io
import math
import re
import warnings
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.lib import format as npy_format

from alfcheck.readers.base import Column, Kind
from alfcheck.readers.faults import bad, oversized

__all__ = ["MAGIC", "MAX_HEADER", "Header", "dtype_name", "header_end", "parse_header"]

MAGIC = b"\x93NUMPY"
_VERSION_1 = MAGIC + b"\1\0"
MAX_HEADER = 10_000  # numpy's own limit for headers that are not trusted
_MAX_BYTES = 2**63 - 1
_MAX_EMPTY_ROWS = 1_000_000

# What numpy.save writes; anything else takes numpy's own, slower way.
_PLAIN = re.compile(
    rb"\{'descr': '([<>|=][?a-zA-Z]\d{0,9}(?:\[\w+\])?)', 'fortran_order': (False|True), "
    rb"'shape': \(((?:(?:0|[1-9]\d{0,17}),|(?:0|[1-9]\d{0,17})(?:, (?:0|[1-9]\d{0,17}))+)?)\), \} *\n"
)


class Header(NamedTuple):
    """A believable header: the file's dtype and shape, and what readers make of them.

    ``shape`` is as stored, ``given`` and ``columns`` as ONE gives it. ``items`` is the number of values,
    ``offset`` where they begin, ``end`` where they end. ``plain`` values need no decoding.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    offset: int
    items: int
    kind: Kind
    columns: tuple[Column, ...]
    rows: int | None
    plain: bool
    given: tuple[int, ...]
    end: int

    @property
    def nbytes(self) -> int:
        """Bytes of the values."""
        return self.end - self.offset


def header_end(start: bytes, size: int) -> int:
    """Tell where the values begin from a file's first 12 bytes and its size, or raise `BadContent`."""
    if start[:8] == _VERSION_1 and len(start) == 12:
        end = 10 + start[8] + (start[9] << 8)
        if end <= min(size, MAX_HEADER):
            return end
    return _careful_end(start, size)


def _careful_end(start: bytes, size: int) -> int:
    if not start.startswith(MAGIC):
        if MAGIC.startswith(start):
            raise bad(
                "ALF203", f"the file ends after {len(start)} bytes, within the first mark of a .npy file"
            )
        raise bad("ALF201", f"this is not a .npy file: it begins with {start[:6]!r}, not {MAGIC!r}")
    width = 2 if start[6:7] == b"\x01" else 4
    if len(start) < 8 + width:
        raise bad("ALF203", f"the file ends after {len(start)} bytes, before its header")
    if (start[6], start[7]) not in ((1, 0), (2, 0), (3, 0)):
        raise bad("ALF201", f"version {start[6]}.{start[7]} of the .npy format does not exist")
    length = int.from_bytes(start[8 : 8 + width], "little")
    end = 8 + width + length
    if end > size:
        raise bad("ALF203", f"the file ends after {size} bytes, within its header of {end} bytes")
    if length > MAX_HEADER:
        raise oversized(
            f"the header has {length} bytes; numpy reads at most {MAX_HEADER} of a file it does not trust"
        )
    return end


@lru_cache(maxsize=2048)
def parse_header(raw: bytes) -> Header:
    """Parse all bytes before the values; a pure function, so that equal headers are parsed once.

    Raises `BadContent`: ALF201 for what numpy cannot parse, ALF205 for object arrays, ALF206 for what
    cannot exist.
    """
    plain = _PLAIN.fullmatch(raw, 10) if raw[6] == 1 else None
    if plain is not None:
        dtype = _plain_dtype(plain[1])
        fortran = plain[2] == b"True"
        shape = tuple(int(part) for part in plain[3].split(b",") if part)
    else:
        shape, fortran, dtype = _numpy_header(raw)
    return _believe(dtype, shape, fortran, len(raw))


@lru_cache(maxsize=256)
def _plain_dtype(descr: bytes) -> np.dtype[Any]:
    try:
        return np.dtype(descr.decode("ascii"))
    except (TypeError, ValueError, OverflowError) as error:
        raise bad(
            "ALF201", f"the header names the type {descr.decode('ascii')!r}, which numpy does not know"
        ) from error


def _numpy_header(raw: bytes) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    stream = io.BytesIO(raw[8:])
    version = (raw[6], raw[7])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if version == (1, 0):
                return npy_format.read_array_header_1_0(stream, max_header_size=MAX_HEADER)
            if version == (2, 0):
                return npy_format.read_array_header_2_0(stream, max_header_size=MAX_HEADER)
            # numpy exports no reader of version 3, which is version 2 in UTF-8
            text = raw[12:].decode("utf-8")
            latin = text.encode("ascii", "backslashreplace")
            stream = io.BytesIO(len(latin).to_bytes(4, "little") + latin)
            return npy_format.read_array_header_2_0(stream, max_header_size=MAX_HEADER)
    except Exception as error:
        shown = raw[8:].decode("latin-1").strip()[:80]
        raise bad("ALF201", f"numpy cannot read the header of the array: {shown!r}") from error


def _believe(dtype: np.dtype[Any], shape: tuple[int, ...], fortran: bool, offset: int) -> Header:
    if dtype.hasobject:
        raise bad("ALF205", "the array holds pickled Python objects; to unpickle it may run any code")
    if any(isinstance(size, bool) or size < 0 for size in shape) or len(shape) > 64:
        raise bad("ALF206", f"the header claims the shape {shape}, which no array can have")
    if dtype.subdtype is not None:
        raise bad("ALF206", f"the header claims arrays of type {dtype} as items, which numpy does not load")
    count = math.prod(shape)
    if count and 0 < count * dtype.itemsize <= _MAX_BYTES:
        return _given(dtype, shape, fortran, offset, count)
    if (
        count * dtype.itemsize > _MAX_BYTES
        or math.prod(filter(None, shape)) * max(dtype.itemsize, 1) > _MAX_BYTES
    ):
        raise bad("ALF206", f"the header claims the shape {shape} of {dtype}, more bytes than can exist")
    if count * dtype.itemsize == 0 and max(shape, default=0) > _MAX_EMPTY_ROWS:
        raise bad("ALF206", f"the header claims the shape {shape} of {dtype}, for which no value is needed")
    return _given(dtype, shape, fortran, offset, count)


def _given(dtype: np.dtype[Any], shape: tuple[int, ...], fortran: bool, offset: int, count: int) -> Header:
    row = () if len(shape) == 2 and shape[1] == 1 else shape[1:]
    kind, columns, plain = _columns(dtype, row)
    given = shape[:1] + row if kind is Kind.ARRAY else shape
    rows = shape[0] if shape else None
    end = offset + count * dtype.itemsize
    return Header(dtype, shape, fortran, offset, count, kind, columns, rows, plain, given, end)


@lru_cache(maxsize=256)
def _columns(dtype: np.dtype[Any], row: tuple[int, ...]) -> tuple[Kind, tuple[Column, ...], bool]:
    if dtype.names is None:
        name = dtype_name(dtype)
        return Kind.ARRAY, (Column("", name, row),), dtype.isnative and dtype.kind in "iufcmM"
    fields = ((name, dtype.fields[name][0]) for name in dtype.names) if dtype.fields else ()
    return Kind.TABLE, tuple(Column(n, dtype_name(d.base), row + d.shape) for n, d in fields), False


@lru_cache(maxsize=256)
def dtype_name(dtype: np.dtype[Any]) -> str:
    """Name a dtype as columns do: native order, ``str`` for text, ``object`` for what is not given."""
    if dtype.kind in "SU":
        return "str"
    if dtype.kind == "V":
        return "object"
    return str(dtype.newbyteorder("="))
