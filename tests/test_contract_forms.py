"""What a contract says of values holds in whatever form they are saved: arrays, tables, text, documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import alfcheck
from alfcheck.model import Finding

SESSION = "lab/Subjects/mouse/2020-01-01/001"
HEAD = "alfcheck: 1\nid: lab.things\nversion: 1.0.0\nmatch: {object: things}\ncolumns:\n"
NAN = float("nan")


def save(path: Path, values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, values)
    elif path.suffix == ".npz":
        np.savez(path, **values)
    elif path.suffix == ".pqt":
        pd.DataFrame(values).to_parquet(path)
    elif path.suffix == ".csv":
        pd.DataFrame(values).to_csv(path, index=False)
    else:
        path.write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture
def findings(tmp_path: Path) -> Any:
    """Judge files by the entries of a contract."""

    def judge(entries: str, files: dict[str, Any]) -> tuple[Finding, ...]:
        (tmp_path / "contracts").mkdir()
        (tmp_path / "contracts/things.yaml").write_text(HEAD + entries, encoding="utf-8")
        for name, values in files.items():
            save(tmp_path / "release" / SESSION / "alf" / name, values)
        return alfcheck.check(tmp_path / "release", contracts=tmp_path / "contracts").findings

    return judge


def told(found: tuple[Finding, ...]) -> set[tuple[str, str | None, str | None, tuple[int, ...]]]:
    return {(each.code, each.column, each.check, each.rows) for each in found}


PAIRS = [[0.0, 1.0], [2.0, -1.0], [1.0, NAN]]
FORMS = {
    "an array": ("things.pairs.npy", np.array(PAIRS)),
    "columns of a table": ("things.table.pqt", {"pairs_0": [0.0, 2.0, 1.0], "pairs_1": [1.0, -1.0, NAN]}),
    "columns of a text": ("things.table.csv", {"pairs_0": [0.0, 2.0, 1.0], "pairs_1": [1.0, -1.0, NAN]}),
    "a table of its own": ("things.pairs.pqt", {"from": [0.0, 2.0, 1.0], "to": [1.0, -1.0, NAN]}),
    "a text of its own": ("things.pairs.csv", {"from": [0.0, 2.0, 1.0], "to": [1.0, -1.0, NAN]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_pairs_are_judged_the_same_in_every_form(findings: Any, form: str) -> None:
    name, values = FORMS[form]
    entry = "  pairs: {dtype: number, shape: [rows, 2], ge: 0, sorted: true}\n"
    assert told(findings(entry, {name: values})) == {
        ("ALF303", "pairs_1", "greater_than_or_equal_to", (1,)),
        ("ALF304", "pairs_1", "not_nullable", (2,)),
        ("ALF305", "pairs_0", "sorted", (2,)),
        ("ALF305", "pairs_1", "sorted", (1,)),
    }


@pytest.mark.parametrize("form", FORMS)
def test_pairs_refer_in_every_form(findings: Any, form: str) -> None:
    name, _ = FORMS[form]
    names = ("pairs_0", "pairs_1") if "table" in name else ("from", "to")
    pairs = np.array([[0, 1], [2, 9]])
    values = pairs if name.endswith("npy") else dict(zip(names, pairs.T, strict=True))
    entry = "  pairs: {dtype: number, shape: [rows, 2], references: others}\n"
    (found,) = findings(entry, {name: values, "others.x.npy": np.zeros(4)})
    assert (found.code, found.rows) == ("ALF402", (1,))


@pytest.mark.parametrize("name", ["things.pairs.csv", "things.pairs.npy"])
def test_a_table_is_compared_with_pairs_in_every_form(findings: Any, name: str) -> None:
    pairs = np.array([[0, 1], [2, 5]])
    beside = {"things.table.pqt": {"pairs_0": [0, 2], "pairs_1": [1, 3]}, name: pairs}
    assert told(findings("  pairs: {dtype: number, shape: [rows, 2]}\n", beside)) == {
        ("ALF405", "pairs_1", "agreement", (1,))
    }


def test_a_component_may_lack_values_if_its_attribute_may(findings: Any) -> None:
    entries = (
        "  pairs: {shape: [rows, 2], nullable: true}\n  pairs_0: {le: 9}\n  pairs_1: {nullable: false}\n"
    )
    assert told(findings(entries, {"things.pairs.npy": np.array([[NAN, NAN], [10, 1]])})) == {
        ("ALF303", "pairs_0", "less_than_or_equal_to", (1,)),
        ("ALF304", "pairs_1", "not_nullable", (0,)),
    }


def test_a_pattern_with_a_timescale_is_for_files_as_for_columns(findings: Any) -> None:
    files = {"things.times_bpod.npy": np.array([-1.0]), "things.times.npy": np.array([-1.0])}
    assert [each.column for each in findings('  "*_bpod": {ge: 0}\n', files)] == ["times_bpod"]


@pytest.mark.parametrize("extension", ["csv", "pqt"])
def test_a_table_of_one_column_is_judged_by_the_entry_of_that_column(findings: Any, extension: str) -> None:
    entries = "  m.label: {ge: 0}\n  m.other: {required: true}\n"
    assert told(findings(entries, {f"things.m.{extension}": {"label": [-1.0]}})) == {
        ("ALF303", "m.label", "greater_than_or_equal_to", (0,)),
        ("ALF308", "m.other", "required", ()),
    }


@pytest.mark.parametrize("rows", [3, 900_000])
@pytest.mark.parametrize("extension", ["csv", "pqt"])
def test_a_column_without_a_value_has_any_dtype(findings: Any, extension: str, rows: int) -> None:
    entries = "  a: {dtype: integer, nullable: true}\n  b: {dtype: string}\n"
    table = {"a": np.full(rows, None), "b": [f"x{row:011d}" for row in range(rows)]}
    found = findings(entries, {f"things.table.{extension}": table})
    assert told(found) == set()


def test_a_value_at_the_end_of_a_large_text_has_a_dtype(findings: Any) -> None:
    table = {"a": np.full(900_000, NAN), "b": ["xyxyxyxyxyx"] * 900_000}
    table["a"][-1] = 0.5
    found = findings("  a: {dtype: integer, nullable: true}\n", {"things.table.csv": table})
    assert told(found) == {("ALF301", "a", "dtype", ())}


CANNOT = {
    "a document": ("things.a.json", [-1, 2], "ALF301", "document without rows"),
    "an archive": ("things.a.npz", {"x": np.array([-1.0])}, "ALF301", "document without rows"),
    "a single value": ("things.a.npy", np.array(-1.0), "ALF302", "single value without rows"),
    "several columns": ("things.a.csv", {"x": [-1.0], "y": [1.0]}, "ALF302", "table of 2 columns"),
    "nested values": ("things.a.pqt", {"x": [[-1.0], [1.0]]}, "ALF301", "lists, mappings"),
}


@pytest.mark.parametrize("form", CANNOT)
def test_what_cannot_be_judged_does_not_pass(findings: Any, form: str) -> None:
    name, values, code, words = CANNOT[form]
    found = findings("  a: {ge: 0, nullable: true}\n", {name: values})
    assert [words in each.message for each in found if each.code == code] == [True]


@pytest.mark.parametrize("form", CANNOT)
def test_an_entry_that_asks_nothing_judges_nothing(findings: Any, form: str) -> None:
    name, values, _, _ = CANNOT[form]
    found = findings("  a: {nullable: true}\n", {name: values})
    assert {each.code for each in found} <= {"ALF216"}


def test_dates_are_told_as_dates(findings: Any) -> None:
    dates = np.array(["2021-05-06", "2021-05-05T10:00:00.5", "NaT"], "M8[ns]")
    (found,) = findings("  a: {dtype: datetime, sorted: true, nullable: true}\n", {"things.a.npy": dates})
    assert "(row 1: 2021-05-05T10:00:00.5)" in found.message
    assert "1620" not in found.message
