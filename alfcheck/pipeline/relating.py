"""Fourth stage: what the datasets of an object, and of different objects, say of one another."""

from __future__ import annotations

from collections.abc import Sequence

from alfcheck.model import Problem, Severity
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.pipeline.tally import Tally
from alfcheck.readers.base import Kind
from alfcheck.relations import Member, Pointer, judge_rows, row_count

__all__ = ["begin_tallies", "relate"]


def begin_tallies(session: SessionWork) -> list[FileWork]:
    """Prepare the references of a session whose targets have a row count; give the files that refer.

    May be asked again when more row counts are known.
    """
    for pointer in session.layout.pointers:
        work = session.works[pointer.path]
        if work.content is None or any(tally.pointer is pointer for tally in work.tallies):
            continue
        rows = row_count(_members(session, pointer.members)).rows
        if rows is not None:
            work.tallies.append(Tally(pointer, rows))
    return [work for work in session.works.values() if work.tallies]


def relate(batch: Batch, context: Context) -> None:
    """Judge the rows of every view, and the references."""
    if not context.reads:
        return
    for session in batch.works:
        # References after rows: a target of which no dataset stands cannot verify what points to it.
        _rows(session, context)
        _references(session, context)


def _rows(session: SessionWork, context: Context) -> None:
    told: set[tuple[tuple[str, ...], str]] = set()
    for view in session.layout.views:
        if _agree(session, view.members):
            continue
        for problem in judge_rows(_members(session, view.members)):
            if (problem.datasets, problem.message) not in told:
                told.add((problem.datasets, problem.message))
                session.notes.append((problem.datasets, context.note(problem, "ALF401")))
                for path in problem.datasets:
                    session.works[path].blamed |= problem.severity is Severity.ERROR


def _agree(session: SessionWork, members: Sequence[str]) -> bool:
    """Settle the common case without a further look: all row counts are equal."""
    works = session.works
    rows = {works[path].content.rows for path in members if works[path].content is not None}  # type: ignore[union-attr]
    rows.discard(None)
    return len(rows) < 2


def _members(session: SessionWork, paths: Sequence[str]) -> list[Member]:
    return [_member(session.works[path]) for path in paths]


def _member(work: FileWork) -> Member:
    assert work.dataset is not None
    content, plan = work.content, work.plan
    rows = content.rows if content is not None and content.kind is not Kind.DOCUMENT else None
    agree = plan.rows_agree.label if plan is not None and plan.rows_agree is not None else None
    exempt = (plan is not None and plan.own_rows) or _synchronises(work)
    return Member(work.rel, work.dataset, rows, exempt, work.failed, agree)


def _synchronises(work: FileWork) -> bool:
    # ALF: timestamps of two columns are pairs of (sample, seconds), to be interpolated between.
    assert work.dataset is not None
    return (
        work.dataset.attribute == "timestamps"
        and work.content is not None
        and len(work.content.columns) == 1
        and work.content.columns[0][2] == (2,)
    )


def _references(session: SessionWork, context: Context) -> None:
    for pointer in session.layout.pointers:
        work = session.works[pointer.path]
        if work.content is None:
            continue
        problem = _judge(session, work, pointer)
        if problem is not None:
            work.notes.append(context.note(problem, "ALF402"))


def _judge(session: SessionWork, work: FileWork, pointer: Pointer) -> Problem | None:
    targets = [session.works[path] for path in pointer.members]
    tally = next((tally for tally in work.tallies if tally.pointer is pointer), None)
    if all(target.failed for target in targets):
        return _unverified(pointer, work) if pointer.contract else None
    if tally is not None:
        assert work.dataset is not None
        return tally.problem(f"{work.dataset.object}.{work.dataset.column}")
    # Not counted: because the target has no rows at all, or because its datasets do not agree on them.
    uncertain = any(target.failed or target.blamed for target in targets)
    return _unverified(pointer, work) if uncertain and pointer.contract else None


def _unverified(pointer: Pointer, work: FileWork) -> Problem:
    return Problem(
        code="ALF904",
        severity=Severity.UNVERIFIED,
        contract=pointer.contract,
        check="reference",
        message=f"its values count the rows of {pointer.target!r}, whose datasets all failed: "
        "they could not be compared",
        fix=f"mend {pointer.target!r} ({', '.join(pointer.members)}) and run again",
    )
