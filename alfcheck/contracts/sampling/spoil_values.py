"""Break one check of one column: its values, their order, those that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from alfcheck.contracts.lanes import TEXT_TABLES
from alfcheck.contracts.plans import CheckPlan
from alfcheck.contracts.sampling.checklist import Task, can_be_table
from alfcheck.contracts.sampling.drawing import Drawn, assemble
from alfcheck.contracts.sampling.dtypes import accepted
from alfcheck.contracts.sampling.encode import with_gaps
from alfcheck.contracts.sampling.judging import checks_of_plan, looks_at_one, series_good
from alfcheck.contracts.sampling.values import Column, Part
from alfcheck.contracts.sampling.wishes import wishes_of
from alfcheck.contracts.terms import absent
from alfcheck.errors import ContractError

__all__ = [
    "impossible",
    "is_local",
    "too_many_missing",
    "with_bad_sequence",
    "with_bad_value",
    "without_value",
]

_TEXTS = ("no such value", "?", "", "x" * 300)
_FAR = (0.5, -0.5, 1.0, -1.0, 1e-3, -1e-3, 1000.0, -1000.0, 1e6, -1e6, 0.0)


def impossible(task: Task) -> ContractError:
    """Say that nothing breaks a check."""
    made = task.made
    label = f"contract {task.column.own.contract.label}: " if task.column is not None else ""
    return ContractError(
        f"{label}nothing is found that breaks the check {made.check!r} of {made.column!r} in a "
        "file of an accepted dtype: it refuses nothing, so take it out, or mend it"
    )


def with_bad_value(task: Task, drawn: Drawn) -> Part:
    """Put one value into a column that breaks the check, and no other if that can be."""
    column, check = task.column, task.check
    assert column is not None
    assert check is not None
    best: tuple[int, np.ndarray] | None = None
    for values in _typed(column, drawn.columns[column.name]):
        for bad in _candidates(column, values, drawn.form.extension in TEXT_TABLES):
            if _breaks(column, check, bad):
                broken, changed = min(
                    ((_broken(column, changed), changed) for changed in _placed(values, bad)),
                    key=lambda pair: pair[0],
                )
                if best is None or broken < best[0]:
                    best = (broken, changed)
        if best is not None:
            return _changed(drawn, column, best[1])
    raise impossible(task)


def _typed(column: Column, values: np.ndarray) -> Iterator[np.ndarray]:
    """Give the values in their own dtype, then in others that are accepted."""
    yield values
    for dtype in ("float64", "int64", "float32"):
        fits = values.dtype.kind in "iuf" and values.dtype != np.dtype(dtype) and _accepted(column, dtype)
        if fits and (dtype != "int64" or np.isfinite(values).all()):
            yield values.astype(dtype)


def _accepted(column: Column, dtype: str) -> bool:
    return all(accepted(judge.terms.dtypes, dtype) for judge in column.judges)


def _candidates(column: Column, values: np.ndarray, as_text: bool) -> Iterator[Any]:
    """Give values at which checks may turn."""
    wishes = wishes_of(column)
    kind = values.dtype.kind
    if kind == "U":
        own = str(values[0])
        texts = [*wishes.texts, *_TEXTS, f"{own}!", f"!{own}", own.upper(), own.lower(), own[:1], own * 20]
        yield from (np.array([text]) for text in texts if text or not as_text)
    elif kind == "b":
        yield from (np.array([value]) for value in (True, False))
    elif kind in "iuf":
        centres = [*wishes.limits, float(values[~np.isnan(values.astype(float))][0])]
        numbers = [centre + step for centre in centres for step in _FAR] + list(wishes.limits)
        for number in dict.fromkeys(numbers):
            if kind == "f" or (float(number).is_integer() and _within(number, values.dtype)):
                yield np.array([number]).astype(values.dtype)


def _within(number: float, dtype: np.dtype) -> bool:
    info = np.iinfo(dtype)
    return bool(info.min <= number <= info.max)


def _breaks(column: Column, check: CheckPlan, bad: np.ndarray) -> bool:
    return not absent(bad, column.own.terms.missing)[0] and not series_good(check, bad)[0]


def _placed(values: np.ndarray, bad: np.ndarray) -> Iterator[np.ndarray]:
    for place in dict.fromkeys((0, len(values) - 1, len(values) // 2)):
        dtype = np.promote_types(values.dtype, bad.dtype)
        changed = values.astype(dtype)
        changed[place] = bad[0]
        yield changed


def _broken(column: Column, values: np.ndarray) -> int:
    """Count the checks of a column that its values break."""
    return sum(
        not series_good(check, values[~absent(values, judge.terms.missing)]).all()
        for judge in column.judges
        if judge.plan is not None
        for check in checks_of_plan(judge.plan)
    )


def _changed(drawn: Drawn, column: Column, values: np.ndarray) -> Part:
    return assemble(replace(drawn, columns={**drawn.columns, column.name: values}))


def with_bad_sequence(task: Task, drawn: Drawn, rng: np.random.Generator) -> Part:
    """Change the order of a column, or repeat values, so that a check of the whole column breaks."""
    column, check = task.column, task.check
    assert column is not None
    assert check is not None
    values = drawn.columns[column.name]
    found = [
        changed
        for changed in _rearranged(values, rng)
        if not series_good(check, changed[~absent(changed, column.own.terms.missing)]).all()
    ]
    if not found:
        raise impossible(task)
    return _changed(drawn, column, min(found, key=lambda changed: _broken(column, changed)))


def _rearranged(values: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    for place in range(1, min(len(values), 4)):
        repeated = values.copy()
        repeated[place] = values[place - 1]
        yield repeated
    yield values[::-1].copy()
    yield np.full_like(values, values[0])
    if values.dtype.kind in "iuf":
        yield np.zeros_like(values)
        for _ in range(20):
            drawn = rng.normal(0, 1000, len(values))
            yield drawn.astype(values.dtype) if values.dtype.kind != "u" else abs(drawn).astype(values.dtype)


def without_value(task: Task, drawn: Drawn) -> Part:
    """Leave the last value of a column out."""
    column = task.column
    assert column is not None
    return _with_gaps(task, drawn, column, 1, None)


def too_many_missing(task: Task, drawn: Drawn) -> Part:
    """Leave one value more out than may be missing."""
    column = task.column
    assert column is not None
    plan = column.own.plan
    assert plan is not None
    assert plan.share is not None
    count = len(drawn.columns[column.name])
    allowed = max(number for number in range(count + 1) if number / count <= plan.share)
    stand_in = None if plan.nullable else column.own.terms.missing
    return _with_gaps(task, drawn, column, allowed + 1, stand_in)


def _with_gaps(task: Task, drawn: Drawn, column: Column, count: int, stand_in: Any) -> Part:
    values = drawn.columns[column.name]
    if stand_in is not None:
        changed = values.copy()
        changed[-count:] = stand_in
        return _changed(drawn, column, changed)
    kind = values.dtype.kind
    number = kind in "iuf" and _accepted(column, "float64")
    if number or kind == "M":
        changed = values if kind in "fM" else values.astype("float64")
        changed = changed.copy()
        changed[-count:] = np.nan if number else np.datetime64("NaT")
        return _changed(drawn, column, changed)
    if not can_be_table(drawn.form, column):
        raise impossible(task)
    gaps = slice(len(values) - count, None)
    columns: Mapping[str, Any] = {**drawn.columns, column.name: with_gaps(values, gaps)}
    if drawn.form.kind == "table":
        return assemble(replace(drawn, columns=columns))
    path = f"{drawn.form.path.rpartition('.')[0]}.pqt"
    return Part(path, "table", columns)


def is_local(task: Task) -> bool:
    """Tell whether the check of a task looks at one value."""
    assert task.column is not None
    assert task.check is not None
    plan = task.column.own.plan
    return plan is not None and looks_at_one(plan, task.check)
