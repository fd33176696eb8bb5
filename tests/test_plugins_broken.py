"""Broken plugins: each is named, with version, file, line and way out, and others are not touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from broken_plugins import UNLOADABLE, Broken, marked
from failing_plugins import EXTRA, FAILING, FILES, OTHER, SESSION, Failing, contract, of_name
from lab_plugins import Lab
from release_fixtures import indexed

import alfcheck
from alfcheck.cli import run
from alfcheck.examples import encoded

Make = Callable[..., Path]
Said = tuple[int, str, str]


@pytest.fixture
def go(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command; give its exit code, and what it says on either stream."""

    def run_it(*arguments: object) -> Said:
        code = run([str(each) for each in arguments])
        return (code, *capsys.readouterr())

    return run_it


Go = Callable[..., Said]


def install(broken: Broken, lab: Lab) -> None:
    lab.install(broken.source, name="bad", requires=broken.requires)
    if broken.value:
        points = next(lab.folder.glob("*.dist-info")) / "entry_points.txt"
        points.write_text(f"[alfcheck]\nbad = {broken.value}\n")
    if broken.beside:
        lab.install(broken.beside, name="good")


@pytest.mark.parametrize("broken", UNLOADABLE.values(), ids=UNLOADABLE)
def test_a_plugin_that_cannot_be_loaded_stops_the_run(broken: Broken, lab: Lab, make: Make, go: Go) -> None:
    tree = make(f"{SESSION}/alf/dogs.times.mp4")
    install(broken, lab)
    code, out, err = go("release", tree)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert broken.said in err
    assert "'bad'" in err
    assert "alfcheck-bad 1.2" in err
    assert (broken.place or marked(broken.source)) in err
    assert "--no-plugin bad" in err
    assert sorted(path.name for path in tree.iterdir()) == ["mouse"]
    # The way out that was named is one.
    assert go("check", tree, "--names-only", "--no-plugin", "bad")[0] == 0


# --- during a run --------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What one run came to: exit code, findings, verdicts and index by path, what was said."""

    code: int
    findings: list[dict[str, Any]]
    verdicts: dict[str, str]
    indexed: set[str]
    said: str


def released(tree: Path, out: Path) -> Outcome:
    with redirect_stdout(StringIO()) as said:
        code = run(["release", str(tree), "--out", str(out), "--partial"])
    folder = out / "alfcheck-report"
    ledger = pd.read_parquet(folder / "ledger.parquet")
    return Outcome(
        code,
        json.loads((folder / "report.json").read_text())["findings"],
        dict(zip(ledger["path"], ledger["verdict"], strict=True)),
        indexed(out),
        said.getvalue(),
    )


@pytest.fixture(scope="module")
def licks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions with sound files, a broken one and a name that is none; not to be written into."""
    root = tmp_path_factory.mktemp("licks")
    for session, files in ((SESSION, {**FILES, **EXTRA}), (OTHER, FILES)):
        for path, value in files.items():
            target = root / session / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encoded(path, value))
    return root


@pytest.fixture(scope="module")
def alone(licks: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What the run comes to without the plugin."""
    return released(licks, tmp_path_factory.mktemp("alone") / "out")


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING)
def test_a_plugin_that_fails_spoils_its_own_part_only(
    failing: Failing,
    alone: Outcome,
    licks: Path,
    lab: Lab,
    tmp_path: Path,
) -> None:
    lab.install(failing.source, name="bad")
    done = released(licks, tmp_path / "out")
    assert (alone.code, done.code) == (1, 3)
    own = [each for each in done.findings if each["origin"]["name"] == "alfcheck-bad"]
    failures = [each for each in own if each["code"] == "ALF901"]
    # It is named, with its version, its file and line, and the way out.
    assert failures
    assert {(each["severity"], each["origin"]["version"]) for each in failures} == {("unverified", "1.2")}
    told = {each["message"] for each in failures}
    assert [each for each in told if failing.said not in each] == []
    assert [each for each in told if f"({marked(failing.source)})" not in each] == []
    assert all("--no-plugin" in each["fix"] for each in failures)
    assert "alfcheck-bad 1.2" in done.said
    # What it would have judged is neither passed nor indexed; all else is as without it.
    assert {path for each in failures for path in each["datasets"]} == set(failing.unverified)
    spoilt = [path for path in failing.unverified if alone.verdicts[path] != "fail"]
    assert done.verdicts == alone.verdicts | dict.fromkeys(spoilt, "unverified")
    assert done.indexed == alone.indexed - set(failing.unverified)
    assert [each for each in done.findings if each not in own] == alone.findings


def test_an_observer_that_fails_is_told_of(lab: Lab, licks: Path, go: Go) -> None:
    lab.install(
        "@alfcheck.hookimpl\ndef alfcheck_run_finished(report):\n    raise OSError('full')  # here\n",
        name="bad",
    )
    code, out, err = go("check", licks, "--format", "json")
    assert code == 3
    # It is told last: whatever it does, what was found is printed by then.
    assert json.loads(out)["summary"]["sessions"] == 2
    assert "ALF901: alfcheck-bad 1.2: alfcheck_run_finished failed: OSError: full" in err
    assert "(alfcheck_alfcheck_bad.py:10)" in err


def test_a_schema_that_cannot_be_built_stops_the_run(lab: Lab, licks: Path, go: Go) -> None:
    """It is built when something matches: until then a catalogue costs nothing."""
    lab.install(
        contract("return True").replace("def schema():", "def schema():\n    1 / 0  # here"), name="bad"
    )
    code, out, err = go("check", licks)
    assert (code, out) == (2, "")
    assert "alfcheck-bad 1.2: contract lab.licks@1.0.0: its schema cannot be built: ZeroDivisionError" in err
    assert "(alfcheck_alfcheck_bad.py:16)" in err
    assert "--no-plugin" in err


# --- what rules see belongs to them alone --------------------------------------------------------------

CHANGES_DOCUMENTS = """
@alfcheck.content_rule("BAD201", "changes", datasets=["*.json"])
def one(file):
    file.document["rig"] = 4
    return []

@alfcheck.session_rule("BAD501", "changes-documents", datasets=["*.json"])
def two(session):
    for document in session.documents.values():
        document.clear()
    return []

@alfcheck.content_rule("BAD202", "looks", datasets=["*.json"], severity="warning")
def three(file):
    yield Problem(message=str(file.document))

@alfcheck.session_rule("BAD502", "looks-again", datasets=["*.json"])
def four(session):
    yield Problem(message=str(dict(session.documents.items())))

@alfcheck.hookimpl
def alfcheck_rules():
    return [one, two, three, four]
"""


def test_a_document_that_one_rule_changes_is_whole_for_the_others(lab: Lab, licks: Path) -> None:
    lab.install(CHANGES_DOCUMENTS, name="bad")
    told = {each.code: each.message for each in alfcheck.check(licks).findings if each.code.startswith("BAD")}
    assert told == {"BAD202": "{'rig': 3}", "BAD502": "{'alf/lab.notes.json': {'rig': 3}}"}


CHANGES_VALUES = """
import pandera.pandas as pa
from alfcheck import Contract, Match, Terms

def changes(times):
    for write in (times.array.__setitem__, times.values.__setitem__, times.iloc.__setitem__):
        try:
            write(slice(None), 0.0)
        except ValueError:
            pass
    return times == times

def looks(times):
    return times > 0.25

def schema():
    checks = [pa.Check(changes), pa.Check(looks), pa.Check(lambda time: time > 0.25, element_wise=True)]
    return pa.DataFrameSchema({"times": pa.Column(checks=checks)})

@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        Contract(id=f"lab.{name}", version="1.0.0", match=Match(object=name), schema=schema,
                 owner="the lab", description="times", terms={"times": Terms()})
        for name in ("licks", "dogs")
    ]

@alfcheck.object_rule("BAD401", "looks", object="licks", columns=["times"])
def rule(licks):
    yield from licks.where(licks["times"] <= 0.25, "changed")

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule]
"""


def test_values_that_one_check_changes_are_whole_for_the_others(lab: Lab, licks: Path) -> None:
    """In whatever way it writes: other checks and files see what the file holds, and it is told of itself."""
    lab.install(CHANGES_VALUES, name="bad")
    findings = alfcheck.check(licks).findings
    assert {each.code for each in findings} == {"ALF101", "ALF201", "ALF901"}
    assert {each.check for each in findings if each.code == "ALF901"} == {"changes"}


# --- what is told is bearable --------------------------------------------------------------------------


def test_messages_without_end_are_cut_and_cannot_act_on_a_terminal(lab: Lab, licks: Path, go: Go) -> None:
    lab.install(
        of_name("yield Problem(message='\\x1b[2J\\udcff\\n' + 'x' * 10_000_000, rows=range(10**6))"),
        name="bad",
    )
    code, out, _ = go("check", licks, "--format", "json")
    assert code == 1
    for told in (each for each in json.loads(out)["findings"] if each["code"] == "BAD101"):
        assert told["message"].startswith("\\x1b[2J\\udcff\\nxxx")
        assert told["message"].endswith("x… (10000006 characters)")
        assert len(told["message"]) < 2100
        assert len(told["rows"]) == 100


# --- processes of their own ----------------------------------------------------------------------------


def command(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alfcheck", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        timeout=120,
    )


@pytest.mark.parametrize("name", ["raises", "requires a later alfcheck", "a generator that raises half way"])
def test_the_program_ends_with_2(name: str, lab: Lab, licks: Path) -> None:
    install(UNLOADABLE[name], lab)
    done = command("check", licks, cwd=lab.folder, PYTHONPATH=str(lab.folder))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert UNLOADABLE[name].said in done.stderr
    assert "alfcheck-bad 1.2" in done.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_program_ends_with_3(jobs: int, lab: Lab, licks: Path) -> None:
    lab.install(FAILING["raises"].source, name="bad")
    done = command("check", licks, "-j", jobs, cwd=lab.folder, PYTHONPATH=str(lab.folder))
    assert done.returncode == 3, done.stderr
    assert marked(FAILING["raises"].source) in done.stdout.replace("\n      ", " ")


def test_a_plugin_that_lies_in_the_data_is_not_loaded(lab: Lab, make: Make) -> None:
    """A release that somebody downloaded runs no code, wherever the command is started."""
    tree = make(f"{SESSION}/alf/dogs.times.mp4")
    Lab(tree).install("open('ran', 'w').close()", name="evil")
    (tree / "pandas.py").write_text("open('ran', 'w').close()")
    done = command("check", ".", cwd=tree, PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    assert "evil" not in done.stdout
    assert not (tree / "ran").exists()
    refused = command("check", ".", "-p", "alfcheck_alfcheck_evil", cwd=tree, PYTHONPATH="")
    assert refused.returncode == 2
    assert "No module named 'alfcheck_alfcheck_evil'" in refused.stderr


# --- metadata that are broken themselves ---------------------------------------------------------------


@pytest.mark.parametrize(
    "finder", [each for each in ("importlib.metadata", "importlib_metadata") if find_spec(each) is not None]
)
def test_metadata_that_are_cut_off_do_not_hide_a_plugin(finder: str, lab: Lab, make: Make, go: Go) -> None:
    import_module(
        finder
    )  # the second, which other libraries load, gives distributions of its own from then on
    lab.install("1 / 0  # here\n", name="bad")
    (next(lab.folder.glob("*.dist-info")) / "METADATA").unlink()
    code, _, err = go("check", make(f"{SESSION}/alf/dogs.times.mp4"))
    assert code == 2, err
    assert "plugin 'bad'" in err
    assert "ZeroDivisionError: division by zero (alfcheck_alfcheck_bad.py:8)" in err
    assert "--no-plugin bad" in err


def test_entry_points_that_cannot_be_read_are_told_of(lab: Lab, make: Make, go: Go) -> None:
    lab.install("", name="bad")
    (next(lab.folder.glob("*.dist-info")) / "entry_points.txt").write_text("[alfcheck]\nbad\n")
    code, _, err = go("check", make(f"{SESSION}/alf/dogs.times.mp4"))
    assert code == 2
    assert "the entry points of alfcheck-bad 1.2 (entry_points.txt) cannot be read" in err
    assert "install it again, or uninstall it" in err
