"""What users may write under ``[plugins.ibl]``; limits are those of the IBL's own quality control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alfcheck import Setting

__all__ = ["SETTINGS", "refuse_contradictions"]

SETTINGS = (
    Setting(
        "warning_share",
        float,
        0.01,
        "share of the trials (steps, clusters) that may break a rule before it is told; 0 tells of each",
        minimum=0,
        maximum=1,
    ),
    Setting(
        "error_share",
        float,
        0.1,
        "share above which it is an error, where the IBL's verdict can be FAIL; 1 never makes it one",
        minimum=0,
        maximum=1,
    ),
    Setting(
        "subject_pattern",
        str,
        r"[A-Za-z]+([_-][A-Za-z]+)*[_-]?[0-9]+",
        "regular expression that the whole name of a subject matches",
    ),
    Setting(
        "sound_card",
        str,
        "harp",
        "sound card of the rigs: sounds come within 10 ms (1.5 ms after their trigger) with harp, "
        "within 53 ms with other",
        choices=("harp", "other"),
    ),
    Setting("longest_trial", float, 60.1, "seconds from the go cue to the feedback, at most", minimum=0),
    Setting("reward_min", float, 1.5, "uL of water for a correct trial, at least", minimum=0),
    Setting("reward_max", float, 3.0, "uL of water for a correct trial, at most", minimum=0),
    Setting("quiescence", float, 0.2, "seconds before the go cue in which the wheel is still", minimum=0),
    Setting(
        "wheel_encoding",
        str,
        "auto",
        "how the encoder's 1024 ticks a turn were counted: X1 (Bpod), X2, X4 (DAQ); auto takes what is "
        "nearest to the median step",
        choices=("auto", "X1", "X2", "X4"),
    ),
    Setting(
        "left_camera_rates",
        float,
        (60.0, 30.0),
        "Hz of the left camera: in ephys, in training",
        many=True,
        minimum=0,
    ),
    Setting("right_camera_rates", float, (150.0,), "Hz of the right camera", many=True, minimum=0),
    Setting("body_camera_rates", float, (30.0,), "Hz of the body camera", many=True, minimum=0),
    Setting(
        "dropped_share", float, 0.001, "share of a video's frames that may be missing", minimum=0, maximum=1
    ),
    Setting(
        "sets",
        str,
        ("ibl.behaviour", "ibl.habituation", "ibl.passive"),
        "contracts about sessions of which IBL502 tells what is missing; leave out what `require` names",
        many=True,
    ),
)


def refuse_contradictions(settings: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a lower limit above its upper one: each is sound, but not beside the other."""
    for lower, upper in (("warning_share", "error_share"), ("reward_min", "reward_max")):
        if settings[lower] > settings[upper]:
            raise ValueError(
                f"{lower} is {settings[lower]:g}, which is more than {upper}, {settings[upper]:g}: set both"
            )
