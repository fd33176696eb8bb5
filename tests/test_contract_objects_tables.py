"""Columns of an object's table that are files as well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from object_fixtures import checked, cut_into_pieces, table, units, without_failed, zeros
from release_fixtures import Content, codes, found, named, verdicts

from alfcheck.contracts.agreement import differ
from alfcheck.model import Severity
from alfcheck.pipeline import aligning, opening

NAN = np.nan


@pytest.fixture(params=["whole", "in pieces"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in pieces":
        cut_into_pieces(monkeypatch)


@pytest.mark.usefixtures("sizes")
class TestTableAndFile:
    """A column of the table and a file of its name hold the same values."""

    def test_equal_values(self, tmp_path: Path) -> None:
        rows = np.arange(100)
        files = table(site=rows % 7, pair_0=rows / 7, pair_1=rows / 3, label=[f"u{row}" for row in rows])
        files |= units(
            site=(rows % 7).astype(float)[:, None],
            pair=np.stack([rows / 7, rows / 3], axis=1),
            label=np.array([f"u{row}" for row in rows]),
        )
        assert not codes(checked(tmp_path, files))

    def test_differing_values_fail_both(self, tmp_path: Path) -> None:
        rows = np.arange(100.0)
        other = rows.copy()
        other[[7, 60]] = [-7, NAN]
        report = checked(tmp_path, table(site=rows) | units(site=other))
        (finding,) = found(report, "ALF405")
        assert (finding.severity, finding.contract) == (Severity.ERROR, "lab.units@1.0.0")
        assert named([finding]) == {"alf/units.table.pqt", "alf/units.site.npy"}
        assert (finding.column, finding.count, finding.rows) == ("site", 2, (7, 60))
        assert finding.message == (
            "units.table.pqt and units.site.npy differ in 2 of 100 values of site "
            "(rows 7, 60: 7 and -7, 60 and nan)"
        )
        assert set(verdicts(report).values()) == {"fail"}

    def test_a_component_is_told_apart(self, tmp_path: Path) -> None:
        files = table(pair_0=[0.0, 1.0], pair_1=[1.0, 2.0]) | units(pair=[[0.001, 1.0], [1.0, 2.5]])
        (finding,) = found(checked(tmp_path, files), "ALF405")
        assert (finding.column, finding.rows, finding.expected) == (
            "pair_1",
            (1,),
            "equal values within 0.01",
        )

    def test_without_a_contract_it_is_a_warning(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/things.table.pqt": pd.DataFrame({"size": [1, 2], "other": [0.5, 0.5]}),
            "alf/things.size.npy": [1, 3],
        }
        report = checked(tmp_path, files)
        (finding,) = found(report, "ALF405")
        assert (finding.severity, finding.contract) == (Severity.WARNING, None)
        assert set(verdicts(report).values()) == {"warn"}

    def test_what_stands_for_missing_is_missing(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, table(score=[0.5, NAN, -1.0]) | units(score=[0.5, -1.0, NAN])))

    def test_text_with_gaps(self, tmp_path: Path) -> None:
        files = table(label=["a", None, "c"]) | {"alf/units.label.csv": "label\na\n\nd\n"}
        files["alf/units.label.csv"] = "label,x\n"  # two columns are no column `label`
        assert "ALF405" not in codes(checked(tmp_path, files))
        files = table(label=["a", None, "c"])
        files["alf/units.label.pqt"] = pd.DataFrame({"label": ["a", None, "d"]})
        (finding,) = found(checked(tmp_path, files), "ALF405")
        assert finding.rows == (2,)
        assert "'c' and 'd'" in finding.message

    def test_unequal_rows_are_told_as_such(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, table(site=[1, 2]) | units(site=[1, 2, 3]))) == {"ALF401"}

    def test_a_file_that_failed_is_not_compared(self, tmp_path: Path) -> None:
        files = table(pair_0=[0.0, 1.0]) | units(pair=zeros(2, 3))
        assert codes(checked(tmp_path, files)) == {"ALF302"}

    def test_an_extra_part_makes_another_attribute(self, tmp_path: Path) -> None:
        files = table(site=[1, 2]) | {"alf/units.site.old.npy": [3, 4]}
        assert "ALF405" not in codes(checked(tmp_path, files))

    def test_another_clock_is_another_column(self, tmp_path: Path) -> None:
        files = table(site=[1, 2], pair_0=[1.0, 2.0]) | units(site_bpod=[3, 4], pair_bpod=zeros(2, 2))
        assert not codes(checked(tmp_path, files))

    @pytest.mark.parametrize("name", ["table", "table_bpod"])
    def test_columns_on_another_clock(self, tmp_path: Path, name: str) -> None:
        """ONE names those of a table with a timescale as those of single files."""
        columns = {"site": [1, 2], "pair_0": [0.0, 1.0], "pair_1": [0.0, 1.0]}
        if name == "table":
            columns = {"site_bpod": [1, 2], "pair_bpod_0": [0.0, 1.0], "pair_bpod_1": [0.0, 1.0]}
        files: dict[str, Content] = {f"alf/units.{name}.pqt": pd.DataFrame(columns)}
        files |= units(site=[3, 4], site_bpod=[1, 2], pair_bpod=[[0.001, 0.0], [1.0, 1.5]])
        (finding,) = found(checked(tmp_path, files), "ALF405")
        # The attribute's tolerance holds on its other clocks too.
        assert (finding.column, finding.rows) == ("pair_bpod_1", (1,))
        assert finding.expected == "equal values within 0.01"

    def test_a_table_with_an_extra_part_is_compared_with_its_own(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/units.table.old.pqt": pd.DataFrame({"site": [1, 2], "score": [0.5, 0.5]}),
            "alf/units.site.npy": [3, 4],
            "alf/units.score.old.npy": [0.5, 0.25],
        }
        (finding,) = found(checked(tmp_path, files), "ALF405")
        assert named([finding]) == {"alf/units.table.old.pqt", "alf/units.score.old.npy"}

    def test_an_older_file_does_not_fail_the_table(self, tmp_path: Path) -> None:
        files = table(site=[1, 2]) | units(site=[1, 3]) | {"alf/#2020-01-02#/units.site.npy": [1, 2]}
        report = checked(tmp_path, files)
        assert named(found(report, "ALF405")) == {"alf/units.site.npy"}
        assert verdicts(report)["alf/units.table.pqt"] == "pass"

    def test_a_table_behind_one_that_failed(self, tmp_path: Path) -> None:
        files = {
            "alf/#a#/units.table.pqt": pd.DataFrame({"site": [1, 2]}),
            "alf/#c#/units.table.pqt": b"no table",
            "alf/#b#/units.site.npy": b"no array",
            "alf/#0#/units.site.npy": [1, 3],
        }
        report = checked(tmp_path, files)
        assert named(found(report, "ALF405")) == {"alf/#a#/units.table.pqt", "alf/#0#/units.site.npy"}
        assert not codes(without_failed(tmp_path, report))


def test_a_file_that_is_gone_is_left_out_of_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SMALL", 0)
    files = table(site=[1, 2], score=[1.0, 2.0]) | units(site=[1, 2], score=[1.0, 3.0])
    again = opening.reopen

    def gone(work: object, *rest: object) -> object:
        if "units.site" in work.rel:  # type: ignore[attr-defined]
            raise OSError(5, "Input/output error")
        return again(work, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(aligning, "reopen", gone)
    report = checked(tmp_path, files)
    assert codes(report) == {"ALF405", "ALF902"}
    assert verdicts(report)["alf/units.site.npy"] == "unverified"
    assert named(found(report, "ALF405")) == {"alf/units.table.pqt", "alf/units.score.npy"}


COLUMNS = st.sampled_from(
    [
        np.array([0, 1, 2], np.int64),
        np.array([0, 1, 2], np.uint8),
        np.array([0.0, 1.0, 2.0]),
        np.array([0.0, NAN, 2.0]),
        np.array([0.1, 1.0, np.inf], np.float32),
        np.array([0.1, 1.0, np.inf]),
        np.array([False, True, True]),
        np.array([False, None, True], object),
        np.array(["0", "1", None], object),
        np.array(["0", "1", "2"]),
        np.array(["2020-01-01", "NaT", "2020-01-02"], "datetime64[s]"),
        np.array(["2020-01-01", "NaT", "2020-01-02"], "datetime64[ns]"),
    ]
)


class TestDiffer:
    """Of two columns, the rows that differ."""

    @given(COLUMNS, COLUMNS, st.sampled_from([0.0, 0.5]))
    def test_it_does_not_matter_which_comes_first(
        self, one: np.ndarray, other: np.ndarray, tolerance: float
    ) -> None:
        assert (differ(one, other, tolerance) == differ(other, one, tolerance)).all()
        assert not differ(one, one, tolerance).any()

    @pytest.mark.parametrize(
        ("one", "other", "rows"),
        [
            (np.array([1, 2]), np.array([1.0, 2.0]), []),
            (np.array([1, 0]), np.array([True, True]), [1]),
            (np.array([0.1, NAN], np.float32), np.array([0.1, NAN]), []),
            (np.array([0.1, 0.2], np.float32), np.array([0.1, 0.3]), [1]),
            (np.array(["a", "b"]), np.array(["a", None], object), [1]),
            (np.array(["1", "2"]), np.array([1, 2]), [0, 1]),
            (np.array([2**64 - 1], np.uint64), np.array([-1]), [0]),
            (np.array([True, None], object), np.array([1.0, NAN]), []),
            (np.array(["2020-01-01"], "M8[s]"), np.array(["2020-01-01"], "M8[ns]"), []),
        ],
    )
    def test_kinds(self, one: np.ndarray, other: np.ndarray, rows: list[int]) -> None:
        assert np.flatnonzero(differ(one, other)).tolist() == rows

    def test_tolerance(self) -> None:
        one, other = np.array([1.0, 1.0, np.inf, -np.inf]), np.array([1.05, 1.2, np.inf, np.inf])
        assert np.flatnonzero(differ(one, other, 0.1)).tolist() == [1, 3]
