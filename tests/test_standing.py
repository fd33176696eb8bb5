"""What stands when a revision has failed: ONE composes it, so it is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from release_fixtures import Content, codes, found, named, verdicts, write

import alfcheck
from alfcheck.pipeline import opening
from alfcheck.report import Report

GARBAGE = b"no array"
TIMES = "spikes.times.npy"
DEPTHS = "spikes.depths.npy"


def rows(count: int) -> Content:
    return np.arange(float(count))


def checked(root: Path, files: dict[str, Content], **options: object) -> Report:
    return alfcheck.check(write(root, {f"alf/{path}": content for path, content in files.items()}), **options)


def failed(report: Report) -> set[str]:
    return {path.removeprefix("alf/") for path, verdict in verdicts(report).items() if verdict == "fail"}


def without_failed(root: Path, report: Report) -> Report:
    """Check again without what was rejected, as ONE finds the release."""
    for path, verdict in report.verdicts.items():
        if verdict in ("fail", "unverified"):
            (root / path).unlink()
    return alfcheck.check(root)


MIXED: dict[str, Content] = {
    f"#a#/{TIMES}": rows(10),
    f"#c#/{TIMES}": GARBAGE,
    f"#b#/{DEPTHS}": rows(10),
    f"#d#/{DEPTHS}": rows(20),
}


def test_rows_of_what_stands_behind_a_failed_revision(tmp_path: Path) -> None:
    report = checked(tmp_path, MIXED)
    assert codes(report) == {"ALF201", "ALF401"}
    assert failed(report) == {f"#a#/{TIMES}", f"#c#/{TIMES}", f"#d#/{DEPTHS}"}
    assert not codes(without_failed(tmp_path, report))


def test_nothing_more_is_told_where_what_stands_agrees(tmp_path: Path) -> None:
    report = checked(tmp_path, {**MIXED, f"#d#/{DEPTHS}": rows(10)})
    assert codes(report) == {"ALF201"}


def test_what_stands_by_default_is_not_failed_by_an_older_view(tmp_path: Path) -> None:
    """Once #c# is gone, #b# and #d# are what ONE gives; the pair #a#, #b# is older, and #a# is wrong."""
    files: dict[str, Content] = {
        f"#a#/{TIMES}": rows(7),
        f"#b#/{TIMES}": rows(10),
        f"#c#/{TIMES}": GARBAGE,
        f"#a#/{DEPTHS}": rows(10),
        f"#d#/{DEPTHS}": rows(10),
    }
    report = checked(tmp_path, files)
    assert {f"#b#/{TIMES}", f"#d#/{DEPTHS}"}.isdisjoint(failed(report))
    assert not codes(without_failed(tmp_path, report))


def test_one_fall_may_bring_about_the_next(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        f"#a#/{TIMES}": rows(10),
        f"#b#/{TIMES}": rows(11),
        f"#c#/{TIMES}": GARBAGE,
        f"#a#/{DEPTHS}": rows(12),
        f"#b#/{DEPTHS}": rows(13),
        f"#d#/{DEPTHS}": rows(14),
    }
    report = checked(tmp_path, files)
    assert not codes(without_failed(tmp_path, report))


@pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
def test_a_target_behind_a_failed_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    files: dict[str, Content] = {
        "events.clusters.npy": [0, 4, 4],
        "#a#/clusters.depths.npy": rows(3),
        "#b#/clusters.depths.npy": GARBAGE,
    }
    (finding,) = found(checked(tmp_path, files), "ALF402")
    assert named([finding]) == {"alf/events.clusters.npy"}
    assert finding.rows == (1, 2)


@pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
def test_a_reference_behind_a_failed_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    files: dict[str, Content] = {
        "#a#/spikes.clusters.npy": [0, 4, 4],
        "#c#/spikes.clusters.npy": GARBAGE,
        "#a#/clusters.depths.npy": rows(5),
        "#b#/clusters.depths.npy": rows(3),
    }
    report = checked(tmp_path, files)
    (finding,) = found(report, "ALF402")
    assert named([finding]) == {"alf/#a#/spikes.clusters.npy"}
    assert finding.rows == (1, 2)
    assert not codes(without_failed(tmp_path, report))


def test_relations_between_files_that_stand(tmp_path: Path) -> None:
    nan = np.nan
    files: dict[str, Content] = {
        "#a#/_ibl_trials.contrastLeft.npy": [1.0, nan],
        "#c#/_ibl_trials.contrastLeft.npy": GARBAGE,
        "#b#/_ibl_trials.contrastRight.npy": [nan, 0.5],
        "#d#/_ibl_trials.contrastRight.npy": [0.5, nan],
    }
    report = checked(tmp_path, files)
    assert named(found(report, "ALF307")) == {
        "alf/#a#/_ibl_trials.contrastLeft.npy",
        "alf/#d#/_ibl_trials.contrastRight.npy",
    }


def test_what_the_user_excuses_still_stands(tmp_path: Path) -> None:
    """Then ONE gives it, and never what lies behind it."""
    files: dict[str, Content] = {**MIXED, f"#c#/{TIMES}": -rows(20)}
    assert f"#d#/{DEPTHS}" in failed(checked(tmp_path, files))
    faulty = codes(checked(tmp_path, files)) - {"ALF401"}
    report = checked(tmp_path, files, ignore=tuple(faulty))
    assert failed(report) == {f"#b#/{DEPTHS}"}, "older, and at odds with the times of its view"
    assert verdicts(report)[f"alf/#c#/{TIMES}"] == "warn"
