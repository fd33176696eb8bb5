"""What the columns of the IBL's trials mean: dtypes, shapes, units, sources."""

from __future__ import annotations

from alfcheck.contracts.model import Terms
from alfcheck_schemas.parts import ALYX, IBLLIB, NUMBER, PAIRS, VECTOR

__all__ = ["EVENTS", "TERMS"]


def _each(
    description: str,
    unit: str | None = None,
    *,
    source: str = IBLLIB,
    dtypes: tuple[str, ...] = NUMBER,
    own_rows: bool = False,
) -> Terms:
    """Make the terms of an attribute with one value a trial."""
    return Terms(description, unit, dtypes, VECTOR, own_rows=own_rows, source=source)


def _event(what: str) -> Terms:
    return _each(f"When {what}; missing if it did not happen or was not seen.", "s")


TERMS = {
    "intervals": Terms(
        description="Start of the trial and end of the pause that follows it.",
        unit="s",
        dtypes=NUMBER,
        shapes=PAIRS,
        source=f"{IBLLIB}; another clock's are named intervals_bpod",
    ),
    "choice": _each("Turn of the wheel: -1 counter-clockwise, 1 clockwise, 0 none."),
    "feedbackType": _each(
        "1 reward, -1 error, 0 where the feedback was left out.",
        source=f"{IBLLIB}; the description in Alyx knows no 0",
    ),
    "contrastLeft": _each(
        "Contrast of a stimulus on the left.", source=f"{IBLLIB}; 0 instead of NaN on the empty side occurs"
    ),
    "contrastRight": _each(
        "Contrast of a stimulus on the right.", source=f"{IBLLIB}; 0 instead of NaN on the empty side occurs"
    ),
    "probabilityLeft": _each("Probability that the stimulus is on the left."),
    "probabilityRewardLeft": _each("Probability of a reward for a choice of the left.", source=ALYX),
    "rewardVolume": _each("Water given.", "uL"),
    "repNum": _each("Times that the trial was repeated.", source=f"{IBLLIB}; counted from 0 or from 1"),
    # Whole numbers in place of these would select trials 0 and 1, not those that are true.
    "included": _each("Whether the trial is to be analysed.", dtypes=("bool",)),
    "quiescencePeriod": _each("For how long the wheel had to be still.", "s"),
    "itiDuration": _each(
        "Time from response to the end of the trial.",
        "s",
        source=f"{IBLLIB}: often not as many as there are trials",
        own_rows=True,
    ),
    "iti": _each("The same under its name of 2018, iti_duration.", "s", source="rigs of 2018", own_rows=True),
    "type": _each("Outcome in old sessions: 1 reward, -1 error, 0 none."),
    "laserStimulation": _each("1 where the laser was on, else 0."),
    "laserProbability": _each("Probability that the laser is on."),
    "laserIntervals": Terms(
        description="When the laser went on and off; not one for each trial.",
        unit="s",
        dtypes=NUMBER,
        shapes=PAIRS,
        own_rows=True,
        source=ALYX,
    ),
}

EVENTS = {
    "goCue_times": _event("the go tone started"),
    "goCueTrigger_times": _event("the go tone was asked for"),
    "stimOn_times": _event("the stimulus appeared"),
    "stimOnTrigger_times": _event("the stimulus was asked for"),
    "stimOff_times": _event("the stimulus disappeared"),
    "stimOffTrigger_times": _event("the stimulus was asked to disappear"),
    "stimFreeze_times": _event("the stimulus stood still"),
    "stimFreezeTrigger_times": _event("the stimulus was asked to stand still"),
    "stimCenter_times": _event("the stimulus reached the centre"),
    "stimCenterTrigger_times": _event("the stimulus was asked to reach the centre"),
    "response_times": _event("the choice was registered"),
    "feedback_times": _event("the valve opened or the error sound started"),
    "firstMovement_times": _event("the first large movement of the wheel began"),
}
