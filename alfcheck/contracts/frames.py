"""The one place where pandera is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.answers import Unsound, is_mapped
from alfcheck.contracts.plans import CheckPlan, ColumnPlan
from alfcheck.traces import place_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Failure", "failures", "validate"]

_UNSOUND, _END = f'{Unsound.__name__}("', '")'
"""How pandera writes down that a check did what it may not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that pandera says of a frame: ``check``, ``null``, ``dtype`` or ``crash``.

    ``positions`` are the failing places of the column, ``None`` where the column fails as a whole.
    """

    kind: str
    column: str
    plan: CheckPlan | None
    positions: np.ndarray | None
    text: str = ""


def validate(
    arrays: Mapping[str, np.ndarray],
    columns: Mapping[str, ColumnPlan],
    relation: CheckPlan | None = None,
) -> Iterator[Failure]:
    """Let pandera judge `arrays` (of equal length) by the row-local checks of `columns`.

    A `relation` is a check of the whole frame. Nothing is yielded for sound data.
    """
    import pandas as pd
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    wanted = {name: plan for name, plan in columns.items() if _asks(plan)}
    if not wanted and relation is None:
        return
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(plan.dtype, [check.check for check in plan.rows], nullable=plan.nullable)
            for name, plan in wanted.items()
        },
        checks=[relation.check] if relation else None,
    )
    used = arrays if relation else {name: arrays[name] for name in wanted}
    # pandera works on a copy, which a map of a large file is there to spare.
    mapped = all(map(is_mapped, used.values()))
    try:
        schema.validate(pd.DataFrame(dict(used), copy=False), lazy=True, inplace=mapped)
    except SchemaErrors as errors:
        for error in errors.schema_errors:
            yield _failure(error, _plan_of(error, wanted, relation), arrays)


def failures(
    arrays: Mapping[str, np.ndarray],
    columns: Mapping[str, ColumnPlan],
    relation: CheckPlan | None = None,
) -> list[Failure]:
    """Give all that `validate` does: when it returns, every check has run."""
    return list(validate(arrays, columns, relation))


def _asks(plan: ColumnPlan) -> bool:
    return bool(plan.rows) or not plan.nullable or plan.dtype is not None


def _plan_of(error: Any, columns: Mapping[str, ColumnPlan], relation: CheckPlan | None) -> CheckPlan | None:
    # pandera works on copies of the checks: they are known by their place.
    if error.check_index is None:
        return None
    if relation is not None:
        return relation
    checks = columns[str(error.column_name)].rows
    return checks[int(error.check_index)]


def _failure(error: Any, plan: CheckPlan | None, arrays: Mapping[str, np.ndarray]) -> Failure:
    from pandera.errors import SchemaErrorReason

    column = str(error.column_name or "")
    reason = error.reason_code
    if reason is SchemaErrorReason.CHECK_ERROR and plan is not None:
        return Failure("crash", column, plan, None, _crash_text(error, plan))
    if reason is SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return Failure("null", column, None, _nulls(arrays[column]))
    if plan is not None:
        return Failure("check", column, plan, _positions(error.check_output))
    return Failure("dtype", column, None, None, f"{column}: {_first_line(str(error))}")


def _nulls(values: np.ndarray) -> np.ndarray:
    import numpy as np
    import pandas as pd

    return np.flatnonzero(pd.isna(values))


def _positions(output: Any) -> np.ndarray | None:
    """Give the failing places; a check that answers once for the whole column names none."""
    import numpy as np
    import pandas as pd

    if not isinstance(output, (pd.Series, pd.DataFrame)):
        return None
    good = output.all(axis=1) if isinstance(output, pd.DataFrame) else output
    return np.asarray(good.index[~good.to_numpy(dtype=bool)])


def _crash_text(error: Any, plan: CheckPlan) -> str:
    # pandera keeps what was raised as text alone: the function says where to look.
    place = place_of(plan.check._check_fn) if plan.check is not None else ""
    where = f" ({place})" if place and not place.startswith(("alfcheck/", "pandera/")) else ""
    raised = _first_line(str(error.failure_cases))
    if raised.startswith(_UNSOUND):
        raised = raised.removeprefix(_UNSOUND).removesuffix(_END)
    return f"the check {plan.name!r} failed to run: {raised}{where}"


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:300] if text.strip() else ""
