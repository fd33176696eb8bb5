"""What ALF's reserved attributes mean, whatever the object: times, intervals, timestamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.checks import sorted_rows
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.parts import ALF, NUMBER, OWNER, PAIRS, VECTOR, column, in_order

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]

# ALF calls times numerical, not floating: whole seconds are times too. It promises no order (stimuli are
# saved by position in one lab) and allows NaN for what did not happen.
_TIMES = Terms(
    description="When events happened, on the clock that all files of the session share.",
    unit="s",
    dtypes=NUMBER,
    shapes=VECTOR,
    source=f"{ALF}: times",
)
_INTERVALS = Terms(
    description="When intervals start (first column) and end (second column).",
    unit="s",
    dtypes=NUMBER,
    shapes=PAIRS,
    source=f"{ALF}: intervals",
)
_TIMESTAMPS = Terms(
    description="Times of a series' samples; or pairs of sample number and time, to interpolate between.",
    unit="s",
    dtypes=NUMBER,
    shapes=(*VECTOR, *PAIRS),
    source=f"{ALF}: timestamps; more than two synchronisation points occur in published video data",
)


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "intervals_0": column(),
            "intervals_1": column(),
            ".+_intervals_[01]": column(pattern=True),
            # ALF does not say that the times of samples are in order; that nothing else makes sense is
            # worth a warning. Between synchronisation points it interpolates, and that needs the order.
            "timestamps": column(sorted_rows(warn=True)),
            "timestamps_0": column(sorted_rows(), complete=True),
            "timestamps_1": column(sorted_rows(), complete=True),
        }
    )


CONTRACT = Contract(
    id="alf.events",
    version="1.0.0",
    description="Times, intervals and timestamps of any object are what ALF reserves these names for.",
    owner=OWNER,
    # Not .ssv: rigs write it without a header, and put clock times and camera cycles into it.
    match=Match(extensions=("bin", "csv", "htsv", "npy", "npz", "pqt", "tsv")),
    terms={
        "times": _TIMES,
        "*_times": _TIMES,
        "intervals": _INTERVALS,
        "*_intervals": _INTERVALS,
        "timestamps": _TIMESTAMPS,
    },
    schema=_schema,
    relations=(
        in_order("intervals_0", "intervals_1"),
        in_order("*_intervals_0", "*_intervals_1"),
    ),
)
