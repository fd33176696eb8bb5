"""Whether all documents that keep one JSON Schema keep another, as far as plain keywords tell."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from alfcheck.contracts.diff.changes import BOTH, NEITHER, READERS, WRITERS, Breaks, by_subset

__all__ = ["compare_documents"]

_SAID = frozenset(
    {"title", "description", "examples", "default", "$comment", "$id", "$schema", "deprecated", "readOnly"}
)
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_ONES = (
    *("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
_FAR = frozenset({"$ref", "$dynamicRef", "unevaluatedProperties", "unevaluatedItems"})
_CONTAINS = ("contains", "minContains", "maxContains")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def compare_documents(old: str | None, new: str | None) -> Breaks:
    """Compare two JSON Schemas given as JSON texts, ``None`` for none.

    What cannot be told (references, alternatives) breaks both sides, words for people break none.
    """
    if old is None or new is None:
        return WRITERS if old is None and new is not None else READERS if old is not None else NEITHER
    before, after = _judging(json.loads(old)), _judging(json.loads(new))
    if before == after:
        return NEITHER
    if _refers(before) or _refers(after):
        return BOTH
    return by_subset(_implies(before, after), _implies(after, before))


def _judging(schema: Any) -> Any:
    """Take out what judges nothing; names of properties are no keywords."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, dict):
            found[key] = {name: _judging(each) for name, each in value.items()}
        elif key in _LISTS and isinstance(value, list):
            found[key] = [_judging(each) for each in value]
        elif key not in _SAID:
            found[key] = _judging(value) if key in _ONES else value
    return found


def _refers(schema: Any) -> bool:
    """Tell whether keywords depend on what stands elsewhere: on a reference, on what others left over."""
    if isinstance(schema, dict):
        return bool(_FAR & schema.keys()) or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))


def _implies(narrow: Any, wide: Any) -> bool:
    """Tell whether every document that keeps `narrow` surely keeps `wide`."""
    if wide is True or wide == {} or narrow is False or _same(narrow, wide):
        return True
    if not isinstance(narrow, dict) or not isinstance(wide, dict):
        return False
    return all(_keyword(key, narrow, wide) for key in wide)


def _same(first: Any, second: Any) -> bool:
    # Python takes True for 1, JSON does not.
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def _keyword(key: str, narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    judge = _JUDGES.get(key)
    if key in _AT_LEAST:
        return key in narrow and bool(narrow[key] >= wide[key])
    if key in _AT_MOST:
        return key in narrow and bool(narrow[key] <= wide[key])
    return judge(narrow, wide) if judge is not None else key in narrow and _same(narrow[key], wide[key])


def _types(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    allowed = set(_listed(wide["type"]))
    if "number" in allowed:
        allowed.add("integer")
    if "type" in narrow:
        return set(_listed(narrow["type"])) <= allowed
    members = _members(narrow)
    return members is not None and all(_type_of(json.loads(each)) in allowed for each in members)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _type_of(value: Any) -> str:
    names = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    found = next((name for kind, name in names if isinstance(value, kind)), None)
    return found or ("null" if value is None else "object")


def _members(schema: Mapping[str, Any]) -> set[str] | None:
    if "const" in schema:
        return {json.dumps(schema["const"], sort_keys=True)}
    if "enum" in schema:
        return {json.dumps(each, sort_keys=True) for each in schema["enum"]}
    return None


def _enumerated(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    own, allowed = _members(narrow), _members(wide)
    return own is not None and allowed is not None and own <= allowed


def _required(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    return set(wide["required"]) <= set(narrow.get("required", ()))


def _properties(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    own, rest = narrow.get("properties", {}), _rest(narrow)
    return all(_implies(own.get(name, rest), schema) for name, schema in wide["properties"].items())


def _rest(schema: Mapping[str, Any]) -> Any:
    return True if "patternProperties" in schema else schema.get("additionalProperties", True)


def _additional(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    if "patternProperties" in narrow or "patternProperties" in wide:
        return _same(narrow, wide)
    unnamed = [
        schema
        for name, schema in narrow.get("properties", {}).items()
        if name not in wide.get("properties", {})
    ]
    return all(_implies(each, wide["additionalProperties"]) for each in (*unnamed, _rest(narrow)))


def _items(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    if "prefixItems" in narrow or "prefixItems" in wide:
        return _same(narrow, wide)
    return _implies(narrow.get("items", True), wide["items"])


def _contained(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    if "contains" not in wide:
        return True  # without it the two others say nothing
    if "contains" not in narrow or not _same(narrow["contains"], wide["contains"]):
        return False
    (least, most), (fewest, largest) = (
        (each.get("minContains", 1), each.get("maxContains", math.inf)) for each in (narrow, wide)
    )
    return bool(fewest <= least and most <= largest)


_JUDGES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]] = {
    "type": _types,
    "enum": _enumerated,
    "const": _enumerated,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    **dict.fromkeys(_CONTAINS, _contained),
}
