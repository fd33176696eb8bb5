"""After the fifth stage: what ONE composes where something failed, and so drops out of the index.

Behind a dataset that failed may stand its revision before, or a file that its column of a table hid, beside
datasets that these were never compared with. Where nothing failed, there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alfcheck.model import Dataset
from alfcheck.pipeline.agreeing import agree_views
from alfcheck.pipeline.composing import columns_of
from alfcheck.pipeline.joining import join_views
from alfcheck.pipeline.naming import compose_session, sized, tabled
from alfcheck.pipeline.object_rules import judge_object_rules
from alfcheck.pipeline.referring import elsewhere, judge_lost, judge_references
from alfcheck.pipeline.relating import judge_view_lengths, judge_view_rows
from alfcheck.pipeline.session_rules import judge_session_rules
from alfcheck.pipeline.state import Batch, Context, SessionWork
from alfcheck.relations import Claim, Pointer, View

__all__ = ["recompose", "standing_views"]


def recompose(batch: Batch, context: Context) -> None:
    """Judge the views of what stands, until nothing more falls."""
    for session in batch.works if context.judges_values or context.asking else ():
        if any(work.notes for work in session.works.values()) or session.notes:
            _until_all_stand(session, context)


def _until_all_stand(session: SessionWork, context: Context) -> None:
    judged = {view.members for view in session.layout.views}
    measured = _measured(session.layout.pointers)
    fallen: frozenset[str] = frozenset()
    # It ends, for what has fallen never rises.
    while (now := _fallen(session, context)) != fallen:
        fallen = now
        found, aimed = _composed(session, fallen, context)
        touched = _objects(session, fallen)
        mixed = [view for view in found if (view.collection, view.object) in touched]
        _judge(session, mixed, judged, context)
        # What no target settles any more, datasets of equal names settle between them.
        known, measured = measured, _measured(aimed)
        sizes, before = (mixed, judged) if measured == known else (found, ())
        judge_view_lengths(session, sized(sizes, _datasets(session), context), aimed, context, before)
        _refer(session, aimed, context)
        judge_session_rules(session, found, context)
        judged.update(view.members for view in mixed)
        if _fallen(session, context) == fallen:
            judge_lost(session, aimed, context)


def _judge(
    session: SessionWork,
    found: Sequence[View],
    judged: Collection[tuple[str, ...]],
    context: Context,
) -> None:
    join_views([(session, found)], context)
    agree_views(session, tabled(found, _datasets(session)), context)
    judge_view_rows(session, found, context, judged)
    judge_object_rules([(session, found)], context, again=True)


def _refer(session: SessionWork, aimed: Sequence[Pointer], context: Context) -> None:
    failing = context.failing(session)
    fresh = [each for each in aimed if each.path not in failing and not elsewhere(session, each)]
    judge_references(session, fresh, context)


def _measured(aimed: Sequence[Pointer]) -> set[tuple[str, Claim]]:
    return {(each.path, each.claim) for each in aimed if each.claim.measures}


def _datasets(session: SessionWork) -> dict[str, Dataset]:
    return {rel: work.dataset for rel, work in session.works.items() if work.dataset is not None}


def _fallen(session: SessionWork, context: Context) -> frozenset[str]:
    return frozenset(rel for rel in context.failing(session) if session.works[rel].dataset is not None)


def _objects(session: SessionWork, paths: Collection[str]) -> set[tuple[str, str]]:
    datasets = [session.works[path].dataset for path in paths]
    return {(dataset.collection, dataset.object) for dataset in datasets if dataset is not None}


def _composed(
    session: SessionWork, fallen: Collection[str], context: Context
) -> tuple[tuple[View, ...], tuple[Pointer, ...]]:
    """Compose the session without what has fallen."""
    standing = {rel: dataset for rel, dataset in _datasets(session).items() if rel not in fallen}
    return compose_session(standing, columns_of(session, standing), context)


def standing_views(session: SessionWork, failing: Collection[str], context: Context) -> tuple[View, ...]:
    """Give the views of what stands: those of the names, where nothing failed."""
    return _composed(session, failing, context)[0] if failing else session.layout.views
