"""Relations between columns that lie in different files of an object."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import alfcheck
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
