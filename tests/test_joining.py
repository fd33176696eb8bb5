"""Relations between columns that lie in different files of an object."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import alfcheck
from alfcheck.contracts.joins import choices
from alfcheck.pipeline import aligning, opening

SESSION = "mouse/2020-01-01/001"
LEFT = f"{SESSION}/alf/_ibl_trials.contrastLeft.npy"
RIGHT = f"{SESSION}/alf/_ibl_trials.contrastRight.npy"


def save(root: Path, path: str, values: object) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    np.save(root / path, np.asarray(values))


def told(report: alfcheck.Report) -> list[tuple[str, tuple[str, ...], int, tuple[int, ...]]]:
    return [(each.code, each.datasets, each.count, each.rows) for each in report.findings]


@pytest.fixture(params=["whole", "streamed"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    if request.param == "streamed":
        monkeypatch.setattr(opening, "SMALL", 200)
        monkeypatch.setattr(aligning, "PIECE", 64)
    return lambda: None


@pytest.mark.usefixtures("sizes")
def test_relation_between_single_files_names_both(tmp_path: Path) -> None:
    left, right = np.full(100, np.nan), np.full(100, 0.5)
    left[[7, 60]] = 1.0
    save(tmp_path, LEFT, left)
    save(tmp_path, RIGHT, right)
    assert told(alfcheck.check(tmp_path)) == [("ALF307", (LEFT, RIGHT), 2, (7, 60))]


@pytest.mark.usefixtures("sizes")
def test_rows_where_an_operand_is_missing_are_skipped(tmp_path: Path) -> None:
    left, right = np.full(100, 0.5), np.full(100, np.nan)
    left[50:], right[50:] = np.nan, 0.25
    save(tmp_path, LEFT, left)
    save(tmp_path, RIGHT, right)
    assert told(alfcheck.check(tmp_path)) == []


def test_fault_of_one_file_is_not_laid_at_the_others_door(tmp_path: Path) -> None:
    save(tmp_path, LEFT, [7.0, np.nan, 0.5])
    save(tmp_path, RIGHT, [0.25, 0.25, np.nan])
    report = alfcheck.check(tmp_path)
    assert [each.datasets for each in report.findings] == [(LEFT,)]
    assert report.verdicts == {LEFT: "fail", RIGHT: "pass"}


def test_relation_does_not_run_between_unequal_rows(tmp_path: Path) -> None:
    save(tmp_path, LEFT, [1.0, 1.0, 1.0])
    save(tmp_path, RIGHT, [1.0, 1.0])
    assert {each.code for each in alfcheck.check(tmp_path).findings} == {"ALF401"}


def test_older_revision_is_related_too(tmp_path: Path) -> None:
    save(tmp_path, LEFT, [1.0, np.nan])
    newest = LEFT.replace("alf/", "alf/#2024-01-01#/")
    save(tmp_path, newest, [np.nan, np.nan])
    save(tmp_path, RIGHT, [0.5, 0.5])
    report = alfcheck.check(tmp_path)
    # The default view takes the newest revision, which agrees; in the one before, what stands now stands.
    assert told(report) == [("ALF307", (LEFT,), 1, (0,))]
    assert report.verdicts == {LEFT: "warn", RIGHT: "pass", newest: "pass"}


RULES = """
import alfcheck
import pandera.pandas as pa


@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        alfcheck.Contract(
            id="lab.events",
            version="1.0.0",
            match=alfcheck.Match(object="events"),
            terms={"on_times": alfcheck.Terms(), "off_times": alfcheck.Terms()},
            schema=lambda: pa.DataFrameSchema(
                {"on_times": pa.Column(nullable=True), "off_times": pa.Column(nullable=True)},
                checks=pa.Check(lambda frame: (frame.off_times - frame.on_times).max() < 5, name="short"),
            ),
        )
    ]
"""


def test_check_of_a_whole_pandera_frame_runs_across_files(tmp_path: Path) -> None:
    rules = tmp_path / "rules.py"
    rules.write_text(RULES)
    root = tmp_path / "root"
    for number, longest in (("001", 4.0), ("002", 9.0)):
        folder = f"mouse/2020-01-01/{number}/alf"
        save(root, f"{folder}/events.on_times.npy", [0.0, 10.0])
        save(root, f"{folder}/events.off_times.npy", [1.0, 10.0 + longest])
    report = alfcheck.check(root, plugins=(str(rules),))
    assert {path for each in report.findings for path in each.datasets} == {
        "mouse/2020-01-01/002/alf/events.on_times.npy",
        "mouse/2020-01-01/002/alf/events.off_times.npy",
    }


CLOCKS = """
import alfcheck
import pandera.pandas as pa

LATER = alfcheck.Relation(
    name="later",
    columns=("go_times", "end_times"),
    check=lambda: pa.Check(lambda frame: frame.iloc[:, 0] <= frame.iloc[:, 1], name="later"),
    expected="go_times <= end_times",
)
WITHIN = alfcheck.Relation(
    name="within",
    columns=("span_0", "span_1"),
    check=lambda: pa.Check(lambda frame: frame.iloc[:, 0] <= frame.iloc[:, 1], name="within"),
    expected="span_0 <= span_1",
)
NAMES = ("go_times", "end_times", "start", "span", "span_0", "span_1")


@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        alfcheck.Contract(
            id="lab.runs",
            version="1.0.0",
            match=alfcheck.Match(object="runs"),
            terms={name: alfcheck.Terms() for name in NAMES},
            schema=lambda: pa.DataFrameSchema({name: pa.Column(required=False) for name in NAMES}),
            relations=(LATER, WITHIN),
        )
    ]
"""
"""A contract of a few columns of one clock, whose files may be on another as well."""


class TestOtherClocks:
    """Values on another clock are judged as their attribute, and compared with no others."""

    def judged(self, folder: Path, **files: object) -> alfcheck.Report:
        rules = folder / "rules.py"
        rules.write_text(CLOCKS)
        for name, values in files.items():
            path = f"{SESSION}/alf/runs.{name.replace('__', '.')}.npy"
            save(folder / "root", path, values)
        return alfcheck.check(folder / "root", plugins=(str(rules),))

    def names(self, report: alfcheck.Report) -> list[tuple[str, list[str]]]:
        return [(each.code, [path.rpartition("/")[2] for path in each.datasets]) for each in report.findings]

    def test_only_the_same_clock_is_related(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, go_times=[1.0, 2.0], go_times_bpod=[11.0, 12.0], end_times=[3.0, 4.0])
        assert self.names(report) == []

    def test_another_clock_alone_stands_for_nothing(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, go_times_bpod=[11.0, 12.0], end_times=[3.0, 4.0])
        assert self.names(report) == []

    def test_it_is_judged_as_its_attribute(self, tmp_path: Path) -> None:
        report = self.judged(tmp_path, go_times_bpod=[11.0, np.nan], span_bpod=[[2.0, 1.0], [1.0, 2.0]])
        assert self.names(report) == [
            ("ALF304", ["runs.go_times_bpod.npy"]),
            ("ALF307", ["runs.span_bpod.npy"]),
        ]

    @pytest.mark.parametrize("other", ["go_times__v2", "go_times__part01"])
    def test_an_extra_part_stands_for_nothing(self, tmp_path: Path, other: str) -> None:
        assert self.names(self.judged(tmp_path, **{other: [11.0, 12.0]}, end_times=[3.0, 4.0])) == []

    def test_pieces_are_related_piece_by_piece(self, tmp_path: Path) -> None:
        report = self.judged(
            tmp_path,
            go_times__part01=[1.0, 2.0],
            end_times__part01=[3.0, 4.0],
            go_times__part02=[11.0, 12.0],
            end_times__part02=[13.0, 4.0],
        )
        assert self.names(report) == [("ALF307", ["runs.go_times.part02.npy", "runs.end_times.part02.npy"])]


def test_each_of_two_files_with_one_column_is_related(tmp_path: Path) -> None:
    save(tmp_path, LEFT, [np.nan, 0.5])
    save(tmp_path, RIGHT, [0.5, 0.25])
    other = tmp_path / LEFT.replace(".npy", ".csv")
    other.write_text("contrastLeft\nnan\nnan\n")
    report = alfcheck.check(tmp_path)
    assert [each.datasets for each in report.findings if each.code == "ALF307"] == [(LEFT, RIGHT)]
    assert report.verdicts[LEFT.replace(".npy", ".csv")] == "warn"


def test_columns_that_many_files_have_are_each_related() -> None:
    assert len(list(choices([(1, 2), (3, 4, 5)]))) == 6
    every = [tuple(range(count)) for count in (3, 4, 7)]
    chosen = list(choices(every))
    assert all({each[place] for each in chosen} == set(own) for place, own in enumerate(every))
    assert len(chosen) == 7
