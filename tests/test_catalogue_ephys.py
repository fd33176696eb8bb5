"""The catalogue of neural and probe data: what labs and tools write is sound, and what breaks it is told."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from release_fixtures import SESSION

import alfcheck

RNG = np.random.default_rng(0)
PROBE = "alf/probe00"
RAW = "raw_ephys_data/probe00"
RUN = f"{RAW}/_spikeglx_ephysData_g0_t0"
WIRING = {
    "SYSTEM": "3B",
    "SYNC_WIRING_DIGITAL": {"P0.0": "left_camera", "P0.3": "imec_sync"},
    "SYNC_WIRING_ANALOG": {"AI0": "bpod"},
}


def column(*values: float) -> np.ndarray:
    """Give numbers as one lab writes all of them: float64 of shape (n, 1)."""
    return np.asfortranarray(np.array(values, float)[:, None])


def waveform_table(rows: int, **columns: Any) -> pd.DataFrame:
    table = {"index": np.arange(rows), "sample": np.arange(rows) * 10, "cluster": np.arange(rows) // 4}
    return pd.DataFrame({**table, "peak_channel": 383, **columns})


def tsv(frame: pd.DataFrame) -> bytes:
    return str(frame.to_csv(sep="\t", index=False)).encode()


WAVEFORMS_1 = {  # one row a unit, gaps where a unit has too few spikes
    f"{PROBE}/waveforms.table.pqt": waveform_table(
        8, sample=[1.0, 5.0, 7.0, np.nan, 2.0, 4.0, np.nan, np.nan], peak_channel=[3.0] * 6 + [np.nan] * 2
    ),
    f"{PROBE}/waveforms.traces.npy": np.full((2, 4, 3, 5), np.nan, np.float16),
    f"{PROBE}/waveforms.templates.npy": RNG.normal(size=(2, 3, 5)).astype("f4"),
    f"{PROBE}/waveforms.channels.npz": {"channels": np.full((8, 3), -1, np.int16)},
    f"{PROBE}/clusters.depths.npy": np.arange(2.0),
}
WAVEFORMS_2 = {  # one row a waveform
    **WAVEFORMS_1,
    f"{PROBE}/waveforms.table.pqt": waveform_table(
        8, waveform_index=np.arange(8), index_within_clusters=np.arange(8) % 4
    ),
    f"{PROBE}/waveforms.traces.npy": RNG.normal(size=(8, 3, 5)).astype("f4"),
}
OF_2019 = {  # Steinmetz et al.: everything in the session's own folder, all numbers float64
    "spikes.times.npy": column(0.1, 0.2, 0.2),
    "spikes.clusters.npy": np.array([[0], [2], [1]], np.uint32),
    "spikes.amps.npy": column(10.0, 20.0, 30.0),
    "spikes.depths.npy": column(100.0, np.nan, 3000.0),
    "clusters.depths.npy": column(100.0, 200.0, 300.0),
    "clusters.peakChannel.npy": column(2.0, 3.0, 747.0),
    "clusters.probes.npy": column(0.0, 0.0, 1.0),
    "clusters.waveformDuration.npy": column(2.0, 20.0, 43.0),
    "clusters._phy_annotation.npy": column(1.0, 2.0, 3.0),
    "clusters.originalIDs.npy": column(0.0, 4.0, 9.0),
    "clusters.templateWaveforms.npy": RNG.normal(size=(3, 82, 50)),
    "clusters.templateWaveformChans.npy": np.full((3, 50), 383.0),
    "channels.probe.npy": column(0.0, 0.0, 1.0, 1.0),
    "channels.rawRow.npy": np.array([[0], [1], [0], [1]], np.int32),
    "channels.site.npy": column(0.0, 1.0, 0.0, 1.0),
    "channels.sitePositions.npy": RNG.normal(size=(4, 2)),
    "channels.brainLocation.tsv": tsv(
        pd.DataFrame(
            {"ccf_ap": 1.5, "ccf_dv": -2, "ccf_lr": 3.0, "allen_ontology": ["root", "CA1", "VISp", "root"]}
        )
    ),
    "probes.description.tsv": tsv(pd.DataFrame({"description": ["Neuropixels", "Neuropixels"]})),
    "probes.rawFilename.tsv": tsv(pd.DataFrame({"rawFilename": ["a.bin", "b.bin"]})),
    "probes.insertion.tsv": tsv(
        pd.DataFrame(
            {"entry_point_rl": [1, 2], "vertical_angle": [45.0, 30.0], "distance_advanced": [3e3, 4e3]}
        )
    ),
    "probes.sitePositions.npy": RNG.normal(size=(374, 2)),
}
METRICS = pd.DataFrame(
    {"cluster_id": [0, 1, 2], "label": [1.0, 2 / 3, np.nan], "bitwise_fail": np.array([0, 1, 7], np.uint8)}
)
SUBSET = {
    "spikes": np.array([0, 4, 8]),
    "channels": np.array([[0, 1], [1, -1], [2, 1]], np.int32),
    "waveforms": RNG.normal(size=(3, 4, 2)),
}
SOUND: dict[str, Mapping[str, Any]] = {
    "of 2019": OF_2019,
    "waveforms, one row a unit": WAVEFORMS_1,
    "waveforms, one row a waveform": WAVEFORMS_2,
    "drift of the whole probe": {
        f"{PROBE}/drift.times.npy": np.arange(4.0),
        f"{PROBE}/drift.um.npy": RNG.normal(size=4),
        f"{PROBE}/drift_depths.um.npy": np.array([1920.0]),
    },
    "drift of pykilosort": {
        f"{PROBE}/drift.times.npy": np.arange(4.0) + 0.5,
        f"{PROBE}/drift.um.npy": RNG.normal(size=(4, 9)),
        f"{PROBE}/drift_depths.um.npy": np.arange(9.0)[None],
    },
    "drift, one depth a row": {
        f"{PROBE}/drift.times.npy": np.arange(4.0) + 0.5,
        f"{PROBE}/drift.um.npy": RNG.normal(size=(4, 9)),
        f"{PROBE}/drift_depths.um.npy": np.arange(9.0),
    },
    "metrics of ibllib": {f"{PROBE}/clusters.metrics.pqt": METRICS},
    "metrics of SpikeInterface": {
        f"{PROBE}/clusters.metrics.csv": b"cluster_id,firing_rate,label\nA1-u3,1.5,good\nA1-u7,0.5,mua\n"
    },
    "metrics of SpikeInterface, in numbers": {
        f"{PROBE}/clusters.metrics.csv": b"cluster_id,firing_rate,label\n3,1.5,1\n7,0.5,0\n"
    },
    "spikes that phy looks at": {
        **{f"{PROBE}/_phy_spikes_subset.{name}.npy": values for name, values in SUBSET.items()},
        f"{PROBE}/spikes.times.npy": np.arange(9.0),
    },
    "quality of the raw signal": {
        f"{RAW}/_iblqc_ephysTimeRmsLF.rms.npy": np.abs(RNG.normal(size=(5, 384))).astype("f4"),
        f"{RAW}/_iblqc_ephysTimeRmsLF.timestamps.npy": np.arange(5, dtype="f4"),
        f"{RAW}/_iblqc_ephysSpectralDensityAP.power.npy": np.abs(RNG.normal(size=(513, 384))),
        f"{RAW}/_iblqc_ephysSpectralDensityAP.freqs.npy": np.linspace(0, 15000, 513),
        f"{RAW}/_iblqc_ephysChannels.apRMS.npy": np.abs(RNG.normal(size=(2, 384))),
        f"{RAW}/_iblqc_ephysChannels.rawSpikeRates.npy": np.abs(RNG.normal(size=384)),
        f"{RAW}/_iblqc_ephysChannels.labels.npy": np.resize([0.0, 1.0, 2.0, 3.0], 384),
        f"{RAW}/_iblqc_ephysSaturation.samples.pqt": pd.DataFrame(
            {"start_sample": [0, 90], "stop_sample": [7, 99]}
        ),
    },
    "saturation of each sample": {f"{RAW}/_iblqc_ephysSaturation.samples.npy": np.arange(30) > 20},
    "synchronisation": {
        "raw_ephys_data/_spikeglx_sync.times.npy": np.array([0.1, 0.2, 0.2]),
        "raw_ephys_data/_spikeglx_sync.channels.npy": np.array([0.0, 3.0, 16.0]),
        "raw_ephys_data/_spikeglx_sync.polarities.npy": np.array([1.0, -1.0, 1.0]),
        f"{RUN}.imec0.sync.npy": np.array([[0.0, 0.0], [1.0, 1.0]]),
        f"{RUN}.imec0.timestamps.npy": np.array([[0.0, 0.01], [30000.1, 1.0]]),
        f"{RUN}.imec0.wiring.json": WIRING,
        f"{RUN}.nidq.wiring.json": WIRING,
    },
    "Timeline": {
        "raw_sync_data/_timeline_DAQdata.raw.npy": RNG.normal(size=(10, 3)),
        "raw_sync_data/_timeline_DAQdata.timestamps.npy": np.array([[0.0, 0.0], [9.0, 0.9]]),
        "raw_sync_data/_timeline_DAQdata.meta.json": {
            "inputs": [{"name": "chrono", "measurement": "Voltage", "arrayColumn": 1}],
            "daqSampleRate": 1000,
        },
        "raw_sync_data/_timeline_softwareEvents.log.htsv": b"time\tname\tinfo\n0\ta\tb\n1.5\ta\tc\n",
    },
    "probes of a pipeline": {
        "alf/probes.description.json": [
            {
                "label": "probe00a",
                "model": "NP2.4",
                "serial": 19051016842,
                "raw_file_name": "g0_t0.imec0.ap.bin",
            }
        ],
        "alf/probes.trajectory.json": [
            {"label": "probe00a", "x": -2243.1, "theta": 15, "phi": 180, "depth": 4000}
        ],
        "alf/probe00/clusters.probes.npy": np.zeros(3, int),
        "alf/probe00/_kilosort_whitening.matrix.npy": np.eye(4),
        "alf/probe00/passingSpikes.table.pqt": pd.DataFrame(
            {"times": [0.1, 0.2], "clusters": np.array([0, 2], "u2"), "depths": [20.0, np.nan]}
        ),
        "alf/probe00/electrodeSites.localCoordinates.npy": RNG.normal(size=(384, 2)),
        "alf/probe00/electrodeSites.mlapdv.npy": np.zeros((384, 3), np.int32),
        "alf/probe00/electrodeSites.brainLocationIds_ccf_2017.npy": np.full(384, -997),
    },
}


def encode(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    stream = io.BytesIO()
    if isinstance(value, np.ndarray):
        np.save(stream, value, allow_pickle=False)
    elif isinstance(value, pd.DataFrame):
        value.to_parquet(stream)
    elif isinstance(value, dict) and isinstance(next(iter(value.values())), np.ndarray):
        np.savez(stream, **value)
    else:
        return json.dumps(value).encode()
    return stream.getvalue()


def found(root: Path, files: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Give code and file of what is found beyond names."""
    for path, value in files.items():
        target = root / SESSION / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode(value))
    return {
        (finding.code, finding.path.rpartition("/")[2])
        for finding in alfcheck.check(root).findings
        if not finding.code.startswith("ALF1")
    }


@pytest.mark.parametrize("name", SOUND)
def test_what_labs_write_is_sound(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, SOUND[name]) == set()


BROKEN: dict[str, tuple[str, str, Any, str]] = {
    "a probe that does not exist": ("of 2019", "clusters.probes.npy", column(0.0, 0.0, 2.0), "ALF402"),
    "a probe that a list does not name": (
        "probes of a pipeline",
        "alf/probe00/clusters.probes.npy",
        np.ones(3, int),
        "ALF402",
    ),
    "a probe without a label": (
        "probes of a pipeline",
        "alf/probes.description.json",
        [{"serial": 1}],
        "ALF312",
    ),
    "an angle of no sphere": ("probes of a pipeline", "alf/probes.trajectory.json", [{"phi": 400}], "ALF312"),
    "a matrix that is not square": (
        "probes of a pipeline",
        "alf/probe00/_kilosort_whitening.matrix.npy",
        np.ones((4, 3)),
        "ALF302",
    ),
    "a table without clusters": (
        "probes of a pipeline",
        "alf/probe00/passingSpikes.table.pqt",
        pd.DataFrame({"times": [0.1, 0.2]}),
        "ALF308",
    ),
    "insertions of other probes": (
        "of 2019",
        "probes.insertion.tsv",
        tsv(pd.DataFrame({"vertical_angle": [1.0, 2.0, 3.0]})),
        "ALF401",
    ),
    "templates of other channels": (
        "of 2019",
        "clusters.templateWaveformChans.npy",
        np.zeros((3, 49)),
        "ALF403",
    ),
    "times that stand still": ("drift of pykilosort", f"{PROBE}/drift.times.npy", np.ones(4), "ALF305"),
    "depths in one row out of order": (
        "drift of pykilosort",
        f"{PROBE}/drift_depths.um.npy",
        np.array([[0.0, 2.0, 1.0]]),
        "ALF305",
    ),
    "waveforms of a cluster that does not exist": (
        "waveforms, one row a waveform",
        f"{PROBE}/waveforms.table.pqt",
        waveform_table(8, cluster=[0, 0, 0, 0, 1, 1, 1, 2]),
        "ALF402",
    ),
    "a line that neither rises nor falls": (
        "synchronisation",
        "raw_ephys_data/_spikeglx_sync.polarities.npy",
        np.array([1.0, 0.0, 1.0]),
        "ALF303",
    ),
    "a clock that stands still": (
        "synchronisation",
        f"{RUN}.imec0.sync.npy",
        np.array([[0.0, 0.0], [1.0, 0.0]]),
        "ALF305",
    ),
    "wiring without pins": ("synchronisation", f"{RUN}.nidq.wiring.json", {"SYSTEM": "3B"}, "ALF312"),
    "a stretch that ends before it starts": (
        "quality of the raw signal",
        f"{RAW}/_iblqc_ephysSaturation.samples.pqt",
        pd.DataFrame({"start_sample": [5], "stop_sample": [5]}),
        "ALF307",
    ),
    "spikes twice in a subset": (
        "spikes that phy looks at",
        f"{PROBE}/_phy_spikes_subset.spikes.npy",
        np.array([0, 4, 4]),
        "ALF305",
    ),
    "spikes of a subset out of order": (
        "spikes that phy looks at",
        f"{PROBE}/_phy_spikes_subset.spikes.npy",
        np.array([4, 0, 8]),
        "ALF305",
    ),
    **{
        f"metrics whose {name} is {values[0]}": (
            "metrics of ibllib",
            f"{PROBE}/clusters.metrics.pqt",
            METRICS.assign(**{name: values}),
            code,
        )
        for name, values, code in (
            ("cluster_id", [-1, 1, 2], "ALF303"),
            ("cluster_id", [0.5, 1.0, 2.0], "ALF303"),
            ("cluster_id", [2, 1, 2], "ALF306"),
            ("label", [2.0, 2 / 3, 0.0], "ALF303"),
        )
    },
    "a name of a cluster twice": (
        "metrics of SpikeInterface",
        f"{PROBE}/clusters.metrics.csv",
        b"cluster_id,label\nA1-u3,good\nA1-u3,mua\n",
        "ALF306",
    ),
    "inputs of Timeline without a name": (
        "Timeline",
        "raw_sync_data/_timeline_DAQdata.meta.json",
        {"inputs": [{"measurement": "Voltage"}]},
        "ALF312",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_it_is_told(tmp_path: Path, name: str) -> None:
    layout, path, value, code = BROKEN[name]
    told = found(tmp_path, {**SOUND[layout], path: value})
    assert (code, path.rpartition("/")[2]) in told
    assert {each for each, _ in told} == {code}


def weights(root: Path, files: Mapping[str, Any]) -> set[tuple[str, str | None, str]]:
    """Give check, column and weight of what is found of values."""
    found(root, files)
    findings = alfcheck.check(root, select=("ALF3", "ALF4", "ALF9")).findings
    return {(str(each.check), each.column, str(each.severity)) for each in findings}


def test_merged_probes_are_in_order_of_time_alone(tmp_path: Path) -> None:
    merged = {
        "alf/spikes.times.npy": np.array([0.1, 0.2, 0.3]),
        "alf/spikes.samples.npy": np.array([900, 50, 950]),
    }
    assert weights(tmp_path, merged) == {("sorted", "samples", "warning")}
    swapped = {**merged, "alf/spikes.times.npy": np.array([0.2, 0.1, 0.3])}
    assert ("sorted", "times", "error") in weights(tmp_path, swapped)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bitwise_fail": [0, 1, 8]}, {("less_than_or_equal_to", "metrics.bitwise_fail", "warning")}),
        ({"label": [1.0, 0.5, 0.0]}, {("isin", "metrics.label", "warning")}),
        (
            {"label": [1 / 3, 2 / 3, 0.0]},
            {("passes_if_nothing_fails", "metrics.label and metrics.bitwise_fail", "warning")},
        ),
        (
            {"bitwise_fail": [4, 1, 7]},
            {("fails_nothing_if_it_passes", "metrics.bitwise_fail and metrics.label", "warning")},
        ),
    ],
)
def test_strange_metrics_are_no_errors(
    tmp_path: Path, changes: dict[str, Any], told: set[tuple[str, str | None, str]]
) -> None:
    assert weights(tmp_path, {f"{PROBE}/clusters.metrics.pqt": METRICS.assign(**changes)}) == told
