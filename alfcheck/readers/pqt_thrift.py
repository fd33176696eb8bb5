"""Look through the bytes of a parquet footer for what pyarrow's own view of it does not survive.

To look at a column chunk by way of pyarrow ends the process if the chunk's size statistics do not fit its
column, or if it is encrypted: parquet's C++ raises where nothing can catch it (seen up to pyarrow 26).
The same happens within a read, where it is caught. Compact protocol: Apache Thrift, "THRIFT-110"; fields:
``parquet.thrift``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alfcheck.readers.faults import bad, oversized

__all__ = ["check_chunks_can_be_seen"]

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_MAX_DEPTH = 64
_ROW_GROUPS, _COLUMNS, _META_DATA, _CRYPTO_METADATA = 4, 1, 3, 8
_SIZE_STATISTICS, _UNENCODED_BYTES, _REPETITION_LEVELS, _DEFINITION_LEVELS = 16, 1, 2, 3


def check_chunks_can_be_seen(footer: bytes, schema: Any) -> None:
    """Raise ALF206 for a footer, which pyarrow has parsed, whose chunks it cannot show.

    ``schema`` is the parquet schema (`pyarrow.parquet.ParquetSchema`).
    """
    try:
        for column in _Compact(footer).chunks():
            _check(column, schema)
    except IndexError as error:
        raise bad("ALF206", "the parquet footer ends within a value") from error


def _check(chunk: tuple[int, dict[int, int]], schema: Any) -> None:
    index, found = chunk
    if _CRYPTO_METADATA in found:
        raise bad("ALF201", f"column number {index + 1} of the parquet file is encrypted")
    if index >= len(schema.names):
        return  # which is told by the row group's number of columns
    column = schema.column(index)
    levels = found.get(-_REPETITION_LEVELS, 0), found.get(-_DEFINITION_LEVELS, 0)
    most = column.max_repetition_level + 1, column.max_definition_level + 1
    fits = all(count in (0, limit) for count, limit in zip(levels, most, strict=True))
    if not fits or (-_UNENCODED_BYTES in found and column.physical_type != "BYTE_ARRAY"):
        raise bad(
            "ALF206", f"the footer's statistics of column {column.path!r} do not fit the type of the column"
        )


class _Compact:
    """A cursor over a struct in thrift's compact protocol; `IndexError` past its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def chunks(self) -> Iterator[tuple[int, dict[int, int]]]:
        """Give for each chunk its place in the row group and what was found there.

        What was found are the sizes of its lists of levels, by the negative field of the statistics, and
        its encryption.
        """
        for _ in self._structs(_ROW_GROUPS):
            for index, _ in enumerate(self._structs(_COLUMNS)):
                yield index, self._chunk()

    def _structs(self, wanted: int) -> Iterator[None]:
        """Stop at each element of the list of structs in a field of this struct; skip all else."""
        for field, kind in self._fields():
            if field == wanted and kind == _LIST:
                count, element = self._head()
                for _ in range(count):
                    if element == _STRUCT:
                        yield
                    else:
                        self._skip(element)
            else:
                self._skip(kind)

    def _chunk(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for field, kind in self._fields():
            if field == _META_DATA and kind == _STRUCT:
                for inner, inner_kind in self._fields():
                    if inner == _SIZE_STATISTICS and inner_kind == _STRUCT:
                        self._statistics(found)
                    else:
                        self._skip(inner_kind)
            else:
                found[field] = kind
                self._skip(kind)
        return found

    def _statistics(self, found: dict[int, int]) -> None:
        for field, kind in self._fields():
            before = self._at
            found[-field] = self._head()[0] if kind == _LIST else 1
            self._at = before
            self._skip(kind)

    def _fields(self) -> Iterator[tuple[int, int]]:
        """Give the number and the type of each field; the caller passes over its value."""
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            yield number, head & 15

    def _head(self) -> tuple[int, int]:
        head = self._byte()
        return (head >> 4 if head >> 4 < 15 else self._varint()), head & 15

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) > 127:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _skip(self, kind: int, depth: int = 0) -> None:
        if depth > _MAX_DEPTH:
            raise oversized(f"the parquet footer is nested more than {_MAX_DEPTH} levels deep")
        if kind in (_I16, _I32, _I64):
            while self._byte() > 127:
                pass
        elif kind == _BINARY:
            count = self._varint()
            self._at += count
        elif kind == _STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth + 1)
        elif kind in (_LIST, _SET):
            count, element = self._head()
            self._skip_all(count, (element,), depth)
        elif kind == _MAP:
            count = self._varint()
            kinds = self._byte() if count else 0
            self._skip_all(count, (kinds >> 4, kinds & 15), depth)
        elif kind in (_BYTE, _DOUBLE):
            self._at += 8 if kind == _DOUBLE else 1

    def _skip_all(self, count: int, kinds: tuple[int, ...], depth: int) -> None:
        if count > len(self._data):
            raise IndexError
        for _ in range(count):
            for kind in kinds:
                # Logical values stand in the head of a field, but in a byte of their own in a list.
                self._skip(_BYTE if kind in (_TRUE, _FALSE) else kind, depth + 1)
