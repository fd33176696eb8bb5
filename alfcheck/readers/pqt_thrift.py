"""Look through the bytes of a parquet footer for what pyarrow's own view of it does not survive.

To look at a column chunk by way of pyarrow ends the process if the chunk's size statistics do not fit its
column, or if it is encrypted: parquet's C++ raises where nothing can catch it (seen up to pyarrow 26).
Within a read the same is caught. Protocol: Apache Thrift, "Thrift Compact protocol"; numbers of fields and
types of lists: ``parquet.thrift``. A list of another type would be read as if it were of that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck.readers.faults import bad, oversized

__all__ = ["check_chunks_can_be_seen"]

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_MAX_DEPTH = 64
_ROW_GROUPS, _COLUMNS, _META_DATA, _CRYPTO_METADATA, _SIZE_STATISTICS, _GEOSPATIAL = 4, 1, 3, 8, 16, 17
_UNENCODED_BYTES, _REPETITION_LEVELS, _DEFINITION_LEVELS = 1, 2, 3

# The types of the lists of each struct, by the number of their field.
_Lists = Mapping[int, int]
_FILE_LISTS: _Lists = {2: _STRUCT, _ROW_GROUPS: _STRUCT, 5: _STRUCT, 7: _STRUCT}
_GROUP_LISTS: _Lists = {_COLUMNS: _STRUCT, 4: _STRUCT}
_CHUNK_LISTS: _Lists = {2: _I32, 3: _BINARY, 8: _STRUCT, 13: _STRUCT}
_SIZE_LISTS: _Lists = {_REPETITION_LEVELS: _I64, _DEFINITION_LEVELS: _I64}
_GEOSPATIAL_LISTS: _Lists = {2: _I32}
_NO_LISTS: _Lists = {}


def check_chunks_can_be_seen(footer: bytes, schema: Any) -> None:
    """Raise ALF206 for a footer, which pyarrow has parsed, whose chunks it cannot show.

    ``schema`` is the parquet schema (`pyarrow.parquet.ParquetSchema`).
    """
    try:
        for index, found in _Compact(footer).chunks():
            if index < len(schema.names):
                _check(schema.column(index), found)
    except IndexError as error:
        raise bad("ALF206", "the parquet footer ends within a value") from error


def _check(column: Any, found: Mapping[int, int]) -> None:
    levels = found.get(_REPETITION_LEVELS, 0), found.get(_DEFINITION_LEVELS, 0)
    most = column.max_repetition_level + 1, column.max_definition_level + 1
    fits = all(count in (0, limit) for count, limit in zip(levels, most, strict=True))
    if not fits or (_UNENCODED_BYTES in found and column.physical_type != "BYTE_ARRAY"):
        raise bad(
            "ALF206", f"the footer's statistics of column {column.path!r} do not fit the type of the column"
        )


class _Compact:
    """A cursor over values of thrift's compact protocol; `IndexError` past their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def chunks(self) -> Iterator[tuple[int, dict[int, int]]]:
        """Give for each chunk its place in the row group, and its size statistics.

        These are by the number of their field: how long a list is, one for anything else.
        """
        for _ in self._structs(_ROW_GROUPS, _FILE_LISTS):
            for index, _ in enumerate(self._structs(_COLUMNS, _GROUP_LISTS)):
                yield index, self._chunk()

    def _structs(self, wanted: int, lists: _Lists) -> Iterator[None]:
        """Stop at each element of a list of structs; the caller passes over it."""
        for field, kind in self._fields():
            if field == wanted and kind == _LIST:
                for _ in range(self._list(lists[field])):
                    yield
            else:
                self._pass(field, kind, lists)

    def _chunk(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for field, kind in self._fields():
            if field == _CRYPTO_METADATA:
                raise bad("ALF201", "the columns of the parquet file are encrypted")
            if field == _META_DATA and kind == _STRUCT:
                for inner, inner_kind in self._fields():
                    self._inner(inner, inner_kind, found)
            else:
                self._pass(field, kind, _NO_LISTS)
        return found

    def _inner(self, field: int, kind: int, found: dict[int, int]) -> None:
        if field == _SIZE_STATISTICS and kind == _STRUCT:
            self._sizes(found)
        elif field == _GEOSPATIAL and kind == _STRUCT:
            for inner, inner_kind in self._fields():
                self._pass(inner, inner_kind, _GEOSPATIAL_LISTS)
        else:
            self._pass(field, kind, _CHUNK_LISTS)

    def _sizes(self, found: dict[int, int]) -> None:
        for field, kind in self._fields():
            if field in _SIZE_LISTS and kind == _LIST:
                found[field] = self._list(_I64)
                for _ in range(found[field]):
                    self._skip(_I64)
            else:
                found[field] = 1
                self._skip(kind)

    def _fields(self) -> Iterator[tuple[int, int]]:
        """Give the number and the type of each field; the caller passes over its value."""
        number = 0
        while (head := self._byte()) & 15:
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            number = (number + 0x8000 & 0xFFFF) - 0x8000
            yield number, head & 15

    def _list(self, expected: int | None) -> int:
        """Read the head of a list, and give its length."""
        count, kind = self._head()
        if count and expected is not None and kind != expected:
            raise bad("ALF206", f"the parquet footer has a list of type {kind} in place of {expected}")
        return count

    def _head(self) -> tuple[int, int]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if count > len(self._data):
            raise IndexError
        return count, head & 15

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

    def _pass(self, field: int, kind: int, lists: _Lists) -> None:
        """Pass over a field of a struct of which the lists are known."""
        if kind == _LIST and field in lists:
            before = self._at
            self._list(lists[field])
            self._at = before
        self._skip(kind)

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
        elif kind in (_LIST, _SET, _MAP):
            self._skip_all(kind, depth)
        elif kind in (_BYTE, _DOUBLE):
            self._at += 8 if kind == _DOUBLE else 1
        elif kind not in (_TRUE, _FALSE):  # which stand in the head of their field
            raise bad("ALF206", f"the parquet footer has a value of type {kind}, which does not exist")

    def _skip_all(self, kind: int, depth: int) -> None:
        if kind == _MAP:
            count = self._varint()
            pair = self._byte() if count else 0
            kinds: tuple[int, ...] = pair >> 4, pair & 15
        else:
            count, element = self._head()
            kinds = (element,)
        for _ in range(count):
            for each in kinds:
                # Logical values have a byte of their own here.
                self._skip(_BYTE if each in (_TRUE, _FALSE) else each, depth + 1)
