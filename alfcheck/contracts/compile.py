"""From a pandera schema to what runs over many files: each check by how far it looks.

What pandera would do beyond judging (coerce, parse, drop rows) is refused: a contract judges what is on
disk.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.answers import watched_check
from alfcheck.contracts.build import SpecSchema
from alfcheck.contracts.checks import Segmented, builtin_name, row_local, unique_rows
from alfcheck.contracts.glancing import Glance, glance_of
from alfcheck.contracts.globs import glob_of
from alfcheck.contracts.model import Contract, Relation, Terms
from alfcheck.contracts.schemas import refuse_what_changes_data, schema_of
from alfcheck.contracts.spec import CheckSpec
from alfcheck.contracts.terms import attribute_of, terms_of
from alfcheck.contracts.widen import widened
from alfcheck.contracts.words import check_words
from alfcheck.errors import PluginError
from alfcheck.model import Severity
from alfcheck.traces import told_error

if TYPE_CHECKING:
    import numpy as np
    import pandera.pandas as pa

__all__ = ["CheckPlan", "ColumnPlan", "CompiledSchema", "Schemas", "describe"]

SAMPLE = 10


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of a column: pandera's own (``None`` for what is no check), its weight, how it is told.

    ``keeps`` are the places of the columns of a relation whose missing values do not spare a row.
    """

    check: Any
    name: str
    expected: str
    severity: Severity
    code: str
    keeps: tuple[int, ...] = ()


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
    _columns: Mapping[re.Pattern[str], pa.Column]
    _matched: dict[str, ColumnPlan] = field(default_factory=dict)

    def column(self, name: str) -> ColumnPlan | None:
        """Give the plan of the column `name`, by its name or by a pattern."""
        found = self.columns.get(name) or self._matched.get(name)
        if found is None:
            pattern = next((pattern for pattern, _ in self.patterns if pattern.fullmatch(name)), None)
            if pattern is not None:
                # The terms may differ between the columns of one pattern.
                terms = terms_of(self.terms, name)
                found = self._matched[name] = _column_plan(
                    self._columns[pattern], terms, written=self.written
                )
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


class Schemas:
    """The compiled schemas of a run, each built when something first matches it."""

    def __init__(self) -> None:
        self._compiled: dict[str, CompiledSchema] = {}

    def get(self, contract: Contract) -> CompiledSchema:
        """Give the compiled schema of `contract`.

        Raises `PluginError` for a schema that cannot be built, or asks for what alfcheck does not do.
        """
        found = self._compiled.get(contract.label)
        if found is None:
            found = self._compiled[contract.label] = _compiled(contract)
        return found


def describe(check: pa.Check) -> str:
    """Say in words what a check expects, as it ends the sentence "values are not …"."""
    if isinstance(check.error, str) and not check.error.startswith(f"{check.name}("):
        return check.error
    given = sorted((key, _plain_value(value)) for key, value in (check.statistics or {}).items())
    name = builtin_name(check)
    if name is None or not given:
        return f"as {check.name!r} asks"
    arguments = tuple((key, value) for key, value in given if value is not None)
    return check_words(CheckSpec(name=name, arguments=arguments), weight=False)


def _plain_value(value: Any) -> Any:
    return value if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__") else tuple(value)


def _compiled(contract: Contract) -> CompiledSchema:
    try:
        return _compile(contract)
    except PluginError:
        raise
    except Exception as error:
        # A model, a pattern or a relation may be wrong only when it is looked at.
        told = told_error(error)
        raise PluginError(f"contract {contract.label}: its schema cannot be built: {told}") from error


def _compile(contract: Contract) -> CompiledSchema:
    schema = schema_of(contract)
    refuse_what_changes_data(contract, schema)
    columns = {str(name): _completed(str(name), column, schema) for name, column in schema.columns.items()}
    written = isinstance(contract.schema, SpecSchema)
    plain = {
        name: _column_plan(column, terms_of(contract.terms, name), written=written)
        for name, column in columns.items()
        if not column.regex
    }
    regexes = {re.compile(name): column for name, column in columns.items() if column.regex}
    patterns = tuple(
        (pattern, _column_plan(column, contract.terms.get(glob_of(pattern.pattern) or ""), written=written))
        for pattern, column in regexes.items()
    )
    required = tuple(
        re.compile(str(name) if column.regex else re.escape(str(name)))
        for name, column in schema.columns.items()
        if column.required
    )
    relations = tuple((relation, _relation_plan(contract, relation)) for relation in contract.relations)
    frames = tuple(_check_plan(check) for check in schema.checks)
    strict = schema.strict is True
    return CompiledSchema(
        plain, patterns, relations, frames, required, strict, contract.terms, written, regexes
    )


def _completed(name: str, column: pa.Column, schema: pa.DataFrameSchema) -> pa.Column:
    """Give the column of a component with the checks that it leaves to its attribute."""
    whole = schema.columns.get(attribute_of(name)) if attribute_of(name) != name else None
    if whole is None or whole.regex != column.regex:
        return column
    own = set(map(_word, column.checks))
    found = copy.copy(column)
    found.checks = [*column.checks, *(check for check in whole.checks if _word(check) not in own)]
    # As a warning, uniqueness is one of the checks.
    found.unique = column.unique or (whole.unique and "unique" not in own)
    return found


def _word(check: pa.Check) -> object:
    """Tell checks apart as a contract file does: by their words, and functions by themselves."""
    if isinstance(getattr(check, "_check_fn", None), Segmented):
        return str(check.name)
    return builtin_name(check) or id(check)


def _column_plan(column: pa.Column, terms: Terms | None, *, written: bool) -> ColumnPlan:
    terms = terms or Terms()
    rows: list[CheckPlan] = []
    segmented: list[CheckPlan] = []
    whole: list[CheckPlan] = []
    for check in column.checks:
        plan = _check_plan(check, tolerance=terms.tolerance)
        if isinstance(getattr(check, "_check_fn", None), Segmented):
            segmented.append(plan)
        else:
            (rows if row_local(check) else whole).append(plan)
    if column.unique:
        segmented.append(_check_plan(unique_rows()))
    # A schema that a plugin built is pandera's to judge, whatever it says.
    glanced = written and column.dtype is None
    return ColumnPlan(
        column.nullable,
        column.dtype,
        tuple(rows),
        tuple(segmented),
        tuple(whole),
        terms.missing,
        terms.missing_share,
        glance_of([each.check for each in rows], terms.missing) if glanced else None,
    )


def _check_plan(check: pa.Check, relation: Relation | None = None, tolerance: float = 0.0) -> CheckPlan:
    # A copy, since a schema may be shared: warnings must arrive as failures too, with few cases each.
    own = copy.copy(watched_check(widened(check, tolerance)))
    own.raise_warning = False
    own.n_failure_cases = SAMPLE
    severity = Severity.WARNING if check.raise_warning else Severity.ERROR
    if relation is not None:
        keeps = tuple(relation.columns.index(name) for name in relation.keeps_missing)
        return CheckPlan(own, relation.name, relation.expected, relation.severity, "ALF307", keeps)
    return CheckPlan(own, str(check.name), describe(check), severity, _code_of(check))


def _relation_plan(contract: Contract, relation: Relation) -> CheckPlan:
    stray = [name for name in relation.keeps_missing if name not in relation.columns]
    if stray:
        raise PluginError(
            f"contract {contract.label}: the relation {relation.name!r} keeps rows where {', '.join(stray)} "
            "is missing, but does not look at it; name it among the columns of the relation"
        )
    return _check_plan(relation.check(), relation)


def _code_of(check: pa.Check) -> str:
    function = getattr(check, "_check_fn", None)
    if isinstance(function, Segmented):
        return function.code if function.code in ("ALF303", "ALF305", "ALF306") else "ALF310"
    return "ALF303" if row_local(check) else "ALF310"
