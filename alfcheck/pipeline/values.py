"""Third stage: lay the values of the batch on the bench, and judge them together.

References are tallied on the way: for small files at once, for large ones while their pieces pass by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.plan import Signature
from alfcheck.model import Problem, Severity
from alfcheck.pipeline.opening import blame, close_held, reopen
from alfcheck.pipeline.relating import begin_tallies
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.base import Content, Kind

if TYPE_CHECKING:
    import numpy as np

__all__ = ["judge_values"]

PIECE = 8 * 2**20
WHOLE = 256 * 2**20
"""Bytes up to which a large file is read at once for a check that needs the whole of it."""


def judge_values(batch: Batch, context: Context) -> None:
    """Run the contracts on every file that could be read."""
    if not context.reads:
        return
    bench = Bench()
    works = [(session, work) for session in batch.works for work in session.works.values() if work.content]
    large: list[int] = []
    for ref, (_, work) in enumerate(works):
        _plan(work, context)
        if _streams(work):
            large.append(ref)
        else:
            _lay_whole(bench, ref, work)
    # Tables whose rows are only known at their end come first: others may refer to them.
    for ref in sorted(large, key=lambda each: _rows_known(works[each][1])):
        session, work = works[ref]
        _stream(bench, ref, session, work, context)
    for session in batch.works:
        for work in begin_tallies(session):
            if not _streams(work):
                _tally_whole(work)
    bench.finish()
    _collect(bench, works, context)


def _collect(bench: Bench, works: list[tuple[SessionWork, FileWork]], context: Context) -> None:
    for ref in bench.faults.refs():
        work = works[ref][1]
        assert work.content is not None
        # What was read of a file that changed meanwhile says nothing about it.
        if not any(note.code == "ALF903" for note in work.notes):
            rows = work.content.rows or 0
            work.notes += [context.note(problem) for problem in bench.faults.problems(ref, rows)]


def _rows_known(work: FileWork) -> bool:
    return work.content is not None and work.content.rows is not None


def _streams(work: FileWork) -> bool:
    return work.content is not None and work.content.whole is None and work.content.pieces is not None


def _plan(work: FileWork, context: Context) -> None:
    content = work.content
    assert content is not None
    assert work.dataset is not None
    scalar = content.kind is Kind.ARRAY and content.rows is None
    work.plan = context.planner.plan(work.dataset, Signature(str(content.kind), content.columns, scalar))
    work.notes += [context.note(problem) for problem in work.plan.problems]


def _lay_whole(bench: Bench, ref: int, work: FileWork) -> None:
    assert work.plan is not None
    assert work.content is not None
    if work.content.whole is not None:
        for lane in work.plan.lanes:
            bench.add(ref, lane, work.content.whole, 0)


def _tally_whole(work: FileWork) -> None:
    column = _only_column(work.content)
    if column is not None and work.content is not None and work.content.whole is not None:
        for tally in work.tallies:
            tally.look(work.content.whole[column])


def _only_column(content: Content | None) -> str | None:
    if content is None or len(content.columns) != 1:
        return None
    name, dtype, _ = content.columns[0]
    # Text and logical values are no row numbers; byte order marks come before the kind.
    return name if dtype not in ("str", "object") and dtype.lstrip("<>=|")[:1] in "iuf" else None


def _stream(bench: Bench, ref: int, session: SessionWork, work: FileWork, context: Context) -> None:
    """Pass a large file by, piece by piece."""
    begin_tallies(session)
    try:
        content = reopen(work, session, context)
        for first_row, piece in _numbered(content, _piece_size(work, context)):
            _pass(bench, ref, work, piece, first_row)
        work.content = content
        work.notes += [context.note(problem) for problem in content.problems]
        close_held(work)
    except Exception as error:
        blame(error, work, context)
    finally:
        if work.held is not None:
            close_held(work, check=False)


def _pass(bench: Bench, ref: int, work: FileWork, piece: Mapping[str, np.ndarray], first_row: int) -> None:
    assert work.plan is not None
    for lane in work.plan.lanes:
        bench.add(ref, lane, piece, first_row)
    column = _only_column(work.content)
    if column is not None:
        for tally in work.tallies:
            tally.look(piece[column])


def _numbered(content: Content, size: int) -> Iterator[tuple[int, Mapping[str, np.ndarray]]]:
    assert content.pieces is not None
    first_row = 0
    for piece in content.pieces(size):
        yield first_row, piece
        first_row += len(next(iter(piece.values()), ()))


def _piece_size(work: FileWork, context: Context) -> int:
    """Give the size of the pieces: the whole file, if a check wants that and it is not too large."""
    assert work.plan is not None
    if not any(lane.whole_file for lane in work.plan.lanes):
        return PIECE
    if work.entry.size > WHOLE:
        work.notes.append(context.note(_too_large(work)))
        return PIECE
    return WHOLE


def _too_large(work: FileWork) -> Problem:
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        message=f"a check wants the whole file at once, and {work.entry.size // 2**20} MiB are more than the "
        f"{WHOLE // 2**20} MiB that it may have",
        fix="write the check so that it looks at one row at a time (element_wise), or at files in pieces",
    )
