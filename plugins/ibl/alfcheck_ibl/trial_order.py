"""Order and length of trials, and what was shown in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck import ObjectTable, Problem, object_rule

from alfcheck_ibl.samples import after, trials
from alfcheck_ibl.telling import by_ibl, paths_of, problems_by_share

__all__ = ["RULES"]

_ORDER = ("intervals_0", "goCue_times", "feedback_times", "intervals_1")


@object_rule(
    "IBL401",
    "trial-out-of-order",
    object="trials",
    columns=[*_ORDER, "choice"],
    optional=["feedbackType"],
    fix="Extract the trials anew and look at the synchronisation; or publish the session without its trials.",
    good=[trials("intervals", "goCue_times", "feedback_times", "choice", "feedbackType")],
    bad=[
        trials(
            "intervals",
            "feedback_times",
            "choice",
            goCue_times=after(1, 3, 3, 1),
            note="half of the go cues come after the feedback",
        )
    ],
)
def trial_out_of_order(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Start, go cue, feedback and end of a trial are not in this order, or one is missing.

    From ibllib.qc.task_metrics, check_correct_trial_event_sequence and check_error_trial_event_sequence; the
    start of the pause, which they look at too, is in no ALF dataset. Trials without feedback (type 0) are
    left out.
    """
    import numpy as np

    if not by_ibl(table):
        return
    times: np.ndarray = np.stack([np.asarray(table[name], float) for name in _ORDER])
    with np.errstate(invalid="ignore"):
        bad = np.logical_not((np.diff(times, axis=0) > 0).all(axis=0))
    if bool(np.isnan(times).all(axis=1).any()):  # one was never measured
        return
    yield from problems_by_share(
        bad,
        given(table),
        "start, go cue, feedback and end are not one after the other, or one is missing",
        settings,
        datasets=paths_of(table, _ORDER),
        column="feedback_times",
        expected="intervals_0 < goCue_times < feedback_times < intervals_1",
    )


def given(table: ObjectTable) -> Any:
    """Tell in which trials a feedback was given; in all where ``feedbackType`` is not there."""
    import numpy as np

    return table["feedbackType"] != 0 if "feedbackType" in table else np.ones(table.rows, bool)


@object_rule(
    "IBL405",
    "endless-trial",
    object="trials",
    columns=["goCue_times", "feedback_times", "choice"],
    optional=["feedbackType"],
    severity="warning",
    fix="Look at the times of go cue and feedback; set `longest_trial` if the task allows more time.",
    good=[trials("goCue_times", "feedback_times", "choice")],
    bad=[trials("goCue_times", "choice", feedback_times=after(2, 2, 70, 2), note="an answer after 69 s")],
)
def endless_trial(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Feedback comes later after the go cue than the task waits for an answer.

    From ibllib.qc.task_metrics, check_trial_length: up to 60.1 s, a warning at worst. That the feedback does
    not come before the cue is said by IBL401, and trials in which one of them is missing are not judged.
    """
    import numpy as np

    if not by_ibl(table):
        return
    length = np.asarray(table["feedback_times"], float) - table["goCue_times"]
    yield from problems_by_share(
        length >= settings["longest_trial"],
        given(table) & ~np.isnan(length),
        f"feedback comes {settings['longest_trial']:g} s or more after the go cue",
        settings,
        datasets=paths_of(table, ("goCue_times", "feedback_times")),
        column="feedback_times",
        expected=f"less than {settings['longest_trial']:g} s",
        fails=False,
    )


@object_rule(
    "IBL411",
    "stimulus-side-unclear",
    object="trials",
    columns=["contrastLeft", "contrastRight", "choice"],
    optional=["probabilityRewardLeft"],
    severity="warning",
    fix="Write NaN where the stimulus was on the other side, and 0 for a stimulus without contrast.",
    good=[
        trials("contrastLeft", "contrastRight", "choice"),
        trials(
            "choice", contrastLeft=[0.0, 1.0, 0.5, float("nan")], contrastRight=[float("nan")] * 3 + [0.0]
        ),
    ],
    bad=[
        trials("contrastRight", "choice", contrastLeft=[float("nan")] * 4, note="two trials without a side"),
        trials("contrastLeft", "choice", contrastRight=[0.0, 0.5, 0.25, 0.0], note="0 where there was none"),
    ],
)
def stimulus_side_unclear(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A trial has no contrast on either side, or one on both.

    The IBL writes NaN on the empty side: a contrast of 0 has a side too, and whoever computes choices by side
    counts a 0 on the empty side as a trial. Two contrasts above 0 are told by the contract ibl.trials. Bandit
    tasks (probabilityRewardLeft), with a stimulus on both sides, are not judged.
    """
    import numpy as np

    if not by_ibl(table) or "probabilityRewardLeft" in table:
        return
    left, right = (np.asarray(table[name], float) for name in ("contrastLeft", "contrastRight"))
    files = paths_of(table, ("contrastLeft", "contrastRight"))
    everywhere = np.ones(table.rows, bool)
    neither = np.isnan(left) & np.isnan(right)
    both = ~np.isnan(left) & ~np.isnan(right) & ~((left > 0) & (right > 0))
    for bad, what in ((neither, "no contrast on either side"), (both, "a contrast on both sides")):
        yield from problems_by_share(
            bad,
            everywhere,
            what,
            settings,
            datasets=files,
            column="contrastLeft",
            expected="NaN on one side, a contrast on the other",
            fails=False,
        )


RULES = (trial_out_of_order, endless_trial, stimulus_side_unclear)
