"""Raw waveforms of some spikes, as phy keeps them beside the sorted data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.parts import NUMBER, OWNER, VECTOR, row_numbers

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]

_SOURCE = "phylib TemplateModel.save_spikes_subset_waveforms"
_TERMS = {
    "spikes": Terms(
        description="Which spikes: rows of spikes.",
        dtypes=NUMBER,
        shapes=VECTOR,
        references="spikes",
        source=_SOURCE,
    ),
    "channels": Terms(
        description="Channels of each waveform, filled up with -1: rows of channels.",
        dtypes=NUMBER,
        shapes=(("rows", "channels"),),
        references="channels",
        missing=-1,
        source=_SOURCE,
    ),
    "waveforms": Terms(
        description="Waveform of each spike on its channels.",
        unit="V",
        dtypes=NUMBER,
        shapes=(("rows", "samples", "channels"),),
        source=_SOURCE,
    ),
}


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema({"spikes": row_numbers(), "channels": row_numbers(-1)})


CONTRACT = Contract(
    id="phy.spikes_subset",
    version="1.0.0",
    description="The sampled spikes and their channels exist.",
    owner=OWNER,
    match=Match(object="spikes_subset", namespace="phy"),
    terms=_TERMS,
    schema=_schema,
    rows_agree=True,
)
