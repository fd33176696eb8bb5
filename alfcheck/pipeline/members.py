"""What the pipeline tells of one file where datasets are compared: its rows, and its named dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck.pipeline.state import FileWork
from alfcheck.readers.base import Kind
from alfcheck.relations import Length, Member

__all__ = ["lengths_of", "member"]


def member(work: FileWork) -> Member:
    """Give the rows of a file, and whether the row rule exempts it."""
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


def lengths_of(work: FileWork) -> Iterator[Length]:
    """Give the named dimensions of a file; pieces of one dataset have rows of their own."""
    if work.plan is None or work.content is None or work.dataset is None:
        return
    for contract, name, fixed in work.plan.dimensions:
        length = work.content.rows if fixed is None and not work.dataset.extra else fixed
        if length is not None:
            yield Length(work.rel, work.dataset, contract, name, length)
