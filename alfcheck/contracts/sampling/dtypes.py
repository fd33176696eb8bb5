"""Which dtype a written column has: one that all accept who judge it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

__all__ = ["STRING", "accepted", "choose", "refused"]

STRING = "str"
_KINDS = {"floating": "f", "integer": "iu", "number": "iuf", "bool": "b", "datetime": "M", "string": "U"}
_KNOWN = (
    "float64",
    "int64",
    "bool",
    STRING,
    "datetime64[ns]",
    "float32",
    "int32",
    "uint8",
    "int16",
    "uint16",
)
_RARE = ("uint32", "uint64", "int8", "float16", "complex128")


def accepted(dtypes: Sequence[str], dtype: str) -> bool:
    """Tell whether terms accept a dtype; no terms accept all."""
    return not dtypes or any(_accepts(term, dtype) for term in dtypes)


def _accepts(term: str, dtype: str) -> bool:
    if term in _KINDS:
        return np.dtype(dtype).kind in _KINDS[term]
    return dtype != STRING and np.dtype(term) == np.dtype(dtype)


def choose(terms: Iterable[Sequence[str]], wanted: Iterable[str]) -> str:
    """Give the first dtype that all `terms` accept, of those `wanted` if there is one; ``''`` if none."""
    asked = [list(dtypes) for dtypes in terms if dtypes]
    exact = [term for dtypes in asked for term in dtypes if term not in _KINDS]
    for dtype in (*wanted, *exact, *_KNOWN, *_RARE):
        if all(accepted(dtypes, dtype) for dtypes in asked):
            return dtype
    return ""


def refused(dtypes: Sequence[str]) -> str:
    """Give a dtype that terms do not accept; ``''`` if they accept every one."""
    # Text first: what is not text should never be.
    order = (STRING, "float64", "int64", "bool", "datetime64[ns]", "complex128")
    return next((dtype for dtype in order if not accepted(dtypes, dtype)), "")
