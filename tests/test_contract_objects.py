"""What contracts say of whole objects: dimensions, tables and the files beside them, rows, other objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_fixtures import Content, codes, found, named, plugin, verdicts, write

import alfcheck
from alfcheck.contracts.agreement import differ
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.contracts.plan import Plan, Planner, Signature
from alfcheck.contracts.shapes import Dimension
from alfcheck.contracts.spec import ColumnSpec, ContractSpec
from alfcheck.errors import PluginError
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Severity
from alfcheck.pipeline import aligning, opening, values
from alfcheck.relations import Length, judge_lengths
from alfcheck.report import Report

NAN = np.nan

RULES = """
    import pandera.pandas as pa

    T = alfcheck.Terms

    def columns(*names):
        return lambda: pa.DataFrameSchema(
            {name: pa.Column(required=False, nullable=True) for name in names}
        )

    UNITS = alfcheck.Contract(
        id="lab.units", version="1.0.0", match=alfcheck.Match(object="units"), rows_agree=True,
        terms={
            "waveforms": T(shapes=(("rows", "samples", "channels"),)),
            "near": T(shapes=(("rows", "channels"),)),
            "weights": T(shapes=(("rows", "channels"), ("rows", "channels", 2))),
            "similar": T(shapes=(("rows", "rows"),)),
            "confusion": T(shapes=(("kinds", "kinds"),), own_rows=True),
            "kind": T(shapes=(("kinds",),), own_rows=True),
            "perSite": T(shapes=(("rows", "sites.rows"),)),
            "site": T(references="sites", missing=255),
            "pair": T(shapes=(("rows", 2),), tolerance=0.01),
            "label": T(),
            "score": T(missing=-1),
        },
        schema=columns("near"),
    )
    MOVES = alfcheck.Contract(
        id="lab.moves", version="1.0.0", match=alfcheck.Match(object="moves"), rows_at_least=2,
        terms={"times": T(), "sync": T(own_rows=True), "timestamps": T()}, schema=columns("times"),
    )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [UNITS, MOVES]
"""


def checked(folder: Path, files: dict[str, Content], **options: object) -> Report:
    rules = plugin(folder, RULES)
    return alfcheck.check(write(folder / "release", files), plugins=(rules,), **options)


def without_failed(folder: Path, report: Report) -> Report:
    """Check again without what was rejected."""
    root = folder / "release"
    for path, verdict in report.verdicts.items():
        if verdict in ("fail", "unverified"):
            (root / path).unlink()
    (root / "mouse/2020-01-01/001/raw").mkdir(exist_ok=True)
    (root / "mouse/2020-01-01/001/raw/_iblrig_leftCamera.raw.mp4").write_bytes(b"video")
    return alfcheck.check(root, plugins=(str(folder / "rules.py"),))


def units(**attributes: Content) -> dict[str, Content]:
    return {f"alf/units.{name}.npy": content for name, content in attributes.items()}


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape)


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


@pytest.fixture(params=["whole", "in pieces"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in pieces":
        monkeypatch.setattr(opening, "SMALL", 0)
        monkeypatch.setattr(aligning, "PIECE", 64)
        monkeypatch.setattr("alfcheck.pipeline.agreeing.LEAST", 64)
        monkeypatch.setattr(values, "PIECE", 64)


def table(**columns: object) -> dict[str, Content]:
    return {"alf/units.table.pqt": pd.DataFrame(columns)}


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
    again = aligning.reopen

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


class TestRowsAtLeast:
    """The fewest rows that each dataset of a contract has."""

    @pytest.mark.usefixtures("sizes")
    @pytest.mark.parametrize(("rows", "fails"), [(0, True), (1, True), (2, False)])
    def test_an_array(self, tmp_path: Path, rows: int, fails: bool) -> None:
        report = checked(tmp_path, {"alf/moves.times.npy": zeros(rows)})
        assert codes(report) == ({"ALF313"} if fails else set())
        for finding in report.findings:
            assert (
                finding.message == f"times has {rows} row{'' if rows == 1 else 's'}; expected at least 2 rows"
            )
            assert (finding.contract, finding.column) == ("lab.moves@1.0.0", "times")

    @pytest.mark.usefixtures("sizes")
    def test_a_text_table_whose_rows_are_known_at_its_end(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, {"alf/moves.times.csv": "times\n0.5\n"})) == {"ALF313"}

    def test_a_table(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/moves.table.pqt": pd.DataFrame({"times": [1.0], "b": [1.0]})}
        assert codes(checked(tmp_path, files)) == {"ALF313"}

    def test_what_is_exempt(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/moves.sync.npy": zeros(1),
            "alf/moves.other.npy": zeros(1),
            "alf/moves.timestamps.npy": zeros(1, 2),
        }
        assert not found(checked(tmp_path, files), "ALF313")


class TestReferencesToOthers:
    """What a contract claims is looked for around the collection as well."""

    @pytest.mark.parametrize("sites", ["alf/probe00", "alf", ""])
    def test_the_nearest_collection_around(self, tmp_path: Path, sites: str) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4, 5],
            f"{sites}/sites.x.npy".lstrip("/"): zeros(5),
        }
        (finding,) = found(checked(tmp_path, files), "ALF402")
        assert (named([finding]), finding.rows) == ({"alf/probe00/units.site.npy"}, (2,))

    def test_the_nearest_counts(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4],
            "alf/probe00/sites.x.npy": zeros(5),
            "alf/sites.x.npy": zeros(2),
        }
        assert not codes(checked(tmp_path, files))

    def test_what_lies_beside_or_below_is_another(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4],
            "alf/probe01/sites.x.npy": zeros(2),
            "alf/probe00/a/sites.x.npy": zeros(2),
        }
        assert not codes(checked(tmp_path, files))

    def test_a_name_alone_looks_no_further(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/probe00/things.sites.npy": [0, 4], "alf/sites.x.npy": zeros(2)}
        assert not codes(checked(tmp_path, files))

    def test_the_value_for_missing_points_nowhere(self, tmp_path: Path) -> None:
        files = units(site=np.array([0, 255, 4], np.uint8)) | {"alf/sites.x.npy": zeros(5)}
        assert not codes(checked(tmp_path, files))
        files |= units(site=np.array([0, 255, 254], np.uint8))
        (finding,) = found(checked(tmp_path, files), "ALF402")
        assert finding.rows == (2,)

    @pytest.mark.usefixtures("sizes")
    @pytest.mark.parametrize(
        ("name", "text"),
        [("json", "[1, 2]"), ("yaml", "- 1\n- 2\n"), ("jsonable", '{"a": 1}\n{"a": 2}\n')],
    )
    def test_the_entries_of_a_list_are_rows(self, tmp_path: Path, name: str, text: str) -> None:
        files = units(site=[0, 1]) | {f"alf/sites.description.{name}": text}
        assert not codes(checked(tmp_path, files))
        (finding,) = found(checked(tmp_path, files | units(site=[0, 2])), "ALF402")
        assert "which has 2 rows" in finding.message

    def test_rows_of_arrays_come_before_entries_of_lists(self, tmp_path: Path) -> None:
        files = units(site=[0, 4]) | {"alf/sites.description.json": "[1, 2]", "alf/sites.x.npy": zeros(5)}
        assert not codes(checked(tmp_path, files))

    def test_lists_that_disagree_verify_nothing(self, tmp_path: Path) -> None:
        files = units(site=[0, 1]) | {"alf/sites.a.json": "[1, 2]", "alf/sites.b.json": "[1]"}
        assert codes(checked(tmp_path, files)) == {"ALF904"}

    def test_a_document_that_is_no_list_has_no_rows(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, units(site=[0, 9]) | {"alf/sites.a.json": '{"a": 1}'}))

    def test_a_name_alone_does_not_mean_the_entries_of_a_list(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/things.sites.npy": [0, 9], "alf/sites.a.json": "[1, 2]"}
        assert not codes(checked(tmp_path, files))

    def test_a_count_that_only_a_failed_dataset_had_verifies_nothing(self, tmp_path: Path) -> None:
        """Without it, the rows would be others."""
        frame = pd.DataFrame({"score": [1.0] * 5, "size": [1.0] * 5})
        files: dict[str, Content] = {
            "alf/units.site.npy": [0, 4],
            "alf/sites.table.pqt": frame,
            "alf/sites.unitsOf.npy": zeros(3),
        }
        assert codes(checked(tmp_path, files)) == {"ALF401"}
        source = RULES.replace("return [UNITS, MOVES]", "return [UNITS, MOVES, SITES]").replace(
            "    @alfcheck",
            """
    SITES = alfcheck.Contract(
        id="lab.sites", version="1.0.0", match=alfcheck.Match(object="sites"),
        terms={"score": T(dtypes=("string",))}, schema=columns("score"),
    )

    @alfcheck""",
        )
        rules = plugin(tmp_path, source, "more")
        report = alfcheck.check(tmp_path / "release", plugins=(rules,))
        assert codes(report) == {"ALF301", "ALF401", "ALF904"}


def written(label: str, **columns: object) -> Contract:
    spec = ContractSpec(
        id=label,
        version="1.0.0",
        match=Match(object="x"),
        columns=(ColumnSpec(name="y", **columns), ColumnSpec(name="z")),  # type: ignore[arg-type]
    )
    return Contract(
        id=label,
        version="1.0.0",
        match=Match(object="x"),
        terms={"y": Terms(), "z": Terms()},
        schema=lambda: None,
        spec=spec,
        file=f"{label}.yaml",
    )


def dataset_of(path: str) -> Dataset:
    parsed = parse_dataset(path)
    assert isinstance(parsed, Dataset)
    return parsed


class TestContradictions:
    """Two contracts in files that no data could keep both."""

    def test_they_stop_the_run(self) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        for _ in range(2):
            with pytest.raises(PluginError, match=r"lab\.a@1\.0\.0 and lab\.b@1\.0\.0 contradict") as caught:
                planner.covering(dataset_of("x.y.npy"))
        told = str(caught.value)
        assert "y: " in told
        assert "lab.a.yaml and lab.b.yaml" in told
        assert "--no-plugin" in told

    @pytest.mark.parametrize("path", ["x.z.npy", "w.y.npy"])
    def test_what_they_do_not_both_speak_of_is_judged(self, path: str) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        assert len(planner.covering(dataset_of(path))) == (2 if path.startswith("x") else 0)

    def test_a_table_has_all_columns(self) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        with pytest.raises(PluginError):
            planner.covering(dataset_of("x.table.pqt"))

    def test_contracts_that_agree(self) -> None:
        planner = Planner([written("lab.a", dtypes=("number",)), written("lab.b", dtypes=("floating",))])
        assert len(planner.covering(dataset_of("x.y.npy"))) == 2
