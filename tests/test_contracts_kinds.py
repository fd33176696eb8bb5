"""Contracts judge a dataset in whatever form its file has: array, table, document, or without a row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alfcheck

ALF = "mouse/2020-01-01/001/alf"


def codes(root: Path) -> set[str]:
    return {each.code for each in alfcheck.check(root).findings if each.severity == "error"}


def put(root: Path, name: str, data: str | bytes = b"") -> Path:
    path = root / ALF / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_intervals_as_a_table_of_two_columns_are_intervals(tmp_path: Path) -> None:
    put(tmp_path, "_ibl_trials.intervals.csv", "start,end\n1,5\n2,6\n")
    assert codes(tmp_path) == set()
    put(tmp_path, "_ibl_trials.intervals.csv", "start,end\n5,1\n6,2\n")
    assert codes(tmp_path) == {"ALF307"}


@pytest.mark.parametrize("text", ["a,b\n1,0\n-1,1\n", "a,b\nleft,right\n"])
def test_a_column_of_an_object_has_one_column(tmp_path: Path, text: str) -> None:
    put(tmp_path, "_ibl_trials.choice.csv", text)
    assert codes(tmp_path) == {"ALF302"}


def test_structured_arrays_do_not_escape(tmp_path: Path) -> None:
    path = put(tmp_path, "spikes.times.npy")
    np.save(path, np.zeros(3, dtype=[("a", "S3"), ("b", "i4")]))
    # Times may have several columns, but not of text; those of spikes have one.
    assert codes(tmp_path) == {"ALF301", "ALF302"}


def test_documents_do_not_escape(tmp_path: Path) -> None:
    put(tmp_path, "spikes.times.json", json.dumps([3, 2, 1]))
    np.savez(put(tmp_path, "spikes.amps.npz"), a=np.zeros(3))
    assert codes(tmp_path) == {"ALF301"}


@pytest.mark.parametrize("array", [np.arange(3.0), np.float64(1)])
def test_a_table_that_is_an_array_is_no_crash(tmp_path: Path, array: np.ndarray) -> None:
    np.save(put(tmp_path, "foo.table.npy"), array)
    report = alfcheck.check(tmp_path)
    assert "ALF901" not in {each.code for each in report.findings}


def test_a_trials_table_that_is_an_array_lacks_its_columns(tmp_path: Path) -> None:
    np.save(put(tmp_path, "_ibl_trials.table.npy"), np.arange(3.0))
    assert codes(tmp_path) == {"ALF308"}


def test_without_a_row_any_dtype_will_do(tmp_path: Path) -> None:
    put(tmp_path, "clusters.uuids.csv", "uuids\n")
    put(tmp_path, "_ibl_trials.included.csv", "included\n")
    np.save(put(tmp_path, "channels.brainLocationAcronyms_ccf_2017.npy"), np.array([]))
    columns = {name: [] for name in ("intervals_0", "intervals_1", "choice", "feedbackType", "included")}
    pd.DataFrame(columns).to_parquet(put(tmp_path, "_ibl_trials.table.pqt"))
    assert alfcheck.check(tmp_path).findings == ()


def test_a_text_column_without_a_value_is_no_number(tmp_path: Path) -> None:
    rules = tmp_path / "rules.py"
    rules.write_text(
        "import alfcheck, pandera.pandas as pa\n"
        "@alfcheck.hookimpl\n"
        "def alfcheck_contracts():\n"
        "    return [alfcheck.Contract(id='lab.notes', version='1.0.0', \n"
        "        match=alfcheck.Match(object='notes'),\n"
        "        terms={'text': alfcheck.Terms(dtypes=('string',))}, schema=lambda: pa.DataFrameSchema(\n"
        "            {'text': pa.Column(checks=pa.Check.str_matches('a'), nullable=True)}))]\n"
    )
    root = tmp_path / "root"
    put(root, "notes.text.csv", "text\nNA\nNA\n")
    assert alfcheck.check(root, plugins=str(rules)).findings == ()


SCHEMA = """
import alfcheck
import pandera.pandas as pa

SCHEMA = pa.DataFrameSchema(
    {
        "a": pa.Column(nullable=True),
        "c": pa.Column(required=False),
        "z_.*": pa.Column(regex=True, required=REQUIRED),
    },
    checks=[
        pa.Check(lambda frame: len(frame) >= 3, name="long"),
        pa.Check(lambda frame: "c" not in frame or (frame["c"] < 10).all(), name="small"),
    ],
)


@alfcheck.hookimpl
def alfcheck_contracts():
    match = alfcheck.Match(object="cells")
    return [
        alfcheck.Contract(id="lab.cells", version="1.0.0", match=match, terms={}, schema=lambda: SCHEMA)
    ]
"""


@pytest.mark.parametrize(
    ("required", "columns", "expected"),
    [
        (False, {"a": [1.0, None, 3.0]}, set()),
        (False, {"a": [1.0, 2.0]}, {"ALF310"}),
        (False, {"a": [1.0, 2.0, 3.0], "c": [1.0, 2.0, 30.0]}, {"ALF310"}),
        (False, {"c": [1.0, 2.0, 3.0]}, {"ALF308"}),
        (True, {"a": [1.0, 2.0, 3.0]}, {"ALF308"}),
        (True, {"a": [1.0, 2.0], "z_1": [1.0, 2.0]}, {"ALF310"}),
        (True, {"a": [1.0, 2.0, 3.0], "z_1": [1.0, 2.0, 3.0]}, set()),
    ],
)
def test_a_pandera_schema_means_what_it_says(
    tmp_path: Path, required: bool, columns: dict[str, list[float | None]], expected: set[str]
) -> None:
    rules = tmp_path / "rules.py"
    rules.write_text(SCHEMA.replace("REQUIRED", str(required)))
    root = tmp_path / "root"
    pd.DataFrame(columns).to_parquet(put(root, "cells.table.pqt"))
    assert {each.code for each in alfcheck.check(root, plugins=str(rules)).findings} == expected


def test_a_file_beside_the_table_gives_a_required_column(tmp_path: Path) -> None:
    rules = tmp_path / "rules.py"
    rules.write_text(SCHEMA.replace("REQUIRED", "False"))
    root = tmp_path / "root"
    pd.DataFrame({"c": [1.0, 2.0, 3.0]}).to_parquet(put(root, "cells.table.pqt"))
    np.save(put(root, "cells.a.npy"), np.zeros(3))
    assert alfcheck.check(root, plugins=str(rules)).findings == ()
