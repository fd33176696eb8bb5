"""A part of a release is judged as it is in the whole, and nothing else is reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from release_fixtures import SESSION, Content, codes, verdicts, write

import alfcheck
from alfcheck.errors import NothingToCheck
from alfcheck.report import Report

CLUSTERS = "alf/spikes.clusters.npy"
TIMES = "alf/spikes.times.npy"
FILES: dict[str, Content] = {
    TIMES: [0.1, 0.2],
    CLUSTERS: [0, 99],
    "alf/clusters.depths.npy": np.arange(5.0),
    "alf/clusters.amps.npy": b"no array",
    "raw/_iblrig_leftCamera.raw.mp4": b"video",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, {"alf/spikes.times.npy": [0.2, 0.1]}, "mouse/2020-01-01/002")
    return write(tmp_path, FILES)


def of(report: Report) -> tuple[int, dict[str, str], set[str]]:
    return report.exit_code(), verdicts(report), codes(report)


def test_a_file_is_judged_by_what_lies_beside_it(root: Path) -> None:
    assert of(alfcheck.check(root / SESSION / CLUSTERS)) == (1, {CLUSTERS: "fail"}, {"ALF402"})


def test_faults_of_its_neighbours_are_not_reported(root: Path) -> None:
    report = alfcheck.check(root / SESSION / TIMES)
    assert of(report) == (0, {TIMES: "pass"}, set())
    assert [row.path for row in report.ledger] == [f"{SESSION}/{TIMES}"]
    assert (report.session_count, report.partial) == (1, False)


@pytest.mark.parametrize("parts", [("alf",), ("raw",), (CLUSTERS, "raw"), ("",), ("alf/",)])
def test_a_part_is_told_as_in_the_whole(root: Path, parts: tuple[str, ...]) -> None:
    def meant(path: str) -> bool:
        return path.startswith(tuple(f"{SESSION}/{part}" for part in parts))

    whole = alfcheck.check(root)
    report = alfcheck.check(*(root / SESSION / part for part in parts))
    assert list(report.ledger) == [row for row in whole.ledger if meant(row.path)]
    assert report.findings == tuple(each for each in whole.findings if any(map(meant, each.datasets)))


def test_only_excused_findings_that_are_reported_count(root: Path) -> None:
    whole, part = (
        alfcheck.check(path, ignore=("ALF201", "ALF402")) for path in (root, root / SESSION / CLUSTERS)
    )
    assert {waiver.code for waiver in whole.waived} >= {"ALF402"}
    assert [(waiver.code, waiver.count) for waiver in part.waived] == [("ALF402", 1)]


def test_a_file_that_is_left_out_is_nothing_to_check(root: Path) -> None:
    (root / ".alfcheckignore").write_text("spikes.times.npy\n")
    with pytest.raises(NothingToCheck, match=r"spikes\.times\.npy.*\.alfcheckignore"):
        alfcheck.check(root / SESSION / TIMES)


def test_a_link_above_what_is_meant_is_told(root: Path) -> None:
    (root / SESSION / "linked").symlink_to(root / SESSION / "alf")
    assert codes(alfcheck.check(root / SESSION / "linked" / "spikes.times.npy")) == {"ALF116"}


def test_bytes_that_are_no_text(root: Path) -> None:
    odd = Path(str(root / SESSION / "alf") + "/spikes.a\udce9.npy")
    odd.write_bytes(b"x")
    report = alfcheck.check(odd)
    assert [row.path for row in report.ledger] == [rf"{SESSION}/alf/spikes.a\xe9.npy"]
