"""Clusters: whose numbers count from where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import alfcheck
from alfcheck import Problem, SessionData

from alfcheck_cortexlab.names import is_own

if TYPE_CHECKING:
    import numpy as np
    from alfcheck import ObjectTable

__all__ = ["RULES", "foreign_cluster"]

_CLUSTER_COLUMNS = ("depths", "probes", "originalIDs", "_phy_annotation", "waveformDuration", "peakChannel")


@alfcheck.session_rule(
    "CTX501",
    "peak-channel-unknown",
    columns=["clusters.peakChannel"],
    optional=["channels.site", "channels.probe", "channels.rawRow"],
    severity="warning",
    since="0.1.0",
    fix="write the row of channels, from 1; or set first_channel = 0 for [plugins.cortexlab]",
    good=[
        alfcheck.example(
            {"alf/clusters.peakChannel.npy": [1.0, 3.0], "alf/channels.site.npy": [0.0, 1.0, 2.0]},
            "the first and the last of three channels",
        )
    ],
    bad=[
        alfcheck.example(
            {"alf/clusters.peakChannel.npy": [0.0, 3.0], "alf/channels.site.npy": [0.0, 1.0, 2.0]},
            "there is no channel 0",
        )
    ],
)
def peak_channel_unknown(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A cluster's peak channel is none of the channels.

    `channels.brainLocation` is looked up at the row that `peakChannel` names, so that such a cluster has no
    region, or that of another. The lab counts these rows from 1, as MATLAB does.
    """
    first = settings["first_channel"]
    for clusters in session.objects("clusters"):
        channels = _beside(session, "channels", clusters)
        if "peakChannel" in clusters and channels is not None and is_own(clusters.path("peakChannel")):
            rows, values = channels.rows, clusters["peakChannel"]
            for wrong, told in _outside(values, first, rows):
                for problem in session.where(wrong, f"{told}; there are {rows} channels, from {first}"):
                    yield _of(problem, clusters, "peakChannel")


@alfcheck.session_rule(
    "CTX502",
    "cluster-unknown",
    columns=["spikes.clusters"],
    optional=[f"clusters.{name}" for name in _CLUSTER_COLUMNS],
    since="0.1.0",
    fix="write the row of clusters, from 1; or set first_cluster = 0 for [plugins.cortexlab]",
    good=[
        alfcheck.example(
            {"alf/spikes.clusters.npy": [1, 2, 2], "alf/clusters.depths.npy": [20.0, 40.0, 60.0]}, "from 1"
        )
    ],
    bad=[
        alfcheck.example(
            {"alf/spikes.clusters.npy": [0, 1, 2], "alf/clusters.depths.npy": [20.0, 40.0, 60.0]}, "from 0"
        )
    ],
)
def foreign_cluster(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A spike belongs to a cluster that is not there, where clusters are counted from `first_cluster`.

    The rule is there only where that setting is not 0. Otherwise alfcheck itself compares the numbers with
    the rows (ALF402).
    """
    first = settings["first_cluster"]
    for spikes in session.objects("spikes"):
        clusters = _beside(session, "clusters", spikes)
        if clusters is not None and is_own(spikes.path("clusters")):
            rows, values = clusters.rows, spikes["clusters"]
            for wrong, told in _outside(values, first, rows):
                for problem in session.where(wrong, f"{told}; there are {rows} clusters, from {first}"):
                    yield _of(problem, spikes, "clusters")


RULES = (peak_channel_unknown,)


def _beside(session: SessionData, name: str, table: ObjectTable) -> ObjectTable | None:
    """Give the object that is nearest: of the same collection, or of one around it."""
    collection = table.collection
    while True:
        for each in session.objects(name):
            if each.collection == collection:
                return each
        if not collection:
            return None
        collection = collection.rpartition("/")[0]


def _outside(values: np.ndarray, first: int, rows: int) -> Iterator[tuple[np.ndarray, str]]:
    """Give the rows that are below and those that are above what there is, with what is wrong."""
    if values.ndim == 1 and values.dtype.kind in "iuf":
        yield values < first, f"a number below {first}"
        yield values >= first + rows, f"a number above {first + rows - 1}"


def _of(problem: Problem, table: ObjectTable, column: str) -> Problem:
    """Lay a problem at the door of the file that holds a column."""
    from dataclasses import replace

    return replace(problem, column=column, datasets=(table.path(column),))
