"""Each fault of a table, put into a sound session, is found where it is, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from conftest import Check, told
from steinmetz import Files, changed
from test_session import EXPLAINED

Array = np.ndarray


class Fault(NamedTuple):
    """What is changed in which file, and the findings that must come of it: code and file name."""

    path: str
    change: Callable[[Array], object]
    expected: set[tuple[str, str]]
    message: str = ""


def put(row: object, value: object) -> Callable[[Array], object]:
    """Give a change of some rows to a value."""

    def change(values: Array) -> None:
        values[row] = value

    return change


def only(code: str, name: str) -> set[tuple[str, str]]:
    return {(code, name)}


FAULTS = {
    "choice of another code": Fault(
        "alf/trials.response_choice.npy", put(3, 2), only("ALF303", "trials.response_choice.npy"), "-1, 0, 1"
    ),
    "feedback of another code": Fault(
        "alf/trials.feedbackType.npy", put(3, 0), only("ALF303", "trials.feedbackType.npy")
    ),
    "empty side missing": Fault(
        "alf/trials.visualStim_contrastLeft.npy",
        put(0, np.nan),
        only("ALF304", "trials.visualStim_contrastLeft.npy"),
    ),
    "contrast in per cent": Fault(
        "alf/trials.visualStim_contrastRight.npy",
        lambda values: values * 100,
        only("ALF303", "trials.visualStim_contrastRight.npy"),
    ),
    "repeats from 0": Fault(
        "alf/trials.repNum.npy", lambda values: values - 1, only("ALF303", "trials.repNum.npy")
    ),
    "numbers for included": Fault(
        "alf/trials.included.npy", lambda values: values.astype("f8"), only("ALF301", "trials.included.npy")
    ),
    "sides exchanged": Fault(
        "alf/trials.response_choice.npy",
        np.negative,
        only("CTX403", "trials.feedbackType.npy"),
        "feedback does not go with choice and contrasts",
    ),
    "wheel in rad": Fault(
        "alf/wheel.position.npy",
        lambda values: values * 2 * np.pi / 1440,
        only("CTX201", "wheel.position.npy"),
        "a tick in rad at 1440 ticks a turn",
    ),
    "wheel in cm": Fault(
        "alf/wheel.position.npy",
        lambda values: values * 2 * np.pi * 3.1 / 1440,
        only("CTX201", "wheel.position.npy"),
        "a tick in cm",
    ),
    "wheel smoothed": Fault(
        "alf/wheel.position.npy",
        put(7, 0.123),
        only("CTX201", "wheel.position.npy"),
        "not a whole number of ticks",
    ),
    "counter wrapped": Fault(
        "alf/wheel.position.npy",
        put(slice(100, None), 2**32 - 5),
        only("CTX202", "wheel.position.npy"),
        "1440 ticks or more",
    ),
    "wheel shorter than its times": Fault(
        "alf/wheel.position.npy",
        lambda values: values[:100],
        only("CTX402", "wheel.timestamps.npy"),
        "100 samples",
    ),
    "a pair twice": Fault(
        "alf/face.timestamps.npy", put((5, 0), 4), only("CTX401", "face.timestamps.npy"), "the same sample"
    ),
    "a time twice": Fault(
        "alf/face.timestamps.npy",
        lambda pairs: np.column_stack([pairs[:, 0], np.r_[pairs[0, 1], pairs[:-1, 1]]]),
        only("CTX401", "face.timestamps.npy"),
        "the same time",
    ),
    "pairs out of order": Fault(
        "alf/eye.timestamps.npy", put((5, 0), 0), only("ALF305", "eye.timestamps.npy")
    ),
    "face without its last frames": Fault(
        "alf/face.motionEnergy.npy", lambda values: values[:9], only("CTX402", "face.timestamps.npy")
    ),
    "movement of an unknown type": Fault(
        "alf/wheelMoves.type.npy", put(0, 4), only("ALF303", "wheelMoves.type.npy")
    ),
    "spike of no cluster": Fault(
        "alf/spikes.clusters.npy", put(9, 4000), only("ALF402", "spikes.clusters.npy")
    ),
    "channel of no probe": Fault("alf/channels.probe.npy", put(0, 2), only("ALF402", "channels.probe.npy")),
    "cluster of no probe": Fault("alf/clusters.probes.npy", put(0, 2), only("ALF402", "clusters.probes.npy")),
    "peak channel from 0": Fault(
        "alf/clusters.peakChannel.npy", put(0, 0), only("CTX501", "clusters.peakChannel.npy"), "below 1"
    ),
    "peak channel too high": Fault(
        "alf/clusters.peakChannel.npy", put(0, 49), only("CTX501", "clusters.peakChannel.npy"), "above 48"
    ),
    "label of noise": Fault(
        "alf/clusters._phy_annotation.npy", put(0, 0), only("ALF303", "clusters._phy_annotation.npy")
    ),
    "label that is none": Fault(
        "alf/clusters._phy_annotation.npy", put(0, 4), only("ALF303", "clusters._phy_annotation.npy")
    ),
    "square behind the mouse": Fault(
        "alf/sparseNoise.positions.npy", put((0, 0), 91), only("ALF303", "sparseNoise.positions.npy")
    ),
    "a trial too few": Fault(
        "alf/trials.repNum.npy", lambda values: values[:-1], only("ALF401", "trials.repNum.npy")
    ),
    "nothing shown": Fault(
        "alf/passiveVisual.contrastLeft.npy",
        lambda values: values * 0,
        {("ALF307", "passiveVisual.contrastLeft.npy"), ("ALF307", "passiveVisual.contrastRight.npy")},
        "a contrast on one side at least",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_and_nothing_else(check: Check, sound: Files, name: str) -> None:
    fault = FAULTS[name]
    report = check(changed(sound, fault.path, fault.change))
    assert told(report) - EXPLAINED == fault.expected
    assert any(fault.message in each.message for each in report.findings)


@pytest.mark.parametrize(
    ("event", "beside"),
    [
        ("goCue_times", {"visualStim_times", "goCue_times"}),
        ("response_times", {"goCue_times", "response_times"}),
    ],
)
def test_events_out_of_order_are_a_warning(check: Check, sound: Files, event: str, beside: set[str]) -> None:
    def early(values: Array) -> None:
        values[4] -= 4

    report = check(changed(sound, f"alf/trials.{event}.npy", early))
    assert report.exit_code() == 0
    blamed = {name for code, name in told(report) - EXPLAINED}
    assert {f"trials.{name}.npy" for name in beside} <= blamed


def test_trials_in_five_objects_have_one_length(check: Check) -> None:
    from steinmetz import session_files_2017

    files = changed(session_files_2017(), "alf/cwGoCue.times.npy", lambda values: values[:-1])
    assert told(check(files), "CTX5") == {("CTX503", "cwGoCue.times.npy")}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("alf/sparsenoise.times.npy", "CTX101"),
        ("alf/wheelMovse.type.npy", "CTX101"),
        ("alf/trials.visualStim_contrastleft.npy", "CTX102"),
        ("alf/trials.respones_choice.npy", "CTX102"),
    ],
)
def test_misspelt_names_are_told_with_the_right_one(check: Check, path: str, code: str) -> None:
    report = check({path: np.array([0.0, 1.0])})
    (found,) = [each for each in report.findings if each.code == code]
    assert found.message.endswith("which loaders look for")
    assert found.origin.name == "alfcheck-cortexlab"
