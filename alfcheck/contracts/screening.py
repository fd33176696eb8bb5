"""A quick look at documents: whether one keeps its JSON Schema, told without jsonschema.

jsonschema takes a third of a millisecond for one trial of a rig, and a release has a million of them, nearly
all sound. Here a schema becomes one function of plain comparisons, the same that word the faults. Where it
says no, jsonschema is asked what is wrong and where.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from alfcheck.contracts.document_words import SAY

__all__ = ["NUMBERS", "SILENT", "Maker", "Screen", "Unknown", "screen", "usual_types"]

Screen = Callable[[Any], bool]

LARGEST = 500
"""Keywords of a schema, those behind its references included."""

SILENT = frozenset({"$defs", "$comment", "$schema", "title", "description", "default", "examples", "format"})


_USUAL: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list,
    "object": dict,
}


NUMBERS = frozenset({int, float})
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


class Unknown(Exception):
    """A schema that says what is not known here."""


def screen(schema: Mapping[str, Any] | bool) -> Screen | None:
    """Make the function that tells whether a document keeps `schema`.

    ``None`` for a schema with other keywords than those here, with one that refers to itself, and for very
    long ones: a document costs no more than the schema's keywords for each of its values.
    """
    try:
        return Maker(schema).make(schema)
    except Unknown:
        return None


def usual_types(names: str | list[str]) -> frozenset[type]:
    """Give the types of Python that are of a type of JSON whatever their value, for most that can be told."""
    return frozenset(
        _USUAL[name] for name in ([names] if isinstance(names, str) else names) if name in _USUAL
    )


def _plainly(name: str, asked: Any) -> Screen:
    """Make the function of a keyword that looks at one value: for what is usual without asking its words."""
    say = SAY[name]
    if name == "type":
        usual = usual_types(asked)
        return lambda value: type(value) in usual or not say(asked, value)
    if name in _COMPARED and type(asked) in (int, float):
        holds = _COMPARED[name]
        return lambda value: (type(value) in NUMBERS and holds(value, asked)) or not say(asked, value)
    return lambda value: not say(asked, value)


def _range(schema: Any) -> tuple[frozenset[type], float, float]:
    """Give the types of numbers that a schema takes between two limits, if that is all it says; else none."""
    if not isinstance(schema, Mapping) or not {"type", "minimum", "maximum", *SILENT}.issuperset(schema):
        return frozenset(), 0, 0
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    limited = type(low) in NUMBERS and type(high) in NUMBERS
    usual = usual_types(schema["type"]) & NUMBERS if limited and "type" in schema else frozenset()
    return (NUMBERS if float in usual else usual), low, high


class Maker:
    """Turns the parts of one schema into functions; raises `Unknown` where it cannot."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self._within: list[str] = []
        self._left = LARGEST

    def make(self, schema: Any) -> Screen:
        """Make the function of a part of the schema."""
        if schema is True:
            return lambda value: True
        if not isinstance(schema, Mapping):
            raise Unknown
        parts = [self._keyword(name, schema) for name in schema if name not in SILENT]
        if len(parts) == 1:
            return parts[0]

        def keeps(value: Any) -> bool:
            for part in parts:  # noqa: SIM110 - all() of a generator takes twice as long
                if not part(value):
                    return False
            return True

        return keeps

    def _keyword(self, name: str, schema: Mapping[str, Any]) -> Screen:
        self._left -= 1
        if self._left < 0:
            raise Unknown
        asked = schema[name]
        if name in SAY:
            return _plainly(name, asked)
        if name not in _PARTS:
            raise Unknown
        return _PARTS[name](self, asked, schema)

    def properties(self, asked: Mapping[str, Any], _: Mapping[str, Any]) -> Screen:
        """Look at the values of some keys."""
        made = [(name, *_range(part), self.make(part)) for name, part in asked.items()]

        def keeps(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            for name, usual, low, high, part in made:
                if name not in value:
                    continue
                found = value[name]
                # Most are numbers within limits: a call for each would cost more than all the rest.
                if type(found) in usual and low <= found <= high:
                    continue
                if not part(found):
                    return False
            return True

        return keeps

    def required(self, asked: list[str], _: Mapping[str, Any]) -> Screen:
        """Look for keys."""
        needed = frozenset(asked)
        return lambda value: not isinstance(value, dict) or needed <= value.keys()

    def additional(self, asked: Any, schema: Mapping[str, Any]) -> Screen:
        """Look at the values of the keys that are not named."""
        if "patternProperties" in schema:
            raise Unknown
        named = frozenset(schema.get("properties", ()))
        if asked is False:
            return lambda value: not isinstance(value, dict) or named.issuperset(value)
        each = self.make(asked)

        def keeps(value: Any) -> bool:
            others = value.items() if isinstance(value, dict) else ()
            return all(each(part) for name, part in others if name not in named)

        return keeps

    def items(self, asked: Any, schema: Mapping[str, Any]) -> Screen:
        """Look at the items of a list."""
        if "prefixItems" in schema:
            raise Unknown
        each = self.make(asked)
        return lambda value: not isinstance(value, list) or all(map(each, value))

    def any_of(self, asked: list[Any], _: Mapping[str, Any]) -> Screen:
        """Look for a form that fits."""
        forms = [self.make(form) for form in asked]
        return lambda value: any(form(value) for form in forms)

    def one_of(self, asked: list[Any], _: Mapping[str, Any]) -> Screen:
        """Look for a form that fits alone."""
        forms = [self.make(form) for form in asked]
        return lambda value: sum(form(value) for form in forms) == 1

    def reference(self, asked: str, _: Mapping[str, Any]) -> Screen:
        """Look at what another part of the schema says."""
        if not asked.startswith("#/") or "%" in asked or "~" in asked or asked in self._within:
            raise Unknown
        part = self._whole
        for key in asked[2:].split("/"):
            if not isinstance(part, Mapping) or key not in part:
                raise Unknown
            part = part[key]
        self._within.append(asked)
        made = self.make(part)
        self._within.pop()
        return made


_PARTS: Mapping[str, Callable[[Maker, Any, Mapping[str, Any]], Screen]] = {
    "properties": Maker.properties,
    "required": Maker.required,
    "additionalProperties": Maker.additional,
    "items": Maker.items,
    "anyOf": Maker.any_of,
    "oneOf": Maker.one_of,
    "$ref": Maker.reference,
}
