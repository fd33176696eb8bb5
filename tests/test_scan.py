"""The walk: what belongs to which session, and that every file is counted once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.errors import UsageError
from alfcheck.model import Scan
from alfcheck.scan import path_text, scan_names, scan_tree

SESSION = "mouse/2020-01-01/001"


def write(root: Path, *paths: str, data: bytes = b"x") -> None:
    for path in paths:
        file = root / os.fsdecode(path.encode())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def files(scan: Scan) -> dict[str, list[str]]:
    return {session.path: [entry.path for entry in session.entries] for session in scan.sessions}


def ignored(scan: Scan) -> dict[str, str]:
    return {item.path: item.reason for item in scan.ignored}


def total(scan: Scan) -> int:
    return sum(len(s.entries) for s in scan.sessions) + len(scan.ignored) + len(scan.refused)


# Sessions


@pytest.mark.parametrize(
    "session",
    [
        "mouse/2020-01-01/001",
        "lab/Subjects/mouse/2020-01-01/001",
        "2020-01-01/001",
        "a/b/c/d/mouse/2020-01-01/001",
        "mouse/2020-13-45/1",
        "mouse/2020-1-1/0001",
        "mouse/20200101/00a",
        "mouse/2020_01_01/01",
        "mouse/01-01-2020/001",
        "mouse/2020-Jan-01/001",
        "mouse/2020–01–01/001",
        "mouse/٢٠٢٠-٠١-٠١/٠٠١",
        "mouse/2020-01-01/００１",
        "mouse/2020-01-01 /001\n",
        "mouse/2020-01-01/²",
        "mouse/2020-01-01/10000",
    ],
)
def test_what_may_be_meant_as_a_session_is_one(tmp_path: Path, session: str) -> None:
    write(tmp_path, f"{session}/alf/a.b.npy", f"{session}/c.d.npy", "zz/2019-01-01/001/a.b.npy")
    scan = scan_tree(tmp_path)
    assert files(scan)[session] == [f"{session}/alf/a.b.npy", f"{session}/c.d.npy"]
    assert files(scan_names(path for paths in files(scan).values() for path in paths)) == files(scan)


@pytest.mark.parametrize(
    "path",
    [
        "README.txt",
        "mouse/2020-01-01/notes.txt",
        "mouse/2020-01-01/001",
        "mouse/2020-01-01/001_old_copy/a.b.npy",
        "mouse/2020-01-01/alf/a.b.npy",
        "mouse/1.2.3/001/a.b.npy",
        "mouse/001/alf/a.b.npy",
        "2020-01-01/mouse/001/a.b.npy",
    ],
)
def test_other_files_lie_outside_any_session(tmp_path: Path, path: str) -> None:
    write(tmp_path, path)
    scan = scan_tree(tmp_path)
    assert ignored(scan) == {path: "outside any session"}
    assert scan_names([path]).ignored[0].reason == "outside any session"


def test_the_outermost_session_holds_what_looks_like_another(tmp_path: Path) -> None:
    write(tmp_path, f"{SESSION}/alf/a.b.npy", f"{SESSION}/{SESSION}/a.b.npy")
    assert list(files(scan_tree(tmp_path))) == [SESSION]


def test_an_entry_has_the_numbers_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, f"{SESSION}/a.b.npy", data=b"12345")
    (entry,) = scan_tree(tmp_path).sessions[0].entries
    found = (tmp_path / entry.path).stat()
    assert entry[1:] == (5, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


def test_names_that_are_not_utf8_are_text(tmp_path: Path) -> None:
    session = tmp_path / os.fsdecode(b"mouse/2020-01-01\xfe/001\xff")
    (session / "\\").mkdir(parents=True)
    (session / "\\" / os.fsdecode(b"a.\xe9.npy")).touch()
    text = r"mouse/2020-01-01\xfe/001\xff"
    assert files(scan_tree(tmp_path)) == {text: [text + r"/\\/a.\xe9.npy"]}
    assert files(scan_names([text + r"/\\/a.\xe9.npy"])) == files(scan_tree(tmp_path))


def test_the_order_of_the_file_system_cannot_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path, *(f"m{i}/2020-01-0{i}/00{j}/alf/x.y{k}.npy" for i in (1, 2) for j in (1, 2) for k in "abc")
    )
    write(tmp_path, "README", "b/README", ".DS_Store", "datasets.txt")
    (tmp_path / "m1/loop").symlink_to("loop")
    (tmp_path / "m1/2020-01-01/001/gone").symlink_to("nothing")
    expected = scan_tree(tmp_path)
    real, shuffle = os.scandir, random.Random(3).shuffle

    class Shuffled(list):  # type: ignore[type-arg]
        __enter__ = list.copy

        def __exit__(self, *_: object) -> None: ...

        close = list.clear

    def scandir(path: str) -> Shuffled:
        with real(path) as listing:
            entries = Shuffled(listing)
        shuffle(entries)
        return entries

    monkeypatch.setattr(os, "scandir", scandir)
    assert all(scan_tree(tmp_path) == expected for _ in range(10))


# Counting


def test_alfchecks_own_output_is_no_part_of_the_tree(tmp_path: Path) -> None:
    write(
        tmp_path,
        "sessions.pqt",
        "datasets.pqt",
        "alfcheck-report/report.html",
        ".alfcheck-lock",
        ".alfcheck-x/y",
    )
    write(tmp_path, "out/report.html", f"{SESSION}/a.b.npy", "other.pqt", "mouse/sessions.pqt")
    write(tmp_path, "alfcheck.toml", ".alfcheckignore", data=b"")
    scan = scan_tree(tmp_path, skip=[tmp_path / "out"])
    assert scan.file_count == total(scan) == 5
    assert ignored(scan) == {
        ".alfcheckignore": "alfcheck's own file",
        "alfcheck.toml": "alfcheck's own file",
        "mouse/sessions.pqt": "outside any session",
        "other.pqt": "foreign .pqt at the root",
    }


def test_nothing_hides_behind_the_name_of_an_output(tmp_path: Path) -> None:
    write(tmp_path, "sessions.pqt/mouse/2020-01-01/001/a.b.npy", "alfcheck-report")
    assert scan_tree(tmp_path).file_count == 2


def test_debris_is_ignored_wherever_it_lies(tmp_path: Path) -> None:
    write(tmp_path, f"{SESSION}/.DS_Store", f"{SESSION}/.git/objects/x", ".Trashes/a/b", "mouse/Thumbs.db")
    write(tmp_path, ".git/2020-01-01/001/x", f"{SESSION}/.gitattributes")
    scan = scan_tree(tmp_path)
    assert not scan.sessions
    assert set(ignored(scan).values()) == {"operating-system debris", "version control"}
    assert scan.file_count == 6


FOLDERS = ["mouse", "2020-01-01", "001", "alf", "lab", "Subjects", ".git", "x", "20200102", "02"]
LEAVES = ["a.b.npy", ".DS_Store", "x.pqt", "sessions.pqt", "log.txt", ".alfcheckignore", "é.b.npy"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from(FOLDERS), max_size=6), st.sampled_from(LEAVES)), max_size=25),
    st.lists(st.tuples(st.lists(st.sampled_from(FOLDERS), max_size=4), st.sampled_from(FOLDERS)), max_size=4),
)
def test_the_scan_adds_up_to_the_disk(
    tmp_path_factory: pytest.TempPathFactory,
    leaves: list[tuple[list[str], str]],
    links: list[tuple[list[str], str]],
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for folders, name in leaves:
        write(root, "/".join([*folders, name]), data=b"log*\n" if name == ".alfcheckignore" else b"x")
    for index, (folders, target) in enumerate(links):
        root.joinpath(*folders).mkdir(parents=True, exist_ok=True)
        root.joinpath(*folders, f"link{index}").symlink_to(target)
    scan = scan_tree(root)
    on_disk = _count(root)
    assert scan.file_count == total(scan) == len(on_disk)
    found = [entry.path for session in scan.sessions for entry in session.entries]
    found += [item.path for item in scan.ignored] + [entry.path for entry in scan.refused]
    assert sorted(found) == sorted(on_disk)
    assert [path for _, path, _ in scan.findings] == [entry.path for entry in scan.refused]
    if not links and not any(name == ".alfcheckignore" for _, name in leaves):
        assert files(scan_names(on_disk)) == files(scan)
        assert ignored(scan_names(on_disk)) == ignored(scan)


def _count(root: Path) -> list[str]:
    found = []
    for folder, below, names in os.walk(root):
        links = [name for name in below if os.path.islink(os.path.join(folder, name))]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in (*names, *links)]
    return [path_text(path) for path in found if path != "sessions.pqt"]


PARTS = (
    "alf",
    "#2020#",
    "probe00",
    ".git",
    ".Trash-1000",
    "Thumbs.db",
    "a.b.npy",
    "é.f.npy",
    "c\\d",
    "desktop.ini",
)
KINDS = ("file", "file", "file", "file", "link", "dead link", "fifo")


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3), st.sampled_from(KINDS)),
        max_size=12,
    )
)
@settings(max_examples=60)
def test_what_is_plain_is_found_as_with_a_closer_look(made: list[tuple[list[str], str]]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, f"{SESSION}/alf/spikes.times.npy", "README.md")
        for parts, kind in made:
            make_one(root.joinpath(SESSION, *parts), kind)
        found, names = scan_tree(root), scan_tree(root, stats=False)
        # With patterns, though they hit nothing, each file is looked at by itself.
        write(root, ".alfcheckignore", data=b"/nothing-of-this-name\n")
        closely = scan_tree(root)
    assert found.sessions == closely.sessions
    assert found.refused == closely.refused == names.refused
    assert found.findings == closely.findings == names.findings
    assert (
        {*found.ignored}
        == {*names.ignored}
        == {each for each in closely.ignored if each.path != ".alfcheckignore"}
    )
    assert found.file_count == names.file_count == closely.file_count - 1
    assert files(names) == files(found)
    assert {number for session in names.sessions for entry in session.entries for number in entry[1:]} <= {0}


def make_one(path: Path, kind: str) -> None:
    """Make a file or something else, where nothing stands in the way."""
    with suppress(FileExistsError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "file":
            path.open("x").close()
        elif kind == "fifo":
            os.mkfifo(path)
        else:
            path.symlink_to(
                "nowhere" if kind == "dead link" else path.parent.parent / "alf" / "spikes.times.npy"
            )


def test_folders_nested_deeper_than_any_path_is_long(tmp_path: Path) -> None:
    write(tmp_path, f"{SESSION}/a.b.npy")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        scan = scan_tree(tmp_path)
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)
    assert [code for code, _, _ in scan.findings] == ["ALF118"]
    assert "too long" in scan.findings[0][2].message
    assert scan.file_count == total(scan) == 2


# Parts of a tree


def test_only_keeps_to_what_was_pointed_at(tmp_path: Path) -> None:
    inside = [f"{SESSION}/alf/a.b.npy", f"{SESSION}/alf/probe00/a.b.npy", f"{SESSION}/x.y.npy"]
    write(tmp_path, *inside, "other/2020-01-01/001/a.b.npy", "README")

    def selected(*only: str) -> dict[str, list[str]]:
        scan = scan_tree(tmp_path, only=only)
        assert scan.file_count == total(scan)
        return files(scan)

    assert selected("mouse") == selected(SESSION) == {SESSION: inside}
    assert selected(f"{SESSION}/alf/") == {SESSION: inside[:2]}
    assert selected(inside[2], inside[0], f"./{inside[0]}") == {SESSION: [inside[0], inside[2]]}
    assert selected(SESSION, inside[0]) == selected(inside[0], SESSION) == {SESSION: inside}
    assert len(selected(".")) == len(selected(inside[0], ".")) == 2
    assert selected("README") == {}


@pytest.mark.parametrize("path", ["gone", "../x", "/etc", "mouse/../../x", "README/x"])
def test_only_refuses_what_is_not_below_the_root(tmp_path: Path, path: str) -> None:
    write(tmp_path, "README")
    with pytest.raises(UsageError):
        scan_tree(tmp_path, only=[path])


@pytest.mark.parametrize("name", ["gone", "file"])
def test_a_root_must_be_a_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path, "file")
    with pytest.raises(UsageError, match=name):
        scan_tree(tmp_path / name)


@pytest.mark.parametrize("path", ["", "/a", "a//b", "./a", "a/..", "a/", "a\0b", "a\\b"])
def test_scan_names_refuses_what_is_no_path(path: str) -> None:
    with pytest.raises(UsageError):
        scan_names([path])


def test_scan_names_counts_a_path_once() -> None:
    assert scan_names([f"{SESSION}/a.b.npy"] * 2 + ["sessions.pqt", "alfcheck-report/x"]).file_count == 1


def test_the_scan_needs_no_module_of_posix_alone() -> None:
    code = (
        "import sys\nfor name in ('fcntl', 'grp', 'pwd', 'resource', 'termios'): sys.modules[name] = None\n"
        "import alfcheck.scan\nassert 'pandas' not in sys.modules and 'pathspec' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_count_so_far_is_told(tmp_path: Path) -> None:
    write(tmp_path, *(f"mouse/2020-01-01/{number:03}/a.b.npy" for number in range(3)), "README.txt")
    told: list[int] = []
    assert scan_tree(tmp_path, told=told.append).file_count == 4
    assert told == sorted(told)
    assert len(told) == 6  # as each session is found, and as it is listed
    assert told[0] > 0
    assert 3 <= told[-1] <= 4
