"""Times of cameras: their rate, frames that are missing, and the trials that they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alfcheck import ObjectTable, Problem, SessionData, object_rule, session_rule

from alfcheck_ibl.samples import cameras
from alfcheck_ibl.telling import by_ibl, problems_by_share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["RULES"]

NEAR = 1.0
"""Hz by which a rate may differ."""

GAP = 1.5
"""Times the usual distance of two frames from which one is missing between them."""


def _times(table: ObjectTable) -> np.ndarray:
    import numpy as np

    times = np.asarray(table["times"], float)
    return times[~np.isnan(times)] if times.ndim == 1 else times[:0, 0]


def rates_of(times: np.ndarray) -> tuple[float, ...]:
    """Give the rate by the median distance of frames, as the source does, and by the mean but for gaps.

    Clocks with a coarse resolution give medians that are off (6.6 or 6.7 ms at 150 Hz).
    """
    import numpy as np

    steps = np.diff(times)
    median = float(np.median(steps)) if len(steps) else 0.0
    if not median > 0:
        return ()
    return (1 / median, 1 / float(steps[(steps > 0) & (steps < GAP * median)].mean()))


@object_rule(
    "IBL431",
    "odd-frame-rate",
    object="*Camera",
    columns=["times"],
    severity="warning",
    fix="Look at the clock of the times and at the camera's settings; set the rates if yours are others.",
    good=[
        cameras([number / 30 for number in range(60)]),
        cameras([number / 150 for number in range(60)], camera="right"),
    ],
    bad=[
        cameras([number / 25 for number in range(60)], "25 Hz"),
        cameras(list(map(float, range(60))), "numbers of frames"),
    ],
)
def odd_frame_rate(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The rate of a camera's frames is not that of the IBL's rigs.

    From ibllib.qc.camera, check_framerate: within 1 Hz of 60 Hz for the left camera (30 Hz in training), 150
    Hz for the right one and 30 Hz for that of the body.
    """
    known = settings.get(f"{table.object.removesuffix('Camera')}_camera_rates", ())
    rates = rates_of(_times(table)) if by_ibl(table) and known else ()
    if rates and all(abs(rate - each) >= NEAR for rate in rates for each in known):
        wanted = " or ".join(f"{each:g}" for each in known)
        yield Problem(
            message=f"frames come at {rates[0]:.2f} Hz, where {table.object} has {wanted} Hz",
            column="times",
            expected=f"{wanted} Hz, within {NEAR:g} Hz",
        )


@object_rule(
    "IBL432",
    "dropped-frames",
    object="*Camera",
    columns=["times"],
    severity="warning",
    fix="Nothing can bring the frames back: say so with the data, or leave the video out. The limit is "
    "`dropped_share`.",
    good=[cameras([number / 30 for number in range(60)])],
    bad=[cameras([number / 30 for number in range(60) if number not in (20, 21)], "two frames are missing")],
)
def dropped_frames(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """More than one frame in a thousand is missing, as gaps in a camera's times show.

    ibllib.qc.camera, check_dropped_frames, has the same limit for the counter of the camera, which is in no
    ALF dataset.
    """
    import numpy as np

    times = _times(table)
    steps = np.diff(times)
    usual = float(np.median(steps)) if len(steps) else 0.0
    if not by_ibl(table) or not usual > 0:
        return
    gaps = np.flatnonzero(steps > GAP * usual)
    lost = int((np.round(steps[gaps] / usual) - 1).sum())
    share = lost / (len(times) + lost)
    if share >= settings["dropped_share"] and lost:
        longest = float(steps.max())
        shown = ", ".join(map(str, gaps[:5])) + (", …" if len(gaps) > 5 else "")
        yield Problem(
            message=f"{lost} frames are missing ({share:.2%}) in {len(gaps)} gaps of up to {longest:.3f} s "
            f"(after frames {shown})",
            column="times",
            expected=f"fewer than {settings['dropped_share']:.2%} of the frames",
            rows=tuple(int(row) for row in gaps[:5]),
            count=lost,
        )


@session_rule(
    "IBL503",
    "trial-without-video",
    columns=["trials.intervals_0", "trials.intervals_1", "*Camera.times"],
    severity="warning",
    fix="Look at whether the camera was stopped early, and whether both are on one clock.",
    good=[cameras([number / 30 for number in range(90)], intervals=[[0.5, 1.5], [1.5, 2.5]])],
    bad=[
        cameras([number / 30 for number in range(60)], "stopped early", intervals=[[0.5, 1.5], [1.5, 2.5]]),
        cameras(
            [number / 30 + 500 for number in range(90)],
            "on another clock",
            intervals=[[0.5, 1.5], [1.5, 2.5]],
        ),
        cameras([], "no frame", intervals=[[0.5, 1.5], [1.5, 2.5]]),
    ],
)
def trial_without_video(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A camera's times do not cover a trial.

    The IBL's cameras run from before the first trial until after the last. Told by the share of trials, as in
    its quality control, and a warning at worst.
    """
    import numpy as np

    tasks = [table for table in session.objects("trials") if {"intervals_0", "intervals_1"} <= {*table}]
    for table in session.tables:
        if not table.object.endswith("Camera") or not by_ibl(table):
            continue
        if table["times"].ndim != 1:
            continue
        times = _times(table)
        span = (float(min(times[0], times[-1])), float(max(times[0], times[-1]))) if len(times) else None
        usual = (span[1] - span[0]) / max(len(times) - 1, 1) if span else 0.0
        for task in filter(by_ibl, tasks):
            outside = np.ones(task.rows, bool)
            if span:
                outside = (task["intervals_0"] < span[0] - usual) | (task["intervals_1"] > span[1] + usual)
            yield from problems_by_share(
                outside,
                np.ones(task.rows, bool),
                f"{table.object} has no frames for all of them, its times being "
                + (f"{span[0]:.3f} to {span[1]:.3f} s" if span else "none"),
                settings,
                datasets=table.paths,
                column=f"{table.object}.times",
                fails=False,
            )


RULES = (odd_frame_rate, dropped_frames, trial_without_video)
