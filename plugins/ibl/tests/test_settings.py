"""Names of subjects, and settings that are none."""

from __future__ import annotations

import re

import pytest
from alfcheck.errors import AlfcheckError
from alfcheck.testing import ReleaseMaker, assert_findings
from hypothesis import given
from hypothesis import strategies as st

from alfcheck_ibl.settings import SETTINGS

PATTERN = next(each.default for each in SETTINGS if each.name == "subject_pattern")
MICE = (
    *("KS014", "CSHL_007", "CSHL045", "NYU-11", "SWC_043", "ZM_1898", "ZM_335", "ibl_witten_29", "DY_016"),
    *("PL015", "UCLA033", "CSH_ZAD_019", "MFD_06", "NR_0017", "SWC_NM_019", "IBL-T4", "CSK-les-008"),
    *("ZFM-01935", "clns0730", "CQ002", "IBL_13"),
)


def test_names_of_mice_are_names(alf_release: ReleaseMaker) -> None:
    release = alf_release()
    for name in MICE:
        release.add({"alf/_ibl_trials.choice.npy": [1]}, session=f"{name}/2020-01-01/001")
    report = release.check()
    assert_findings(report, [], codes="IBL")
    assert len(report.ledger) == len(MICE)


def test_a_finding_names_the_session_and_fails_no_dataset(alf_release: ReleaseMaker) -> None:
    report = alf_release({"alf/_ibl_trials.choice.npy": [1]}, session="test_mouse/2020-01-01/001").check()
    told = {"code": "IBL101", "severity": "warning", "path": ".", "datasets": ()}
    assert_findings(report, [told], codes="IBL")
    assert {row.verdict for row in report.ledger} == {"pass"}


def test_labs_have_other_names(alf_release: ReleaseMaker) -> None:
    release = alf_release({"alf/_ibl_trials.choice.npy": [1]}, session="014/2020-01-01/001")
    assert_findings(release.check(settings={"ibl": {"subject_pattern": r"\d{3}"}}), [], codes="IBL")


@pytest.mark.parametrize(
    ("file", "judged"),
    [
        ("alf/spikes.times.npy", False),
        ("alf/_phy_spikes.times.npy", False),
        ("alf/probe00/_iblqc_ephysTimeRmsAP.times.npy", False),
        ("alf/_iblrig_leftCamera.times.npy", True),
        ("raw_ephys_data/_iblmic_audio.times.npy", True),
    ],
)
def test_sessions_of_other_labs_are_not_judged(alf_release: ReleaseMaker, file: str, judged: bool) -> None:
    release = alf_release({file: [1.0]}, session="M190321_BH004b/2020-01-01/001")
    assert_findings(release.check(), [{"code": "IBL101"}] if judged else [], codes="IBL1")


@given(st.lists(st.sampled_from(["aaaaaaaaaaaaaaaaaaaa", "_", "-", "1"]), max_size=60))
def test_no_name_takes_long_to_look_at(parts: list[str]) -> None:
    """Each separator begins a new part, so that there is one way to read a name."""
    name = "".join(parts) + "!"
    assert re.fullmatch(PATTERN, name) is None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"subject_pattern": "("}, "is no regular expression"),
        ({"sets": ["ibl.behavior"]}, "did you mean 'ibl.behaviour'"),
        ({"sound_card": "harpsichord"}, "harp"),
        ({"error_share": 2}, "error_share"),
        ({"eror_share": 0.2}, "error_share"),
        ({"warning_share": 0.5}, "warning_share is 0.5, which is more than error_share, 0.1"),
        ({"reward_min": 5}, "reward_min is 5, which is more than reward_max, 3"),
    ],
)
def test_settings_that_are_none_stop_the_run(
    alf_release: ReleaseMaker, written: dict[str, object], told: str
) -> None:
    release = alf_release({"alf/spikes.times.npy": [1.0]})
    with pytest.raises(AlfcheckError, match=told):
        release.check(settings={"ibl": written})
