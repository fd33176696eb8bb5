"""Where clusters and channels lie in the brain: the same attributes for both."""

from __future__ import annotations

from alfcheck.contracts.model import Terms
from alfcheck_schemas.parts import ALYX, NUMBER, POINTS, STRING, VECTOR

__all__ = ["LOCATIONS"]

LOCATIONS = {
    "brainLocationIds": Terms(
        description="Number of the brain region in the Allen structure tree; 0 is outside, 997 the root.",
        dtypes=NUMBER,
        shapes=VECTOR,
        source=ALYX,
    ),
    "brainLocationAcronyms": Terms(
        description="Acronym of the brain region in the Allen structure tree.",
        dtypes=STRING,
        shapes=VECTOR,
        source=f"{ALYX}; an array of objects would have to be unpickled",
    ),
    "mlapdv": Terms(
        description="Medio-lateral, antero-posterior and dorso-ventral position from bregma.",
        unit="um",
        dtypes=NUMBER,
        shapes=POINTS,
        source=f"{ALYX}; int32 or floating by tool",
    ),
}
