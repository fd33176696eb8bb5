"""Examples of rules, and test data: files written from plain values by their extension."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from alfcheck.model import Example

__all__ = ["SESSION", "encoded", "example"]

SESSION = "mouse/2020-01-01/001"
"""The session of examples."""

_SEPARATORS = {"csv": ",", "tsv": "\t", "htsv": "\t", "ssv": " "}


def example(files: Mapping[str, object], note: str = "", *, session: str = SESSION) -> Example:
    """Give an example of some files of one session, by session-relative path.

    Values become bytes by the extension: lists and arrays for ``.npy``, mappings of columns for ``.pqt``
    and text tables, anything of plain types for ``.json`` and ``.yaml``; bytes and texts are what the file
    holds. Nothing is encoded before someone looks.
    """
    if not files:
        raise ValueError("an example needs a file at least")
    made = [
        Example(f"{session}/{path}", partial(encoded, path, value), note) for path, value in files.items()
    ]
    first = made[0]
    return Example(first.path, first.data, note, beside=tuple(made[1:]))


def encoded(path: str, value: Any) -> bytes:
    """Give the bytes of a file that holds `value`; raises `TypeError` for a kind that is not known."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    extension = path.rpartition(".")[2]
    if extension in ("npy", "npz"):
        return _array(value, path, extension)
    if extension == "pqt":
        return bytes(_frame(value, path).to_parquet(index=False))
    if extension in _SEPARATORS:
        return str(_frame(value, path).to_csv(index=False, sep=_SEPARATORS[extension])).encode()
    if extension == "json":
        return json.dumps(value).encode()
    if extension == "jsonable":
        return "".join(f"{json.dumps(line)}\n" for line in value).encode()
    if extension in ("yaml", "yml"):
        import yaml

        return yaml.safe_dump(value).encode()
    raise TypeError(
        f"{path}: give bytes or a text, since only .npy, .npz, .pqt, text tables, .json, .jsonable and "
        ".yaml are made of values"
    )


def _array(value: Any, path: str, extension: str) -> bytes:
    import numpy as np

    array = np.asarray(value)
    if array.dtype.hasobject:
        raise TypeError(f"{path}: an array is made of numbers or of texts alone, since objects need a pickle")
    stream = io.BytesIO()
    if extension == "npz":
        np.savez(stream, array)
    else:
        np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _frame(value: Any, path: str) -> Any:
    import pandas as pd

    if not isinstance(value, (Mapping, pd.DataFrame)):
        raise TypeError(f"{path}: a table is made of a mapping of columns, not of a {type(value).__name__}")
    return pd.DataFrame(value)
