"""Faults of values: the file opens and says what cannot be."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from alfcheck.demo.encode import Array, npy_bytes, pqt_bytes
from alfcheck.demo.faults.site import Damage, Fault, Site

__all__ = ["VALUE_FAULTS"]

Change = Callable[[Array, np.random.Generator], Array]
CHOICE = "alf/_ibl_trials.choice.npy"
INTERVALS = "alf/_ibl_trials.intervals.npy"
MOVES = "alf/_ibl_wheelMoves.intervals.npy"
PROBABILITY = "alf/_ibl_trials.probabilityLeft.npy"
SPIKE_CLUSTERS = "alf/probe00/spikes.clusters.npy"
SPIKE_TIMES = "alf/probe00/spikes.times.npy"
TABLE = "alf/_ibl_trials.table.pqt"


def _spoil(path: str, change: Change) -> Callable[[Site], Damage]:
    """Make the function that changes the values of one ``.npy`` file."""

    def damage(site: Site) -> Damage:
        values = np.load(io.BytesIO((site.folder / path).read_bytes()), allow_pickle=False)
        site.rewrite(path, npy_bytes(change(values, site.rng)))
        return Damage(excluded=(site.inside(path),), datasets=1)

    return damage


def _spoil_table(site: Site) -> Damage:
    """Put an impossible choice into the trials table."""
    import pandas as pd

    frame = pd.read_parquet(site.folder / TABLE)
    columns = {name: frame[name].to_numpy().copy() for name in frame.columns}
    columns["choice"] = _with(7)(columns["choice"], site.rng)
    site.rewrite(TABLE, pqt_bytes(columns))
    return Damage(excluded=(site.inside(TABLE),), datasets=1)


def _with(value: float) -> Change:
    """Put a value into one row, never the first or last."""

    def change(values: Array, rng: np.random.Generator) -> Array:
        spoilt = values.copy()
        spoilt[int(rng.integers(1, len(values) - 1))] = value
        return spoilt

    return change


def _as_text(values: Array, rng: np.random.Generator) -> Array:
    return values.astype("<U12")


def _third_column(values: Array, rng: np.random.Generator) -> Array:
    return np.column_stack([values, values[:, 1] - values[:, 0]])


def _reversed_row(values: Array, rng: np.random.Generator) -> Array:
    spoilt = values.copy()
    row = int(rng.integers(1, len(values) - 1))
    spoilt[row] = spoilt[row, ::-1]
    return spoilt


def _swapped(values: Array, rng: np.random.Generator) -> Array:
    """Exchange two values a third of the file apart, so that they certainly differ."""
    spoilt = values.copy()
    first = int(rng.integers(1, len(values) // 2))
    second = first + len(values) // 3
    spoilt[[first, second]] = spoilt[[second, first]]
    return spoilt


def _past_the_end(values: Array, rng: np.random.Generator) -> Array:
    """Refer to a cluster far beyond those that there are."""
    return _with(int(values.max()) + 1000)(values, rng)


def _shorter(values: Array, rng: np.random.Generator) -> Array:
    return values[:-1]


def _longer(values: Array, rng: np.random.Generator) -> Array:
    return np.concatenate([values, values[-1:]])


VALUE_FAULTS: tuple[Fault, ...] = (
    Fault("wrong-value", ("ALF303",), CHOICE, "A choice of 7 in trials.choice.", _spoil(CHOICE, _with(7))),
    Fault("wrong-value-in-table", ("ALF303",), TABLE, "A choice of 7 in the trials table.", _spoil_table),
    Fault(
        "wrong-dtype", ("ALF301",), PROBABILITY, "Probabilities saved as text.", _spoil(PROBABILITY, _as_text)
    ),
    Fault(
        "wrong-columns",
        ("ALF302",),
        INTERVALS,
        "Trial intervals of three columns.",
        _spoil(INTERVALS, _third_column),
    ),
    Fault(
        "missing-value",
        ("ALF304",),
        SPIKE_TIMES,
        "A NaN among the spike times.",
        _spoil(SPIKE_TIMES, _with(np.nan)),
    ),
    Fault(
        "reversed-interval",
        ("ALF307",),
        MOVES,
        "A wheel movement that ends before it starts.",
        _spoil(MOVES, _reversed_row),
    ),
    Fault(
        "unsorted-times",
        ("ALF305",),
        SPIKE_TIMES,
        "Two spike times that changed places.",
        _spoil(SPIKE_TIMES, _swapped),
    ),
    Fault(
        "reference-past-end",
        ("ALF402",),
        SPIKE_CLUSTERS,
        "A spike of a cluster past the last one.",
        _spoil(SPIKE_CLUSTERS, _past_the_end),
    ),
    Fault(
        "negative-reference",
        ("ALF402", "ALF303"),
        SPIKE_CLUSTERS,
        "A spike of cluster -3.",
        _spoil(SPIKE_CLUSTERS, lambda values, rng: _with(-3)(values.astype(np.int32), rng)),
    ),
    Fault(
        "too-few-rows",
        ("ALF401",),
        PROBABILITY,
        "One probability fewer than there are trials.",
        _spoil(PROBABILITY, _shorter),
    ),
    Fault(
        "too-many-rows",
        ("ALF401",),
        PROBABILITY,
        "One probability more than there are trials.",
        _spoil(PROBABILITY, _longer),
    ),
)
