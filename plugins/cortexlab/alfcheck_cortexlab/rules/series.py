"""Series whose timestamps are pairs of a sample's number and its time."""

from __future__ import annotations

from collections.abc import Iterator

import alfcheck
from alfcheck import ObjectBatch, ObjectTable, Problem

from alfcheck_cortexlab.names import is_own

__all__ = ["RULES"]

_SAMPLES = ("position", "raw", "trace", "area", "motionEnergy")
"""The columns with a value for each sample."""


@alfcheck.object_batch_rule(
    "CTX401",
    "timestamps-repeated",
    object="*",
    columns=["timestamps_0", "timestamps_1"],
    severity="warning",
    since="0.1.0",
    fix="leave out the pair that is there twice",
    good=[
        alfcheck.example({"alf/eye.timestamps.npy": [[0.0, 1.5], [1.0, 1.6], [2.0, 1.7]]}, "a pair a frame")
    ],
    bad=[alfcheck.example({"alf/eye.timestamps.npy": [[0.0, 1.5], [1.0, 1.6], [1.0, 1.7]]}, "frame 1 twice")],
)
def timestamps_repeated(batch: ObjectBatch) -> Iterator[tuple[int, Problem]]:
    """Two pairs of `timestamps` have the same sample, or the same time.

    Times of samples are interpolated between the pairs, and between two of the same sample there is no
    answer. That they are in order is what alfcheck itself asks.
    """
    import numpy as np

    for name in ("timestamps_0", "timestamps_1"):
        values = batch[name]
        if values.dtype.kind not in "iuf":
            continue
        same = np.zeros(len(values), bool)
        same[1:] = values[1:] == values[:-1]
        first = batch.bounds[:-1]
        same[first[first < len(values)]] = False
        word = "sample" if name.endswith("0") else "time"
        for number, problem in batch.where(same, f"the same {word} as the row before", column=name):
            if is_own(batch.tables[number].path(name)):
                yield number, problem


@alfcheck.object_rule(
    "CTX402",
    "timestamps-beyond-samples",
    object="*",
    columns=["timestamps_0", "timestamps_1"],
    optional=_SAMPLES,
    aligned=False,
    severity="warning",
    since="0.1.0",
    fix="write the number of the last sample that there is, or the samples that are missing",
    good=[
        alfcheck.example(
            {"alf/lickPiezo.raw.npy": [0.1, 0.2, 0.1], "alf/lickPiezo.timestamps.npy": [[0, 1.5], [2, 1.6]]},
            "from sample 0 to the last of three",
        )
    ],
    bad=[
        alfcheck.example(
            {"alf/lickPiezo.raw.npy": [0.1, 0.2, 0.1], "alf/lickPiezo.timestamps.npy": [[0, 1.5], [9, 1.6]]},
            "a tenth of three samples",
        )
    ],
)
def timestamps_beyond_samples(table: ObjectTable) -> Iterator[Problem]:
    """`timestamps` gives a time to a sample that is not there.

    Then the samples that are there get wrong times, too: an evenly sampled series is stretched over the wrong
    interval. Samples may be counted from 0 or from 1; that the last ones have no time is sound.
    """
    import numpy as np

    samples = [name for name in table if name in _SAMPLES]
    numbers = table["timestamps_0"]
    if not samples or not is_own(table.path("timestamps_0")) or numbers.dtype.kind not in "iuf":
        return
    rows = max(len(table[name]) for name in samples)
    with np.errstate(invalid="ignore"):
        beyond = numbers > rows
    yield from table.where(beyond, f"there are {rows} samples", column="timestamps_0")


RULES = (timestamps_repeated, timestamps_beyond_samples)
