"""Between opening and judging: views that only the columns of a table tell apart.

Where a table and a file of another namespace hold one attribute, ONE is asked for one namespace at a time.
Names do not tell the columns of a table; only sessions in which that can matter are composed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from alfcheck.contracts.lanes import on_clock
from alfcheck.contracts.terms import attribute_of
from alfcheck.pipeline.naming import compose_session, sized, tabled
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.relations import TABLE, Columns

__all__ = ["columns_of", "compose_apart"]


def compose_apart(batch: Batch, context: Context) -> None:
    """Compose the views of sessions in which a table stands beside files of other namespaces."""
    for session in batch.works if context.judges_values else ():
        if session.layout.blended:
            _compose(session, context)


def _compose(session: SessionWork, context: Context) -> None:
    datasets = {rel: work.dataset for rel, work in session.works.items() if work.dataset is not None}
    columns = columns_of(session, datasets)
    composed, aimed = compose_session(datasets, columns, context)
    session.layout = replace(
        session.layout,
        views=composed,
        pointers=aimed,
        sized=sized(composed, datasets, context),
        tabled=tabled(composed, datasets),
    )


def columns_of(session: SessionWork, paths: Iterable[str]) -> Columns:
    """Give what the columns of the tables among some files are called in their object."""
    if not session.layout.blended:
        return {}
    return {path: found for path in paths if (found := _columns(session.works[path]))}


def _columns(work: FileWork) -> Collection[str]:
    dataset, content = work.dataset, work.content
    if dataset is None or content is None or dataset.attribute != TABLE:
        return ()
    names = {on_clock(name, dataset.timescale) for name, _, _ in content.columns}
    # The two columns of `intervals` are `intervals_0` and `intervals_1` in a table.
    return names | {attribute_of(name) for name in names}
