"""Texts that match a regular expression: a walk through its parsed form, with seeded choices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["matching"]

_parser: Any = re._parser  # type: ignore[attr-defined]  # no other reads patterns as `re` does
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = {"DIGIT": "0123456789", "WORD": _LETTERS + "0123456789", "SPACE": " "}
_ALL = _LETTERS + _LETTERS.upper() + "0123456789_-./: "
_MORE = 4
"""How often something is repeated beyond the fewest times, at most."""


def matching(pattern: str, count: int, rng: np.random.Generator) -> list[str]:
    """Give distinct texts that `pattern` matches from the beginning, up to `count` of them.

    Look-around is passed over, so that whoever asks must check the texts; fewer come where fewer are found.
    """
    parsed = _parser.parse(pattern)
    found: dict[str, None] = {}
    for _ in range(count * 8):
        if len(found) == count:
            break
        text = _Writer(rng).write(parsed)
        if re.match(pattern, text):
            found[text] = None
    return list(found)


class _Writer:
    """One text on its way; what groups hold is kept for references to them."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._groups: dict[int, str] = {}

    def write(self, parsed: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._one(str(kind), value) for kind, value in parsed)

    def _one(self, kind: str, value: Any) -> str:
        if kind == "LITERAL":
            return chr(value)
        if kind in ("IN", "NOT_LITERAL", "ANY"):
            return self._pick(self._letters(kind, value))
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            fewest, most, inner = value
            times = int(self._rng.integers(int(fewest), min(int(most), int(fewest) + _MORE) + 1))
            return "".join(self.write(inner) for _ in range(times))
        if kind == "BRANCH":
            branches = value[1]
            return self.write(branches[int(self._rng.integers(len(branches)))])
        if kind in ("SUBPATTERN", "ATOMIC_GROUP"):
            return self._group(value) if kind == "SUBPATTERN" else self.write(value)
        return self._groups.get(value, "") if kind == "GROUPREF" else ""

    def _group(self, value: Any) -> str:
        text = self.write(value[3])
        if value[0] is not None:
            self._groups[value[0]] = text
        return text

    def _pick(self, letters: str) -> str:
        return letters[int(self._rng.integers(len(letters)))] if letters else ""

    def _letters(self, kind: str, value: Any) -> str:
        if kind == "ANY":
            return _LETTERS
        if kind == "NOT_LITERAL":
            return _ALL.replace(chr(value), "")
        negated = any(str(each) == "NEGATE" for each, _ in value)
        named = "".join(_named(str(each), what) for each, what in value)
        return "".join(letter for letter in _ALL if letter not in named) if negated else named


def _named(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        return chr(value)
    if kind == "RANGE":
        low, high = value
        return "".join(map(chr, range(low, min(high, low + 127) + 1)))
    if kind == "CATEGORY":
        word = str(value).removeprefix("CATEGORY_")
        if word.startswith("NOT_"):
            return "".join(letter for letter in _ALL if letter not in _CLASSES[word[4:]])
        return _CLASSES.get(word, _ALL)
    return ""
