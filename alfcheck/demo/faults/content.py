"""Faults of content: the file is not what its extension says."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable

import numpy as np

from alfcheck.demo.faults.site import Damage, Fault, Site

__all__ = ["CONTENT_FAULTS"]

Corrupt = Callable[[bytes, np.random.Generator], bytes]
CHOICE = "alf/_ibl_trials.choice.npy"
SCREEN = "raw_behavior_data/_iblrig_stimPositionScreen.raw.csv"
SETTINGS = "raw_behavior_data/_iblrig_taskSettings.raw.json"
TABLE = "alf/_ibl_trials.table.pqt"


def _fault(kind: str, codes: tuple[str, ...], path: str, description: str, corrupt: Corrupt) -> Fault:
    """Make the fault that changes the bytes of one file."""

    def damage(site: Site) -> Damage:
        site.rewrite(path, corrupt((site.folder / path).read_bytes(), site.rng))
        return Damage(excluded=(site.inside(path),), datasets=1)

    return Fault(kind, codes, path, description, damage)


def _data_start(data: bytes) -> int:
    """Give the length of the header of an ``.npy`` file of version 1."""
    return 10 + int.from_bytes(data[8:10], "little")


def _cut(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep the header and a part of the values, as a copy that was broken off does."""
    start = _data_start(data)
    return data[: start + int(rng.integers(8, (len(data) - start) // 2))]


def _object_array(data: bytes, rng: np.random.Generator) -> bytes:
    """Save the choices as Python objects: numpy then pickles them. Nothing here is ever unpickled."""
    values = np.array([{"choice": 1}, {"choice": -1}], dtype=object)
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, values, allow_pickle=True)
    return buffer.getvalue()


def _latin1(data: bytes, rng: np.random.Generator) -> bytes:
    return data.replace(b"position", "position (°)".encode("latin-1"), 1)


CONTENT_FAULTS: tuple[Fault, ...] = (
    _fault("truncated", ("ALF203",), CHOICE, "An array whose last rows were not copied.", _cut),
    _fault("empty", ("ALF202",), CHOICE, "A file of 0 bytes.", lambda data, rng: b""),
    _fault(
        "header-only",
        ("ALF203", "ALF206"),
        CHOICE,
        "A header without values.",
        lambda data, rng: data[: _data_start(data)],
    ),
    _fault(
        "random-bytes",
        ("ALF201",),
        CHOICE,
        "Noise in place of an array.",
        lambda data, rng: rng.bytes(len(data)),
    ),
    _fault("object-array", ("ALF205",), CHOICE, "An array of pickled Python objects.", _object_array),
    _fault(
        "bare-pickle",
        ("ALF205", "ALF201"),
        CHOICE,
        "A pickle that is called .npy.",
        lambda data, rng: pickle.dumps({"choice": [1, -1, 1]}, protocol=4),
    ),
    _fault(
        "text-in-npy",
        ("ALF201",),
        CHOICE,
        "Numbers as text in a file called .npy.",
        lambda data, rng: b"1\n-1\n1\n1\n-1\n",
    ),
    _fault(
        "cut-parquet",
        ("ALF201", "ALF203"),
        TABLE,
        "A table without its end, where parquet keeps its index.",
        lambda data, rng: data[: len(data) * 2 // 3],
    ),
    _fault(
        "broken-json",
        ("ALF211",),
        SETTINGS,
        "Settings that stop in the middle.",
        lambda data, rng: data[: len(data) // 2],
    ),
    _fault("latin1-csv", ("ALF207",), SCREEN, "A CSV file in Latin-1.", _latin1),
)
