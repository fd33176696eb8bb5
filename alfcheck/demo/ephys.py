"""Values of one spike-sorted probe: spikes, clusters, templates, channels.

Depths are micrometres from the tip, amplitudes volts, times seconds. Indices count from 0 and lead to the
rows of the object that they are called after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alfcheck.demo.encode import Array

__all__ = ["Probe", "channels", "clusters", "locations", "metrics", "probe", "spikes", "waveforms"]

SAMPLING_HZ = 30_000
LATERAL_UM = (43.0, 11.0, 59.0, 27.0)
WAVEFORM_SAMPLES = 41
WAVEFORM_CHANNELS = 8
ACRONYMS = ("VISp2/3", "VISp5", "CA1", "DG-mo", "LP", "root")


@dataclass(frozen=True, slots=True)
class Probe:
    """How large a recording is, and which cluster each spike belongs to (the last cluster has none)."""

    seconds: float
    n_channels: int
    peak: Array
    assigned: Array

    @property
    def n_clusters(self) -> int:
        """Count the clusters, those without spikes included."""
        return len(self.peak)


def probe(rng: np.random.Generator, n_spikes: int, n_clusters: int, n_channels: int = 96) -> Probe:
    """Draw the peak channel of each cluster and the cluster of each spike."""
    peak = np.sort(rng.integers(0, n_channels, n_clusters))
    weights = rng.lognormal(0.0, 1.0, n_clusters - 1)
    assigned = rng.choice(n_clusters - 1, n_spikes, p=weights / weights.sum())
    return Probe(seconds=600.0, n_channels=n_channels, peak=peak, assigned=assigned)


def channels(source: Probe) -> dict[str, Array]:
    """Make the sites of a Neuropixels shank: ``localCoordinates`` (n, 2) lateral and axial, ``rawInd``."""
    index = np.arange(source.n_channels)
    lateral = np.array(LATERAL_UM)[index % len(LATERAL_UM)]
    return {
        "localCoordinates": np.column_stack([lateral, 20.0 * (index // 2 + 1)]),
        "rawInd": index.astype(np.int64),
    }


def locations(rng: np.random.Generator, source: Probe) -> dict[str, list[object]]:
    """Make the columns of ``channels.brainLocation``: atlas coordinates in um and a structure's acronym."""
    depth = channels(source)["localCoordinates"][:, 1]
    point = rng.uniform(-3000.0, 3000.0, 2)
    return {
        "ccf_ap": [round(float(point[0]), 1)] * source.n_channels,
        "ccf_dv": [round(-4000.0 + float(um), 1) for um in depth],
        "ccf_lr": [round(float(point[1]), 1)] * source.n_channels,
        "allen_ontology": [
            ACRONYMS[i * len(ACRONYMS) // source.n_channels] for i in range(source.n_channels)
        ],
    }


def spikes(rng: np.random.Generator, source: Probe) -> dict[str, Array]:
    """Make one row a spike, in order of time."""
    n = len(source.assigned)
    samples = np.sort(rng.integers(0, int(source.seconds * SAMPLING_HZ), n))
    depth = channels(source)["localCoordinates"][source.peak[source.assigned], 1]
    return {
        "times": np.round(samples / SAMPLING_HZ * 1.000012, 7),
        "samples": samples.astype(np.int64),
        "clusters": source.assigned.astype(np.uint16),
        "templates": source.assigned.astype(np.uint16),
        "amps": rng.lognormal(-9.2, 0.4, n).astype(np.float32),
        "depths": (depth + rng.normal(0.0, 4.0, n)).clip(0.0).astype(np.float32),
    }


def clusters(rng: np.random.Generator, source: Probe) -> dict[str, Array]:
    """Make one row a cluster; NaN where a cluster has no spikes."""
    n = source.n_clusters
    empty = np.arange(n) == n - 1
    return {
        "channels": source.peak.astype(np.int64),
        "depths": channels(source)["localCoordinates"][source.peak, 1],
        "amps": np.where(empty, np.nan, rng.lognormal(-9.2, 0.3, n)),
        "peakToTrough": np.where(empty, np.nan, rng.normal(0.3, 0.3, n)),
    }


def metrics(rng: np.random.Generator, source: Probe) -> dict[str, Array]:
    """Make the columns of ``clusters.metrics``: counts, rates in Hz, and a share of passed tests."""
    counts = np.bincount(source.assigned, minlength=source.n_clusters)
    return {
        "cluster_id": np.arange(source.n_clusters, dtype=np.int64),
        "spike_count": counts.astype(np.int64),
        "firing_rate": counts / source.seconds,
        "presence_ratio": rng.uniform(0.5, 1.0, source.n_clusters),
        "label": rng.integers(0, 4, source.n_clusters) / 3.0,
    }


def waveforms(rng: np.random.Generator, source: Probe) -> dict[str, Array]:
    """Make mean waveforms in V (n, samples, channels), their channels (n, channels) and amplitudes (n,)."""
    n = source.n_clusters
    time = np.linspace(-1.0, 1.5, WAVEFORM_SAMPLES)
    shape = -np.exp(-((time / 0.15) ** 2)) + 0.4 * np.exp(-(((time - 0.5) / 0.3) ** 2))
    falloff = 0.75 ** np.arange(WAVEFORM_CHANNELS)
    gain = rng.lognormal(-9.2, 0.3, n)
    near = np.argsort(np.abs(np.arange(source.n_channels) - source.peak[:, None]), axis=1, kind="stable")
    return {
        "waveforms": (gain[:, None, None] * shape[:, None] * falloff).astype(np.float32),
        "waveformsChannels": near[:, :WAVEFORM_CHANNELS].astype(np.int32),
        "amps": gain,
    }
