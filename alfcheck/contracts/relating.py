"""Relations that were written down: what pandera runs of them, and their spec, which comes back from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from alfcheck.contracts.expression import Expression, parse_expression
from alfcheck.contracts.glancing import DTYPES
from alfcheck.contracts.model import Relation
from alfcheck.contracts.spec import RelationSpec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["SpecRelation", "holds", "relation_of"]

SIGNS = {"le": "<=", "lt": "<", "ge": ">=", "gt": ">", "eq": "==", "ne": "!="}


def relation_of(spec: RelationSpec) -> Relation:
    """Make the relation that `spec` describes; raises `ExpressionError` for one that cannot be read."""
    judge = SpecRelation(spec)
    return Relation(
        name=spec.name,
        columns=judge.columns,
        check=judge,
        expected=spec.description or judge.told,
        severity=spec.severity,
        keeps_missing=judge.keeps_missing,
    )


@dataclass(frozen=True)
class SpecRelation:
    """Gives the pandera check of a relation; equal specs give equal ones."""

    spec: RelationSpec

    def __call__(self) -> pa.Check:
        """Give the check; it sees the columns in the order of ``columns``, under whatever names."""
        import pandera.pandas as pa

        # pandera would let rows pass in which all operands are missing; which to skip is known already.
        return pa.Check(self.judge, name=self.spec.name, error=self.told, ignore_na=False)

    @cached_property
    def _check(self) -> Expression | None:
        return parse_expression(self.spec.check) if self.spec.compare is None else None

    @cached_property
    def _when(self) -> Expression | None:
        return parse_expression(self.spec.when) if self.spec.when else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at, those compared first."""
        compared = self._check.columns if self._check is not None else self._sides
        return tuple(dict.fromkeys((*compared, *(self._when.columns if self._when else ()))))

    @property
    def _sides(self) -> tuple[str, ...]:
        return self.spec.compare[1:] if self.spec.compare is not None else ()

    @property
    def keeps_missing(self) -> tuple[str, ...]:
        """The columns whose missing values do not spare a row."""
        operands = set(self._sides)
        for expression in (self._check, self._when):
            operands |= expression.operands if expression is not None else set()
        return tuple(name for name in self.columns if name not in operands)

    @property
    def told(self) -> str:
        """Say what holds: ``intervals_0 <= intervals_1, when choice == 1``."""
        if self.spec.compare is not None:
            op, first, second = self.spec.compare
            told = f"{first} {SIGNS[op]} {second}"
        else:
            told = " ".join(self.spec.check.split())
        return f"{told}, when {' '.join(self.spec.when.split())}" if self.spec.when else told

    def judge(self, frame: pd.DataFrame) -> pd.Series:
        """Tell for each row whether it holds, or is not meant; raises `TypeError` as `Expression` does."""
        import numpy as np
        import pandas as pd

        columns = {str(name): np.asarray(frame.iloc[:, place]) for place, name in enumerate(frame.columns)}
        return pd.Series(self.rows(columns), index=frame.index)

    def rows(self, given: Mapping[str, np.ndarray]) -> np.ndarray:
        """Do what `judge` does for columns that lie in no frame."""
        columns = self._named(given)
        if self._check is not None:
            good = self._check.evaluate(columns, tolerance=self.spec.tolerance)
        else:
            good = self._compared(columns)
        if self._when is not None:
            good |= ~self._when.evaluate(columns)
        return good

    def _compared(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        from alfcheck.contracts.evaluate import compare

        assert self.spec.compare is not None
        op, first, second = self.spec.compare
        return compare(op, columns[first], columns[second], self.spec.tolerance, (first, second))

    def _named(self, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Give the columns by the names of the spec, in which a ``*`` may stand for a word."""
        head, star, tail = self.columns[0].partition("*")
        first = next(iter(given))
        word = first[len(head) : len(first) - len(tail)] if star else ""
        return {name: given[name.replace("*", word)] for name in self.columns}


def holds(function: object, columns: Mapping[str, np.ndarray]) -> bool:
    """Tell whether a relation that was written down is sure to hold for all rows, without asking pandera.

    It may not know: relations of plugins are pandera's to judge, as are text, dates and whatever fails.
    """
    relation = getattr(function, "__self__", None)
    if not isinstance(relation, SpecRelation) or not all(map(_is_plain, columns.values())):
        return False
    try:
        return bool(relation.rows(columns).all())
    except Exception:
        return False


def _is_plain(values: np.ndarray) -> bool:
    return values.dtype.isnative and (values.dtype == bool or values.dtype.name in DTYPES)
