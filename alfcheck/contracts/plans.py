"""What runs over many files: the checks of columns, parted by how far they look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.asked import Asked
from alfcheck.contracts.glancing import Glance
from alfcheck.contracts.model import Relation, Terms
from alfcheck.contracts.terms import terms_of
from alfcheck.model import Severity

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CheckPlan", "ColumnPlan", "CompiledSchema"]


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of a column: what it asks (``None`` for what is no check), its weight, how it is told.

    ``keeps`` are the places of the columns of a relation whose missing values do not spare a row.
    """

    asked: Asked | None
    name: str
    expected: str
    severity: Severity
    code: str
    keeps: tuple[int, ...] = ()

    @property
    def check(self) -> Any:
        """Pandera's check, which is made when it is first asked for."""
        return None if self.asked is None else self.asked.check

    @property
    def function(self) -> Any:
        """The function that judges, where it is none of pandera's own."""
        return None if self.asked is None else self.asked.function


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column's checks, parted by how far they look: one row, a file in pieces, a whole file.

    ``missing`` is a value that no check sees, ``share`` the largest share of values that may be missing.
    ``glance`` tells of most sound columns that they are, so that pandera need not be asked.
    """

    nullable: bool
    dtype: Any
    rows: tuple[CheckPlan, ...]
    segmented: tuple[CheckPlan, ...]
    whole: tuple[CheckPlan, ...]
    missing: float | str | None = None
    share: float | None = None
    glance: Glance | None = None

    @property
    def asks_rows(self) -> bool:
        """Tell whether there are values that it refuses whatever the others are."""
        return bool(self.rows) or not self.nullable or self.dtype is not None

    @property
    def asks(self) -> bool:
        """Tell whether there are values that it refuses."""
        return self.asks_rows or bool(self.segmented or self.whole) or self.share is not None

    def passes(self, values: np.ndarray) -> bool:
        """Tell whether pandera would be content with each row, as far as that is plain to see."""
        if not self.asks_rows:
            return True
        return self.glance is not None and self.glance.passes(values, gaps=self.nullable)

    def looks_at(self, dtype: str) -> bool:
        """Tell whether values of `dtype` must be seen: numpy's whole numbers cannot be missing.

        Those of pandas that can are written with a capital, or are ``boolean``.
        """
        has_gaps = dtype == "boolean" or dtype.lstrip("<>=|")[:1] not in "iub"
        gaps = has_gaps and (not self.nullable or self.share is not None)
        return bool(self.rows or self.segmented or self.whole) or gaps


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A contract's schema, ready to run.

    ``relations`` judge rows; ``frames``, the checks of a pandera schema as a whole, judge objects.
    ``required`` are the names and patterns of the columns that it requires. ``written`` says that it comes
    from a contract in a file.
    """

    columns: Mapping[str, ColumnPlan]
    patterns: tuple[tuple[re.Pattern[str], ColumnPlan], ...]
    relations: tuple[tuple[Relation, CheckPlan], ...]
    frames: tuple[CheckPlan, ...]
    required: tuple[re.Pattern[str], ...]
    strict: bool
    terms: Mapping[str, Terms]
    written: bool
    _plan_of: Mapping[re.Pattern[str], Callable[[Terms | None], ColumnPlan]]
    _matched: dict[str, ColumnPlan] = field(default_factory=dict)

    def column(self, name: str) -> ColumnPlan | None:
        """Give the plan of the column `name`, by its name or by a pattern."""
        found = self.columns.get(name) or self._matched.get(name)
        if found is None:
            pattern = next((pattern for pattern, _ in self.patterns if pattern.fullmatch(name)), None)
            if pattern is not None:
                # The terms may differ between the columns of one pattern.
                terms = terms_of(self.terms, name)
                found = self._matched[name] = self._plan_of[pattern](terms)
        return found

    def asks(self, name: str) -> bool:
        """Tell whether there are values of the column `name` that are refused."""
        plan = self.column(name)
        return plan is not None and plan.asks

    def lacking(self, names: Sequence[str]) -> list[str]:
        """Give the required columns that are not among `names`."""
        return [
            _plain(pattern) for pattern in self.required if not any(pattern.fullmatch(name) for name in names)
        ]

    def framed(self, names: Sequence[str]) -> tuple[str, ...]:
        """Give the columns of a frame that the schema's own checks are to see: none if it is not complete."""
        if not self.frames or self.lacking(names):
            return ()
        return tuple(name for name in names if self.column(name) is not None)

    def related(self, names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], CheckPlan]]:
        """Give the relations that hold among columns of these names, with the columns of each."""
        for relation, check in self.relations:
            for columns in _bound(relation.columns, names):
                yield columns, check


def _plain(pattern: re.Pattern[str]) -> str:
    return re.sub(r"\\(.)", r"\1", pattern.pattern)


def _bound(wanted: tuple[str, ...], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give the columns meant, once for each word that a ``*`` stands for."""
    head, star, tail = wanted[0].partition("*")
    begun = [name for name in names if star and name.startswith(head) and name.endswith(tail)]
    words = [name[len(head) : len(name) - len(tail)] for name in begun] if star else [""]
    for word in words:
        columns = tuple(name.replace("*", word) for name in wanted)
        if set(columns) <= set(names):
            yield columns
