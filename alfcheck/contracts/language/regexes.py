"""Regular expressions of contracts: whether they can be read, and whether they end.

A contract may come from a stranger, and a pattern such as ``(a+)+$`` takes longer than anyone lives on thirty
letters. What may try a text in too many ways is refused. Columns are judged by RE2, which takes less than
Python does and means other things by some of it; documents by Python, where texts may be long.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

__all__ = ["LONGEST", "column_pattern_fault", "document_pattern_fault", "found_in", "pattern_fault", "tries"]

LONGEST = 500
"""Characters that a pattern may have."""

_TYPICAL = 40  # characters of a cell
_TOO_MANY = 1e9  # ways to try it, so half a minute
_LONG = 200  # characters of a text in a document
_MANY = 1e8  # ways to try that
_STEPS = 5_000
_ONLY_PYTHON = re.compile(r"(?<!\\)(?:\\\\)*(\{,\d+\}|\[\[:|\(\?[a-z]*u)")
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
        return _FOR_EVER
    return None


_FOR_EVER = "may take for ever, since it repeats what repeats; repeat once: a+ for (a+)+, .* for .*.*"


@lru_cache(maxsize=256)
def column_pattern_fault(pattern: str) -> str | None:
    """Say why a pattern is none for the texts of a column, which RE2 judges, or ``None``."""
    fault = pattern_fault(pattern)
    if fault is not None:
        return fault
    differs = _ONLY_PYTHON.search(pattern)
    if differs is not None:
        return f"holds {differs[1]!r}, by which RE2, the engine that judges columns, means something else"
    why = _refused_by_re2(pattern)
    if why is None:
        return None
    return (
        f"is none for RE2, the engine that judges columns: {why}; it has no lookaround, no references to "
        "groups, no possessive or atomic repeats, and repeats at most 1000 times"
    )


def _refused_by_re2(pattern: str) -> str | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""], pa.string()), pattern)
    except (pa.ArrowException, ValueError) as error:
        return str(error).removeprefix("Invalid regular expression: ")[:100]
    return None


def document_pattern_fault(pattern: str) -> str | None:
    """Say why a pattern is none for the texts of documents, which may be long, or ``None``."""
    fault = pattern_fault(pattern)
    return _FOR_EVER if fault is None and _cost(_parsed(pattern), _LONG) > _MANY else fault


@lru_cache(maxsize=4096)
def tries(pattern: str, length: int) -> float:
    """Estimate the steps that Python takes at most to look for a pattern in a text of this length."""
    tree = _parsed(pattern)
    anchored = len(tree) > 0 and str(tree[0][0]) == "AT" and str(tree[0][1]) == "AT_BEGINNING"
    return _cost(tree, length) * (1 if anchored else length + 1) + length


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
