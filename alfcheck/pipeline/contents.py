"""Look at what a plugin's reader gives, before it is judged: else others would be blamed for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck.readers.base import Column, Content, Kind

__all__ = ["sound_content"]


def sound_content(given: object) -> Content:
    """Give the content that a reader gave; raises `TypeError` or `ValueError` for what is none."""
    if not isinstance(given, Content):
        raise TypeError(f"it gave a {type(given).__name__}, where a Content is due")
    for fault in (*_faults(given), *_whole_faults(given)):
        raise ValueError(f"it gave a Content {fault}")
    return given


def _faults(content: Any) -> Iterator[str]:
    rows = content.rows
    if not isinstance(content.kind, Kind):
        yield f"of the kind {content.kind!r}, which is none"
    if rows is not None and (not isinstance(rows, int) or rows < 0):
        yield f"of {rows!r} rows: give a whole number, or None"
    for each in content.columns:
        if not isinstance(each, tuple) or len(each) != len(Column._fields):
            yield "whose columns are no Columns"
        elif not isinstance(each[0], str) or not isinstance(each[1], str) or not isinstance(each[2], tuple):
            yield f"whose column {each[0]!r} needs a text for dtype and a tuple for shape"


def _whole_faults(content: Any) -> Iterator[str]:
    import numpy as np

    if content.whole is None:
        return
    if not isinstance(content.whole, Mapping):
        yield f"whose values are a {type(content.whole).__name__}, and not arrays by column"
        return
    named = {each[0]: each[2] for each in content.columns}
    if named.keys() != content.whole.keys():
        yield f"with the columns {sorted(named)}, and values of {sorted(map(str, content.whole))}"
        return
    for name, values in content.whole.items():
        if not isinstance(values, np.ndarray):
            yield f"whose values of {name!r} are a {type(values).__name__}, and not an array"
        elif content.rows is not None and values.shape != (due := (content.rows, *named[name])):
            yield f"whose values of {name!r} have the shape {values.shape}, not {due}"
