"""Read ``.pqt`` (parquet): small tables at once, others in batches of rows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from alfcheck.model import Problem
from alfcheck.readers.base import BadContent, Column, Content, Kind
from alfcheck.readers.faults import WHOLE, bad, brief
from alfcheck.readers.files import WatchedFile, file_of
from alfcheck.readers.npy_values import slices
from alfcheck.readers.pqt_footer import check_chunks, check_ends, check_groups, claimed_bytes
from alfcheck.readers.pqt_thrift import check_chunks_can_be_seen
from alfcheck.readers.pqt_values import Need, column_values, is_text, needs_survey, whole_column

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]

_INDEX_LEVEL = re.compile(r"__index_level_\d+__")
_MAX_READ = 1 << 30
_MAX_FOOTER = 64 << 20
_BATCH_BYTES = 16 << 20
_CELL = 8
_MAX_REMEMBERED = 1 << 16
_LIMITS: dict[str, int] = {"thrift_string_size_limit": 16 << 20, "thrift_container_size_limit": 1 << 20}


class _Table(NamedTuple):
    """An open parquet file, of whose footer the row groups were found believable.

    ``flat`` are the columns that are given, ``check`` judges their chunks; ``footer`` is where it begins.
    """

    file: Any
    schema: Any
    flat: list[str]
    problems: tuple[Problem, ...]
    check: Callable[[], None]
    footer: int


def read(source: Source) -> Content:
    """Read a table. Nested columns are named only; the index that pandas stored is no column.

    Text is read through dictionaries, so that a value which is repeated is held once.
    """
    with _opened(source) as table:
        fields = _data_fields(table.schema)
        meta = table.file.metadata
        rows: int = meta.num_rows
        if rows * max(len(table.flat), 1) * _CELL + claimed_bytes(meta) <= WHOLE:
            return _whole(table, fields)
        table.check()
        needs = _survey(table.file, [f for f in fields if needs_survey(f.type)])
        columns = _columns(fields, needs)
        content = Content(Kind.TABLE, columns, rows, problems=table.problems)
        content.pieces = partial(_pieces, source, columns)
        return content


@contextmanager
def _opened(source: Source) -> Iterator[_Table]:
    """Open a parquet file; faults of the content become `BadContent`.

    Arrow raises `OSError` for corrupt content too: only the file itself tells which it was.
    """
    watched = None
    if source.data is None:
        watched = WatchedFile(file_of(source), source.size, _MAX_READ)
    try:
        raw: Any = watched if watched is not None else pa.BufferReader(source.data)
        yield _open(raw, source.size)
    except BadContent:
        raise
    except (pa.ArrowException, OSError) as error:
        if watched is not None and watched.failure is not None:
            raise watched.failure from error
        raise bad("ALF201", f"the parquet file cannot be read: {brief(error)}") from error


def _open(raw: Any, size: int) -> _Table:
    def read_at(offset: int, count: int) -> bytes:
        raw.seek(offset)
        return bytes(raw.read(count))

    footer = check_ends(read_at, size)
    if size - footer > _MAX_FOOTER:
        raise bad("ALF217", f"the parquet footer has {size - footer} bytes; at most {_MAX_FOOTER} are read")
    file = pq.ParquetFile(raw, pre_buffer=False, **_LIMITS)
    meta = file.metadata
    check_groups(meta, footer)
    schema = file.schema_arrow
    names, kinds = schema.names, schema.types
    if len(set(names)) < len(names):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        raise bad(
            "ALF209", f"columns of the same name: {', '.join(map(repr, twice))}; ONE cannot tell them apart"
        )
    texts = [name for name, kind in zip(names, kinds, strict=True) if is_text(kind)]
    if texts:
        file = pq.ParquetFile(raw, metadata=meta, read_dictionary=texts, pre_buffer=False, **_LIMITS)

    def check() -> None:
        check_chunks_can_be_seen(read_at(footer, size - 8 - footer), meta.schema)
        check_chunks(meta, footer)

    flat = [name for name, kind in zip(names, kinds, strict=True) if Need().dtype(kind) != "object"]
    return _Table(file, schema, flat, _metadata_problems(schema.metadata), check, footer)


def _metadata_problems(metadata: dict[bytes, bytes] | None) -> tuple[Problem, ...]:
    """Find what ONE's loader stumbles over: it takes the schema's metadata for granted."""
    fix = "write the table with pandas (DataFrame.to_parquet)"
    if metadata is None:
        message = "the parquet schema has no metadata, without which ONE cannot load the table"
        return (Problem(code="ALF201", message=message, fix=fix),)
    for key in (b"one_metadata", b"pandas"):
        if key in metadata and _stored_index(metadata[key]) is None:
            message = f"the schema's metadata {key.decode()!r} is no JSON, so that ONE cannot load the table"
            return (Problem(code="ALF201", message=message, fix=fix),)
    return ()


def _stored_index(raw: bytes) -> frozenset[str] | None:
    """Name the columns that pandas takes for its index; ``None`` if its metadata is no JSON."""
    return _index_of(raw) if len(raw) <= _MAX_REMEMBERED else _index_of.__wrapped__(raw)


@lru_cache(maxsize=64)  # the tables of a release are of a few kinds, and those of a kind have equal metadata
def _index_of(raw: bytes) -> frozenset[str] | None:
    try:
        stored = json.loads(raw)
        return frozenset(name for name in stored["index_columns"] if isinstance(name, str))
    except (KeyError, TypeError):
        return frozenset()
    except (ValueError, RecursionError):
        return None


def _data_fields(schema: Any) -> list[Any]:
    index = _stored_index((schema.metadata or {}).get(b"pandas", b"{}")) or frozenset()
    return [field for field in schema if field.name not in index and not _INDEX_LEVEL.fullmatch(field.name)]


def _columns(fields: list[Any], needs: dict[str, Need]) -> tuple[Column, ...]:
    unknown = Need()
    return tuple(Column(f.name, needs.get(f.name, unknown).dtype(f.type)) for f in fields)


def _whole(table: _Table, fields: list[Any]) -> Content:
    """Read the columns that are given at once."""
    dtypes = dict.fromkeys((field.name for field in fields), "object")
    whole = {}
    for name, kind, chunks in _read_columns(table, dtypes):
        dtypes[name], whole[name] = whole_column(chunks, kind)
    columns = tuple(map(Column, dtypes, dtypes.values()))
    rows = table.file.metadata.num_rows
    return Content(Kind.TABLE, columns, rows, whole, partial(slices, whole, rows), problems=table.problems)


def _read_columns(table: _Table, wanted: Container[str]) -> Iterator[tuple[str, Any, list[Any]]]:
    """Give the name, type and chunks of each wanted column that is not nested."""
    names = None  # all of them, if none is nested: to name them takes arrow longer than to read some more
    if len(table.flat) < len(table.schema) or not table.flat:
        table.check()
        names = [name for name in table.flat if name in wanted]
        if not names:
            return
    meta = table.file.metadata
    try:
        read = table.file.read(columns=names, use_threads=False)
    except (pa.ArrowException, OSError):
        table.check()  # the footer may be the reason
        raise
    if names is None:
        check_chunks(meta, table.footer)  # all of which were seen while they were read
    if read.num_rows != meta.num_rows:
        raise bad("ALF201", f"the footer promises {meta.num_rows} rows, the columns hold {read.num_rows}")
    batches = read.to_batches()
    for index, (name, kind) in enumerate(zip(read.schema.names, read.schema.types, strict=True)):
        if name in wanted:
            yield name, kind, [batch.column(index) for batch in batches]


def _batches(file: Any, names: list[str], max_bytes: int) -> Iterator[Any]:
    rows = file.metadata.num_rows
    row_bytes = len(names) * _CELL + 2 * claimed_bytes(file.metadata) // max(rows, 1)
    step = min(max(1, max_bytes // max(row_bytes, 1)), 1 << 24)
    yield from file.iter_batches(batch_size=step, columns=names, use_threads=False)


def _survey(file: Any, fields: list[Any]) -> dict[str, Need]:
    """Look through the columns whose dtype depends on what values are there."""
    needs = {field.name: Need() for field in fields}
    if needs:
        for batch in _batches(file, list(needs), _BATCH_BYTES):
            for name, need in needs.items():
                need.see([batch.column(name)])
    return needs


def _pieces(source: Source, columns: tuple[Column, ...], max_bytes: int) -> Iterator[Piece]:
    given = [column for column in columns if column.dtype != "object"]
    if not given:
        return
    with _opened(source) as table:
        table.check()
        file = table.file
        held, names = 0, [column.name for column in given]
        for batch in _batches(file, names, max_bytes):
            held += len(batch)
            yield {c.name: column_values([batch.column(c.name)], c.dtype) for c in given}
        if held != file.metadata.num_rows:
            raise bad("ALF203", f"the footer promises {file.metadata.num_rows} rows, the columns hold {held}")
