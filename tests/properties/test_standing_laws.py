"""The law of a release with revisions: without what was rejected, nothing is left to reject."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from release_fixtures import Content, write

import alfcheck

NAMES = ("spikes.times.npy", "spikes.clusters.npy", "clusters.depths.npy", "clusters.amps.npy")
PATHS = st.tuples(st.sampled_from(("", "#a#/", "#b#/", "#c#/")), st.sampled_from(NAMES)).map("".join)
# Of 2 to 4 rows; as row numbers each fits a target of more rows than its own. None is no array.
ROWS = st.sampled_from((2, 3, 4, None))


def content(rows: int | None) -> Content:
    return b"no array" if rows is None else np.arange(float(rows))


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(PATHS, ROWS, min_size=2, max_size=9))
def test_without_what_was_rejected_nothing_is_left_to_reject(given: dict[str, int | None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), {f"alf/{path}": content(rows) for path, rows in given.items()})
        (root / "mouse/2020-01-01/001/raw").mkdir()
        (root / "mouse/2020-01-01/001/raw/_iblrig_leftCamera.raw.mp4").write_bytes(b"video")
        for path, verdict in alfcheck.check(root).verdicts.items():
            if verdict in ("fail", "unverified"):
                (root / path).unlink()
        left = alfcheck.check(root)
        assert {str(verdict) for verdict in left.verdicts.values()} <= {"pass", "warn", "unchecked"}
