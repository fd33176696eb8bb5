"""Whether all that one pattern of `fnmatch` matches is matched by another."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

__all__ = ["covers", "overlap"]

_TOKEN = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILD = frozenset("*?[")
_OTHER = "\ue000"
_MOST = 5000


def covers(wide: str, narrow: str) -> bool:
    """Tell whether `wide` matches every text that `narrow` does; patterns too tangled to tell do not."""
    if wide in ("*", narrow):
        return True
    if not _WILD & set(narrow):
        return fnmatchcase(narrow, wide)
    return _contains(_TOKEN.findall(wide), _TOKEN.findall(narrow))


def _contains(wide: list[str], narrow: list[str]) -> bool:
    """Walk both patterns through the same letters until one ends where the other cannot."""
    letters = _letters(wide + narrow)
    start = (_closed(narrow, {0}), _closed(wide, {0}))
    seen, waiting = {start}, [start]
    while waiting:
        inner, outer = waiting.pop()
        if len(narrow) in inner and len(wide) not in outer:
            return False
        for letter in letters:
            following = (_step(narrow, inner, letter), _step(wide, outer, letter))
            if following[0] and following not in seen:
                seen.add(following)
                waiting.append(following)
        if len(seen) > _MOST:
            return False
    return True


def overlap(first: str, second: str) -> bool:
    """Tell whether some text may match both patterns; of those too tangled to tell it is assumed."""
    one, other = _TOKEN.findall(first), _TOKEN.findall(second)
    letters = _letters(one + other)
    start = (_closed(one, {0}), _closed(other, {0}))
    seen, waiting = {start}, [start]
    while waiting and len(seen) <= _MOST:
        here, there = waiting.pop()
        if len(one) in here and len(other) in there:
            return True
        for letter in letters:
            following = (_step(one, here, letter), _step(other, there, letter))
            if all(following) and following not in seen:
                seen.add(following)
                waiting.append(following)
    return bool(waiting)


def _letters(tokens: list[str]) -> list[str]:
    """Give letters enough to tell the tokens apart: those that they name, their neighbours, and another."""
    named = {letter for token in tokens for letter in token}
    beside = {
        chr(ord(letter) + step)
        for letter in named
        for step in (-1, 1)
        if 0 <= ord(letter) + step < 0x110000 and any(len(token) > 1 for token in tokens)
    }
    return sorted(named | beside | {_OTHER})


def _closed(tokens: list[str], places: set[int]) -> frozenset[int]:
    found = set(places)
    for place in sorted(places):
        at = place
        while at < len(tokens) and tokens[at] == "*":
            at += 1
            found.add(at)
    return frozenset(found)


def _step(tokens: list[str], places: frozenset[int], letter: str) -> frozenset[int]:
    after = set()
    for place in places:
        if place < len(tokens):
            token = tokens[place]
            if token == "*":
                after.add(place)
            elif token == "?" or token == letter or (len(token) > 1 and fnmatchcase(letter, token)):
                after.add(place + 1)
    return _closed(tokens, after)
