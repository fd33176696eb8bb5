"""Trials: which side was shown, chosen and rewarded; and trials that lie in five objects."""

from __future__ import annotations

from collections.abc import Iterator

import alfcheck
from alfcheck import ObjectTable, Problem, SessionData

from alfcheck_cortexlab.names import is_own

__all__ = ["RULES"]

_PARTS = ("cwTrials", "cwStimOn", "cwGoCue", "cwResponse", "cwFeedback")


def _trials(note: str, feedback: list[int]) -> alfcheck.Example:
    """Give four trials: left, right, none, and both sides alike; each answered as it should be."""
    return alfcheck.example(
        {
            "alf/trials.feedbackType.npy": feedback,
            "alf/trials.response_choice.npy": [1, -1, 0, 1],
            "alf/trials.visualStim_contrastLeft.npy": [0.5, 0.25, 0, 1],
            "alf/trials.visualStim_contrastRight.npy": [0, 1, 0, 1],
        },
        note,
    )


@alfcheck.object_rule(
    "CTX403",
    "feedback-against-side",
    object="trials",
    columns=["response_choice", "feedbackType", "visualStim_contrastLeft", "visualStim_contrastRight"],
    severity="warning",
    since="0.1.0",
    fix="see whether choice has the lab's sign (1 is left), and whether the contrasts are exchanged",
    good=[
        _trials("rewarded for the side of the higher contrast, and by chance for equal ones", [1, 1, 1, -1])
    ],
    bad=[_trials("punished for the side of the higher contrast", [-1, -1, 1, 1])],
)
def feedback_against_side(trials: ObjectTable) -> Iterator[Problem]:
    """The feedback is not that for the choice and the contrasts of the trial.

    The side of the higher contrast is rewarded, no choice where there is no contrast, and chance decides
    between equal ones. Exchanged sides or signs are found by nothing else: all values are allowed ones.
    """
    import numpy as np

    if not is_own(trials.path("response_choice")):
        return
    given = [trials[name] for name in trials]
    if any(values.dtype.kind not in "iufb" or values.ndim != 1 for values in given):
        return
    known = ~np.any([np.isnan(values.astype("f8")) for values in given], axis=0)
    side = np.sign(trials["visualStim_contrastLeft"] - trials["visualStim_contrastRight"].astype("f8"))
    by_chance = (side == 0) & (trials["visualStim_contrastLeft"] > 0)
    reward = trials["feedbackType"] == 1
    wrong = known & ~by_chance & (reward != (trials["response_choice"] == side))
    yield from trials.where(wrong, "feedback does not go with choice and contrasts", column="feedbackType")


@alfcheck.session_rule(
    "CTX503",
    "trial-parts-unequal",
    columns=["cwTrials.intervals_0"],
    optional=[f"{name}.*" for name in _PARTS],
    since="0.1.0",
    fix="write one row for each trial into every file, missing where nothing happened",
    good=[
        alfcheck.example(
            {"alf/cwTrials.intervals.npy": [[0.0, 1.0], [2.0, 3.0]], "alf/cwGoCue.times.npy": [0.5, 2.5]},
            "two trials, two cues",
        )
    ],
    bad=[
        alfcheck.example(
            {"alf/cwTrials.intervals.npy": [[0.0, 1.0], [2.0, 3.0]], "alf/cwGoCue.times.npy": [0.5]},
            "two trials, one cue",
        )
    ],
)
def trial_parts_unequal(session: SessionData) -> Iterator[Problem]:
    """An object of the trials has not one row for each trial.

    Before the release the lab wrote trials as five objects (`cwTrials`, `cwStimOn`, `cwGoCue`, `cwResponse`,
    `cwFeedback`), which belong together row by row. ALF compares rows within an object alone.
    """
    for trials in session.objects("cwTrials"):
        rows = len(trials["intervals_0"]) if "intervals_0" in trials else None
        for table in session.tables:
            if rows is not None and table.collection == trials.collection and table.rows != rows:
                yield Problem(
                    message=f"{table.object} has {table.rows} rows, but there are {rows} trials",
                    expected=f"{rows} rows",
                    datasets=table.paths,
                )


RULES = (feedback_against_side, trial_parts_unequal)
