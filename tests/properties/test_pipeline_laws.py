"""Laws of the map: a session's result is its own, and what is mended is not listed again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from release_strategies import PLACES, SESSIONS, TREES, Tree, lay

import alfcheck
from alfcheck.demo import FAULTS, SIGNATURES, Signature, plan, plant, write_planned
from alfcheck.model import Severity
from alfcheck.pipeline import opening, values
from alfcheck.pipeline.run import check_batch
from alfcheck.pipeline.state import Context, Options
from alfcheck.plugins import load_ruleset
from alfcheck.report import Report
from alfcheck.scan import scan_tree
from alfcheck.scan.text import os_path

RELAXED = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
RULESET = load_ruleset()
RELEASES = st.dictionaries(st.sampled_from(PLACES[:4]), SESSIONS, min_size=2, max_size=4).map(
    lambda sessions: {
        f"{place}/{path}": data for place, own in sessions.items() for path, data in own.items()
    }
)


@RELAXED
@given(RELEASES, st.data())
def test_results_do_not_depend_on_batches(tree: Tree, data: st.DataObject) -> None:
    """Many sessions at once, one by one, in any split, in any order, in a process that has seen others."""
    with tempfile.TemporaryDirectory() as folder:
        sessions = scan_tree(lay(Path(folder), tree)).sessions
        options = Options(folder, hashes=True)
        together = check_batch(sessions, Context(RULESET, options))
        shuffled = data.draw(st.permutations(sessions))
        cut = data.draw(st.integers(0, len(sessions)))
        used = Context(RULESET, options)
        parts = [*check_batch(tuple(shuffled[:cut]), used), *check_batch(tuple(shuffled[cut:]), used)]
        alone = [
            result for session in sessions for result in check_batch((session,), Context(RULESET, options))
        ]
    assert list(together) == alone == sorted(parts, key=lambda result: result.path)


@RELAXED
@given(RELEASES)
def test_names_alone_are_judged_as_by_all_stages(tree: Tree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sessions = scan_tree(lay(Path(folder), tree), stats=False).sessions
    short, long = (Context(RULESET, Options(folder, names_only=True)) for _ in range(2))
    assert short.names_alone
    long.names_alone = False
    assert check_batch(sessions, short) == check_batch(sessions, long)


@RELAXED
@given(TREES, st.integers(0, 300), st.integers(1, 64), st.integers(0, 3))
def test_large_files_are_judged_as_small_ones(tree: Tree, small: int, piece: int, held: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        whole = alfcheck.check(lay(Path(folder), tree))
        patch.setattr(opening, "SMALL", small)
        patch.setattr(opening, "HELD_FILES", held)
        patch.setattr(values, "PIECE", piece)
        in_pieces = alfcheck.check(folder)
    assert in_pieces.findings == whole.findings
    assert in_pieces.ledger == whole.ledger


def wrong(report: Report) -> set[str]:
    """Give what a report calls wrong."""
    return {
        path
        for finding in report.findings
        if finding.severity in (Severity.ERROR, Severity.UNVERIFIED)
        for path in (finding.datasets or (finding.path,))
    }


@RELAXED
@given(TREES)
def test_taking_out_what_is_listed_leaves_nothing_to_list(tree: Tree) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Without a file that stays, nothing would be left to check.
        root = lay(Path(folder), {**tree, "rat/2019-01-01/001/raw/camera.raw.mp4": b"video"})
        for path in wrong(alfcheck.check(root)):
            (root / path).unlink()
        again = alfcheck.check(root)
    assert not wrong(again), again.findings
    assert again.exit_code() == 0


def test_mending_what_is_listed_leaves_nothing_to_list(tmp_path: Path) -> None:
    """Each file that is named is put back as it was, or taken out if it never was."""
    clean, spoilt = tmp_path / "clean", tmp_path / "spoilt"
    planned = plan([signature_with(fault.needs) for fault in FAULTS])
    write_planned(clean, planned, 0)
    shutil.copytree(clean, spoilt)
    planted = plant(spoilt, planned, FAULTS, np.random.default_rng(0))
    listed = wrong(alfcheck.check(spoilt))
    assert len(listed) >= len(planted) - 1  # a space in a name is but a warning
    for path in listed:
        (spoilt / os_path(path)).unlink()
        if (clean / path).is_file():
            shutil.copy(clean / path, spoilt / path)
    assert not wrong(alfcheck.check(spoilt))


@cache
def signature_with(path: str) -> Signature:
    return next(each for each in SIGNATURES if path in each.build(np.random.default_rng(0)))
