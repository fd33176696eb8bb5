"""Read ``.pqt`` (parquet): small tables at once, others in batches of rows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator
from functools import lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from alfcheck.model import Problem
from alfcheck.readers.base import Column, Content, Kind
from alfcheck.readers.faults import WHOLE, bad, brief
from alfcheck.readers.files import WatchedFile, file_of
from alfcheck.readers.npy_values import slices
from alfcheck.readers.pqt_footer import check_chunks, check_ends, check_groups, claimed_bytes
from alfcheck.readers.pqt_texts import coded_texts
from alfcheck.readers.pqt_thrift import check_chunks_can_be_seen
from alfcheck.readers.pqt_values import Need, column_values, named_dtype, needs_survey, whole_column

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]

_INDEX_LEVEL = re.compile(r"__index_level_\d+__")
_MAX_READ = 1 << 30
_MAX_FOOTER = 64 << 20
_BATCH_BYTES = 16 << 20
_BUFFER = 1 << 20  # of a large file, or arrow holds the whole of a column's row group
_CELL = 8
_PATH = attrgetter("path")
_MAX_REMEMBERED = 1 << 16
_LIMITS: dict[str, int] = {"thrift_string_size_limit": 16 << 20, "thrift_container_size_limit": 1 << 20}


class _Schema(NamedTuple):
    """What the schema of a table alone decides.

    ``kinds`` are the arrow types of all columns, ``dtypes`` their dtypes if no value needs another, ``data``
    the columns that are data, ``columns`` the same with their dtypes. ``texts`` are read through
    dictionaries, ``flat`` counts the columns that are not nested.
    """

    kinds: dict[str, Any]
    dtypes: dict[str, str]
    data: tuple[str, ...]
    columns: tuple[Column, ...]
    texts: list[str]
    flat: int
    problems: tuple[Problem, ...]


class _Table(NamedTuple):
    """An open parquet file, of whose footer the row groups were found believable.

    ``footer`` is the byte at which the footer begins, ``read_at`` gives bytes of the file.
    """

    file: Any
    schema: _Schema
    footer: int
    size: int
    read_at: Callable[[int, int], bytes]

    def check(self) -> None:
        """Judge the footer's chunks, before they are looked at by way of pyarrow."""
        meta = self.file.metadata
        check_chunks_can_be_seen(self.read_at(self.footer, self.size - 8 - self.footer), meta.schema)
        check_chunks(meta, self.footer)


def read(source: Source) -> Content:
    """Read a table. Nested columns are named only; the index that pandas stored is no column.

    Text of small tables is read through dictionaries, so that a value which is repeated is held once.
    """
    raw = _raw(source)
    try:
        return _content(_open(raw, source.size), source)
    except (pa.ArrowException, OSError) as error:
        raise _failure(raw, error) from error


def _content(table: _Table, source: Source) -> Content:
    meta = table.file.metadata
    rows: int = meta.num_rows
    if rows * max(table.schema.flat, 1) * _CELL + claimed_bytes(meta) <= WHOLE:
        return _whole(table)
    table.check()
    columns = _survey(table)
    content = Content(Kind.TABLE, columns, rows, problems=table.schema.problems)
    content.pieces = partial(_pieces, source, columns)
    return content


def _raw(source: Source) -> Any:
    if source.data is not None:
        return pa.BufferReader(source.data)
    return WatchedFile(file_of(source), source.size, _MAX_READ)


def _failure(raw: Any, error: Exception) -> Exception:
    """Tell faults of the disk from faults of the content, for which arrow raises `OSError` too."""
    failure = raw.failure if isinstance(raw, WatchedFile) else None
    return failure or bad("ALF201", f"the parquet file cannot be read: {brief(error)}")


def _open(raw: Any, size: int) -> _Table:
    def read_at(offset: int, count: int) -> bytes:
        raw.seek(offset)
        return bytes(raw.read(count))

    footer = check_ends(read_at, size)
    if size - footer > _MAX_FOOTER:
        raise bad("ALF217", f"the parquet footer has {size - footer} bytes; at most {_MAX_FOOTER} are read")
    file = _parquet(raw)
    meta = file.metadata
    check_groups(meta, footer)
    schema = _schema_of(file)
    if schema.texts:
        file = _parquet(raw, metadata=meta, read_dictionary=schema.texts)
    return _Table(file, schema, footer, size, read_at)


def _parquet(raw: Any, **options: Any) -> Any:
    buffer = _BUFFER if isinstance(raw, WatchedFile) else 0
    return pq.ParquetFile(raw, pre_buffer=False, buffer_size=buffer, **options, **_LIMITS)


class _Footer:
    """What arrow's view of a flat schema follows from, which is quicker to compare than to look at."""

    __slots__ = ("_known", "_schema", "file")

    def __init__(self, file: Any, paths: tuple[str, ...]) -> None:
        self.file = file
        self._schema = file.metadata.schema
        self._known = paths, tuple((file.metadata.metadata or {None: None}).items())

    def __hash__(self) -> int:
        return hash(self._known)

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, _Footer)
        return self._known == other._known and bool(self._schema.equals(other._schema))


def _schema_of(file: Any) -> _Schema:
    """Give what the schema decides; the tables of a release are of a few kinds."""
    meta = file.metadata
    paths = tuple(map(_PATH, map(meta.schema.column, range(meta.num_columns))))
    # Two nested schemas may be equal in their leaves, which is all that is compared.
    if meta.serialized_size > _MAX_REMEMBERED or any("." in path for path in paths):
        return _judge_schema(file.schema_arrow)
    footer = _Footer(file, paths)
    try:
        return _remembered(footer)
    finally:
        footer.file = None  # which would be kept


@lru_cache(maxsize=64)
def _remembered(footer: _Footer) -> _Schema:
    return _judge_schema(footer.file.schema_arrow)


def _judge_schema(schema: Any) -> _Schema:
    names = schema.names
    if len(set(names)) < len(names):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        raise bad(
            "ALF209", f"columns of the same name: {', '.join(map(repr, twice))}; ONE cannot tell them apart"
        )
    kinds = dict(zip(names, schema.types, strict=True))
    dtypes = {name: named_dtype(kind) for name, kind in kinds.items()}
    texts = [name for name, dtype in dtypes.items() if dtype == "str"]
    metadata = schema.metadata
    index = _stored_index((metadata or {}).get(b"pandas", b"{}")) or frozenset()
    data = tuple(name for name in names if name not in index and not _INDEX_LEVEL.fullmatch(name))
    columns = tuple(Column(name, dtypes[name]) for name in data)
    flat = len(dtypes) - list(dtypes.values()).count("object")
    return _Schema(kinds, dtypes, data, columns, texts, flat, _metadata_problems(metadata))


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
    try:
        stored = json.loads(raw)
        return frozenset(name for name in stored["index_columns"] if isinstance(name, str))
    except (KeyError, TypeError):
        return frozenset()
    except (ValueError, RecursionError):
        return None


def _whole(table: _Table) -> Content:
    """Read the columns that are given at once."""
    schema = table.schema
    columns = schema.columns
    given = {}
    whole = {}
    wanted = schema.dtypes if len(schema.data) == len(schema.dtypes) else frozenset(schema.data)
    for name, chunks in _read_columns(table, wanted):
        dtype, whole[name] = whole_column(chunks, schema.kinds[name], schema.dtypes[name])
        if dtype != schema.dtypes[name]:
            given[name] = dtype
    if given:
        columns = tuple(Column(name, given.get(name, dtype)) for name, dtype, _ in columns)
    rows = table.file.metadata.num_rows
    return Content(Kind.TABLE, columns, rows, whole, partial(slices, whole, rows), problems=schema.problems)


def _read_columns(table: _Table, wanted: Container[str]) -> Iterator[tuple[str, list[Any]]]:
    """Give the name and chunks of each wanted column that is not nested."""
    meta, dtypes = table.file.metadata, table.schema.dtypes
    names = None  # all of them, if none is nested: to name them takes arrow longer than to read some more
    if table.schema.flat < len(dtypes) or not dtypes:
        table.check()
        names = [name for name, dtype in dtypes.items() if name in wanted and dtype != "object"]
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
    for name, column in zip(names or dtypes, read.columns, strict=True):
        if name in wanted:
            yield name, [column.chunk(0)] if column.num_chunks == 1 else column.chunks


def _batches(file: Any, names: list[str], max_bytes: int) -> Iterator[Any]:
    rows = file.metadata.num_rows
    row_bytes = len(names) * _CELL + 2 * claimed_bytes(file.metadata) // max(rows, 1)
    step = min(max(1, max_bytes // max(row_bytes, 1)), 1 << 24)
    yield from file.iter_batches(batch_size=step, columns=names, use_threads=False)


def _survey(table: _Table) -> tuple[Column, ...]:
    """Look through the columns whose dtype depends on what values are there."""
    kinds = table.schema.kinds
    needs = {name: Need() for name in table.schema.data}
    looked = [name for name in needs if needs_survey(kinds[name])]
    if looked:
        for batch in _batches(table.file, looked, _BATCH_BYTES):
            for name in looked:
                needs[name].see([batch.column(name)])
    return tuple(Column(name, need.dtype(kinds[name])) for name, need in needs.items())


def _pieces(source: Source, columns: tuple[Column, ...], max_bytes: int) -> Iterator[Piece]:
    given = [column for column in columns if column.dtype != "object"]
    if not given:
        return
    raw = _raw(source)
    try:
        table = _open(raw, source.size)
        table.check()
        file = table.file
        if table.schema.texts:
            file = _parquet(
                raw, metadata=file.metadata, read_dictionary=coded_texts(file, table.schema.texts)
            )
        held, names = 0, [column.name for column in given]
        for batch in _batches(file, names, max_bytes):
            held += len(batch)
            yield {c.name: column_values([batch.column(c.name)], c.dtype) for c in given}
        if held != file.metadata.num_rows:
            raise bad("ALF203", f"the footer promises {file.metadata.num_rows} rows, the columns hold {held}")
    except (pa.ArrowException, OSError) as error:
        raise _failure(raw, error) from error
