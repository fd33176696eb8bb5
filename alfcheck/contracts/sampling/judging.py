"""Ask the checks of a contract themselves whether values keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from alfcheck.contracts.plans import CheckPlan, ColumnPlan
from alfcheck.contracts.sampling.values import Column, Judge
from alfcheck.contracts.terms import absent

__all__ = ["checks_of_plan", "each_good", "local_checks", "looks_at_one", "relation_holds", "series_good"]


def checks_of_plan(plan: ColumnPlan) -> tuple[CheckPlan, ...]:
    """Give all checks of a column, however far they look."""
    return (*plan.rows, *plan.segmented, *plan.whole)


def looks_at_one(plan: ColumnPlan, check: CheckPlan) -> bool:
    """Tell whether a check looks at each value by itself."""
    # By identity: pandera cannot tell whether checks of classes are equal.
    mine = any(check is each for each in plan.rows)
    return mine or (check.code == "ALF303" and any(check is each for each in plan.segmented))


def series_good(check: CheckPlan, values: np.ndarray) -> np.ndarray:
    """Judge a whole column without missing values; a check that fails to run is not kept."""
    import pandas as pd

    try:
        output = _run(check, pd.Series(values))
    except Exception:  # of anyone's function
        return np.zeros(len(values), dtype=bool)
    if isinstance(output, (bool, np.bool_)):
        return np.full(len(values), bool(output))
    return np.asarray(output, dtype=bool)


def _run(check: CheckPlan, data: Any) -> Any:
    # Called without pandera's own wrapping, which spends its time on tables of what fails.
    asked = check.check
    if asked.element_wise or asked.groupby is not None:
        return asked(data).check_output
    try:
        return asked._check_fn(data, **asked._check_kwargs)
    except KeyError:  # pandera's own checks learn what a Series is when first called by pandera
        return asked(data).check_output


def each_good(column: Column, values: np.ndarray, spared: Iterable[CheckPlan] = ()) -> np.ndarray:
    """Tell which values keep the checks, of all who judge a column, that look at one value.

    Missing values are left to the caller. The `spared` checks are not asked.
    """
    good = np.ones(len(values), dtype=bool)
    for judge, check in local_checks(column):
        if all(check is not each for each in spared):
            kept = np.flatnonzero(~absent(values, judge.terms.missing) & good)
            good[kept] = series_good(check, values[kept])
    return good


def local_checks(column: Column) -> Iterator[tuple[Judge, CheckPlan]]:
    """Give the checks of a column that look at one value, and whose they are."""
    for judge in column.judges:
        if (plan := judge.plan) is not None:
            yield from ((judge, check) for check in checks_of_plan(plan) if looks_at_one(plan, check))


def relation_holds(check: CheckPlan, names: Sequence[str], columns: Sequence[Any]) -> np.ndarray:
    """Judge each row of some columns by a check of several."""
    import pandas as pd

    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    output = _run(check, frame)
    if isinstance(output, pd.DataFrame):
        return np.asarray(output.all(axis=1), dtype=bool)
    if isinstance(output, (bool, np.bool_)):
        return np.full(len(frame), bool(output))
    return np.asarray(output, dtype=bool)
