"""What documents say of sessions: protocol and projects, whose they are, and what is missing."""

from __future__ import annotations

from math import pi
from typing import Any

import pandas as pd
import pytest
from alfcheck.testing import ReleaseMaker, SmallRelease, assert_findings
from ibl_sessions import SESSION, files, many_trials

TRAINING = "_iblrig_tasks_trainingChoiceWorld"
PASSIVE = "_iblrig_tasks_passiveChoiceWorld"
DESCRIPTION = "_ibl_experiment.description.yaml"
FILE = "_iblrig_taskSettings.raw.json"


def settings(protocol: str = TRAINING, **other: Any) -> dict[str, Any]:
    return {"PYBPOD_PROTOCOL": protocol, "IBLRIG_VERSION": "8.15.5", "SUBJECT_NAME": "KS014", **other}


def tasks(*names: str, projects: tuple[str, ...] = ("ibl_training",)) -> dict[str, Any]:
    places = [{name: {"collection": f"raw_task_data_{place:02d}"}} for place, name in enumerate(names)]
    return {"version": "1.0.0", "projects": list(projects), "tasks": places}


def row_of(release: SmallRelease) -> tuple[str, str]:
    report = release.release()
    assert_findings(report, [], codes=("ALF504", "ALF9"))
    (row,) = pd.read_parquet(release.root / "sessions.pqt").itertuples()
    return row.task_protocol, row.projects


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({f"raw_behavior_data/{FILE}": settings()}, (f"{TRAINING}8.15.5", "")),
        # Before iblrig 8 the version had another name.
        (
            {f"raw_behavior_data/{FILE}": settings(IBLRIG_VERSION=None, IBLRIG_VERSION_TAG="6.4.2")},
            (f"{TRAINING}6.4.2", ""),
        ),
        ({f"raw_behavior_data/{FILE}": settings(IBLRIG_VERSION="", PROJECTS=["b", "a"])}, (TRAINING, "a,b")),
        # Without a description, the task of raw_behavior_data was the session's.
        (
            {f"raw_behavior_data/{FILE}": settings(), f"raw_passive_data/{FILE}": settings(PASSIVE)},
            (f"{TRAINING}8.15.5", ""),
        ),
        ({DESCRIPTION: tasks(TRAINING, projects=("b", "a"))}, (TRAINING, "a,b")),
        # The rig knows its version, the description does not: they do not contradict each other.
        (
            {DESCRIPTION: tasks("trainingChoiceWorld"), f"raw_task_data_00/{FILE}": settings()},
            (f"{TRAINING}8.15.5", "ibl_training"),
        ),
        (
            {
                DESCRIPTION: tasks(TRAINING, PASSIVE),
                f"raw_task_data_01/{FILE}": settings(PASSIVE),
                f"raw_task_data_00/{FILE}": settings(),
            },
            (f"{TRAINING}8.15.5/{PASSIVE}8.15.5", "ibl_training"),
        ),
        # A task of which the settings are not released.
        (
            {DESCRIPTION: tasks(TRAINING, PASSIVE), f"raw_task_data_01/{FILE}": settings(PASSIVE)},
            (f"{TRAINING}/{PASSIVE}8.15.5", "ibl_training"),
        ),
        # Version 0.1.0 has tasks as a mapping.
        ({DESCRIPTION: {"version": "0.1.0", "tasks": {TRAINING: {"collection": "x"}}}}, (TRAINING, "")),
        ({DESCRIPTION: {"version": "1.0.0", "tasks": None, "projects": None}}, ("", "")),
        ({f"raw_behavior_data/{FILE}": {"SUBJECT_NAME": "KS014"}}, ("", "")),
        # What is in dispute is left empty.
        (
            {DESCRIPTION: tasks(PASSIVE), f"raw_task_data_00/{FILE}": settings(PROJECTS=["ibl_training"])},
            ("", "ibl_training"),
        ),
        (
            {DESCRIPTION: tasks(TRAINING), f"raw_task_data_00/{FILE}": settings(PROJECTS=["another"])},
            (f"{TRAINING}8.15.5", ""),
        ),
    ],
)
def test_the_sessions_table_has_what_alyx_has(
    alf_release: ReleaseMaker, given: dict[str, object], expected: tuple[str, str]
) -> None:
    assert row_of(alf_release(given, session=SESSION)) == expected


def test_settings_may_be_of_another_session(alf_release: ReleaseMaker) -> None:
    path = f"raw_behavior_data/{FILE}"
    release = alf_release({path: settings(SUBJECT_NAME="KS015", SESSION_NUMBER="2")}, session=SESSION)
    assert_findings(release.check(), [f"IBL501 {path}", f"IBL501 {path}"], codes="IBL501")


@pytest.mark.parametrize(
    ("described", "by_rig", "told"),
    [
        ((TRAINING, PASSIVE), settings(PROJECTS=["ibl_training"]), []),
        (("trainingChoiceWorld",), settings(PROJECTS=[]), []),
        ((f"{TRAINING}8.15.5",), settings(), []),
        (("rainingChoiceWorld",), settings(), ["task_protocol"]),
        ((PASSIVE,), settings(), ["task_protocol"]),
        ((PASSIVE,), settings(PROJECTS=["b"]), ["projects", "task_protocol"]),
        ((), settings(), []),
    ],
)
def test_documents_that_do_not_agree_are_told(
    alf_release: ReleaseMaker, described: tuple[str, ...], by_rig: dict[str, Any], told: list[str]
) -> None:
    path = f"raw_task_data_00/{FILE}"
    report = alf_release({DESCRIPTION: tasks(*described), path: by_rig}, session=SESSION).check()
    found = [each for each in report.findings if each.code == "IBL507"]
    assert sorted({each.check or "" for each in found}) == told
    assert all(DESCRIPTION in each.message and path in each.message for each in found)


def test_only_the_number_of_a_session_is_a_number(alf_release: ReleaseMaker) -> None:
    path = f"raw_behavior_data/{FILE}"
    own = settings(SUBJECT_NAME="14", SESSION_NUMBER=1)
    report = alf_release({path: own}, session="014/2020-01-01/001").check()
    assert {(each.check, each.path) for each in report.findings if each.code == "IBL501"} == {
        ("SUBJECT_NAME", f"014/2020-01-01/001/{path}")
    }


def test_columns_of_the_table_of_trials_are_there(alf_release: ReleaseMaker) -> None:
    release = whole(alf_release).remove("alf/_ibl_trials.goCueTrigger_times.npy")
    for name in many_trials():
        if name != "goCueTrigger_times":
            release.remove(f"alf/_ibl_trials.{name}.npy")
    columns = {name: value for name, value in many_trials().items() if name != "intervals"}
    starts = dict(zip(("intervals_0", "intervals_1"), many_trials()["intervals"].T, strict=True))
    release.add({"alf/_ibl_trials.table.pqt": {**columns, **starts}})
    assert_findings(release.check(), [], codes="IBL502")
    del columns["goCueTrigger_times"]
    release.add({"alf/_ibl_trials.table.pqt": {**columns, **starts}})
    assert_findings(release.check(), [{"code": "IBL502", "message": "goCueTrigger_times"}], codes="IBL502")


def whole(make: ReleaseMaker) -> SmallRelease:
    release = make(files(many_trials()), session=SESSION)
    return release.add(
        {
            f"raw_behavior_data/{FILE}": settings(),
            "raw_behavior_data/_iblrig_taskData.raw.jsonable": '{"trial_num": 0}\n',
            "alf/_ibl_wheel.position.npy": [0.0, 2 * pi / 1024],
            "alf/_ibl_wheel.timestamps.npy": [0.0, 1.0],
            "alf/_ibl_wheelMoves.intervals.npy": [[0.0, 0.5]],
            "alf/_ibl_wheelMoves.peakAmplitude.npy": [0.1],
        }
    )


def test_what_the_protocol_needs_is_told_at_once(alf_release: ReleaseMaker) -> None:
    release = whole(alf_release)
    assert_findings(release.check(), [], codes="IBL")
    release.remove("alf/_ibl_wheel.position.npy").remove("alf/_ibl_trials.goCueTrigger_times.npy")
    told = {"code": "IBL502", "severity": "warning", "count": 2, "message": "_ibl_wheel.position.npy"}
    assert_findings(release.check(), [told], codes="IBL")
    assert_findings(release.check(settings={"ibl": {"sets": []}}), [], codes="IBL")
    assert_findings(release.check(settings={"ibl": {"sets": ["ibl.habituation"]}}), [], codes="IBL")


def test_nothing_is_missing_where_the_protocol_is_not_known(alf_release: ReleaseMaker) -> None:
    release = alf_release(files({"choice": [1, -1]}), session=SESSION)
    assert_findings(release.check(), [], codes=("IBL", "ALF5"))
    release.add({f"raw_behavior_data/{FILE}": {"SUBJECT_NAME": "KS014"}})
    assert_findings(release.check(), [], codes=("IBL", "ALF5"))
