"""A whole session as Cortexlab writes it: names, dtypes and shapes of Steinmetz et al. 2019, made-up values.

Every number is float64 of shape (n, 1) in Fortran order, but for what the release has otherwise:
`spikes.clusters` is uint32, `channels.rawRow` int32, templates float32, `included` and `blink` logical. Two
probes lie in one object each. The empty side has the contrast 0, never NaN. Clusters count from 0, peak
channels from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from alfcheck.examples import encoded

__all__ = ["SESSION", "Files", "changed", "session_files", "session_files_2017", "write_session"]

SESSION = "nicklab/Subjects/Cori/2016-12-14/001"
Files = dict[str, Any]

_SECONDS = 600.0
_CONTRASTS = (0.0, 0.25, 0.5, 1.0)
_REGIONS = ("root", "VISp", "CA1", "DG", "TH")


def column(values: object, dtype: str = "f8") -> np.ndarray:
    """Give values as MATLAB's exporter writes a vector: shape (n, 1), Fortran order."""
    return np.asfortranarray(np.asarray(values, dtype).reshape(-1, 1))


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a session is; `channels` and `clusters` are those of one probe."""

    trials: int = 40
    clusters: int = 12
    channels: int = 24
    spikes: int = 3_000
    samples: int = 6_000
    frames: int = 900
    probes: int = 2


def session_files(seed: int = 0, scale: Scale = Scale(), folder: str = "alf/") -> Files:
    """Give the values of all 54 files by session-relative path."""
    rng = np.random.default_rng(seed)
    makers: tuple[Callable[[np.random.Generator, Scale], Files], ...] = (
        _trials, _spikes, _clusters, _channels, _probes, _wheel, _video, _licks, _passive
    )  # fmt: skip
    return {f"{folder}{name}": value for make in makers for name, value in make(rng, scale).items()}


def session_files_2017(seed: int = 0, folder: str = "alf/") -> Files:
    """Give a session under the names that the lab's scripts wrote before the publication."""
    rng = np.random.default_rng(seed)
    trials, passive = _trials(rng, Scale()), _passive(rng, Scale())
    old = {
        "cwStimOn.times.npy": trials["trials.visualStim_times.npy"],
        "cwStimOn.contrastLeft.npy": trials["trials.visualStim_contrastLeft.npy"],
        "cwStimOn.contrastRight.npy": trials["trials.visualStim_contrastRight.npy"],
        "cwResponse.times.npy": trials["trials.response_times.npy"],
        "cwResponse.choice.npy": 2 - trials["trials.response_choice.npy"],
        "cwGoCue.times.npy": trials["trials.goCue_times.npy"],
        "cwFeedback.times.npy": trials["trials.feedback_times.npy"],
        "cwFeedback.type.npy": trials["trials.feedbackType.npy"],
        "cwTrials.intervals.npy": trials["trials.intervals.npy"],
        "cwTrials.repNum.npy": trials["trials.repNum.npy"],
        "cwTrials.inclTrials.npy": trials["trials.included.npy"],
        "passiveStimOn.times.npy": passive["passiveVisual.times.npy"],
        "passiveStimOn.contrastLeft.npy": passive["passiveVisual.contrastLeft.npy"],
        "passiveStimOn.contrastRight.npy": passive["passiveVisual.contrastRight.npy"],
        "passiveBeep.times.npy": passive["passiveBeeps.times.npy"],
        "lickSignal.trace.npy": column(rng.normal(size=500)),
        "lickSignal.timestamps.npy": _evenly(500),
    }
    return {f"{folder}{name}": value for name, value in old.items()}


def changed(files: Mapping[str, Any], path: str, change: Callable[[np.ndarray], object]) -> Files:
    """Give the files with one of them changed; `change` gets a copy, and changes it or gives another."""
    value = np.array(files[path], order="F")
    given = change(value)
    return {**files, path: value if given is None else given}


def write_session(root: Path, files: Mapping[str, Any], session: str = SESSION) -> Path:
    """Write files of one session below `root`, which is the answer."""
    for path, value in files.items():
        target = root / session / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encoded(path, value))
    return root


def _evenly(rows: int, first: float = 0.0) -> np.ndarray:
    """Give two pairs of sample and time for an evenly sampled series."""
    return np.array([[0.0, first], [rows - 1.0, first + _SECONDS]], order="F")


def _sorted(rng: np.random.Generator, rows: int, low: float = 0.0, high: float = _SECONDS) -> np.ndarray:
    return column(np.sort(rng.uniform(low, high, rows)))


def _trials(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.trials
    start = np.arange(rows) * 12.0 + 5
    left, right = (rng.choice(_CONTRASTS, rows) for _ in range(2))
    correct = np.sign(left - right)
    choice = np.where(rng.random(rows) < 0.8, correct, rng.choice((-1.0, 0.0, 1.0), rows))
    either = (left == right) & (left > 0) & (choice != 0)  # rewarded by chance
    rewarded = np.where(either, rng.random(rows) < 0.5, (choice == correct) & ~((left > 0) & (left == right)))
    stimulus = start + rng.uniform(0.5, 0.8, rows)
    cue = stimulus + rng.uniform(0.5, 1.2, rows)
    response = cue + rng.uniform(0.1, 1.5, rows)
    made = {
        "visualStim_times": stimulus,
        "goCue_times": cue,
        "response_times": response,
        "feedback_times": response + 0.03,
        "visualStim_contrastLeft": left,
        "visualStim_contrastRight": right,
        "response_choice": choice,
        "feedbackType": np.where(rewarded, 1.0, -1.0),
        "repNum": rng.integers(1, 4, rows),
    }
    return {
        **{f"trials.{name}.npy": column(values) for name, values in made.items()},
        "trials.included.npy": column(rng.random(rows) < 0.9, "?"),
        "trials.intervals.npy": np.asfortranarray(np.stack([start, response + 2], 1)),
    }


def _spikes(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.spikes
    return {
        "spikes.times.npy": _sorted(rng, rows),
        "spikes.clusters.npy": column(rng.integers(0, scale.clusters * scale.probes, rows), "u4"),
        "spikes.amps.npy": column(rng.uniform(10, 300, rows)),
        "spikes.depths.npy": column(rng.uniform(0, 3820, rows)),
    }


def _clusters(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.clusters * scale.probes
    probe = np.repeat(np.arange(scale.probes), scale.clusters)
    return {
        "clusters._phy_annotation.npy": column(rng.integers(1, 4, rows)),
        "clusters.depths.npy": column(rng.uniform(0, 3820, rows)),
        "clusters.originalIDs.npy": column(np.arange(rows) * 3),
        "clusters.peakChannel.npy": column(
            probe * scale.channels + rng.integers(1, scale.channels + 1, rows)
        ),
        "clusters.probes.npy": column(probe),
        "clusters.templateWaveformChans.npy": np.asfortranarray(
            rng.integers(0, scale.channels, (rows, 50)), "f8"
        ),
        "clusters.templateWaveforms.npy": rng.normal(size=(rows, 82, 50)).astype("f4"),
        "clusters.waveformDuration.npy": column(rng.integers(3, 40, rows)),
    }


def _channels(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.channels * scale.probes
    site = np.tile(np.arange(scale.channels), scale.probes)
    places = {f"ccf_{axis}": rng.uniform(0, 13_000, rows).round(1) for axis in ("ap", "dv", "lr")}
    return {
        "channels.brainLocation.tsv": {**places, "allen_ontology": rng.choice(_REGIONS, rows)},
        "channels.probe.npy": column(np.repeat(np.arange(scale.probes), scale.channels)),
        "channels.rawRow.npy": column(site, "i4"),
        "channels.site.npy": column(site),
        "channels.sitePositions.npy": np.asfortranarray(
            np.stack([11 + 32.0 * (site % 2), 20.0 * (site // 2)], 1)
        ),
    }


def _probes(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.probes
    sites = np.arange(scale.channels)
    angles = {name: rng.uniform(-90, 90, rows).round(2) for name in ("vertical_angle", "horizontal_angle")}
    return {
        "probes.description.tsv": {"description": ["Neuropixels Phase3A opt3"] * rows},
        "probes.insertion.tsv": {
            "entry_point_rl": rng.uniform(-4e3, 4e3, rows).round(),
            "entry_point_ap": rng.uniform(-4e3, 4e3, rows).round(),
            **angles,
            "axial_angle": [0] * rows,
            "distance_advanced": rng.uniform(1e3, 4e3, rows).round(),
        },
        "probes.rawFilename.tsv": {
            "raw_filename": [f"Cori_2016-12-14_probe{number}_g0_t0.imec.lf.bin" for number in range(rows)]
        },
        "probes.sitePositions.npy": np.asfortranarray(
            np.stack([11 + 32.0 * (sites % 2), 20.0 * (sites // 2)], 1)
        ),
    }


def _wheel(rng: np.random.Generator, scale: Scale) -> Files:
    start = np.arange(25) * 20.0
    return {
        "wheel.position.npy": column(np.cumsum(rng.integers(-3, 4, scale.samples))),
        "wheel.timestamps.npy": _evenly(scale.samples),
        "wheelMoves.intervals.npy": np.asfortranarray(np.stack([start, start + rng.uniform(0.1, 5, 25)], 1)),
        "wheelMoves.type.npy": column(rng.integers(0, 3, 25)),
    }


def _video(rng: np.random.Generator, scale: Scale) -> Files:
    rows = scale.frames
    times = np.linspace(0, _SECONDS, rows)
    return {
        "eye.area.npy": column(rng.normal(size=rows)),  # z-scored, so that half are negative
        "eye.blink.npy": column(rng.random(rows) < 0.05, "?"),
        # A pair for nearly each frame, and the last frames have none.
        "eye.timestamps.npy": np.asfortranarray(np.stack([np.arange(rows - 5), times[: rows - 5]], 1)),
        "eye.xyPos.npy": np.asfortranarray(rng.normal(100, 5, (rows, 2))),
        "face.motionEnergy.npy": column(rng.uniform(0, 1e6, rows)),
        "face.timestamps.npy": np.asfortranarray(np.stack([np.arange(rows), times], 1)),
    }


def _licks(rng: np.random.Generator, scale: Scale) -> Files:
    return {
        "lickPiezo.raw.npy": column(rng.normal(size=scale.samples)),
        "lickPiezo.timestamps.npy": _evenly(scale.samples),
        "licks.times.npy": _sorted(rng, 120),
    }


def _passive(rng: np.random.Generator, scale: Scale) -> Files:
    played = partial(_sorted, rng, low=_SECONDS, high=_SECONDS + 300)
    left = rng.choice(_CONTRASTS[1:], 30)
    noise = np.stack([rng.integers(-3, 4, 200) * 10.0, rng.integers(-13, 14, 200) * 10.0], 1)
    return {
        "passiveBeeps.times.npy": played(20),
        "passiveValveClick.times.npy": played(20),
        "passiveWhiteNoise.times.npy": played(20),
        "passiveVisual.times.npy": played(30),
        "passiveVisual.contrastLeft.npy": column(left),
        "passiveVisual.contrastRight.npy": column(np.where(left > 0.5, 0, 0.25)),
        "sparseNoise.positions.npy": np.asfortranarray(noise[np.lexsort(noise.T)]),
        # Sorted by position, so not by time.
        "sparseNoise.times.npy": column(rng.permutation(np.linspace(_SECONDS + 400, _SECONDS + 500, 200))),
        "spontaneous.intervals.npy": np.array([[0.0, 4.0], [560.0, 599.0]], order="F"),
    }
