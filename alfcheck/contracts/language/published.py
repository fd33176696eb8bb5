"""The JSON Schema of the language, made from its vocabulary: what editors complete and explain.

It sees one key at a time. What needs the whole contract (a relation's columns, examples, units) only the
parser sees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from alfcheck.contracts.language.checks import ARGUMENT_TEXTS, CHECKS, COMMON, CheckWord
from alfcheck.contracts.language.holds import DTYPES
from alfcheck.contracts.language.keys import (
    COLUMN,
    CONDITION,
    CONTRACT,
    COUNT,
    FORMAT,
    MATCH,
    RELATION,
    ROWS,
    SESSION,
    STATUS,
    WANTED,
    Key,
)
from alfcheck.contracts.language.legal import ID, VERSION
from alfcheck.contracts.language.read_checks import SEVERITIES
from alfcheck.contracts.language.read_relations import COMPARISONS
from alfcheck.contracts.language.read_session import KINDS

__all__ = ["contract_schema", "render_schema"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
WHOLE = r"^(?:{})$"

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_FILLED: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEXTS: Schema = {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}
_LIMIT: Schema = {"type": ["number", "string"]}
_VALUE: Schema = {"type": ["number", "string", "boolean"]}
_DTYPE: Schema = {"enum": list(DTYPES)}
_DIMENSION: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {"type": "string", "pattern": r"^(?:[A-Za-z]\w*|[A-Za-z0-9]\w*\.rows)$"},
    ]
}
_SHAPE: Schema = {"type": "array", "items": _DIMENSION, "minItems": 1, "maxItems": 8}
_OBJECT: Schema = {"type": "string", "pattern": r"^[^_.\s*?\[][^.\s*?\[]*$"}
_NO_DOT: Schema = {"type": "string", "pattern": r"^[^.\s][^.\s]*$"}
_PATH: Schema = {"type": "string", "pattern": r"^(?!/)(?!.*(?:^|/)\.\.?(?:/|$))(?!.*//)[^#\\\s]+(?<!/)$"}


def contract_schema() -> Schema:
    """Give the JSON Schema of a contract file."""
    contract = _mapping(CONTRACT)
    contract["anyOf"] = [{"required": ["match", "columns"]}, {"required": ["session"]}]
    contract["dependentRequired"] = {
        **{key: ["match"] for key in ("columns", "relations", "rows", "strict")},
        "match": ["columns"],
    }
    return {
        "$schema": DRAFT,
        "title": "alfcheck contract",
        "description": "What the datasets of an ALF object, or of a session, must hold.",
        **contract,
        "$defs": {
            "column": _column(),
            "relation": _relation(),
            "condition": _mapping(CONDITION) | {"minProperties": 1},
            "wanted": _one_of(_mapping(WANTED), KINDS),
            "checks": {
                "type": "object",
                "additionalProperties": False,
                "properties": _checks(),
            },
        },
    }


def render_schema() -> str:
    """Write the JSON Schema as it is published."""
    return json.dumps(contract_schema(), indent=2, ensure_ascii=False) + "\n"


def _mapping(keys: Mapping[str, Key]) -> Schema:
    found: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": key.description, **_value_of(key.kind)} for name, key in keys.items()
        },
    }
    required = [name for name, key in keys.items() if key.required]
    return found | ({"required": required} if required else {})


def _value_of(kind: str) -> Schema:
    nested = {"match": MATCH, "rows": ROWS, "session": SESSION}
    if kind == "number_of_files":
        return {"anyOf": [_COUNT, {**_mapping(COUNT), "minProperties": 1}]}
    return _mapping(nested[kind]) if kind in nested else _KINDS[kind]


def _one_of(schema: Schema, words: tuple[str, ...]) -> Schema:
    return schema | {"oneOf": [{"required": [word]} for word in words]}


def _column() -> Schema:
    column = _mapping(COLUMN)
    for word in CHECKS.values():
        if word.name != "unique":
            column["properties"] |= dict.fromkeys((word.name, word.written), _reference(word))
    column["type"] = ["object", "null"]
    column["dependentRequired"] = {"lines": ["document"]}
    return column


def _relation() -> Schema:
    return _one_of(_mapping(RELATION), (*COMPARISONS, "check"))


def _checks() -> Schema:
    full = {word.name: {"description": word.description, **_check(word)} for word in CHECKS.values()}
    return full | {word.short: _reference(word) for word in CHECKS.values() if word.short}


def _reference(word: CheckWord) -> Schema:
    return {"description": word.description, "$ref": f"#/$defs/checks/properties/{word.name}"}


def _check(word: CheckWord) -> Schema:
    arguments = {name: _described(name, kind) for name, kind in {**word.arguments, **COMMON}.items()}
    mapping: Schema = {"type": "object", "additionalProperties": False, "properties": arguments}
    if word.needed:
        mapping["required"] = list(word.needed)
    alone: list[Schema] = []
    if not word.arguments:
        alone = [{"const": True}]
    elif word.single:
        alone = [_ARGUMENTS[word.arguments[word.single]]]
    elif word.pair:
        limit = _ARGUMENTS[word.arguments["min_value"]]
        alone = [{"type": "array", "items": limit, "minItems": 2, "maxItems": 2}]
        alone += [_COUNT] if word.name == "str_length" else []
    return {"anyOf": [*alone, mapping]}


def _described(name: str, kind: str) -> Schema:
    return {"description": ARGUMENT_TEXTS[name], **_ARGUMENTS[kind]}


def _one_or_several(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


_SEVERITY: Schema = {"enum": list(SEVERITIES)}
_ARGUMENTS: Mapping[str, Schema] = {
    "limit": _LIMIT,
    "value": _VALUE,
    "values": {"type": "array", "items": _VALUE, "minItems": 1},
    "pattern": {"type": "string", "format": "regex", "maxLength": 500},
    "text": _TEXT,
    "count": _COUNT,
    "boolean": {"type": "boolean"},
    "severity": _SEVERITY,
}
_KINDS: Mapping[str, Schema] = {
    "format": {"const": FORMAT},
    "id": {"type": "string", "pattern": WHOLE.format(ID)},
    "version": {"type": "string", "pattern": WHOLE.format(VERSION)},
    "status": {"enum": list(STATUS), "default": "active"},
    "text": _TEXT,
    "boolean": {"type": "boolean"},
    "count": _COUNT,
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "tolerance": {"type": "number", "minimum": 0},
    "texts": _TEXTS,
    "columns": {"type": "object", "additionalProperties": {"$ref": "#/$defs/column"}},
    "relations": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
        "additionalProperties": {"$ref": "#/$defs/relation"},
    },
    "object_pattern": {"type": "string", "pattern": r"^[^_.\s][^.\s]*$"},
    "namespace_pattern": {"type": "string", "pattern": r"^[^_\s]*$"},
    "collection_pattern": {"type": "string", "pattern": r"^(?!/)(?!.*//)[^#\\\s]*(?<!/)$"},
    "extensions": {
        "anyOf": [_NO_DOT, {"type": "array", "items": _NO_DOT, "minItems": 1, "uniqueItems": True}]
    },
    "unique": {"anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/checks/properties/unique"}]},
    "unit": _FILLED,
    "dtype": _one_or_several(_DTYPE),
    "shape": {"anyOf": [_SHAPE, {"type": "array", "items": _SHAPE, "minItems": 1}]},
    "missing": {"type": ["number", "string"]},
    "object": _OBJECT,
    "examples": {"type": "array", "minItems": 1},
    "document": {"type": "object", "$ref": DRAFT},
    "checks": {
        "anyOf": [
            {"$ref": "#/$defs/checks"},
            {"type": "array", "items": {"$ref": "#/$defs/checks"}, "minItems": 1},
        ]
    },
    "pair": {"type": "array", "items": _FILLED, "minItems": 2, "maxItems": 2},
    "expression": {"type": "string", "minLength": 1, "maxLength": 500},
    "severity": {**_SEVERITY, "default": "error"},
    "condition": {"$ref": "#/$defs/condition"},
    "wanted": {"type": "array", "items": {"$ref": "#/$defs/wanted"}, "minItems": 1},
    "path": _PATH,
    "paths": {"type": "array", "items": _PATH, "minItems": 2, "uniqueItems": True},
    "each": {"type": "string", "pattern": r"^[^{}\s]*\{[a-z][a-z0-9_]*\}[^{}\s]*$"},
    "triple": {"type": "array", "items": _TEXT, "minItems": 3, "maxItems": 3},
}
