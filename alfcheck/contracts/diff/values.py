"""The values that checks allow together, and whether one such set lies in another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from alfcheck.contracts.diff.numbers import (
    ALL,
    NONE,
    Numbers,
    above,
    below,
    holds_a_point,
    meet,
    number,
    only_whole,
    points,
    without,
)
from alfcheck.contracts.diff.texts import ANY_TEXT, Texts, texts_within
from alfcheck.contracts.spec import Argument, CheckSpec
from alfcheck.model import Severity

__all__ = ["Values", "values_of", "within"]

ORDERS = {"sorted": 1, "strictly_increasing": 2}
Given = Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class Values:
    """What is allowed: which numbers (whole ones alone, if ``whole``), which texts, in which order."""

    numbers: Numbers = ALL
    whole: bool = False
    texts: Texts = ANY_TEXT
    order: int = 0
    others: frozenset[CheckSpec] = frozenset()

    def meet(self, other: Values) -> Values:
        """Give what both allow."""
        return Values(
            meet(self.numbers, other.numbers),
            self.whole or other.whole,
            self.texts.meet(other.texts),
            max(self.order, other.order),
            self.others | other.others,
        )

    def joined(self, value: object) -> Values:
        """Give the same with `value` allowed besides, as the one that stands for missing is."""
        found = number(value)
        if found is not None:
            both = meet(without(self.numbers), without(points([found])))
            return replace(self, numbers=without(both))
        if isinstance(value, str) and self.texts.allowed is not None:
            return replace(self, texts=replace(self.texts, allowed=self.texts.allowed | {value}))
        return self

    def holds(self, value: object) -> bool:
        """Tell whether `value` is allowed, as far as that is understood."""
        found = number(value)
        if found is not None:
            kept = not self.whole or only_whole(points([found]))
            return kept and bool(meet(self.numbers, points([found])))
        return isinstance(value, str) and self.texts.may_hold(value)


def values_of(checks: Iterable[CheckSpec], *, whole: bool = False) -> Values:
    """Give what the checks allow; those that only warn allow everything."""
    found = Values(whole=whole)
    for check in checks:
        if check.severity is Severity.ERROR:
            found = found.meet(_of_check(check))
    return found


def within(inner: Values, outer: Values) -> bool:
    """Tell whether everything that `inner` allows is surely allowed by `outer`."""
    rest = meet(inner.numbers, without(outer.numbers))
    return (
        not holds_a_point(rest, whole=inner.whole)
        and (inner.whole or not outer.whole or only_whole(inner.numbers))
        and texts_within(inner.texts, outer.texts)
        and inner.order >= outer.order
        and outer.others <= inner.others
    )


def _of_check(check: CheckSpec) -> Values:
    given = dict(check.arguments)
    if check.name in ORDERS:
        return Values(order=ORDERS[check.name])
    if check.name == "whole_number":
        return Values(whole=True, texts=Texts(allowed=frozenset()))
    make = _MAKERS.get(check.name)
    found = make(check.name, given) if make is not None else None
    return found if found is not None else Values(others=frozenset({replace(check, error="")}))


def _limit(name: str, given: Given) -> Values | None:
    value = given.get("min_value", given.get("max_value"))
    found = number(value)
    if found is None:
        return _text_predicate(name, value)
    included = name.endswith("or_equal_to")
    make = above if name.startswith("greater") else below
    return Values(numbers=make(found, included=included), texts=Texts(allowed=frozenset()))


def _range(name: str, given: Given) -> Values | None:
    low, high = number(given.get("min_value")), number(given.get("max_value"))
    if low is None or high is None:
        return None
    lower = above(low, included=given.get("include_min") is not False)
    upper = below(high, included=given.get("include_max") is not False)
    return Values(numbers=meet(lower, upper), texts=Texts(allowed=frozenset()))


def _members(name: str, given: Given) -> Values | None:
    listed = next(iter(given.values()), ())
    members = listed if isinstance(listed, tuple) else (listed,)
    numbers = points(found for found in map(number, members) if found is not None)
    texts = frozenset(each for each in members if isinstance(each, str))
    if name in ("isin", "equal_to"):
        return Values(numbers=numbers, texts=Texts(allowed=texts))
    return Values(numbers=without(numbers), texts=Texts(forbidden=texts))


def _text(name: str, given: Given) -> Values | None:
    return _text_predicate(name, next(iter(given.values()), None))


def _text_predicate(name: str, value: Argument) -> Values | None:
    if not isinstance(value, str):
        return None
    return Values(numbers=NONE, texts=Texts(predicates=frozenset({(name, value)})))


def _length(name: str, given: Given) -> Values | None:
    exact = given.get("exact_value")
    low, high = given.get("min_value", exact), given.get("max_value", exact)
    shortest = low if isinstance(low, int) else 0
    longest = high if isinstance(high, int) else math.inf
    return Values(numbers=NONE, texts=Texts(shortest=shortest, longest=longest))


_MAKERS: Mapping[str, Callable[[str, Given], Values | None]] = {
    "equal_to": _members,
    "not_equal_to": _members,
    "greater_than": _limit,
    "greater_than_or_equal_to": _limit,
    "less_than": _limit,
    "less_than_or_equal_to": _limit,
    "in_range": _range,
    "isin": _members,
    "notin": _members,
    "str_matches": _text,
    "str_contains": _text,
    "str_startswith": _text,
    "str_endswith": _text,
    "str_length": _length,
}
