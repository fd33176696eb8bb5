"""Read ``.npy``: whole if small, else in row blocks; nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from alfcheck.model import Problem
from alfcheck.readers.base import Content
from alfcheck.readers.faults import WHOLE, bad
from alfcheck.readers.files import file_of
from alfcheck.readers.npy_header import MAGIC, Header, header_end, parse_header
from alfcheck.readers.npy_values import array_pieces, decode, held_bytes, shaped, slices

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

    Pieces = Callable[[int], Iterator[Piece]]

__all__ = [
    "array_content",
    "check_size",
    "read",
    "refuse_pickle",
    "stream_header",
]


def read(source: Source) -> Content:
    """Read one array; see `npy_header.parse_header` for what is refused."""
    data = source.data
    if data is None:
        return _read_large(file_of(source), source.size)
    if data[:6] != MAGIC:
        refuse_pickle(data)
    header = parse_header(data[: header_end(data[:12], len(data))])
    if header.plain and header.rows and len(data) == header.end:
        return _plain(data, header)
    problems = check_size(header, len(data))
    if not header.rows:
        return array_content(header, None, problems)
    if not header.plain and held_bytes(header) > WHOLE:
        return array_content(header, partial(array_pieces, file_of(source), header), problems)
    content = array_content(header, None, problems)
    array = _values_at(data, header)
    _hold(content, shaped(array, header.shape, header.fortran), header)
    return content


def _plain(data: bytes, header: Header) -> Content:
    """Give the values of a sound file of numbers as they are: of most files."""
    array = np.frombuffer(data, header.dtype, header.items, header.offset)
    if len(header.given) > 1:
        array = shaped(array, header.shape, header.fortran)
    whole = {"": array}
    pieces = partial(slices, whole, header.rows or 0)
    return Content(header.kind, header.columns, header.rows, whole, pieces, shape=header.given)


def _values_at(data: bytes, header: Header) -> Any:
    if not header.dtype.itemsize:
        return np.ndarray(header.items, header.dtype)
    return np.frombuffer(data, header.dtype, header.items, header.offset)


def array_content(header: Header, pieces: Pieces | None, problems: tuple[Problem, ...]) -> Content:
    """Make the content of an array from its header; a scalar gets its warning and no values."""
    content = Content(header.kind, header.columns, header.rows, None, pieces, None, problems, header.given)
    if header.rows is None:
        message = "the array has no dimensions (a single value); ONE cannot make an object of it"
        content.problems = (*problems, Problem(code="ALF216", message=message))
        content.pieces = None
    elif not header.rows:
        _hold(content, np.ndarray(header.given, header.dtype), header)
    return content


def _hold(content: Content, array: Any, header: Header) -> None:
    content.whole = whole = decode(array, header)
    content.pieces = partial(slices, whole, header.rows or 0)


def check_size(header: Header, size: int) -> tuple[Problem, ...]:
    promised = header.end
    if size == promised:
        return ()
    what = f"the header promises {header.items} values of {header.dtype} (shape {header.shape})"
    if size < promised:
        held = (size - header.offset) // max(header.dtype.itemsize, 1)
        raise bad(
            "ALF203", f"{what}, {promised} bytes in all; the file ends after {size} bytes, {held} values"
        )
    return (Problem(code="ALF204", message=f"{what}; {size - promised} further bytes follow"),)


def _read_large(file: IO[bytes], size: int) -> Content:
    header = stream_header(file, size)
    problems = check_size(header, size)
    content = array_content(header, partial(array_pieces, file, header), problems)
    if header.plain and content.pieces is not None:
        content.mapped = partial(_mapped, file, header)
    return content


def _mapped(file: IO[bytes], header: Header) -> Piece:
    """Give the values of a file of numbers as a memory map, which outlives the open file."""
    flat = np.memmap(file, header.dtype, "r", header.offset, (header.items,))
    return {"": shaped(np.asarray(flat), header.shape, header.fortran)}


def stream_header(file: IO[bytes], size: int) -> Header:
    """Read the header of an array that stands at the current position of an open file or member."""
    start = file.read(min(12, size))
    if start[:6] != MAGIC:
        refuse_pickle(start + file.read(4096))
    end = header_end(start, size)
    raw = start[:end] + file.read(max(end - len(start), 0))
    if len(raw) < end:
        raise bad("ALF203", f"the file ends after {len(raw)} bytes, within its header of {end} bytes")
    return parse_header(raw)


def refuse_pickle(data: bytes) -> None:
    """Raise ALF205 for what looks like a pickle; it is looked at as text and never run."""
    if not _is_pickle(data):
        return
    raise bad("ALF205", "the file is a bare Python pickle, not an array; to unpickle it may run any code")


def _is_pickle(data: bytes) -> bool:
    if data[:1] == b"\x80" and data[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return True
    import pickletools  # which most runs never need

    try:
        for seen, (opcode, _, _) in enumerate(pickletools.genops(data[:4096])):
            if opcode.name == "STOP":
                return seen > 1
    except Exception:  # of many kinds, for bytes that are none
        return False
    return False
