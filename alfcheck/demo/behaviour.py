"""Values of a choice-world session: trials, wheel, licks.

Times are seconds of the session clock. The values hang together as a rig's do: a stimulus on the left is
answered rightly by a choice of 1, reward follows a right answer, and so on.
"""

from __future__ import annotations

import numpy as np

from alfcheck.demo.encode import Array

__all__ = ["licks", "trials", "wheel", "wheel_moves"]

CONTRASTS = (0.0, 0.0625, 0.125, 0.25, 1.0)
ENCODER_STEP = 2 * np.pi / 1024
REWARD_UL = 1.5
NO_GO_SECONDS = 60.0


def trials(rng: np.random.Generator, n: int) -> dict[str, Array]:
    """Make the columns of ``n`` trials; ``intervals`` has shape (n, 2), every other (n,).

    NaN stands where nothing happened: the contrast of the empty side, a stimulus that the photodiode
    missed, a movement that was not made.
    """
    answers = _answers(rng, n)
    quiescence = rng.uniform(0.4, 0.7, n)
    reaction = np.where(answers["choice"] == 0, NO_GO_SECONDS, rng.lognormal(-0.7, 0.5, n) + 0.1)
    end = np.where(answers["feedbackType"] == 1, 1.0, 2.0)
    start = np.cumsum(quiescence + reaction + end + 0.6) - (quiescence + reaction + end + 0.6)
    stim_on = start + quiescence + 0.01
    go_cue = stim_on + rng.uniform(0.0005, 0.005, n)
    feedback = go_cue + reaction + rng.uniform(0.0002, 0.0015, n)
    moved = go_cue + reaction * rng.uniform(0.3, 0.8, n)
    times = {
        "intervals": np.column_stack([start, feedback + end]),
        "goCue_times": go_cue,
        "goCueTrigger_times": go_cue - 0.0004,
        "response_times": go_cue + reaction,
        "stimOn_times": _missing(rng, stim_on, 0.02),
        "stimOff_times": feedback + end - 0.1,
        "feedback_times": feedback,
        "firstMovement_times": np.where(answers["choice"] == 0, np.nan, _missing(rng, moved, 0.03)),
        "quiescencePeriod": quiescence,
    }
    return {**answers, **{name: np.round(values, 6) for name, values in times.items()}}


def _answers(rng: np.random.Generator, n: int) -> dict[str, Array]:
    """Draw what was shown, what was chosen and what followed."""
    probability_left = np.where(np.arange(n) < 30, 0.5, np.where(np.arange(n) // 30 % 2, 0.2, 0.8))
    left = rng.random(n) < probability_left
    contrast = rng.choice(np.array(CONTRASTS), n)
    right_answer = np.where(left, 1, -1)
    correct = rng.random(n) < 0.6 + 0.35 * np.sqrt(contrast)
    choice = np.where(correct, right_answer, -right_answer)
    choice[rng.random(n) < 0.01] = 0
    rewarded = choice == right_answer
    repeats = np.zeros(n, np.int64)
    for row in range(1, n):
        repeats[row] = 0 if rewarded[row - 1] else repeats[row - 1] + 1
    return {
        "choice": choice.astype(np.int64),
        "contrastLeft": np.where(left, contrast, np.nan),
        "contrastRight": np.where(left, np.nan, contrast),
        "feedbackType": np.where(rewarded, 1, -1).astype(np.int64),
        "rewardVolume": np.where(rewarded, REWARD_UL, 0.0),
        "probabilityLeft": probability_left,
        "repNum": repeats,
        "included": np.arange(n) < n - n // 20,
    }


def _missing(rng: np.random.Generator, values: Array, share: float) -> Array:
    """Replace a share of the values with NaN."""
    return np.where(rng.random(len(values)) < share, np.nan, values)


def wheel(rng: np.random.Generator, n: int, seconds: float) -> dict[str, Array]:
    """Make ``n`` wheel samples: position in rad in steps of the encoder, strictly increasing times."""
    gaps = rng.exponential(1.0, n) + 0.01
    times = np.cumsum(gaps) * (seconds / gaps.sum())
    steps = rng.choice(np.array([-1, 1]), n)
    return {"position": np.cumsum(steps) * ENCODER_STEP, "timestamps": np.round(times, 6)}


def wheel_moves(rng: np.random.Generator, n: int, seconds: float) -> dict[str, Array]:
    """Make ``n`` movements at least 0.1 s apart: ``intervals`` (n, 2) in s, ``peakAmplitude`` in rad."""
    slot = seconds / n
    start = np.arange(n) * slot + rng.uniform(0.0, 0.2, n) * slot
    stop = start + rng.uniform(0.1, 0.5, n) * slot
    amplitude = rng.choice(np.array([-1.0, 1.0]), n) * rng.uniform(0.1, 0.9, n)
    return {"intervals": np.round(np.column_stack([start, stop]), 6), "peakAmplitude": amplitude}


def licks(rng: np.random.Generator, n: int, seconds: float) -> Array:
    """Make ``n`` sorted lick times in s."""
    return np.sort(np.round(rng.uniform(0.0, seconds, n), 4))
