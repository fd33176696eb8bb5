"""Regular expressions of contracts: whether they can be read, and whether they end.

A contract may come from a stranger, and a pattern such as ``(a+)+$`` takes longer than anyone lives on thirty
letters. What may try a text in exponentially many ways is refused; the way out is a possessive repeat.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

__all__ = ["LONGEST", "found_in", "pattern_fault"]

LONGEST = 500
"""Characters that a pattern may have."""

_TYPICAL = 40  # characters of a cell
_TOO_MANY = 1e9  # ways to try it, so half a minute
_STEPS = 5_000
_EVERYTHING = frozenset(range(-1, 256))


@lru_cache(maxsize=256)
def pattern_fault(pattern: str) -> str | None:
    """Say what is wrong with a regular expression, or ``None``."""
    if len(pattern) > LONGEST:
        return f"has {len(pattern)} characters; at most {LONGEST} are read"
    try:
        tree = _parsed(pattern)
    except re.error as error:
        at = f" at character {error.pos + 1}" if error.pos is not None else ""
        return f"is no regular expression: {error.msg}{at}"
    except (RecursionError, OverflowError, ValueError) as error:
        return f"is no regular expression: {error}"
    if _cost(tree, _TYPICAL) > _TOO_MANY:
        return "may take for ever, since it repeats what repeats; make the inner repeat possessive (++, *+)"
    return None


def found_in(pattern: str, text: str, *, anchored: bool) -> bool | None:
    """Tell whether a pattern is found in a text (at its beginning); ``None`` where that may take long."""
    if pattern_fault(pattern) is not None or _cost(_parsed(pattern), len(text)) * len(text) > _STEPS:
        return None
    return (re.match if anchored else re.search)(pattern, text) is not None


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        re.compile(pattern)
        return importlib.import_module("re._parser").parse(pattern)


def _cost(tree: Any, length: int) -> float:
    """Estimate in how many ways a text of this length is tried."""
    cost = 1.0
    for op, argument in tree:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, body = argument
            cost *= min(high - low, length) + 1
            cost *= _power(_cost(body, length), min(high, length))
        elif name == "BRANCH":
            costs = [_cost(each, length) for each in argument[1]]
            cost *= max(costs) if _are_apart(argument[1]) else sum(costs)
        elif name == "GROUPREF_EXISTS":
            cost *= sum(_cost(each, length) for each in argument[1:] if each is not None)
        else:
            for body in _bodies(name, argument):
                cost *= _cost(body, length)
    return cost


def _power(base: float, exponent: int) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return float("inf")


def _bodies(name: str, argument: Any) -> Iterator[Any]:
    if name == "SUBPATTERN":
        yield argument[3]
    elif name in ("ASSERT", "ASSERT_NOT"):
        yield argument[1]
    elif name == "ATOMIC_GROUP":
        yield argument
    elif name == "POSSESSIVE_REPEAT":
        yield argument[2]  # its repeats are tried one after the other, each of them once


def _are_apart(branches: Any) -> bool:
    """Tell whether no character begins two of the branches."""
    seen: set[int] = set()
    for branch in branches:
        first = _first(branch)
        if seen & first:
            return False
        seen |= first
    return True


def _first(branch: Any) -> frozenset[int]:
    if not len(branch):
        return _EVERYTHING
    op, argument = branch[0]
    if str(op) == "LITERAL":
        return frozenset({argument if argument < 256 else -1})
    if str(op) == "IN" and all(str(kind) in ("LITERAL", "RANGE") for kind, _ in argument):
        found: set[int] = set()
        for kind, value in argument:
            low, high = (value, value) if str(kind) == "LITERAL" else value
            found.update(range(low, min(high, 255) + 1))
            found.update({-1} if high > 255 else ())
        return frozenset(found)
    return _EVERYTHING
