"""Sessions for tests: many trials as a rig makes them, to be spoilt one by one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

SESSION = "KS014/2020-01-01/001"


def many_trials(number: int = 200) -> dict[str, np.ndarray]:
    """Give the trials' attributes of a session with which nothing is wrong, as arrays that may be changed."""
    rows = np.arange(number)
    correct = rows % 3 != 0
    left = rows % 2 == 0
    lasts = np.where(correct, 3.0505, 4.0505)
    start = np.concatenate([[0.0], np.cumsum(lasts + 0.9)[:-1]])
    off = start + lasts
    return {
        "intervals": np.stack([start, off + 0.45], axis=1),
        "choice": np.where(left == correct, 1, -1),
        "feedbackType": np.where(correct, 1, -1),
        "contrastLeft": np.where(left, 0.5, np.nan),
        "contrastRight": np.where(left, np.nan, 0.25),
        "probabilityLeft": np.full(number, 0.5),
        "rewardVolume": np.where(correct, 1.5, 0.0),
        "stimOnTrigger_times": start + 0.95,
        "stimOn_times": start + 1,
        "goCueTrigger_times": start + 1,
        "goCue_times": start + 1.001,
        "firstMovement_times": start + 1.2,
        "response_times": start + 2,
        "feedback_times": start + 2.0005,
        "stimOffTrigger_times": off - 0.05,
        "stimOff_times": off,
    }


def files(trials: Mapping[str, object], namespace: str = "_ibl_") -> dict[str, object]:
    """Give the trials as files by path."""
    return {f"alf/{namespace}trials.{name}.npy": values for name, values in trials.items()}
