"""Where the root itself stands: ONE finds nothing below a root that lies inside a lab or a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alfcheck.scan import scan_tree

SESSION = "mouse/2020-01-01/001"
IN_LAB = f"cortexlab/Subjects/{SESSION}"


@pytest.mark.parametrize(
    ("tree", "root", "steps", "holds"),
    [
        (IN_LAB, "cortexlab", "..", "cortexlab"),
        (IN_LAB, "cortexlab/Subjects", "../..", "cortexlab"),
        (IN_LAB, "cortexlab/Subjects/mouse", "../../..", "cortexlab"),
        (IN_LAB, "cortexlab/Subjects/mouse/2020-01-01", "../../../..", "cortexlab"),
        (IN_LAB, IN_LAB, "../../../../..", "cortexlab"),
        (IN_LAB, f"{IN_LAB}/alf", "../../../../../..", "cortexlab"),
        (SESSION, "mouse", "..", "mouse"),
        (SESSION, "mouse/2020-01-01", "../..", "mouse"),
        (SESSION, SESSION, "../../..", "mouse"),
        (SESSION, f"{SESSION}/alf/probe00", "../../../../..", "mouse"),
    ],
)
def test_the_root_to_use_is_named(tmp_path: Path, tree: str, root: str, steps: str, holds: str) -> None:
    release = tmp_path / "release"
    (release / tree / "alf/probe00").mkdir(parents=True)
    (release / tree / "alf/probe00/a.b.npy").write_bytes(b"x")
    scan = scan_tree(release / root)
    assert scan.root_to_use == f'{steps} (the folder that holds "{holds}")'
    assert os.path.normpath(release / root / steps) == str(release)
    assert sum(len(session.entries) for session in scan.sessions) == scan.file_count == 1


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("release", [IN_LAB, SESSION]),
        ("release", [SESSION, "2020-01-01/001"]),
        ("release", [SESSION, f"Subjects/{SESSION}"]),
        ("2024-01-15", [SESSION, "a1/2020-01-01/001"]),
        ("2024-01-15", [IN_LAB]),
        ("lab/Subjects/release", [SESSION]),
        ("release", []),
        ("2024-01-15/notes", [SESSION]),
    ],
)
def test_a_sound_root_is_left_alone(tmp_path: Path, name: str, paths: list[str]) -> None:
    root = tmp_path / name
    root.mkdir(parents=True)
    for path in paths:
        (root / path).mkdir(parents=True)
        (root / path / "a.b.npy").write_bytes(b"x")
    scan = scan_tree(root)
    assert scan.root_to_use is None
    assert [session.path for session in scan.sessions] == sorted(paths)


@pytest.mark.parametrize("root", [SESSION, f"{SESSION}/alf"])
def test_a_root_inside_a_session_is_one_session(tmp_path: Path, root: str) -> None:
    (tmp_path / SESSION / "alf/2021-01-01/002").mkdir(parents=True)
    for path in ("alf/a.b.npy", "alf/2021-01-01/002/a.b.npy", "alf/x.pqt"):
        (tmp_path / SESSION / path).write_bytes(b"x")
    scan = scan_tree(tmp_path / root)
    assert [session.path for session in scan.sessions] == ["."]
    assert len(scan.sessions[0].entries) == scan.file_count == 3


def test_a_relative_root_is_judged_by_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / IN_LAB).mkdir(parents=True)
    (tmp_path / IN_LAB / "a.b.npy").write_bytes(b"x")
    monkeypatch.chdir(tmp_path / "cortexlab/Subjects")
    assert scan_tree(Path()).root_to_use == '../.. (the folder that holds "cortexlab")'
