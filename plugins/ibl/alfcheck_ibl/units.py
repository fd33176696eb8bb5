"""Spike-sorted units: metrics, numbers of spikes and depths against the clusters that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alfcheck import ObjectTable, Problem, SessionData, Severity, object_rule, session_rule

from alfcheck_ibl.samples import probe
from alfcheck_ibl.telling import problems_by_share

if TYPE_CHECKING:
    import numpy as np

__all__ = ["RULES"]

OF_CLUSTERS = ("channels", "depths", "amps", "peakToTrough")
"""Attributes with one row a cluster, always."""

MOST = 2**20
"""Clusters that are counted: numbers beyond are none that a sorter gives, and would only fill the memory."""

PIECE = 2**22
"""Spikes that are counted at once."""

SLACK = 1.0
"""um by which a depth may lie beyond the outermost sites."""


def _numbers(values: np.ndarray) -> bool:
    return values.dtype.kind in "iuf" and values.ndim == 1


@object_rule(
    "IBL441",
    "metrics-of-other-clusters",
    object="clusters",
    columns=["metrics.cluster_id"],
    optional=OF_CLUSTERS,
    aligned=False,
    fix="Compute the metrics anew from the clusters that are beside them.",
    good=[
        probe({"clusters.metrics.pqt": {"cluster_id": [0, 1, 2]}, "clusters.channels.npy": [4, 7, 9]}),
        probe(
            {"clusters.metrics.pqt": {"cluster_id": [0, 2]}, "clusters.channels.npy": [4, 7, 9]},
            "a cluster without spikes is left out",
        ),
    ],
    bad=[
        probe({"clusters.metrics.pqt": {"cluster_id": [0, 1, 3]}, "clusters.channels.npy": [4, 7, 9]}),
        probe({"clusters.metrics.pqt": {"cluster_id": [0.0, float("nan"), 2.0]}}, "a row without a cluster"),
        probe(
            {"clusters.metrics.pqt": {"cluster_id": [2, 1, 0]}, "clusters.channels.npy": [4, 7, 9]},
            "rows in another order: a warning",
        ),
    ],
)
def metrics_of_other_clusters(clusters: ObjectTable) -> Iterator[Problem]:
    """A row of the metrics is of a cluster that does not exist, or not in the place of its cluster.

    ``cluster_id`` counts the rows of clusters (brainbox.metrics.single_units). Metrics may leave clusters
    out; where they do not, ONE users join them by row, and another order is a warning.
    """
    import numpy as np

    ids = clusters["metrics.cluster_id"]
    beside = [len(clusters[name]) for name in OF_CLUSTERS if name in clusters]
    if not _numbers(ids):
        return
    column = "metrics.cluster_id"
    legal = np.isfinite(ids) & (np.floor(ids) == ids) & (ids >= 0)
    yield from clusters.where(~legal, "no number of a cluster, which are 0 and more", column=column)
    if not beside:
        return
    number, rows = max(beside), np.arange(len(ids))
    beyond = legal & (ids >= number)
    yield from clusters.where(beyond, f"a cluster that does not exist: there are {number}", column=column)
    if len(ids) == number and legal.all() and not beyond.any():
        for problem in clusters.where(ids != rows, "not the cluster of the row", column=column):
            yield Problem(
                message=problem.message,
                severity=Severity.WARNING,
                column=column,
                rows=problem.rows,
                count=problem.count,
            )


def _counts(metrics: dict[str, object], note: str = "") -> Any:
    return probe({"spikes.clusters.npy": [0, 1, 1, 2, 2, 2], "clusters.metrics.pqt": metrics}, note)


@session_rule(
    "IBL505",
    "spike-count-differs",
    columns=["spikes.clusters", "clusters.metrics.cluster_id", "clusters.metrics.spike_count"],
    fix="Compute the metrics anew from the spikes that are beside them.",
    good=[
        _counts({"cluster_id": [0, 1, 2], "spike_count": [1, 2, 3]}),
        _counts({"cluster_id": [0, 2], "spike_count": [1.0, 3.0]}, "one cluster is left out"),
    ],
    bad=[_counts({"cluster_id": [0, 1, 2], "spike_count": [1, 2, 5]})],
)
def spike_count_differs(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """The metrics count other numbers of spikes than there are spikes of the cluster.

    ``spike_count`` is computed from spikes.clusters (brainbox.metrics.single_units), so that a difference
    says that metrics and spikes are of two sortings. Rows without a count are left out.
    """
    import numpy as np

    for spikes, clusters in _pairs(session, "spikes", "clusters"):
        needed = {"metrics.cluster_id", "metrics.spike_count"}
        if "clusters" not in spikes or not needed <= {*clusters}:
            continue
        ids, counted = clusters["metrics.cluster_id"], clusters["metrics.spike_count"]
        due = np.isfinite(ids) & np.isfinite(counted) if _numbers(ids) and _numbers(counted) else None
        units = spikes["clusters"].ravel()
        if due is None or not due.any() or not len(units):
            continue
        ids = np.asarray(ids, float)  # float16 does not reach so far
        due &= (ids >= 0) & (ids < MOST)
        own = np.where(due, ids, 0).astype(np.int64)
        there = _spikes_of(units, int(own.max()))
        if there is None:
            continue
        yield from problems_by_share(
            there[own] != counted,
            due,
            f"spike_count of the metrics is not the number of spikes in {spikes.path('clusters')}",
            settings,
            datasets=(clusters.path("metrics.spike_count"),),
            column="metrics.spike_count",
            things="clusters",
        )


def _spikes_of(units: np.ndarray, top: int) -> np.ndarray | None:
    """Count the spikes of the clusters 0 to `top`, in pieces, for all spikes may be more than the memory
    holds; ``None`` where one is of no cluster.
    """
    import numpy as np

    found: np.ndarray = np.zeros(top + 1, np.int64)
    for start in range(0, len(units), PIECE):
        piece = units[start : start + PIECE]
        if not np.isfinite(piece).all() or piece.min() < 0:
            return None
        found += np.bincount(piece[piece <= top].astype(np.int64, copy=False), minlength=top + 1)
    return found


def _depths(depths: list[float], note: str = "") -> Any:
    sites = {"channels.localCoordinates.npy": [[11.0, 20.0], [43.0, 40.0], [11.0, 60.0]]}
    return probe({**sites, "clusters.depths.npy": depths}, note)


@session_rule(
    "IBL506",
    "depth-off-the-probe",
    columns=["clusters.depths", "channels.localCoordinates_1"],
    fix="Give depths in um from the probe's tip, as channels.localCoordinates has them.",
    good=[_depths([20.0, 60.0, float("nan")])],
    bad=[_depths([20.0, 3840.0, 40.0], "far beyond the last site")],
)
def depth_off_the_probe(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A cluster is deeper than the lowest site of its probe, or higher than the uppermost.

    Depths are the distances of channels from the probe's tip (phylib, EphysAlfCreator). Clusters without a
    depth are left out.
    """
    import numpy as np

    for clusters, channels in _pairs(session, "clusters", "channels"):
        if "depths" not in clusters or "localCoordinates_1" not in channels:
            continue
        depths = np.asarray(clusters["depths"], float).ravel()
        sites = np.asarray(channels["localCoordinates_1"], float)
        if np.isnan(sites).all():
            continue
        low, high = float(np.nanmin(sites)), float(np.nanmax(sites))
        yield from problems_by_share(
            (depths < low - SLACK) | (depths > high + SLACK),
            ~np.isnan(depths),
            f"a depth beyond the sites of the probe, which are at {low:g} to {high:g} um",
            settings,
            datasets=(clusters.path("depths"), channels.path("localCoordinates_1")),
            column="depths",
            expected=f"{low:g} to {high:g} um",
            things="clusters",
        )


def _pairs(session: SessionData, one: str, other: str) -> Iterator[tuple[ObjectTable, ObjectTable]]:
    """Give the tables of two objects that are in one collection."""
    found = {table.collection: table for table in session.objects(other)}
    for table in session.objects(one):
        if table.collection in found:
            yield table, found[table.collection]


RULES = (metrics_of_other_clusters, spike_count_differs, depth_off_the_probe)
