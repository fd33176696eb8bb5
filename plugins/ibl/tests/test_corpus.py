"""Real files: every finding of this plugin on them is known to be true, for the reason in corpus_truths.tsv.

The corpus is never written to. The rig's session is copied under a number that ONE finds; raw sessions of
the fixtures are copied into the sessions that their own settings name; arrays without a legal name get one.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import alfcheck
import numpy as np
import pandas as pd
import pytest
from alfcheck import Report

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[3] / "shared" / "corpus"
IN_PLACE = ("behaviour_ibllib", "ephys_phylib", "ephys_spikeinterface", "photometry", "rig")
RAW = CORPUS / "fixtures/ibllib"
KEY = ("root", "path", "code", "severity", "column", "count")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")


def views(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Give roots as alfcheck is shown them, by name."""
    yield from ((name, CORPUS / name) for name in IN_PLACE)
    padded = scratch / "padded"
    shutil.copytree(
        CORPUS / "rig/Subjects/test_mouse/2018-10-02/1", padded / "rig/Subjects/test_mouse/2018-10-02/001"
    )
    yield "rig, number padded", padded
    for settings in sorted(RAW.rglob("_iblrig_taskSettings.raw.json")):
        own = settings.parent.parent
        said = json.loads(settings.read_text(encoding="utf-8"))
        root = scratch / own.relative_to(RAW)
        parts = (said[key] for key in ("SUBJECT_NAME", "SESSION_DATE", "SESSION_NUMBER"))
        shutil.copytree(own, root.joinpath(*parts))
        yield f"raw: {own.name}", root
    alf = scratch / "named" / "KS014/2020-01-01/001/alf"
    alf.mkdir(parents=True)
    qc = RAW / "ibllib/tests/fixtures/qc"
    shutil.copy(qc / "camera_times.npy", alf / "_ibl_leftCamera.times.npy")
    times, position = np.load(qc / "wheel.npy", allow_pickle=False).T
    np.save(alf / "_ibl_wheel.timestamps.npy", times)
    np.save(alf / "_ibl_wheel.position.npy", position)
    yield "fixtures, named", scratch / "named"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return {name: alfcheck.check(root) for name, root in views(tmp_path_factory.mktemp("corpus"))}


def truths() -> list[dict[str, str]]:
    with (HERE / "corpus_truths.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_finding_is_known_to_be_true_and_every_known_one_is_found(reports: dict[str, Report]) -> None:
    known = Counter(tuple(row[name] for name in KEY) for row in truths())
    found = Counter(
        (name, each.path, each.code, str(each.severity), each.column or "", str(each.count))
        for name, report in reports.items()
        for each in report.findings
        if each.code.startswith("IBL") or each.origin.name == "alfcheck-ibl"
    )
    assert sorted((found - known).elements()) == []
    assert sorted((known - found).elements()) == []


def test_every_finding_has_its_reason() -> None:
    assert [row for row in truths() if len(row["why"] or "") < 20] == []


def test_nothing_could_not_be_judged(reports: dict[str, Report]) -> None:
    told = [each for report in reports.values() for each in report.findings if each.code[:4] == "ALF9"]
    assert told == []


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (
            "behaviour_ibllib",
            {("_iblrig_tasks_trainingChoiceWorld5.0.0", ""), ("_iblrig_tasks_biasedChoiceWorld5.0.0", "")},
        ),
        ("photometry", {("_iblrig_tasks_trainingChoiceWorld", "ibl_fibrephotometry")}),
        ("ephys_phylib", {("", "")}),
    ],
)
def test_the_sessions_table_has_protocol_and_projects(
    root: str, expected: set[tuple[str, str]], tmp_path: Path
) -> None:
    alfcheck.release(CORPUS / root, out=tmp_path / "index")
    table = pd.read_parquet(tmp_path / "index" / "sessions.pqt")
    assert set(zip(table["task_protocol"], table["projects"], strict=True)) == expected
