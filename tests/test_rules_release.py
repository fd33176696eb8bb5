"""Folders above sessions that a disk without case takes for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_fixtures import found, npy, write

import alfcheck
from alfcheck.model import Severity
from alfcheck.rules.release import check_folder_case

DATA = npy([1.0, 2.0])


def release(root: Path, *sessions: str) -> Path:
    for session in sessions:
        write(root, {"x.y.npy": DATA}, session)
    return root


def folders(*sessions: str) -> list[set[str]]:
    """Give the sessions below each pair of folders that is told of."""
    problems = check_folder_case({session: [f"{session}/x.y.npy"] for session in sessions})
    return [{path.removesuffix("/x.y.npy") for path in problem.datasets} for problem in problems]


def test_subjects_that_differ_in_case_are_told_of_once(tmp_path: Path) -> None:
    sessions = [f"{subject}/2020-01-01/{number}" for subject in ("S1", "s1") for number in ("001", "002")]
    root = release(tmp_path, *sessions, "s2/2020-01-01/001")
    (told,) = found(alfcheck.check(root), "ALF131")
    assert told.severity is Severity.WARNING
    assert told.datasets == tuple(f"{session}/x.y.npy" for session in sessions)
    assert "S1, s1;" in told.message
    assert not found(alfcheck.check(root, select=("ALF1", "ALF6"), ignore=("ALF131",)), "ALF131")[1:]


@pytest.mark.parametrize(
    ("sessions", "told"),
    [
        (("Lab/Subjects/a/2020-01-01/001", "lab/Subjects/b/2020-01-01/001"), 1),
        (("Lab/Subjects/A/2020-01-01/001", "lab/Subjects/a/2020-01-02/001"), 2),
        (("lab/Subjects/a/2020-01-01/001", "lab/Subjects/b/2020-01-01/001"), 0),
        (("lab/Subjects/A/2020-01-01/001", "other/Subjects/a/2020-01-01/001"), 0),
        (("lab/Subjects/STRASSE/2020-01-01/001", "lab/Subjects/straße/2020-01-01/001"), 1),
        (("a/2020-01-01/001", "A/2020-01-01/001", "a/2020-01-01/002"), 1),
    ],
)
def test_each_pair_of_folders_is_told_of_once(sessions: tuple[str, ...], told: int) -> None:
    assert folders(*sessions) == [set(sessions)] * told


def test_what_is_no_session_of_the_index_is_left_out(tmp_path: Path) -> None:
    root = release(tmp_path, "s1/2020-01-01/001")
    write(root, {"notes": b"x"}, "S1/2020-01-01/001")
    assert not found(alfcheck.check(root), "ALF131")
