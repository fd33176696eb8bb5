"""Fifth stage: what the datasets of an object, and of different objects, say of one another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from alfcheck.model import Problem, Severity
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.pipeline.tally import Tally
from alfcheck.readers.base import Content, Kind
from alfcheck.relations import Member, Pointer, View, judge_rows, row_count

__all__ = ["begin_tallies", "begin_tally", "judge_references", "judge_view_rows", "relate"]


def begin_tallies(session: SessionWork) -> list[FileWork]:
    """Prepare the references of a session whose targets have a row count; give the files that refer.

    May be asked again when more row counts are known.
    """
    for pointer in session.layout.pointers:
        if all(tally.pointer is not pointer for tally in session.works[pointer.path].tallies):
            begin_tally(session, pointer)
    return [work for work in session.works.values() if work.tallies]


def begin_tally(session: SessionWork, pointer: Pointer) -> list[Tally]:
    """Prepare one reference: a tally for each column that refers, if the rows of the target are known."""
    work = session.works[pointer.path]
    columns = list(_referring(work.content, pointer.claim.column)) if work.content is not None else []
    rows = row_count(_members(session, pointer.members)).rows if columns else None
    tallies = [Tally(pointer, column, rows) for column in columns] if rows is not None else []
    work.tallies += tallies
    return tallies


def _referring(content: Content, wanted: str) -> Iterator[str]:
    """Give the columns of a file that hold the numbers of rows: those asked for, or its only one."""
    for name, dtype, _ in content.columns:
        is_wanted = fnmatchcase(name, wanted) if wanted else len(content.columns) == 1
        # Text and logical values are no row numbers; byte order marks come before the kind, and numbers
        # with gaps are written with a capital.
        is_number = dtype not in ("str", "object") and dtype.lstrip("<>=|")[:1].lower() in "iuf"
        if is_wanted and is_number:
            yield name


def relate(batch: Batch, context: Context) -> None:
    """Judge the rows of every view, and the references."""
    if not context.judges_values:
        return
    for session in batch.works:
        # References after rows: a target of which no dataset stands cannot verify what points to it.
        judge_view_rows(session, session.layout.views, context)
        judge_references(session, session.layout.pointers, context)


def judge_view_rows(
    session: SessionWork, views: Sequence[View], context: Context, judged: Collection[tuple[str, ...]] = ()
) -> None:
    """Judge the rows of views; of those whose members were `judged` before, nothing is told again."""
    told = {(paths, note.problem.message) for paths, note in session.notes if note.code == "ALF401"}
    settled: Collection[str] = ()
    for view in views:
        named = {path for paths, _ in told for path in paths} if view.members in judged else set()
        agree = view.members in judged or _agree(session, view.members)
        for problem in () if agree else _judged(session, view, settled, context):
            named.update(problem.datasets)
            if (problem.datasets, problem.message) not in told:
                told.add((problem.datasets, problem.message))
                session.notes.append((problem.datasets, context.note(problem, "ALF401")))
                for path in problem.datasets:
                    session.works[path].blamed |= problem.severity is Severity.ERROR
        if view.revision is None:
            settled = {*view.members} - named


def _agree(session: SessionWork, members: Sequence[str]) -> bool:
    """Settle the common case without a further look: all row counts are equal."""
    works = session.works
    rows = {works[path].content.rows for path in members if works[path].content is not None}  # type: ignore[union-attr]
    rows.discard(None)
    return len(rows) < 2


def _judged(
    session: SessionWork, view: View, settled: Collection[str], context: Context
) -> Iterator[Problem]:
    datasets = [session.works[path].dataset for path in view.members]
    agree = (
        contract.label
        for dataset in datasets
        if dataset is not None
        for contract in context.planner.covering(dataset)
        if contract.rows_agree
    )
    return judge_rows(_members(session, view.members), next(agree, None), settled)


def _members(session: SessionWork, paths: Sequence[str]) -> list[Member]:
    return [_member(session.works[path]) for path in paths]


def _member(work: FileWork) -> Member:
    assert work.dataset is not None
    content, plan = work.content, work.plan
    rows = content.rows if content is not None and content.kind is not Kind.DOCUMENT else None
    exempt = (plan is not None and plan.own_rows) or _synchronises(work)
    return Member(work.rel, work.dataset, rows, exempt)


def _synchronises(work: FileWork) -> bool:
    # ALF: timestamps of two columns are pairs of (sample, seconds), to be interpolated between.
    assert work.dataset is not None
    return (
        work.dataset.attribute == "timestamps"
        and work.content is not None
        and len(work.content.columns) == 1
        and work.content.columns[0][2] == (2,)
    )


def judge_references(session: SessionWork, aimed: Sequence[Pointer], context: Context) -> None:
    """Judge what was tallied of references."""
    # All are judged before any is noted: a target whose own references are wrong still counts its rows,
    # and the order of the objects must not matter.
    found = [
        (work, problem)
        for pointer in aimed
        if (work := session.works[pointer.path]).content is not None
        for problem in _judge(session, work, pointer)
    ]
    for work, problem in found:
        work.notes.append(context.note(problem, "ALF402"))


def _judge(session: SessionWork, work: FileWork, pointer: Pointer) -> Iterator[Problem]:
    assert work.dataset is not None
    assert work.content is not None
    columns = list(_referring(work.content, pointer.claim.column))
    targets = [session.works[path] for path in pointer.members]
    if columns and (why := _uncertain(session, targets, pointer, work)):
        if pointer.claim.contract:
            yield _unverified(pointer, why)
        return
    for tally in work.tallies:
        if tally.pointer is pointer:
            named = tally.column if pointer.claim.column else work.dataset.column
            problem = tally.problem(f"{work.dataset.object}.{named}")
            if problem is not None:
                yield problem


def _uncertain(session: SessionWork, targets: Sequence[FileWork], pointer: Pointer, work: FileWork) -> str:
    """Say why a reference cannot be compared, if it cannot although its target is there."""
    if all(target.failed for target in targets):
        return "all of whose datasets failed"
    if any(tally.pointer is pointer for tally in work.tallies):
        return ""
    told = row_count(_members(session, pointer.members))
    if told.disputed:
        return "whose datasets do not agree on how many rows there are"
    if any(target.failed for target in targets):
        return "whose number of rows only datasets that failed could tell"
    return "whose rows were counted too late" if told.rows is not None else ""


def _unverified(pointer: Pointer, why: str) -> Problem:
    target = pointer.claim.target
    return Problem(
        code="ALF904",
        severity=Severity.UNVERIFIED,
        contract=pointer.claim.contract,
        check="reference",
        message=f"its values count the rows of {target!r}, {why}: they could not be compared",
        fix=f"mend {target!r} ({', '.join(pointer.members)}) and run again",
    )
