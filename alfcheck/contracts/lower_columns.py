"""From one column of a pandera schema, and its terms, to an entry of a contract file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import ROW_LOCAL
from alfcheck.contracts.model import Terms
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec
from alfcheck.errors import ContractError
from alfcheck.model import Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["Complaints", "NotExpressible", "entry_of"]


class NotExpressible(ContractError):
    """A contract of which a contract file cannot say everything; the text has a line for each thing."""


class Complaints:
    """Collects what a contract file cannot say."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._lines: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Note that `where` uses `what`."""
        self._lines.append(f"contract {self._label}: {where}: a contract file cannot say this: {what}")

    def speak(self) -> None:
        """Raise `NotExpressible` if there is anything."""
        if self._lines:
            raise NotExpressible("\n".join(dict.fromkeys(self._lines)))


_DTYPES = {
    **{f"{kind}{bits}": f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"float{bits}" for bits in (16, 32, 64)},
    "bool": "bool",
}
_DEFAULTS: dict[str, dict[str, Any]] = {"in_range": {"include_min": True, "include_max": True}}
_SETS = ("allowed_values", "forbidden_values")


def entry_of(
    name: str, column: pa.Column | None, terms: Terms, required: bool, complaints: Complaints
) -> ColumnSpec:
    """Say a column and its terms as one entry; one without a column in the schema asks nothing of values."""
    checks: tuple[CheckSpec, ...] = ()
    if column is not None:
        _refuse_of_column(name, column, complaints)
        checks = tuple(_checks(name, column, terms, complaints))
    if () in terms.shapes:
        complaints.add(name, "a shape without dimensions; leave it out")
    if terms.references == NO_OBJECT:
        complaints.add(name, f"rows of an object {NO_OBJECT!r}, which a file takes for no object")
    return ColumnSpec(
        name=name,
        description=terms.description or str((column.description if column is not None else "") or ""),
        unit=terms.unit,
        dtypes=_dtypes(name, column, terms, complaints),
        shapes=terms.shapes,
        nullable=column is None or bool(column.nullable),
        missing=terms.missing,
        missing_share=terms.missing_share,
        unique=column is not None and bool(column.unique),
        required=required,
        tolerance=terms.tolerance,
        references=terms.references,
        document=None if terms.document is None else _canonical(terms.document),
        lines=terms.lines,
        examples=tuple(_json(name, example, complaints) for example in terms.examples),
        source=terms.source,
        checks=checks,
    )


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _json(name: str, value: Any, complaints: Complaints) -> str:
    try:
        return _canonical(_scalar(value))
    except (TypeError, ValueError):
        complaints.add(name, f"the example {value!r}")
        return "null"


def _refuse_of_column(name: str, column: pa.Column, complaints: Complaints) -> None:
    asked = {
        "a column that the schema requires; say required=False there, and name it in `required` if tables "
        "must have it": column.required,
        "coerce": column.coerce,
        "parsers": bool(column.parsers),
        "a default": column.default is not None,
        "drop_invalid_rows": column.drop_invalid_rows,
    }
    for what, used in asked.items():
        if used:
            complaints.add(f"the column {name!r}", what)


def _dtypes(name: str, column: pa.Column | None, terms: Terms, complaints: Complaints) -> tuple[str, ...]:
    if column is None or column.dtype is None:
        return terms.dtypes
    told = _DTYPES.get(str(column.dtype))
    if told is None or terms.dtypes not in ((), (told,)):
        complaints.add(f"the column {name!r}", f"the schema's dtype {column.dtype}; say it in the terms")
        return terms.dtypes
    return (told,)


def _checks(name: str, column: pa.Column, terms: Terms, complaints: Complaints) -> Iterator[CheckSpec]:
    for check in column.checks:
        reason = _unsayable(check, terms)
        if reason:
            complaints.add(f"the column {name!r}, the check {check.name!r}", reason)
        else:
            yield _check(check)


def _unsayable(check: pa.Check, terms: Terms) -> str:
    """Say why a check cannot be written down, nothing if it can."""
    from alfcheck.contracts.checks import Sorted, Unique, WholeNumbers, builtin_name

    function = check._check_fn
    if isinstance(function, Unique):
        return ""
    if isinstance(function, (Sorted, WholeNumbers)):
        other = function.tolerance not in (0.0, terms.tolerance)
        return "a tolerance of its own; say it in the terms" if other else ""
    name = builtin_name(check)
    if name not in ROW_LOCAL:
        return "a function of its own" if name is None else "no word for it"
    if check.groupby is not None or not check.ignore_na or check.element_wise:
        return "groupby, element_wise or ignore_na=False"
    values = dict(_arguments(check)).values()
    if not all(_is_plain(item) for value in values for item in (value if type(value) is tuple else (value,))):
        return "values other than numbers, text, true and false"
    return ""


def _check(check: pa.Check) -> CheckSpec:
    from alfcheck.contracts.checks import Sorted, Unique, WholeNumbers, builtin_name

    severity = Severity.WARNING if check.raise_warning else Severity.ERROR
    function = check._check_fn
    if isinstance(function, Sorted):
        name = "strictly_increasing" if function.strict else "sorted"
    elif isinstance(function, WholeNumbers):
        name = "whole_number"
    elif isinstance(function, Unique):
        name = "unique"
    else:
        name = builtin_name(check) or ""
    return CheckSpec(
        name=name,
        arguments=tuple(sorted(_arguments(check))) if name in ROW_LOCAL else (),
        severity=severity,
        error=_own_words(check, name),
    )


def _own_words(check: pa.Check, name: str) -> str:
    from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers

    given = check.error
    if not isinstance(given, str) or given.startswith(f"{name}("):
        return ""
    made = (sorted_rows(), sorted_rows(strict=True), whole_numbers(), unique_rows())
    ours = {each.error for each in made}
    return "" if name not in ROW_LOCAL and given in ours else given


def _arguments(check: pa.Check) -> Iterator[tuple[str, Any]]:
    defaults = _DEFAULTS.get(str(check.registry_name), {})
    for key, value in (check.statistics or {}).items():
        if value is not None and (key not in defaults or defaults[key] != value):
            yield (
                key,
                tuple(map(_scalar, value)) if key in _SETS and not _unordered(value) else _scalar(value),
            )


def _unordered(value: Any) -> bool:
    return isinstance(value, (set, frozenset))


def _scalar(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(map(_scalar, value), key=repr))
    if isinstance(value, (list, tuple, range)):
        return tuple(map(_scalar, value))
    return value.item() if hasattr(value, "item") and not getattr(value, "ndim", 0) else value


def _is_plain(value: Any) -> bool:
    return value is None or type(value) in (str, int, float, bool)
