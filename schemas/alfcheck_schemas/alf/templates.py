"""Templates that a sorter matched: row i is the template whose number spikes.templates gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.alf.clusters import WAVEFORMS
from alfcheck_schemas.parts import ALYX, NUMBER, OWNER, PHYLIB, VECTOR, row_numbers

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema({"waveformsChannels": row_numbers(-1)})


CONTRACT = Contract(
    id="alf.templates",
    version="1.0.0",
    description="Row i describes template i, on channels that exist.",
    owner=OWNER,
    match=Match(object="templates"),
    terms={
        "amps": Terms(
            description="Amplitude of each template; missing without spikes.",
            unit="V",
            dtypes=NUMBER,
            shapes=VECTOR,
            source=f"{ALYX}; {PHYLIB}",
        ),
        **WAVEFORMS,
    },
    schema=_schema,
    rows_agree=True,
)
