"""Small sessions for the examples of rules: four trials as a rig makes them, and others."""

from __future__ import annotations

from alfcheck import Example, example

__all__ = ["after", "cameras", "probe", "trials", "wheel"]

START = (0.0, 5.0, 11.0, 17.0)
CORRECT = (1, -1, 1, -1)


def after(*delays: float) -> list[float]:
    """Give the times so many seconds after the start of each of the four trials."""
    return [round(start + delay, 6) for start, delay in zip(START, delays, strict=True)]


TRIALS: dict[str, object] = {
    "intervals": [list(pair) for pair in zip(after(0, 0, 0, 0), after(4.5, 5.5, 4.5, 5.5), strict=True)],
    "choice": [1, 1, -1, 0],
    "feedbackType": list(CORRECT),
    "contrastLeft": [1.0, float("nan"), float("nan"), 0.25],
    "contrastRight": [float("nan"), 0.5, 0.25, float("nan")],
    "probabilityLeft": [0.5, 0.5, 0.5, 0.5],
    "rewardVolume": [1.5, 0.0, 1.5, 0.0],
    "stimOnTrigger_times": after(0.95, 0.95, 0.95, 0.95),
    "stimOn_times": after(1, 1, 1, 1),
    "goCueTrigger_times": after(1, 1, 1, 1),
    "goCue_times": after(1.001, 1.001, 1.001, 1.001),
    "firstMovement_times": after(1.2, 1.2, 1.2, 1.2),
    "response_times": after(2, 2, 2, 2),
    "feedback_times": after(2.0005, 2.0005, 2.0005, 2.0005),
    "stimOffTrigger_times": after(3, 4, 3, 4),
    "stimOff_times": after(3.0505, 4.0505, 3.0505, 4.0505),
}
"""Four trials by attribute: two are answered rightly, one wrongly, one not at all."""


def trials(*attributes: str, note: str = "", **other: object) -> Example:
    """Give an example with some attributes of four sound trials, and `other` values in place of theirs."""
    names = dict.fromkeys((*attributes, *other))
    values = {name: other.get(name, TRIALS.get(name)) for name in names}
    return example({f"alf/_ibl_trials.{name}.npy": value for name, value in values.items()}, note)


def wheel(position: object, note: str = "") -> Example:
    """Give an example with the positions of a wheel."""
    return example({"alf/_ibl_wheel.position.npy": position}, note)


def cameras(times: object, note: str = "", camera: str = "body", **beside: object) -> Example:
    """Give an example with the times of a camera, and perhaps trials beside it."""
    files = {f"alf/_ibl_{camera}Camera.times.npy": times}
    return example(files | {f"alf/_ibl_trials.{name}.npy": value for name, value in beside.items()}, note)


def probe(files: dict[str, object], note: str = "") -> Example:
    """Give an example with files of one spike-sorted probe."""
    return example({f"alf/probe00/{name}": value for name, value in files.items()}, note)
