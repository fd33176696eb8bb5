"""Break what a contract says of files: dtypes, shapes, rows, references, tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alfcheck.contracts.sampling.checklist import UNKNOWN, Task
from alfcheck.contracts.sampling.drawing import Drawn, assemble
from alfcheck.contracts.sampling.dtypes import STRING, accepted, refused
from alfcheck.contracts.sampling.judges import Judges
from alfcheck.contracts.sampling.naming import NEUTRAL
from alfcheck.contracts.sampling.objects import neutral
from alfcheck.contracts.sampling.spoil_values import impossible
from alfcheck.contracts.sampling.values import Part
from alfcheck.contracts.shapes import shape_problem

__all__ = [
    "outside",
    "too_few_rows",
    "too_short",
    "unequal_rows",
    "with_column_more",
    "with_wrong_dtype",
    "with_wrong_shape",
    "without_column",
]

_RESTS: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (5,), (17,), (2, 2), (3, 3), (2, 2, 2), (2, 2, 2, 2))


def with_wrong_dtype(task: Task, drawn: Drawn) -> Part:
    """Write a file, or one column of a table, in a dtype that is not accepted."""
    form, column = drawn.form, task.column
    dtype = _pandera_refuses(task) if task.kind == "pandera" else ""
    dtype = dtype or refused((column.own.terms if column else form.terms).dtypes)
    if not dtype:
        raise impossible(task)
    mine = [column.name] if column is not None else list(drawn.columns)
    columns = {
        name: _recast(values, dtype) if name in mine else values for name, values in drawn.columns.items()
    }
    return assemble(replace(drawn, columns=columns))


def _pandera_refuses(task: Task) -> str:
    assert task.column is not None
    plan, terms = task.column.own.plan, task.column.own.terms
    wanted = str(plan.dtype) if plan is not None else ""
    known = ("float64", "int64", "bool", STRING, "float32", "int32")
    return next((each for each in known if accepted(terms.dtypes, each) and each != wanted), "")


def _recast(values: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == STRING:
        return np.full(values.shape, "text")
    if dtype == "datetime64[ns]":
        return np.full(values.shape, np.datetime64("2020-01-01", "ns"))
    if values.dtype.kind in "UM":
        return np.arange(len(values)).astype(dtype)
    filled = np.nan_to_num(values) if values.dtype.kind == "f" else values
    # Halves, so that a text table does not write whole numbers.
    return filled.astype(dtype) + 0.5 if np.dtype(dtype).kind in "fc" else filled.astype(dtype)


def with_wrong_shape(task: Task, drawn: Drawn) -> Part:
    """Write an array in a shape that fits none of those that are accepted."""
    form = drawn.form
    contract = form.columns[0].own.contract
    limit = 1 if form.extension not in ("npy", "npz") else 9
    for rest in _RESTS:
        if len(rest) <= limit and list(shape_problem(contract, form.terms, form.name, rest, False)):
            values = np.resize(np.asarray(assemble(drawn).values), (form.lengths[0], *rest))
            return Part(form.path, "array", values)
    raise impossible(task)


def outside(task: Task, drawn: Drawn, judges: Judges, rows: int) -> tuple[Part, ...]:
    """Let a value count the row after the last one of the object that it refers to."""
    column = task.column
    assert column is not None
    target = column.own.terms.references or drawn.form.terms.references
    assert target is not None
    values = drawn.columns[column.name].copy()
    values[-1] = rows
    part = assemble(replace(drawn, columns={**drawn.columns, column.name: values}))
    return (part,) if target == judges.place[2] else (part, neutral(judges, target, rows))


def too_short(task: Task, drawn: list[Drawn], judges: Judges, rows: int) -> tuple[Part, ...]:
    """Take one item from a dimension that another file has as well, or that another object counts."""
    assert task.form is not None
    *others, last = [assemble(each) for each in drawn]
    axis = task.form.template.index(task.kind)
    cut = replace(last, values=np.asarray(last.values).take(range(task.form.lengths[axis] - 1), axis=axis))
    if task.kind.endswith(".rows"):
        return (cut, neutral(judges, task.kind.removesuffix(".rows"), rows))
    return (*others, cut)


def too_few_rows(drawn: Drawn, fewest: int) -> Part:
    """Write a file with one row less than there must be."""
    part = assemble(drawn)
    if part.kind == "table":
        return replace(part, values={name: values[: fewest - 1] for name, values in part.values.items()})
    return replace(part, values=part.values[: fewest - 1])


def unequal_rows(drawn: Drawn, stem: str, rows: int) -> tuple[Part, ...]:
    """Put a file with another number of rows into the object."""
    return (assemble(drawn), Part(f"{stem}.{NEUTRAL}.npy", "array", np.arange(rows + 1)))


def without_column(table: Part, name: str) -> Part:
    """Take a column out of a table."""
    return replace(table, values={each: values for each, values in table.values.items() if each != name})


def with_column_more(table: Part) -> Part:
    """Put a column into a table that nobody knows."""
    count = len(next(iter(table.values.values())))
    return replace(table, values={**table.values, UNKNOWN: np.arange(count)})
