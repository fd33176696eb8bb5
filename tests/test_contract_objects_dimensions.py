"""Shapes with names: dimensions that must agree within an object, or with the rows of another."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from object_fixtures import checked, units, without_failed, zeros
from release_fixtures import Content, codes, found, named, verdicts

from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.contracts.plan import Plan, Planner, Signature
from alfcheck.contracts.shapes import Dimension
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Severity
from alfcheck.relations import Length, judge_lengths


class TestDimensions:
    """A name that several attributes of a contract have must have one length in a view."""

    def test_equal_lengths_are_silent(self, tmp_path: Path) -> None:
        files = units(waveforms=zeros(3, 82, 4), near=zeros(3, 4), weights=zeros(3, 4, 2))
        assert not codes(checked(tmp_path, files))

    def test_the_minority_is_named(self, tmp_path: Path) -> None:
        files = units(waveforms=zeros(3, 82, 5), near=zeros(3, 4), weights=zeros(3, 4, 2))
        report = checked(tmp_path, files)
        (finding,) = found(report, "ALF403")
        assert named([finding]) == {"alf/units.waveforms.npy"}
        assert (finding.severity, finding.contract) == (Severity.ERROR, "lab.units@1.0.0")
        assert (finding.column, finding.expected) == ("waveforms", "4 channels")
        assert finding.message == (
            "units.waveforms has 5 channels where 2 of the object's 3 datasets with 'channels' have 4"
        )
        assert verdicts(report)["alf/units.near.npy"] == "pass"
        assert not codes(without_failed(tmp_path, report))

    def test_without_a_majority_all_are(self, tmp_path: Path) -> None:
        files = units(waveforms=zeros(3, 82, 5), near=zeros(3, 4))
        (finding,) = found(checked(tmp_path, files), "ALF403")
        assert named([finding]) == set(files)
        assert "units.near 4, units.waveforms 5" in finding.message

    def test_a_single_column_is_of_length_one(self, tmp_path: Path) -> None:
        """(n, 1) and (n,) are the same to ONE."""
        files = units(waveforms=zeros(3, 82, 1), near=zeros(3, 1), weights=zeros(3))
        assert not codes(checked(tmp_path, files))
        files["alf/units.waveforms.npy"] = zeros(3, 82, 2)
        assert named(found(checked(tmp_path, files), "ALF403")) == {"alf/units.waveforms.npy"}

    def test_a_table_of_numbers_is_an_array_of_as_many_columns(self, tmp_path: Path) -> None:
        files = units(waveforms=zeros(3, 82, 2))
        files["alf/units.near.csv"] = pd.DataFrame(zeros(3, 3), columns=["a", "b", "c"])
        assert named(found(checked(tmp_path, files), "ALF403")) == set(files)

    def test_a_file_of_the_wrong_shape_is_not_compared(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, units(waveforms=zeros(3, 82), near=zeros(3, 4)))) == {"ALF302"}

    def test_objects_of_other_collections_are_others(self, tmp_path: Path) -> None:
        files = units(near=zeros(3, 4)) | {"alf/probe00/units.waveforms.npy": zeros(3, 82, 5)}
        assert not codes(checked(tmp_path, files))

    def test_a_first_dimension_may_have_a_name_of_its_own(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, units(kind=zeros(4), confusion=zeros(4, 4))))
        files = units(kind=zeros(5), confusion=zeros(4, 4))
        assert named(found(checked(tmp_path, files), "ALF403")) == set(files)

    def test_what_stands_by_default_is_not_failed_by_what_it_superseded(self, tmp_path: Path) -> None:
        files = units(waveforms=zeros(3, 82, 5), near=zeros(3, 4), weights=zeros(3, 4))
        files["alf/#2020-01-02#/units.waveforms.npy"] = zeros(3, 82, 4)
        assert named(found(checked(tmp_path, files), "ALF403")) == {"alf/units.waveforms.npy"}

    def test_what_stands_behind_a_failed_revision(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/#a#/units.waveforms.npy": zeros(3, 82, 4),
            "alf/#c#/units.waveforms.npy": b"no array",
            "alf/#b#/units.near.npy": zeros(3, 4),
            "alf/#d#/units.near.npy": zeros(3, 5),
        }
        report = checked(tmp_path, files)
        assert named(found(report, "ALF403")) == {"alf/#a#/units.waveforms.npy", "alf/#d#/units.near.npy"}
        assert not codes(without_failed(tmp_path, report))


class TestOneFile:
    """What a shape says of one file alone."""

    @pytest.mark.parametrize(("shape", "code"), [((3, 3), set()), ((3, 4), {"ALF302"})])
    def test_rows_twice_is_a_square(self, tmp_path: Path, shape: tuple[int, ...], code: set[str]) -> None:
        assert codes(checked(tmp_path, units(similar=zeros(*shape)))) == code

    def test_a_name_twice_is_a_square_too(self, tmp_path: Path) -> None:
        (finding,) = found(checked(tmp_path, units(confusion=zeros(3, 4))), "ALF302")
        assert finding.message == "confusion has 3 rows; its shape (kinds, kinds) asks for 4"

    def test_the_alternative_that_fits_decides_the_names(self) -> None:
        shapes = (("n", "n"), ("rows", "sides"), ("rows", "x", "x"))
        assert plan_of(shapes, (2,)).dimensions == (Dimension("lab.x@1.0.0", "sides", 2),)
        assert plan_of(shapes, (2,)).rows == ()
        assert plan_of(shapes, (4, 4)).dimensions == (Dimension("lab.x@1.0.0", "x", 4),)
        assert [problem.code for problem in plan_of(shapes, (4, 5)).problems] == ["ALF302"]

    def test_a_fixed_number_of_rows(self) -> None:
        (wanted,) = plan_of(((3, 3), (4, 3)), (3,)).rows
        assert wanted.exactly == (3, 4)


def plan_of(shapes: tuple[tuple[str | int, ...], ...], row: tuple[int, ...]) -> Plan:
    import pandera.pandas as pa

    contract = Contract(
        id="lab.x",
        version="1.0.0",
        match=Match(object="x"),
        terms={"y": Terms(shapes=shapes)},
        schema=lambda: pa.DataFrameSchema({}),
    )
    dataset = parse_dataset("x.y.npy")
    assert isinstance(dataset, Dataset)
    return Planner([contract]).plan(dataset, Signature("array", (("", "<f8", row),), False))


class TestRowsOfAnotherObject:
    """A dimension OBJECT.rows is as long as that object has rows."""

    @pytest.mark.parametrize("sites", ["alf", "alf/probe00", ""])
    def test_the_nearest_that_has_it(self, tmp_path: Path, sites: str) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.perSite.npy": zeros(3, 4),
            f"{sites}/sites.x.npy".lstrip("/"): zeros(5),
        }
        (finding,) = found(checked(tmp_path, files), "ALF403")
        assert named([finding]) == {"alf/probe00/units.perSite.npy"}
        assert "'sites.rows' of length 4, where 'sites' has 5 rows" in finding.message
        assert finding.origin.name == "rules"
        files[f"{sites}/sites.x.npy".lstrip("/")] = zeros(4)
        assert not codes(checked(tmp_path, files))

    def test_a_target_that_is_not_there_is_not_judged(self, tmp_path: Path) -> None:
        files = units(perSite=zeros(3, 4)) | {"alf/probe00/sites.x.npy": zeros(5)}
        assert not codes(checked(tmp_path, files))

    def test_a_target_that_failed_leaves_it_unverified(self, tmp_path: Path) -> None:
        report = checked(tmp_path, units(perSite=zeros(3, 4)) | {"alf/sites.x.npy": b"no array"})
        assert codes(report) == {"ALF201", "ALF904"}
        assert verdicts(report)["alf/units.perSite.npy"] == "unverified"

    def test_a_revision_of_the_target_behind_one_that_failed(self, tmp_path: Path) -> None:
        files = units(perSite=zeros(3, 4)) | {
            "alf/#a#/sites.x.npy": zeros(5),
            "alf/#b#/sites.x.npy": b"no array",
            "alf/sites.y.npy": zeros(5),
        }
        report = checked(tmp_path, files)
        assert named(found(report, "ALF403")) == {"alf/units.perSite.npy"}
        assert not codes(without_failed(tmp_path, report))


class TestJudgedLengths:
    """Like rows: of a strict majority, else all."""

    def lengths(self, **given: int) -> list[Length]:
        dataset = Dataset("", "", "", "x", "", "", "", "npy")
        return [
            Length(name, dataset._replace(attribute=name), "c", "n", each) for name, each in given.items()
        ]

    @pytest.mark.parametrize(
        ("given_lengths", "settled", "blamed"),
        [
            ({"a": 1, "b": 1}, (), []),
            ({"a": 1, "b": 2}, (), [{"a", "b"}]),
            ({"a": 1, "b": 2, "c": 2}, (), [{"a"}]),
            ({"a": 1, "b": 2, "c": 3, "d": 3}, (), [{"a", "b", "c", "d"}]),
            ({"a": 1, "b": 2, "c": 2}, ("a",), [{"b"}, {"c"}]),
        ],
    )
    def test_blame(
        self, given_lengths: dict[str, int], settled: tuple[str, ...], blamed: list[set[str]]
    ) -> None:
        problems = judge_lengths(self.lengths(**given_lengths), settled)
        assert [set(problem.datasets) for problem in problems] == blamed

    @given(st.lists(st.tuples(st.sampled_from("mn"), st.integers(1, 3)), max_size=8))
    def test_what_is_not_blamed_agrees(self, given_lengths: list[tuple[str, int]]) -> None:
        dataset = Dataset("", "", "", "x", "y", "", "", "npy")
        lengths = [Length(str(n), dataset, "c", name, each) for n, (name, each) in enumerate(given_lengths)]
        blamed = {path for problem in judge_lengths(lengths) for path in problem.datasets}
        left = [each for each in lengths if each.path not in blamed]
        assert not list(judge_lengths(left))
