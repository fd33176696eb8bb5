"""What a contract file says of its columns: entries, told without pandera, whose checks are made later."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.asked import Asked, Given
from alfcheck.contracts.build import check_of, judged_columns
from alfcheck.contracts.checks import Sorted, Unique, WholeNumbers
from alfcheck.contracts.entries import ORDER, ROW, Entry, Part, part_of, run_by_pandera
from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec
from alfcheck.contracts.widen import widened_terms
from alfcheck.contracts.words import check_words
from alfcheck.model import Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["entries_of_spec", "part_of_spec", "repeats"]

_OWN: Mapping[str, Sorted | WholeNumbers | Unique] = MappingProxyType(
    {
        "sorted": Sorted(),
        "strictly_increasing": Sorted(strict=True),
        "whole_number": WholeNumbers(),
        "unique": Unique(),
    }
)


def entries_of_spec(spec: ContractSpec) -> dict[str, Entry]:
    """Give the entries of a spec, by their names, as pandera's schema of it has them.

    Raises `ContractError` for a check that pandera does not take.
    """
    return {name: _entry(name, column) for name, column in judged_columns(spec)}


def _entry(name: str, column: ColumnSpec) -> Entry:
    parts = tuple(part_of_spec(column.name, check) for check in column.checks)
    return Entry(name, is_glob(column.name), column.nullable, column.unique, False, None, parts)


def repeats() -> Part:
    """Give the check that no value comes twice."""
    return part_of_spec("", CheckSpec(name="unique"))


def part_of_spec(column: str, check: CheckSpec) -> Part:
    """Give a check as a part of an entry; raises `ContractError` for one that pandera does not take."""
    if not _is_sound(check):
        return part_of(check_of(column, check))
    own = _OWN.get(check.name)
    expected = check.error
    if not expected or expected.startswith(f"{check.name}("):
        expected = check_words(CheckSpec(name=check.name, arguments=check.arguments))
    return Part(
        check.name,
        ROW if own is None else ORDER,
        check.name,
        expected,
        Severity.ERROR if check.severity is Severity.ERROR else Severity.WARNING,
        "ALF303" if own is None else own.code,
        partial(_asked, column, check),
    )


def _asked(column: str, check: CheckSpec, tolerance: float) -> Asked:
    own = _OWN.get(check.name)
    builtin = check.name if own is None else None
    given: Given = dict(check.arguments)
    builtin, given, own = widened_terms(builtin, given, own, tolerance) or (builtin, given, own)

    def make() -> pa.Check:
        return run_by_pandera(check_of(column, check), tolerance)

    return Asked(builtin, given, own, True, make)


def _is_sound(check: CheckSpec) -> bool:
    """Tell whether pandera is sure to take a check, so that it need not be asked now."""
    error: object = check.error
    if not isinstance(error, str):
        return False
    if check.name in _OWN:
        return True
    sound = _SOUND.get(check.name)
    given = dict(check.arguments)
    return sound is not None and sound[0] == given.keys() - _ENDS and sound[1](given)


def _is_pattern(given: Given) -> bool:
    try:
        re.compile(given["pattern"])
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return isinstance(given["pattern"], str)


def _plain(name: str, *kinds: type) -> tuple[set[str], Callable[[Given], bool]]:
    return {name}, lambda given: type(given[name]) in kinds


def _listed(name: str) -> tuple[set[str], Callable[[Given], bool]]:
    return {
        name
    }, lambda given: type(given[name]) is tuple and all(type(each) in _SCALARS for each in given[name])


def _is_range(given: Given) -> bool:
    low, high = given["min_value"], given["max_value"]
    return type(low) in (int, float) and type(high) in (int, float) and bool(low < high)


_SCALARS = (int, float, str, bool, type(None))
_NUMBER_OR_DATE = (int, float, str)
_ENDS = {"include_min", "include_max"}
_LIMITS = {"min_value", "max_value"}
_SOUND: Mapping[str, tuple[set[str], Callable[[Any], bool]]] = MappingProxyType(
    {
        "equal_to": _plain("value", int, float, str, bool),
        "not_equal_to": _plain("value", int, float, str, bool),
        "greater_than": _plain("min_value", *_NUMBER_OR_DATE),
        "greater_than_or_equal_to": _plain("min_value", *_NUMBER_OR_DATE),
        "less_than": _plain("max_value", *_NUMBER_OR_DATE),
        "less_than_or_equal_to": _plain("max_value", *_NUMBER_OR_DATE),
        "in_range": (_LIMITS, _is_range),
        "isin": _listed("allowed_values"),
        "notin": _listed("forbidden_values"),
        "str_matches": ({"pattern"}, _is_pattern),
        "str_contains": ({"pattern"}, _is_pattern),
        "str_startswith": _plain("string", str),
        "str_endswith": _plain("string", str),
    }
)
