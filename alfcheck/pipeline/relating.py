"""Fifth stage: what the datasets of an object, and of different objects, say of one another.

Rows and named dimensions are compared on the views that ONE composes, references between objects.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from alfcheck.model import Problem, Severity
from alfcheck.pipeline.members import lengths_of, member
from alfcheck.pipeline.referring import judge_references
from alfcheck.pipeline.state import Batch, Context, SessionWork
from alfcheck.relations import Member, Pointer, View, judge_lengths, judge_rows

__all__ = ["judge_view_lengths", "judge_view_rows", "relate"]


def relate(batch: Batch, context: Context) -> None:
    """Judge the rows and the dimensions of every view, and the references."""
    if not context.judges_values:
        return
    for session in batch.works:
        # References after rows: a target of which no dataset stands cannot verify what points to it.
        judge_view_rows(session, session.layout.views, context)
        if session.layout.sized:
            judge_view_lengths(session, session.layout.sized, session.layout.pointers, context)
        judge_references(session, session.layout.pointers, context)


Judge = Callable[[View, Collection[str]], Iterator[Problem]]


def judge_view_rows(
    session: SessionWork, views: Sequence[View], context: Context, judged: Collection[tuple[str, ...]] = ()
) -> None:
    """Judge the rows of views; of those whose members were `judged` before, nothing is told again."""

    def judge(view: View, settled: Collection[str]) -> Iterator[Problem]:
        return iter(()) if _agree(session, view.members) else _unequal(session, view, settled, context)

    _judge_views(session, views, "ALF401", judge, context, judged)


def judge_view_lengths(
    session: SessionWork,
    views: Sequence[View],
    aimed: Sequence[Pointer],
    context: Context,
    judged: Collection[tuple[str, ...]] = (),
) -> None:
    """Judge the named dimensions of views, but for those that `aimed` compares with the rows of an object."""
    measured = {
        (each.path, each.claim.contract, each.claim.measures) for each in aimed if each.claim.measures
    }

    def judge(view: View, settled: Collection[str]) -> Iterator[Problem]:
        lengths = (each for path in view.members for each in lengths_of(session.works[path]))
        own = [each for each in lengths if (each.path, each.contract, each.name) not in measured]
        return judge_lengths(own, settled)

    _judge_views(session, views, "ALF403", judge, context, judged)


def _judge_views(
    session: SessionWork,
    views: Sequence[View],
    code: str,
    judge: Judge,
    context: Context,
    judged: Collection[tuple[str, ...]],
) -> None:
    """Judge views, default views first of each object; what stands there is settled for older ones."""
    told = {(paths, note.problem.message) for paths, note in session.notes if note.code == code}
    settled: set[str] = set()
    for view in views:
        before = view.members in judged
        fallen = {path for paths, _ in told for path in paths} if before else set()
        for problem in () if before else judge(view, settled):
            fallen.update(problem.datasets)
            if (problem.datasets, problem.message) not in told:
                told.add((problem.datasets, problem.message))
                note = context.note(problem, code)
                session.notes.append((problem.datasets, note))
                for path in problem.datasets:
                    session.works[path].blamed |= note.problem.severity is Severity.ERROR
        if view.revision is None:
            # Of other objects, or of other namespaces, it has no member in common with later views.
            settled |= {*view.members} - fallen


def _agree(session: SessionWork, members: Sequence[str]) -> bool:
    """Settle the common case without a further look: all row counts are equal."""
    contents = (session.works[path].content for path in members)
    rows = {content.rows for content in contents if content is not None}
    rows.discard(None)
    return len(rows) < 2


def _unequal(
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
    return [member(session.works[path]) for path in paths]
