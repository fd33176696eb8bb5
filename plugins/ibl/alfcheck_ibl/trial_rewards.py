"""Rewards, the first movement, and the pause between trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck import ObjectTable, Problem, object_rule

from alfcheck_ibl.samples import after, trials
from alfcheck_ibl.telling import by_ibl, paths_of, problems_by_share

__all__ = ["RULES"]

ROUNDING = 1e-6
"""uL that computed volumes may be off (1.8999999 occurs)."""

PAUSE = 0.5
"""Seconds of grey screen before the next trial starts, give or take as much."""


@object_rule(
    "IBL409",
    "odd-reward-volume",
    object="trials",
    columns=["rewardVolume", "feedbackType", "choice"],
    optional=["probabilityRewardLeft"],
    fix="Look at REWARD_AMOUNT of the task settings and at the valve's calibration; or set `reward_min` and "
    "`reward_max`.",
    good=[trials("rewardVolume", "feedbackType", "choice")],
    bad=[
        trials("feedbackType", "choice", rewardVolume=[15.0, 0.0, 1.5, 0.0], note="ten times as much"),
        trials(
            "feedbackType", "choice", rewardVolume=[0.2, 0.0, 0.2, 0.0], note="a drop too small to notice"
        ),
    ],
)
def odd_reward_volume(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The water for a correct trial is less than 1.5 uL, or more than 3 uL.

    From ibllib.qc.task_metrics, check_reward_volumes: PASS for 99 % of the trials, FAIL below 90 %. That a
    reward is more than nothing, and an error nothing, is said by the contract ibl.trials. Bandit tasks
    (probabilityRewardLeft), in which the reward may be light, are not judged.
    """
    import numpy as np

    if not by_ibl(table) or "probabilityRewardLeft" in table:
        return
    volume = np.asarray(table["rewardVolume"], float)
    least, most = settings["reward_min"], settings["reward_max"]
    yield from problems_by_share(
        (volume < least - ROUNDING) | (volume > most + ROUNDING),
        (table["feedbackType"] == 1) & (volume > 0),
        f"the water for a correct trial is not {least:g} to {most:g} uL",
        settings,
        datasets=paths_of(table, ("rewardVolume",)),
        column="rewardVolume",
        expected=f"{least:g} to {most:g} uL",
    )


@object_rule(
    "IBL410",
    "many-reward-volumes",
    object="trials",
    columns=["rewardVolume", "choice"],
    optional=["probabilityRewardLeft"],
    severity="warning",
    fix="Look at REWARD_AMOUNT of the task settings: it is set before a session, and stays.",
    good=[trials("rewardVolume", "choice")],
    bad=[trials("choice", rewardVolume=[1.5, 0.0, 3.0, 0.0], note="two volumes")],
)
def many_reward_volumes(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Correct trials of one session were rewarded with different volumes.

    From ibllib.qc.task_metrics, check_reward_volume_set: two volumes at most, one of them 0. That there is
    none of 0 is no fault here: a session may be without an error. Bandit tasks are not judged.
    """
    import numpy as np

    if not by_ibl(table) or "probabilityRewardLeft" in table:
        return
    volume = np.asarray(table["rewardVolume"], float)
    found = np.unique(np.round(volume[volume > 0], 5))
    if len(found) > 1:
        shown = ", ".join(f"{each:g}" for each in found[:5]) + (", …" if len(found) > 5 else "")
        yield Problem(
            message=f"{len(found)} volumes of water above 0 in one session ({shown} uL)",
            column="rewardVolume",
            expected="one volume above 0",
            count=len(found),
            datasets=paths_of(table, ("rewardVolume",)),
        )


@object_rule(
    "IBL412",
    "first-movement-at-odd-time",
    object="trials",
    columns=["firstMovement_times", "goCueTrigger_times", "response_times", "choice"],
    severity="warning",
    fix="Extract the wheel's movements anew; if the rig asks for another pause, set `quiescence`.",
    good=[trials("firstMovement_times", "goCueTrigger_times", "response_times", "choice")],
    bad=[
        trials(
            "goCueTrigger_times",
            "response_times",
            "choice",
            firstMovement_times=after(1.2, 2.5, 0.1, 1.2),
            note="after the response; while the wheel was still",
        )
    ],
)
def first_movement_at_odd_time(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The wheel first moves before its time of rest is over, or after the response that it makes.

    From ibllib.qc.task_metrics, check_detected_wheel_moves: later than 0.2 s before the go cue was asked for,
    a warning at worst. Trials without an answer are left out, and, unlike there, those in which no movement
    was found.
    """
    import numpy as np

    if not by_ibl(table):
        return
    moved = np.asarray(table["firstMovement_times"], float)
    first = np.asarray(table["goCueTrigger_times"], float) - settings["quiescence"]
    last = np.asarray(table["response_times"], float)
    due = (table["choice"] != 0) & ~np.isnan(moved) & ~np.isnan(first) & ~np.isnan(last)
    yield from problems_by_share(
        (moved <= first) | (moved >= last),
        due,
        f"the first movement is not between {settings['quiescence']:g} s before the go cue and the response",
        settings,
        datasets=paths_of(table, ("firstMovement_times", "goCueTrigger_times", "response_times")),
        column="firstMovement_times",
        expected=f"goCueTrigger_times - {settings['quiescence']:g} < firstMovement_times < response_times",
        fails=False,
    )


@object_rule(
    "IBL408",
    "odd-pause",
    object="trials",
    columns=["intervals_0", "stimOff_times", "choice"],
    severity="info",
    fix="Nothing, if the task has other pauses.",
    good=[trials("intervals", "choice", stimOff_times=after(4.5, 5.5, 5.5, 4))],
    bad=[trials("intervals", "choice", stimOff_times=after(3, 5.5, 5.5, 4), note="a pause of 2 s")],
)
def odd_pause(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The screen is grey for longer than 1 s, or not at all, before the next trial.

    From ibllib.qc.task_metrics, check_iti_delays: 0.5 s, give or take as much. The IBL draws no verdict from
    it, so it is for your information. Trials whose stimulus was not seen to go are left out.
    """
    import numpy as np

    if not by_ibl(table) or table.rows < 2:
        return
    pause = np.asarray(table["intervals_0"], float)[1:] - np.asarray(table["stimOff_times"], float)[:-1]
    found = problems_by_share(
        np.abs(pause - PAUSE) >= PAUSE,
        ~np.isnan(pause),
        "the pause before the next trial is not 0.5 s, give or take as much",
        settings,
        datasets=paths_of(table, ("intervals_0", "stimOff_times")),
        column="stimOff_times",
        expected="0 to 1 s from stimOff_times to the next trial",
        fails=False,
    )
    yield from as_information(found)


def as_information(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Take the weight from problems: the rule's own is `info`."""
    from dataclasses import replace

    yield from (replace(problem, severity=None) for problem in problems)


RULES = (odd_pause, odd_reward_volume, many_reward_volumes, first_movement_at_odd_time)
