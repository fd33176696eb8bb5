"""A contract in the Open Data Contract Standard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from alfcheck.contracts.export.fields import Field, documents_of, fields_of, patterns_of
from alfcheck.contracts.export.frictionless import resource_name
from alfcheck.contracts.export.limits import Limits, limits_of
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec, ContractSpec, RelationSpec
from alfcheck.contracts.words import (
    check_words,
    condition_words,
    match_words,
    relation_words,
    rows_words,
    wanted_words,
)
from alfcheck.model import Severity

__all__ = ["to_odcs"]

VERSION = "v3.2.0"
_TYPES = {"datetime": "timestamp", "boolean": "boolean", "string": "string"}
_NUMERIC = frozenset({"integer", "number"})
Property = dict[str, Any]


def to_odcs(spec: ContractSpec) -> dict[str, Any]:
    """Describe a contract as ODCS 3.2: the object as one table, its columns as properties.

    What the standard has no word for is a quality rule of the engine ``alfcheck``, or a custom property.
    """
    contract = {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": spec.id,
        "name": spec.id,
        "version": spec.version,
        "status": spec.status,
        "team": {"name": spec.owner} if spec.owner else None,
        "description": {"purpose": spec.description} if spec.description else None,
        "schema": [_object(spec)] if spec.match is not None else None,
        "customProperties": list(_beyond(spec)),
    }
    return _filled(contract)


def _filled(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value not in (None, "", [], {})}


def _custom(**given: Any) -> list[Property]:
    return [{"property": key, "value": value} for key, value in given.items() if value not in (None, "", [])]


def _beyond(spec: ContractSpec) -> Iterator[Property]:
    yield from _custom(alfcheck=1, source=spec.source, match=match_words(spec.match))
    if spec.session is not None:
        lines = [wanted_words(each) for each in spec.session.datasets]
        yield from _custom(sessionWhen=condition_words(spec.session.when), sessionDatasets=lines)


def _object(spec: ContractSpec) -> dict[str, Any]:
    patterns = {field.name: _property(field) for field in patterns_of(spec)}
    documents = {column.name: json.loads(column.document or "true") for column in documents_of(spec)}
    return _filled(
        {
            "name": resource_name(spec),
            "physicalName": spec.match.object if spec.match is not None else None,
            "physicalType": "file",
            "logicalType": "object",
            "description": spec.description,
            "properties": list({each.name: _property(each) for each in fields_of(spec)}.values()),
            "quality": [*_rows(spec), *map(_relation, spec.relations)],
            "customProperties": _custom(
                columnPatterns=[patterns] if patterns else None,
                documents=[documents] if documents else None,
                strict=True if spec.strict else None,
            ),
        }
    )


def _rows(spec: ContractSpec) -> Iterator[Property]:
    if spec.rows.at_least:
        yield {"type": "library", "metric": "rowCount", "mustBeGreaterOrEqualTo": spec.rows.at_least}
    if spec.rows.agree:
        rule = {"rows": {"agree": True, "except": list(spec.rows.exempt)}}
        yield _own("rows_agree", rows_words(spec.rows), rule)


def _own(name: str, words: str, rule: Any, severity: Severity = Severity.ERROR) -> Property:
    """Make a rule that alfcheck alone can run."""
    return {
        "type": "custom",
        "engine": "alfcheck",
        "name": name,
        "description": words,
        "severity": str(severity),
        "implementation": rule,
    }


def _relation(relation: RelationSpec) -> Property:
    rule: dict[str, Any] = {"check": relation.check}
    if relation.compare is not None:
        rule = {relation.compare[0]: list(relation.compare[1:])}
    rule |= {"when": relation.when, "tolerance": relation.tolerance}
    words = relation.description or relation_words(relation)
    return _own(relation.name, words, {"relation": _truthy(rule)}, relation.severity)


def _truthy(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if value}


def _property(field: Field) -> Property:
    column, limits = field.column, limits_of(field)
    type_ = _type(field)
    inner = {"logicalType": type_, "logicalTypeOptions": dict(_options(field, type_, limits))}
    for _ in field.dims:
        inner = {"logicalType": "array", "items": _filled({"name": field.name, **inner})}
    return _filled(
        {
            "name": field.name,
            "description": column.description,
            "physicalType": " or ".join(column.dtypes),
            **inner,
            "required": not column.nullable and column.missing is None,
            "unique": True if column.unique and column.missing is None else None,
            "examples": [json.loads(each) for each in column.examples],
            "enum": list(_enum(field, limits)) if field.scalar else None,
            "quality": list(_quality(field, limits, type_)),
            "customProperties": _custom(
                unit=column.unit,
                source=column.source,
                shape=[list(shape) for shape in column.shapes],
                columnRequired=True if column.required else None,
                missing=column.missing,
                missingShare=column.missing_share,
                tolerance=column.tolerance or None,
                references=NO_OBJECT if column.references == "" else column.references,
                uniqueButForMissing=True if column.unique and column.missing is not None else None,
            ),
        }
    )


def _enum(field: Field, limits: Limits) -> Iterator[Property]:
    if limits.allowed is not None:
        yield from ({"value": value} for value in limits.allowed)
        if field.column.missing is not None and field.column.missing not in limits.allowed:
            yield {"value": field.column.missing, "label": "missing"}


def _type(field: Field) -> str | None:
    if field.kinds and field.kinds <= _NUMERIC:
        return "integer" if field.kinds == {"integer"} else "number"
    return _TYPES.get(next(iter(field.kinds))) if len(field.kinds) == 1 else None


def _options(field: Field, type_: str | None, limits: Limits) -> Iterator[tuple[str, Any]]:
    if field.column.missing is not None:
        return  # the value that stands for missing keeps no limit
    if type_ in _NUMERIC:
        if limits.low is not None:
            yield ("exclusiveMinimum" if limits.low_excluded else "minimum"), limits.low
        if limits.high is not None:
            yield ("exclusiveMaximum" if limits.high_excluded else "maximum"), limits.high
        if limits.whole:
            yield "multipleOf", 1
    if type_ == "string":
        if limits.shortest is not None:
            yield "minLength", limits.shortest
        if limits.longest is not None:
            yield "maxLength", limits.longest
        if len(limits.patterns) == 1:
            yield "pattern", limits.patterns[0]


def _quality(field: Field, limits: Limits, type_: str | None) -> Iterator[Property]:
    column = field.column
    if column.missing_share is not None:
        yield _share(column, column.missing_share)
    for check in column.checks:
        if check in limits.unsaid or not _said(check, field, limits, type_):
            rule = {check.name: {key: _plain(value) for key, value in check.arguments} or True}
            yield _own(check.name, check_words(check, weight=False), rule, check.severity)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _share(column: ColumnSpec, share: float) -> Property:
    rule: Property = {"type": "library", "metric": "nullValues"}
    if column.missing is not None:
        rule = {"type": "library", "metric": "missingValues"}
        rule["arguments"] = {"missingValues": [None, column.missing]}
    return rule | {"mustBeLessOrEqualTo": round(100 * share, 10), "unit": "percent"}


def _said(check: CheckSpec, field: Field, limits: Limits, type_: str | None) -> bool:
    """Tell whether the property itself says a check already."""
    if check.name in ("isin", "equal_to"):
        return field.scalar
    if check.name in ("notin", "not_equal_to") or field.column.missing is not None:
        return False
    if check.name.startswith("str_"):
        return type_ == "string" and (check.name == "str_length" or len(limits.patterns) == 1)
    return type_ in _NUMERIC
