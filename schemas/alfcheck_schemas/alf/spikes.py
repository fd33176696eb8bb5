"""Sorted spikes: one row a spike, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.checks import sorted_rows
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.parts import (
    ALYX,
    FLOATING,
    NUMBER,
    OWNER,
    PHYLIB,
    VECTOR,
    at_least,
    column,
    row_numbers,
    whole,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]

_TERMS = {
    "times": Terms(
        description="When each spike happened; equal times are allowed.",
        unit="s",
        dtypes=FLOATING,
        shapes=VECTOR,
        source=f"{PHYLIB}; {ALYX}",
    ),
    "samples": Terms(
        description="Sample of the raw file at which each spike was detected, from 0.",
        unit="samples",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{PHYLIB}, which keeps the sorter's dtype: float64 occurs",
    ),
    "clusters": Terms(
        description="Cluster of each spike: a row of clusters.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="clusters",
        source=f"{ALYX}; uint16, int32, uint32 or float64 by tool",
    ),
    "templates": Terms(
        description="Template that detected each spike: a row of templates.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="templates",
        source=f"{ALYX}; {PHYLIB}",
    ),
    "amps": Terms(
        description="Amplitude of each spike; SpikeInterface also writes negative ones.",
        unit="V",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; SpikeInterface export_to_ibl_gui",
    ),
    "depths": Terms(
        description="Distance of each spike from the probe's tip; missing where it could not be located.",
        unit="um",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; {PHYLIB}",
    ),
}


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "times": column(sorted_rows(), complete=True),
            # A fraction of a sample is strange but harms nobody who only counts on the order.
            "samples": column(sorted_rows(), at_least(0), whole(warn=True), complete=True),
            "clusters": row_numbers(),
            "templates": row_numbers(),
        }
    )


CONTRACT = Contract(
    id="alf.spikes",
    version="1.0.0",
    description="Spikes are in order of time, and each belongs to a cluster and a template that exist.",
    owner=OWNER,
    match=Match(object="spikes"),
    terms=_TERMS,
    schema=_schema,
    rows_agree=True,
)
