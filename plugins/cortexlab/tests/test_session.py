"""A whole session in the lab's layout is sound, and what is said of it beside is explained here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import alfcheck
import numpy as np
import pytest
from alfcheck import Severity
from alone import OTHERS
from conftest import Check, told
from steinmetz import SESSION, Files, Scale, session_files, session_files_2017, write_session

EXPLAINED = {
    # ALF wants plural objects; the release has this one in the singular.
    ("ALF120", "passiveValveClick.times.npy"),
    # The attribute has a namespace of its own, as ALF once had.
    ("ALF126", "clusters._phy_annotation.npy"),
}
"""The warnings that the published names deserve; README.md says how to lower them."""


def test_the_published_names_are_all_there(sound: Files) -> None:
    from alfcheck_cortexlab.names import RELEASED

    published = {f"{name}.{column}" for name, columns in RELEASED.items() for column in columns}
    assert {path.removeprefix("alf/").rpartition(".")[0] for path in sound} == published - {"wheel.velocity"}


@pytest.mark.parametrize("folder", ["alf/", ""])
@pytest.mark.parametrize("seed", range(3))
def test_a_whole_session_is_sound(check: Check, folder: str, seed: int) -> None:
    report = check(session_files(seed, folder=folder))
    assert told(report) == EXPLAINED
    assert {found.severity for found in report.findings} == {Severity.WARNING}
    assert report.exit_code() == 0


def test_one_probe_and_few_rows_are_sound(check: Check) -> None:
    scale = Scale(trials=1, clusters=1, channels=2, spikes=1, samples=2, frames=7, probes=1)
    assert told(check(session_files(scale=scale))) == EXPLAINED


def test_the_names_before_the_release_are_sound(check: Check) -> None:
    report = check(session_files_2017())
    assert report.exit_code() == 0
    # ALF120: the object is singular.
    assert {code for code, _ in told(report)} == {"ALF120", "CTX103"}
    assert told(report, "CTX103") == {("CTX103", Path(path).name) for path in session_files_2017()}


def test_a_remark_on_an_old_name_lowers_no_verdict(check: Check) -> None:
    report = check(session_files_2017())
    verdicts = {Path(row.path).name: str(row.verdict) for row in report.ledger}
    assert verdicts.pop("passiveBeep.times.npy") == "warn"
    assert set(verdicts.values()) == {"pass"}


def test_other_labs_namespaces_are_left_alone(check: Check) -> None:
    """The same faults in files of a namespace are no business of this lab's rules."""
    files: Files = {
        "alf/_ibl_wheel.position.npy": np.linspace(0, 9, 5),
        "alf/_ibl_wheel.timestamps.npy": np.linspace(0, 9, 5),
        "alf/_other_trials.response_choice.npy": np.array([1.0, 7.0]),
        "alf/_other_trials.feedbackType.npy": np.array([0.0, 1.0]),
        "alf/_other_sparsenoise.times.npy": np.array([1.0, 2.0]),
    }
    assert told(check(files), "CTX") == set()
    assert not [found for found in check(files).findings if (found.contract or "").startswith("cortexlab.")]


def test_one_opens_what_was_released(tmp_path: Path, sound: Files) -> None:
    api = pytest.importorskip("one.api")
    root = write_session(tmp_path / "release", sound)
    report = alfcheck.release(root, disabled=OTHERS)
    assert report.exit_code() == 0
    one: Any = api.One(cache_dir=root)
    (eid,) = one.search(subject="Cori")
    trials = one.load_object(eid, "trials", collection="alf")
    assert set(trials.response_choice) <= {-1, 0, 1}
    assert len(one.load_object(eid, "spikes").clusters) == len(sound["alf/spikes.clusters.npy"])
    assert len(one.list_datasets(eid)) == len(sound)
    assert SESSION.startswith("nicklab/Subjects/Cori")
