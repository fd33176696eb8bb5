"""The wheel of a choice-world session: position as samples at uneven times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.contracts.checks import sorted_rows
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck_schemas.parts import ALF, ALYX, IBLLIB, NUMBER, OWNER, PAIRS, VECTOR, column

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["CONTRACT"]

_TERMS = {
    "position": Terms(
        description="Angle of the wheel, anti-clockwise positive.",
        unit="rad",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=f"{IBLLIB}; files of 2019 are in cm",
    ),
    "timestamps": Terms(
        description="Time of each sample; or pairs of sample number and time, to interpolate between.",
        unit="s",
        dtypes=NUMBER,
        shapes=(*VECTOR, *PAIRS),
        source=f"{IBLLIB}; {ALF}: timestamps",
    ),
    "velocity": Terms(
        description="Signed speed of the wheel; no longer written.",
        unit="rad/s",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=ALYX,
    ),
}


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def increasing() -> pa.Column:
        return column(sorted_rows(strict=True), complete=True)

    return pa.DataFrameSchema(
        {"timestamps": increasing(), "timestamps_0": increasing(), "timestamps_1": increasing()}
    )


CONTRACT = Contract(
    id="ibl.wheel",
    version="1.0.0",
    description="One position a time, and time goes on.",
    owner=OWNER,
    match=Match(object="wheel", namespace="ibl"),
    terms=_TERMS,
    schema=_schema,
    rows_agree=True,
)
