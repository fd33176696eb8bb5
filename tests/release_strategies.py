"""Small releases for property tests: sessions of sound and faulty files, under good and bad names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from release_fixtures import Content, encoded

__all__ = ["PLACES", "SESSIONS", "TREES", "Tree", "lay"]

Tree = Mapping[str, bytes]

_TRIALS = pd.DataFrame(
    {"intervals_0": [0.0, 2.0], "intervals_1": [1.0, 3.0], "choice": [1, -1], "feedbackType": [1, -1]}
)

# The first content of each file is sound, and all of these agree with one another.
_POOL: dict[str, tuple[Content, ...]] = {
    "alf/spikes.times.npy": (
        [0.1, 0.2, 0.2, 0.4],
        [0.1, 0.3, 0.2, 0.4],
        [0.1, np.nan, 0.3, 0.4],
        [0.1, 0.2, 0.3],
        ["a", "b", "c", "d"],
        b"",
        b"\x93NUMPY\x01\x00",
    ),
    "alf/spikes.clusters.npy": (
        [0, 2, 1, 0],
        [0, 3, 1, 0],
        [0, -1, 1, 0],
        [0, 2, 1],
        np.array([[0.0], [2.0], [1.0], [0.0]]),
        np.array([[0.0], [2.5], [9.0], [0.0]]),
        b"\x80\x04]\x94.",
    ),
    "alf/spikes.amps.npy": ([1e-4] * 4, [1e-4] * 5, [1e-4] * 3, np.full((4, 2), 1e-4)),
    "alf/#2020-01-02#/spikes.times.npy": ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3]),
    "alf/#2020-01-02#/spikes.clusters.npy": ([0, 1, 1, 1], [0, 1], [0, 1, 1, 7]),
    "alf/clusters.depths.npy": ([1.0, 2.0, 3.0], [1.0, 2.0], b"no array"),
    "alf/clusters.channels.csv": (
        pd.DataFrame({"channels": [0, 1, 1]}),
        pd.DataFrame({"channels": [0, 1, 9]}),
        "channels\n0\n1,2\n",
        "channels\n0\n\xe9\n",
    ),
    "alf/channels.rawInd.npy": ([0, 1], [0, 0], [0, 1, 2]),
    "alf/_ibl_trials.table.pqt": (
        _TRIALS,
        _TRIALS.assign(choice=[1, 7]),
        _TRIALS[["choice"]],
        _TRIALS.assign(intervals_1=[-1.0, 3.0]),
        b"PAR1PAR1",
    ),
    "alf/_ibl_trials.repNum.npy": ([1, 2], [1, 2, 3], [0.5, 1.0]),
    "alf/_ibl_trials.contrastLeft.npy": ([1.0, np.nan], [np.nan, 1.0], [1.0, np.nan, 0.5]),
    "alf/_ibl_trials.contrastRight.npy": ([np.nan, 0.5], [0.5, np.nan], [np.nan, "x"]),
    "alf/#2020-01-02#/_ibl_trials.contrastRight.npy": ([np.nan, 0.25], [0.5, 0.5]),
    "alf/_ibl_trials.choice.npy": ([1, -1], [1, 1], [[1], [-1]]),
    "alf/_ibl_trials.intervals.npy": ([[0.0, 1.0], [2.0, 3.0]], [[0.0, 1.0], [2.0, 4.0]]),
    "alf/clusters.waveforms.npy": (np.zeros((3, 8, 2)), np.zeros((3, 8, 4)), np.zeros((3, 8))),
    "alf/clusters.waveformsChannels.npy": (np.zeros((3, 2)), np.zeros((3, 4)), np.full((3, 2), 7)),
    "alf/#2020-01-02#/clusters.waveformsChannels.npy": (np.zeros((3, 2)), np.zeros((3, 3))),
    "alf/clusters.probes.npy": ([0, 0, 1], [0, 0, 2], [0, 0]),
    "probes.description.json": ('[{"label": "probe00"}, {"label": "probe01"}]', "[{}]", "[", "{}"),
    "alf/_ibl_wheelMoves.intervals.npy": ([[0.5, 1.5]], np.empty((0, 2))),
    "alf/things.size.npy": ([1.0, 2.0], [1.0, 2.0, 3.0]),
    "alf/things.clusters.npy": ([0, 1], [0, 5]),
    "raw/_iblrig_taskSettings.raw.json": ('{"a": 1}', '{"a": NaN}', '{"a": 1', b'{"a": "\xff"}'),
    "raw/_iblrig_leftCamera.raw.mp4": (b"video",),
    "raw/_iblrig_rightCamera.raw.mp4": (
        b"video",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n",
    ),
    "alf/spike.times.npy": ([0.1, 0.2],),
    "alf/spike times.npy": (b"x",),
    "alf/spikes.times.npy.part": (b"x",),
    "alf/.DS_Store": (b"x",),
    "notes.txt": (b"x",),
}
_FILES: dict[str, tuple[bytes, ...]] = {
    path: tuple(encoded(content, path) for content in contents) for path, contents in _POOL.items()
}

PLACES = (
    "mouse/2020-01-01/001",
    "mouse/2020-01-01/002",
    "lab1/Subjects/mouse/2020-01-01/001",
    "lab1/Subjects/rat/2020-01-01/001",
    "mouse/2020-02-30/001",
    "mouse/2020-01-01/3",
    "extra/mouse/2020-01-01/004",
    "notes",
    ".",
)


@st.composite
def _session(draw: st.DrawFn) -> dict[str, bytes]:
    paths = draw(st.lists(st.sampled_from(sorted(_FILES)), min_size=1, max_size=8, unique=True))
    # Sound contents come up as often as all others together.
    return {path: _FILES[path][draw(st.just(0) | st.integers(0, len(_FILES[path]) - 1))] for path in paths}


SESSIONS = _session()


@st.composite
def _tree(draw: st.DrawFn) -> dict[str, bytes]:
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True))
    tree = {
        os.path.normpath(f"{place}/{path}"): data
        for place in sorted(places)
        for path, data in draw(SESSIONS).items()
    }
    # Without a file in a session there is nothing to check.
    first = draw(st.sampled_from(PLACES[:4]))
    return {**tree, f"{first}/raw/_iblrig_bodyCamera.raw.mp4": b"video"}


TREES = _tree()


def lay(root: Path, tree: Tree) -> Path:
    """Write a tree; give its root."""
    for path, data in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return root
