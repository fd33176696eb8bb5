"""Odd data: what the examples of a rule hold, with other values in the same places."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alfcheck.examples import encoded

if TYPE_CHECKING:
    import numpy as np

__all__ = ["AS_GIVEN", "FEW", "one_session", "variations"]

Files = Mapping[str, bytes]

AS_GIVEN = "as it is"
FEW = (AS_GIVEN, "no rows", "one row", "missing values", "texts")
"""Variations that tell most."""

_SESSION = re.compile(r"(?P<day>(?:\w+/Subjects/)?[^/]+/\d{4}-\d{2}-\d{2})/\d{3}/(?P<rest>.+)", re.DOTALL)
_SEPARATORS = {"csv": ",", "tsv": "\t", "htsv": "\t", "ssv": " "}
_DOCUMENTS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("empty documents", lambda value: {}),
    ("lists for documents", lambda value: []),
    ("null for documents", lambda value: None),
    ("numbers for documents", lambda value: 3),
    ("null for each entry", lambda value: _each(value, None)),
    ("a list for each entry", lambda value: _each(value, [1, "a", None])),
    ("a text for each entry", lambda value: _each(value, "x")),
    ("a number for each entry", lambda value: _each(value, -1)),
)


def one_session(files: Files) -> tuple[str, Files] | None:
    """Give subject and day of the session that all files lie in, and the files in it; ``None`` for others."""
    found = [_SESSION.fullmatch(path) for path in files]
    if not all(found) or len({match["day"] for match in found if match}) != 1:
        return None
    day = next(match["day"] for match in found if match)
    return day, {match["rest"]: data for match, data in zip(found, files.values(), strict=True) if match}


def variations(files: Files, only: Container[str] | None = None) -> Iterator[tuple[str, Files]]:
    """Give names of variations, and the files with it: themselves, other values, and each file left out.

    With `only`, those of these names.
    """
    yield AS_GIVEN, files
    for name, vary in (*_arrays(), *_DOCUMENTS):
        if only is not None and name not in only:
            continue
        kinds = ("npy", "pqt", *_SEPARATORS) if (name, vary) not in _DOCUMENTS else ("json", "yaml", "yml")
        changed = {path: _varied(path, data, vary, kinds) for path, data in files.items()}
        if changed != files:
            yield name, changed
    for path in files if len(files) > 1 and only is None else ():
        yield f"without {path}", {other: data for other, data in files.items() if other != path}


def _varied(path: str, data: bytes, vary: Callable[[Any], Any], kinds: tuple[str, ...]) -> bytes:
    extension = path.rpartition(".")[2]
    if extension not in kinds:
        return data
    try:
        return encoded(path, _of_kind(extension, data, vary))
    except Exception:  # an example may be broken, and not every format holds all values: then it stays so
        return data


def _of_kind(extension: str, data: bytes, vary: Callable[[Any], Any]) -> Any:
    import numpy as np

    if extension == "npy":
        return vary(np.load(io.BytesIO(data), allow_pickle=False))
    if extension == "json":
        return vary(json.loads(data))
    if extension in ("yaml", "yml"):
        import yaml

        return vary(yaml.safe_load(data))
    return _frame(extension, data, vary)


def _frame(extension: str, data: bytes, vary: Callable[[Any], Any]) -> Any:
    import pandas as pd

    stream = io.BytesIO(data)
    separator = _SEPARATORS.get(extension)
    frame = pd.read_parquet(stream) if separator is None else pd.read_csv(stream, sep=separator)
    return pd.DataFrame({name: vary(frame[name].to_numpy()) for name in frame.columns})


def _each(value: Any, entry: Any) -> Any:
    return dict.fromkeys(value, entry) if isinstance(value, dict) else [entry]


def _arrays() -> tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...]:
    import numpy as np

    def full(value: object, dtype: str = "float64") -> Callable[[np.ndarray], np.ndarray]:
        return lambda array: np.full(array.shape, value, dtype)

    def counting(dtype: str) -> Callable[[np.ndarray], np.ndarray]:
        return lambda array: (np.arange(array.size) % 3).reshape(array.shape).astype(dtype)

    return (
        ("no rows", lambda array: array[:0]),
        ("one row", lambda array: array[:1]),
        ("rows in reverse", lambda array: array[::-1]),
        ("equal rows", lambda array: np.repeat(array[:1], len(array), axis=0)),
        ("missing values", full(np.nan)),
        ("infinite values", full(np.inf)),
        ("huge values", full(1e300)),
        ("integers", counting("int64")),
        ("small unsigned integers", counting("uint8")),
        ("half precision", counting("float16")),
        ("big-endian numbers", counting(">f8")),
        ("truth values", counting("bool")),
        ("texts", full("x", "U5")),
        ("dates", full("2020-01-01", "datetime64[ns]")),
        ("column vectors", lambda array: array[:, None] if array.ndim == 1 else array),
    )
