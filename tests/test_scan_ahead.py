"""A second process that lists a tree from the other end: what it tells is taken, and nothing hangs on it."""

from __future__ import annotations

import json
import marshal
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.errors import UsageError
from alfcheck.model import SessionFiles
from alfcheck.scan import scan_tree
from alfcheck.scan.ahead import Ahead
from alfcheck.scan.tree import begun

NAMES = (
    "a.b.npy",
    "x",
    "é.f.npy",
    ".DS_Store",
    ".Trash-1000",
    "alf/a.b.npy",
    "alf/.git/x",
    "link",
    "Thumbs.db",
)
SESSIONS = (
    "m/2020-01-01/001",
    "m/2020-01-01/002",
    "l/Subjects/m/2020-01-02/001",
    "mé/2020-01-01/001",
    "n/20200101/1",
)


class Heard(Ahead):
    """Tells these sessions, some at a time, and nothing else."""

    def __init__(self, sessions: list[SessionFiles], each: int) -> None:
        self.began = time.time_ns()
        self.is_over = False
        self._sessions, self._each = sessions, each

    def told(self) -> Iterator[SessionFiles]:
        """Give the next."""
        for _ in range(min(self._each, len(self._sessions))):
            yield self._sessions.pop()

    def end(self) -> None:
        """Note it."""
        self.is_over = True


def plain_sessions(root: Path, *, stats: bool = True) -> list[SessionFiles]:
    """Give what the process would tell of."""
    walk, first = begun(root, stats=stats)
    told = [walk.plain_session(each) for each in walk.find(first) if walk.is_plain(each)]
    return [each for each in told if each is not None]


def lay(root: Path, made: list[tuple[str, str]]) -> None:
    """Make files, and a link."""
    (root / "README").touch()
    for session, name in made:
        path = root / session / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == "link" and not os.path.lexists(path):
            path.symlink_to("nowhere")
        elif name != "link":
            path.touch()


def many(root: Path, count: int) -> None:
    """Make plain sessions."""
    for number in range(count):
        for name in ("alf/a.times.npy", "alf/probe00/b.times.npy", "c.d.csv"):
            path = root / f"m{number % 7}/2020-01-{1 + number % 28:02}/{number:03}/{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * number)


def all_told(root: Path, count: int) -> list[SessionFiles]:
    """Let the process finish, and give what it told."""
    told: list[SessionFiles] = []
    late = time.monotonic() + 60
    with Ahead(root) as ahead:
        while len(told) < count and time.monotonic() < late:
            told += ahead.told()
            time.sleep(0.01)
    return told


@given(
    st.lists(st.tuples(st.sampled_from(SESSIONS), st.sampled_from(NAMES)), max_size=12),
    st.lists(st.sampled_from(("m/", "*.csv", "/l")), max_size=1),
    st.booleans(),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60)
def test_whatever_is_told_ahead_the_scan_is_the_same(
    made: list[tuple[str, str]], patterns: list[str], stats: bool, each: int, order: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lay(root, made)
        if patterns:
            (root / ".alfcheckignore").write_text("\n".join(patterns))
        told = plain_sessions(root, stats=stats)
        order.shuffle(told)
        skip = (root / SESSIONS[0] / "alf",)
        ahead = Heard(told[order.randrange(2) :], each)
        assert scan_tree(root, stats=stats, skip=skip, ahead=ahead) == scan_tree(root, stats=stats, skip=skip)
        assert ahead.is_over


def test_a_process_tells_what_the_scan_finds(tmp_path: Path) -> None:
    many(tmp_path, 200)
    told = all_told(tmp_path, 200)
    assert sorted(each.path for each in told) == [each.path for each in scan_tree(tmp_path).sessions]
    assert {each.path: each for each in told} == {each.path: each for each in scan_tree(tmp_path).sessions}


def test_what_was_told_is_not_looked_at_again(tmp_path: Path) -> None:
    many(tmp_path, 40)
    found = scan_tree(tmp_path)
    told = all_told(tmp_path, 40)
    for path in tmp_path.glob("*/*/*/*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert scan_tree(tmp_path, ahead=Heard(told, 100)) == found


def test_what_is_not_there_any_more_is_not_taken(tmp_path: Path) -> None:
    many(tmp_path, 10)
    told = all_told(tmp_path, 10)
    shutil.rmtree(tmp_path / "m3")
    found = scan_tree(tmp_path, ahead=Heard(told, 100))
    assert {each.path.partition("/")[0] for each in found.sessions} == {"m0", "m1", "m2", "m4", "m5", "m6"}


@pytest.mark.parametrize("is_ended", [True, False])
def test_nobody_waits_for_it(is_ended: bool, tmp_path: Path) -> None:
    many(tmp_path, 30)
    with Ahead(tmp_path) as ahead:
        if is_ended:
            ahead.end()
        assert scan_tree(tmp_path, ahead=ahead) == scan_tree(tmp_path)
        assert not [*ahead.told()]


@pytest.mark.parametrize("executable", ["/nothing/here", "", None])
def test_without_a_process_there_is_no_help(
    executable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(tmp_path, 5)
    monkeypatch.setattr(sys, "executable", executable)
    with Ahead(tmp_path) as ahead:
        assert scan_tree(tmp_path, ahead=ahead) == scan_tree(tmp_path)


@pytest.mark.parametrize("name", ["posix_spawn", "set_blocking"])
def test_where_the_system_has_no_calls_for_it_there_is_no_process(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(tmp_path, 5)
    monkeypatch.delattr(os, name)
    with Ahead(tmp_path) as ahead:
        assert scan_tree(tmp_path, ahead=ahead) == scan_tree(tmp_path)


@pytest.mark.parametrize(
    "said", [b"", b"[", b"hello", b"i\1\0\0\0", marshal.dumps([1]), marshal.dumps([("m/1",)])]
)
def test_what_nobody_asked_for_is_not_heard(said: bytes, tmp_path: Path) -> None:
    """A plugin may close what is not its own, and open something else in its place."""
    many(tmp_path, 5)
    stranger = tmp_path / "stranger"
    stranger.write_bytes(len(said).to_bytes(8, "little") + said)
    with Ahead(tmp_path) as ahead, stranger.open("rb") as file:
        assert ahead._process is not None
        os.dup2(file.fileno(), ahead._process.hears)
        assert scan_tree(tmp_path, ahead=ahead) == scan_tree(tmp_path)


def test_it_ends_when_its_parent_does(tmp_path: Path) -> None:
    """Even one that has much to look through, and nothing to tell."""
    for number in range(3000):
        (tmp_path / f"m/2020-01-01x/{number % 50}/{number}").mkdir(parents=True)
    code = (
        "from alfcheck.scan.ahead import Ahead; from pathlib import Path; import os, sys\n"
        "print(Ahead(Path(sys.argv[1]))._process.number, flush=True); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, timeout=60
    )
    late = time.monotonic() + 30
    while is_running(int(done.stdout)) and time.monotonic() < late:
        time.sleep(0.05)
    assert not is_running(int(done.stdout))


def is_running(number: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("letter", ["d", "한"])
def test_a_path_that_is_too_long_with_its_name_is_as_with_a_closer_look(letter: str, tmp_path: Path) -> None:
    folder = tmp_path / "m/2020-01-01/001"
    folder.mkdir(parents=True)
    here = os.open(folder, os.O_RDONLY)
    left = 3900 - len(os.fsencode(folder))
    while left > 10:
        name = letter * (min(240, left) // len(letter.encode()))
        os.mkdir(name, dir_fd=here)
        above, here = here, os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(above)
        left -= len(name.encode()) + 1
    os.close(os.open(f"spikes.times.{'x' * 200}.npy", os.O_CREAT, dir_fd=here))
    os.close(here)
    try:
        assert [code for code, _, _ in scan_tree(tmp_path).findings] == ["ALF119"]
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_a_root_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with Ahead(tmp_path / "nothing") as ahead, pytest.raises(UsageError, match="nothing"):
        scan_tree(tmp_path / "nothing", ahead=ahead)


def test_names_alone_have_no_numbers(tmp_path: Path) -> None:
    many(tmp_path, 5)
    with Ahead(tmp_path, stats=False) as ahead:
        late, told = time.monotonic() + 60, []
        while len(told) < 5 and time.monotonic() < late:
            told += ahead.told()
    assert {number for session in told for entry in session.entries for number in entry[1:]} == {0}


@pytest.mark.parametrize("more", [[], ["--names-only"]])
def test_commands_find_the_same_with_one_process_and_two(more: list[str], tmp_path: Path) -> None:
    many(tmp_path, 60)
    (tmp_path / "m1/2020-01-02/001/no dataset").touch()
    one, two = (checked(tmp_path, *more, *jobs) for jobs in (["-j", "1"], []))
    assert one["findings"]
    assert one == two


def checked(root: Path, *options: str) -> dict[str, object]:
    """Run the command, and give its report."""
    command = [sys.executable, "-m", "alfcheck", "check", str(root), "--no-cache", "--format", "json"]
    done = subprocess.run([*command, *options], capture_output=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return {**json.loads(done.stdout), "started": "", "seconds": 0}


def test_files_of_the_data_are_not_run_as_code(tmp_path: Path) -> None:
    many(tmp_path, 5)
    for name in ("marshal", "subprocess", "alfcheck"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w')")
    code = "from alfcheck.scan.ahead import Ahead; from pathlib import Path; a = Ahead(Path())\n"
    code += "while not [*a.told()]: pass"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, check=True, timeout=120)
    assert not (tmp_path / "run").exists()
