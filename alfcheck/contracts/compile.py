"""From a pandera schema to what runs over many files: each check by how far it looks.

What pandera would do beyond judging (coerce, parse, drop rows) is refused: a contract judges what is on
disk.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import Segmented, row_local, unique_rows
from alfcheck.contracts.model import Contract, Relation
from alfcheck.errors import PluginError
from alfcheck.model import Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CheckPlan", "ColumnPlan", "CompiledSchema", "Schemas", "describe"]

SAMPLE = 10


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """One check of a column: pandera's own (``None`` for what is no check), its weight, how it is told."""

    check: Any
    name: str
    expected: str
    severity: Severity
    code: str


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column's checks, parted by how far they look: one row, a file in pieces, a whole file."""

    nullable: bool
    dtype: Any
    rows: tuple[CheckPlan, ...]
    segmented: tuple[CheckPlan, ...]
    whole: tuple[CheckPlan, ...]


@dataclass(frozen=True, slots=True)
class CompiledSchema:
    """A contract's schema, ready to run.

    ``relations`` judge rows; ``frames``, the checks of a pandera schema as a whole, judge objects.
    ``required`` are the names and patterns of the columns that it requires.
    """

    columns: dict[str, ColumnPlan]
    patterns: tuple[tuple[re.Pattern[str], ColumnPlan], ...]
    relations: tuple[tuple[Relation, CheckPlan], ...]
    frames: tuple[CheckPlan, ...]
    required: tuple[re.Pattern[str], ...]
    strict: bool

    def column(self, name: str) -> ColumnPlan | None:
        """Give the plan of the column `name`, by its name or by a pattern."""
        if name in self.columns:
            return self.columns[name]
        return next((plan for pattern, plan in self.patterns if pattern.fullmatch(name)), None)

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

        Raises `PluginError` for a schema that asks for what alfcheck does not do.
        """
        found = self._compiled.get(contract.label)
        if found is None:
            found = self._compiled[contract.label] = _compile(contract)
        return found


def describe(check: pa.Check) -> str:
    """Say in words what a check expects, as it ends the sentence "values are not …"."""
    if isinstance(check.error, str) and not check.error.startswith(f"{check.name}("):
        return check.error
    given = check.statistics or {}
    told = _WORDS.get(check.name or "")
    if told is None or not given:
        return f"as {check.name!r} asks"
    return told.format(**{key: _listed(value) for key, value in given.items()})


_WORDS = {
    "equal_to": "equal to {value}",
    "not_equal_to": "other than {value}",
    "greater_than": "greater than {min_value}",
    "greater_than_or_equal_to": "at least {min_value}",
    "less_than": "less than {max_value}",
    "less_than_or_equal_to": "at most {max_value}",
    "in_range": "between {min_value} and {max_value}",
    "isin": "one of {allowed_values}",
    "notin": "other than {forbidden_values}",
    "str_matches": "of the pattern {pattern}",
    "str_contains": "containing {pattern}",
    "str_startswith": "beginning with {string}",
    "str_endswith": "ending with {string}",
    "str_length": "of length {min_value} to {max_value}",
}


def _listed(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    return str(value)


def _compile(contract: Contract) -> CompiledSchema:
    schema = _schema_of(contract)
    _refuse_what_changes_data(contract, schema)
    plain: dict[str, ColumnPlan] = {}
    patterns: list[tuple[re.Pattern[str], ColumnPlan]] = []
    for name, column in schema.columns.items():
        plan = _column_plan(column)
        if column.regex:
            patterns.append((re.compile(str(name)), plan))
        else:
            plain[str(name)] = plan
    required = tuple(
        re.compile(str(name) if column.regex else re.escape(str(name)))
        for name, column in schema.columns.items()
        if column.required
    )
    relations = tuple((relation, _check_plan(relation.check(), relation)) for relation in contract.relations)
    frames = tuple(_check_plan(check) for check in schema.checks)
    return CompiledSchema(plain, tuple(patterns), relations, frames, required, schema.strict is True)


def _schema_of(contract: Contract) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    try:
        given = contract.schema()
    except Exception as error:
        raise PluginError(
            f"contract {contract.label}: its schema cannot be built: {type(error).__name__}: {error}"
        ) from error
    if isinstance(given, type) and issubclass(given, pa.DataFrameModel):
        given = given.to_schema()
    if not isinstance(given, pa.DataFrameSchema):
        raise PluginError(
            f"contract {contract.label}: its schema is a {type(given).__name__}; "
            "give a pandera DataFrameSchema or DataFrameModel"
        )
    return given


def _refuse_what_changes_data(contract: Contract, schema: pa.DataFrameSchema) -> None:
    asked = {
        "coerce": schema.coerce or any(column.coerce for column in schema.columns.values()),
        "parsers": bool(schema.parsers) or any(column.parsers for column in schema.columns.values()),
        "index": schema.index is not None,
        "unique over several columns": bool(schema.unique),
        "ordered": schema.ordered,
        "drop_invalid_rows": schema.drop_invalid_rows,
        "add_missing_columns": schema.add_missing_columns,
        "a dtype for all columns": schema.dtype is not None,
        "strict='filter'": schema.strict == "filter",
        "default": any(column.default is not None for column in schema.columns.values()),
        "groupby": any(check.groupby is not None for check in _checks(schema)),
        "a check of the whole frame without a required column": bool(schema.checks)
        and not any(column.required for column in schema.columns.values()),
    }
    wrong = [term for term, used in asked.items() if used]
    if wrong:
        raise PluginError(
            f"contract {contract.label}: its schema uses {', '.join(wrong)}, which alfcheck does not apply "
            "(it judges files as they are); take it out or say it as a check"
        )


def _checks(schema: pa.DataFrameSchema) -> Iterator[pa.Check]:
    yield from schema.checks
    for column in schema.columns.values():
        yield from column.checks


def _column_plan(column: pa.Column) -> ColumnPlan:
    rows: list[CheckPlan] = []
    segmented: list[CheckPlan] = []
    whole: list[CheckPlan] = []
    for check in column.checks:
        plan = _check_plan(check)
        if isinstance(getattr(check, "_check_fn", None), Segmented):
            segmented.append(plan)
        else:
            (rows if row_local(check) else whole).append(plan)
    if column.unique:
        segmented.append(_check_plan(unique_rows()))
    return ColumnPlan(column.nullable, column.dtype, tuple(rows), tuple(segmented), tuple(whole))


def _check_plan(check: pa.Check, relation: Relation | None = None) -> CheckPlan:
    # A copy, since a schema may be shared: warnings must arrive as failures too, with few cases each.
    own = copy.copy(check)
    own.raise_warning = False
    own.n_failure_cases = SAMPLE
    severity = Severity.WARNING if check.raise_warning else Severity.ERROR
    if relation is not None:
        return CheckPlan(own, relation.name, relation.expected, relation.severity, "ALF307")
    return CheckPlan(own, str(check.name), describe(check), severity, _code_of(check))


def _code_of(check: pa.Check) -> str:
    function = getattr(check, "_check_fn", None)
    if isinstance(function, Segmented):
        return function.code if function.code in ("ALF303", "ALF305", "ALF306") else "ALF310"
    return "ALF303" if row_local(check) else "ALF310"
