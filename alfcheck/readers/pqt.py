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
from alfcheck.readers.pqt_values import Need, column_values, named_dtype, needs_survey, whole_column

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

    ``kinds`` are the arrow types of all columns, ``dtypes`` their dtypes if no value needs another,
    ``names`` the columns that are data. ``check`` judges the footer's chunks; ``footer`` is where it begins.
    """

    file: Any
    kinds: dict[str, Any]
    dtypes: dict[str, str]
    names: list[str]
    problems: tuple[Problem, ...]
    check: Callable[[], None]
    footer: int


def read(source: Source) -> Content:
    """Read a table. Nested columns are named only; the index that pandas stored is no column.

    Text is read through dictionaries, so that a value which is repeated is held once.
    """
    with _opened(source) as table:
        meta = table.file.metadata
        rows: int = meta.num_rows
        flat = len(table.dtypes) - list(table.dtypes.values()).count("object")
        if rows * max(flat, 1) * _CELL + claimed_bytes(meta) <= WHOLE:
            return _whole(table)
        table.check()
        columns = _survey(table)
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
    names = schema.names
    if len(set(names)) < len(names):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        raise bad(
            "ALF209", f"columns of the same name: {', '.join(map(repr, twice))}; ONE cannot tell them apart"
        )
    kinds = dict(zip(names, schema.types, strict=True))
    dtypes = {name: named_dtype(kind) for name, kind in kinds.items()}
    texts = [name for name, dtype in dtypes.items() if dtype == "str"]
    if texts:
        file = pq.ParquetFile(raw, metadata=meta, read_dictionary=texts, pre_buffer=False, **_LIMITS)

    def check() -> None:
        check_chunks_can_be_seen(read_at(footer, size - 8 - footer), meta.schema)
        check_chunks(meta, footer)

    metadata = schema.metadata
    index = _stored_index((metadata or {}).get(b"pandas", b"{}")) or frozenset()
    data = [name for name in names if name not in index and not _INDEX_LEVEL.fullmatch(name)]
    return _Table(file, kinds, dtypes, data, _metadata_problems(metadata), check, footer)


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


def _whole(table: _Table) -> Content:
    """Read the columns that are given at once."""
    dtypes = {name: table.dtypes[name] for name in table.names}
    whole = {}
    for name, chunks in _read_columns(table, dtypes):
        dtypes[name], whole[name] = whole_column(chunks, table.kinds[name], dtypes[name])
    columns = tuple(map(Column, dtypes, dtypes.values()))
    rows = table.file.metadata.num_rows
    return Content(Kind.TABLE, columns, rows, whole, partial(slices, whole, rows), problems=table.problems)


def _read_columns(table: _Table, wanted: Container[str]) -> Iterator[tuple[str, list[Any]]]:
    """Give the name and chunks of each wanted column that is not nested."""
    meta = table.file.metadata
    names = None  # all of them, if none is nested: to name them takes arrow longer than to read some more
    if "object" in table.dtypes.values() or not table.dtypes:
        table.check()
        names = [name for name, dtype in table.dtypes.items() if name in wanted and dtype != "object"]
        if not names:
            return
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
    for index, name in enumerate(read.schema.names):
        if name in wanted:
            yield name, [batch.column(index) for batch in batches]


def _batches(file: Any, names: list[str], max_bytes: int) -> Iterator[Any]:
    rows = file.metadata.num_rows
    row_bytes = len(names) * _CELL + 2 * claimed_bytes(file.metadata) // max(rows, 1)
    step = min(max(1, max_bytes // max(row_bytes, 1)), 1 << 24)
    yield from file.iter_batches(batch_size=step, columns=names, use_threads=False)


def _survey(table: _Table) -> tuple[Column, ...]:
    """Look through the columns whose dtype depends on what values are there."""
    needs = {name: Need() for name in table.names}
    looked = [name for name in table.names if needs_survey(table.kinds[name])]
    if looked:
        for batch in _batches(table.file, looked, _BATCH_BYTES):
            for name in looked:
                needs[name].see([batch.column(name)])
    return tuple(Column(name, need.dtype(table.kinds[name])) for name, need in needs.items())


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
