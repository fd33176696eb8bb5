"""A contract as a JSON Schema of one row of the object's table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from alfcheck.contracts.export.fields import Field, documents_of, fields_of, patterns_of
from alfcheck.contracts.export.limits import Limits, limits_of
from alfcheck.contracts.export.unsaid import beyond_rows, unsaid_of
from alfcheck.contracts.globs import regex_of
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, Scalar

__all__ = ["to_jsonschema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean", "string": "string"}


def to_jsonschema(spec: ContractSpec) -> dict[str, Any]:
    """Describe one row as a JSON object, missing values as null (draft 2020-12).

    Datasets that are documents are under ``$defs``, by their attribute. What a schema of rows cannot say is
    listed in ``$comment``.
    """
    fields = fields_of(spec)
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:alfcheck:{spec.id}:{spec.version}",
        "title": f"{spec.id} {spec.version}: one row",
        "description": spec.description,
        "$comment": "\n".join(beyond_rows(spec)),
        "type": "object",
        "properties": dict(_properties(fields)),
        "patternProperties": {f"^(?:{regex_of(each.name)})$": _field(each) for each in patterns_of(spec)},
        "required": sorted({field.name for field in fields if field.column.required}),
        "$defs": {column.name: _document(spec, column) for column in documents_of(spec)},
        "deprecated": spec.status == "deprecated",
    }
    if spec.strict:
        schema["additionalProperties"] = False
    return {key: value for key, value in schema.items() if value or key in ("type", "additionalProperties")}


def _properties(fields: tuple[Field, ...]) -> Iterator[tuple[str, Any]]:
    names = dict.fromkeys(field.name for field in fields)
    for name in names:
        alternatives = [_field(field) for field in fields if field.name == name]
        yield name, alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _field(field: Field) -> dict[str, Any]:
    column, limits = field.column, limits_of(field)
    told = {
        "description": _described(column),
        "$comment": "; ".join(unsaid_of(field, limits)),
        "examples": [json.loads(each) for each in column.examples],
        **_nested(_value(field, limits), field),
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def _described(column: ColumnSpec) -> str:
    unit = f"Unit: {column.unit}." if column.unit is not None else ""
    return " ".join(filter(None, (column.description, unit)))


def _nested(value: dict[str, Any], field: Field) -> dict[str, Any]:
    for length in reversed(field.dims):
        value = {"type": "array", "items": value}
        if isinstance(length, int):
            value |= {"minItems": length, "maxItems": length}
    return value


def _value(field: Field, limits: Limits) -> dict[str, Any]:
    """Describe one value; what stands for missing is an alternative, since no limit holds for it."""
    value = _kinds(field) | dict(_limited(field, limits))
    others: list[dict[str, Any]] = []
    if field.column.missing is not None:
        others.append({"const": field.column.missing})
    if field.column.nullable or field.column.missing is not None:
        others.append({"type": "null"})
    return {"anyOf": [value, *others]} if value and others else value


def _kinds(field: Field) -> dict[str, Any]:
    if not field.kinds:
        return {} if field.column.nullable or field.column.missing is not None else {"not": {"type": "null"}}
    types = sorted({_TYPES.get(kind, "string") for kind in field.kinds})
    if "number" in types and "integer" in types:
        types.remove("integer")
    found: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    return found | ({"format": "date-time"} if field.kinds == {"datetime"} else {})


def _limited(field: Field, limits: Limits) -> Iterator[tuple[str, Any]]:
    if limits.low is not None:
        yield ("exclusiveMinimum" if limits.low_excluded else "minimum"), limits.low
    if limits.high is not None:
        yield ("exclusiveMaximum" if limits.high_excluded else "maximum"), limits.high
    if limits.allowed is not None:
        yield "enum", _spelt(field, limits.allowed)
    if limits.whole:
        yield "multipleOf", 1
    if limits.shortest is not None:
        yield "minLength", limits.shortest
    if limits.longest is not None:
        yield "maxLength", limits.longest
    rules: list[dict[str, Any]] = [{"pattern": pattern} for pattern in limits.patterns]
    rules += [{"not": {"enum": _spelt(field, limits.forbidden)}}] if limits.forbidden else []
    if rules:
        yield "allOf", rules


def _spelt(field: Field, values: tuple[Scalar, ...]) -> list[Scalar]:
    """Write values of a set for JSON, in which true is not 1."""
    spelt: dict[str, Scalar] = {}
    for value in values:
        others: list[Scalar] = [value]
        if value in (0, 1) and "boolean" in (field.kinds or {"boolean"}):
            others = [value == 1] if field.kinds == {"boolean"} else [0 if value == 0 else 1, value == 1]
        spelt |= {json.dumps(each): each for each in others}
    return list(spelt.values())


def _document(spec: ContractSpec, column: ColumnSpec) -> dict[str, Any]:
    # A resource of its own, so that its references stay within it.
    own = json.loads(column.document or "true")
    if not isinstance(own, dict):
        return {"allOf": [own]}
    named = {"$schema": DIALECT, "$id": f"urn:alfcheck:{spec.id}:{spec.version}:{column.name}"}
    told = {"description": column.description} if column.description else {}
    return named | told | own
