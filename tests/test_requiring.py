"""Contracts about sessions in whole runs: where they are asked for, what that costs, and what it fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from lab_plugins import Lab
from release_fixtures import SESSION, codes, found, indexed, verdicts, write

import alfcheck
from alfcheck.cli import run
from alfcheck.errors import ConfigError
from alfcheck.model import Finding, Severity

DESCRIPTION = "_ibl_experiment.description.yaml"
SETTINGS = "raw_behavior_data/_iblrig_taskSettings.raw.json"
TIMES = "alf/licks.times.npy"
VIDEO = "raw_video_data/_iblrig_leftCamera.raw.mp4"

CONTRACTS = """
from alfcheck.contracts.model import NOTHING, Condition, Contract, SessionTerms, Wanted

def nothing():
    import pandera.pandas as pa
    return pa.DataFrameSchema({})

def contract(id, *lines, **when):
    lines = tuple(Wanted(kind="required", patterns=(line,)) for line in lines)
    terms = SessionTerms(when=Condition(**when), datasets=lines)
    return Contract(id=id, version="1.2.0", match=NOTHING, terms={}, schema=nothing, session=terms)

@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        contract("lab.licks", "alf/licks.times.npy"),
        contract("lab.licking", "alf/licks.times.npy", "alf/licks.amps.npy"),
        contract("lab.task", "alf/_ibl_trials.table.pqt", protocol="*biased*"),
        contract("lab.video", "alf/_ibl_leftCamera.times.npy", device="cameras/left"),
        Contract(id="lab.values", version="1.0.0", match=NOTHING, terms={}, schema=nothing),
    ]
"""


REFUSING = """
def refuse(dataset, path):
    if dataset.object == "experiment":
        yield Problem(message="not ours")

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", refuse, severity=Severity.ERROR)]
"""


@pytest.fixture
def plugin(lab: Lab) -> str:
    return lab.file(CONTRACTS)


def require(root: Path, *names: str, more: str = "") -> Path:
    listed = ", ".join(f'"{name}"' for name in names)
    (root / "alfcheck.toml").write_text(f"require = [{listed}]\n{more}")
    return root


def check(root: Path, plugin: str, *paths: str, **options: object) -> alfcheck.Report:
    return alfcheck.check(*(root / path for path in paths or ("",)), plugins=(plugin,), **options)


def about_sessions(report: alfcheck.Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.code.startswith("ALF5")]


# --- where they are asked for --------------------------------------------------------------------------


def test_nothing_is_asked_by_default(tmp_path: Path, plugin: str) -> None:
    assert about_sessions(check(write(tmp_path, {VIDEO: b"x"}), plugin)) == []


@pytest.mark.parametrize("name", ["lab.licks", "lab.licks@1.2.0"])
def test_a_configuration_asks(tmp_path: Path, plugin: str, name: str) -> None:
    report = check(require(write(tmp_path, {"alf/spikes.times.npy": [1.0, 2.0]}), name), plugin)
    (finding,) = report.findings
    assert finding.code == "ALF501"
    assert finding.rule == "missing-dataset"
    assert finding.severity is Severity.ERROR
    assert finding.path == SESSION
    assert finding.datasets == ()
    assert finding.contract == "lab.licks@1.2.0"
    assert finding.message == "no alf/licks.times.npy; nothing like it is there"
    assert finding.origin.name == "rules"
    assert report.exit_code() == 1
    assert report.session_count == 1
    assert report.summary["findings"] == {"ALF501": 1}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "lab.lick",
            "there is no contract 'lab.lick' about sessions; is 'lab.licks' meant?; those there are: ",
        ),
        (
            "lab.licks@1.0.0",
            "there is no contract 'lab.licks@1.0.0' about sessions; is 'lab.licks@1.2.0' meant?",
        ),
        ("lab.values", "there is no contract 'lab.values' about sessions"),
        ("quite.other", "'quite.other' about sessions; those there are: "),
    ],
)
def test_what_nobody_offers_ends_the_run_before_anything_is_read(
    tmp_path: Path, plugin: str, name: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    require(tmp_path, name)
    with pytest.raises(ConfigError) as raised:  # there is no session, which is looked for afterwards
        check(tmp_path, plugin)
    assert expected in str(raised.value)
    assert "alfcheck.toml: require: " in str(raised.value)
    assert "lab.licking, lab.licks, lab.task, lab.video" in str(raised.value)
    assert run(["check", str(tmp_path), "-p", plugin]) == 2
    assert expected in " ".join(capsys.readouterr().err.split())


def test_two_contracts_are_two_promises(tmp_path: Path, plugin: str) -> None:
    report = check(require(write(tmp_path, {VIDEO: b"x"}), "lab.licks", "lab.licking"), plugin)
    assert [(each.contract, each.expected) for each in about_sessions(report)] == [
        ("lab.licking@1.2.0", "alf/licks.amps.npy"),
        ("lab.licking@1.2.0", "alf/licks.times.npy"),
        ("lab.licks@1.2.0", "alf/licks.times.npy"),
    ]


def test_a_rule_of_sessions_can_be_waived(tmp_path: Path, plugin: str) -> None:
    root = require(
        write(tmp_path, {TIMES: [1.0, 2.0]}), "lab.licking", more='severity = {ALF501 = "warning"}'
    )
    report = check(root, plugin)
    assert [each.severity for each in about_sessions(report)] == [Severity.WARNING]
    assert report.exit_code() == 0
    assert [waiver.code for waiver in report.waived] == ["ALF501"]
    # No dataset was excused by it.
    assert verdicts(report) == {TIMES: "pass"}


# --- what it fails -------------------------------------------------------------------------------------


def test_no_dataset_fails_for_want_of_another(tmp_path: Path, plugin: str) -> None:
    root = require(write(tmp_path, {TIMES: [1.0, 2.0]}), "lab.licking")
    report = alfcheck.release(root, plugins=(plugin,))
    assert codes(report) == {"ALF501"}
    assert report.exit_code() == 1
    assert verdicts(report) == {TIMES: "pass"}
    assert [row.codes for row in report.ledger if row.session] == [()]
    assert report.release_id is not None
    assert indexed(root) == {f"{SESSION}/{TIMES}"}
    told = json.loads((root / "alfcheck-report" / "report.json").read_text())
    assert [(each["path"], each["datasets"]) for each in told["findings"]] == [(SESSION, [])]


def test_a_dataset_that_failed_is_not_missing(tmp_path: Path, plugin: str) -> None:
    report = check(require(write(tmp_path, {TIMES: b"no array"}), "lab.licks"), plugin)
    assert verdicts(report) == {TIMES: "fail"}
    assert about_sessions(report) == []


def test_a_name_that_is_none_is_missing_and_named(tmp_path: Path, plugin: str) -> None:
    report = check(require(write(tmp_path, {"alf/licks .times.npy": [1.0, 2.0]}), "lab.licks"), plugin)
    (finding,) = about_sessions(report)
    assert finding.message == "no alf/licks.times.npy; found alf/licks .times.npy"


def test_a_revision_will_do(tmp_path: Path, plugin: str) -> None:
    root = write(tmp_path, {"alf/#2020-01-01#/licks.times.npy": [1.0, 2.0]})
    assert about_sessions(check(require(root, "lab.licks"), plugin)) == []


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_content_that_was_not_fetched_is_not_missing(tmp_path: Path, plugin: str) -> None:
    root = require(write(tmp_path, {"alf/spikes.times.npy": [1.0, 2.0]}), "lab.licks")
    (root / SESSION / TIMES).symlink_to("../.git/annex/objects/aa/bb/MD5E-s8--x.npy/MD5E-s8--x.npy")
    report = check(root, plugin)
    assert about_sessions(report) == []
    assert report.exit_code() != 0


def test_a_session_whose_path_is_none_is_not_judged(tmp_path: Path, plugin: str) -> None:
    report = check(require(write(tmp_path, {VIDEO: b"x"}, "mouse/2020-02-30/001"), "lab.licks"), plugin)
    assert codes(report) == {"ALF107"}


# --- documents -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected", "exit_code"),
    [
        ({SETTINGS: '{"PYBPOD_PROTOCOL": "biasedChoiceWorld"}'}, [("ALF501", "error")], 1),
        ({SETTINGS: '{"PYBPOD_PROTOCOL": "passiveChoiceWorld"}'}, [], 0),
        ({DESCRIPTION: "tasks:\n- biasedChoiceWorld: {}\n"}, [("ALF501", "error")], 1),
        ({VIDEO: b"x"}, [("ALF503", "warning")], 0),
        ({SETTINGS: "{"}, [("ALF503", "unverified")], 3),
        ({DESCRIPTION: "tasks: ["}, [("ALF503", "unverified")], 3),
        ({DESCRIPTION: ""}, [("ALF503", "unverified")], 3),
    ],
)
def test_a_contract_depends_on_the_protocol(
    tmp_path: Path, plugin: str, files: dict[str, str], expected: list[tuple[str, str]], exit_code: int
) -> None:
    report = check(require(write(tmp_path, files), "lab.task"), plugin)
    assert [(each.code, str(each.severity)) for each in about_sessions(report)] == expected
    assert report.exit_code() == exit_code
    assert all(each.datasets == () and each.path == SESSION for each in about_sessions(report))


def test_a_document_that_was_rejected_tells_nothing(tmp_path: Path, lab: Lab) -> None:
    files = {DESCRIPTION: "devices: {cameras: {left: {collection: x}}}\n"}
    refusing = lab.file(CONTRACTS + REFUSING)
    root = require(write(tmp_path, files), "lab.video")
    (finding,) = about_sessions(check(root, refusing))
    assert finding.code == "ALF503"
    assert f"{DESCRIPTION} was rejected itself" in finding.message
    # What the user excused is relied on.
    (finding,) = about_sessions(check(require(root, "lab.video", more='ignore = ["LAB"]'), refusing))
    assert finding.code == "ALF501"


# --- a part of a run -----------------------------------------------------------------------------------


def test_files_given_one_by_one_say_nothing_of_the_session(tmp_path: Path, plugin: str) -> None:
    root = write(tmp_path, {"alf/spikes.times.npy": [1.0, 2.0]})
    root = require(write(root, {"alf/spikes.times.npy": [1.0, 2.0]}, "mouse/2020-01-01/002"), "lab.licks")
    assert about_sessions(check(root, plugin, f"{SESSION}/alf/spikes.times.npy")) == []
    assert about_sessions(check(root, plugin, f"{SESSION}/alf")) == []
    assert [each.path for each in about_sessions(check(root, plugin, SESSION))] == [SESSION]
    # A session and a file of another one.
    both = check(root, plugin, SESSION, "mouse/2020-01-01/002/alf/spikes.times.npy")
    assert [each.path for each in about_sessions(both)] == [SESSION]
    assert len(about_sessions(check(root, plugin))) == 2


def test_names_alone_are_judged_as_far_as_they_go(tmp_path: Path, plugin: str) -> None:
    root = require(write(tmp_path, {SETTINGS: "{"}), "lab.licks", "lab.task", "lab.video")
    report = check(root, plugin, names_only=True)
    assert [each.contract for each in report.findings] == ["lab.licks@1.2.0"]


def test_selected_alone_they_read_what_they_need(
    tmp_path: Path, plugin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {DESCRIPTION: "devices: {cameras: {left: {collection: x}}}\n", TIMES: [1.0, 2.0], SETTINGS: "{}"}
    root = require(write(tmp_path, files), "lab.video", "lab.licks")
    opened: list[str] = []
    really = os.open

    def watched(path: str, flags: int, *arguments: object, **named: object) -> int:
        if not flags & os.O_DIRECTORY:  # with which no file can be opened
            opened.append(str(path))
        return really(path, flags, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", watched)
    report = check(root, plugin, select=("ALF5",))
    assert [each.contract for each in report.findings] == ["lab.video@1.2.0"]
    assert [path for path in opened if SESSION in path] == [str(root.resolve() / SESSION / DESCRIPTION)]
    opened.clear()
    assert codes(check(require(root, "lab.licks"), plugin, select=("ALF5",))) == set()
    assert [path for path in opened if SESSION in path] == []


def test_what_is_not_selected_is_not_judged(tmp_path: Path, plugin: str) -> None:
    root = require(write(tmp_path, {VIDEO: b"x"}), "lab.licks")
    assert codes(check(root, plugin, select=("ALF1",))) == set()
    assert codes(check(root, plugin, select=("ALF502",))) == set()


def test_workers_say_the_same(tmp_path: Path, plugin: str) -> None:
    for number in range(1, 4):
        write(tmp_path, {SETTINGS: '{"PYBPOD_PROTOCOL": "biased"}'}, f"mouse/2020-01-01/00{number}")
    root = require(tmp_path, "lab.task", "lab.licks")
    alone, together = (check(root, plugin, jobs=jobs) for jobs in (1, 2))
    assert alone.findings == together.findings
    assert len(found(alone, "ALF501")) == 6


def test_the_report_names_what_judged(tmp_path: Path, plugin: str) -> None:
    root = write(tmp_path, {VIDEO: b"x"})
    assert "lab.licks@1.2.0" not in check(root, plugin).contracts
    assert "lab.licks@1.2.0" in check(require(root, "lab.licks"), plugin).contracts
