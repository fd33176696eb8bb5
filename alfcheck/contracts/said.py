"""What a contract file says of its columns: entries, told without pandera, whose checks are made later."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from alfcheck.contracts.asked import Asked, Given
from alfcheck.contracts.build import check_of, judged_columns
from alfcheck.contracts.checks import Sorted, Unique, WholeNumbers
from alfcheck.contracts.entries import ORDER, ROW, Entry, Part, part_of, run_by_pandera
from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.language.checks import CHECKS
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
    word = CHECKS.get(check.name)
    if word is None or not isinstance(error, str):
        return False
    if check.name in _OWN:
        return True
    given = dict(check.arguments)
    if not set(word.needed) <= given.keys() <= word.arguments.keys():
        return False
    if not set(word.arguments.values()) <= _SOUND.keys():
        return False
    sound = all(_SOUND[word.arguments[name]](value) for name, value in given.items())
    return sound and _has_width(check.name, given)


def _has_width(name: str, given: Given) -> bool:
    """Tell of a range whether it is one of numbers, and not empty."""
    if name != "in_range":
        return True
    low, high = given["min_value"], given["max_value"]
    return _is_one_of(int, float)(low) and _is_one_of(int, float)(high) and bool(low < high)


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _is_one_of(*kinds: type) -> Callable[[object], bool]:
    return lambda value: type(value) in kinds


def _is_list(value: object) -> bool:
    return type(value) is tuple and all(map(_is_one_of(int, float, str, bool, type(None)), value))


_SOUND: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "value": _is_one_of(int, float, str, bool),
        "limit": _is_one_of(int, float, str),
        "values": _is_list,
        "pattern": _is_pattern,
        "text": _is_one_of(str),
        "boolean": _is_one_of(bool),
    }
)
"""Arguments that pandera takes, by the kinds of `CHECKS`; of what is not here it is asked."""
