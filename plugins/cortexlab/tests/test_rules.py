"""What every rule and contract of a plugin must keep, and the laws of these rules."""

from __future__ import annotations

import numpy as np
from alfcheck.testing import RuleSuite
from conftest import Check, told
from hypothesis import given
from hypothesis import strategies as st
from steinmetz import Files, session_files
from test_session import EXPLAINED

from alfcheck_cortexlab.rules.trials import feedback_against_side


class TestRules(RuleSuite):
    plugin = "cortexlab"


class TestWhereClustersCountFrom1(RuleSuite):
    plugin = "cortexlab"
    settings = {"first_cluster": 1}  # noqa: RUF012


@given(
    left=st.sampled_from([0, 0.25, 0.5, 1]),
    right=st.sampled_from([0, 0.25, 0.5, 1]),
    choice=st.sampled_from([-1, 0, 1]),
)
def test_either_feedback_is_sound_or_just_one_is(left: float, right: float, choice: int) -> None:
    """Chance decides between equal contrasts; in all other trials one feedback is right, the other wrong."""
    from alfcheck import ObjectTable

    def wrong(feedback: int) -> bool:
        values = {
            "feedbackType": feedback,
            "response_choice": choice,
            "visualStim_contrastLeft": left,
            "visualStim_contrastRight": right,
        }
        table = ObjectTable(
            tuple(values),
            lambda name: np.array([values[name]], "f8"),
            session="mouse/2020-01-01/001",
            collection="alf",
            object="trials",
            revision=None,
            rows=1,
            paths={name: f"alf/trials.{name}.npy" for name in values},
        )
        assert feedback_against_side.check is not None
        return bool(list(feedback_against_side.check(table)))

    assert wrong(1) + wrong(-1) == (0 if left == right > 0 else 1)


def test_a_large_file_is_judged_alike(check: Check) -> None:
    """Files of more than 8 MiB are read in pieces; what is said of them is the same."""
    files: Files = session_files()
    ticks = np.cumsum(np.random.default_rng(0).integers(-3, 4, 1_200_000)).astype("f8").reshape(-1, 1)
    files["alf/wheel.position.npy"] = ticks
    files["alf/wheel.timestamps.npy"] = np.array([[0.0, 0.0], [1_199_999.0, 600.0]])
    assert told(check(files)) == EXPLAINED
    ticks[-1] += 0.5
    assert told(check(files)) - EXPLAINED == {("CTX201", "wheel.position.npy")}
