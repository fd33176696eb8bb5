"""From sessions and their datasets to the sessions table and the datasets table."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from alfcheck.arrays import days, flags, numbers, texts
from alfcheck.errors import ConfigError
from alfcheck.index.ids import NO_IDS, IdMap, session_id
from alfcheck.index.rows import IndexSession, SessionRows
from alfcheck.index.wire import DATASETS, NEUTRAL_ORIGIN, PIECE, QC, SESSIONS, WRITTEN, Stamp, make_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

__all__ = ["Tables", "build_tables", "union_sessions"]


@dataclass(frozen=True, slots=True)
class Tables:
    """The index of one release; of the datasets there are `PIECE` rows at a time, unless they are asked for.

    ``release_id`` depends on the rows alone, not on the date: the same release has the same id. ``hashes``
    says that the md5s are in the table.
    """

    sessions: pa.Table
    rows: tuple[SessionRows, ...]
    hashes: bool
    stamp: Stamp

    @property
    def release_id(self) -> str:
        """What tells this release from others."""
        return self.stamp.release_id

    @property
    def datasets(self) -> pa.Table:
        """The datasets table as a whole."""
        return pa.concat_tables(self.pieces()).combine_chunks()

    def pieces(self, most: int = PIECE) -> Iterator[pa.Table]:
        """Give the datasets table in pieces of `most` rows; at least one, which may be empty."""
        unsaid = {*_CONSTANT} if self.hashes else {*_CONSTANT, "hash"}
        columns: Columns = {name: [] for name in DATASETS if name not in unsaid}
        for rows in self.rows:
            for name, column in columns.items():
                column += _column(rows, name)
            while len(columns["id"]) > most:
                yield self._table({name: values[:most] for name, values in columns.items()})
                columns = {name: values[most:] for name, values in columns.items()}
        yield self._table(columns)

    def _table(self, columns: Columns) -> pa.Table:
        arrays = _dataset_arrays(columns)
        if not columns["id"]:  # ONE raises where the categories are lost
            del arrays["qc"]
        return make_table(arrays, ["eid", "id"], self.stamp)

    def write_datasets(self, file: BinaryIO) -> None:
        """Write the datasets table as parquet: the bytes of `parquet_bytes`."""
        pieces = self.pieces()
        first = next(pieces)
        with pq.ParquetWriter(file, first.schema, **WRITTEN) as writer:
            for piece in chain((first,), pieces):
                writer.write_table(piece, PIECE)


Columns = dict[str, list[Any]]

_CONSTANT = {"exists": True, "qc": QC[0]}


def build_tables(
    sessions: Iterable[IndexSession],
    *,
    ids: IdMap | None = None,
    hashes: bool = False,
    date_created: datetime,
    origin: str = NEUTRAL_ORIGIN,
    contracts: Mapping[str, str] = MappingProxyType({}),
) -> Tables:
    """Build the two tables that ONE opens.

    A session without datasets is left out. ``hash`` holds every md5 (``hashes``) or is a column of
    nulls: ONE compares whatever else stands there with the file's md5 at each load. `contracts` are the
    labels of the contracts that judged, with digests of what they say; the tables' metadata name them.

    Raises `ConfigError` where ``ids`` would give two sessions or two datasets the same id, `ValueError`
    for an md5 that is missing or a path that comes twice.
    """
    ids = NO_IDS if ids is None else ids
    kept = ((session.path, session) for session in sessions if session.datasets)
    ordered = sorted((ids.sessions.get(path) or session_id(path), path, session) for path, session in kept)
    _refuse_same_id((eid, path) for eid, path, _ in ordered)
    rows = tuple(SessionRows.of(eid, session, ids.datasets) for eid, _, session in ordered)
    if _may_be_shared(rows):
        _refuse_same_id(chain.from_iterable(map(_placed, rows)))
    if hashes and not all(all(each.column("hash")) for each in rows):
        raise ValueError("hashes were asked for, and a dataset has no md5")
    columns = _session_columns((eid, session) for eid, _, session in ordered)
    stamp = Stamp(date_created, origin, _release_id(columns, rows, hashes), contracts)
    return Tables(make_table(_session_arrays(columns), ["id"], stamp), rows, hashes and bool(rows), stamp)


def _session_columns(rows: Iterable[tuple[str, IndexSession]]) -> Columns:
    columns: Columns = {name: [] for name in SESSIONS}
    for eid, session in rows:
        for name in ("lab", "subject", "date", "number", "task_protocol", "projects"):
            columns[name].append(getattr(session, name))
        columns["id"].append(eid)
    return columns


def _column(rows: SessionRows, name: str) -> Sequence[Any]:
    if name == "eid":
        return [rows.eid] * len(rows.order)
    return rows.ids if name == "id" else rows.column(name)


def _session_arrays(columns: Columns) -> dict[str, pa.Array]:
    return {
        name: days(values)
        if name == "date"
        else numbers(values, SESSIONS[name])
        if name == "number"
        else texts(values)
        for name, values in columns.items()
    }


def _dataset_arrays(columns: Columns) -> dict[str, pa.Array]:
    count = len(columns["id"])
    made = {
        "file_size": lambda: numbers(columns["file_size"], DATASETS["file_size"]),
        "hash": lambda: texts(columns["hash"]) if "hash" in columns else pa.nulls(count),
        "exists": lambda: flags([True] * count),
        "qc": lambda: _ungraded(count),
        "default_revision": lambda: flags(columns["default_revision"]),
    }
    return {name: made[name]() if name in made else texts(columns[name]) for name in DATASETS}


def _ungraded(count: int) -> pa.DictionaryArray:
    """Give grades of quality that say of nothing more than that nobody has said."""
    return pa.DictionaryArray.from_arrays(numbers([0] * count, pa.int8()), texts(QC), ordered=True)


def _may_be_shared(rows: Iterable[SessionRows]) -> bool:
    """Tell whether an id may come twice; a set of a million ids takes more memory than all else here."""
    import numpy as np

    hashes = np.frombuffer(array("q", (hash(id_) for each in rows for id_ in each.ids)), np.int64)
    ordered = np.sort(hashes)
    return bool((ordered[1:] == ordered[:-1]).any())


def _placed(rows: SessionRows) -> Iterator[tuple[str, str]]:
    paths = (f"{rows.path}/{rel_path}" for rel_path in rows.column("rel_path"))
    return zip(rows.ids, paths, strict=True)


def _refuse_same_id(ids: Iterable[tuple[str, str]]) -> None:
    """Refuse an id that two have, of pairs of id and path."""
    seen: dict[str, str] = {}
    for id_, path in ids:
        if seen.get(id_) == path:
            raise ValueError(f"'{path}' comes twice")
        if id_ in seen:
            raise ConfigError(
                f"'{seen[id_]}' and '{path}' would both have the id {id_}: the ids to keep give it to one, "
                "and the other's path makes it or was given it too; give each its own in the file of ids"
            )
        seen[id_] = path


def _release_id(sessions: Columns, rows: Sequence[SessionRows], hashes: bool) -> str:
    """Digest the rows, column by column: 32 hexadecimal digits."""
    digest = sha256()
    for name, values in sessions.items():
        digest.update(f"{name}\0{len(values)}\0".encode())
        digest.update("\0".join(map(str, values)).encode())
    count = sum(len(each.order) for each in rows)
    for name in DATASETS:
        digest.update(f"{name}\0{count}".encode())
        for each in rows:
            digest.update(_digested(each, name, hashes).encode())
        if not rows:
            digest.update(b"\0")
    return digest.hexdigest()[:32]


def _digested(rows: SessionRows, name: str, hashes: bool) -> str:
    """Give what is digested of a column: each value after a NUL."""
    if name == "id":
        return f"\0{rows.joined_ids}"
    same = _same(rows, name, hashes)
    if same is not None:
        return f"\0{same}" * len(rows.order)
    return "\0" + "\0".join(map(str, rows.column(name)))


def _same(rows: SessionRows, name: str, hashes: bool) -> str | None:
    """Give the text of what a column has in all rows of a session, if it is the same by its nature."""
    if name == "eid":
        return rows.eid
    if name == "hash" and not hashes:
        return str(None)
    return str(_CONSTANT[name]) if name in _CONSTANT else None


def union_sessions(old: pa.Table, new: Tables) -> pa.Table:
    """Lay the sessions of an index that exists and of a new one together, sorted by id.

    With it ONE can follow every dataset of either. Where an id is in both, the new row stands. A session
    whose id changed is there under both ids: found by either id, but not by its path.

    Raises `ValueError` where ``old`` is no sessions table.
    """
    arrays = {name: _cast(old, name, kind) for name, kind in SESSIONS.items()}
    fresh = set(new.sessions.column("id").to_pylist())
    keep = flags([id_ is not None and id_ not in fresh for id_ in arrays["id"].to_pylist()])
    old_rows = pa.table(arrays).filter(keep)
    both = pa.concat_tables([old_rows, new.sessions.replace_schema_metadata(None)]).sort_by("id")
    columns = {name: both.column(name).combine_chunks() for name in SESSIONS}
    return make_table(columns, ["id"], new.stamp)


def _cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if name not in table.column_names:
        if name in ("task_protocol", "projects"):
            return pa.chunked_array([texts([""] * table.num_rows)])
        raise ValueError(f"it has no column '{name}'")
    column = table.column(name).cast(kind)
    # To fill gaps, even where there are none, loads pandas.
    return column.fill_null("") if kind == pa.string() and name != "id" and column.null_count else column
