"""What is wrong with a value of a document, by the keywords of JSON Schema that look at one, in plain words.

jsonschema's own messages repeat the whole value. What the keywords mean is the same here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["SAY", "TooLong", "counted", "is_found", "shown"]

LONGEST = 40

AT_ONCE = 20_000
"""Steps of a search for a pattern that are taken without being counted."""


class TooLong(Exception):
    """A search for a pattern that may take more than `AT_ONCE` steps; ``steps`` is how many."""

    def __init__(self, steps: float) -> None:
        super().__init__(steps)
        self.steps = steps


def is_found(pattern: str, text: str, most: float = AT_ONCE) -> bool:
    """Tell whether a pattern is found in a text; raises `TooLong` before what may take long."""
    from alfcheck.contracts.language.regexes import tries

    steps = tries(pattern, len(text))
    if steps > most:
        raise TooLong(steps)
    return re.search(pattern, text) is not None


def shown(value: Any) -> str:
    """Write a value of a document short, on one line."""
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[: LONGEST - 3] + "…")
    if isinstance(value, Mapping):
        return f"an object of {counted(len(value), 'key')}"
    if isinstance(value, Sequence):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return f"{value:.12g}"
    # Python refuses to write integers of thousands of digits.
    return str(value)[:LONGEST] if abs(value) < 10**LONGEST else "a number of many digits"


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _listed(values: Sequence[Any]) -> str:
    more = ", …" if len(values) > 10 else ""
    return ", ".join(shown(value) for value in values[:10]) + more


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _type(wanted: str | list[str], value: Any) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    if any(_TYPES[name](value) for name in names):
        return ""
    return f"is {shown(value)}; expected {' or '.join(_WORDS[name] for name in names)}"


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object of keys",
    "null": "null",
}


def _key(value: Any) -> Any:
    """Give what is equal of two values that JSON takes for the same: of 1 and 1.0, not of 1 and true."""
    if isinstance(value, list):
        return (list, tuple(map(_key, value)))
    if isinstance(value, dict):
        return (dict, frozenset((name, _key(each)) for name, each in value.items()))
    return (bool, value) if isinstance(value, bool) else value


def _enum(allowed: list[Any], value: Any) -> str:
    same = _key(value)
    wanted = any(same == _key(each) for each in allowed)
    return "" if wanted else f"is {shown(value)}; expected one of {_listed(allowed)}"


def _const(wanted: Any, value: Any) -> str:
    return "" if _key(value) == _key(wanted) else f"is {shown(value)}; expected {shown(wanted)}"


def _limit(words: str, within: Callable[[Any, Any], bool]) -> Callable[[Any, Any], str]:
    def say(limit: Any, value: Any) -> str:
        fault = _is_number(value) and not within(value, limit) and value == value
        return f"is {shown(value)}; expected {words} {shown(limit)}" if fault else ""

    return say


def _multiple(of: Any, value: Any) -> str:
    from fractions import Fraction

    if not _is_number(value) or value != value:
        return ""
    # As text, so that 0.3 is a multiple of 0.1.
    whole = abs(value) != float("inf") and (Fraction(str(value)) / Fraction(str(of))).denominator == 1
    return "" if whole else f"is {shown(value)}; expected a multiple of {shown(of)}"


def _size(kind: type[Any], words: str, *, most: bool) -> Callable[[Any, Any], str]:
    def say(limit: Any, value: Any) -> str:
        if not isinstance(value, kind) or (len(value) <= limit if most else len(value) >= limit):
            return ""
        bound = "at most" if most else "at least"
        return f"has {counted(len(value), words)}; expected {bound} {shown(limit)}"

    return say


def _pattern(pattern: str, value: Any) -> str:
    if not isinstance(value, str) or is_found(pattern, value):
        return ""
    return f"is {shown(value)}; expected text of the pattern {pattern}"


def _unique(wanted: bool, value: Any) -> str:
    if not wanted or not isinstance(value, list):
        return ""
    seen: dict[Any, int] = {}
    for index, each in enumerate(value):
        first = seen.setdefault(_key(each), index)
        if first != index:
            return f"has the same item twice, at {first} and {index}: {shown(each)}"
    return ""


SAY: dict[str, Callable[[Any, Any], str]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _limit("at least", lambda value, limit: value >= limit),
    "maximum": _limit("at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": _limit("more than", lambda value, limit: value > limit),
    "exclusiveMaximum": _limit("less than", lambda value, limit: value < limit),
    "multipleOf": _multiple,
    "minLength": _size(str, "character", most=False),
    "maxLength": _size(str, "character", most=True),
    "minItems": _size(list, "item", most=False),
    "maxItems": _size(list, "item", most=True),
    "minProperties": _size(dict, "key", most=False),
    "maxProperties": _size(dict, "key", most=True),
    "pattern": _pattern,
    "uniqueItems": _unique,
}
