"""Channels of a sorted recording: row i is the channel that clusters.channels calls i."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.checks import unique_rows
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.alf.locations import LOCATIONS
from alfcheck_schemas.parts import (
    ALYX,
    IBLLIB,
    NUMBER,
    OWNER,
    PAIRS,
    PHYLIB,
    VECTOR,
    at_least,
    column,
    one_of,
    row_numbers,
    whole,
)

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]

_OWN = {
    "rawInd": Terms(
        description="Row of the channel in the raw file, from 0.",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{PHYLIB}, which counts anew for each of several probes",
    ),
    "localCoordinates": Terms(
        description="Lateral position of the site, and its distance from the probe's tip.",
        unit="um",
        dtypes=NUMBER,
        shapes=PAIRS,
        source=f"{ALYX}; {PHYLIB}",
    ),
    "labels": Terms(
        description="0 good, 1 dead, 2 noisy, 3 outside the brain.",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{ALYX}; {IBLLIB}",
    ),
    "probes": Terms(
        description="Probe of each channel: a row of probes.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="probes",
        source=f"{PHYLIB}, which keeps the sorter's dtype: float64 occurs",
    ),
}


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            # A warning: where several probes lie in one object, each has its own channel 0.
            "rawInd": column(at_least(0), whole(), unique_rows(warn=True), complete=True),
            "labels": column(one_of(0, 1, 2, 3)),
            "probes": row_numbers(),
            "brainLocationIds": column(whole()),
        }
    )


CONTRACT = Contract(
    id="alf.channels",
    version="1.0.0",
    description="Row i says where channel i lies: in the raw file, on the probe, in the brain.",
    owner=OWNER,
    match=Match(object="channels"),
    terms={**_OWN, **LOCATIONS},
    schema=_schema,
    rows_agree=True,
)
