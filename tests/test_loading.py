"""What only ``load_object`` stumbles over, compared with ONE's own ``load_object``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from one.alf.io import load_object
from release_fixtures import SESSION, Content, codes, found, named, npy, verdicts, write

import alfcheck
from alfcheck.model import Severity

pytestmark = pytest.mark.filterwarnings("ignore:The (copy|inplace) keyword")

STOPS = (TypeError, AttributeError, IndexError, KeyError, pd.errors.InvalidIndexError)
FIELDS = [("a", "f8"), ("b", "f8")]
WIDE = npy(np.ones((4, 3)))


def npz(**members: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **members)
    return stream.getvalue()


def described(name: str, data: Content, metadata: object) -> dict[str, Content]:
    """Give a dataset ``x.y`` with its metadata."""
    return {f"alf/{name}": data, "alf/x.y.metadata.json": json.dumps(metadata)}


def columns(name: str, data: Content, *names: object) -> dict[str, Content]:
    return described(name, data, {"dtype": "float32", "columns": list(names)})


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 2.0]})

STUMBLES: dict[str, dict[str, Content]] = {
    "csv of one column": {"alf/x.table.csv": "a\n1.5\n2.5\n"},
    "csv of one column, no rows": {"alf/x.table.csv": "a\n"},
    "tsv of one column, with an extra part": {"alf/x.table.p1.tsv": "a\n1.5\n2.5\n"},
    "array": {"alf/x.table.npy": WIDE},
    "structured array": {"alf/x.table.npy": npy(np.ones(3, FIELDS))},
    "array with timescale": {"alf/x.table_clock.npy": WIDE},
    "array of times": {"alf/x.table_times.npy": npy(np.arange(4.0))},
    "json": {"alf/x.table.json": '{"a": [1, 2]}'},
    "yaml": {"alf/x.table.yaml": "a: 1\n"},
    "json lines": {"alf/x.table.jsonable": '{"a": 1}\n'},
    "video": {"alf/x.table.mp4": b"x"},
    "archive": {"alf/x.table.npz": npz(a=np.ones(3), b=np.ones(3))},
    "archive of one array": {"alf/x.table.npz": npz(arr_0=np.ones(3))},
    "metadata: a list": described("x.y.npy", WIDE, [1]),
    "metadata: null": described("x.y.npy", WIDE, None),
    "metadata: text": described("x.y.npy", WIDE, "a"),
    "metadata of another timescale": {"alf/x.y.npy": WIDE, "alf/x.y_clock.metadata.json": "[1]"},
    "metadata of another part": {"alf/x.y.p1.npy": WIDE, "alf/x.y.p2.metadata_v2.json": "[1]"},
    "too many columns": columns("x.y.npy", WIDE, *"abcd"),
    "columns: text": described("x.y.npy", WIDE, {"columns": "abcd"}),
    "columns: null": described("x.y.npy", WIDE, {"columns": None}),
    "columns: numbers": columns("x.y.npy", WIDE, 1, 2, 3),
    "columns: lists": columns("x.y.npy", WIDE, ["a"], ["b"]),
    "columns of a vector": columns("x.y.npy", npy(np.ones(4)), "a"),
    "columns of (n, 1)": columns("x.y.npy", npy(np.ones((4, 1))), "a"),
    "columns of structured (n, 1)": columns("x.y.npy", npy(np.ones((4, 1), FIELDS)), "a"),
    "columns of a vector in an archive": columns("x.y.npz", npz(arr_0=np.ones(4)), "a", "b"),
    "columns of an archive": columns("x.y.npz", npz(a=np.ones(4)), "a"),
    "columns of a csv": columns("x.y.csv", "a,b\n1,2\n", "a", "b"),
    "columns of a csv of one column": columns("x.y.csv", "a\n1.5\n", "a"),
    "columns of a pqt": columns("x.y.pqt", FRAME, "a", "b"),
    "columns of a document": columns("x.y.json", '{"a": 1}', "a"),
    "columns of a video": columns("x.y.mp4", b"x", "a"),
    "columns of a flat binary": columns("x.y.bin", np.ones(4, "f4").tobytes(), "a", "b"),
}

LOADS: dict[str, dict[str, Content]] = {
    "pqt": {"alf/x.table.pqt": FRAME},
    "pqt of one column": {"alf/x.table.pqt": FRAME[["a"]]},
    "csv": {"alf/x.table.csv": "a,b\n1,2\n"},
    "another attribute": {"alf/x.tables.npy": WIDE},
    "an object of that name": {"alf/table.a.npy": WIDE},
    "metadata of a table that is not there": {"alf/x.table.metadata.json": "[1]", "alf/x.a.npy": WIDE},
    "metadata without columns": described("x.y.npy", WIDE, {"unit": "V"}),
    "columns: all": columns("x.y.npy", WIDE, *"abc"),
    "columns: some": columns("x.y.npy", WIDE, *"ab"),
    "columns: none": columns("x.y.npy", npy(np.ones(4))),
    "columns: text": described("x.y.npy", WIDE, {"columns": "abc"}),
    "columns of three dimensions": columns("x.y.npy", npy(np.ones((4, 3, 2))), *"abc"),
    "columns of a structured array": columns("x.y.npy", npy(np.ones((4, 2), FIELDS)), "a", "b"),
    "columns of (n, 1) in an archive": columns("x.y.npz", npz(arr_0=np.ones((4, 1))), "a"),
    "columns of a flat binary: none": described("x.y.bin", np.ones(4, "f4").tobytes(), {"dtype": "float32"}),
    "metadata of the whole object": {"alf/x.metadata.json": "[1]", "alf/x.y.npy": WIDE},
    "metadata of another object": {"alf/x.y.npy": WIDE, "alf/z.y.npy": WIDE, "alf/z.y.metadata.json": "{}"},
    "metadata in another folder": {"alf/x.y.npy": WIDE, "x.y.metadata.json": "[1]"},
    "an array that is split": {
        "alf/x.table.npy": WIDE,
        "alf/x.table.metadata.json": '{"columns": ["a", "b", "c"]}',
    },
}


@pytest.mark.parametrize("files", STUMBLES.values(), ids=STUMBLES)
def test_what_only_load_object_stumbles_over_is_a_warning(tmp_path: Path, files: dict[str, Content]) -> None:
    root = write(tmp_path, files)
    with pytest.raises(STOPS):
        load_object(root / SESSION / "alf", "x")
    told = found(alfcheck.check(root), "ALF404")
    assert [each.severity for each in told] == [Severity.WARNING]
    assert named(told) == set(files)
    assert "load_object fails" in told[0].message


@pytest.mark.parametrize("files", LOADS.values(), ids=LOADS)
def test_what_loads_is_passed(tmp_path: Path, files: dict[str, Content]) -> None:
    root = write(tmp_path, files)
    load_object(root / SESSION / "alf", "table" if "alf/table.a.npy" in files else "x")
    assert "ALF404" not in codes(alfcheck.check(root))


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}"])
def test_metadata_that_cannot_be_read_spoil_what_they_describe(tmp_path: Path, text: str) -> None:
    root = write(tmp_path, {"alf/x.y.npy": WIDE, "alf/x.y.metadata.json": text})
    with pytest.raises(AttributeError):
        load_object(root / SESSION / "alf", "x")
    assert verdicts(alfcheck.check(root)) == {"alf/x.y.npy": "warn", "alf/x.y.metadata.json": "fail"}


def test_of_several_descriptions_any_may_be_taken(tmp_path: Path) -> None:
    files: dict[str, Content] = {"alf/x.yz.npy": npy(np.ones((4, 5))), **columns("x.y.npy", WIDE, *"abc")}
    files["alf/x.yz.metadata.json"] = '{"columns": ["a", "b", "c", "d", "e"]}'
    (told,) = found(alfcheck.check(write(tmp_path, files)), "ALF404")
    assert told.path == f"{SESSION}/alf/x.y.npy"
    assert "may take x.yz.metadata.json" in told.message


def test_a_file_that_failed_and_one_that_was_not_read_are_not_judged(tmp_path: Path) -> None:
    root = write(tmp_path, {"alf/x.table.npy": WIDE[:-8], "alf/x.y.npy": WIDE, "alf/x.y.metadata.json": "[]"})
    assert named(found(alfcheck.check(root), "ALF404")) == {"alf/x.y.npy", "alf/x.y.metadata.json"}
    assert "ALF404" not in codes(alfcheck.check(root, names_only=True))
    assert codes(alfcheck.check(root, select=("ALF404",))) == {"ALF404"}


def test_many_descriptions_of_many_datasets_are_looked_at_in_bounds(tmp_path: Path) -> None:
    files: dict[str, Content] = {f"alf/x.y.p{each}.npy": WIDE for each in range(60)}
    files |= {f"alf/x.y.m{each}.metadata.json": "[]" for each in range(60)}
    assert len(found(alfcheck.check(write(tmp_path, files)), "ALF404")) == 4 * 60
