"""Links, pipes, devices and what cannot be looked at: findings, never followed out, never opened."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from alfcheck.model import Scan, Severity
from alfcheck.rules.scanned import RULES
from alfcheck.scan import scan_tree

SESSION = "mouse/2020-01-01/001"
FILE = f"{SESSION}/alf/a.b.npy"
PLACES = [FILE, "a.b.npy", "mouse/2020-01-01/a.b.npy"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a root with a session folder and, beside it, a folder and a file that are none of its business."""
    (tmp_path / "root" / SESSION / "alf").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "root"


def link(root: Path, target: str, path: str = FILE) -> Path:
    (root / path).symlink_to(target)
    return root / path


def found(root: Path) -> list[tuple[str, str]]:
    scan = scan_tree(root)
    assert [entry.path for entry in scan.refused] == [path for _, path, _ in scan.findings]
    kept = sum(len(session.entries) for session in scan.sessions)
    assert scan.file_count == kept + len(scan.ignored) + len(scan.refused)
    assert str(root.parent) not in repr(scan)
    return [(code, path) for code, path, _ in scan.findings]


def test_a_link_to_a_file_of_the_release_is_that_file(root: Path) -> None:
    (root / SESSION / "x.y.npy").write_bytes(b"12345")
    link(root, "../x.y.npy")
    link(root, str(root / SESSION / "x.y.npy"), f"{SESSION}/alf/absolute.b.npy")
    link(root, f"../../root/{SESSION}/alf/a.b.npy", "mouse/way_out_and_back.npy")
    entries = scan_tree(root).sessions[0].entries
    assert [entry.path.rsplit("/", 1)[1] for entry in entries] == ["a.b.npy", "absolute.b.npy", "x.y.npy"]
    assert len({entry[1:] for entry in entries}) == 1
    assert entries[0].size == 5
    assert found(root) == []


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "target", ["{up}secret", "{up}gone", "/etc/hostname", "{up}outside/../secret", "/dev/null"]
)
def test_a_link_out_of_the_root_is_refused_wherever_it_lies(root: Path, path: str, target: str) -> None:
    link(root, target.format(up="../" * (path.count("/") + 1)), path)
    assert found(root) == [("ALF114", path)]


def test_a_link_out_by_way_of_another_link_is_refused(root: Path) -> None:
    link(root, "../hop")
    link(root, "../../../../secret", f"{SESSION}/hop")
    assert found(root) == [("ALF114", FILE), ("ALF114", f"{SESSION}/hop")]


@pytest.mark.parametrize("name", [".DS_Store", ".git/x", "x.log"])
def test_no_reason_hides_a_link_out_of_the_root(root: Path, name: str) -> None:
    (root / ".alfcheckignore").write_text("*.log\n")
    (root / ".git").mkdir()
    link(root, "../../secret" if "/" in name else "../secret", name)
    link(root, "gone", f"{SESSION}/gone.log")
    link(root, "../outside", "folder.log")
    assert found(root) == sorted([("ALF114", name), ("ALF116", "folder.log")], key=lambda item: item[1])


@pytest.mark.parametrize("target", ["gone", "a.b.npy", "../alf/./a.b.npy", "b.c.npy/d", "b.c.npy/", "link1"])
def test_a_link_to_nothing_is_broken(root: Path, target: str) -> None:
    (root / SESSION / "alf/b.c.npy").write_bytes(b"x")
    for index in range(1, 60):
        link(root, f"link{index + 1}", f"{SESSION}/alf/link{index}")
    link(root, target)
    assert ("ALF115", FILE) in found(root)


@pytest.mark.parametrize("folder", [".git/annex", "annex"])
def test_absent_content_of_git_annex_is_unverified(root: Path, folder: str) -> None:
    link(root, f"../../../../{folder}/objects/Xk/9q/MD5E-s10--abc.npy/MD5E-s10--abc.npy")
    (finding,) = scan_tree(root).findings
    assert finding[:2] == ("ALF213", FILE)
    assert finding[2].severity is Severity.UNVERIFIED


def test_present_content_of_git_annex_is_a_file(root: Path) -> None:
    (root / ".git/annex/objects/a").mkdir(parents=True)
    (root / ".git/annex/objects/a/KEY").write_bytes(b"123")
    link(root, "../../../../.git/annex/objects/a/KEY")
    assert scan_tree(root).sessions[0].entries[0].size == 3
    assert found(root) == []


@pytest.mark.parametrize("target", [".", "..", "{up}root", "{up}outside", "/", "/tmp/.."])
@pytest.mark.parametrize("name", [FILE, "mouse/2020-01-01/002"])
def test_a_link_to_a_folder_is_one_finding(root: Path, name: str, target: str) -> None:
    link(root, target.format(up="../" * (name.count("/") + 1)), name)
    assert found(root) == [("ALF116", name)]


def test_a_pipe_a_socket_and_a_device_are_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / FILE)
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        link(root, "a.b.npy", f"{SESSION}/alf/link")
        assert found(root) == [("ALF117", FILE), ("ALF117", f"{SESSION}/alf/link"), ("ALF117", "socket")]
    assert "a named pipe" in scan_tree(root).findings[0][2].message


def test_a_device_is_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / FILE).write_bytes(b"x")
    pretend(monkeypatch, lambda entry: os.stat_result((stat.S_IFBLK, *range(9))), regular=False)
    assert found(root) == [("ALF117", FILE)]


def pretend(monkeypatch: pytest.MonkeyPatch, answer: object, *, regular: bool = True) -> None:
    """Let the file system list as it does and answer otherwise when asked for a file."""
    real = os.scandir

    class Pretended:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name = entry.name
            self.is_dir = entry.is_dir
            self.is_file = lambda **_: regular
            self.stat = lambda **_: answer(entry)  # type: ignore[operator]

    class Listing(list):  # type: ignore[type-arg]
        __enter__ = list.copy

        def __exit__(self, *_: object) -> None: ...

        close = list.clear

    def scandir(path: str) -> Listing:
        with real(path) as listing:
            return Listing(Pretended(entry) for entry in listing)

    monkeypatch.setattr(os, "scandir", scandir)


@pytest.mark.parametrize("regular", [True, False])
def test_a_file_that_vanishes_is_unverified(
    root: Path, monkeypatch: pytest.MonkeyPatch, regular: bool
) -> None:
    def gone(entry: os.DirEntry[str]) -> os.stat_result:
        raise FileNotFoundError(2, "No such file or directory", entry.path)

    for path in PLACES:
        (root / path).write_bytes(b"x")
    pretend(monkeypatch, gone, regular=regular)
    assert found(root) == [("ALF119", path) for path in sorted(PLACES)]


def test_a_name_at_the_end_of_the_longest_path_is_unverified(root: Path) -> None:
    here = os.open(root / SESSION, os.O_RDONLY)
    length = len(str(root / SESSION))
    while length < 4090:
        name = "d" * min(200, 4093 - length)
        os.mkdir(name, dir_fd=here)
        here, above = os.open(name, os.O_RDONLY, dir_fd=here), here
        os.close(above)
        length += len(name) + 1
    os.close(os.open("a.b.npy", os.O_CREAT, dir_fd=here))
    os.close(here)
    try:
        assert [code for code, _ in found(root)] == ["ALF119"]
    finally:
        subprocess.run(["rm", "-rf", str(root / SESSION)], check=True)


def test_what_the_user_may_not_read_is_unverified(tmp_path: Path) -> None:
    """Rights mean nothing to the superuser, so the scan runs as somebody else."""
    root = tmp_path / "root"
    (root / SESSION / "alf").mkdir(parents=True)
    (root / "lost+found").mkdir(mode=0o000)
    (root / FILE).write_bytes(b"x")
    (root / SESSION / "alf").chmod(0o000)
    (root / "listed").mkdir()
    (root / "listed/a").write_bytes(b"x")
    (root / "listed").chmod(0o444)
    for folder in (tmp_path, *list(tmp_path.parents)[:-1]):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    try:
        seen = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(root)], check=True, capture_output=True, text=True
        )
    finally:
        for folder in (root / SESSION / "alf", root / "lost+found", root / "listed"):
            folder.chmod(0o755)
    assert seen.stdout.split() == ["ALF119", "listed/a", "ALF118", f"{SESSION}/alf", "lost+found", "3"]


_AS_NOBODY = """
import os, sys
from pathlib import Path
from alfcheck.scan import scan_tree
scan_tree(Path(sys.argv[1]))  # imports what it needs while it may
if os.getuid() == 0:
    os.setuid(65534)
scan = scan_tree(Path(sys.argv[1]))
found = [f"{code} {path}" for code, path, _ in scan.findings]
print(*found, *(item.path for item in scan.ignored), scan.file_count)
"""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_examples_of_the_rules_show_them(tmp_path: Path, rule: object) -> None:
    def scanned(example: object, name: str) -> Scan:
        for item in (*example.beside, example):  # type: ignore[attr-defined]
            path = tmp_path / name / item.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(item.link_to) if item.link_to else path.write_bytes(item.content())
        return scan_tree(tmp_path / name)

    for example in rule.good:  # type: ignore[attr-defined]
        assert scanned(example, "good").findings == ()
    for example in rule.bad:  # type: ignore[attr-defined]
        assert [code for code, _, _ in scanned(example, "bad").findings] == [rule.code]  # type: ignore[attr-defined]
