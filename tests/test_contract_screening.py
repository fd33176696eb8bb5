"""The quick look at documents says what jsonschema says, wherever it says anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from alfcheck.contracts.screening import LARGEST, screen
from alfcheck.contracts.screening_lines import screen_lines

NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.0, 0.5, 1.0, -2.5, float("inf")]))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.sampled_from(["", "a", "abc"]))
KEYS = st.sampled_from(["a", "b", "c"])
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
        "minimum": st.integers(-2, 2),
        "exclusiveMaximum": st.integers(-1, 3),
        "minLength": st.integers(0, 2),
        "maxItems": st.integers(0, 2),
        "minProperties": st.integers(0, 2),
        "enum": st.lists(LEAVES, min_size=1, max_size=3),
        "pattern": st.sampled_from(["^a", "c$"]),
        "uniqueItems": st.booleans(),
        "title": st.just("anything"),
    },
)


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "properties": st.dictionaries(KEYS, inner, max_size=3),
            "required": st.lists(KEYS, max_size=2, unique=True),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "$ref": st.just("#/$defs/part"),
        },
    )


SCHEMAS = st.recursive(PLAIN, _composed, max_leaves=6)


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, PLAIN, DOCUMENTS)
def test_it_agrees_with_jsonschema(schema: dict[str, Any], part: dict[str, Any], document: Any) -> None:
    whole = {**schema, "$defs": {"part": part}}
    keeps = screen(whole)
    assert keeps is not None
    assert keeps(document) == Draft202012Validator(whole).is_valid(document)


ALIKE = st.lists(KEYS, unique=True, max_size=3).flatmap(
    lambda keys: st.lists(st.fixed_dictionaries(dict.fromkeys(keys, LEAVES | DOCUMENTS)), max_size=4)
)
LIMITED = st.fixed_dictionaries(
    {"type": st.lists(TYPES, min_size=1, max_size=3, unique=True)},
    optional={"minimum": st.integers(-2, 1), "maximum": NUMBERS},
)
OF_LINES = st.fixed_dictionaries(
    {"properties": st.dictionaries(KEYS, LIMITED | PLAIN, max_size=3)},
    optional={
        "type": st.sampled_from(["object", ["object", "null"]]),
        "required": st.lists(KEYS, max_size=2, unique=True),
        "minProperties": st.integers(0, 2),
        "additionalProperties": st.booleans(),
    },
)


@settings(max_examples=400, deadline=None)
@given(OF_LINES | SCHEMAS, PLAIN, ALIKE | st.lists(DOCUMENTS, max_size=3))
def test_lines_are_passed_together_as_each_alone(
    schema: dict[str, Any], part: dict[str, Any], lines: list[Any]
) -> None:
    whole = {**schema, "$defs": {"part": part}}
    alone, together = screen(whole), screen_lines(whole)
    assert alone is not None
    assert together is not None
    assert together(lines) == all(map(alone, lines))


@pytest.mark.parametrize("values", [[float("nan"), 5], [5, float("nan")], [0, float("nan"), 5, 1]])
def test_nan_hides_no_other_number(values: list[float]) -> None:
    together = screen_lines({"properties": {"a": {"type": "number", "minimum": 0, "maximum": 1}}})
    assert together is not None
    assert not together([{"a": value} for value in values])


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"type": "null"}},
        {"prefixItems": [{"type": "null"}], "items": {"type": "string"}},
        {"patternProperties": {"^a": {}}, "additionalProperties": False},
        {"$ref": "#/$defs/far~1off", "$defs": {"far/off": {}}},
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "#anchor", "$defs": {"part": {"$anchor": "anchor"}}},
        {"properties": {"a": {"$ref": "#"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}},
        {"items": False},
        False,
    ],
    ids=json.dumps,
)
def test_what_it_does_not_know_is_left_to_jsonschema(schema: Any) -> None:
    assert screen(schema) is None


def test_a_schema_that_swells_is_left_to_jsonschema() -> None:
    parts: dict[str, Any] = {"p0": {"type": "string"}}
    for level in range(1, 12):
        parts[f"p{level}"] = {"anyOf": [{"$ref": f"#/$defs/p{level - 1}"}] * 3}
    assert LARGEST < 3**11
    assert screen({"$ref": "#/$defs/p11", "$defs": parts}) is None


def test_nan_is_a_number_without_size() -> None:
    keeps = screen({"type": "number", "minimum": 0, "maximum": 1})
    assert keeps is not None
    assert keeps(float("nan"))
    assert not keeps(2.0)
