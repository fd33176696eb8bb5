"""The words of JSON Schema, draft 2020-12: a misspelt keyword would ask nothing, without a word."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck.contracts.language.mistakes import Faults, near
from alfcheck.contracts.language.nodes import Fields, Items, Node, Scalar

__all__ = ["judge_keywords"]

_ONE = (
    *("additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames"),
    *("then", "unevaluatedItems", "unevaluatedProperties"),
)
_SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("$defs", "dependentSchemas", "patternProperties", "properties")
_PLAIN = (
    *("$anchor", "$comment", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "$schema", "$vocabulary"),
    *("const", "contentEncoding", "contentMediaType", "default", "dependentRequired", "deprecated"),
    *("description", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "maxContains"),
    *("maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength"),
    *("minProperties", "minimum", "multipleOf", "pattern", "readOnly", "required", "title", "type"),
    *("uniqueItems", "writeOnly"),
)
KEYWORDS = (*_ONE, *_SEVERAL, *_NAMED, *_PLAIN)

FORMATS = (
    *("date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6"),
    *("iri", "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri"),
    *("uri-reference", "uri-template", "uuid"),
)


def judge_keywords(schema: Node, faults: Faults) -> None:
    """Note the keywords (but for ``x-...``) and formats of a JSON Schema that there are not."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Fields):
            continue
        for name, field in part.fields.items():
            if name not in KEYWORDS and not name.startswith("x-"):
                fix = near(name, KEYWORDS) or "take it out; words of your own begin with x-"
                faults.add(field.key, f"JSON Schema has no keyword {name!r}", fix)
            elif name == "format" and isinstance(field.value, Scalar):
                _judge_format(field.value, faults)
        waiting += _parts(part)


def _judge_format(node: Scalar, faults: Faults) -> None:
    if isinstance(node.value, str) and node.value not in FORMATS:
        faults.unknown(node, f"JSON Schema has no format {node.value[:60]!r}", node.value, FORMATS)


def _parts(schema: Fields) -> Iterator[Node]:
    """Give the schemas inside a schema."""
    for name, field in schema.fields.items():
        value = field.value
        if name in _ONE:
            yield value
        elif name in _SEVERAL and isinstance(value, Items):
            yield from value.items
        elif name in _NAMED and isinstance(value, Fields):
            yield from (each.value for each in value.fields.values())
