"""Third stage: lay the values of the batch on the bench, and judge them together.

References are tallied, and documents judged, on the way: for small files at once, for large ones while their
pieces pass by.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.calling import Calls
from alfcheck.contracts.plan import TEXT_TABLES, VALUELESS, Lane, Signature
from alfcheck.contracts.shapes import row_problems
from alfcheck.errors import PluginError
from alfcheck.model import Dataset, Problem, Severity
from alfcheck.pipeline.aligning import Broken, pieces_of
from alfcheck.pipeline.blame import blame, note_problems
from alfcheck.pipeline.documenting import judge_document, pass_lines
from alfcheck.pipeline.opening import close_held, reopen
from alfcheck.pipeline.referring import begin_tallies
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.base import BadContent, Content, Kind

if TYPE_CHECKING:
    import numpy as np

    from alfcheck.readers.base import Piece

__all__ = ["judge_values"]

PIECE = 8 * 2**20
"""Bytes of the values of a large file that are in memory at a time."""

TABLES = TEXT_TABLES | {"pqt"}
EMPTY = "float64"
"""The dtype that tables give to a column without a value."""

WHOLE = 256 * 2**20
"""Bytes up to which a large file is read at once for a check that needs the whole of it."""


def judge_values(batch: Batch, context: Context) -> None:
    """Run the contracts on every file that could be read."""
    if not context.reads:
        return
    works = [(session, work) for session in batch.works for work in session.works.values() if work.content]
    bench = Bench(calls=Calls(context.ruleset.contract_origins, lambda ref: works[ref][1].entry.path))
    large: list[int] = []
    for ref, (session, work) in enumerate(works):
        _plan(session, work, context)
        if _streams(work):
            large.append(ref)
        elif work.plan is not None:
            _lay_whole(bench, ref, work)
            _note_withheld(work, context)
            judge_document(work, context)
    # Tables whose rows are only known at their end come first: others may refer to them.
    for ref in sorted(large, key=lambda each: _rows_known(works[each][1])):
        session, work = works[ref]
        _stream(bench, ref, session, work, context)
    for session in batch.works if context.judges_values else ():
        for work in begin_tallies(session):
            if not _streams(work):
                _tally_whole(work)
    bench.finish()
    _collect(bench, works, context)


def _collect(bench: Bench, works: list[tuple[SessionWork, FileWork]], context: Context) -> None:
    for ref in bench.faults.refs():
        work = works[ref][1]
        # What was read of a file that changed meanwhile says nothing about it.
        if work.content is not None:
            rows = work.content.rows or 0
            work.notes += [context.note(problem) for problem in bench.faults.problems(ref, rows)]
    for _, work in works:
        if work.plan is not None and work.plan.rows and work.content is not None:
            count = work.content.rows
            found = row_problems(work.plan.rows, count) if count is not None else ()
            work.notes += [context.note(problem) for problem in found]


def _rows_known(work: FileWork) -> bool:
    return work.content is not None and work.content.rows is not None


def _streams(work: FileWork) -> bool:
    return work.content is not None and work.content.whole is None and work.content.pieces is not None


def _plan(session: SessionWork, work: FileWork, context: Context) -> None:
    content = work.content
    assert content is not None
    assert work.dataset is not None
    if not context.judges_values or content.opaque:
        return
    scalar = content.kind is Kind.ARRAY and content.rows is None and content.pieces is None
    columns = _known_columns(content, work.dataset)
    plan = context.planner.plan(work.dataset, Signature(content.kind, columns, scalar))
    # Large files are only searched for values where that may excuse a dtype.
    if _streams(work) and any(problem.code == "ALF301" for problem in plan.problems):
        empty = _without_a_value(session, work, context)
        columns = tuple((each[0], VALUELESS, each[2]) if each[0] in empty else each for each in columns)
        plan = context.planner.plan(work.dataset, Signature(content.kind, columns, scalar))
    work.plan = plan
    work.notes += [context.note(problem) for problem in plan.problems]


def _known_columns(content: Content, dataset: Dataset) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Give the columns with their dtypes, where a file can tell: without a value it cannot."""
    if content.rows == 0:
        return tuple(
            (name, dtype if dtype == "object" else VALUELESS, shape) for name, dtype, shape in content.columns
        )
    if dataset.extension not in TABLES or content.whole is None:
        return content.columns
    return tuple(
        (name, VALUELESS if dtype == EMPTY and _all_missing(content.whole[name]) else dtype, shape)
        for name, dtype, shape in content.columns
    )


def _without_a_value(session: SessionWork, work: FileWork, context: Context) -> set[str]:
    """Look through a large table for the columns that have no value."""
    assert work.content is not None
    assert work.dataset is not None
    columns = work.content.columns if work.dataset.extension in TABLES else ()
    found = {name for name, dtype, _ in columns if dtype == EMPTY}
    try:
        for piece in pieces_of(session, work.rel, PIECE, context) if found else ():
            found = {name for name in found if not len(piece[name]) or _all_missing(piece[name])}
            if not found:
                break
    except Broken:
        return set()  # which is told when its values are to be judged
    finally:
        close_held(work, check=False)
    return found


def _all_missing(values: np.ndarray) -> bool:
    import numpy as np

    return bool(np.isnan(values[0])) and bool(np.isnan(values).all())


def _lay_whole(bench: Bench, ref: int, work: FileWork) -> None:
    if work.plan is not None and work.content is not None and work.content.whole is not None:
        for lane in work.plan.lanes:
            bench.add(ref, lane, work.content.whole, 0, whole=True)


def _note_withheld(work: FileWork, context: Context) -> None:
    """Tell of checks on values that a reader does not give, as of frames of a video that it only counts."""
    content, plan = work.content, work.plan
    if content is None or plan is None or content.kind is Kind.DOCUMENT or content.whole is not None:
        return
    asked = [
        name
        for lane in plan.lanes
        for name, dtype in zip(lane.names, lane.dtypes, strict=True)
        if (column := lane.schema.column(name)) is not None and column.looks_at(dtype)
    ]
    if asked:
        reader = work.reader.name if work.reader is not None else "?"
        problem = Problem(
            code="ALF905",
            severity=Severity.UNVERIFIED,
            contract=plan.lanes[0].contract.label,
            column=asked[0],
            message=f"the contract judges values of {', '.join(asked)}, and the reader {reader!r} gives none",
            fix="take these checks out of the contract; dtype, shape and rows are judged all the same",
        )
        work.notes.append(context.note(problem))


def _tally_whole(work: FileWork) -> None:
    if work.content is not None and work.content.whole is not None:
        for tally in work.tallies:
            tally.look(work.content.whole[tally.column])


def _stream(bench: Bench, ref: int, session: SessionWork, work: FileWork, context: Context) -> None:
    """Pass a large file by, piece by piece."""
    if context.judges_values:
        begin_tallies(session)
    try:
        content = work.content
        assert content is not None
        if content.kind is not Kind.DOCUMENT:
            content = reopen(work, session, context)
            lanes, pieces = _laid_out(content, work, context)
            _pass(bench, ref, work, lanes, pieces)
        elif work.plan is not None and work.plan.documents:
            content = reopen(work, session, context)
            pass_lines(content, work, context, PIECE)
        work.content = content
        note_problems(work, content, context)
        close_held(work)
    except (Exception, SystemExit) as error:
        if isinstance(error, PluginError):
            raise
        blame(error, work, context)
        if not isinstance(error, BadContent | OSError):
            # What a reader gave that failed itself says nothing about the file.
            work.content = None
            work.tallies.clear()
    finally:
        if work.held is not None:
            close_held(work, check=False)


def _pass(bench: Bench, ref: int, work: FileWork, lanes: tuple[Lane, ...], pieces: Iterable[Piece]) -> None:
    first_row = 0
    for piece in pieces:
        for lane in lanes:
            bench.add(ref, lane, piece, first_row, whole=False)
        for tally in work.tallies:
            tally.look(piece[tally.column])
        first_row += len(next(iter(piece.values()), ()))


def _laid_out(content: Content, work: FileWork, context: Context) -> tuple[tuple[Lane, ...], Iterable[Piece]]:
    """Give the lanes that a large file passes, and its pieces: one, where a check wants the whole of it.

    Where that is more than may be had, those lanes are left out.
    """
    assert content.pieces is not None
    lanes = work.plan.lanes if work.plan is not None else ()
    in_pieces = tuple(lane for lane in lanes if not lane.whole_file)
    if in_pieces == lanes:
        return lanes, content.pieces(PIECE)
    if work.entry.size <= WHOLE:
        # A compressed file may still hold more than one piece.
        pieces = content.pieces(WHOLE)
        begun = list(islice(pieces, 2))
        if len(begun) < 2:
            return lanes, begun
        pieces = chain(begun, pieces)
    else:
        pieces = content.pieces(PIECE)
    work.notes.append(context.note(_too_large(work)))
    return in_pieces, pieces


def _too_large(work: FileWork) -> Problem:
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        message=f"a check wants the whole file at once; its {work.entry.size} bytes on disk take more than "
        f"the {WHOLE // 2**20} MiB of memory that it may have",
        fix="write the check so that it looks at one row at a time (element_wise), or at files in pieces",
    )
