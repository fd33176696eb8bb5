"""Sets of numbers as disjoint intervals, exact at their ends.

A cut is a place between numbers: ``(3, 0)`` lies just before 3, ``(3, 1)`` just after it. An interval is a
pair of cuts, so that closed, open and single-valued ones are all the same, and tuples compare as they must.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

__all__ = [
    "ALL",
    "NONE",
    "Cut",
    "Numbers",
    "above",
    "below",
    "holds_a_point",
    "meet",
    "number",
    "only_whole",
    "points",
    "without",
]

Value = Fraction | float
Cut = tuple[Value, int]
Numbers = tuple[tuple[Cut, Cut], ...]

_FIRST: Cut = (-math.inf, 0)
_LAST: Cut = (math.inf, 1)
ALL: Numbers = ((_FIRST, _LAST),)
NONE: Numbers = ()


def number(value: object) -> Value | None:
    """Give the number that `value` is, as it is written (0.1 is a tenth), or ``None``."""
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isinf(value) else Fraction(repr(value))
    return Fraction(int(value)) if isinstance(value, int) else None


def above(value: Value, *, included: bool) -> Numbers:
    """Give all numbers above `value`."""
    return (((value, 0 if included else 1), _LAST),)


def below(value: Value, *, included: bool) -> Numbers:
    """Give all numbers below `value`."""
    return ((_FIRST, (value, 1 if included else 0)),)


def points(values: Iterable[Value]) -> Numbers:
    """Give the set of just these numbers."""
    return tuple(((value, 0), (value, 1)) for value in sorted(set(values)))


def meet(first: Numbers, second: Numbers) -> Numbers:
    """Give the numbers that are in both."""
    found: list[tuple[Cut, Cut]] = []
    here, there = 0, 0
    while here < len(first) and there < len(second):
        low = max(first[here][0], second[there][0])
        high = min(first[here][1], second[there][1])
        if low < high:
            found.append((low, high))
        if first[here][1] < second[there][1]:
            here += 1
        else:
            there += 1
    return tuple(found)


def without(numbers: Numbers) -> Numbers:
    """Give all numbers that are not in `numbers`."""
    ends = [_FIRST, *(cut for pair in numbers for cut in pair), _LAST]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return tuple((low, high) for low, high in pairs if low < high)


def holds_a_point(numbers: Numbers, *, whole: bool) -> bool:
    """Tell whether there is any number in `numbers`, any whole one if that is what counts."""
    if not whole:
        return bool(numbers)
    return any(_first_whole(low, high) for low, high in numbers)


def _first_whole(low: Cut, high: Cut) -> bool:
    if math.isinf(low[0]) or math.isinf(high[0]):
        return low[0] != high[0]
    nearest = math.ceil(low[0])
    if (nearest, 0) < low:
        nearest += 1
    return (nearest, 1) <= high


def only_whole(numbers: Numbers) -> bool:
    """Tell whether there are only whole numbers in `numbers`."""
    return all(
        low[0] == high[0] and not math.isinf(low[0]) and Fraction(low[0]).denominator == 1
        for low, high in numbers
    )
