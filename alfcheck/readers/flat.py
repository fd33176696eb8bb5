"""Read flat binary files, which are what the metadata beside them says.

ALF: ``dtype`` names the type by numpy's conventions, the length of ``columns`` is the number of columns
(``one.alf.spec``, "extension").
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from alfcheck.readers.base import Column, Content, Kind
from alfcheck.readers.faults import MAX_COLUMNS, WHOLE, bad
from alfcheck.readers.files import file_of
from alfcheck.readers.json_text import MAX_DEPTH
from alfcheck.readers.npy_header import Header, dtype_name
from alfcheck.readers.npy_values import array_pieces, slices

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]


def read(source: Source) -> Content:
    """Read ``X.bin`` by ``X.metadata.json``; without it nothing is known of the rows."""
    meta = _metadata(source)
    if meta is None or "dtype" not in meta:
        return Content(Kind.DOCUMENT, (), None, opaque=True)
    dtype = _dtype(meta["dtype"])
    names = _names(meta.get("columns"))
    row_bytes = dtype.itemsize * max(len(names), 1)
    rows, rest = divmod(source.size, row_bytes)
    if rest:
        raise bad(
            "ALF203",
            f"{source.size} bytes are no whole number of rows of {row_bytes} bytes: {rest} are left over",
        )
    shape = (rows, len(names)) if names else (rows,)
    columns = tuple(Column(name, dtype_name(dtype)) for name in names or [""])
    kind = Kind.TABLE if names else Kind.ARRAY
    content = Content(kind, columns, rows, shape=shape)
    items, end = source.size // dtype.itemsize, source.size
    header = Header(dtype, shape, False, 0, items, Kind.ARRAY, columns[:1], rows, False, shape, end)
    content.pieces = partial(_pieces, source, header, names)
    if source.data is not None and source.size <= WHOLE:
        content.whole = whole = next(_pieces(source, header, names, 2 * WHOLE))
        content.pieces = partial(slices, whole, rows)
    return content


def _pieces(source: Source, header: Header, names: list[str], max_bytes: int) -> Iterator[Piece]:
    for piece in array_pieces(file_of(source), header, max_bytes):
        values = piece[""]
        if values.ndim == 1:
            yield {(names or [""])[0]: values}
        else:
            yield {name: values[:, i] for i, name in enumerate(names)}


def _metadata(source: Source) -> dict[str, Any] | None:
    """Give the metadata; faults of that file are told where it is read itself."""
    raw = source.sidecar(source.name.removesuffix(".bin") + ".metadata.json")
    if raw is None or raw.count(b"[") + raw.count(b"{") > MAX_DEPTH * 100:
        return None
    try:
        meta = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", meta) if isinstance(meta, dict) else None


def _dtype(text: object) -> np.dtype[Any]:
    try:
        dtype = np.dtype(text) if isinstance(text, str) else None
    except (TypeError, ValueError, SyntaxError):
        dtype = None
    if dtype is None or dtype.kind not in "biufcmM" or not dtype.itemsize:
        raise bad(
            "ALF206", f"its metadata gives the dtype {ascii(text)[:60]}, which is no numpy type of numbers"
        )
    return dtype


def _names(columns: object) -> list[str]:
    if columns is None:
        return []
    if not isinstance(columns, list) or not all(isinstance(c, str) and c for c in columns) or not columns:
        raise bad("ALF206", "its metadata's 'columns' is no list of names")
    if len(columns) > MAX_COLUMNS:
        raise bad("ALF206", f"its metadata names {len(columns)} columns; at most {MAX_COLUMNS} are read")
    if len(set(columns)) != len(columns):
        raise bad("ALF209", "its metadata gives the same name to more than one column")
    return columns
