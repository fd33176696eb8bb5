"""Third stage: lay the values of the batch on the bench, and judge them together.

References are tallied, and documents judged, on the way: for small files at once, for large ones while their
pieces pass by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.calling import Calls
from alfcheck.contracts.plan import TEXT_TABLES, VALUELESS, Plan, Signature
from alfcheck.contracts.scratch import Room
from alfcheck.contracts.shapes import row_problems
from alfcheck.model import Dataset, Problem, Severity
from alfcheck.pipeline.aligning import Broken, pieces_of
from alfcheck.pipeline.documenting import judge_document
from alfcheck.pipeline.opening import close_held
from alfcheck.pipeline.referring import begin_tallies
from alfcheck.pipeline.state import Batch, Context, FileWork, Planned, SessionWork
from alfcheck.pipeline.streaming import Sizes, stream
from alfcheck.readers.base import Content, Kind

if TYPE_CHECKING:
    import numpy as np


__all__ = ["judge_values"]

PIECE = 8 * 2**20
"""Bytes of the values of a large file that are in memory at a time."""

Columns = tuple[tuple[str, str, tuple[int, ...]], ...]

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
    calls = Calls(context.ruleset.contract_origins, lambda ref: works[ref][1].entry.path)
    bench = Bench(calls=calls, room=Room(outside=context.options.root))
    large: list[int] = []
    for ref, (session, work) in enumerate(works):
        _plan(session, work, context)
        if _streams(work):
            large.append(ref)
        elif work.plan is not None:
            _judge_whole(bench, ref, work, work.plan, context)
    # Tables whose rows are only known at their end come first: others may refer to them.
    for ref in sorted(large, key=lambda each: _rows_known(works[each][1])):
        session, work = works[ref]
        stream(bench, ref, session, work, context, Sizes(PIECE, WHOLE))
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
        wanted = work.plan.rows if work.plan is not None else ()
        if wanted and work.content is not None and work.content.rows is not None:
            work.notes += [context.note(problem) for problem in row_problems(wanted, work.content.rows)]


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
    columns = _known_columns(content, work.dataset)
    plan = _plan_of(work, content, columns, context)
    # Large files are only searched for values where that may excuse a dtype.
    if _streams(work) and any(problem.code == "ALF301" for problem in plan.problems):
        empty = _without_a_value(session, work, context)
        columns = tuple((each[0], VALUELESS, each[2]) if each[0] in empty else each for each in columns)
        plan = _plan_of(work, content, columns, context)
    work.plan = plan
    if plan.problems:
        work.notes += [context.note(problem) for problem in plan.problems]


def _plan_of(work: FileWork, content: Content, columns: Columns, context: Context) -> Plan:
    """Give the plan of a file: as a rule that of the last one of its name."""
    scalar = content.kind is Kind.ARRAY and content.rows is None and content.pieces is None
    last = context.plans.get(work.rel)
    if last is not None and last.columns == columns and last.kind is content.kind and last.scalar is scalar:
        return last.plan
    assert work.dataset is not None
    plan = context.planner.plan(work.dataset, Signature(content.kind, columns, scalar))
    context.plans[work.rel] = Planned(columns, content.kind, scalar, plan)
    return plan


def _known_columns(content: Content, dataset: Dataset) -> Columns:
    """Give the columns with their dtypes, where a file can tell: without a value it cannot."""
    columns = content.columns
    if content.rows == 0:
        return tuple(
            (name, dtype if dtype == "object" else VALUELESS, shape) for name, dtype, shape in columns
        )
    if dataset.extension not in TABLES or content.whole is None:
        return columns
    empty = [name for name, dtype, _ in columns if dtype == EMPTY and _all_missing(content.whole[name])]
    if not empty:
        return columns
    return tuple((name, VALUELESS if name in empty else dtype, shape) for name, dtype, shape in columns)


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

    return bool(values[0] != values[0]) and bool(np.isnan(values).all())


def _judge_whole(bench: Bench, ref: int, work: FileWork, plan: Plan, context: Context) -> None:
    """Judge what was read at once, or could not be."""
    content = work.content
    assert content is not None
    if content.whole is not None:
        for lane in plan.laid:
            bench.add(ref, lane, content.whole, 0, whole=True)
    elif content.kind is not Kind.DOCUMENT:
        _note_withheld(work, plan, context)
    if plan.documents:
        judge_document(work, context)


def _note_withheld(work: FileWork, plan: Plan, context: Context) -> None:
    """Tell of checks on values that a reader does not give, as of frames of a video that it only counts."""
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
