"""Whether two patterns of `fnmatch` can match the same name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["intervals_of", "overlap"]

_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
MANY = "*"
_LAST = 0x10FFFF


@lru_cache(maxsize=4096)
def overlap(first: str, second: str) -> bool:
    """Tell whether some name matches both."""
    if first == second or not (set("*?[") & set(first + second)):
        return first == second
    left, right = _tokens(first), _tokens(second)
    # reached[j]: the tokens of `first` so far and the first j of `second` match some common text.
    reached = [True]
    for token in right:
        reached.append(reached[-1] and token == MANY)
    for token in left:
        following = [reached[0] and token == MANY]
        for index, other in enumerate(right):
            if MANY in (token, other):
                # A star stands for nothing, or takes in what the other pattern has next.
                met = following[index] or reached[index + 1]
            else:
                met = reached[index] and _meet(token, other)
            following.append(met)
        reached = following
    return reached[-1]


def _tokens(pattern: str) -> list[str]:
    return [MANY if token[0] == MANY else token for token in _TOKEN.findall(pattern)]


def _meet(first: str, second: str) -> bool:
    if len(first) == len(second) == 1 and "?" not in (first, second):
        return first == second
    others = intervals_of(second)
    return any(low <= top and bottom <= high for low, high in intervals_of(first) for bottom, top in others)


@lru_cache(maxsize=1024)
def intervals_of(token: str) -> tuple[tuple[int, int], ...]:
    """Give the characters that a letter, ``?`` or a set stands for, as first and last codes."""
    if len(token) == 1:
        return ((0, _LAST),) if token == "?" else ((ord(token), ord(token)),)
    negated = token[1] == "!"
    inner = token[1 + negated : -1]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(inner):
        is_range = at + 2 < len(inner) and inner[at + 1] == "-"
        low, high = ord(inner[at]), ord(inner[at + 2] if is_range else inner[at])
        found += [(low, high)] if low <= high else []
        at += 3 if is_range else 1
    return tuple(_others(found)) if negated else tuple(found)


def _others(intervals: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    after = 0
    for low, high in sorted(intervals):
        if low > after:
            yield after, low - 1
        after = max(after, high + 1)
    if after <= _LAST:
        yield after, _LAST
