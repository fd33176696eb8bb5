"""Objects of several namespaces: judged as ONE composes them, together or one at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from object_fixtures import checked, zeros
from release_fixtures import Content, codes, found, named, verdicts

from alfcheck.model import Dataset
from alfcheck.relations import Claim, pointers, views


def test_different_attributes_are_one_object(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "alf/units.near.npy": zeros(3, 4),
        "alf/_lab_units.waveforms.npy": zeros(3, 2, 5),
        "alf/_other_units.score.npy": zeros(2),
    }
    assert codes(checked(tmp_path, files)) == {"ALF401", "ALF403"}


def test_an_attribute_in_common_parts_rows_and_dimensions(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "alf/units.near.npy": zeros(3, 4),
        "alf/units.waveforms.npy": zeros(3, 2, 4),
        "alf/_av_units.near.npy": zeros(2, 5),
        "alf/_av_units.score.npy": zeros(2),
    }
    assert codes(checked(tmp_path, files)) == {"ALF130"}
    report = checked(tmp_path, {**files, "alf/_av_units.score.npy": zeros(3)})
    assert named(found(report, "ALF401")) == {"alf/_av_units.near.npy", "alf/_av_units.score.npy"}


def folder(root: Path, name: str) -> Path:
    (root / name).mkdir()
    return root / name


def test_a_table_and_a_file_of_another_namespace_are_apart(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "alf/_ibl_units.table.pqt": pd.DataFrame({"score": [1.0, 2.0], "pair_0": [1.0, 2.0]}),
        "alf/_av_units.score.npy": [5.0, 6.0, 7.0],
    }
    assert not codes(checked(folder(tmp_path, "a"), files))
    files = {**files, "alf/_av_units.score.npy": [5.0, 6.0]}
    assert not codes(checked(folder(tmp_path, "b"), files)), "values neither"
    apart: dict[str, Content] = {**files, "alf/_av_units.pair.npy": zeros(3, 2)}
    assert "alf/_ibl_units.table.pqt" not in named(found(checked(folder(tmp_path, "c"), apart), "ALF401"))
    together: dict[str, Content] = {
        **files,
        "alf/_av_units.score.npy": b"",
        "alf/_av_units.label.npy": zeros(3),
    }
    del together["alf/_av_units.score.npy"]
    assert named(found(checked(folder(tmp_path, "d"), together), "ALF401")) == {"alf/_av_units.label.npy"}


def test_what_stands_of_one_namespace_is_composed_with_the_other(tmp_path: Path) -> None:
    """Once `_av_units.score` has failed, nothing parts the namespaces any more."""
    files: dict[str, Content] = {
        "alf/units.score.npy": zeros(3),
        "alf/units.label.npy": zeros(3),
        "alf/_av_units.score.npy": b"no array",
        "alf/_av_units.codes.npy": zeros(2),
    }
    report = checked(tmp_path, files)
    assert named(found(report, "ALF401")) == {"alf/_av_units.codes.npy"}


@pytest.mark.parametrize(("namespace", "rows"), [("", 3), ("av", 5), ("other", 3)])
def test_a_reference_means_the_rows_of_its_own_namespace(tmp_path: Path, namespace: str, rows: int) -> None:
    prefix = f"_{namespace}_" if namespace else ""
    files: dict[str, Content] = {
        "alf/sites.x.npy": zeros(3),
        "alf/_av_sites.x.npy": zeros(5),
        f"alf/{prefix}units.site.npy": np.array([0, rows - 1]),
    }
    report = checked(tmp_path, files)
    assert codes(report) == {"ALF130"}
    files[f"alf/{prefix}units.site.npy"] = np.array([0, rows])
    assert verdicts(checked(tmp_path, files))[f"alf/{prefix}units.site.npy"] == "fail"


def dataset(namespace: str, attribute: str, revision: str = "") -> Dataset:
    return Dataset("alf", revision, namespace, "units", attribute, "", "", "npy")


def test_views_part_where_they_must() -> None:
    datasets = {
        "x": dataset("", "x"),
        "y": dataset("lab", "y"),
        "x2": dataset("lab", "x", "b"),
    }
    assert [(view.revision, view.members) for view in views(datasets)] == [
        (None, ("x",)),
        (None, ("x2", "y")),
        ("", ("x", "y")),
    ]
    assert [view.members for view in views(datasets, {"x": ("z",), "y": ("z",)})][2:] == [("y",)]


def test_a_target_whose_namespace_nothing_tells_is_all_of_it() -> None:
    datasets = {
        "one": dataset("one", "x"),
        "two": dataset("two", "x"),
        "at": Dataset("alf", "", "", "spikes", "units", "", "", "npy"),
    }
    (pointer,) = pointers(views(datasets), datasets, {"at": (Claim("units", "lab"),)})
    assert pointer.members == ("one", "two")
