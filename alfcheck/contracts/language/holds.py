"""What values dtypes can hold and checks let through, told without data and without pandera."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.language.checks import CHECKS
from alfcheck.contracts.language.regexes import found_in
from alfcheck.model import Severity

if TYPE_CHECKING:
    from alfcheck.contracts.spec import CheckSpec, ColumnSpec

__all__ = [
    "DTYPES",
    "KINDS",
    "can_hold",
    "dtypes_meet",
    "effort",
    "groups_of",
    "holds",
    "impossible",
    "is_date",
]

MOST_COMPARED = 100_000
"""Values that are compared with one another to see whether checks exclude each other."""

MOST_STEPS = 100
"""Whole numbers that are tried one by one."""

PATTERN_EFFORT = 50
"""What it costs to look for a pattern, next to comparing two values."""

KINDS = ("floating", "integer", "number", "bool", "string", "datetime")
_BITS = {f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}
_FLOATS = ("float16", "float32", "float64")
_GREATEST = {"float16": 65504.0, "float32": 3.4028234663852886e38}
_DATES = tuple(f"datetime64[{unit}]" for unit in ("ns", "us", "ms", "s"))
DTYPES: tuple[str, ...] = (*KINDS, *_FLOATS, *_BITS, *_DATES)
"""What ``dtype`` may name: kinds, then numpy's names."""

_GROUPS = {
    **dict.fromkeys(("floating", "integer", "number", *_FLOATS, *_BITS), "number"),
    **dict.fromkeys(("datetime", *_DATES), "datetime"),
    "bool": "bool",
    "string": "string",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?", re.ASCII)
_FRACTIONS = ("floating", "number", *_FLOATS)


def groups_of(dtypes: Iterable[str]) -> frozenset[str]:
    """Give the groups of dtypes: number, bool, string, datetime."""
    return frozenset(_GROUPS[dtype] for dtype in dtypes if dtype in _GROUPS)


def is_date(value: object) -> bool:
    """Tell whether a value is the text of a date or a time, in the one form that sorts as times do."""
    try:
        return (
            isinstance(value, str)
            and _DATE.fullmatch(value) is not None
            and datetime.fromisoformat(value) is not None
        )
    except ValueError:
        return False


def can_hold(dtypes: Sequence[str], value: object) -> bool:
    """Tell whether one of the dtypes can hold a value; no dtype stands for any."""
    return not dtypes or any(_can_hold(dtype, value) for dtype in dtypes)


def _can_hold(dtype: str, value: object) -> bool:
    group = _GROUPS.get(dtype, "")
    if isinstance(value, bool):
        return group == "bool"
    if isinstance(value, str):
        return group == "string" or (group == "datetime" and is_date(value))
    if not isinstance(value, (int, float)) or group != "number":
        return False
    if dtype in _FRACTIONS:
        return True
    low, high = _limits(dtype)
    return float(value).is_integer() and low <= value <= high


def dtypes_meet(first: Iterable[str], second: Iterable[str]) -> bool:
    """Tell whether some dtype is one of both."""
    return any(_meets(one, other) for one in first for other in second)


def _meets(one: str, other: str) -> bool:
    if one == other or _GROUPS.get(one) != _GROUPS.get(other):
        return one == other
    if one not in KINDS and other not in KINDS:
        return False
    kind, dtype = (one, other) if one in KINDS else (other, one)
    if "number" in (kind, dtype) or kind == "datetime":
        return True
    return (kind == "floating") == (dtype == "floating" or dtype in _FLOATS)


def _limits(dtype: str) -> tuple[float, float]:
    if dtype not in _BITS:
        most = _GREATEST.get(dtype, math.inf)
        return -most, most
    sign, bits = _BITS[dtype]
    return (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def holds(check: CheckSpec, value: Any, tolerance: float = 0.0) -> bool:
    """Tell whether a value passes a check that looks at one value; others let all pass.

    A value of another type than the check is for does not pass.
    """
    given = dict(check.arguments)
    try:
        return _holds(check.name, given, value, tolerance)
    except (TypeError, ValueError, re.error):
        return False


def _holds(name: str, given: dict[str, Any], value: Any, tolerance: float) -> bool:
    if name.startswith("str_"):
        return isinstance(value, str) and _text_holds(name, given, value)
    if name == "equal_to":
        return _equal(value, given["value"], tolerance)
    if name == "not_equal_to":
        return not _equal(value, given["value"], 0.0)
    if name == "isin":
        return any(_equal(value, each, tolerance) for each in given["allowed_values"])
    if name == "notin":
        return not any(_equal(value, each, 0.0) for each in given["forbidden_values"])
    if name == "whole_number":
        return not isinstance(value, str) and abs(value - round(value)) <= tolerance
    return _within(_interval(name, given), value, tolerance)


def _text_holds(name: str, given: dict[str, Any], value: str) -> bool:
    if name in ("str_matches", "str_contains"):
        found = found_in(given["pattern"], value, anchored=name == "str_matches")
        return found is not False
    if name == "str_startswith":
        return value.startswith(given["string"])
    if name == "str_endswith":
        return value.endswith(given["string"])
    exact = given.get("exact_value")
    low, high = (exact, exact) if exact is not None else (given.get("min_value"), given.get("max_value"))
    return (low is None or len(value) >= low) and (high is None or len(value) <= high)


def _equal(value: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(value, (bool, str)) or isinstance(wanted, (bool, str)):
        return type(value) is type(wanted) and bool(value == wanted)
    return bool(abs(value - wanted) <= tolerance)


Bound = tuple[Any, bool]
Interval = tuple[Bound | None, Bound | None]


def _interval(name: str, given: dict[str, Any]) -> Interval:
    """Give the least and the greatest value that a check lets through, each with whether it is included."""
    if name == "in_range":
        low = (given["min_value"], given.get("include_min", True))
        return low, (given["max_value"], given.get("include_max", True))
    if name in ("greater_than", "greater_than_or_equal_to"):
        return (given["min_value"], name != "greater_than"), None
    if name in ("less_than", "less_than_or_equal_to"):
        return None, (given["max_value"], name != "less_than")
    return None, None


def _within(interval: Interval, value: Any, tolerance: float) -> bool:
    low, high = interval
    if low is not None and not _over(value, low[0], low[1], tolerance):
        return False
    return high is None or _over(high[0], value, high[1], tolerance)


def _over(value: Any, limit: Any, included: bool, tolerance: float) -> bool:
    if isinstance(limit, str) or isinstance(value, str):
        return bool(value >= limit if included else value > limit)
    return bool(value >= limit - tolerance if included else value > limit - tolerance)


def effort(*columns: ColumnSpec) -> int:
    """Count the values that must be compared to see what checks let through."""
    sizes = [_size(check) for column in columns for check in column.checks]
    return len(sizes) ** 2 + (1 + min(map(len, _sets(columns)), default=0)) * sum(sizes)


def _size(check: CheckSpec) -> int:
    if check.name in ("str_matches", "str_contains"):
        return PATTERN_EFFORT
    return sum(len(value) if isinstance(value, tuple) else 1 for _, value in check.arguments)


def impossible(*columns: ColumnSpec) -> str | None:
    """Say why no value could pass the error checks of all these columns; ``None`` if one might.

    Only limits and sets are reasoned about, sets of moderate size; patterns are asked about the values of
    a set.
    """
    if effort(*columns) > MOST_COMPARED:
        return None
    checks = [(check, column.tolerance) for column in columns for check in column.checks if _is_error(check)]
    candidates = min(_sets(columns), key=len, default=None)
    tolerance = max(column.tolerance for column in columns)
    if candidates is not None:
        # What a column alone asks for that its dtype cannot hold is told of each value.
        dtypes = [column.dtypes for column in columns] if len(columns) > 1 else []
        held = [each for each in candidates if all(can_hold(one, each) for one in dtypes)]
        if not any(_all_hold(checks, each, tolerance) for each in held):
            return f"none of {_list(candidates)} passes the other checks"
    return (
        _empty_interval(checks)
        or empty_length([check for check, _ in checks])
        or _empty_dtypes(checks, columns, tolerance)
    )


def _sets(columns: Iterable[ColumnSpec]) -> list[tuple[Any, ...]]:
    """Give the sets of values that error checks let through."""
    checks = (check for column in columns for check in column.checks if _is_error(check))
    return [found for found in map(_candidates, checks) if found is not None]


def _is_error(check: CheckSpec) -> bool:
    return check.severity is Severity.ERROR and check.name in CHECKS


def _candidates(check: CheckSpec) -> tuple[Any, ...] | None:
    given = dict(check.arguments)
    if check.name == "equal_to":
        return (given["value"],)
    found = given.get("allowed_values") if check.name == "isin" else None
    return tuple(found) if isinstance(found, tuple) else None


def _all_hold(checks: Sequence[tuple[CheckSpec, float]], value: Any, tolerance: float) -> bool:
    return all(holds(check, value, 2 * tolerance) for check, _ in checks)


def _list(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values[:5])) + (", …" if len(values) > 5 else "")


def _empty_interval(checks: Sequence[tuple[CheckSpec, float]]) -> str | None:
    lows: list[tuple[Any, bool, float]] = []
    highs: list[tuple[Any, bool, float]] = []
    for check, tolerance in checks:
        low, high = _interval(check.name, dict(check.arguments))
        lows += [(*low, tolerance)] if low is not None else []
        highs += [(*high, tolerance)] if high is not None else []
    for low_value, low_included, low_slack in lows:
        for high_value, high_included, high_slack in highs:
            slack = low_slack + high_slack
            if _apart(low_value, high_value, low_included and high_included, slack):
                least, most = (
                    _word("least", low_value, low_included),
                    _word("most", high_value, high_included),
                )
                return f"no value is {least} and {most}"
    return None


def _empty_dtypes(
    checks: Sequence[tuple[CheckSpec, float]], columns: Sequence[ColumnSpec], tolerance: float
) -> str | None:
    """Say why no value that the dtypes can hold is within the limits; ``None`` if one might be."""
    limits = [_interval(check.name, dict(check.arguments)) for check, _ in checks]
    ends = [end[0] for pair in limits for end in pair if end is not None]
    if not ends or tolerance or any(isinstance(end, (str, bool)) for end in ends):
        return None
    whole = any(check.name == "whole_number" for check, _ in checks)
    kinds = list(dict.fromkeys(tuple(column.dtypes) or ("number",) for column in columns))
    named = [dtype for kind in kinds for dtype in kind]
    if groups_of(named) != {"number"}:
        return None
    for chosen in product(*kinds):
        low, high, steps = _span(limits, chosen, whole)
        if low < high and not (steps and high - low <= MOST_STEPS):
            return None
        values = range(int(low), int(high) + 1) if steps and low <= high else [low] if low == high else []
        if any(_all_hold(checks, each, 0.0) for each in values):
            return None
    return f"no value of the dtype {' and '.join(' or '.join(kind) for kind in kinds)} is within their limits"


def _span(limits: Sequence[Interval], dtypes: Sequence[str], whole: bool) -> tuple[float, float, bool]:
    """Give the least and the greatest value within limits and dtypes, and whether they are whole numbers."""
    whole = whole or any(dtype == "integer" or dtype in _BITS for dtype in dtypes)
    low, high = -math.inf, math.inf
    for dtype in dtypes:
        least, most = _limits(dtype)
        low, high = max(low, least), min(high, most)
    for lower, upper in limits:
        if lower is not None:
            low = max(low, _tight(lower, whole, up=True))
        if upper is not None:
            high = min(high, _tight(upper, whole, up=False))
    return low, high, whole and math.isfinite(low) and math.isfinite(high)


def _tight(bound: Bound, whole: bool, *, up: bool) -> float:
    value, included = float(bound[0]), bound[1]
    if not whole:
        return value
    if up:
        return math.ceil(value) if included else math.floor(value) + 1
    return math.floor(value) if included else math.ceil(value) - 1


def empty_length(checks: Sequence[CheckSpec]) -> str | None:
    """Say why no text is as long as checks ask."""
    least, most = 0, math.inf
    for check in checks:
        given: dict[str, Any] = dict(check.arguments)
        if check.name in ("str_startswith", "str_endswith"):
            least = max(least, len(given["string"]))
        elif check.name == "str_length":
            exact = given.get("exact_value")
            least = max(least, given.get("min_value", 0) if exact is None else exact)
            most = min(most, given.get("max_value", math.inf) if exact is None else exact)
    return None if least <= most else f"no text has at least {least} and at most {most} characters"


def _apart(low: Any, high: Any, included: bool, slack: float) -> bool:
    if isinstance(low, str) != isinstance(high, str):
        return True
    if isinstance(low, str):
        return bool(low > high or (low == high and not included))
    return bool(low > high + slack or (low == high and not included and not slack))


def _word(end: str, value: Any, included: bool) -> str:
    if included:
        return f"at {end} {value}"
    return f"{'greater' if end == 'least' else 'less'} than {value}"
