"""What stands at the output already, and whether it may be replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from alfcheck.errors import PublishError, UsageError
from alfcheck.publish.standing import INDEX

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = [
    "Existing",
    "foreign_tables",
    "holds_same",
    "read_existing",
    "require_folder",
    "require_outside",
    "require_own",
    "session_ids",
    "some_sessions",
]

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
    sessions, datasets = (out / name for name in INDEX)
    found = _read_table(sessions) if sessions.exists() else None
    schema = _read_schema(datasets) if datasets.exists() else None
    return Existing(found, schema, foreign_tables(out))


def foreign_tables(out: Path) -> tuple[str, ...]:
    """Warn of every ``*.pqt`` that is not of the index; raises `PublishError` for one that breaks ONE."""
    warnings = []
    for path in sorted(out.glob("*.pqt")):
        if path.name not in INDEX or not path.exists():
            _require_harmless(path)
            warnings.append(
                f"{path}: ONE reads this file whenever it opens the index, for it ends in .pqt; "
                "move it into a folder"
            )
    return tuple(warnings)


def _read_table(path: Path) -> pa.Table:
    import pyarrow as pa

    try:
        with _open(path) as file:
            return file.read()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error


def _read_schema(path: Path) -> pa.Table:
    """Read a table to its end, and give its schema, in a table without rows."""
    import pyarrow as pa

    from alfcheck.index import PIECE

    try:
        with _open(path) as file:
            for _ in file.iter_batches(PIECE):
                pass
            return pa.Table.from_batches([], file.schema_arrow)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error


def holds_same(path: Path, pieces: Iterator[pa.Table]) -> bool:
    """Tell whether the table in a file has the same rows as one that is given piece by piece."""
    import pyarrow as pa

    from alfcheck.index import PIECE

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
    import pyarrow as pa

    try:
        with _open(path) as file:
            fault = _breaks_one(file.schema_arrow.metadata)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PublishError(_unreadable(path, error)) from error
    if fault:
        raise PublishError(_unreadable(path, ValueError(fault)))


def _open(path: Path) -> pq.ParquetFile:
    import pyarrow.parquet as pq

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


def some_sessions(sessions: pa.Table) -> tuple[str, ...]:
    """Give the paths of some sessions, by which their index is known."""
    import pyarrow as pa

    step = sessions.num_rows // _SAMPLE + 1
    # No table.take: to make an array of the places pyarrow loads pandas, which takes longer than all this.
    rows = [sessions.slice(place, 1) for place in range(0, sessions.num_rows, step)]
    return tuple(session_ids(pa.concat_tables(rows))) if rows else ()


def require_own(out: Path, root: Path, some: Sequence[str] | None = None) -> None:
    """Refuse an output folder that holds the index of another root.

    An index bears no path, so it is known by `some_sessions` of it: at least half of those that are looked at
    must have their folder under the root. Raises `UsageError`, and `PublishError` as `read_existing`.
    """
    if out.resolve() == root.resolve() or not (out / INDEX[0]).exists():
        return
    some = some_sessions(_read_table(out / INDEX[0])) if some is None else some
    there = sum((root / path).is_dir() for path in some)
    if 2 * there < len(some):
        raise UsageError(
            f"{out / INDEX[0]} is the index of another release: of {len(some)} of its sessions "
            f"{there} are under {root}. Choose another folder, or move that index away"
        )
