"""A quick look at many documents at once: the lines of a file, which have the same keys as a rule.

Then each key is a column: its types are few, and of its numbers the least and the greatest tell. Lines of
other keys are looked at one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from alfcheck.contracts.screening import NUMBERS, SILENT, Maker, Screen, Unknown, screen, usual_types

__all__ = ["ScreenLines", "screen_lines"]

ScreenLines = Callable[[Sequence[Any]], bool]

OF_KEYS = frozenset({"type", "required", "minProperties", "maxProperties"})
"""Keywords whose answer is the same for all objects with the same keys."""


class _Part(NamedTuple):
    """What is asked of the values of a key: these types, of numbers these limits; or what ``one`` tells.

    ``one`` tells of values of any type, one by one.
    """

    usual: frozenset[type]
    low: float
    high: float
    one: Screen

    def keeps(self, column: Sequence[Any]) -> bool:
        """Tell whether all values are as asked."""
        kinds = set(map(type, column))
        if type(None) in kinds and type(None) in self.usual:
            column = [value for value in column if value is not None]
            kinds.discard(type(None))
        # Where NaN comes first neither is a number, and they are looked at one by one.
        if kinds <= self.usual and (not self._is_limited or self._within(column)):
            return True
        return all(map(self.one, column))

    @property
    def _is_limited(self) -> bool:
        return self.low != -math.inf or self.high != math.inf

    def _within(self, column: Sequence[Any]) -> bool:
        return not column or (self.low <= min(column) and max(column) <= self.high)


def screen_lines(schema: Mapping[str, Any] | bool) -> ScreenLines | None:
    """Make the function that tells whether all of some documents keep `schema`; ``None`` as `screen`."""
    one = screen(schema)
    if one is None or not isinstance(schema, Mapping):
        return None
    rest = screen({name: asked for name, asked in schema.items() if name != "properties"})
    if rest is None or "properties" not in schema or not {"properties", *OF_KEYS, *SILENT}.issuperset(schema):
        return lambda lines: all(map(one, lines))
    parts = _parts(schema)

    def keeps(lines: Sequence[Any]) -> bool:
        if set(map(type, lines)) != {dict} or len(set(map(tuple, lines))) != 1:
            return all(map(one, lines))
        if not rest(lines[0]):
            return False
        columns = zip(*map(dict.values, lines), strict=True)
        return all(
            part.keeps(column)
            for name, column in zip(lines[0], columns, strict=True)
            if (part := parts.get(name)) is not None
        )

    return keeps


def _parts(schema: Mapping[str, Any]) -> dict[str, _Part]:
    try:
        maker = Maker(schema)
        return {name: _part(asked, maker.make(asked)) for name, asked in schema["properties"].items()}
    except Unknown as error:
        raise AssertionError("a schema of which all is known has no unknown part") from error


def _part(asked: Any, one: Screen) -> _Part:
    nothing = _Part(frozenset(), -math.inf, math.inf, one)
    if not isinstance(asked, Mapping) or not {"type", "minimum", "maximum", *SILENT}.issuperset(asked):
        return nothing
    low, high = asked.get("minimum", -math.inf), asked.get("maximum", math.inf)
    if "type" not in asked or type(low) not in NUMBERS or type(high) not in NUMBERS:
        return nothing
    names = [asked["type"]] if isinstance(asked["type"], str) else asked["type"]
    usual = usual_types(names) | (NUMBERS if "number" in names else frozenset())
    if "minimum" in asked or "maximum" in asked:
        usual &= NUMBERS
    return _Part(usual | ({type(None)} if "null" in names else frozenset()), low, high, one)
