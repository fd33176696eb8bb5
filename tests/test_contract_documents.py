"""Documents by the JSON Schema of a contract: what is found, how it is told, and within which bounds."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_fixtures import Content, codes, found, plugin, verdicts, write

import alfcheck
from alfcheck.contracts import document_keywords
from alfcheck.contracts.documents import DocumentSchemas, as_json
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.errors import PluginError
from alfcheck.model import Problem, Severity
from alfcheck.pipeline import documenting, opening, values
from alfcheck.report import Report

Schema = dict[str, Any] | bool


def problems_of(schema: Any, *documents: Any, lines: bool = False) -> list[Problem]:
    contract = Contract(id="lab.x", version="1.0.0", match=Match(), terms={}, schema=lambda: None)
    check = DocumentSchemas().check(contract, "settings", Terms(document=schema, lines=lines))
    for line, document in enumerate(documents):
        check.look(document, line if lines else None)
    return list(check.problems())


def told(schema: Any, document: Any) -> str:
    """Give what is said of a document, after the introduction."""
    (problem,) = problems_of(schema, document)
    return problem.message.partition(": ")[2]


PROBES: Schema = {
    "type": "object",
    "required": ["probes"],
    "properties": {
        "probes": {
            "type": "array",
            "items": {"required": ["label"], "properties": {"label": {"type": "string"}}},
        }
    },
}

WORDS: list[tuple[Schema, Any, str]] = [
    (PROBES, {"probes": [{"label": "a"}, {"label": 5}]}, "$.probes[1].label is 5; expected text"),
    (PROBES, {"probes": [{}]}, "$.probes[0] has no 'label'"),
    (PROBES, {"probes": {"a": 1, "b": 2}}, "$.probes is an object of 2 keys; expected a list"),
    (PROBES, [1], "$ is a list of 1; expected an object of keys"),
    ({"type": ["number", "null"]}, True, "$ is true; expected a number or null"),
    ({"type": "integer"}, 1.5, "$ is 1.5; expected a whole number"),
    ({"type": "string"}, 10**50, "$ is a number of many digits; expected text"),
    ({"enum": ["a", None, 1]}, True, "$ is true; expected one of 'a', null, 1"),
    ({"const": 1}, "1", "$ is '1'; expected 1"),
    ({"minimum": 0}, -1, "$ is -1; expected at least 0"),
    ({"exclusiveMaximum": 2}, 2, "$ is 2; expected less than 2"),
    ({"multipleOf": 0.1}, 0.35, "$ is 0.35; expected a multiple of 0.1"),
    ({"minLength": 2}, "a", "$ has 1 character; expected at least 2"),
    ({"maxItems": 1}, [1, 2], "$ has 2 items; expected at most 1"),
    ({"minProperties": 1}, {}, "$ has 0 keys; expected at least 1"),
    ({"pattern": "^a"}, "ba", "$ is 'ba'; expected text of the pattern ^a"),
    ({"uniqueItems": True}, [1, [2], [2.0]], "$ has the same item twice, at 1 and 2: a list of 1"),
    ({"additionalProperties": False}, {"a b": 1}, "$ has a key 'a b' that is not provided for"),
    ({"additionalProperties": {"type": "null"}}, {"a b": 1}, "$['a b'] is 1; expected null"),
    ({"properties": {"a": False}}, {"a": 1}, "$ has a key 'a' that is not provided for"),
    ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, "$ has a key that is 'b'; expected text of the pattern"),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "$ has 'a' and no 'b'"),
    ({"prefixItems": [{}], "items": False}, [1, 2], "$ has 2 items; expected at most 1"),
    ({"contains": {"type": "string"}}, [1], "$ has 0 items of the kind asked for; expected at least 1"),
    ({"not": {"type": "string"}}, "a", "$ is 'a', which is not allowed"),
    ({"oneOf": [{"minimum": 0}, {"maximum": 5}]}, 3, "$ is 3, which fits 2 of 2 forms; expected one of them"),
    (
        {"anyOf": [{"type": "string"}, {"properties": {"a": {"type": "string"}}, "type": "object"}]},
        {"a": 1},
        "$.a is 1; expected text",
    ),
    (
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        1,
        "$ fits none of the 2 forms provided for; as for the first, it is 1; expected text",
    ),
    ({"if": {"minimum": 5}, "then": {"maximum": 6}}, 7, "$ is 7; expected at most 6"),
    ({"unevaluatedProperties": False}, {"a": 1}, "$ has parts that are not provided for: an object of 1 key"),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}, 1, "$ is 1; expected null"),
    (False, 1, "$ holds what is not provided for"),
]


@pytest.mark.parametrize(("schema", "document", "words"), WORDS)
def test_what_is_wrong_is_said_in_plain_words(schema: Schema, document: Any, words: str) -> None:
    assert told(schema, document).startswith(words)


def test_all_are_counted_and_five_are_shown() -> None:
    (problem,) = problems_of({"items": {"type": "string"}}, list(range(70)))
    assert problem.count == 70
    assert problem.message.startswith(
        "settings breaks its schema in 70 places: $[0] is 0; expected text; $[1] is"
    )
    assert problem.message.endswith("$[4] is 4; expected text; …")
    assert (problem.code, problem.expected, problem.contract) == ("ALF312", "text", "lab.x@1.0.0")


SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.0, "a", "b", ""])
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("string", "integer", "number", "boolean", "array", "object", "null")
LEAVES = st.one_of(
    st.builds(lambda name: {"type": name}, st.sampled_from(NAMES)),
    st.builds(lambda values: {"enum": values}, st.lists(SCALARS, min_size=1, max_size=3)),
    st.builds(lambda value: {"const": value}, DOCUMENTS),
    st.builds(
        lambda name, value: {name: value},
        st.sampled_from(
            (
                *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength"),
                *("maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
            )
        ),
        st.integers(1, 2),
    ),
    st.sampled_from([{"uniqueItems": True}, {"pattern": "a"}, {"required": ["a"]}, True, False]),
    st.just({"dependentRequired": {"a": ["b"]}}),
)
MOST = st.sampled_from([{}, {"maxContains": 1}, {"minContains": 0}])
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda one, two: {"properties": {"a": one, "b": two}}, inner, inner),
        st.builds(lambda one, two: {"properties": {"a": one}, "additionalProperties": two}, inner, inner),
        st.builds(
            lambda one, two: {"patternProperties": {"a": one}, "additionalProperties": two}, inner, inner
        ),
        st.builds(lambda one: {"propertyNames": one}, inner),
        st.builds(lambda one, two: {"prefixItems": [one], "items": two}, inner, inner),
        st.builds(lambda one, most: {"contains": one, **most}, inner, MOST),
        st.builds(
            lambda name, own: {name: own},
            st.sampled_from(["anyOf", "oneOf", "allOf"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda one: {"not": one}, inner),
        st.builds(lambda one, two, three: {"if": one, "then": two, "else": three}, inner, inner, inner),
        st.builds(lambda one, two: {"anyOf": [one], "unevaluatedProperties": two}, inner, inner),
        st.builds(lambda one, two: {"prefixItems": [one], "unevaluatedItems": two}, inner, inner),
    ),
    max_leaves=6,
)


@given(SCHEMAS, DOCUMENTS)
def test_the_keywords_mean_what_jsonschema_says(schema: Any, document: Any) -> None:
    valid = jsonschema.Draft202012Validator(schema).is_valid(document)
    assert [problem.code for problem in problems_of(schema, document)] == ([] if valid else ["ALF312"])


class TestBounds:
    """Documents come from anyone: neither their size nor their depth may stop a run."""

    def test_after_a_thousand_faults_no_more_are_looked_for(self) -> None:
        start = time.monotonic()
        (problem,) = problems_of({"items": {"type": "string"}}, [0] * 10**6)
        assert time.monotonic() - start < 5
        assert problem.count == 1000
        assert "in at least 1000 places" in problem.message

    def test_alternatives_are_not_told_in_full(self) -> None:
        start = time.monotonic()
        schema = {"anyOf": [{"items": {"type": "string"}}, {"items": {"type": "null"}}]}
        assert len(problems_of(schema, [0] * 10**6)) == 1
        assert time.monotonic() - start < 5

    def test_items_are_not_compared_one_by_one(self) -> None:
        start = time.monotonic()
        assert not problems_of({"uniqueItems": True}, [{"a": index} for index in range(10**5)])
        assert time.monotonic() - start < 5

    def test_too_much_work_is_unverified(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(document_keywords, "MOST", 1000)
        (problem,) = problems_of({"items": {"type": "string"}}, [*["a"] * 2000, 1])
        assert (problem.code, problem.severity) == ("ALF905", Severity.UNVERIFIED)
        assert "1000 comparisons" in problem.message

    def test_each_document_begins_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(document_keywords, "MOST", 1000)
        assert not problems_of({"items": {"type": "string"}}, *[["a"] * 100] * 100, lines=True)

    @pytest.mark.parametrize(
        ("schema", "document"),
        [
            ({"pattern": "a*a*a*a*c"}, "a" * 300),
            ({"pattern": "^(a+)+$"}, "a" * 60 + "b"),
            ({"patternProperties": {"a*a*a*a*c": False}}, {"a" * 300: 1}),
            ({"patternProperties": {"a*a*a*a*c": False}, "additionalProperties": False}, {"a" * 300: 1}),
        ],
    )
    def test_a_pattern_that_takes_long_is_not_looked_for(self, schema: Schema, document: Any) -> None:
        start = time.monotonic()
        (problem,) = problems_of(schema, document)
        assert (problem.code, problem.severity) == ("ALF905", Severity.UNVERIFIED)
        assert "may take too long" in problem.message
        assert time.monotonic() - start < 5

    def test_long_texts_of_many_lines_take_no_longer_than_a_file_may(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(document_keywords, "MOST_STEPS", 1e6)
        lines = ["a" * 300] * 100
        assert not problems_of({"pattern": "^a*b*"}, *lines[:5], lines=True)
        assert [each.code for each in problems_of({"pattern": "^a*b*"}, *lines, lines=True)] == ["ALF905"]

    def test_long_texts_are_searched_for_plain_patterns(self) -> None:
        assert not problems_of({"pattern": "^[a-z]+$"}, "a" * 10**5)
        assert not problems_of({"pattern": "^.+@.+$"}, "a" * 300 + "@b")
        assert told({"pattern": "b"}, "a" * 5000).startswith("$ is 'aaa")

    def test_parts_that_nothing_evaluates_are_not_many(self) -> None:
        (problem,) = problems_of({"unevaluatedItems": {"type": "null"}}, [None] * 10**5)
        assert problem.code == "ALF905"

    @pytest.mark.parametrize(("depth", "expected"), [(40, []), (400, ["ALF905"])])
    def test_depth(self, depth: int, expected: list[str]) -> None:
        document: Any = 1
        for _ in range(depth):
            document = [document]
        schema = {"type": ["array", "integer"], "items": {"$ref": "#"}}
        assert [problem.code for problem in problems_of(schema, document)] == expected

    def test_a_deep_document_that_no_schema_looks_into(self) -> None:
        document: Any = 1
        for _ in range(499):
            document = {"a": document}
        assert not problems_of({"type": "object", "required": ["a"]}, document)
        assert told({"type": "array"}, document) == "$ is an object of 1 key; expected a list"

    def test_long_places_and_values_are_cut(self) -> None:
        document = {"k" * 5000: {"l" * 5000: "v" * 5000}}
        schema = {"additionalProperties": {"additionalProperties": {"type": "null"}}}
        assert len(told(schema, document)) < 400


class TestSchemas:
    """A schema that cannot be used is a fault of the contract."""

    @pytest.mark.parametrize(
        ("schema", "why"),
        [
            ({"type": "text"}, "'text' is not valid"),
            ({"$ref": "https://example.org/schema.json"}, "only references into itself"),
            ({"properties": {"a": {"$dynamicRef": "other.json#x"}}}, "only references into itself"),
            ({"enum": [{1}]}, "cannot be used"),
        ],
    )
    def test_it_stops_the_run(self, schema: Any, why: str) -> None:
        with pytest.raises(
            PluginError, match=r"contract lab\.x@1\.0\.0: the JSON Schema of 'settings'"
        ) as caught:
            problems_of(schema, 1)
        assert why in str(caught.value)

    @pytest.mark.parametrize("schema", [{"$ref": "#/$defs/lost"}, {"$ref": "#lost"}])
    def test_a_reference_to_nothing_is_told_of_when_it_is_met(self, schema: Any) -> None:
        (problem,) = problems_of(schema, 1)
        assert (problem.code, problem.severity) == ("ALF901", Severity.UNVERIFIED)

    def test_a_reference_without_end(self) -> None:
        (problem,) = problems_of({"$ref": "#"}, 1)
        assert problem.code == "ALF905"

    def test_a_schema_that_names_its_own_version_keeps_the_words(self) -> None:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": ["array", "null"],
            "items": {"$ref": "#"},
        }
        assert told(schema, [[None, [5]]]) == "$[0][1][0] is 5; expected a list or null"


def test_yaml_values_are_taken_for_what_json_would_have() -> None:
    document = {
        1: date(2020, 1, 2),
        None: datetime(2020, 1, 2, 3, tzinfo=UTC),
        "a": [{True: {"x", "y"}}, (1, b"\x00\xff")],
        (1, 2): 0.5,
    }
    assert as_json(document) == {
        "1": "2020-01-02",
        "null": "2020-01-02T03:00:00+00:00",
        "a": [{"true": {"x": None, "y": None}}, [1, "AP8="]],
        "[1, 2]": 0.5,
    }


@given(DOCUMENTS)
def test_json_stays_as_it_is(document: Any) -> None:
    assert as_json(document) == document
    assert json.dumps(as_json(document)) == json.dumps(document)


RULES = """
    import pandera.pandas as pa

    PROBE = {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}}}

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [alfcheck.Contract(
            id="lab.things", version="1.0.0", match=alfcheck.Match(object="things"),
            terms={
                "description": alfcheck.Terms(document={"type": "array", "items": PROBE}),
                "log": alfcheck.Terms(document=PROBE, lines=True),
                "born": alfcheck.Terms(document={"properties": {"day": {"type": "string"}}}),
                "either": alfcheck.Terms(document=PROBE, dtypes=("number",), shapes=(("rows",),)),
                "size": alfcheck.Terms(dtypes=("number",)),
            },
            schema=lambda: pa.DataFrameSchema({}),
        )]
"""


def checked(folder: Path, files: dict[str, Content]) -> Report:
    return alfcheck.check(write(folder / "release", files), plugins=(plugin(folder, RULES),))


@pytest.fixture(params=["whole", "in pieces"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in pieces":
        monkeypatch.setattr(opening, "SMALL", 0)
        monkeypatch.setattr(values, "PIECE", 64)


@pytest.mark.usefixtures("sizes")
class TestOfARelease:
    """The same through the whole program, whether files are read at once or in pieces."""

    @pytest.mark.parametrize(
        ("name", "sound", "faulty"),
        [
            ("json", '[{"label": "a"}]', '[{"label": "a"}, {"label": 5}]'),
            ("yaml", "- label: a\n", "- label: a\n- label: 5\n"),
            ("jsonable", '{"label": "a"}\n', '{"label": "a"}\n{"label": 5}\n'),
        ],
    )
    def test_a_document(self, tmp_path: Path, name: str, sound: str, faulty: str) -> None:
        path = f"alf/things.description.{name}"
        assert verdicts(checked(tmp_path, {path: sound})) == {path: "pass"}
        report = checked(tmp_path, {path: faulty})
        (finding,) = report.findings
        assert finding.code == "ALF312"
        assert finding.message == "description breaks its schema in 1 place: $[1].label is 5; expected text"
        assert (finding.column, finding.origin.name) == ("description", "rules")
        assert verdicts(report) == {path: "fail"}

    def test_lines_are_judged_one_by_one(self, tmp_path: Path) -> None:
        lines = [json.dumps({"label": 5 if row in (3, 70) else "a"}) for row in range(100)]
        (finding,) = checked(tmp_path, {"alf/things.log.jsonable": "\n".join(lines) + "\n"}).findings
        assert (finding.code, finding.rows, finding.count) == ("ALF312", (3, 70), 2)
        assert "line 4: $.label is 5; expected text; line 71: $.label" in finding.message

    def test_another_document_has_no_lines(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, {"alf/things.log.json": '{"label": "a"}'}))
        assert codes(checked(tmp_path, {"alf/things.log.json": '[{"label": "a"}]'})) == {"ALF312"}

    def test_dates_in_yaml_are_text(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, {"alf/things.born.yaml": "day: 2020-01-01\n"}))
        assert codes(checked(tmp_path, {"alf/things.born.yaml": "day: 20\n"})) == {"ALF312"}

    @pytest.mark.parametrize("name", ["npy", "pqt", "csv"])
    def test_an_array_is_no_document(self, tmp_path: Path, name: str) -> None:
        content: Content = [1.0, 2.0] if name == "npy" else "a,b\n1,2\n"
        if name == "pqt":
            import pandas as pd

            content = pd.DataFrame({"a": [1]})
        (finding,) = checked(tmp_path, {f"alf/things.description.{name}": content}).findings
        assert finding.code == "ALF301"
        assert finding.message.endswith("; expected a document (JSON or YAML)")

    @pytest.mark.parametrize(
        ("path", "content", "told"),
        [
            ("alf/things.either.npy", [1.0], set()),
            ("alf/things.either.npy", [[1.0, 2.0]], {"ALF302"}),
            ("alf/things.either.json", '{"label": "a"}', set()),
            ("alf/things.either.json", '{"label": 1}', {"ALF312"}),
        ],
    )
    def test_a_term_may_allow_both(self, tmp_path: Path, path: str, content: Content, told: set[str]) -> None:
        assert codes(checked(tmp_path, {path: content})) == told

    def test_a_document_is_no_column(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, {"alf/things.size.json": "[1, 2]"})) == {"ALF301"}

    def test_what_cannot_be_read_is_told_once(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, {"alf/things.log.jsonable": '{"label": 5}\n{"label": \n'})) == {
            "ALF211"
        }


def test_more_lines_than_may_be_held_for_one_schema_are_unverified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SMALL", 0)
    monkeypatch.setattr(documenting, "LINES_AT_ONCE", 10)
    report = checked(tmp_path, {"alf/things.description.jsonable": '{"label": "a"}\n'})
    (finding,) = found(report, "ALF905")
    assert (finding.contract, finding.column) == ("lab.things@1.0.0", "description")
    assert "lines: true" in str(finding.fix)
    assert report.exit_code() == 3


def test_a_schema_that_cannot_be_used_names_who_offers_it(tmp_path: Path) -> None:
    rules = plugin(tmp_path, RULES.replace('"type": "string"', '"type": "text"'))
    root = write(tmp_path / "release", {"alf/things.description.json": "[]"})
    with pytest.raises(PluginError, match="rules"):
        alfcheck.check(root, plugins=(rules,))


def test_without_a_document_contract_jsonschema_is_not_imported(tmp_path: Path) -> None:
    import subprocess
    import sys

    root = write(tmp_path, {"alf/spikes.times.npy": [0.1, 0.2], "alf/things.notes.json": "{}"})
    code = f"import sys, alfcheck; alfcheck.check({str(root)!r}); print('jsonschema' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
