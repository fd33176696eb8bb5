"""Rules about trials, on sessions of which some trials are spoilt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from alfcheck import Severity
from alfcheck.testing import ReleaseMaker, assert_findings
from hypothesis import given
from hypothesis import strategies as st
from ibl_sessions import SESSION, files, many_trials

from alfcheck_ibl.telling import severity_of

CODES = ("IBL40", "IBL41")
LIMITS = {"warning_share": 0.01, "error_share": 0.1}


DELAYS = [
    ("IBL402", "stimOn_times", -0.02),
    ("IBL402", "goCue_times", 0.02),
    ("IBL403", "feedback_times", 0.02),
    ("IBL403", "response_times", 0.02),
]
NEVER_FAIL = [
    ("IBL404", "stimOff_times", 0.2),
    ("IBL405", "feedback_times", 70),
    ("IBL406", "goCueTrigger_times", -0.01),
    ("IBL406", "stimOnTrigger_times", -0.5),
    ("IBL412", "firstMovement_times", 2),
]


def told(release: Any, code: str, **options: Any) -> list[Severity]:
    return [each.severity for each in release.check(**options).findings if each.code == code]


def with_spoilt(make: ReleaseMaker, attribute: str, change: float, number: int) -> Any:
    trials = many_trials()
    trials[attribute][:number] += change
    return make(files(trials), session=SESSION)


def test_nothing_is_said_of_sound_trials(alf_release: ReleaseMaker) -> None:
    assert_findings(alf_release(files(many_trials()), session=SESSION).check(), [])


@pytest.mark.parametrize(("code", "attribute", "change"), DELAYS + NEVER_FAIL)
@pytest.mark.parametrize("number", [2, 3, 20, 21])
def test_what_is_said_depends_on_the_share(
    alf_release: ReleaseMaker, code: str, attribute: str, change: float, number: int
) -> None:
    release = with_spoilt(alf_release, attribute, change, number)
    fails = (code, attribute, change) in DELAYS
    groups = [(number, 200)]
    if code == "IBL404":  # errors and rewards, each among themselves
        groups = [(number - len(range(0, number, 3)), 133), (len(range(0, number, 3)), 67)]
    expected = [severity_of(bad, due, LIMITS, fails) for bad, due in groups]
    assert sorted(told(release, code)) == sorted(each for each in expected if each)


@pytest.mark.parametrize(("code", "attribute", "change"), [*DELAYS, ("IBL409", "rewardVolume", 9.0)])
def test_the_limits_are_settings(alf_release: ReleaseMaker, code: str, attribute: str, change: float) -> None:
    release = with_spoilt(alf_release, attribute, change, 40)
    assert told(release, code) == ["error"]
    assert told(release, code, settings={"ibl": {"error_share": 0.5}}) == ["warning"]
    assert told(release, code, settings={"ibl": {"warning_share": 0.5, "error_share": 0.5}}) == []


def test_an_error_fails_the_two_datasets_of_the_delay_alone(alf_release: ReleaseMaker) -> None:
    report = with_spoilt(alf_release, "goCue_times", 0.02, 50).check(select=["IBL402"])
    (finding,) = report.findings
    assert [path.removeprefix(f"{SESSION}/alf/_ibl_trials.") for path in finding.datasets] == [
        "goCue_times.npy",
        "stimOn_times.npy",
    ]
    assert (finding.count, finding.rows) == (50, (0, 1, 2, 3, 4))
    assert "50 of 200 trials (25.0%)" in finding.message


def test_another_sound_card_may_be_slower(alf_release: ReleaseMaker) -> None:
    release = with_spoilt(alf_release, "goCue_times", 0.04, 200)
    assert told(release, "IBL402") == ["error"]
    assert told(release, "IBL406") == ["warning"]
    other = {"ibl": {"sound_card": "other"}}
    assert told(release, "IBL402", settings=other) == told(release, "IBL406", settings=other) == []


@pytest.mark.parametrize(("code", "attribute"), [("IBL402", "stimOn_times"), ("IBL403", "feedback_times")])
def test_a_missing_event_counts_but_not_one_that_was_never_measured(
    alf_release: ReleaseMaker, code: str, attribute: str
) -> None:
    trials = many_trials()
    trials[attribute][:30] = np.nan
    assert told(alf_release(files(trials), session=SESSION), code) == ["error"]
    trials[attribute][:] = np.nan
    assert told(alf_release(files(trials), session=SESSION), code) == []


def test_trials_without_feedback_are_not_judged_by_it(alf_release: ReleaseMaker) -> None:
    trials = many_trials()
    trials["feedback_times"][:50] = np.nan
    trials["feedbackType"][:50] = 0
    assert_findings(alf_release(files(trials), session=SESSION).check(), [], codes=CODES)


def test_the_order_of_events_is_judged_by_trial(alf_release: ReleaseMaker) -> None:
    trials = many_trials()
    trials["goCue_times"][:3] += 1.5
    assert told(alf_release(files(trials), session=SESSION), "IBL401") == ["warning"]
    trials["goCue_times"][3:40] += 1.5
    assert told(alf_release(files(trials), session=SESSION), "IBL401") == ["error"]


def test_habituation_has_another_order_and_other_delays(alf_release: ReleaseMaker) -> None:
    trials = many_trials()
    del trials["choice"]
    trials["stimOff_times"] += 0.6
    trials["feedback_times"] += 80
    del trials["response_times"], trials["stimOffTrigger_times"]
    assert_findings(alf_release(files(trials), session=SESSION).check(), [], codes=CODES)


@pytest.mark.parametrize("namespace", ["", "_lab_"])
def test_other_labs_are_not_judged(alf_release: ReleaseMaker, namespace: str) -> None:
    trials = many_trials()
    for name in ("goCue_times", "feedback_times", "firstMovement_times"):
        trials[name] += 100
    trials["rewardVolume"] *= 20
    assert_findings(alf_release(files(trials, namespace), session=SESSION).check(), [], codes=CODES)


def test_bandit_tasks_have_other_rewards_and_two_sides(alf_release: ReleaseMaker) -> None:
    trials = many_trials()
    trials["rewardVolume"] = np.linspace(0, 9, 200)
    trials["contrastLeft"][:] = trials["contrastRight"][:] = 0.0
    release = alf_release(files(trials), session=SESSION)
    assert {told(release, code)[0] for code in ("IBL409", "IBL410", "IBL411")} == {"error", "warning"}
    trials["probabilityRewardLeft"] = trials.pop("probabilityLeft")
    release = alf_release(files(trials), session=SESSION)
    assert [told(release, code) for code in ("IBL409", "IBL410", "IBL411")] == [[], [], []]


def test_computed_volumes_are_one_volume(alf_release: ReleaseMaker) -> None:
    trials = many_trials()
    trials["rewardVolume"] *= 2
    trials["rewardVolume"][1:50:3] -= 1e-9
    assert_findings(alf_release(files(trials), session=SESSION).check(), [], codes=CODES)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_more_faults_never_weigh_less(one: int, two: int, warning: float, error: float, fails: bool) -> None:
    """The weight grows with the share, and what never fails is a warning at worst."""
    limits = {"warning_share": warning, "error_share": error}
    order = [None, Severity.WARNING, Severity.ERROR]
    weights = [order.index(severity_of(bad, 500, limits, fails)) for bad in sorted((one, two))]
    assert weights == sorted(weights)
    assert fails or max(weights) < 2


@pytest.mark.parametrize(
    ("bad", "severity"), [(1, None), (2, Severity.WARNING), (10, Severity.WARNING), (11, Severity.ERROR)]
)
def test_the_verdicts_are_those_of_the_ibl(bad: int, severity: Severity | None) -> None:
    """PASS for 99 % of the trials or more, WARNING for 90 %, else FAIL."""
    assert severity_of(bad, 100, LIMITS, fails=True) == severity
