"""What plugins say of a session for the index: its task protocol and its projects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lab_plugins import Lab
from one.api import One

import alfcheck
from alfcheck.model import Finding, Origin, Severity, Verdict

SESSIONS = ("mouse/2020-01-01/001", "rat/2020-01-02/001")
SETTINGS = "_lab_taskSettings.raw.json"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "release"
    for session in SESSIONS:
        folder = root / session / "alf"
        folder.mkdir(parents=True)
        np.save(folder / "licks.times.npy", np.arange(3.0))
        text = json.dumps({"PROTOCOL": f"training_{session[0]}"})
        (folder / SETTINGS).write_text(text)
    return root


def saying(body: str, name: str = "settings", more: str = "") -> str:
    """Write a plugin that answers with `body`, which sees a `session`."""
    return f"""
def give(session):
    {body}

@alfcheck.hookimpl
def alfcheck_session_infos():
    return [alfcheck.SessionInfo(name={name!r}, give=give, description="what the rig wrote"{more})]
"""


FROM_SETTINGS = saying(
    "return {'task_protocol': session.documents['alf/_lab_taskSettings.raw.json']['PROTOCOL']}",
    more=', datasets=("*taskSettings.raw*.json",)',
)


def constant(name: str) -> str:
    return saying("return {'task_protocol': 'training', 'projects': 'ibl'}", name=name)


def sessions(root: Path, **options: object) -> tuple[alfcheck.Report, pd.DataFrame]:
    report = alfcheck.release(root, partial=True, **options)
    table = pd.read_parquet(root / "sessions.pqt")
    return report, table.set_index("subject").sort_index()


def told(report: alfcheck.Report, code: str) -> list[Finding]:
    return [each for each in report.findings if each.code == code]


# --- what is said stands in the index ------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_finds_sessions_by_what_was_said(
    jobs: int, lab: Lab, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(lab.folder))
    lab.install(FROM_SETTINGS)
    lab.install(
        saying("return {'projects': 'ours' if session.subject == 'rat' else ''}", name="subjects"),
        name="other",
    )
    report, table = sessions(tree, jobs=jobs)
    assert report.findings == ()
    assert list(table["task_protocol"]) == ["training_m", "training_r"]
    assert list(table["projects"]) == ["", "ours"]
    one = One(cache_dir=tree, mode="local")
    assert [
        one.eid2path(eid).as_posix()[-len(SESSIONS[1]) :] for eid in one.search(task_protocol="training_r")
    ] == [SESSIONS[1]]
    assert len(one.search(projects="ours")) == 1


def test_without_plugins_the_columns_are_empty(tree: Path) -> None:
    _, table = sessions(tree)
    assert set(table["task_protocol"]) | set(table["projects"]) == {""}


def test_what_is_needed_from_columns_is_there(lab: Lab, tree: Path) -> None:
    lab.install(
        saying(
            "return {'projects': f\"{session.object('licks')['times'].max():g} s\"}",
            more=', columns=("licks.times",)',
        )
    )
    _, table = sessions(tree)
    assert list(table["projects"]) == ["2 s", "2 s"]


def test_it_gets_its_settings(lab: Lab, tree: Path) -> None:
    source = """
    @alfcheck.hookimpl
    def alfcheck_settings():
        return [alfcheck.Setting("project", str, "none", "the project")]

    def give(session, settings):
        return {"projects": settings["project"]}

    @alfcheck.hookimpl
    def alfcheck_session_infos():
        return [alfcheck.SessionInfo(name="s", give=give, description="d")]
    """
    lab.install(source)
    _, table = sessions(tree, settings={"lab": {"project": "ours"}})
    assert set(table["projects"]) == {"ours"}


# --- several say something -----------------------------------------------------------------------------


def test_equal_answers_are_one(lab: Lab, tree: Path) -> None:
    lab.install(constant("a"), name="one")
    lab.install(constant("b"), name="two")
    report, table = sessions(tree)
    assert report.findings == ()
    assert set(table["task_protocol"]) == {"training"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_different_answers_are_told_with_who_said_what(
    jobs: int, lab: Lab, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(lab.folder))
    lab.install(FROM_SETTINGS, name="one")
    lab.install(saying("return {'task_protocol': 'training_r'}", name="guess"), name="two", version="2.0")
    report, table = sessions(tree, jobs=jobs)
    (found,) = told(report, "ALF504")
    assert (found.path, found.severity, found.check) == (SESSIONS[0], Severity.WARNING, "task_protocol")
    for part in ("'training_m'", "'training_r'", "alfcheck-one 1.2", "alfcheck-two 2.0", "guess", "settings"):
        assert part in found.message
    assert "*taskSettings.raw*.json" in found.message
    assert list(table["task_protocol"]) == ["", "training_r"]
    assert set(report.verdicts.values()) == {Verdict.PASS}


def test_a_plugin_may_contradict_itself(lab: Lab, tree: Path) -> None:
    lab.install(
        """
        @alfcheck.hookimpl
        def alfcheck_session_infos():
            return [
                alfcheck.SessionInfo(name=name, give=lambda _, name=name: {"projects": name}, description="d")
                for name in ("a", "b")
            ]
        """
    )
    report, table = sessions(tree)
    assert len(told(report, "ALF504")) == 2
    assert set(table["projects"]) == {""}


# --- nobody is asked without what is needed ------------------------------------------------------------


@pytest.mark.parametrize("how", ["missing", "broken"])
def test_without_what_is_needed_nobody_is_asked(how: str, lab: Lab, tree: Path) -> None:
    lab.install(FROM_SETTINGS)
    document = tree / SESSIONS[0] / "alf" / SETTINGS
    document.unlink() if how == "missing" else document.write_text("{")
    report, table = sessions(tree)
    assert told(report, "ALF901") == []
    assert list(table["task_protocol"]) == ["", "training_r"]


def test_with_names_only_nobody_is_asked(lab: Lab, tree: Path) -> None:
    lab.install(saying("1 / 0"))
    assert told(alfcheck.check(tree, names_only=True), "ALF901") == []
    assert len(told(alfcheck.check(tree), "ALF901")) == 2


# --- faults --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("return 3", "TypeError: it gave a int where a mapping is due"),
        ("return None", "TypeError: it gave a NoneType where a mapping is due"),
        ("return {'protocol': 'x'}", "it gave 'protocol', which is none of task_protocol, projects"),
        ("return {'projects': ['x']}", "it gave a list as projects, where a text is due"),
        ("return {'projects': None}", "it gave a NoneType as projects"),
        ("return {'projects': 'x' * 1001}", "it gave 1001 characters as projects, where 1000 are the most"),
        ("session.documents['x']", "KeyError"),
    ],
)
def test_one_that_fails_is_named_and_takes_nothing(body: str, expected: str, lab: Lab, tree: Path) -> None:
    lab.install(saying(body))
    lab.install(saying("return {'task_protocol': 'training'}", name="good"), name="other")
    report, table = sessions(tree)
    found = told(report, "ALF901")
    assert [each.path for each in found] == list(SESSIONS)
    for each in found:
        assert expected in each.message
        assert (each.origin, each.check) == (Origin("alfcheck-lab", "1.2"), "session info settings")
    assert report.exit_code() == 3
    assert list(table["task_protocol"]) == ["training", "training"]
    assert set(table["projects"]) == {""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", "a b"),
        ("  a \t b\r\n", "a b"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\u202egpj\u200b", "gpj"),
        ("\n\x00", ""),
        ("Привет", "Привет"),
    ],
)
def test_what_comes_from_a_document_cannot_act(text: str, expected: str, lab: Lab, tree: Path) -> None:
    lab.install(FROM_SETTINGS)
    for session in SESSIONS:
        (tree / session / "alf" / SETTINGS).write_text(json.dumps({"PROTOCOL": text}))
    report, table = sessions(tree)
    assert told(report, "ALF901") == []
    assert set(table["task_protocol"]) == {expected}


@pytest.mark.parametrize("body", ["1 / 0", "raise SystemExit(0)"])
def test_one_that_fails_is_named_in_other_processes(
    body: str, lab: Lab, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(lab.folder))
    lab.install(saying(body))
    assert [each.path for each in told(alfcheck.check(tree, jobs=2), "ALF901")] == list(SESSIONS)


def test_halves_of_surrogate_pairs_do_not_break_the_index(lab: Lab, tree: Path) -> None:
    lab.install(saying("return {'projects': 'half ' + chr(0xd800)}"))
    _, table = sessions(tree)
    assert set(table["projects"]) == {"half \\ud800"}


def test_a_file_that_changes_is_no_fault_of_the_plugins(lab: Lab, tree: Path) -> None:
    """What is too large to be kept is read again: it is unverified, and who asked is not to blame."""
    path = tree / SESSIONS[0] / "alf" / "licks.times.npy"
    np.save(path, np.zeros(1_200_000))
    lab.install(
        saying(f"import os; os.utime({str(path)!r}, ns=(1, 1)); return {{'projects': 'a'}}", name="a"),
        name="a",
    )
    reads = "return {'projects': str(session.object('licks')['times'][0])}"
    lab.install(saying(reads, name="b", more=', columns=("licks.times",)'), name="b")
    report = alfcheck.check(tree / SESSIONS[0])
    assert told(report, "ALF901") == []
    assert [each.path for each in told(report, "ALF903")] == [path.relative_to(tree).as_posix()]
