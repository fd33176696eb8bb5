"""Ids of sessions and datasets: made from paths, or kept from an index or a list that exists."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from alfcheck.errors import ConfigError

if TYPE_CHECKING:
    from datetime import date

__all__ = ["NAMESPACE", "NO_IDS", "IdMap", "dataset_id", "dataset_ids", "read_ids", "session_id"]

NAMESPACE = UUID("5d1f1c4e-0a5b-4c55-9d0e-3a6f8b7c2e41")
"""Never to be changed: every id that alfcheck made is the version 3 UUID of a path in it."""

_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_SESSION = re.compile(r"(?:(\w+)/Subjects/)?([\w.-]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{1,3})(?:/(.+))?")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# ONE's eid2path and record2path raise on other versions of a session's id.
_EID_VERSIONS = "34"


class IdMap(NamedTuple):
    """Ids to keep, by path from the root: ``LAB/Subjects/SUBJECT/DATE/NNN`` and that with a dataset's path.

    ``dropped`` counts dataset ids that could not be kept because several datasets share them (as in
    every index of ONE's own builder, where a dataset's id depends on its path in the session alone) or
    because they are no UUID.
    """

    sessions: Mapping[str, str]
    datasets: Mapping[str, str]
    dropped: int = 0


NO_IDS = IdMap({}, {})


def session_path(lab: str, subject: str, day: date | str, number: int) -> str:
    """Give the only path under which ONE looks for a session: number of three digits, lab before Subjects."""
    head = f"{lab}/Subjects/" if lab else ""
    return f"{head}{subject}/{day}/{number:03d}"


def session_id(path: str) -> str:
    """Give the id of a session: ``uuid3(NAMESPACE, path)``."""
    return _uuid3_text(md5(NAMESPACE.bytes + path.encode(), usedforsecurity=False).hexdigest())


def dataset_id(session: str, rel_path: str) -> str:
    """Give the id of a dataset: ``uuid3(NAMESPACE, session + "/" + rel_path)``, so that no two are equal."""
    return session_id(f"{session}/{rel_path}")


def dataset_ids(session: str, rel_paths: Iterable[str]) -> list[str]:
    """Give `dataset_id` of many datasets of one session; some three times as fast."""
    prefix = md5(NAMESPACE.bytes + session.encode() + b"/", usedforsecurity=False)
    ids = []
    for rel_path in rel_paths:
        state = prefix.copy()
        state.update(rel_path.encode())
        ids.append(_uuid3_text(state.hexdigest()))
    return ids


def _uuid3_text(digest: str) -> str:
    """Lay a hexadecimal md5 out as a UUID, with the bits of version 3 and of RFC 9562's variant."""
    return f"{digest[:8]}-{digest[8:12]}-3{digest[13:16]}-{_VARIANT[digest[16]]}{digest[17:20]}-{digest[20:]}"


def read_ids(path: Path) -> IdMap:
    """Read the ids to keep from an index or a list.

    ``path`` is a folder with ``sessions.pqt`` and ``datasets.pqt``, one of the two files, or a CSV file
    with the columns ``path`` and ``id``, where paths are those of sessions or datasets from the root.

    Raises `ConfigError` for what cannot be read, an id that ONE cannot use, and a path or an id that
    comes twice.
    """
    if path.is_dir() or path.suffix == ".pqt":
        return _from_index(path if path.is_dir() else path.parent)
    return _from_csv(path)


def _from_csv(path: Path) -> IdMap:
    sessions: dict[str, str] = {}
    datasets: dict[str, str] = {}
    for place, text, id_ in _csv_rows(path):
        key, is_session = _canonical(text, place)
        target = sessions if is_session else datasets
        if key in target:
            raise ConfigError(f"{place}: '{text}' was given an id further up; keep one of the two lines")
        target[key] = _checked(id_, place, is_session)
    for ids in (sessions, datasets):
        _refuse_shared(path, ids)
    return IdMap(sessions, datasets)


def _csv_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give place, path and id of each row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not {"path", "id"} <= set(reader.fieldnames or ()):
                raise ConfigError(f"{path}: the first line must name the columns path,id")
            for row in reader:
                yield f"{path}, line {reader.line_num}", row["path"] or "", (row["id"] or "").strip()
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError(
            f"{path}: cannot be read as ids to keep ({error}); give a folder with an index, or a CSV "
            "file in UTF-8 with the columns path,id"
        ) from error


def _canonical(text: str, place: str) -> tuple[str, bool]:
    match = _SESSION.fullmatch(text.strip().rstrip("/"))
    if match is None:
        raise ConfigError(
            f"{place}: '{text}' is no path of a session or dataset from the root, such as "
            "lab/Subjects/subject/2020-01-31/001 or subject/2020-01-31/001/alf/spikes.times.npy"
        )
    lab, subject, day, number, rel_path = match.groups()
    session = session_path(lab or "", subject, day, int(number))
    return (session, True) if rel_path is None else (f"{session}/{rel_path}", False)


def _checked(id_: str, place: str, is_session: bool) -> str:
    id_ = id_.lower()
    if not _ID.fullmatch(id_):
        raise ConfigError(f"{place}: '{id_}' is no UUID; write 32 hexadecimal digits as 8-4-4-4-12")
    if is_session and (id_[14] not in _EID_VERSIONS or id_[19] not in "89ab"):
        raise ConfigError(
            f"{place}: the session's id {id_} is a UUID of version {id_[14]}, with which ONE cannot find the "
            "session's folder; give one of version 3 or 4, or leave the line out for an id made from the path"
        )
    return id_


def _refuse_shared(path: Path, ids: Mapping[str, str]) -> None:
    shared = _shared(ids.values())
    if shared:
        first, second, *_ = (key for key, id_ in ids.items() if id_ in shared)
        raise ConfigError(
            f"{path}: an id is given more than once (see '{first}', '{second}'); ids are unique"
        )


def _shared(ids: Iterable[str]) -> set[str]:
    return {id_ for id_, count in Counter(ids).items() if count > 1}


def _from_index(folder: Path) -> IdMap:
    session_rows = _index_rows(folder / "sessions.pqt", "id", "lab", "subject", "date", "number")
    dataset_rows = _index_rows(folder / "datasets.pqt", "eid", "id", "rel_path")
    eids = _index_eids(folder / "sessions.pqt", session_rows)
    paths = {eid: path for path, eid in eids.items()}
    shared = _shared(id_ for _, id_, _ in dataset_rows)
    kept = {}
    for eid, id_, rel_path in dataset_rows:
        path = paths.get(eid.lower())
        if path and id_ not in shared and _ID.fullmatch(id_.lower()):
            kept[f"{path}/{rel_path}"] = id_.lower()
    return IdMap(eids, kept, len(dataset_rows) - len(kept))


def _index_eids(file: Path, rows: Iterable[tuple[str, ...]]) -> dict[str, str]:
    eids: dict[str, str] = {}
    for id_, lab, subject, day, number in rows:
        if not number.isdecimal():
            raise ConfigError(
                f"{file}: session {id_} has the number '{number}'; give a CSV file of path,id instead"
            )
        path = session_path(lab, subject, day[:10], int(number))
        if path in eids:
            raise ConfigError(
                f"{file}: '{path}' comes twice; give a CSV file of path,id that says which id it keeps"
            )
        eids[path] = _checked(id_, str(file), True)
    _refuse_shared(file, eids)
    return eids


def _index_rows(file: Path, *columns: str) -> list[tuple[str, ...]]:
    """Give rows of texts; nulls are empty."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # A buffer, not a path: of a folder pyarrow would make something else.
        table = pq.ParquetFile(pa.BufferReader(file.read_bytes())).read(columns=list(columns))
        values = [table.column(name).to_pylist() for name in columns]
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise ConfigError(
            f"{file}: its ids cannot be read ({error}); give a folder with an index that ONE opens, or a "
            "CSV file with the columns path,id"
        ) from error
    texts = [["" if value is None else str(value) for value in column] for column in values]
    return list(zip(*texts, strict=True))
