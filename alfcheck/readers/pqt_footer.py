"""Believe the footer of a parquet file only if it agrees with itself and with the file's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alfcheck.readers.faults import MAX_COLUMNS, MAX_UNPACK_RATIO, MAX_UNPACKED, bad, oversized

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAGIC", "check_chunks", "check_ends", "check_footer", "check_groups", "claimed_bytes"]

MAGIC = b"PAR1"
_MAX_CHUNKS = 200_000
_CELL = 8


def check_ends(read_at: Callable[[int, int], bytes], size: int) -> int:
    """Check both marks and the footer's length; give the byte at which the footer begins."""
    start = read_at(0, min(4, size))
    if start != MAGIC:
        if MAGIC.startswith(start):
            raise bad("ALF203", f"the file ends after {size} bytes, within the first mark of a parquet file")
        raise bad("ALF201", f"this is not a parquet file: it begins with {start!r}, not {MAGIC!r}")
    end = read_at(size - 8, 8) if size >= 12 else b""
    if end[4:] != MAGIC:
        raise bad("ALF203", f"the parquet file has no footer after its {size} bytes; it may be cut short")
    length = int.from_bytes(end[:4], "little")
    if length > size - 12:
        raise bad("ALF206", f"the parquet footer claims {length} bytes of a file of {size}")
    return size - 8 - length


def check_footer(meta: Any, footer: int) -> None:
    """Check row and byte counts of all row groups; ``footer`` is the byte at which the values end."""
    check_groups(meta, footer)
    check_chunks(meta, footer)


def check_groups(meta: Any, footer: int) -> None:
    """Check what the footer claims of the table and its row groups."""
    groups, columns = meta.num_row_groups, meta.num_columns
    if columns > MAX_COLUMNS:
        raise oversized(f"the table has {columns} columns; at most {MAX_COLUMNS} are read")
    if groups * columns > _MAX_CHUNKS:
        raise oversized(f"the table is cut into {groups * columns} pieces; at most {_MAX_CHUNKS} are read")
    rows = 0
    for number in range(groups):
        group = meta.row_group(number)
        if group.num_rows < 0 or group.num_columns != columns:
            raise bad(
                "ALF206", f"row group {number} claims {group.num_rows} rows of {group.num_columns} columns"
            )
        rows += group.num_rows
    if rows != meta.num_rows:
        raise bad("ALF206", f"the footer claims {meta.num_rows} rows, its row groups hold {rows}")
    _check_sizes(rows, columns, claimed_bytes(meta), footer)


def check_chunks(meta: Any, footer: int) -> None:
    """Check what the footer claims of each column of each row group."""
    columns = meta.num_columns
    schema = meta.schema
    flat = [schema.column(i).max_repetition_level == 0 for i in range(columns)]
    for number in range(meta.num_row_groups):
        group = meta.row_group(number)
        rows = group.num_rows
        for index, is_flat in enumerate(flat):
            _check_chunk(group.column(index), rows if is_flat else None, footer)


def claimed_bytes(meta: Any) -> int:
    """Add up the unpacked bytes that the row groups claim."""
    return sum(max(meta.row_group(i).total_byte_size, 0) for i in range(meta.num_row_groups))


def _check_chunk(chunk: Any, rows: int | None, footer: int) -> None:
    start = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
        start = min(start, chunk.dictionary_page_offset) if chunk.dictionary_page_offset > 0 else start
    size = chunk.total_compressed_size
    if start < (len(MAGIC) if rows else 0) or size < 0 or start + size > footer:
        where = f"bytes {start} to {start + size} for column {chunk.path_in_schema!r}"
        raise bad("ALF206", f"the footer claims {where}; the values end at byte {footer}")
    if rows is not None and chunk.num_values != rows:
        raise bad(
            "ALF206", f"column {chunk.path_in_schema!r} claims {chunk.num_values} values in {rows} rows"
        )


def _check_sizes(rows: int, columns: int, claimed: int, size: int) -> None:
    unpacked = max(rows * max(columns, 1) * _CELL, claimed)
    if unpacked > MAX_UNPACKED and unpacked > size * MAX_UNPACK_RATIO:
        raise oversized(f"{size} bytes claim to hold {unpacked}, more than {MAX_UNPACK_RATIO} times as many")
