"""After the fifth stage: what ONE composes where a revision failed, and so drops out of the index.

Behind a dataset that failed stands its revision before, beside datasets that it was never compared with.
Where nothing failed, or nothing has revisions, there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from alfcheck.pipeline.agreeing import agree_views
from alfcheck.pipeline.aligning import PIECE, Broken, pieces_of
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.joining import join_views
from alfcheck.pipeline.naming import claims_of, sized, tabled
from alfcheck.pipeline.opening import close_held
from alfcheck.pipeline.referring import begin_tally, judge_references
from alfcheck.pipeline.relating import judge_view_lengths, judge_view_rows
from alfcheck.pipeline.state import Batch, Context, SessionWork
from alfcheck.relations import Pointer, View, pointers, views

__all__ = ["recompose"]

Names = Collection[tuple[str, str]]


def recompose(batch: Batch, context: Context) -> None:
    """Judge the views of what stands, until nothing more falls."""
    for session in batch.works if context.judges_values else ():
        revised = {
            (view.collection, view.object) for view in session.layout.views if view.revision is not None
        }
        if revised:
            _until_all_stand(session, revised, context)


def _until_all_stand(session: SessionWork, revised: Names, context: Context) -> None:
    judged = {view.members for view in session.layout.views}
    compared = {*session.layout.pointers}
    fallen: frozenset[str] = frozenset()
    # It ends, for what has fallen never rises.
    while (now := _fallen(session, revised, context)) != fallen:
        fallen = now
        found, aimed = _composed(session, fallen, context)
        mixed = [view for view in found if (view.collection, view.object) in revised]
        _judge(session, mixed, judged, aimed, compared, context)
        judged.update(view.members for view in mixed)
        compared.update(aimed)


def _judge(
    session: SessionWork,
    found: Sequence[View],
    judged: Collection[tuple[str, ...]],
    aimed: Sequence[Pointer],
    compared: Collection[Pointer],
    context: Context,
) -> None:
    datasets = {rel: work.dataset for rel, work in session.works.items() if work.dataset is not None}
    join_views([(session, found)], context)
    agree_views(session, tabled(found, datasets), context)
    judge_view_rows(session, found, context, judged)
    judge_view_lengths(session, sized(found, datasets, context), aimed, context, judged)
    failed = context.failing(session)
    fresh = [pointer for pointer in aimed if pointer not in compared and pointer.path not in failed]
    for pointer in fresh:
        _tally(session, pointer, context)
    judge_references(session, fresh, context)


def _fallen(session: SessionWork, revised: Names, context: Context) -> frozenset[str]:
    return frozenset(
        rel
        for rel in context.failing(session)
        if (dataset := session.works[rel].dataset) is not None
        and (dataset.collection, dataset.object) in revised
    )


def _composed(
    session: SessionWork, fallen: Collection[str], context: Context
) -> tuple[tuple[View, ...], tuple[Pointer, ...]]:
    """Compose anew without what has fallen; objects without revisions stay as they were judged."""
    standing = {
        rel: work.dataset
        for rel, work in session.works.items()
        if work.dataset is not None and rel not in fallen
    }
    found = views(standing)
    claims = {rel: claims_of(dataset, context) for rel, dataset in standing.items()}
    return found, pointers(found, standing, claims)


def _tally(session: SessionWork, pointer: Pointer, context: Context) -> None:
    """Let the values pass by once more, for a target that was not known when they did."""
    work = session.works[pointer.path]
    tallies = begin_tally(session, pointer)
    if not tallies:
        return
    try:
        for piece in pieces_of(session, pointer.path, PIECE, context):
            for tally in tallies:
                tally.look(piece[tally.column])
    except Broken as broken:
        blame(broken.cause, work, context)
    finally:
        close_held(work, check=False)
