"""Turn values into the bytes of the file formats that ONE loads."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "column_vector", "json_bytes", "json_lines", "npy_bytes", "pqt_bytes", "text_table"]

Array = npt.NDArray[Any]


def npy_bytes(array: Array) -> bytes:
    """Encode an array as ``np.save`` does, and never as a pickle."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def column_vector(values: Array) -> Array:
    """Give values as a Fortran float64 array, ``(n,)`` as ``(n, 1)``: what MATLAB exporters write."""
    shape = (len(values), 1) if values.ndim == 1 else values.shape
    return np.asfortranarray(
        values.reshape(shape), dtype=values.dtype if values.dtype == bool else np.float64
    )


def pqt_bytes(columns: Mapping[str, Array]) -> bytes:
    """Encode columns as the parquet file that pandas writes."""
    import pandas as pd

    buffer = io.BytesIO()
    pd.DataFrame(dict(columns)).to_parquet(buffer, index=False)
    return buffer.getvalue()


def text_table(columns: Mapping[str, Iterable[object]], separator: str = ",") -> bytes:
    """Encode columns as text with a header line."""
    rows = zip(*columns.values(), strict=True)
    lines = [separator.join(columns), *(separator.join(map(str, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def json_bytes(value: object) -> bytes:
    """Encode a value as indented JSON."""
    return (json.dumps(value, indent=1) + "\n").encode()


def json_lines(values: Iterable[object]) -> bytes:
    """Encode values as ``.jsonable``: one JSON text a line, no blank line (ONE cannot load one)."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()
