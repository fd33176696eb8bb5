"""Rules about spike-sorted units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from alfcheck.testing import ReleaseMaker, SmallRelease, assert_findings
from ibl_sessions import SESSION


def sorted_probe(make: ReleaseMaker, **other: Any) -> SmallRelease:
    """Make a probe of 50 clusters, of which cluster i has i spikes."""
    number = 50
    spikes = np.repeat(np.arange(number), np.arange(number))
    metrics = {"cluster_id": np.arange(number), "spike_count": np.arange(number, dtype=float)}
    given: dict[str, Any] = {
        "spikes.clusters.npy": spikes,
        "spikes.times.npy": np.arange(len(spikes)) / 100,
        "clusters.metrics.pqt": metrics,
        "clusters.channels.npy": np.arange(number),
        "clusters.depths.npy": np.arange(number) * 20.0,
        "channels.localCoordinates.npy": np.stack([np.zeros(number), np.arange(number) * 20.0], axis=1),
    }
    release = make(session=SESSION)
    return release.add({f"alf/probe00/{name}": value for name, value in (given | other).items()})


def metrics(**columns: Any) -> dict[str, dict[str, Any]]:
    return {"clusters.metrics.pqt": {"cluster_id": np.arange(50), **columns}}


def test_nothing_is_said_of_a_sound_probe(alf_release: ReleaseMaker) -> None:
    assert_findings(sorted_probe(alf_release).check(), [])


def test_metrics_may_leave_out_clusters(alf_release: ReleaseMaker) -> None:
    ids = np.arange(0, 50, 2)
    release = sorted_probe(alf_release, **metrics(cluster_id=ids, spike_count=ids))
    assert_findings(release.check(), [], codes="IBL")


def test_metrics_of_unknown_clusters_are_an_error_and_another_order_a_warning(
    alf_release: ReleaseMaker,
) -> None:
    unknown = np.arange(50) + 1
    told = sorted_probe(alf_release, **metrics(cluster_id=unknown)).check()
    assert_findings(told, [{"code": "IBL441", "severity": "error", "rows": (49,)}], codes="IBL44")
    turned = sorted_probe(alf_release, **metrics(cluster_id=np.arange(50)[::-1])).check()
    assert_findings(turned, [{"code": "IBL441", "severity": "warning", "count": 50}], codes="IBL44")


@pytest.mark.parametrize(("wrong", "severity"), [(1, "warning"), (5, "warning"), (6, "error")])
def test_counts_of_another_sorting_are_told_by_their_share(
    alf_release: ReleaseMaker, wrong: int, severity: str
) -> None:
    counts = np.arange(50.0)
    counts[:wrong] += 1
    told = sorted_probe(alf_release, **metrics(spike_count=counts)).check()
    assert_findings(told, [{"code": "IBL505", "severity": severity, "count": wrong}], codes="IBL")


def test_a_count_that_is_missing_is_not_judged(alf_release: ReleaseMaker) -> None:
    counts = np.arange(50.0)
    counts[:10] = np.nan
    assert_findings(sorted_probe(alf_release, **metrics(spike_count=counts)).check(), [], codes="IBL")


def test_numbers_that_no_sorter_gives_fill_no_memory(alf_release: ReleaseMaker) -> None:
    spikes = np.array([0, 2**62])
    release = alf_release(session=SESSION).add(
        {
            "alf/probe00/spikes.clusters.npy": spikes,
            "alf/probe00/clusters.metrics.pqt": {"cluster_id": [0, 2**62], "spike_count": [1, 1]},
        }
    )
    assert_findings(release.check(), [], codes=("IBL", "ALF9"))


def test_names_of_clusters_are_not_compared(alf_release: ReleaseMaker) -> None:
    names = [f"unit{number}" for number in range(50)]
    table = "cluster_id,spike_count\n" + "".join(f"{name},1\n" for name in names)
    release = sorted_probe(alf_release).remove("alf/probe00/clusters.metrics.pqt")
    release.add({"alf/probe00/clusters.metrics.csv": table})
    assert_findings(release.check(), [], codes="IBL")


def test_probes_are_judged_one_by_one(alf_release: ReleaseMaker) -> None:
    release = sorted_probe(alf_release)
    depths = np.arange(50) * 20.0
    depths[:10] = 5000
    release.add({"alf/probe01/clusters.depths.npy": depths})
    assert_findings(release.check(), [], codes="IBL")  # the sites of another probe tell nothing
    sites = np.stack([np.zeros(50), np.arange(50) * 20.0], axis=1)
    release.add({"alf/probe01/channels.localCoordinates.npy": sites})
    told = {"code": "IBL506", "severity": "error", "count": 10}
    assert_findings(release.check(), [told], codes="IBL")


@pytest.mark.parametrize("without", [(), ("clusters.channels.npy", "clusters.depths.npy")])
def test_metrics_of_no_cluster_are_told(alf_release: ReleaseMaker, without: tuple[str, ...]) -> None:
    ids = np.arange(50.0)
    ids[7] = np.nan
    release = sorted_probe(alf_release, **metrics(cluster_id=ids))
    for name in without:
        release.remove(f"alf/probe00/{name}")
    told = {"code": "IBL441", "severity": "error", "rows": (7,), "message": "no number of a cluster"}
    assert_findings(release.check(), [told], codes="IBL44")


def test_spikes_are_counted_in_pieces(alf_release: ReleaseMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alfcheck_ibl.units.PIECE", 7)
    assert_findings(sorted_probe(alf_release).check(), [], codes="IBL")
    wrong = sorted_probe(alf_release, **metrics(spike_count=np.arange(50.0) + 1))
    assert_findings(wrong.check(), [{"code": "IBL505", "count": 50}], codes="IBL")
