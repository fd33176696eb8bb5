"""Read ``.csv``, ``.tsv``, ``.htsv`` and ``.ssv`` as ONE's call of `pandas.read_csv` does.

The type of a column is decided over the whole file. A large file is therefore read twice, in blocks:
once for the types and the faults, once for the values.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alfcheck.readers.base import BadContent, Column, Content, Kind
from alfcheck.readers.faults import bad, brief
from alfcheck.readers.npy_values import slices
from alfcheck.readers.plain_text import MISSING, PlainTable, read_plain
from alfcheck.readers.text import Block, Blocks, header_problems, open_text

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]

_WHOLE_TEXT = 2 << 20  # bytes of text that are read at once
_SURVEY = 2 << 20
_EXPANSION = 8  # how many times more memory values take than their text
_DELIMITERS = {"csv": ",", "tsv": "\t", "htsv": "\t", "ssv": " "}

# What a column may be, by what its values need; see `_join`.
_NUMBERS = ("null", "nat", "int", "uint", "float")
_GIVEN = {"null": "float64", "nat": "int64", "int": "int64", "uint": "uint64", "float": "float64"}


def read(source: Source) -> Content:
    """Read a table; the delimiter follows from the extension."""
    delimiter = _DELIMITERS[source.name.rsplit(".", 1)[-1]]
    small = source.data is not None and len(source.data) <= _WHOLE_TEXT
    plain = read_plain(source.data, delimiter) if source.data is not None else None
    if plain is not None:
        return _plain_content(plain)
    with _blocks(source, delimiter, source.size if small else _SURVEY) as blocks:
        names = _names(blocks, delimiter)
        held: list[Any] | None = None
        kinds: list[str] = []
        rows = 0
        for block in blocks:
            read_in = _frame(block, delimiter, names)
            seen = [_kind(values) for values in read_in]
            kinds = [_join(*pair) for pair in zip(kinds or seen, seen, strict=True)]
            rows += block.rows
            if small:  # which is one block
                held = read_in
    kinds = kinds or ["null"] * len(names)
    numeric = [kind in _NUMBERS and (kind != "null" or not rows) for kind in kinds]
    problems = (*blocks.ragged.problems(), *header_problems(blocks.header, numeric))
    columns = tuple(Column(name, _GIVEN.get(kind, kind)) for name, kind in zip(names, kinds, strict=True))
    content = Content(Kind.TABLE, columns, rows, problems=problems)
    if small or not rows:
        content.whole = whole = _piece(held, columns)
        content.pieces = partial(slices, whole, rows)
    else:
        content.pieces = partial(_pieces, source, delimiter, columns)
    return content


def _plain_content(table: PlainTable) -> Content:
    dtypes = (_GIVEN.get(kind, kind) for kind in table.kinds)
    columns = tuple(map(Column, table.header, dtypes))
    whole = dict(zip(table.header, table.columns, strict=True))
    for values in whole.values():
        values.flags.writeable = False
    problems = header_problems(table.header, [kind in ("int", "float") for kind in table.kinds])
    pieces = partial(slices, whole, table.rows)
    return Content(Kind.TABLE, columns, table.rows, whole, pieces, problems=problems)


class _blocks:
    """The blocks of a source, whose file is let go of (and left open) at the end."""

    def __init__(self, source: Source, delimiter: str, block: int) -> None:
        self._stream = open_text(source)
        self._args = (delimiter, block)

    def __enter__(self) -> Blocks:
        try:
            return Blocks(self._stream, *self._args)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exc: object) -> None:
        if isinstance(self._stream, io.TextIOWrapper):
            self._stream.detach()


def _names(blocks: Blocks, delimiter: str) -> list[str]:
    """Name the columns as pandas does, which renames those that have no name or another's."""
    header = blocks.header
    if all(header) and len(set(header)) == len(header) and '"' not in blocks.header_text:
        return header
    try:
        frame = pd.read_csv(io.StringIO(blocks.header_text), sep=delimiter, nrows=0)
    except pd.errors.ParserError as error:
        raise bad("ALF201", f"the line of names cannot be read: {brief(error)}") from error
    names = [str(name) for name in frame.columns]
    if len(names) != len(header):
        raise bad(
            "ALF201", f"the line of names reads as {len(header)} or {len(names)}, depending on its quotes"
        )
    return names


def _frame(block: Block, delimiter: str, names: list[str], dtype: Any = None) -> list[Any]:
    """Give the columns of a block: numpy arrays of numbers, else pandas Series."""
    try:
        frame = pd.read_csv(
            io.StringIO(block.text),
            sep=delimiter,
            header=None,
            names=names,
            index_col=False,
            dtype=dtype,
            low_memory=False,
        )
    except pd.errors.ParserError as error:
        raise bad("ALF201", f"the table cannot be read: {brief(error)}") from error
    if len(frame) != block.rows:
        raise bad("ALF201", f"the table reads as {block.rows} or {len(frame)} rows, depending on its quotes")
    return [series.to_numpy() if series.dtype.kind in "iufb" else series for _, series in frame.items()]


def _kind(values: Any) -> str:
    """Name what the values of a block need."""
    kind = values.dtype.kind
    if kind == "i":
        return "nat" if values.min() >= 0 else "int"
    if kind == "u":
        return "uint"
    if kind == "f":
        return "null" if np.isnan(values).all() else "float"
    if kind == "b":
        return "bool"
    present = values.dropna()
    if not len(present):
        return "null"
    return "boolean" if all(isinstance(value, bool) for value in present.iloc[:1]) else "str"


def _join(one: str, other: str) -> str:
    """Widen: what both blocks' values need.

    Missing values make numbers floats and booleans ``boolean``; whole numbers of both signs beyond 63
    bits are floats; all else is text.
    """
    if one == other:
        return one
    pair = {one, other}
    if pair <= set(_NUMBERS):
        if pair == {"nat", "int"}:
            return "int"
        return "uint" if pair == {"nat", "uint"} else "float"
    return "boolean" if pair <= {"null", "bool", "boolean"} else "str"


def _pieces(source: Source, delimiter: str, columns: tuple[Column, ...], max_bytes: int) -> Iterator[Piece]:
    names = [column.name for column in columns]
    dtypes = {c.name: "str" if c.dtype in ("str", "boolean") else c.dtype for c in columns}
    with _blocks(source, delimiter, max(max_bytes // _EXPANSION, 1)) as blocks:
        for block in blocks:
            try:
                yield _piece(_frame(block, delimiter, names, dtypes), columns)
            except (BadContent, OSError):
                raise
            except ValueError as error:
                raise bad("ALF201", f"the table changed while it was read: {brief(error)}") from error


def _piece(block: list[Any] | None, columns: tuple[Column, ...]) -> dict[str, Any]:
    if block is None:
        return {c.name: _values(np.empty(0), c.dtype) for c in columns}
    return {c.name: _values(values, c.dtype) for c, values in zip(columns, block, strict=True)}


def _values(values: Any, dtype: str) -> Any:
    if dtype not in ("str", "boolean"):
        given = np.asarray(values, dtype)
    else:
        objects = values if isinstance(values, np.ndarray) else values.to_numpy(dtype=object, na_value=None)
        cast = _as_bool if dtype == "boolean" else str
        given = np.empty(len(objects), object)
        # Beside whole numbers beyond 64 bits pandas leaves what is missing as it is written.
        given[:] = [None if value is None or value in MISSING else cast(value) for value in objects.tolist()]
    given.flags.writeable = False
    return given


def _as_bool(value: object) -> bool:
    return str(value).lower() == "true"
