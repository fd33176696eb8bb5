"""A contract as a Frictionless Data Package: the object's table as one CSV file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from alfcheck.contracts.export.fields import Field, documents_of, fields_of, patterns_of
from alfcheck.contracts.export.limits import Limits, limits_of
from alfcheck.contracts.export.unsaid import beyond_rows, unsaid_of
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, Scalar
from alfcheck.contracts.words import check_words, checks_words

__all__ = ["to_frictionless"]

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NUMERIC = frozenset({"integer", "number"})
_GAPS = ["", "NaN", "nan"]


def to_frictionless(spec: ContractSpec) -> dict[str, Any]:
    """Describe the object's table as a Data Package (version 2) of one resource, ``OBJECT.csv``.

    Missing values are empty cells, or ``NaN``. Columns that a contract does not require may be absent, and
    others may be there unless it is strict. What a table schema cannot say is told in descriptions.
    """
    name = resource_name(spec)
    schema = {
        "fields": [_field(field) for field in _once(fields_of(spec))],
        "missingValues": _GAPS,
        "fieldsMatch": "superset" if spec.strict and not patterns_of(spec) else "partial",
    }
    return {
        "$schema": PROFILE,
        "name": re.sub(r"[^a-z0-9._-]", "-", spec.id),
        "id": f"urn:alfcheck:{spec.id}:{spec.version}",
        "title": spec.id,
        "version": spec.version,
        "description": "\n\n".join(filter(None, (spec.description, "\n".join(_beyond(spec))))),
        "resources": [
            {
                "name": name,
                "type": "table",
                "path": f"{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": schema,
            }
        ],
    }


def resource_name(spec: ContractSpec) -> str:
    """Give the name of the table: the object, or where that is a pattern the end of the id."""
    object_ = spec.match.object if spec.match is not None else ""
    plain = re.fullmatch(r"\w+", object_, re.ASCII)
    return object_.lower() if plain else spec.id.rpartition(".")[2]


def _once(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Keep one field of each name: a column that may be a number or a list of them may be anything."""
    return tuple({field.name: field for field in fields}.values())


def _beyond(spec: ContractSpec) -> Iterator[str]:
    yield "Said by the contract, and not by this description:"
    for line in beyond_rows(spec):
        yield f"- {line}"
    for field in patterns_of(spec):
        yield f"- columns {field.name}: {checks_words(field.column.checks) or field.column.description}"
    for column in documents_of(spec):
        yield f"- {column.name} is a document of its own, with a JSON Schema"
    for field in fields_of(spec):
        if field.column.required:
            yield f"- the column {field.name} is required"


def _field(field: Field) -> dict[str, Any]:
    column, limits = field.column, limits_of(field)
    type_ = _type(field)
    said = dict(_constraints(field, type_, limits))
    unsaid = [*unsaid_of(field, limits), *_dropped(field, type_, limits)]
    told = {
        "name": field.name,
        "type": type_,
        "description": _described(column, unsaid),
        "example": _example(column) if type_ != "any" else None,
        "constraints": said,
        "missingValues": _missing(column, type_),
    }
    if type_ == "number":
        told["floatNumber"] = True
    if type_ == "datetime":
        told["format"] = "any"
    return {key: value for key, value in told.items() if value not in (None, "", {})}


def _type(field: Field) -> str:
    if not field.scalar or not field.kinds:
        return "any"
    if field.kinds <= _NUMERIC:
        return "integer" if field.kinds == {"integer"} else "number"
    return next(iter(field.kinds)) if len(field.kinds) == 1 else "any"


def _described(column: ColumnSpec, unsaid: list[str]) -> str:
    unit = f"Unit: {column.unit}." if column.unit is not None else ""
    beside = f"Not said here: {'; '.join(unsaid)}." if unsaid else ""
    return " ".join(filter(None, (column.description, unit, beside)))


def _example(column: ColumnSpec) -> Any:
    values = (json.loads(each) for each in column.examples)
    return next((value for value in values if isinstance(value, (str, int, float))), None)


def _missing(column: ColumnSpec, type_: str) -> list[str] | None:
    """Give the texts for missing of a column, ``None`` for those of the table.

    Where a number may not be missing, an empty cell is simply no number: ``required`` would say that
    the column must be there, too. A value for missing may be written as a whole number or not.
    """
    if column.missing is None:
        return [] if _refuses_gaps(column, type_) and not column.required else None
    numeric = isinstance(column.missing, (int, float)) and column.missing == int(column.missing)
    spelt = [f"{int(column.missing)}", f"{int(column.missing)}.0"] if numeric else [f"{column.missing}"]
    return [*_GAPS, *spelt]


def _constraints(field: Field, type_: str, limits: Limits) -> Iterator[tuple[str, Any]]:
    column = field.column
    if _refuses_gaps(column, type_) and column.required:
        yield "required", True
    if column.unique and column.missing is None:
        yield "unique", True
    if type_ in _NUMERIC:
        yield from _ranged(limits)
    if type_ in (*_NUMERIC, "string", "boolean") and limits.allowed is not None:
        yield "enum", _spelt(type_, limits.allowed)
    if type_ == "string":
        yield from _texts(limits)


def _refuses_gaps(column: ColumnSpec, type_: str) -> bool:
    # An empty cell is a missing number, but a text like any other.
    return not column.nullable and column.missing is None and type_ not in ("any", "string")


def _ranged(limits: Limits) -> Iterator[tuple[str, Any]]:
    if limits.low is not None:
        yield ("exclusiveMinimum" if limits.low_excluded else "minimum"), limits.low
    if limits.high is not None:
        yield ("exclusiveMaximum" if limits.high_excluded else "maximum"), limits.high


def _texts(limits: Limits) -> Iterator[tuple[str, Any]]:
    if limits.shortest is not None:
        yield "minLength", limits.shortest
    if limits.longest is not None:
        yield "maxLength", limits.longest
    if limits.patterns:
        # The whole text must match, so each pattern looks ahead for its part.
        anywhere = ("" if each.startswith("^") else r"[\s\S]*" for each in limits.patterns)
        ahead = (f"(?={lead}{each})" for lead, each in zip(anywhere, limits.patterns, strict=True))
        yield "pattern", "".join(ahead) + r"[\s\S]*"


def _spelt(type_: str, values: tuple[Scalar, ...]) -> list[Scalar]:
    if type_ == "boolean":
        return [value for value in (False, True) if value in values]
    kept = (str,) if type_ == "string" else (int, float)
    return [value for value in values if isinstance(value, kept)]


def _dropped(field: Field, type_: str, limits: Limits) -> Iterator[str]:
    """Say what could be said of another type of field only."""
    column = field.column
    if limits.forbidden:
        yield f"other than {', '.join(map(str, limits.forbidden))}"
    if limits.whole and type_ != "integer":
        yield "whole numbers"
    if column.unique and column.missing is not None:
        yield "unique"
    if not column.nullable and not _refuses_gaps(column, type_):
        yield "missing values are refused"
    if type_ == "any":
        yield from (check_words(each) for each in column.checks if each not in limits.unsaid)
