"""``.alfcheckignore``: gitignore's syntax, each reason with its line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from alfcheck.errors import ConfigError
from alfcheck.scan import scan_tree

SESSION = "mouse/2020-01-01/001"


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def patterns(root: Path, content: str, folder: str = ".") -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / ".alfcheckignore").write_text(content, encoding="utf-8")


def reasons(root: Path) -> dict[str, str]:
    """Give what a pattern ignores, and by which."""
    return {item.path: item.reason for item in scan_tree(root).ignored if '"' in item.reason}


def test_the_reason_names_the_pattern_and_its_line(tmp_path: Path) -> None:
    write(tmp_path, f"{SESSION}/raw/a.log", f"{SESSION}/a.b.npy", "README.log")
    patterns(tmp_path, "# notes\r\n\n*.log\r\n")
    reason = '.alfcheckignore:3 "*.log"'
    assert reasons(tmp_path) == {f"{SESSION}/raw/a.log": reason, "README.log": reason}
    assert [entry.path for entry in scan_tree(tmp_path).sessions[0].entries] == [f"{SESSION}/a.b.npy"]


@pytest.mark.parametrize(
    ("pattern", "ignored"),
    [
        ("b.log", ["b.log", "k/b.log", "k/m/b.log"]),
        ("/b.log", ["b.log"]),
        ("k/", ["k/b.log", "k/m/b.log", "k/m/n", "m/k/n"]),
        ("/k/*", ["k/b.log", "k/m/b.log", "k/m/n"]),
        ("k/*.log", ["k/b.log"]),
        ("k/**", ["k/b.log", "k/m/b.log", "k/m/n"]),
        ("k/**/", ["k/m/b.log", "k/m/n"]),
        ("**/n", ["k/m/n", "m/k/n"]),
        ("k/**/b.log", ["k/b.log", "k/m/b.log"]),
        ("?.log", ["b.log", "k/b.log", "k/m/b.log"]),
        ("[!a].log", ["b.log", "k/b.log", "k/m/b.log"]),
        ("*.log\n!k/b.log", ["b.log", "k/m/b.log"]),
        ("k\n!k/b.log", ["k/b.log", "k/m/b.log", "k/m/n", "m/k/n"]),
        ("k/*\n!k/m", ["k/b.log"]),
        ("*.log\n!k/", ["b.log", "k/b.log", "k/m/b.log"]),
        (r"\#x", ["#x"]),
        ("nothing", []),
    ],
)
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path, pattern: str, ignored: list[str]) -> None:
    write(tmp_path, "b.log", "k/b.log", "k/m/b.log", "k/m/n", "m/k/n", "#x")
    patterns(tmp_path, pattern + "\n")
    assert sorted(reasons(tmp_path)) == sorted(ignored)


def test_a_nested_file_speaks_of_its_own_folder_and_weighs_more(tmp_path: Path) -> None:
    write(tmp_path, "m/a.log", "m/k/a.log", "m/k/b.log", "n/k/b.log", "m/k/x")
    patterns(tmp_path, "a.log\n")
    patterns(tmp_path, "!a.log\n/k/b.log\n", "m")
    patterns(tmp_path, "x\n", "m/k")
    assert reasons(tmp_path) == {
        "m/k/b.log": 'm/.alfcheckignore:2 "/k/b.log"',
        "m/k/x": 'm/k/.alfcheckignore:1 "x"',
    }


def test_odd_names_are_matched_as_they_are(tmp_path: Path) -> None:
    for name in (b"a\\b.log", b"\xff.log", b"line\nfeed.log", b"keep.log\n"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    patterns(tmp_path, "*.log\n")
    assert sorted(reasons(tmp_path)) == [r"\xff.log", r"a\\b.log", "line\nfeed.log"]


def test_the_name_of_the_file_can_be_chosen(tmp_path: Path) -> None:
    write(tmp_path, "a.log")
    (tmp_path / ".other").write_text("*.log\n")
    found = {item.path: item.reason for item in scan_tree(tmp_path, ignore_file=".other").ignored}
    assert found["a.log"] == '.other:1 "*.log"'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ok\n\xff\n", ":2"),
        (b"ok\n!\n", ':2 "!"'),
        (b"[z-a]\n", "z-a"),
        (b"[a\n", "no pattern"),
        (b"[[:alpha:]]\n", "no pattern"),
        (b"a\\", "no pattern"),
        (b"x\n" * 1001, "1000 patterns"),
        (b"x" * 1001, "1000 characters"),
        (b"\n" * 300_000, "bytes"),
    ],
)
def test_what_cannot_be_understood_stops_the_run(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/.alfcheckignore").write_bytes(content)
    with pytest.raises(ConfigError, match=r"^m/\.alfcheckignore") as caught:
        scan_tree(tmp_path)
    assert message in str(caught.value)


def test_an_ignore_file_is_not_read_through_a_link_or_from_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "patterns").write_text("*.log\n")
    (tmp_path / "a/.alfcheckignore").symlink_to("../patterns")
    os.mkfifo(tmp_path / "b/.alfcheckignore")
    for folder in ("a", "b"):
        with pytest.raises(ConfigError, match="alfcheckignore"):
            scan_tree(tmp_path / folder)


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 12 + "*b", "*a?" * 12 + "b", "*a*/" * 12 + "b", "**/a/" * 12 + "**/b", "**/*a*a/" * 6 + "*b*c"],
)
def test_no_pattern_makes_the_run_hang(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "a" * 250 + "bx", "a/" * 300 + "bx", "/".join(["a" * 60 + "bx"] * 20))
    patterns(tmp_path, pattern + "\n")
    start = time.monotonic()
    scan_tree(tmp_path)
    assert time.monotonic() - start < 5
