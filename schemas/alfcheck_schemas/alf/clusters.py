"""Clusters of spikes: row i describes the spikes whose cluster is i, those without spikes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.checks import unique_rows
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.alf.locations import LOCATIONS
from alfcheck_schemas.parts import (
    ALYX,
    COMPUTED,
    IBLLIB,
    NUMBER,
    OWNER,
    PHYLIB,
    STRING,
    VECTOR,
    at_least,
    between,
    column,
    row_numbers,
    whole,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT", "WAVEFORMS"]

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

# Templates have these too. Phy pads lists of channels with -1.
WAVEFORMS = {
    "waveforms": Terms(
        description="Mean waveform on the channels named by waveformsChannels; missing without spikes.",
        unit="V",
        dtypes=NUMBER,
        shapes=(("rows", "samples", "channels"),),
        source=f"{PHYLIB}; SpikeInterface writes all channels, in uV",
    ),
    "waveformsChannels": Terms(
        description="Channels on which each waveform is stored, nearest to the peak first: rows of channels.",
        dtypes=NUMBER,
        shapes=(("rows", "channels"),),
        references="channels",
        missing=-1,
        source=PHYLIB,
    ),
}

_OWN = {
    "channels": Terms(
        description="Channel with the largest amplitude: a row of channels.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="channels",
        source=f"{PHYLIB}; int64, int32 or float64 by tool",
    ),
    "probes": Terms(
        description="Probe of each cluster: a row of probes.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="probes",
        source=f"{ALYX}; float64 occurs",
    ),
    "shanks": Terms(
        description="Shank of each cluster, from 0.", dtypes=NUMBER, shapes=VECTOR, source=PHYLIB
    ),
    "depths": Terms(
        description="Distance of the peak channel from the probe's tip.",
        unit="um",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; {PHYLIB}",
    ),
    "amps": Terms(
        description="Mean amplitude of the spikes; missing without spikes.",
        unit="V",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; {PHYLIB}",
    ),
    "peakToTrough": Terms(
        description="Time from trough to peak of the waveform, negative if the peak is first.",
        unit="ms",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; {PHYLIB}; SpikeInterface writes seconds",
    ),
    "uuids": Terms(
        description="An identifier of each cluster that stays when clusters are counted anew.",
        dtypes=STRING,
        shapes=VECTOR,
        source=PHYLIB,
    ),
    "curatedLabels": Terms(
        description="Labels given by hand, to some of the clusters.", own_rows=True, source=ALYX
    ),
    # ibllib looks rows of this table up by cluster_id, since older ones leave clusters without spikes out.
    "metrics": Terms(
        description="Measures of quality, of all clusters or of those with spikes.",
        own_rows=True,
        source=f"{IBLLIB}; SpikeInterface writes other columns",
    ),
    "metrics.cluster_id": Terms(description="Cluster of the row.", dtypes=NUMBER, source=IBLLIB),
    "metrics.firing_rate": Terms(
        description="Spikes per second.", unit="Hz", dtypes=NUMBER, source=f"{IBLLIB}; SpikeInterface"
    ),
    "metrics.presence_ratio": Terms(
        description="Share of the recording in which the cluster is active.",
        dtypes=NUMBER,
        source=f"{IBLLIB}; SpikeInterface",
    ),
    "metrics.spike_count": Terms(description="Number of spikes.", dtypes=NUMBER, source=IBLLIB),
    "metrics.label": Terms(
        description="Share of the quality tests that the cluster passes.", dtypes=NUMBER, source=IBLLIB
    ),
}


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "channels": row_numbers(),
            "waveformsChannels": row_numbers(-1),
            "probes": row_numbers(),
            "shanks": column(at_least(0), whole()),
            "brainLocationIds": column(whole()),
            "uuids": column(pa.Check.str_matches(f"^{UUID}$", error="UUIDs"), unique_rows(), complete=True),
            "metrics.cluster_id": column(at_least(0), whole(), unique_rows()),
            "metrics.firing_rate": column(at_least(0, tolerance=COMPUTED)),
            "metrics.presence_ratio": column(between(0, 1, tolerance=COMPUTED)),
            "metrics.spike_count": column(at_least(0), whole()),
            "metrics.label": column(between(0, 1, tolerance=COMPUTED)),
        }
    )


CONTRACT = Contract(
    id="alf.clusters",
    version="1.0.0",
    description="Row i describes cluster i, and its channel is one that exists.",
    owner=OWNER,
    match=Match(object="clusters"),
    terms={**_OWN, **WAVEFORMS, **LOCATIONS},
    schema=_schema,
    rows_agree=True,
)
