"""The command: what it accepts, what it says where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from lab_plugins import Lab

from alfcheck.cli import run

Make = Callable[..., Path]
SESSION = "mouse/2020-01-01/001"
LABBED = f"lab/Subjects/{SESSION}"
RULES = "\n@alfcheck.hookimpl\ndef alfcheck_rules():\n    return [{}]\n"
ALFCHECK = (sys.executable, "-m", "alfcheck")


@pytest.fixture
def go(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process; give exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(map(str, arguments)))
        return code, *capsys.readouterr()

    return call


Go = Callable[..., tuple[int, str, str]]


def paths_of(out: str) -> set[str]:
    return {each["path"] for each in json.loads(out)["findings"]}


# --- exit codes ----------------------------------------------------------------------------------------


def test_0_for_a_clean_release(go: Go, clean_release: Path) -> None:
    code, out, err = go("check", clean_release)
    assert (code, err) == (0, "")
    assert "no findings; 44 of 45 datasets pass" in out  # one video, which no reader knows


def test_1_for_a_fault(go: Go, own_release: Path) -> None:
    path = next(own_release.rglob("spikes.times.npy"))
    path.write_bytes(path.read_bytes()[:-3])
    code, out, err = go("check", own_release)
    assert (code, err) == (1, "")
    assert path.relative_to(own_release).as_posix() in out


def test_2_for_wrong_use(go: Go, clean_release: Path) -> None:
    for arguments in (
        ["check"],
        ["chekc"],
        ["check", clean_release, "--colour"],
        ["check", clean_release, "-j", "0"],
    ):
        code, out, err = go(*arguments)
        assert (code, out) == (2, "")
        assert "Usage: alfcheck" in err


def test_3_for_what_could_not_be_checked(go: Go, lab: Lab, clean_release: Path) -> None:
    code, out, _ = go(
        "check", clean_release, "-p", lab.file(RULES.format("rule('BAD101', lambda *_: 1 / 0)"))
    )
    assert code == 3
    assert "ALF901" in out


def test_without_a_command_the_help_is_shown_and_nothing_was_done(go: Go) -> None:
    code, out, err = go()
    assert code == 2
    assert "Usage: alfcheck" in out + err
    assert "release" in out + err


def test_help_and_version(go: Go) -> None:
    code, out, _ = go("--help")
    assert code == 0
    assert "Exit codes: 0 clean" in out
    assert go("--version")[:2] == (0, "alfcheck 0.1.0\n")
    for command in ("check", "release", "rules", "explain", "demo"):
        assert go(command, "-h")[0] == 0


@pytest.mark.parametrize("error", [RuntimeError("boom"), MemoryError(), SystemExit(0), RecursionError()])
def test_what_nobody_foresaw_is_never_0_or_1(
    error: BaseException, go: Go, clean_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("alfcheck.api.scan_tree", fail)
    code, out, err = go("check", clean_release)
    assert (code, out) == (3, "")
    assert "Traceback" in err
    assert "alfcheck: " in err.splitlines()[-1]


# --- what is looked at ---------------------------------------------------------------------------------

FAULTY = "a b.mp4"


@pytest.fixture
def faulty(make: Make) -> Path:
    """Two sessions of a lab, in each a file whose name is no ALF name, in two collections."""
    return make(
        *(
            f"{LABBED[:-1]}{number}/{place}/{name}"
            for number in (1, 2)
            for place in ("alf", "raw")
            for name in (FAULTY, "cats.times.mp4")
        )
    )


def session(number: int) -> str:
    return f"{LABBED[:-1]}{number}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([""], {f"{session(n)}/{place}/{FAULTY}" for n in (1, 2) for place in ("alf", "raw")}),
        ([session(1)], {f"{session(1)}/{place}/{FAULTY}" for place in ("alf", "raw")}),
        ([f"{session(1)}/"], {f"{session(1)}/{place}/{FAULTY}" for place in ("alf", "raw")}),
        ([f"{session(2)}/alf"], {f"{session(2)}/alf/{FAULTY}"}),
        ([f"{session(2)}/alf/{FAULTY}"], {f"{session(2)}/alf/{FAULTY}"}),
        ([f"{session(2)}/alf/cats.times.mp4"], set()),
        (
            [session(1), f"{session(2)}/raw"],
            {f"{session(1)}/alf/{FAULTY}", f"{session(1)}/raw/{FAULTY}", f"{session(2)}/raw/{FAULTY}"},
        ),
    ],
    ids=["root", "session", "slash", "collection", "file", "sound file", "two places"],
)
def test_a_root_a_session_a_collection_or_a_file_is_checked(
    given: list[str], expected: set[str], go: Go, faulty: Path
) -> None:
    code, out, err = go("check", *(f"{faulty}/{path}" for path in given), "--format", "json")
    assert (code, err) == (0, "")
    assert paths_of(out) == expected
    assert json.loads(out)["root"] == "tree"


def test_a_relative_path_means_the_same(go: Go, faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(faulty / session(1))
    here = {f"{session(1)}/{place}/{FAULTY}" for place in ("alf", "raw")}
    assert paths_of(go("check", ".", "--format", "json")[1]) == here
    assert paths_of(go("check", "alf", "raw", "--format", "json")[1]) == here
    monkeypatch.chdir(faulty)
    assert len(paths_of(go("check", ".", "--format", "json")[1])) == 4


def refused(answer: tuple[int, str, str], *expected: str) -> None:
    code, out, err = answer
    assert (code, out) == (2, "")
    assert err.startswith("alfcheck: ")
    assert err.count("\n") == 1
    for words in expected:
        assert words in err


def test_paths_of_two_releases_are_refused(go: Go, make: Make) -> None:
    one = make(f"{SESSION}/alf/cats.times.mp4", root="one")
    two = make(f"{SESSION}/alf/cats.times.mp4", root="two")
    for paths in ((one, two), (one / SESSION, two / SESSION), (one, two / SESSION)):
        refused(go("check", *paths), "different releases", "one", "two", "one at a time")


def test_what_is_not_there_is_refused(go: Go, tmp_path: Path) -> None:
    refused(go("check", tmp_path / "nowhere"), "nowhere: there is no such file or folder")
    refused(go("release", tmp_path / "nowhere"), "nowhere: there is no such folder")


def test_a_release_needs_a_folder(go: Go, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused(go("release", tmp_path / "file"), "is no folder; give the root of a release")


@pytest.mark.parametrize("command", ["check", "release"])
def test_an_empty_folder_is_nothing_to_check(command: str, go: Go, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(go(command, tmp_path / "empty"), "there is no file (SUBJECT/YYYY-MM-DD/NNN or")
    assert list((tmp_path / "empty").iterdir()) == []


def test_files_without_a_session_are_nothing_to_check(go: Go, make: Make) -> None:
    refused(go("check", make("README.txt", "notes/a.txt")), "there is 2 files, but no session")


def test_a_file_outside_any_session_is_refused(go: Go, make: Make) -> None:
    tree = make("README.txt", f"{SESSION}/alf/cats.times.mp4")
    refused(go("check", tree / "README.txt"), "lies in no session", "give the root of the release")


@pytest.mark.parametrize("below", ["lab", "lab/Subjects", "lab/Subjects/mouse"])
def test_a_root_inside_a_lab_is_told_which_root_to_use(below: str, go: Go, make: Make) -> None:
    tree = make(f"{LABBED}/alf/cats.times.mp4")
    code, out, _ = go("check", tree / below)
    assert code == 1
    assert "ALF108" in out
    top = "/".join([".."] * len(below.split("/")))
    assert f"the root to use is {top} (the folder that holds" in " ".join(out.split())


def test_nothing_is_written_into_the_data(go: Go, faulty: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in faulty.rglob("*")}
    go("check", faulty)
    go("check", faulty / session(1), "--names-only")
    assert {path: path.stat().st_mtime_ns for path in faulty.rglob("*")} == before


# --- what is printed, and where ------------------------------------------------------------------------


def test_formats(go: Go, faulty: Path) -> None:
    _, text, _ = go("check", faulty)
    assert go("check", faulty, "--format", "text")[1].splitlines()[0] == text.splitlines()[0]
    document = json.loads(go("check", faulty, "--format", "json")[1])
    lines = [json.loads(line) for line in go("check", faulty, "--format", "jsonl")[1].splitlines()]
    assert document["findings"] == lines[1:]
    refused(go("check", faulty, "--format", "jsno"), "there is no format 'jsno'; is 'json' meant?")
    refused(go("check", faulty, "--format", "pdf"), "there is no format 'pdf'; there are json, jsonl, text")


def test_an_unknown_format_costs_no_run(go: Go, clean_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alfcheck.api.scan_tree", lambda *_, **__: pytest.fail("was run"))
    refused(go("check", clean_release, "--format", "pdf"), "there is no format")


def test_output_goes_to_a_file(go: Go, faulty: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.json"
    code, out, err = go("check", faulty, "--format", "json", "--output", target)
    assert (code, out, err) == (0, "", "")
    assert len(json.loads(target.read_text("utf-8"))["findings"]) == 4


def test_output_that_cannot_be_written_is_refused_before_the_run(
    go: Go, clean_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alfcheck.api.scan_tree", lambda *_, **__: pytest.fail("was run"))
    target = tmp_path / "nowhere" / "found.json"
    for command in ("check", "release"):
        refused(
            go(command, clean_release, "--output", target), "there is no folder", "nowhere", "make it first"
        )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
def test_output_that_fails_at_last_is_told_of(go: Go, faulty: Path) -> None:
    refused(
        go("check", faulty, "--output", "/dev/full"), "--output /dev/full: cannot be written: No space left"
    )


def test_names_that_act_on_a_terminal_do_not(go: Go, tmp_path: Path) -> None:
    code, out, err = go("check", f"{tmp_path}/\x1b[2Jnowhere\nalfcheck: all is well")
    refused((code, out, err), r"\u001b[2Jnowhere\nalfcheck: all is well: there is no such file")


# --- what is run ---------------------------------------------------------------------------------------

_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    is_path = event == "open" and isinstance(arguments[0], (str, bytes))
    if _opened is not None and is_path and not arguments[2] & os.O_DIRECTORY:  # which fails for a file
        _opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_listen)


@contextmanager
def opened_below(root: Path) -> Iterator[set[str]]:
    """Collect the names of the files below a root that are opened meanwhile."""
    global _opened
    found: set[str] = set()
    _opened = []
    try:
        yield found
    finally:
        found.update(name for name in _opened if os.path.realpath(name).startswith(f"{root.resolve()}/"))
        _opened = None


@pytest.mark.parametrize("arguments", [["--names-only"], ["--select", "ALF1"], ["--select", "ALF120,ALF6"]])
def test_what_is_not_selected_costs_no_reading(arguments: list[str], go: Go, clean_release: Path) -> None:
    with opened_below(clean_release) as opened:
        code, out, _ = go("check", clean_release, *arguments)
    assert code == 0
    assert opened == set()
    assert "datasets   45: 45 unchecked" in out
    with opened_below(clean_release) as opened:
        go("check", clean_release)
    assert len(opened) == 44  # all but a video


@pytest.mark.parametrize(
    "codes", [["--select", "alf101"], ["--select", "ALF101,ALF2"], ["--select", "ALF101 ALF2"]]
)
def test_codes_are_selected(codes: list[str], go: Go, make: Make) -> None:
    tree = make(f"{SESSION}/alf/{FAULTY}", f"{SESSION}/alf/spike.times.mp4")
    document = json.loads(go("check", tree, *codes, "--format", "json")[1])
    assert {each["code"] for each in document["findings"]} == {"ALF101"}


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_code_that_nobody_has_is_refused(option: str, go: Go, clean_release: Path) -> None:
    refused(
        go("check", clean_release, option, "ALF998"),
        f"alfcheck: {option}: there is no rule 'ALF998'; is 'ALF9",
    )


def test_codes_of_a_plugin_that_is_not_there(go: Go, clean_release: Path) -> None:
    told = (
        "--select: there is no rule 'XYZ1': the plugin that offers XYZ is not loaded (codes begin with ALF)"
    )
    refused(go("check", clean_release, "--select", "XYZ1"), told, "load it with -p", "--no-plugin")


@pytest.mark.parametrize("codes", ["ALF2", "ALF3,ALF4", "ALF401"])
def test_names_only_refuses_rules_that_cannot_run(codes: str, go: Go, clean_release: Path) -> None:
    answer = go("check", clean_release, "--names-only", "--select", codes)
    refused(
        answer, "the selected rules look at contents; --names-only opens no file", codes.replace(",", ", ")
    )


@pytest.mark.parametrize("codes", ["ALF1,ALF2", "ALF5", "ALF6", "ALF9"])
def test_names_only_takes_those_of_which_some_can(codes: str, go: Go, clean_release: Path) -> None:
    assert go("check", clean_release, "--names-only", "--select", codes)[0] == 0


def test_what_is_ignored_is_excused_and_said(go: Go, make: Make) -> None:
    tree = make(f"{SESSION}/alf/spike.times.mp4")
    code, out, _ = go("check", tree, "--fail-on", "warning", "--format", "json")
    document = json.loads(out)
    (found,) = document["findings"]
    assert code == 1
    code, out, _ = go("check", tree, "--fail-on", "warning", "--ignore", found["code"], "--format", "json")
    document = json.loads(out)
    assert (code, [each["severity"] for each in document["findings"]]) == (0, ["info"])
    assert [each["code"] for each in document["waived"]] == [found["code"]]


@pytest.mark.parametrize(("level", "expected"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on(level: str, expected: int, go: Go, make: Make) -> None:
    assert go("check", make(f"{SESSION}/alf/spike.times.mp4"), "--fail-on", level)[0] == expected


def test_strict_indexes_only_what_was_checked(go: Go, own_release: Path) -> None:
    import pyarrow.parquet as pq

    video = next(own_release.rglob("spikes.times.npy")).with_name("cats.times.mp4")
    video.write_bytes(b"x")
    counts = []
    for options in ([], ["--strict"]):
        assert go("release", own_release, *options)[0] == 0
        counts.append(pq.read_table(own_release / "datasets.pqt").num_rows)
    assert counts == [46, 44]


def test_a_release_says_where_it_is(go: Go, own_release: Path) -> None:
    code, out, err = go("release", own_release)
    assert code == 0
    assert err.startswith("alfcheck: published release ")
    assert str(own_release) in err
    assert {path.name for path in own_release.iterdir()} >= {
        "sessions.pqt",
        "datasets.pqt",
        "alfcheck-report",
    }
    assert str(own_release.parent) not in out


# --- rules and explain ---------------------------------------------------------------------------------


def test_rules_are_listed(go: Go) -> None:
    code, out, _ = go("rules")
    assert code == 0
    assert "ALF303" in out
    listed = [each["code"] for each in json.loads(go("rules", "--format", "json")[1])["rules"]]
    assert listed == sorted(listed)
    assert set(listed) == {word for word in out.split() if word in set(listed)}


@pytest.mark.parametrize("name", ["ALF901", "alf901", "rule-crashed", "Rule-Crashed"])
def test_a_rule_is_explained_by_its_code_or_name(name: str, go: Go) -> None:
    code, out, err = go("explain", name)
    assert (code, err) == (0, "")
    assert out.startswith("ALF901 rule-crashed")
    assert json.loads(go("explain", name, "--format", "json")[1])["rules"][0]["code"] == "ALF901"


def test_an_unknown_rule_is_answered_with_the_nearest(go: Go) -> None:
    refused(go("explain", "rule-crash"), "there is no rule 'rule-crash'; is 'rule-crashed' meant?")
    refused(go("explain", "ALF9011"), "is 'ALF901' meant?")
    refused(go("explain", "alf9011"), "is 'ALF901' meant?")


def test_rules_of_a_configuration_are_listed(go: Go, lab: Lab) -> None:
    lab.file(RULES.format("rule('LAB101', lambda dataset, path: [], name='mine')"))
    config = lab.folder / "lab.toml"
    config.write_text('plugins = ["rules.py"]')
    assert "LAB101" in go("rules", "--config", config)[1]
    assert go("explain", "mine", "--config", config)[0] == 0
    assert go("explain", "mine")[0] == 2


# --- the demo ------------------------------------------------------------------------------------------


def test_the_demo_shows_the_whole_path(go: Go, tmp_path: Path) -> None:
    code, out, err = go("demo", tmp_path / "demo")
    assert (code, err) == (0, "")
    assert "planted faults were found, and nothing else was kept out" in out
    assert (tmp_path / "demo" / "release" / "sessions.pqt").is_file()
    refused(go("demo", tmp_path / "demo"), "exists and is not empty; name another folder, or remove it")


# --- as a process --------------------------------------------------------------------------------------


def process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ALFCHECK, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        **options,
    )


def test_whoever_stops_reading_has_had_enough(faulty: Path) -> None:
    """``alfcheck check | head`` ends as the check does, without a word of Python's."""
    for arguments, expected in ((["rules"], 0), (["check", faulty, "--fail-on", "info", "--names-only"], 1)):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as closed:
            done = subprocess.run(
                [*ALFCHECK, *map(str, arguments)],
                stdout=closed,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
            )
        assert (done.returncode, done.stderr) == (expected, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize(
    ("path", "full", "expected"),
    [(f"{SESSION}/alf", ">", 3), (f"{SESSION}/alf", ">/dev/full 2>", 3), ("nothing", "2>", 2)],
)
def test_what_cannot_be_said_is_no_finding(path: str, full: str, expected: int, make: Make) -> None:
    tree = make(f"{SESSION}/alf/spikes.times.npy")
    command = " ".join(map(shlex.quote, [*ALFCHECK, "check", str(tree / path), "--names-only"]))
    done = subprocess.run(
        ["sh", "-c", f"{command} {full}/dev/full"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == expected
    assert full != ">" or done.stderr.startswith("alfcheck: standard output cannot be written: No space left")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell of POSIX")
@pytest.mark.parametrize(("path", "expected"), [(f"{SESSION}/alf", 0), ("nothing", 2)])
def test_streams_that_are_closed_swallow_what_is_said(path: str, expected: int, make: Make) -> None:
    tree = make(f"{SESSION}/alf/spikes.times.npy")
    command = " ".join(map(shlex.quote, [*ALFCHECK, "check", str(tree / path), "--names-only"]))
    for jobs in (1, 2):
        done = subprocess.run(["sh", "-c", f"{command} -j {jobs} <&- >&- 2>&-"], timeout=60)
        assert done.returncode == expected


def test_the_locale_changes_nothing(make: Make, environment: dict[str, str]) -> None:
    tree = make(f"{SESSION}/alf/caf\u00e9 \u2603.mp4")
    plain = {**environment, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    outs = [process("check", tree, "--names-only", env=env).stdout for env in (environment, plain)]
    assert "caf\u00e9 \u2603.mp4" in outs[0]
    assert [line for line in outs[0].splitlines() if " s, by " not in line] == [
        line for line in outs[1].splitlines() if " s, by " not in line
    ]


HOSTILE = "import pathlib; pathlib.Path('ran').touch()\n"


def test_a_module_that_lies_in_the_data_is_not_run(make: Make, environment: dict[str, str]) -> None:
    """`python -m` would look for modules in the working folder first."""
    tree = make(f"{SESSION}/alf/cats.times.mp4")
    ours = ("pandas", "yaml", "numpy", "pyarrow", "click", "pluggy", "pandera", "pathspec")
    for name in (*ours, "signal", "json", "multiprocessing", "tomllib", "logging"):
        (tree / f"{name}.py").write_text(HOSTILE)
    done = process("check", ".", cwd=tree, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tree / "ran").exists()


def test_a_working_folder_that_is_gone_is_no_matter(faulty: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    lost = ["sh", "-c", 'rmdir ../gone; exec "$@"', "sh"]
    for command in (ALFCHECK, [str(Path(sys.executable).with_name("alfcheck"))]):
        for path, expected in ((str(faulty), 0), (".", 2)):
            done = subprocess.run(
                [*lost, *command, "check", "--names-only", path],
                capture_output=True,
                text=True,
                cwd=tmp_path / "gone",
                timeout=60,
            )
            assert (done.returncode, "Traceback" in done.stderr) == (expected, False), done.stderr
            (tmp_path / "gone").mkdir()


SLOW = """
import time

def check(dataset, path):
    time.sleep(0.25)
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", check)]
"""
SMALL = """
import sys
from alfcheck.executors import batches
from alfcheck.cli import run
batches.MAX_FILES = 1
if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
"""


def on_a_terminal(command: list[str]) -> tuple[int, str]:
    """Run a command whose standard error is a terminal; give its exit code and what it showed there."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 60
    with suppress(OSError):  # how Linux tells that the other end is closed
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                piece = os.read(ours, 4096)
                if not piece:
                    break
                shown += piece
    os.close(ours)
    return child.wait(60), shown.decode("utf-8", "replace")


def test_a_bar_shows_on_a_terminal_for_what_takes_long(lab: Lab, make: Make, tmp_path: Path) -> None:
    tree = make(*(f"mouse/2020-01-0{day}/001/alf/cats{day}.times.mp4" for day in range(1, 7)))
    script = tmp_path / "small.py"
    script.write_text(SMALL)
    command = [sys.executable, str(script), "check", str(tree), "--names-only", "-j", "1"]
    slow = [*command, "-p", lab.file(SLOW)]
    code, shown = on_a_terminal(slow)
    assert code == 0
    assert "checking" in shown
    assert "sessions" in shown
    assert on_a_terminal(command) == (0, "")
    piped = subprocess.run(slow, capture_output=True, text=True, timeout=60)
    assert (piped.returncode, piped.stderr) == (0, "")
    assert "checking" not in piped.stdout
