"""What stands at the output already, and whether it may be replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from alfcheck.errors import PublishError, UsageError
from alfcheck.index import PIECE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Existing",
    "holds_same",
    "read_existing",
    "require_folder",
    "require_outside",
    "require_own",
    "session_ids",
]

_OURS = ("sessions.pqt", "datasets.pqt")
_PATH = ("lab", "subject", "date", "number")
# Far above any index that ONE can work with: a small file may claim any number of rows.
_MAX_ROWS = 50_000_000
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Existing:
    """The index that stands at the output (``None`` for a table that is not there), and warnings.

    Of the datasets, of which there may be a million, only the schema is held: `holds_same` reads them again.
    """

    sessions: pa.Table | None
    datasets: pa.Table | None
    warnings: tuple[str, ...] = ()


def read_existing(out: Path) -> Existing:
    """Read the index in a folder, and look at every other ``*.pqt`` there, for ONE opens them all.

    Raises `PublishError` for one that cannot be read, or that ONE cannot: with it ONE opens no index.
    """
    sessions, datasets = (out / name for name in _OURS)
    found = _read_table(sessions) if sessions.exists() else None
    schema = _read_schema(datasets) if datasets.exists() else None
    warnings = []
    for path in sorted(out.glob("*.pqt")):
        if path not in (sessions, datasets) or not path.exists():
            _require_harmless(path)
            warnings.append(
                f"{path}: ONE reads this file whenever it opens the index, for it ends in .pqt; "
                "move it into a folder"
            )
    return Existing(found, schema, tuple(warnings))


def _read_table(path: Path) -> pa.Table:
    try:
        with _open(path) as file:
            return file.read()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error


def _read_schema(path: Path) -> pa.Table:
    """Read a table to its end, and give its schema, in a table without rows."""
    try:
        with _open(path) as file:
            for _ in file.iter_batches(PIECE):
                pass
            return pa.Table.from_batches([], file.schema_arrow)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error


def holds_same(path: Path, pieces: Iterator[pa.Table]) -> bool:
    """Tell whether the table in a file has the same rows as one that is given piece by piece."""
    with _open(path) as file:
        batches = file.iter_batches(PIECE)
        rest = pa.Table.from_batches([], file.schema_arrow)
        for piece in pieces:
            while rest.num_rows < piece.num_rows and (batch := next(batches, None)) is not None:
                rest = pa.concat_tables([rest, pa.Table.from_batches([batch])])
            if not rest.slice(0, piece.num_rows).equals(piece):
                return False
            rest = rest.slice(piece.num_rows)
        return not rest.num_rows and next(batches, None) is None


def _require_harmless(path: Path) -> None:
    try:
        with _open(path) as file:
            fault = _breaks_one(file.schema_arrow.metadata)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error
    if fault:
        raise PublishError(_unreadable(path, ValueError(fault)))


def _open(path: Path) -> pq.ParquetFile:
    if not path.is_file():  # of a folder pyarrow would make a data set, and on a pipe it would wait
        raise ValueError("it is no file")
    file = pq.ParquetFile(path)
    if file.metadata.num_rows > _MAX_ROWS:
        raise ValueError(f"it claims {file.metadata.num_rows} rows")
    return file


def _breaks_one(metadata: Mapping[bytes, bytes] | None) -> str | None:
    if metadata is None:
        return "it has no metadata, on which ONE stops with a TypeError"
    try:
        meta = json.loads(metadata.get(b"one_metadata", b"{}"))
        if "date_created" in meta and datetime.fromisoformat(meta["date_created"]).tzinfo is not None:
            return "its date_created has a time zone, on which ONE stops"
    except (ValueError, TypeError, RecursionError) as error:
        return f"ONE cannot read its metadata: {error}"
    return None


def _unreadable(path: Path, error: Exception) -> str:
    return (
        f"{path}: cannot be read ({error}), and ONE opens every .pqt file of this folder. "
        "Nothing was published; move the file away, then start again"
    )


def require_folder(report: Path) -> None:
    """Raise `PublishError` where something else than a folder bears the name of the report's folder.

    It would be replaced by the report, and is not alfcheck's own: a release counts it like any other file.
    """
    if os.path.lexists(report) and not report.is_dir():
        raise PublishError(
            f"{report}: is no folder, and would be replaced by the report. Nothing was published; "
            "move it away or give it another name, then start again"
        )


def session_ids(sessions: pa.Table) -> dict[str, str]:
    """Give the id of each session by its path; nothing for a table without the columns that make it."""
    if not {"id", *_PATH} <= set(sessions.column_names):
        return {}
    rows = zip(*(sessions.column(name).to_pylist() for name in _PATH), strict=True)
    return dict(zip(map(_path, rows), map(str, sessions.column("id").to_pylist()), strict=True))


def _path(row: tuple[object, ...]) -> str:
    lab, subject, day, number = ("" if value is None else str(value) for value in row)
    return f"{lab}/Subjects/" * bool(lab) + f"{subject}/{day[:10]}/{number.zfill(3)}"


def require_outside(out: Path, root: Path) -> None:
    """Refuse, with a `UsageError`, an output folder that lies inside the root and is not the root itself."""
    if root.resolve() in out.resolve().parents:
        raise UsageError(
            f"{out} lies inside {root}: choose a folder outside the release, or the release itself"
        )


def require_own(out: Path, root: Path) -> None:
    """Refuse an output folder that holds the index of another root.

    An index bears no path, so it is known by its sessions: at least half of those that are looked at
    must have their folder under the root. Raises `UsageError`, and `PublishError` as `read_existing`.
    """
    if out.resolve() == root.resolve() or not (out / _OURS[0]).exists():
        return
    paths = list(session_ids(_read_table(out / _OURS[0])))
    some = paths[:: len(paths) // _SAMPLE + 1]
    there = sum((root / path).is_dir() for path in some)
    if 2 * there < len(some):
        raise UsageError(
            f"{out / _OURS[0]} is the index of another release: of {len(some)} of its sessions "
            f"{there} are under {root}. Choose another folder, or move that index away"
        )
