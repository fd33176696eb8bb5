"""What the checks of a column say in the few words that other standards know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from alfcheck.contracts.export.fields import Field
from alfcheck.contracts.spec import Argument, CheckSpec, Scalar
from alfcheck.model import Severity

__all__ = ["Limits", "limits_of"]

Number = int | float
# What Python's regular expressions share with those of ECMA-262; all else stays unsaid.
_FOREIGN = re.compile(r"\(\?(?!:|=|!|<=|<!)|\\[AZzN]|[*+?}]\+|\[\^?\[")
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a column, moved outwards by its tolerance, so that no sound value is refused.

    ``patterns`` are regular expressions that are found somewhere in a text (``^`` for its beginning).
    ``unsaid`` are the checks that none of this says: those of order, those that only warn, and what no
    two kinds of regular expressions share.
    """

    low: Number | None = None
    low_excluded: bool = False
    high: Number | None = None
    high_excluded: bool = False
    allowed: tuple[Scalar, ...] | None = None
    forbidden: tuple[Scalar, ...] = ()
    patterns: tuple[str, ...] = ()
    shortest: int | None = None
    longest: int | None = None
    whole: bool = False
    unsaid: tuple[CheckSpec, ...] = ()


def limits_of(field: Field) -> Limits:
    """Give the limits of a column, those that are errors."""
    column = field.column
    tolerance = 0.0 if field.kinds == {"integer"} and column.tolerance < 1 else column.tolerance
    found = _Gathered(tolerance)
    for check in column.checks:
        if check.severity is not Severity.ERROR or not found.take(check):
            found.unsaid.append(check)
    return found.limits()


class _Gathered:
    """Limits as they are gathered, check by check."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.lows: list[tuple[Number, bool]] = []
        self.highs: list[tuple[Number, bool]] = []
        self.allowed: list[tuple[Scalar, ...]] = []
        self.forbidden: list[Scalar] = []
        self.patterns: list[str] = []
        self.lengths: list[tuple[int | None, int | None]] = []
        self.whole = False
        self.unsaid: list[CheckSpec] = []

    def take(self, check: CheckSpec) -> bool:
        """Take a check, if it can be said."""
        given = dict(check.arguments)
        if check.name == "whole_number" and not self.tolerance:
            self.whole = True
            return True
        if check.name in _LIMITS:
            return self._bounds(check.name, given)
        if check.name in ("equal_to", "isin", "not_equal_to", "notin"):
            return self._members(check.name, given)
        if check.name == "str_length":
            return self._length(given)
        return self._pattern(check.name, next(iter(given.values()), None))

    def _bounds(self, name: str, given: dict[str, Argument]) -> bool:
        low, high = given.get("min_value"), given.get("max_value")
        if not all(isinstance(each, (int, float)) or each is None for each in (low, high)):
            return False
        strict = name in ("greater_than", "less_than")
        if isinstance(low, (int, float)):
            excluded = strict or given.get("include_min") is False
            self.lows.append((low - self.tolerance if self.tolerance else low, excluded))
        if isinstance(high, (int, float)):
            excluded = strict or given.get("include_max") is False
            self.highs.append((high + self.tolerance if self.tolerance else high, excluded))
        return True

    def _members(self, name: str, given: dict[str, Argument]) -> bool:
        listed = next(iter(given.values()), ())
        members = listed if isinstance(listed, tuple) else (listed,)
        if name in ("not_equal_to", "notin"):
            self.forbidden += members
            return not self.tolerance
        numeric = any(isinstance(each, float) for each in members) or self.tolerance
        if self.tolerance and numeric and any(isinstance(each, (int, float)) for each in members):
            return self._near(members)
        self.allowed.append(members)
        return True

    def _near(self, members: tuple[Scalar, ...]) -> bool:
        # Values near one of several cannot be listed: the range around them all is said, the rest is not.
        numbers = [each for each in members if isinstance(each, (int, float))]
        if len(numbers) == len(members):
            self.lows.append((min(numbers) - self.tolerance, False))
            self.highs.append((max(numbers) + self.tolerance, False))
        return False

    def _length(self, given: dict[str, Argument]) -> bool:
        exact = given.get("exact_value")
        low, high = given.get("min_value", exact), given.get("max_value", exact)
        self.lengths.append((low if isinstance(low, int) else None, high if isinstance(high, int) else None))
        return True

    def _pattern(self, name: str, value: Argument) -> bool:
        make = _PATTERNS.get(name)
        if make is None or not isinstance(value, str):
            return False
        if name in ("str_matches", "str_contains"):
            if _FOREIGN.search(value):
                return False
            self.patterns.append(make.format(f"(?:{value})"))
        else:
            self.patterns.append(make.format(_SPECIAL.sub(lambda found: f"\\{found[0]}", value)))
        return True

    def limits(self) -> Limits:
        """Give the tightest of all that was taken."""
        low, low_excluded = max(self.lows, default=(None, False))
        high, high_excluded = min(self.highs, key=lambda each: (each[0], not each[1]), default=(None, False))
        shortest = [each for each, _ in self.lengths if each is not None]
        longest = [each for _, each in self.lengths if each is not None]
        return Limits(
            low=low,
            low_excluded=low_excluded,
            high=high,
            high_excluded=high_excluded,
            allowed=tuple(self._common()) if self.allowed else None,
            forbidden=() if self.tolerance else tuple(self.forbidden),
            patterns=tuple(self.patterns),
            shortest=max(shortest, default=None),
            longest=min(longest, default=None),
            whole=self.whole,
            unsaid=tuple(self.unsaid),
        )

    def _common(self) -> Iterator[Scalar]:
        first, *others = self.allowed
        for value in first:
            if all(value in other for other in others):
                yield value


_LIMITS = frozenset(
    {"greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"}
)
_PATTERNS = {
    "str_matches": "^{}",
    "str_contains": "{}",
    "str_startswith": "^{}",
    "str_endswith": "{}$",
}
