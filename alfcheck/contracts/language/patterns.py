"""Whether two patterns of `fnmatch` can match the same name."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["overlap"]

_TOKEN = re.compile(r"\*+|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
MANY = "*"


@lru_cache(maxsize=4096)
def overlap(first: str, second: str) -> bool:
    """Tell whether some name matches both; sets of characters are taken for any one character."""
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
    if len(first) > 1 or len(second) > 1 or "?" in (first, second):
        return True
    return first == second
