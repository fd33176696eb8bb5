"""The wheel: ticks of a rotary encoder, which counts on and on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import alfcheck
from alfcheck import FileData, Problem

if TYPE_CHECKING:
    import numpy as np

__all__ = ["RULES"]

_FILES = ("wheel.position.npy", "_ns_wheel.position.npy")
_RADIUS = 3.1
"""The wheel's radius in cm (SteinmetzLab/dataToNWB)."""


@alfcheck.content_rule(
    "CTX201",
    "wheel-not-in-ticks",
    datasets=_FILES,
    severity="warning",
    since="0.1.0",
    fix="write the encoder's own count, or a namespace before the object if the unit is another on purpose",
    good=[alfcheck.example({"alf/wheel.position.npy": [0.0, 1.0, 3.0]}, "ticks, as float64")],
    bad=[alfcheck.example({"alf/wheel.position.npy": [0.0, 0.0087, 0.0131]}, "radians")],
)
def wheel_not_in_ticks(file: FileData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The position of the wheel is not in whole ticks of the encoder.

    Who analyses these data divides by the ticks of a turn, so that a position in radians or centimetres is
    taken for one thousands of times smaller. Half ticks do not exist: values in between were filtered or
    interpolated.
    """
    import numpy as np

    values = file.get("position")
    if values is None or values.ndim != 1 or not np.issubdtype(values.dtype, np.floating):
        return
    whole = np.isnan(values) | (values == np.rint(values))
    if whole.all():
        return
    message = f"not a whole number of ticks{_unit(values, settings['ticks_per_revolution'])}"
    yield from file.where(~whole, message, column="position", expected="whole ticks of the encoder")


@alfcheck.content_rule(
    "CTX202",
    "wheel-jumps",
    datasets=_FILES,
    severity="warning",
    since="0.1.0",
    fix="undo the counter's overflow before writing (wheel.correctCounterDiscont), or cut it at a reset",
    good=[alfcheck.example({"alf/wheel.position.npy": [0, 3, 5, 4]}, "a few ticks a sample")],
    bad=[alfcheck.example({"alf/wheel.position.npy": [4, 1, 4294967294, 4294967290]}, "the counter wrapped")],
)
def wheel_jumps(file: FileData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The wheel turns all the way round between two samples.

    No mouse does. The encoder is read by a counter of 32 bits, which wraps when it runs backwards from 0; or
    the counter was reset. Every velocity and movement after that is wrong.
    """
    import numpy as np

    values = file.get("position")
    if values is None or values.ndim != 1 or values.dtype.kind not in "iuf":
        return
    ticks = settings["ticks_per_revolution"]
    with np.errstate(invalid="ignore", over="ignore"):
        far = np.abs(np.diff(values.astype("f8"))) >= ticks
    if far.any():
        message = f"{ticks} ticks or more, a whole turn, from the sample before"
        yield from file.where(np.concatenate([[False], far]), message, column="position")


RULES = (wheel_not_in_ticks, wheel_jumps)


def _unit(values: np.ndarray, ticks: int) -> str:
    """Name the unit in which the smallest step is one tick, if there is one."""
    import numpy as np

    steps = np.abs(np.diff(values))
    steps = steps[np.isfinite(steps) & (steps > 1e-9)]
    if not len(steps):
        return ""
    step, turn = float(steps.min()), 2 * np.pi / ticks
    for unit, tick in (("rad", turn), ("cm", turn * _RADIUS), ("mm", turn * _RADIUS * 10)):
        if abs(step / tick - 1) < 0.02:
            return f"; its smallest step {step:.4g} is a tick in {unit} at {ticks} ticks a turn"
    return ""
