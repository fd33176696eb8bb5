"""Delays between events of a trial, and between events and what triggered them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from alfcheck import ObjectTable, Problem, object_rule

from alfcheck_ibl.samples import after, trials
from alfcheck_ibl.telling import by_ibl, paths_of, problems_by_share
from alfcheck_ibl.trial_order import given

if TYPE_CHECKING:
    import numpy as np

__all__ = ["RULES"]

SOUND = {"harp": 0.010, "other": 0.053}
"""Seconds from one event to the next, by sound card."""

SOUND_TRIGGER = {"harp": 0.0015, "other": 0.053}
SCREEN_TRIGGER = 0.15
"""Seconds from the command to the event."""

OFF_AFTER = {1: 1.0, -1: 2.0}
OFF_WITHIN = 0.15
"""Seconds from feedback to the end of the stimulus, after a reward and after an error."""


class Delay(NamedTuple):
    """From one event to another: how long it may be, in seconds."""

    earlier: str
    later: str
    least: float
    most: float
    what: str


def _seconds(table: ObjectTable, delay: Delay) -> np.ndarray:
    import numpy as np

    with np.errstate(invalid="ignore"):
        seconds: np.ndarray = np.asarray(table[delay.later], float) - np.asarray(table[delay.earlier], float)
    return seconds


def _wrong(
    table: ObjectTable, delay: Delay, due: np.ndarray, settings: Mapping[str, Any], *, fails: bool
) -> Iterator[Problem]:
    """Tell of the delays that are out of bounds; a missing event counts, unless none was measured."""
    import numpy as np

    seconds = _seconds(table, delay)
    if np.isnan(seconds[due]).all():
        return
    with np.errstate(invalid="ignore"):
        bad = ~((seconds >= delay.least) & (seconds <= delay.most))
    missing = np.count_nonzero(np.isnan(seconds) & due)
    lost = f", or one of them is missing ({missing})" if missing else ""
    yield from problems_by_share(
        bad,
        due,
        f"{delay.what}{lost}",
        settings,
        datasets=paths_of(table, (delay.earlier, delay.later)),
        column=delay.later,
        expected=f"{delay.least:g} to {delay.most:g} s from {delay.earlier} to {delay.later}",
        fails=fails,
    )


@object_rule(
    "IBL402",
    "go-cue-apart-from-stimulus",
    object="trials",
    columns=["stimOn_times", "goCue_times"],
    fix="Extract the trials anew and look at screen and sound; set `sound_card` if the rig has no HARP card.",
    good=[trials("stimOn_times", "goCue_times")],
    bad=[
        trials("stimOn_times", goCue_times=after(1.001, 1.1, 1.001, 0.9), note="one 100 ms late, one early"),
        trials(
            "goCue_times", stimOn_times=[1.0, float("nan"), 12.0, 18.0], note="a stimulus that was not seen"
        ),
    ],
)
def go_cue_apart_from_stimulus(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The go cue does not come with the stimulus, within 10 ms after it.

    From ibllib.qc.task_metrics, check_stimOn_goCue_delays (53 ms for sound cards that are not HARP): PASS for
    99 % of the trials, FAIL below 90 %. A missing event counts as it does there; both at the same time are
    sound.
    """
    import numpy as np

    if by_ibl(table):
        most = SOUND[settings["sound_card"]]
        delay = Delay(
            "stimOn_times",
            "goCue_times",
            0.0,
            most,
            f"the go cue is not within {most * 1000:g} ms after the stimulus",
        )
        yield from _wrong(table, delay, np.ones(table.rows, bool), settings, fails=True)


@object_rule(
    "IBL403",
    "feedback-apart-from-response",
    object="trials",
    columns=["response_times", "feedback_times"],
    optional=["feedbackType"],
    fix="Extract the trials anew and look at valve and sound; set `sound_card` if the rig has no HARP card.",
    good=[
        trials("response_times", "feedback_times", "feedbackType"),
        trials("response_times", feedback_times=after(2, 2, 2, 2), note="at the same time"),
    ],
    bad=[trials("response_times", feedback_times=after(2.0005, 2.05, 1.9, 2.0005), note="late, and early")],
)
def feedback_apart_from_response(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Feedback does not come with the response, within 10 ms after it.

    From ibllib.qc.task_metrics, check_response_feedback_delays (53 ms for sound cards that are not HARP):
    PASS for 99 % of the trials, FAIL below 90 %. It refuses both at the same time, which the extractor writes
    for rewards: sound here. Trials without feedback (type 0) are left out; a feedback that is missing counts.
    """
    if by_ibl(table):
        most = SOUND[settings["sound_card"]]
        delay = Delay(
            "response_times",
            "feedback_times",
            0.0,
            most,
            f"feedback is not within {most * 1000:g} ms after the response",
        )
        yield from _wrong(table, delay, given(table), settings, fails=True)


@object_rule(
    "IBL404",
    "stimulus-off-at-odd-time",
    object="trials",
    columns=["feedback_times", "feedbackType", "stimOff_times", "choice"],
    severity="warning",
    fix="Look at the photodiode's signal; if the task keeps the stimulus for longer, ignore the rule.",
    good=[trials("feedback_times", "feedbackType", "stimOff_times", "choice")],
    bad=[
        trials(
            "feedback_times",
            "feedbackType",
            "choice",
            stimOff_times=after(3.05, 3.05, 3.05, 4.05),
            note="1 s",
        )
    ],
)
def stimulus_off_at_odd_time(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The stimulus does not go 1 s after a reward, or 2 s after an error.

    From ibllib.qc.task_metrics, check_positive_feedback_stimOff_delays and
    check_negative_feedback_stimOff_delays: within 150 ms, a warning at worst. A missing event counts as it
    does there.
    """
    if by_ibl(table):
        for kind, usual in OFF_AFTER.items():
            outcome = "a reward" if kind == 1 else "an error"
            least, most = usual - OFF_WITHIN, usual + OFF_WITHIN
            what = f"the stimulus does not go {least:g} to {most:g} s after {outcome}"
            delay = Delay("feedback_times", "stimOff_times", least, most, what)
            yield from _wrong(table, delay, table["feedbackType"] == kind, settings, fails=False)


@object_rule(
    "IBL406",
    "event-late-after-trigger",
    object="trials",
    columns=["*Trigger_times"],
    optional=["goCue_times", "stimOn_times", "stimOff_times", "stimFreeze_times", "choice"],
    severity="warning",
    fix="Look at the rig's screen and sound card: what is asked for should come at once.",
    good=[
        trials("goCueTrigger_times", "goCue_times"),
        trials("stimOnTrigger_times", "stimOn_times", "stimOffTrigger_times", "stimOff_times"),
    ],
    bad=[
        trials("goCueTrigger_times", goCue_times=after(1.001, 1.02, 1.001, 1.001), note="20 ms late"),
        trials("stimOnTrigger_times", stimOn_times=after(1, 1.2, 1, 1), note="250 ms late"),
    ],
)
def event_late_after_trigger(table: ObjectTable, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A sound or a change on the screen comes late after it was asked for.

    From ibllib.qc.task_metrics, check_goCue_delays (1.5 ms; 53 ms for sound cards that are not HARP) and
    check_stimOn_delays, check_stimOff_delays, check_stimFreeze_delays (150 ms): warnings at worst. Events
    that come too early are told by the contract ibl.trials. Of trials without an answer the end of the
    stimulus is not judged, for it is triggered in another way; missing events are not either.
    """
    import numpy as np

    for event in ("goCue", "stimOn", "stimOff", "stimFreeze") if by_ibl(table) else ():
        earlier, later = f"{event}Trigger_times", f"{event}_times"
        if earlier not in table or later not in table:
            continue
        most = SOUND_TRIGGER[settings["sound_card"]] if event == "goCue" else SCREEN_TRIGGER
        delay = Delay(
            earlier, later, -np.inf, most, f"{later} more than {most * 1000:g} ms after its trigger"
        )
        seconds = _seconds(table, delay)
        due = ~np.isnan(seconds)
        if event in ("stimOff", "stimFreeze") and "choice" in table:
            due &= table["choice"] != 0
        yield from problems_by_share(
            seconds > most,
            due,
            delay.what,
            settings,
            datasets=paths_of(table, (earlier, later)),
            column=later,
            expected=f"at most {most:g} s from {earlier} to {later}",
            fails=False,
        )


RULES = (
    go_cue_apart_from_stimulus,
    feedback_apart_from_response,
    stimulus_off_at_odd_time,
    event_late_after_trigger,
)
