"""Laws of agreement: numbers of any two dtypes differ where their exact values do."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alfcheck.contracts.agreement import differ

LAW = settings(max_examples=500, deadline=None)
BASES = st.sampled_from([0, 1, 2**24, 2**53, 2**60, 2**63, 2**64])
NUMBERS = st.builds(
    lambda base, more, sign: sign * (base + more), BASES, st.integers(-3, 3), st.sampled_from([-1, 1])
)
WHOLE = st.sampled_from(["i1", "u1", "i4", "u4", "i8", "u8"])
FLOATS = st.sampled_from(["f2", "f4", "f8"])
TOLERANCES = st.sampled_from([0.0, 0.5, 1.0, 2.5])


@st.composite
def whole(draw: st.DrawFn) -> np.ndarray:
    """Draw a whole number of some dtype."""
    dtype = np.dtype(draw(WHOLE))
    limits = np.iinfo(dtype)
    return np.array([min(max(draw(NUMBERS), limits.min), limits.max)], dtype)


@st.composite
def floats(draw: st.DrawFn) -> np.ndarray:
    """Draw a floating number of some dtype that is within what whole numbers may be."""
    number = draw(NUMBERS) + draw(st.sampled_from([0, 0.25, 0.5]))
    with np.errstate(over="ignore"):
        values = np.array([number], np.float64).astype(draw(FLOATS))
    assume(abs(float(values[0])) < 2.0**64)
    return values


def _differ(one: np.ndarray, other: np.ndarray, tolerance: float) -> bool:
    return abs(Fraction(one[0].item()) - Fraction(other[0].item())) > tolerance


@LAW
@given(whole(), whole() | floats(), TOLERANCES)
def test_numbers_differ_by_their_exact_values(one: np.ndarray, other: np.ndarray, tolerance: float) -> None:
    expected = [_differ(one, other, tolerance)]
    assert differ(one, other, tolerance).tolist() == expected
    assert differ(other, one, tolerance).tolist() == expected
