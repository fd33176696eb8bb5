"""Rules about the wheel and about the times of cameras."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from alfcheck.testing import ReleaseMaker, SmallRelease, assert_findings
from hypothesis import given
from hypothesis import strategies as st
from ibl_sessions import SESSION, files, many_trials

from alfcheck_ibl.videos import rates_of
from alfcheck_ibl.wheels import encoder_step

STEP = 2 * pi / 1024


def turned(make: ReleaseMaker, step: float, jumps: int) -> SmallRelease:
    steps = np.full(1000, step)
    steps[:jumps] *= 3
    position = np.cumsum(steps)
    times = np.arange(1000) / 100
    return make(
        {"alf/_ibl_wheel.position.npy": position, "alf/_ibl_wheel.timestamps.npy": times}, session=SESSION
    )


@pytest.mark.parametrize("counted", [1, 2, 4])
@pytest.mark.parametrize(("jumps", "severity"), [(5, None), (50, "warning"), (200, "error")])
def test_jumps_are_told_by_their_share_for_every_encoding(
    alf_release: ReleaseMaker, counted: int, jumps: int, severity: str | None
) -> None:
    expected = [{"code": "IBL421", "severity": severity}] if severity else []
    assert_findings(turned(alf_release, STEP / counted, jumps).check(), expected, codes="IBL")


def test_the_encoding_is_a_setting(alf_release: ReleaseMaker) -> None:
    release = turned(alf_release, STEP, 0)
    assert_findings(release.check(settings={"ibl": {"wheel_encoding": "X1"}}), [], codes="IBL")
    told = release.check(settings={"ibl": {"wheel_encoding": "X4"}})
    assert_findings(told, [{"code": "IBL421", "severity": "error"}], codes="IBL")


def test_other_wheels_are_not_judged(alf_release: ReleaseMaker) -> None:
    release = alf_release({"alf/wheel.position.npy": np.arange(100.0) * 7}, session=SESSION)
    assert_findings(release.check(), [], codes="IBL")


@given(st.sampled_from([1, 2, 4]), st.lists(st.sampled_from([0, 1, 1, 1, -1]), max_size=200))
def test_the_encoder_is_known_by_its_steps(counted: int, turns: list[int]) -> None:
    steps = np.abs(np.asarray(turns, float)) * STEP / counted
    found = encoder_step(steps, "auto")
    assert found is not None
    assert np.isclose(found, STEP / counted) or not steps.any()


@pytest.mark.parametrize("counted", [1, 2, 4])
@pytest.mark.parametrize(
    ("unit", "severity"), [(3.1, "error"), (31, "error"), (180 / pi, "error"), (1 / (2 * pi), "warning")]
)
def test_other_units_than_radians_are_told(
    alf_release: ReleaseMaker, counted: int, unit: float, severity: str
) -> None:
    """Centimetres and millimetres of a wheel with a radius of 31 mm, degrees, and turns."""
    report = turned(alf_release, unit * STEP / counted, 0).check()
    assert_findings(report, [{"code": "IBL421", "severity": severity, "message": "rad"}], codes="IBL")


def frames(rate: float, seconds: float = 20, without: slice = slice(0)) -> np.ndarray:
    return np.delete(np.arange(int(rate * seconds)) / rate, without)


@pytest.mark.parametrize(
    ("camera", "rate", "said"),
    [
        ("left", 60, False),
        ("left", 30, False),
        ("left", 60.9, False),
        ("left", 45, True),
        ("right", 150, False),
        ("right", 60, True),
        ("body", 30, False),
        ("body", 60, True),
        ("belly", 77, False),  # a camera without a rate of its own
    ],
)
def test_each_camera_has_its_rate(alf_release: ReleaseMaker, camera: str, rate: float, said: bool) -> None:
    release = alf_release({f"alf/_ibl_{camera}Camera.times.npy": frames(rate)}, session=SESSION)
    expected = [f"IBL431 alf/_ibl_{camera}Camera.times.npy"] if said else []
    assert_findings(release.check(), expected, codes="IBL")


def test_rates_are_settings(alf_release: ReleaseMaker) -> None:
    release = alf_release({"alf/_ibl_bodyCamera.times.npy": frames(60)}, session=SESSION)
    assert_findings(release.check(settings={"ibl": {"body_camera_rates": [60]}}), [], codes="IBL")


@given(st.sampled_from([30.0, 60.0, 150.0]), st.sampled_from([1e-6, 1e-4]), st.integers(500, 3000))
def test_a_coarse_clock_does_not_change_the_rate(rate: float, tick: float, number: int) -> None:
    times = np.round(np.arange(number) / rate / tick) * tick
    assert min(abs(each - rate) for each in rates_of(times)) < 0.5


def test_gaps_are_told_where_they_are_many(alf_release: ReleaseMaker) -> None:
    path = "alf/_ibl_bodyCamera.times.npy"
    few = alf_release({path: frames(30, 100, slice(700, 702))}, session=SESSION)
    assert_findings(few.check(), [], codes="IBL")
    many = alf_release({path: frames(30, 100, slice(700, 720))}, session=SESSION)
    assert_findings(many.check(), [{"code": "IBL432", "count": 20, "rows": (699,)}], codes="IBL")


def test_gaps_and_missing_times_do_not_change_the_rate(alf_release: ReleaseMaker) -> None:
    times = frames(150)
    times[:100] = np.nan
    release = alf_release({"alf/_ibl_rightCamera.times.npy": times}, session=SESSION)
    assert_findings(release.check(), [], codes="IBL43")


@pytest.mark.parametrize(("seconds", "severity"), [(900, None), (800, "warning"), (3, "warning")])
def test_a_camera_that_stopped_early_is_told(
    alf_release: ReleaseMaker, seconds: float, severity: str | None
) -> None:
    release = alf_release(files(many_trials()), session=SESSION)
    release.add({"alf/_ibl_bodyCamera.times.npy": frames(30, seconds)})
    expected = [{"code": "IBL503", "severity": severity}] if severity else []
    assert_findings(release.check(), expected, codes="IBL5")


def test_a_camera_without_a_frame_is_told(alf_release: ReleaseMaker) -> None:
    release = alf_release(files(many_trials()), session=SESSION)
    release.add({"alf/_ibl_leftCamera.times.npy": np.zeros(0)})
    told = {
        "code": "IBL503",
        "count": 200,
        "message": "leftCamera has no frames for all of them, its times being none",
    }
    assert_findings(release.check(), [told], codes="IBL")
