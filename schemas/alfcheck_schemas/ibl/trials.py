"""Trials of the IBL's choice-world tasks: a table, single files, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alfcheck.contracts.model import Contract, Match, Relation
from alfcheck.model import Severity
from alfcheck_schemas.ibl.trial_terms import EVENTS, TERMS
from alfcheck_schemas.parts import COMPUTED, OWNER, at_least, between, column, in_order, one_of, whole

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["CONTRACT"]


def _schema() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def share() -> pa.Column:
        return column(between(0, 1, tolerance=COMPUTED))

    def quantity() -> pa.Column:
        return column(at_least(0, tolerance=COMPUTED))

    return pa.DataFrameSchema(
        {
            "intervals_0": column(complete=True),
            "intervals_1": column(complete=True),
            "choice": column(one_of(-1, 0, 1), complete=True),
            "feedbackType": column(one_of(-1, 0, 1), complete=True),
            # NaN, or 0 in another lab, where the stimulus was on the other side.
            "contrastLeft": column(between(0, 1)),
            "contrastRight": column(between(0, 1)),
            "probabilityLeft": share(),
            "probabilityRewardLeft": share(),
            "rewardVolume": quantity(),
            "repNum": column(at_least(0), whole()),
            "quiescencePeriod": quantity(),
            "itiDuration": quantity(),
            "iti": quantity(),
            "type": column(one_of(-1, 0, 1)),
            "laserStimulation": column(one_of(0, 1)),
            "laserProbability": share(),
            "laserIntervals_0": column(),
            "laserIntervals_1": column(),
        }
    )


def _one_sided() -> pa.Check:
    import pandera.pandas as pa

    def not_both(frame: pd.DataFrame) -> Any:
        return ~((frame.iloc[:, 0] > 0) & (frame.iloc[:, 1] > 0))

    return pa.Check(not_both)


CONTRACT = Contract(
    id="ibl.trials",
    version="1.0.0",
    description="Each trial has a beginning and an end, a choice and a feedback of known codes.",
    owner=OWNER,
    match=Match(object="trials", namespace="ibl"),
    terms={**TERMS, **EVENTS},
    schema=_schema,
    rows_agree=True,
    # Extractors of one task write 13 columns; these are what a trial is in all of them.
    required=("intervals_0", "intervals_1", "choice", "feedbackType"),
    relations=(
        in_order("laserIntervals_0", "laserIntervals_1"),
        Relation(
            "one_sided",
            ("contrastLeft", "contrastRight"),
            _one_sided,
            "a contrast on one side only",
            Severity.WARNING,
        ),
    ),
)
