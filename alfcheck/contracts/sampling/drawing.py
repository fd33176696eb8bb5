"""Draw the values of an object's files, and put them into the shapes of its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alfcheck.contracts.model import Contract
from alfcheck.contracts.sampling.cells import Cells
from alfcheck.contracts.sampling.documents import document_of
from alfcheck.contracts.sampling.dtypes import choose
from alfcheck.contracts.sampling.judges import Judges
from alfcheck.contracts.sampling.judging import checks_of_plan, looks_at_one, series_good
from alfcheck.contracts.sampling.laws import Law, laws_of, row_laws, solve, verdict
from alfcheck.contracts.sampling.naming import NEUTRAL
from alfcheck.contracts.sampling.values import Column, Form, Part
from alfcheck.contracts.sampling.wishes import wishes_of
from alfcheck.contracts.terms import absent
from alfcheck.errors import ContractError

__all__ = ["Drawn", "assemble", "cells_of", "draw", "laws_among", "may_lack"]

FEWEST = 3
"""So many values a column must have before one of them is left out."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form and the values of its columns, by name."""

    form: Form
    columns: Mapping[str, np.ndarray]


def draw(judges: Judges, forms: Sequence[Form], rows: int, rng: np.random.Generator) -> dict[str, Drawn]:
    """Give valid values for the columns of some forms, by the paths of their files."""
    laws = laws_among(judges, forms, rows)
    cells = cells_of(forms, rows, laws)
    related = {name for law in laws for name in law.columns}
    drawn = solve({name: cells[name] for name in cells if name in related}, laws, rows, rng)
    for name, each in cells.items():
        if name not in drawn:
            drawn[name] = each.draw(np.arange(each.count), rng)
    for name, each in cells.items():
        drawn[name] = _with_gap(each, drawn, row_laws(laws, list(drawn)))
    found = {}
    for form in forms:
        columns = {column.name: cells[column.name].cast(drawn[column.name]) for column in form.columns}
        for column in form.columns:
            _verify(column, columns[column.name])
        found[form.path] = Drawn(form, columns)
    return found


def laws_among(judges: Judges, forms: Iterable[Form], rows: int) -> list[Law]:
    """Give the relations that hold among the columns of some forms, of all who judge them.

    Where a contract calls columns of two files by one name, each file is judged by itself.
    """
    names: dict[str, list[dict[str, str]]] = {}
    contracts: dict[str, Contract] = {}
    for form in forms:
        mine: dict[str, dict[str, str]] = {}
        for column in form.columns if _length(form, rows) == rows else ():
            for judge in column.judges if column.width == 1 else ():
                contracts[judge.contract.label] = judge.contract
                mine.setdefault(judge.contract.label, {})[judge.name] = column.name
        for label, found in mine.items():
            groups = names.setdefault(label, [{}])
            if groups[0].keys() & found.keys():
                groups.append(found)
            else:
                groups[0].update(found)
    return [
        law
        for label, groups in names.items()
        for group in groups
        for law in laws_of(contracts[label], judges.schema_of(contracts[label]), group)
    ]


def cells_of(
    forms: Iterable[Form], rows: int, laws: Sequence[Law], spared: Sequence[Any] = ()
) -> dict[str, Cells]:
    """Give the places of every column of some forms."""
    cells = {}
    for form in forms:
        for column in form.columns:
            dtype = dtype_of([column] if form.kind == "table" else form.columns, form)
            extra = [value for law in laws if column.name in law.columns for value in law.constants]
            count = _length(form, rows) * column.width
            cells[column.name] = Cells(column, dtype, count, rows, extra, spared)
    return cells


def _length(form: Form, rows: int) -> int:
    return form.lengths[0] if form.lengths else rows


def dtype_of(columns: Sequence[Column], form: Form) -> str:
    """Choose the dtype in which some columns are written together."""
    wishes = [wishes_of(column) for column in columns]
    choices = {type(value) for wish in wishes for value in wish.choices}
    if any(wish.is_text for wish in wishes):
        wanted = ["str"]
    elif choices == {bool}:
        wanted = ["bool"]
    elif all(wish.whole for wish in wishes) and not any(_nullable(column) for column in columns):
        wanted = ["int64", "float64"]
    else:
        wanted = ["float64", "int64"]
    judges = [judge for column in columns for judge in column.judges]
    found = choose([judge.terms.dtypes for judge in judges], wanted)
    if not found:
        labels = " and ".join(dict.fromkeys(judge.contract.label for judge in judges))
        raise ContractError(f"{labels}: no dtype is accepted by all of what is said of {form.name!r}")
    return found


def _nullable(column: Column) -> bool:
    return all(judge.plan is None or judge.plan.nullable for judge in column.judges)


def may_lack(column: Column, count: int) -> bool:
    """Tell whether one of `count` values may be missing."""
    shares = [judge.terms.missing_share for judge in column.judges]
    return count >= FEWEST and all(share is None or share * count >= 1 for share in shares)


def _with_gap(cells: Cells, drawn: Mapping[str, np.ndarray], laws: Sequence[Law]) -> np.ndarray:
    """Leave one value of a column out, where it may be, and let what stands for missing occur."""
    values = drawn[cells.column.name]
    if not may_lack(cells.column, len(values)) or absent(values, None).any():
        return values
    kind = np.dtype(cells.dtype).kind
    for gap in _gaps(cells.column, kind):
        for place in range(len(values) - 2, -1, -1):
            tried = values.copy()
            tried[place] = gap
            mine = [law for law in laws if cells.column.name in law.columns]
            if all(verdict(law, {**drawn, cells.column.name: tried})[place] for law in mine):
                return tried
    return values


def _gaps(column: Column, kind: str) -> list[Any]:
    """Give what may stand for a missing value, by all who judge the column."""
    stand_ins = {judge.terms.missing for judge in column.judges}
    gaps: list[Any] = []
    if len(stand_ins) == 1 and (stand_in := stand_ins.pop()) is not None:
        is_number = isinstance(stand_in, (int, float))
        below_zero = isinstance(stand_in, (int, float)) and stand_in < 0
        gaps += [stand_in] if (kind in "iuf") == is_number and not (kind == "u" and below_zero) else []
    if _nullable(column) and kind in "fM":
        gaps.append(np.nan if kind == "f" else np.datetime64("NaT"))
    return gaps


def _verify(column: Column, values: np.ndarray) -> None:
    """Make sure that the checks that look further than one value are kept too."""
    for judge in column.judges:
        for check in checks_of_plan(judge.plan) if judge.plan is not None else ():
            kept = values[~absent(values, judge.terms.missing)]
            if judge.plan and not looks_at_one(judge.plan, check) and not series_good(check, kept).all():
                raise ContractError(
                    f"contract {judge.contract.label}: column {column.name}: no values are found that keep "
                    f"the check {check.name!r}, which looks at a whole column; mend it"
                )


def assemble(drawn: Drawn) -> Part:
    """Put the values of a form into its file."""
    form, columns = drawn.form, list(drawn.columns.values())
    if form.kind in ("document", "lines"):
        return Part(form.path, form.kind, document_of(form))
    if form.kind == "bytes":
        return Part(form.path, "bytes", b"made by alfcheck\n")
    if form.kind == "table":
        named = {name.partition(".")[2]: values for name, values in drawn.columns.items()}
        if len(named) == 1:  # a table of one column would be taken for an array
            named[NEUTRAL] = np.arange(len(columns[0]))
        return Part(form.path, "table", named)
    if len(columns) == 1 and form.columns[0].component < 0:
        return Part(form.path, "array", np.asarray(columns[0]).reshape(form.lengths))
    return Part(form.path, "array", np.stack(columns, axis=1))
