"""From sessions and their datasets to the sessions table and the datasets table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from alfcheck.errors import ConfigError
from alfcheck.index.ids import NO_IDS, IdMap, dataset_ids, session_id, session_path
from alfcheck.index.wire import DATASETS, NEUTRAL_ORIGIN, QC, SESSIONS, Stamp, make_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

__all__ = ["IndexDataset", "IndexSession", "Tables", "build_tables", "default_revisions", "union_sessions"]


class IndexDataset(NamedTuple):
    """A dataset to be indexed: POSIX path from its session, size in bytes, lower-case md5 where known."""

    rel_path: str
    size: int
    md5: str | None = None


class IndexSession(NamedTuple):
    """A session to be indexed, with its datasets in any order; ``lab`` is empty without lab folders."""

    lab: str
    subject: str
    date: date
    number: int
    datasets: Sequence[IndexDataset]
    task_protocol: str = ""
    projects: str = ""

    @property
    def path(self) -> str:
        """The session's path from the root."""
        return session_path(self.lab, self.subject, self.date, self.number)


@dataclass(frozen=True, slots=True)
class Tables:
    """The index of one release, in memory.

    ``release_id`` depends on the rows alone, not on the date: the same release has the same id.
    """

    sessions: pa.Table
    datasets: pa.Table
    stamp: Stamp

    @property
    def release_id(self) -> str:
        """What tells this release from others."""
        return self.stamp.release_id


Columns = dict[str, list[Any]]


def build_tables(
    sessions: Sequence[IndexSession],
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
    _refuse_same_id([eid for eid, _, _ in ordered], (path for _, path, _ in ordered))
    session_columns = _session_columns((eid, session) for eid, _, session in ordered)
    dataset_columns = _dataset_columns(ordered, ids, hashes)
    stamp = Stamp(date_created, origin, _release_id(session_columns, dataset_columns), contracts)
    return Tables(
        make_table(_arrays(session_columns, SESSIONS), ["id"], stamp),
        make_table(_arrays(dataset_columns, DATASETS), ["eid", "id"], stamp),
        stamp,
    )


def _session_columns(rows: Iterable[tuple[str, IndexSession]]) -> Columns:
    columns: Columns = {name: [] for name in SESSIONS}
    for eid, session in rows:
        for name in ("lab", "subject", "date", "number", "task_protocol", "projects"):
            columns[name].append(getattr(session, name))
        columns["id"].append(eid)
    return columns


def _dataset_columns(ordered: Iterable[tuple[str, str, IndexSession]], ids: IdMap, hashes: bool) -> Columns:
    columns: Columns = {name: [] for name in DATASETS}
    paths: list[str] = []
    for eid, path, session in ordered:
        rel_paths, sizes, md5s = zip(*session.datasets, strict=True)
        own = dataset_ids(path, rel_paths)
        if ids.datasets:
            own = [ids.datasets.get(f"{path}/{rel}", id_) for rel, id_ in zip(rel_paths, own, strict=True)]
        flags = default_revisions(rel_paths)
        order = sorted(range(len(own)), key=own.__getitem__)
        values = {
            "rel_path": rel_paths,
            "file_size": sizes,
            "hash": md5s,
            "default_revision": flags,
            "id": own,
        }
        for name, column in values.items():
            columns[name] += [column[place] for place in order]
        columns["eid"] += [eid] * len(own)
        paths += [path] * len(own)
    rows = len(paths)
    _refuse_same_id(columns["id"], map("/".join, zip(paths, columns["rel_path"], strict=True)))
    if hashes and not all(columns["hash"]):
        raise ValueError("hashes were asked for, and a dataset has no md5")
    constant: Columns = {"exists": [True] * rows, "qc": [QC[0]] * rows}
    return columns | constant | ({} if hashes else {"hash": [None] * rows})


def default_revisions(rel_paths: Sequence[str]) -> list[bool]:
    """Mark the dataset that ONE loads when no revision is asked for: the lexicographically greatest.

    Exactly one of those that differ in the revision folder (``#…#``) alone is marked; without a
    revision counts as lowest. With none marked ONE warns, with two it refuses to load.
    """
    if not any("#" in path for path in rel_paths):
        return [True] * len(rel_paths)
    best: dict[str, tuple[str, int]] = {}
    for place, path in enumerate(rel_paths):
        head, _, rest = path.partition("#")
        revision, _, tail = rest.rpartition("#/")
        key = head + tail if rest else path
        best[key] = max(best.get(key, ("", -1)), (revision, place))
    chosen = {place for _, place in best.values()}
    return [place in chosen for place in range(len(rel_paths))]


def _refuse_same_id(ids: Sequence[str], paths: Iterable[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: dict[str, str] = {}
    for id_, path in zip(ids, paths, strict=True):
        if seen.get(id_) == path:
            raise ValueError(f"'{path}' comes twice")
        if id_ in seen:
            raise ConfigError(
                f"'{seen[id_]}' and '{path}' would both have the id {id_}: the ids to keep give it to one, "
                "and the other's path makes it or was given it too; give each its own in the file of ids"
            )
        seen[id_] = path


def _arrays(columns: Columns, types: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    arrays: dict[str, pa.Array] = {}
    for name, kind in types.items():
        values = columns[name]
        if name == "qc":
            # Nothing but NOT_SET; an empty table would lose the categories, and ONE then raises.
            if values:
                codes = pa.array([0] * len(values), pa.int8())
                arrays[name] = pa.DictionaryArray.from_arrays(codes, list(QC), ordered=True)
        elif name == "hash" and not any(values):
            arrays[name] = pa.nulls(len(values))
        else:
            arrays[name] = pa.array(values, kind)
    return arrays


def _release_id(*tables: Columns) -> str:
    """Digest the rows: 32 hexadecimal digits."""
    digest = sha256()
    for name, values in chain.from_iterable(columns.items() for columns in tables):
        digest.update(f"{name}\0{len(values)}\0".encode())
        digest.update("\0".join(map(str, values)).encode())
    return digest.hexdigest()[:32]


def union_sessions(old: pa.Table, new: Tables) -> pa.Table:
    """Lay the sessions of an index that exists and of a new one together, sorted by id.

    With it ONE can follow every dataset of either. Where an id is in both, the new row stands. A session
    whose id changed is there under both ids: found by either id, but not by its path.

    Raises `ValueError` where ``old`` is no sessions table.
    """
    arrays = {name: _cast(old, name, kind) for name, kind in SESSIONS.items()}
    fresh = set(new.sessions.column("id").to_pylist())
    keep = pa.array([id_ is not None and id_ not in fresh for id_ in arrays["id"].to_pylist()], pa.bool_())
    old_rows = pa.table(arrays).filter(keep)
    both = pa.concat_tables([old_rows, new.sessions.replace_schema_metadata(None)]).sort_by("id")
    columns = {name: both.column(name).combine_chunks() for name in SESSIONS}
    return make_table(columns, ["id"], new.stamp)


def _cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if name not in table.column_names:
        if name in ("task_protocol", "projects"):
            return pa.chunked_array([pa.array([""] * table.num_rows, kind)])
        raise ValueError(f"it has no column '{name}'")
    column = table.column(name).cast(kind)
    return column.fill_null("") if kind == pa.string() and name != "id" else column
