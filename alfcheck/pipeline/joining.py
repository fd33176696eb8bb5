"""Fourth stage: relations between columns that lie in different files of an object.

They run after the columns themselves were judged, and only between files that stand: the fault of one file
must not be laid at another's door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.calling import Calls
from alfcheck.contracts.joins import Join, joins
from alfcheck.contracts.plan import Lane, Plan
from alfcheck.model import Problem, Severity
from alfcheck.pipeline import aligning
from alfcheck.pipeline.aligning import PIECE, Broken, Columns, pieces_of
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.opening import close_held
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.pipeline.tables import Loader, TooLarge
from alfcheck.relations import TABLE, View

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PIECE", "Broken", "blamed_paths", "join_columns", "join_views", "pieces_of"]


def join_columns(batch: Batch, context: Context) -> None:
    """Judge the relations between files, on every view that ONE composes."""
    if context.judges_values:
        join_views([(session, session.layout.views) for session in batch.works], context)


def join_views(composed: Iterable[tuple[SessionWork, Sequence[View]]], context: Context) -> None:
    """Judge the relations between the files of some views of each session.

    A relation between the same columns is judged once in a run.
    """
    laid: list[tuple[_Joined, bool]] = []
    bench = Bench(calls=Calls(context.ruleset.contract_origins, lambda ref: laid[ref][0].told))
    for session, views in composed:
        _note_lacking(session, views, context)
        for joined in _of_session(session, views, context):
            laid.append((joined, False))
            laid[-1] = (joined, _lay(bench, len(laid) - 1, joined, context))
    bench.finish()
    for ref in sorted(bench.faults.refs()):
        joined, complete = laid[ref]
        for problem in bench.faults.problems(ref, joined.rows) if complete else ():
            joined.session.notes.append((joined.blamed, context.note(problem)))
            for path in joined.blamed:
                joined.session.works[path].blamed |= problem.severity is Severity.ERROR


def _note_lacking(session: SessionWork, views: Sequence[View], context: Context) -> None:
    """Name the columns that a schema requires and that neither the table nor a file beside it has."""
    for view in views:
        if view.revision is None:
            works = [session.works[path] for path in view.members]
            for table in works:
                if table.plan is not None and _is_table(table):
                    _note_lacking_beside(session, table, table.plan, works, context)


def _note_lacking_beside(
    session: SessionWork, table: FileWork, plan: Plan, works: Sequence[FileWork], context: Context
) -> None:
    asking = [contract for contract in plan.judged if context.planner.schema(contract).required]
    if not asking:
        return
    assert table.dataset is not None
    beside = [
        work for work in works if work.plan and work.dataset and work.dataset.extra == table.dataset.extra
    ]
    names = _column_names(beside)
    for contract in asking:
        for name in context.planner.schema(contract).lacking(names):
            key = ("lacking", table.rel, contract.label, name)
            if key not in session.joined:
                session.joined.add(key)
                table.notes.append(context.note(_lacks(contract.label, name)))


def _column_names(works: Sequence[FileWork]) -> list[str]:
    names = {column.name for work in works if work.content is not None for column in work.content.columns}
    names.update(
        name for work in works if work.plan is not None for lane in work.plan.lanes for name in lane.known_as
    )
    names.update(work.dataset.column for work in works if work.dataset is not None)
    return sorted(names)


def _lacks(contract: str, name: str) -> Problem:
    return Problem(
        code="ALF308",
        contract=contract,
        column=name,
        check="required",
        expected=f"a column {name!r}",
        message=f"neither the table nor a file beside it has the column {name!r}, which the schema requires",
        fix=f"add the column {name!r}, or say required=False in the schema",
    )


KEPT = 4096
"""Views of which the joins are kept."""


class _Joined(NamedTuple):
    """A join of a session, the rows of its files, and those that it fails if it does not hold.

    What stands in the default view is not failed by an older one: there only what was superseded is.
    """

    session: SessionWork
    join: Join
    rows: int
    blamed: tuple[str, ...]

    @property
    def told(self) -> str:
        """Name the session and the files."""
        return " ".join((self.session.files.path, *self.join.paths))


def _of_session(session: SessionWork, views: Sequence[View], context: Context) -> Iterator[_Joined]:
    seen = session.joined
    for view in views:
        for join in _of_view(session, view, context):
            rows = {_rows(session.works[path]) for path in join.paths}
            if len(rows) == 1 and join.key not in seen:
                seen.add(join.key)
                yield _Joined(session, join, rows.pop(), blamed_paths(views, view, join.paths))


def _of_view(session: SessionWork, view: View, context: Context) -> Sequence[Join]:
    """Give the joins of a view. Files of the same names and signatures are joined alike in every session."""
    works = _standing(session, view)
    if len(works) < 2:
        return ()
    key = tuple((work.rel, id(work.plan)) for work in works)
    found = context.joins.get(key)
    if found is None:
        if len(context.joins) >= KEPT:
            context.joins.clear()
        found = context.joins[key] = tuple(_found(session, works))
    return found


def _found(session: SessionWork, works: Sequence[FileWork]) -> Iterator[Join]:
    """Find joins: of a file with an extra part, with those that have the same."""
    parts: dict[str, dict[str, Sequence[Lane]]] = {}
    for work in works:
        assert work.dataset is not None
        assert work.plan is not None
        parts.setdefault(work.dataset.extra, {})[work.rel] = work.plan.lanes
    for lanes in parts.values():
        tables = [path for path in lanes if _is_table(session.works[path])]
        yield from joins(lanes, tables)


def blamed_paths(views: Sequence[View], view: View, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Give those of some files of a view that fail if they disagree: of an older one, what was superseded."""
    if view.revision is None:
        return paths
    default = {
        path
        for other in views
        if (other.collection, other.object, other.revision) == (view.collection, view.object, None)
        for path in other.members
    }
    return tuple(path for path in paths if path not in default) or paths


def _standing(session: SessionWork, view: View) -> list[FileWork]:
    """Give the files of a view that stand, and that a relation may bring together with others."""
    works = [session.works[path] for path in view.members]
    return [work for work in works if work.plan is not None and work.plan.relates and _stands(work)]


def _stands(work: FileWork) -> bool:
    return work.content is not None and not work.failed


def _is_table(work: FileWork) -> bool:
    return work.dataset is not None and work.dataset.attribute == TABLE


def _rows(work: FileWork) -> int:
    assert work.content is not None
    return work.content.rows or 0


def _lay(bench: Bench, ref: int, joined: _Joined, context: Context) -> bool:
    """Lay a join on the bench; tell whether all of it could be read."""
    session, join, rows, _ = joined
    wholes = {path: whole for path in join.paths if (whole := _whole(session.works[path])) is not None}
    if len(wholes) == len(join.paths):
        if rows:
            bench.add(ref, join.lane, _columns(join, wholes), 0, whole=join.lane.by_file)
        return True
    try:
        if join.lane.by_file:
            return _judge_large(bench, ref, joined, context)
        first_row = 0
        for piece in aligning.aligned(session, join.paths, aligning.PIECE, context):
            columns = _columns(join, piece)
            size = len(columns[join.lane.names[0]])
            bench.add(ref, join.lane, columns, first_row, whole=join.lane.by_file)
            first_row += size
    except Broken as broken:
        # The verdicts of the other files stand.
        blame(broken.cause, session.works[broken.path], context)
        return False
    finally:
        for path in join.paths:
            close_held(session.works[path], check=False)
    return True


def _whole(work: FileWork) -> Columns | None:
    return work.content.whole if work.content is not None else None


def _judge_large(bench: Bench, ref: int, joined: _Joined, context: Context) -> bool:
    """Show whole columns of large files, as maps where that can be, to a check that wants them."""
    session, join, _, _ = joined
    loader = Loader(session, context)
    try:
        loader.prepare(join.paths)
    except TooLarge as error:
        session.notes.append((join.paths, context.note(_too_large(str(error)))))
        return False
    columns = _columns(join, {path: loader.columns(path) for path in join.paths})
    bench.judge_whole(ref, join.lane, columns)
    return not loader.settle()


def _columns(join: Join, files: Mapping[str, Columns]) -> Columns:
    """Give the columns of a join, by the names that they are judged by."""
    return {
        name: _component(files[operand.path][operand.source], operand.component)
        for name, operand in zip(join.lane.names, join.operands, strict=True)
    }


def _component(values: np.ndarray, component: int) -> np.ndarray:
    return values[:, component] if component >= 0 else values


def _too_large(why: str) -> Problem:
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        message=f"a check wants whole files at once: {why}",
        fix="write the check as a relation that looks at one row at a time; arrays in files .npy are given "
        "as memory maps",
    )
