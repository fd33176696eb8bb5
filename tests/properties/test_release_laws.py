"""Laws of a release: the ledger is the disk, the index what may be published, verdicts what was found."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from release_fixtures import indexed
from release_strategies import TREES, Tree, lay

import alfcheck
from alfcheck.model import Severity, Status
from alfcheck.plugins import load_ruleset
from alfcheck.report import Report

RELAXED = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
READABLE = frozenset(load_ruleset().readers)
IGNORED = st.sampled_from(((), ("ALF401",), ("ALF212",), ("ALF3", "ALF4"), ("ALF2",)))


def run(tree: Tree, folder: str, **options: Any) -> Report:
    return alfcheck.release(
        lay(Path(folder) / "tree", tree), out=Path(folder) / "out", partial=True, **options
    )


def sizes(root: Path) -> dict[str, int]:
    found = {}
    for top, _, names in os.walk(root):
        for name in names:
            path = os.path.join(top, name)
            found[os.path.relpath(path, root)] = os.path.getsize(path)
    return found


@RELAXED
@given(TREES)
def test_the_ledger_adds_up_to_the_disk(tree: Tree) -> None:
    """Every file, wherever it lies, is in it once: indexed, rejected, or ignored with a reason."""
    with tempfile.TemporaryDirectory() as folder:
        report = run(tree, folder)
        assert [row.path for row in report.ledger] == sorted({row.path for row in report.ledger})
        assert {row.path: row.size for row in report.ledger} == sizes(Path(folder) / "tree")
    summary: Any = report.summary
    counted = sum(summary["datasets"].values()) + summary["ignored"] + summary["not_alf"]
    assert counted == summary["files"] == len(tree)
    for row in report.ledger:
        assert row.status in set(Status)
        assert row.status != Status.REJECTED or row.codes or row.reason
        assert row.status != Status.IGNORED or row.reason
        assert bool(row.verdict) == bool(row.dataset_type)


@RELAXED
@given(TREES, st.booleans())
def test_the_index_is_what_may_be_published(tree: Tree, strict: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = run(tree, folder, strict=strict)
        listed = indexed(Path(folder) / "out")
        sessions = pd.read_parquet(Path(folder) / "out" / "sessions.pqt")
        datasets = pd.read_parquet(Path(folder) / "out" / "datasets.pqt")
    wanted = {"pass", "warn"} if strict else {"pass", "warn", "unchecked"}
    assert listed == {path for path, verdict in report.verdicts.items() if verdict in wanted}
    assert len(datasets) == len(listed)
    assert set(sessions.index) == set(datasets.index.get_level_values("eid"))


@RELAXED
@given(TREES, IGNORED)
def test_verdicts_follow_from_the_report(tree: Tree, ignore: tuple[str, ...]) -> None:
    """From report.json and the ledger alone: nothing is decided that is not told."""
    with tempfile.TemporaryDirectory() as folder:
        run(tree, folder, ignore=ignore)
        told = Path(folder) / "out" / "alfcheck-report"
        report = json.loads((told / "report.json").read_text(encoding="utf-8"))
        ledger = pd.read_parquet(told / "ledger.parquet")
    excused = Counter(each["code"] for each in report["findings"] if each["waived"])
    assert excused == {waiver["code"]: waiver["count"] for waiver in report["waived"]}
    for row in ledger.itertuples():
        about = [each for each in report["findings"] if row.path in (each["datasets"] or [each["path"]])]
        assert set(row.codes) == {each["code"] for each in about}
        if row.dataset_type:
            assert row.verdict == recomputed(row.path, about)


def recomputed(path: str, about: list[dict[str, Any]]) -> str:
    severities = {each["severity"] for each in about}
    if Severity.ERROR in severities:
        return "fail"
    if Severity.UNVERIFIED in severities:
        return "unverified"
    if path.rpartition(".")[2] not in READABLE:
        return "unchecked"
    lowered = any(each["waived"] for each in about)
    return "warn" if lowered or Severity.WARNING in severities else "pass"


@RELAXED
@given(TREES)
def test_the_exit_code_follows_from_the_findings(tree: Tree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = run(tree, folder)
    severities = Counter(finding.severity for finding in report.findings)
    expected = 3 if severities[Severity.UNVERIFIED] else 1 if severities[Severity.ERROR] else 0
    assert report.exit_code() == expected
