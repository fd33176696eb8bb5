"""What a contract says of how much may be missing (ALF309): how it is explained.

The share itself is counted in `alfcheck.contracts.share`.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from alfcheck.model import Example, Rule, Severity, Target

__all__ = ["RULES"]

_TIMES = "mouse/2020-01-01/001/alf/_ibl_leftCamera.times.npy"


def _times(*values: float) -> Callable[[], bytes]:
    def data() -> bytes:
        import numpy as np

        stream = io.BytesIO()
        np.save(stream, np.array(values), allow_pickle=False)
        return stream.getvalue()

    return data


_NAN = float("nan")

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF309",
        name="too-many-missing",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary="A larger share of a column's values is missing than its contract allows.",
        why="A few gaps are part of the measurement: a camera drops frames, a trial ends without a choice. "
        "Where most values are missing, the extraction has failed, and an analysis that leaves gaps out "
        "goes on with what little is left. Missing are NaN, None, NaT, and the value that the contract "
        "names as standing for them.",
        fix="Extract the dataset again, or leave it out of the release; raise the contract's missing_share "
        "if so many gaps are sound.",
        good=(Example(_TIMES, _times(0.1, _NAN, 0.3, 0.4), "one frame of four without a time"),),
        bad=(Example(_TIMES, _times(_NAN, _NAN, _NAN, 0.4), "three frames of four without a time"),),
    ),
)
