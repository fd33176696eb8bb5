"""Contracts in the words of other standards: valid there, never stricter, and nothing lost unseen."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors
import pytest
import yaml
from export_contracts import DOCUMENTS, STAGES, catalogue, check, contract
from export_tables import rows_of, table_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from alfcheck.cli import run
from alfcheck.contracts.build import build
from alfcheck.contracts.export import FORMATS, export, to_frictionless, to_jsonschema, to_odcs
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec

CATALOGUE = catalogue()


@pytest.mark.parametrize("spec", [STAGES, DOCUMENTS, *CATALOGUE], ids=lambda spec: spec.id)
def test_a_json_schema_is_valid_by_its_metaschema(spec: ContractSpec) -> None:
    Draft202012Validator.check_schema(to_jsonschema(spec))


@pytest.mark.parametrize("spec", [STAGES, DOCUMENTS, *CATALOGUE], ids=lambda spec: spec.id)
def test_every_export_is_a_text_that_reads_back(spec: ContractSpec) -> None:
    for format_ in FORMATS:
        read = yaml.safe_load if format_ == "odcs" else json.loads
        assert read(export(spec, format_))


@pytest.mark.parametrize("spec", [STAGES, *CATALOGUE], ids=lambda spec: spec.id)
def test_every_check_and_relation_is_somewhere_in_an_odcs_contract(spec: ContractSpec) -> None:
    """As a limit, a set, or a rule of its own."""
    (table,) = to_odcs(spec).get("schema", [{}])
    rules = [rule["name"] for rule in table.get("quality", []) if "name" in rule]
    assert set(rules) >= {relation.name for relation in spec.relations}
    properties = {each["name"]: each for each in table.get("properties", [])}
    for column in spec.columns:
        said = properties.get(column.name)
        for each in column.checks if said is not None else ():
            assert told_by(said, each), (column.name, each)


def told_by(said: dict[str, Any], check: CheckSpec) -> bool:
    if check.name in {rule.get("name") for rule in said.get("quality", [])}:
        return True
    if check.name in ("isin", "equal_to"):
        return "enum" in said
    while "items" in said:
        said = said["items"]
    return bool(said.get("logicalTypeOptions"))


def row(**more: Any) -> dict[str, Any]:
    sound = {
        "intervals_0": 0.0,
        "intervals_1": 1.5,
        "choice": -1,
        "share": 0.5,
        "stage": "dark",
        "site": 3,
        "passed": True,
        "number": 1,
        "level": 4.5,
        "trace": [0.5, None, 2.0],
        "goCue_times": 3.0,
        "another": "anything",
    }
    return {key: value for key, value in (sound | more).items() if value != "absent"}


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"share": None},
        {"share": 1.000001},
        {"site": -1},
        {"site": None},
        {"choice": "absent"},
        {"goCue_times": None},
        {"level": 1000},
    ],
)
def test_a_row_that_keeps_the_contract_keeps_the_schema(good: dict[str, Any]) -> None:
    assert list(Draft202012Validator(to_jsonschema(STAGES)).iter_errors(row(**good))) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"intervals_0": -1.0},
        {"intervals_1": None},
        {"choice": 2},
        {"choice": None},
        {"choice": "left"},
        {"share": 1.1},
        {"stage": "Dark"},
        {"stage": "d"},
        {"stage": "overlylong"},
        {"site": 0.5},
        {"passed": 1},
        {"level": 13},
        {"trace": ["a"]},
        {"goCue_times": "soon"},
    ],
)
def test_a_row_that_breaks_the_contract_breaks_the_schema(bad: dict[str, Any]) -> None:
    errors = list(Draft202012Validator(to_jsonschema(STAGES)).iter_errors(row(**bad)))
    assert {error.absolute_path[0] for error in errors} == set(bad)


def test_required_columns_and_strict_tables() -> None:
    spec = replace(contract(ColumnSpec(name="x", required=True, nullable=True)), strict=True)
    validator = Draft202012Validator(to_jsonschema(spec))
    assert validator.is_valid({"x": 1})
    assert not validator.is_valid({})
    assert not validator.is_valid({"x": 1, "y": 1})


def test_a_document_keeps_its_references() -> None:
    schema = to_jsonschema(DOCUMENTS)
    validator = Draft202012Validator({"$ref": "#/$defs/description", "$defs": schema["$defs"]})
    assert validator.is_valid({"name": "a"})
    assert not validator.is_valid({"name": ""})
    assert not validator.is_valid({})


@pytest.mark.parametrize("make", [to_jsonschema, to_odcs, to_frictionless])
@pytest.mark.parametrize(
    "words",
    [
        "intervals_0",
        "present(stage)",
        "non-decreasing",
        "stages.table.pqt",
        "_times",
        "sites",
        "100",
        "1e-06",
        "floating",
        "trace",
    ],
)
def test_what_a_standard_cannot_say_is_told_in_words(make: Any, words: str) -> None:
    assert words in json.dumps(make(STAGES))


def test_the_standards_have_the_units_and_the_version() -> None:
    assert "Unit: s." in json.dumps(to_jsonschema(STAGES))
    assert "Unit: s." in json.dumps(to_frictionless(STAGES))
    odcs = to_odcs(STAGES)
    assert {"property": "unit", "value": "s"} in odcs["schema"][0]["properties"][0]["customProperties"]
    assert (odcs["id"], odcs["version"], odcs["apiVersion"]) == ("lab.stages", "1.2.0", "v3.2.0")
    assert to_frictionless(STAGES)["version"] == "1.2.0"


@pytest.mark.parametrize("spec", [each for each in CATALOGUE if each.match], ids=lambda spec: spec.id)
def test_an_example_of_every_contract_keeps_its_schema(spec: ContractSpec, tmp_path: Path) -> None:
    validator = Draft202012Validator(to_jsonschema(spec))
    for each in rows_of(table_of(spec, tmp_path)):
        assert [error.message for error in validator.iter_errors(each)] == []


# --- a law ---------------------------------------------------------------------------------------------

NUMBERS = st.integers(-3, 3) | st.sampled_from([0.5, 1.5])
CHECKS = st.one_of(
    st.builds(lambda value: check("greater_than_or_equal_to", min_value=value), NUMBERS),
    st.builds(lambda value: check("less_than", max_value=value), NUMBERS),
    st.builds(
        lambda low, high: check("in_range", min_value=low, max_value=low + abs(high)), NUMBERS, NUMBERS
    ),
    st.lists(NUMBERS, min_size=1, max_size=3, unique=True).map(
        lambda each: check("isin", allowed_values=tuple(each))
    ),
    st.lists(NUMBERS, min_size=1, max_size=2).map(lambda each: check("notin", forbidden_values=tuple(each))),
    st.just(check("whole_number")),
)
TEXTS = st.sampled_from(
    [
        check("str_matches", pattern="a|b"),
        check("str_matches", pattern="ab$"),
        check("str_contains", pattern="b+"),
        check("str_startswith", string="a"),
        check("str_endswith", string="b."),
        check("str_length", min_value=1, max_value=2),
        check("isin", allowed_values=("a", "ab")),
        check("not_equal_to", value="b"),
    ]
)
COLUMNS = st.one_of(
    st.builds(
        ColumnSpec,
        name=st.just("x"),
        dtypes=st.just(("number",)),
        nullable=st.booleans(),
        missing=st.sampled_from([None, -1]),
        checks=st.lists(CHECKS, max_size=3, unique_by=lambda each: each.name).map(tuple),
    ),
    st.builds(
        ColumnSpec,
        name=st.just("x"),
        dtypes=st.just(("string",)),
        nullable=st.booleans(),
        checks=st.lists(TEXTS, max_size=2, unique_by=lambda each: each.name).map(tuple),
    ),
)
VALUES = st.none() | NUMBERS | st.sampled_from(["a", "b", "ab", "ba", "ab.", "b.", ""])


@settings(deadline=None)
@given(COLUMNS, VALUES)
def test_the_schema_says_of_a_value_what_the_contract_says(column: ColumnSpec, value: Any) -> None:
    """For all that a schema can say: there is no order in one row, and no tolerance here."""
    assume(value is None or isinstance(value, str) == (column.dtypes == ("string",)))
    schema = to_jsonschema(contract(column))
    assert Draft202012Validator(schema).is_valid({"x": value}) == keeps(column, value)


def keeps(column: ColumnSpec, value: Any) -> bool:
    if value is None:
        return column.nullable or column.missing is not None
    if value == column.missing:
        return True
    frame = pd.DataFrame({"x": pd.Series([value], dtype=object if isinstance(value, str) else float)})
    try:
        with warnings.catch_warnings(action="ignore"):
            build(contract(column)).schema().validate(frame)
    except pandera.errors.SchemaError:
        return False
    return True


# --- the command ---------------------------------------------------------------------------------------


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = CATALOGUE[0].id
    assert (
        run(["contracts", "export", name, "--format", "jsonschema", "--output", str(tmp_path / "a.json")])
        == 0
    )
    assert run(["contracts", "export", name, "--format", "jsonschema"]) == 0
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == capsys.readouterr().out


def test_the_command_says_what_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "none" / "a.json"
    assert run(["contracts", "export", CATALOGUE[0].id, "--format", "odcs", "--output", str(target)]) == 2
    assert "cannot be written" in capsys.readouterr().err
