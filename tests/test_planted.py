"""Planted faults: exactly the planted files are kept out, for the reason that was planted."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_fixtures import files_of, indexed

import alfcheck
from alfcheck.demo import FAULTS, Demo, Fault, Planted, write_faulty_release
from alfcheck.model import Finding, Severity, Status
from alfcheck.report import Report
from alfcheck.scan.text import path_text

README = "README.txt"


def is_under(path: str, places: tuple[str, ...]) -> bool:
    """Tell whether a path is one of the places, or lies in one that ends in a slash."""
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def sound_files(root: Path, demo: Demo) -> set[str]:
    """Give what must be indexed: what was written, less what was spoilt."""
    bad = (*demo.excluded, *demo.not_datasets, README)
    ours = ("sessions.pqt", "datasets.pqt", "alfcheck-report/")
    written = {path_text(path) for path in files_of(root)}
    return {path for path in written if not is_under(path, (*bad, *ours))}


def about(report: Report, fault: Planted) -> list[Finding]:
    """Give the findings that name what a fault spoilt, or the session that it moved."""
    places = (*fault.excluded, *fault.not_datasets)
    return [
        finding
        for finding in report.findings
        if any(is_under(path, places) for path in (finding.path + "/", finding.path, *finding.datasets))
    ]


def assert_as_planted(root: Path, demo: Demo, report: Report) -> None:
    sound = sound_files(root, demo)
    listed = {row.path for row in report.ledger if row.status == Status.INDEXED}
    assert listed == sound
    assert len(listed) == demo.datasets
    assert {report.verdicts[path] for path in listed} <= {"pass", "unchecked"}
    rejected = {row.path for row in report.ledger if row.status == Status.REJECTED}
    assert rejected == {row.path for row in report.ledger} - sound - {README}
    assert len({path.rsplit("/alf/", 1)[0] for path in listed if "/alf/" in path}) == demo.sessions
    explained = []
    for fault in demo.planted:
        findings = about(report, fault)
        assert findings, f"nothing is said of {fault.kind}"
        assert not [each for each in findings if not each.code.startswith(fault.codes)], fault.kind
        explained += findings
    assert set(map(id, explained)) == set(map(id, report.findings))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.kind for fault in FAULTS])
def test_one_fault_keeps_out_what_it_spoilt(fault: Fault, tmp_path: Path) -> None:
    demo = write_faulty_release(tmp_path, [fault])
    if not demo.planted:
        assert not fault.portable
        pytest.skip(f"this system cannot hold {fault.kind}")
    report = alfcheck.check(tmp_path)
    assert_as_planted(tmp_path, demo, report)
    is_dataset = bool(demo.excluded)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    assert report.exit_code() == (1 if errors else 0)
    assert errors or not is_dataset


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Demo, Report]:
    """A release with every fault, and some sound sessions."""
    root = tmp_path_factory.mktemp("faulty")
    demo = write_faulty_release(root, sessions=len(FAULTS) + 4)
    return root, demo, alfcheck.release(root)


def test_all_faults_together(faulty: tuple[Path, Demo, Report]) -> None:
    root, demo, report = faulty
    assert_as_planted(root, demo, report)
    assert report.exit_code() == 1


def test_the_index_holds_the_sound_files(faulty: tuple[Path, Demo, Report]) -> None:
    root, demo, _ = faulty
    assert indexed(root) == sound_files(root, demo)


def test_findings_tell_a_scientist_what_to_do(faulty: tuple[Path, Demo, Report]) -> None:
    _, _, report = faulty
    for finding in report.findings:
        assert finding.message
        assert finding.fix
        assert finding.rule == report.rules[finding.code].name
        assert finding.origin.name
        assert not finding.path.startswith("/")


def test_a_fault_in_a_plain_release_without_labs(tmp_path: Path) -> None:
    wanted = [fault for fault in FAULTS if fault.kind in ("wrong-value", "truncated", "too-few-rows")]
    demo = write_faulty_release(tmp_path, wanted, sessions=5, layout="plain")
    assert_as_planted(tmp_path, demo, alfcheck.check(tmp_path))
