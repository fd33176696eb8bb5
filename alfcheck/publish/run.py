"""Publish: the steps under the lock, and what is said when one of them fails."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.errors import PublishError
from alfcheck.publish.existing import (
    Existing,
    foreign_tables,
    holds_same,
    read_existing,
    require_folder,
    require_outside,
    require_own,
    session_ids,
)
from alfcheck.publish.lock import Lock, locked
from alfcheck.publish.standing import Standing
from alfcheck.publish.steps import (
    REPORT_NAME,
    OnStep,
    ReportFile,
    discard,
    recover,
    roll_forward,
    stage,
    write_journal,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from alfcheck.index import Tables

__all__ = ["Published", "open_output", "publish", "publish_report"]


@dataclass(frozen=True, slots=True)
class Published:
    """What was published where; ``index_changed`` is false where the index was left untouched."""

    release_id: str
    index_changed: bool
    sessions: Path
    datasets: Path
    report: Path
    warnings: tuple[str, ...] = ()


@contextmanager
def open_output(out: Path, *, root: Path | None = None, standing: Standing | None = None) -> Iterator[Lock]:
    """Hold the output folder for a whole run: lock it, complete what an earlier run left, look at it.

    What would stop publishing after an hour of checking is found now. ``root`` is given where the
    output may be another folder. A folder that was made for the run and stayed empty is removed. An index
    that is ``standing`` was looked at when it was published.

    Raises `LockHeld`, `PublishError` and, for an output that belongs to another release, `UsageError`.
    """
    if root is not None:
        require_outside(out, root)
    with _explained(out, "nothing was written"):
        made = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            with _explained(out, _OLD_STANDS):
                lock = stack.enter_context(locked(out))
                known = standing if standing is not None and standing.has_index(out) else None
                if root is not None:
                    require_own(out, root, known.some_sessions if known is not None else None)
                require_folder(out / REPORT_NAME)
                if recover(out) or known is None:
                    read_existing(out)
                else:
                    foreign_tables(out)
            yield lock
    finally:
        if made:
            with suppress(OSError):
                out.rmdir()


def publish(
    out: Path,
    tables: Tables,
    report_files: Mapping[str, ReportFile],
    *,
    lock: Lock | None = None,
    fixed_date: bool = False,
    on_step: OnStep = lambda step: None,
) -> Published:
    """Put index and report in their places, so that ONE finds the old or the new datasets at every instant.

    ``lock`` is what `open_output` gave; without it the lock is taken here. An index with the same rows
    and release id, judged by the same contracts, is left untouched, bytes and time, unless ``fixed_date``
    (its date was asked for).
    Report files are bytes, a file to copy, or a function that writes. ``on_step`` is told each step.

    Raises `LockHeld`, and `PublishError` where something cannot be read or written: the old release
    then stands.
    """
    if lock is None:
        with open_output(out):
            return _publish(out, tables, report_files, fixed_date, on_step)
    return _publish(out, tables, report_files, fixed_date, on_step)


def _publish(
    out: Path, tables: Tables, report: Mapping[str, ReportFile], fixed_date: bool, on_step: OnStep
) -> Published:
    with _explained(out, _OLD_STANDS):
        require_folder(out / REPORT_NAME)
        existing = read_existing(out)
        same = not fixed_date and _is_same(out, existing, tables)
        index = {} if same else _index_files(out, existing.sessions, tables)
    warnings = (*existing.warnings, *_changed_ids(existing.sessions, tables))
    return _put(out, tables.release_id, index, report, warnings, on_step)


def publish_report(
    out: Path, release_id: str, report_files: Mapping[str, ReportFile], on_step: OnStep = lambda step: None
) -> Published:
    """Replace the report alone, under the lock: the index of this release stands; raises as `publish`."""
    with _explained(out, _OLD_STANDS):
        require_folder(out / REPORT_NAME)
        warnings = foreign_tables(out)
    return _put(out, release_id, {}, report_files, warnings, on_step)


def _put(
    out: Path,
    release_id: str,
    index: Mapping[str, ReportFile],
    report: Mapping[str, ReportFile],
    warnings: tuple[str, ...],
    on_step: OnStep,
) -> Published:
    with _explained(out, _OLD_STANDS):
        try:
            stage(out, index, report, on_step)
            write_journal(out, release_id, on_step)
        except BaseException:
            with suppress(OSError):
                discard(out)
            raise
    with _explained(out, "the new release is complete in temporary files, and the next run puts it in place"):
        try:
            roll_forward(out, on_step)
        except KeyboardInterrupt:
            roll_forward(out, on_step)
            raise
    return Published(
        release_id, bool(index), out / "sessions.pqt", out / "datasets.pqt", out / REPORT_NAME, warnings
    )


def _is_same(out: Path, existing: Existing, tables: Tables) -> bool:
    from alfcheck.index import says_same

    sessions, datasets = existing.sessions, existing.datasets
    if sessions is None or datasets is None:
        return False
    if not says_same(sessions, tables.sessions) or not says_same(datasets, next(tables.pieces())):
        return False
    return sessions.equals(tables.sessions) and holds_same(out / "datasets.pqt", tables.pieces())


def _index_files(out: Path, old: pa.Table | None, tables: Tables) -> dict[str, ReportFile]:
    from alfcheck.index import parquet_bytes, union_sessions

    try:
        union = tables.sessions if old is None else union_sessions(old, tables)
    except ValueError as error:  # pyarrow's errors of values and types are among these
        raise PublishError(
            f"{out / 'sessions.pqt'}: is no table of sessions that ONE reads ({error}); "
            "move it away, then start again"
        ) from error
    return {
        "union": parquet_bytes(union),
        "datasets": tables.write_datasets,
        "sessions": parquet_bytes(tables.sessions),
    }


def _changed_ids(old: pa.Table | None, tables: Tables) -> Iterator[str]:
    if old is None or old.equals(tables.sessions):
        return
    before = session_ids(old)
    changed = sum(before.get(key, id_) != id_ for key, id_ in session_ids(tables.sessions).items())
    if changed:
        yield (
            f"{changed} sessions had other ids in the index that was replaced: what refers to them by id no "
            "longer finds them. To keep ids, publish with --ids-from and a copy of the old index"
        )


_OLD_STANDS = "what was published before still stands"

_WAY_OUT = {
    errno.ENOSPC: "Free some space, then start again",
    errno.EDQUOT: "Free some space, then start again",
    errno.EFBIG: "Raise the limit on the size of files, then start again",
    errno.EROFS: "Make the folder writable, or choose another with --out",
    errno.EACCES: "Make the folder writable, or choose another with --out",
    errno.EPERM: "Make the folder writable, or choose another with --out",
}


@contextmanager
def _explained(out: Path, state: str) -> Iterator[None]:
    """Turn faults of the file system into one that says what, where, and what stands."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        where = error.filename2 or error.filename or out
        way_out = _WAY_OUT.get(error.errno or 0, "Mend this, then start again")
        raise PublishError(f"{where}: cannot be written: {what}; {state}. {way_out}") from error
