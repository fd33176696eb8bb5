"""A glance at columns: whether all of them keep their checks, told without pandera.

pandera takes a millisecond or two to say that a column is sound, and in a release nearly all are. What a
contract file says of numbers and text in pandera's words is therefore looked at first: of numbers the least
and the greatest tell, as a rule. Where a value may not keep it pandera is asked, which says what is wrong and
where. It is always asked by a schema that a plugin built itself, and about all that is not known here. A
glance is content where pandera would be: a property test says so.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from alfcheck.contracts.asked import Asked, Given
from alfcheck.contracts.terms import absent
from alfcheck.contracts.widen import Near

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["DTYPES", "Glance", "glance_of"]

DTYPES = frozenset(
    {"float32", "float64", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))}
)
"""The dtypes of numbers that numpy and pandas compare alike."""

EXACT = 2**53
SINGLE = 2**24
"""Up to where a double, and a float32, tell whole numbers apart."""

MANY = 32
"""Numbers of a set from which on pandera's own way is the better one."""

OfNumbers = Callable[["np.ndarray", "np.ndarray", "np.ndarray"], bool]
"""Tells whether numbers, of which the least and the greatest are given as arrays of one, pass a check."""

OfSeries = Callable[["pd.Series"], Any]
"""Gives the answer to a check of each value of a series, as pandera's function of that name does."""


class Test(NamedTuple):
    """A check: how it is looked at in numbers, and in what else it knows."""

    numbers: OfNumbers | None = None
    text: OfSeries | None = None


class Glance:
    """What is asked of the values of a column; `missing` is the value that stands for none."""

    __slots__ = ("_missing", "_tests")

    def __init__(self, tests: Sequence[Test], missing: float | str | None) -> None:
        self._tests = tuple(tests)
        self._missing = missing

    def passes(self, values: np.ndarray, *, gaps: bool) -> bool:
        """Tell whether all values are sure to pass; `gaps` says that there may be missing ones."""
        if not self._tests:
            return gaps or values.dtype.kind in "iub" or not absent(values, None).any()
        if values.dtype.name in DTYPES and values.dtype.isnative:
            return self._numbers_pass(values, gaps)
        return values.dtype.kind in "OU" and self._series_passes(values, gaps)

    def _numbers_pass(self, values: np.ndarray, gaps: bool) -> bool:
        import numpy as np

        if any(test.numbers is None for test in self._tests):
            return False  # even of no number at all: it has no text that could be looked at
        if self._missing is not None and not isinstance(self._missing, str):
            values = values[values != self._missing]
        if not len(values):
            return True
        low = values.min(keepdims=True)
        if low[0] != low[0]:
            values = values[~np.isnan(values)]
            if not gaps or not len(values):
                return gaps
            low = values.min(keepdims=True)
        high = values.max(keepdims=True)
        return all(test.numbers is not None and test.numbers(values, low, high) for test in self._tests)

    def _series_passes(self, values: np.ndarray, gaps: bool) -> bool:
        import pandas as pd

        if not gaps and absent(values, None).any():
            return False
        series = pd.Series(values[~absent(values, self._missing)])
        try:
            return all(test.text is not None and bool(test.text(series).all()) for test in self._tests)
        except Exception:  # whatever is raised by what is no text: pandera is asked, and says it
            return False


def glance_of(checks: Sequence[Asked], missing: float | str | None) -> Glance | None:
    """Make the glance of a column that has these checks; ``None`` where one of them needs pandera."""
    tests = [_test_of(check) for check in checks]
    known = [test for test in tests if test is not None]
    return Glance(known, missing) if len(known) == len(tests) else None


def _test_of(check: Asked) -> Test | None:
    function = check.function
    if not check.ignore_na:
        return None
    if isinstance(function, Near):
        return Test(lambda values, low, high: bool(function(_series(values)).all()))
    make = _TESTS.get(check.builtin or "")
    return make(check.given) if make is not None else None


def _series(values: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(values)


def _limit(name: str, holds: Callable[[Any, Any], Any], *, of_least: bool) -> Callable[[Given], Test | None]:
    def make(given: Given) -> Test | None:
        limit = given[name]
        if not _is_number(limit):
            return None
        if of_least:
            return Test(lambda values, low, high: bool(holds(low, limit)[0]))
        return Test(lambda values, low, high: bool(holds(high, limit)[0]))

    return make


def _between(given: Given) -> Test | None:
    above = operator.ge if given.get("include_min", True) else operator.gt
    below = operator.le if given.get("include_max", True) else operator.lt
    least, most = given["min_value"], given["max_value"]
    if not (_is_number(least) and _is_number(most)):
        return None
    return Test(lambda values, low, high: bool(above(low, least)[0] and below(high, most)[0]))


def _equal(given: Given) -> Test | None:
    wanted = given["value"]
    if isinstance(wanted, str):
        return Test(text=lambda series: series == wanted)
    if not _is_number(wanted):
        return None
    return Test(lambda values, low, high: bool((low == wanted)[0] and (high == wanted)[0]))


def _unequal(given: Given) -> Test | None:
    refused = given["value"]
    if isinstance(refused, str):
        return Test(text=lambda series: series != refused)
    return Test(lambda values, low, high: bool((values != refused).all())) if _is_number(refused) else None


def _among(name: str, *, refused: bool) -> Callable[[Given], Test | None]:
    def make(given: Given) -> Test | None:
        items = given[name]
        if isinstance(items, (str, bytes)) or len(items) > MANY:
            return None
        if all(isinstance(item, str) for item in items):
            return Test(text=lambda series: series.isin(items) != refused)
        if not all(map(_is_number, items)):
            return None
        return Test(lambda values, low, high: _found_in(values, items, refused=refused))

    return make


def _found_in(values: np.ndarray, numbers: Sequence[Any], *, refused: bool) -> bool:
    """Tell whether each value is one of some numbers, or (`refused`) none is."""
    import numpy as np

    is_single = values.dtype.name == "float32"
    found = np.zeros(len(values), dtype=bool)
    for number in numbers:
        # What a dtype cannot hold exactly is for pandera to compare.
        if is_single and (abs(number) >= SINGLE or float(np.float32(number)) != number):
            return False
        found |= values == number
    return not found.any() if refused else bool(found.all())


def _is_number(value: object) -> bool:
    """Tell whether a value is a plain number, small enough for dtypes of numbers to be compared with it."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < EXACT


def _matches(given: Given) -> Test:
    return Test(text=lambda series: series.str.match(given["pattern"], na=False))


def _contains(given: Given) -> Test:
    return Test(text=lambda series: series.str.contains(given["pattern"], na=False))


def _starts(given: Given) -> Test:
    return Test(text=lambda series: series.str.startswith(given["string"], na=False))


def _ends(given: Given) -> Test:
    return Test(text=lambda series: series.str.endswith(given["string"], na=False))


_TESTS: Mapping[str, Callable[[Given], Test | None]] = {
    "equal_to": _equal,
    "not_equal_to": _unequal,
    "greater_than": _limit("min_value", operator.gt, of_least=True),
    "greater_than_or_equal_to": _limit("min_value", operator.ge, of_least=True),
    "less_than": _limit("max_value", operator.lt, of_least=False),
    "less_than_or_equal_to": _limit("max_value", operator.le, of_least=False),
    "in_range": _between,
    "isin": _among("allowed_values", refused=False),
    "notin": _among("forbidden_values", refused=True),
    "str_matches": _matches,
    "str_contains": _contains,
    "str_startswith": _starts,
    "str_endswith": _ends,
}
