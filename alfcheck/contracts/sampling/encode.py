"""Turn what a file holds into its bytes, by its extension."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from alfcheck.contracts.sampling.values import Part

__all__ = ["encode", "with_gaps"]

SEPARATORS = {"csv": ",", "tsv": "\t", "htsv": "\t", "ssv": " "}


def encode(part: Part) -> bytes:
    """Give the bytes of a file."""
    extension = part.path.rpartition(".")[2]
    if part.kind == "bytes":
        return bytes(part.values)
    if part.kind == "lines":
        return "".join(f"{json.dumps(line)}\n" for line in part.values).encode()
    if part.kind == "document":
        return _document(part.values, extension)
    if extension in ("npy", "npz"):
        return _array(np.asarray(part.values), extension)
    return _table(_columns(part), extension)


def with_gaps(values: Any, gaps: Any) -> Any:
    """Give `values` with missing ones at `gaps`, whatever their dtype; only tables hold the outcome."""
    import pandas as pd

    words = {"i": "Int64", "u": "UInt64", "b": "boolean"}
    series = pd.Series(values).astype(words.get(np.asarray(values).dtype.kind, "object"))
    series.iloc[gaps] = None
    return series


def _document(value: Any, extension: str) -> bytes:
    # JSON is YAML as well, but for what PyYAML makes of some numbers: it is written as itself.
    if extension in ("yaml", "yml"):
        import yaml

        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).encode()
    if extension == "jsonable":
        return f"{json.dumps(value)}\n".encode()
    return f"{json.dumps(value, indent=1)}\n".encode()


def _array(values: np.ndarray, extension: str) -> bytes:
    buffer = io.BytesIO()
    if extension == "npz":
        np.savez(buffer, values)
    else:
        np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _columns(part: Part) -> Mapping[str, Any]:
    if part.kind == "table":
        columns: Mapping[str, Any] = part.values
        return columns
    name = part.path.rpartition("/")[2].split(".")[1]
    values = part.values
    if getattr(values, "ndim", 1) < 2:
        return {name: values}
    flat = values.reshape(len(values), -1)
    return {f"{name}_{index}": flat[:, index] for index in range(flat.shape[1])}


def _table(columns: Mapping[str, Any], extension: str) -> bytes:
    import pandas as pd

    frame = pd.DataFrame(dict(columns))
    if extension == "pqt":
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()
    text: str = frame.to_csv(index=False, sep=SEPARATORS[extension], lineterminator="\n")
    return text.encode()
