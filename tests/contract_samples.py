"""What the tests of contracts share: files as bytes, one file judged alone, and a file for every term."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.model import Contract
from alfcheck.contracts.plan import VALUELESS, Plan, Planner, Signature
from alfcheck.contracts.terms import attribute_of
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Problem
from alfcheck.readers.base import Content, Kind, Source
from alfcheck.readers.builtin import READERS
from alfcheck_schemas import CATALOGUE

PLANNER = Planner(CATALOGUE)
BY_ID = {each.id: each.load() for each in CATALOGUE}
STEMS = {
    "alf.events": "alf/things",
    "alf.spikes": "alf/probe00/spikes",
    "alf.clusters": "alf/probe00/clusters",
    "alf.templates": "alf/probe00/templates",
    "alf.channels": "alf/probe00/channels",
    "ibl.trials": "alf/_ibl_trials",
    "ibl.wheel": "alf/_ibl_wheel",
    "phy.spikes_subset": "alf/probe00/_phy_spikes_subset",
}
SAMPLED = tuple(BY_ID[id] for id in STEMS)
"""The contracts that have samples here; the others are judged by what is generated from them."""


def attributes_of(contract: Contract) -> list[str]:
    """Give the names that a contract's terms judge, but for components of an array (``intervals_0``)."""
    return [name for name in contract.terms if attribute_of(name) not in {*contract.terms} - {name}]


UUIDS = ["9e0a1f64-275a-46e7-913d-7a3be52ef61c", "2b04e2f8-de77-4ea7-b8db-605bcc924d4c"]
NAN = float("nan")


def npy(values: object) -> bytes:
    """Give the bytes of an array file."""
    stream = io.BytesIO()
    np.save(stream, np.asarray(values), allow_pickle=False)
    return stream.getvalue()


def pqt(frame: pd.DataFrame) -> bytes:
    """Give the bytes of a parquet table."""
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return stream.getvalue()


def open_file(path: str, data: bytes, planner: Planner = PLANNER) -> tuple[Content, Plan]:
    """Read a file as the pipeline does, and plan what is judged of it."""
    dataset = parse_dataset(path)
    assert isinstance(dataset, Dataset), dataset
    reader = next(reader for reader in READERS if dataset.extension in reader.extensions)
    content = reader.read(Source(PurePosixPath(path).name, len(data), data))
    scalar = content.kind is Kind.ARRAY and content.rows is None
    columns = content.columns
    if content.rows == 0:  # without a value a file cannot tell its dtypes
        columns = tuple(column._replace(dtype=VALUELESS) for column in columns)
    return content, planner.plan(dataset, Signature(str(content.kind), columns, scalar))


def judge(path: str, data: bytes, planner: Planner = PLANNER) -> list[Problem]:
    """Judge one file alone by its values."""
    content, plan = open_file(path, data, planner)
    bench = Bench()
    for lane in plan.lanes:
        assert content.whole is not None
        bench.add(0, lane, content.whole, 0, whole=True)
    bench.finish()
    return [*plan.problems, *bench.faults.problems(0, content.rows or 0)]


def sample_file(contract: Contract, term: str, values: Any) -> tuple[str, bytes]:
    """Give the path and bytes of a file that holds `values` for a term of a contract."""
    attribute, _, column = term.replace("*", "goCue").partition(".")
    stem = f"{STEMS[contract.id]}.{attribute}"
    if column:
        return f"{stem}.pqt", pqt(pd.DataFrame({column: values, "other": 0.5}))
    if isinstance(values, list) and None in values:  # text with gaps, which no array holds
        return f"{stem}.pqt", pqt(pd.DataFrame({attribute: values}))
    return f"{stem}.npy", npy(values)


Told = set[tuple[str | None, str | None, str | None]]


def told_by(contract: Contract, problems: Sequence[Problem]) -> Told:
    """Give code, column and check of each problem that a contract finds."""
    return told([problem for problem in problems if problem.contract == contract.label])


def told(problems: Sequence[Problem]) -> Told:
    """Give code, column and check of each problem."""
    return {(problem.code, problem.column, problem.check) for problem in problems}


_PAIRS = [[0.0, 1.5], [2.0, 2.0], [NAN, 3.0]]
_WAVEFORMS = np.full((3, 4, 2), NAN, np.float32)
_NEAR = np.array([[0, 1], [1, -1], [2, 1]], np.int32)
_MEASURES = ("amp_max", "amp_min", "amp_median", "drift", "noise_cutoff")
_BRAIN = {
    "brainLocationIds": [997, 0, -5],
    "brainLocationAcronyms": ["root", "VISp2/3", "void"],
    "mlapdv": np.array([[-1500, 2000, -300]] * 3, np.int32),
}

SOUND: dict[str, dict[str, Any]] = {
    "alf.events": {
        "times": [3.0, 1.0, NAN],
        "*_times": [3, 1, 2],
        "intervals": _PAIRS,
        "*_intervals": _PAIRS,
        "timestamps": [0.0, 0.5, 0.5],
    },
    "alf.spikes": {
        "times": [-0.5, 0.25, 0.25],
        "samples": np.array([0, 5, 5], np.uint64),
        "clusters": np.array([2, 0, 1], np.uint16),
        "templates": np.array([0.0, 0.0, 3.0]),
        "amps": np.array([1e-4, -1e-5, NAN], np.float32),
        "depths": [20.0, NAN, 3840.0],
    },
    "alf.clusters": {
        "channels": np.array([0, 5, 2], np.int32),
        "probes": [0.0, 0.0, 1.0],
        "shanks": [0, 3, 1],
        "depths": [20.0, NAN, 40.0],
        "amps": [1e-4, NAN, 2e-4],
        "peakToTrough": [-0.3, NAN, 0.4],
        "uuids": UUIDS,
        "waveforms": _WAVEFORMS,
        "waveformsChannels": _NEAR,
        "curatedLabels": ["good", "mua", "noise"],
        "metrics": [1.0, 2.0, 3.0],
        "metrics.cluster_id": [0, 2, 5],
        "metrics.firing_rate": [0.0, 12.5, NAN],
        "metrics.presence_ratio": [0.0, 1.0, NAN],
        "metrics.spike_count": [0, 100, 7],
        "metrics.label": [1 / 3, 1.0000000000000002, NAN],
        "metrics.bitwise_fail": np.array([0, 3, 7], np.uint8),
        "metrics.ks2_label": ["good", "mua", None],
        **{f"metrics.{name}": [1e-4, -2e-4, NAN] for name in _MEASURES},
        "peakChannel": [0.0, 747.0, NAN],
        "waveformDuration": [2.0, 43.0, NAN],
        "templateWaveforms": _WAVEFORMS,
        "templateWaveformChans": [[0.0, 1.0], [383.0, 2.0], [3.0, 2.0]],
        "originalIDs": [4.0, 0.0, 9.0],
        "_phy_annotation": [0.0, 3.0, NAN],
        **_BRAIN,
    },
    "alf.templates": {"amps": [1e-4, NAN, 0.0], "waveforms": _WAVEFORMS, "waveformsChannels": _NEAR},
    "alf.channels": {
        "rawInd": np.array([2, 0, 383], np.int32),
        "localCoordinates": [[11.0, 20.0], [59.0, 20.0], [NAN, 40.0]],
        "labels": [0.0, 3.0, NAN],
        "probes": [0.0, 0.0, 1.0],
        "rawRow": np.array([0, 383, 0], np.int32),
        "site": [0.0, 383.0, NAN],
        "sitePositions": [[11.0, 20.0], [59.0, 20.0], [NAN, 40.0]],
        "probe": [0.0, 0.0, 1.0],
        "brainLocation": ["root", "VISp", "CA1"],
        "brainLocation.ccf_ap": [5400.0, -1.0, NAN],
        "brainLocation.ccf_dv": [5400.0, -1.0, NAN],
        "brainLocation.ccf_lr": [5400, 0, 1],
        "brainLocation.allen_ontology": ["root", "VISp", None],
        **_BRAIN,
    },
    "ibl.trials": {
        "intervals": [[0.0, 4.2], [5.0, 9.0], [9.0, 9.5]],
        "intervals_bpod": [[0.0, 4.2], [5.0, 9.0], [9.0, 9.5]],
        "choice": [-1, 0, 1],
        "feedbackType": np.array([-1.0, 0.0, 1.0]),
        "contrastLeft": [NAN, 0.0, 1.0],
        "contrastRight": [0.0625, NAN, 0.0],
        "probabilityLeft": [0.09999999999999998, 1.0000000000000002, 0.0],
        "probabilityRewardLeft": [0.1, 0.9, NAN],
        "rewardVolume": [1.899999999999999, 0.0, -1e-17],
        "repNum": [0, 1, 2],
        "included": [True, False, True],
        "quiescencePeriod": [0.4, 0.7, NAN],
        "itiDuration": [1.0, 2.0, 0.9998],
        "iti": [1.0, 2.0, 0.9998],
        "type": [1.0, 0.0, NAN],
        "laserStimulation": [0.0, 1.0, NAN],
        "laserProbability": [0.0, 0.25, NAN],
        "laserIntervals": [[0.0, 1.5], [2.0, 2.5], [NAN, 3.0]],
    },
    "ibl.wheel": {
        "position": [0.0, -0.1, 7.5],
        "timestamps": [0.5, 1.0, 1.5],
        "velocity": [0.0, -2.0, NAN],
    },
    "phy.spikes_subset": {
        "spikes": [0, 5, 9],
        "channels": _NEAR,
        "waveforms": np.zeros((3, 4, 2)),
    },
}
SOUND["ibl.trials"] |= {
    term: [1.0, NAN, 3.0] for term in BY_ID["ibl.trials"].terms if term.endswith("_times")
}

# Columns that count from 0, refer to nothing, and may be missing.
_COUNTS = (
    ("alf.clusters", "metrics.bitwise_fail"),
    ("alf.clusters", "peakChannel"),
    ("alf.clusters", "_phy_annotation"),
    ("alf.channels", "rawRow"),
    ("alf.channels", "site"),
    ("alf.channels", "probe"),
)

Key = tuple[str, str, str]
SPOILT: dict[Key, Any] = {
    ("alf.events", "intervals_0 and intervals_1", "start_not_after_end"): [[0.0, 1.0], [3.0, 2.0]],
    ("alf.events", "*_intervals_0 and *_intervals_1", "each_start_not_after_end"): [[0.0, 1.0], [3.0, 2.0]],
    ("alf.events", "timestamps", "sorted"): [0.5, 0.25],
    ("alf.events", "timestamps_0", "sorted"): [[5.0, 0.0], [0.0, 1.0]],
    ("alf.events", "timestamps_0", "not_nullable"): [[0.0, 0.0], [NAN, 1.0]],
    ("alf.events", "timestamps_1", "sorted"): [[0.0, 1.0], [5.0, 0.0]],
    ("alf.events", "timestamps_1", "not_nullable"): [[0.0, 0.0], [5.0, NAN]],
    ("alf.spikes", "times", "sorted"): [0.2, 0.1],
    ("alf.spikes", "times", "not_nullable"): [0.2, NAN],
    ("alf.spikes", "samples", "sorted"): [9, 5],
    ("alf.spikes", "samples", "greater_than_or_equal_to"): [-1, 5],
    ("alf.spikes", "samples", "whole_number"): [0.25, 5.0],
    ("alf.spikes", "samples", "not_nullable"): [0.0, NAN],
    ("alf.clusters", "uuids", "str_matches"): [UUIDS[0], "cluster 1"],
    ("alf.clusters", "uuids", "unique"): [UUIDS[0], UUIDS[0]],
    ("alf.clusters", "uuids", "not_nullable"): [UUIDS[0], None],
    ("alf.clusters", "shanks", "greater_than_or_equal_to"): [0, -1],
    ("alf.clusters", "shanks", "whole_number"): [0.0, 0.5],
    ("alf.clusters", "brainLocationIds", "whole_number"): [997.0, 0.5],
    ("alf.clusters", "metrics.cluster_id", "unique"): [4, 4],
    ("alf.clusters", "metrics.firing_rate", "greater_than_or_equal_to"): [1.0, -0.5],
    ("alf.clusters", "metrics.presence_ratio", "in_range"): [0.5, 1.5],
    ("alf.clusters", "metrics.spike_count", "greater_than_or_equal_to"): [5, -1],
    ("alf.clusters", "metrics.spike_count", "whole_number"): [5.0, 0.5],
    ("alf.clusters", "metrics.bitwise_fail", "less_than_or_equal_to"): [7, 8],
    ("alf.channels", "rawInd", "greater_than_or_equal_to"): [-1, 0],
    ("alf.channels", "rawInd", "whole_number"): [0.5, 1.0],
    ("alf.channels", "rawInd", "unique"): [7, 7],
    ("alf.channels", "rawInd", "not_nullable"): [0.0, NAN],
    ("alf.channels", "labels", "isin"): [0, 4],
    ("alf.channels", "brainLocationIds", "whole_number"): [997.0, 0.5],
    **{
        (contract, column, check): values
        for contract, column in _COUNTS
        for check, values in (
            ("greater_than_or_equal_to", [0, -1]),
            ("whole_number", [0.0, 0.5]),
        )
    },
    ("ibl.trials", "intervals_0", "not_nullable"): [[NAN, 4.0], [5.0, 9.0]],
    ("ibl.trials", "intervals_0", "strictly_increasing"): [[5.0, 9.0], [5.0, 9.5]],
    ("ibl.trials", "intervals_1", "strictly_increasing"): [[0.0, 9.0], [5.0, 9.0]],
    ("ibl.trials", "intervals_0 and intervals_1", "takes_time"): [[0.0, 4.0], [5.0, 5.0]],
    ("ibl.trials", "intervals_bpod_0", "strictly_increasing"): [[5.0, 9.0], [0.0, 9.5]],
    ("ibl.trials", "intervals_bpod_1", "strictly_increasing"): [[0.0, 9.0], [5.0, 8.0]],
    ("ibl.trials", "intervals_bpod_0 and intervals_bpod_1", "takes_time_bpod"): [[0.0, 4.0], [5.0, 5.0]],
    ("ibl.trials", "intervals_bpod_0", "not_nullable"): [[NAN, 4.0], [5.0, 9.0]],
    ("ibl.trials", "intervals_bpod_1", "not_nullable"): [[0.0, 4.0], [5.0, NAN]],
    ("ibl.trials", "intervals_1", "not_nullable"): [[0.0, 4.0], [5.0, NAN]],
    ("ibl.trials", "choice", "isin"): [1, 7],
    ("ibl.trials", "choice", "not_nullable"): [1.0, NAN],
    ("ibl.trials", "feedbackType", "isin"): [1, 2],
    ("ibl.trials", "feedbackType", "not_nullable"): [1.0, NAN],
    ("ibl.trials", "contrastLeft", "in_range"): [0.5, 100.0],
    ("ibl.trials", "contrastRight", "in_range"): [0.5, -0.25],
    ("ibl.trials", "probabilityLeft", "in_range"): [0.5, 80.0],
    ("ibl.trials", "probabilityRewardLeft", "in_range"): [0.5, 1.5],
    ("ibl.trials", "rewardVolume", "greater_than_or_equal_to"): [3.0, -3.0],
    ("ibl.trials", "repNum", "greater_than_or_equal_to"): [0, -1],
    ("ibl.trials", "repNum", "whole_number"): [0.0, 0.5],
    ("ibl.trials", "quiescencePeriod", "greater_than_or_equal_to"): [0.5, -0.5],
    ("ibl.trials", "itiDuration", "greater_than_or_equal_to"): [0.5, -0.5],
    ("ibl.trials", "iti", "greater_than_or_equal_to"): [0.5, -0.5],
    ("ibl.trials", "type", "isin"): [1, 3],
    ("ibl.trials", "laserStimulation", "isin"): [0, 2],
    ("ibl.trials", "laserProbability", "in_range"): [0.5, 1.5],
    ("ibl.trials", "laserIntervals_0 and laserIntervals_1", "laser_on_before_off"): [[2.0, 2.0]],
    ("phy.spikes_subset", "spikes", "strictly_increasing"): [5, 5],
    ("ibl.wheel", "timestamps", "strictly_increasing"): [0.5, 0.5],
    ("ibl.wheel", "timestamps", "not_nullable"): [0.5, NAN],
    ("ibl.wheel", "timestamps_0", "strictly_increasing"): [[5.0, 0.0], [5.0, 1.0]],
    ("ibl.wheel", "timestamps_0", "not_nullable"): [[0.0, 0.0], [NAN, 1.0]],
    ("ibl.wheel", "timestamps_1", "strictly_increasing"): [[0.0, 1.0], [5.0, 1.0]],
    ("ibl.wheel", "timestamps_1", "not_nullable"): [[0.0, 0.0], [5.0, NAN]],
}
# Columns that count rows of another object: all of one kind.
for _contract, _column in (
    ("alf.spikes", "clusters"),
    ("alf.spikes", "templates"),
    ("alf.clusters", "channels"),
    ("alf.clusters", "probes"),
    ("alf.channels", "probes"),
    ("phy.spikes_subset", "spikes"),
):
    SPOILT[_contract, _column, "greater_than_or_equal_to"] = [-1, 0]
    SPOILT[_contract, _column, "whole_number"] = [0.0, 0.5]
    SPOILT[_contract, _column, "not_nullable"] = [0.0, NAN]
for _contract, _column in (
    ("alf.clusters", "waveformsChannels"),
    ("alf.templates", "waveformsChannels"),
    ("phy.spikes_subset", "channels"),
):
    SPOILT[_contract, _column, "greater_than_or_equal_to"] = [[0, 1], [0, -2]]
    SPOILT[_contract, _column, "whole_number"] = [[0.0, 1.0], [0.0, 0.5]]
    SPOILT[_contract, _column, "not_nullable"] = [[0.0, 1.0], [0.0, NAN]]


SOUND_TABLES: dict[str, tuple[str, dict[str, list[float]]]] = {
    "ibl.trials": (
        "table",
        {
            "intervals_0": [0.0, 5.0],
            "intervals_1": [4.0, 9.0],
            "choice": [1, 1],
            "feedbackType": [1, -1],
            "contrastLeft": [0.5, NAN],
            "contrastRight": [NAN, 1.0],
            "rewardVolume": [1.5, 0.0],
            "probabilityLeft": [0.5, 0.5],
            "stimOnTrigger_times": [0.5, 5.5],
            "stimOn_times": [0.6, 5.6],
            "goCueTrigger_times": [0.6, 5.6],
            "goCue_times": [0.7, 5.7],
            "response_times": [2.0, 7.0],
            "feedback_times": [2.0, 7.0],
            "stimFreezeTrigger_times": [2.0, 7.0],
            "stimFreeze_times": [2.1, 7.1],
            "stimOffTrigger_times": [3.0, 8.0],
            "stimOff_times": [3.1, 8.1],
        },
    ),
}
"""Tables of which all relations between columns hold: the attribute, and the columns."""

SPOILT_TABLES: dict[tuple[str, str], dict[str, list[float]]] = {
    ("ibl.trials", "one_sided"): {"contrastRight": [0.25, 1.0]},
    ("ibl.trials", "feedback_fits_left"): {"choice": [-1, 1]},
    ("ibl.trials", "feedback_fits_right"): {"choice": [1, -1]},
    ("ibl.trials", "water_for_reward"): {"rewardVolume": [0.0, 0.0]},
    ("ibl.trials", "no_water_for_error"): {"rewardVolume": [1.5, 3.0]},
    ("ibl.trials", "response_in_trial"): {"response_times": [2.0, 9.5], "feedback_times": [2.0, NAN]},
    ("ibl.trials", "feedback_in_trial"): {"feedback_times": [2.0, 9.5]},
    ("ibl.trials", "stimulus_in_trial"): {"stimOn_times": [0.6, 4.9], "stimOnTrigger_times": [0.5, NAN]},
    ("ibl.trials", "cue_in_trial"): {"goCue_times": [0.7, 4.9], "goCueTrigger_times": [0.6, NAN]},
    ("ibl.trials", "stimulus_before_feedback"): {"stimOn_times": [0.6, 7.5]},
    ("ibl.trials", "cue_before_response"): {"goCue_times": [0.7, 7.5]},
    ("ibl.trials", "response_before_feedback"): {"response_times": [2.0, 7.5]},
    ("ibl.trials", "stimulus_on_before_off"): {
        "stimOff_times": [3.1, 5.5],
        "stimOffTrigger_times": [3.0, NAN],
    },
    ("ibl.trials", "cue_after_trigger"): {"goCueTrigger_times": [0.6, 5.9]},
    ("ibl.trials", "stimulus_on_after_trigger"): {"stimOnTrigger_times": [0.5, 5.9]},
    ("ibl.trials", "stimulus_off_after_trigger"): {"stimOffTrigger_times": [3.0, 8.5]},
    ("ibl.trials", "stimulus_freeze_after_trigger"): {"stimFreezeTrigger_times": [2.0, 7.5]},
}
"""By contract and relation: columns in whose place the relation does not hold, and no other breaks."""


def table_file(id: str, **columns: list[float]) -> tuple[str, bytes]:
    """Give the path and bytes of a sound table of a contract, with other values in some columns."""
    attribute, sound = SOUND_TABLES[id]
    frame = pd.DataFrame({**sound, **columns})
    own = {name: name.removeprefix(f"{attribute}.") for name in frame.columns}
    return f"{STEMS[id]}.{attribute}.pqt", pqt(frame.rename(columns=own))
