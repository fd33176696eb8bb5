"""The wheel: steps of its encoder, and movements that were found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import pi
from typing import TYPE_CHECKING, Any

from alfcheck import ObjectTable, Problem, SessionData, example, object_rule, session_rule

from alfcheck_ibl.samples import wheel
from alfcheck_ibl.telling import by_ibl, paths_of, problems_by_share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["RULES"]

STEP = 2 * pi / 1024
"""Radians of a tick of the encoder."""

COUNTED = {"X1": 1, "X2": 2, "X4": 4}
"""Times that a tick is counted."""

OFF = 0.05
"""Parts of a quarter of a step by which a median may miss a whole number of them."""

SLACK = 1e-3
"""Seconds by which a movement may pass the ends of the wheel's times."""


def encoder_step(steps: np.ndarray, encoding: str) -> float | None:
    """Give the step of an encoder in radians; ``auto`` takes the largest of which the median is a multiple.

    ``None`` says that it is a multiple of none: then the positions are not radians.
    """
    import numpy as np

    if encoding in COUNTED:
        return STEP / COUNTED[encoding]
    moved = steps[steps > 0]
    quarters = _quarters(float(np.median(moved))) if len(moved) else 4.0
    if not np.isfinite(quarters) or _between(quarters):
        return None
    return next(STEP / each for each in (1, 2, 4) if round(quarters) % (4 // each) == 0)


def _quarters(steps: Any) -> Any:
    return steps / (STEP / 4)


def _between(quarters: Any) -> Any:
    """Tell which steps, in quarters of the largest, are no whole number of them."""
    import numpy as np

    return (np.abs(quarters - np.round(quarters)) > OFF) | (quarters < 1 - OFF)


@object_rule(
    "IBL421",
    "wheel-jumps",
    object="wheel",
    columns=["position"],
    fix="Extract the wheel anew; give positions in radians (files of 2019 are in cm); set `wheel_encoding` "
    "if the encoder was counted in another way.",
    good=[
        wheel([0.0, STEP, 2 * STEP, STEP], "X1"),
        wheel([0.0, STEP / 4, STEP / 2, STEP / 4], "X4"),
        wheel([0.0, 0.0, 0.0], "a wheel that did not move"),
    ],
    bad=[
        wheel([0.0, STEP, 11 * STEP, 12 * STEP], "ten steps at once"),
        wheel([0.0, 3.1 * STEP / 4, 6.2 * STEP / 4, 3.1 * STEP / 4], "X4 in cm"),
    ],
)
def wheel_jumps(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The wheel moves by more than one and a half steps of its encoder from one sample to the next, or by
    parts of a step.

    From ibllib.qc.task_metrics, check_wheel_integrity: PASS for 99 % of the steps, FAIL below 90 %. A step is
    2 pi / 1024 on Bpod rigs and a quarter of it where a DAQ counts; steps that are no whole number of these
    are not in radians. That timestamps increase is said by ibl.wheel.
    """
    import numpy as np

    position = np.asarray(table["position"], float)
    if not by_ibl(table) or position.ndim != 1:
        return
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(position))
    known = ~np.isnan(steps)
    step = encoder_step(steps[known], settings["wheel_encoding"])
    if step is None:
        yield from _not_radians(steps, known, settings, paths_of(table, ("position",)))
        return
    with np.errstate(invalid="ignore"):
        bad = steps >= 1.5 * step
    yield from problems_by_share(
        bad,
        known,
        f"more than 1.5 steps of the encoder ({step:.5f} rad) from one sample to the next, "
        f"{float(steps[known].max(initial=0.0)):.5f} rad at most",
        settings,
        datasets=paths_of(table, ("position",)),
        column="position",
        expected=f"less than {1.5 * step:.5f} rad",
        things="steps",
    )


def _not_radians(
    steps: np.ndarray, known: np.ndarray, settings: Mapping[str, Any], files: tuple[str, ...]
) -> Iterator[Problem]:
    """Tell of positions in another unit; smaller ones than an encoder gives may also be interpolated."""
    import numpy as np

    moved = known & (np.nan_to_num(steps) > 0)
    median = float(np.median(steps[moved]))
    with np.errstate(invalid="ignore"):
        bad = _between(_quarters(steps))
    yield from problems_by_share(
        bad,
        moved,
        f"no step of an encoder with 1024 ticks, {median:.5f} rad being the median, {_quarters(median):.2f} "
        f"of the {STEP / 4:.5f} rad that it gives at least: the positions are not radians, or not as counted",
        settings,
        datasets=files,
        column="position",
        expected=f"a multiple of {STEP / 4:.5f} rad",
        things="steps",
        fails=_quarters(median) > 1,
    )


def _moves(intervals: object, note: str = "") -> Any:
    files = {
        "alf/_ibl_wheel.timestamps.npy": [0.0, 1.0, 2.0, 3.0],
        "alf/_ibl_wheel.position.npy": [0.0, STEP, 2 * STEP, STEP],
        "alf/_ibl_wheelMoves.intervals.npy": intervals,
    }
    return example(files, note)


@session_rule(
    "IBL504",
    "movement-without-wheel",
    columns=["wheel.timestamps", "wheelMoves.intervals_0", "wheelMoves.intervals_1"],
    fix="Extract wheel and movements together: they are not of one session, or not on one clock.",
    good=[_moves([[0.0, 1.0], [1.5, 3.0]])],
    bad=[_moves([[0.0, 1.0], [1.5, 3.5]], "0.5 s longer than the wheel")],
)
def movement_without_wheel(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A movement of the wheel begins before its first sample, or ends after its last.

    Movements are found in the samples (brainbox.behavior.wheel, movements), so that none can lie outside of
    them.
    """
    import numpy as np

    wheels = {table.collection: table for table in session.objects("wheel") if by_ibl(table)}
    for moves in session.objects("wheelMoves"):
        table = wheels.get(moves.collection)
        needed = {"intervals_0", "intervals_1"}
        if table is None or "timestamps" not in table or not needed <= {*moves} or not by_ibl(moves):
            continue
        times = np.asarray(table["timestamps"], float)
        if times.ndim != 1 or np.isnan(times).all():
            continue
        first, last = float(np.nanmin(times)), float(np.nanmax(times))
        early, late = moves["intervals_0"] < first - SLACK, moves["intervals_1"] > last + SLACK
        yield from session.where(
            early | late,
            f"a movement outside of the wheel's times, which are {first:.3f} to {last:.3f} s",
            column="wheelMoves.intervals",
        )


RULES = (wheel_jumps, movement_without_wheel)
