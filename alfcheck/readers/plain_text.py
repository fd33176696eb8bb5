"""The short way through delimited text: plain lines, and columns that read in one way only.

Most tables of a release are small and plain. Here they are read without pandas, and only where there is
no doubt that pandas would read the same; for anything else there is `tables`, which asks pandas.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

__all__ = ["PlainTable", "read_plain"]

# What pandas takes for a missing value unless it is told otherwise.
_MISSING = frozenset(
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>"]
).union(("N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"))
_INTEGERS = re.compile(r"(?:-?(?:0|[1-9][0-9]{0,17})\n)+")
_FLOATS = re.compile(r"(?:-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,2})?\n)+")
# A word that is no number, truth value or missing value, whatever the case.
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./:-]*|[0-9a-f]{8}-[0-9a-f-]{27}")
_DOUBTFUL = frozenset(("true", "false", "inf", "infinity", "nan", "none", "null", "na", "n"))


class PlainTable(NamedTuple):
    """The fields of the first line, and each column: numbers, or text with ``None`` for missing."""

    header: list[str]
    columns: list[Any]
    rows: int


def read_plain(data: bytes, delimiter: str) -> PlainTable | None:
    """Read a table, or give ``None`` where pandas must be asked."""
    if not data.isascii() or b'"' in data or b"\0" in data:
        return None
    text = data.decode("ascii").replace("\r\n", "\n")
    if "\r" in text:
        return None
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if len(lines) < 2 or not _even(lines, delimiter):
        return None
    header, *rows = (line.split(delimiter) for line in lines)
    columns = [_column(values) for values in zip(*rows, strict=True)]
    if any(values is None for values in columns):
        return None
    return PlainTable(header, columns, len(rows))


def _even(lines: list[str], delimiter: str) -> bool:
    width = lines[0].count(delimiter)
    return all(line.count(delimiter) == width and not line.isspace() and line for line in lines)


def _column(values: tuple[str, ...]) -> Any:
    joined = "\n".join(values) + "\n"
    if _INTEGERS.fullmatch(joined):
        return np.array(list(map(int, values)), np.int64)
    if _FLOATS.fullmatch(joined):
        return np.array(list(map(float, values)), np.float64)
    return _text(values)


def _text(values: tuple[str, ...]) -> Any:
    """Give a column of text, if a value is there that can be nothing else."""
    distinct = set(values)
    if not any(_WORD.fullmatch(value) and value.lower() not in _DOUBTFUL for value in distinct):
        return None
    given = np.empty(len(values), object)
    given[:] = [None if value in _MISSING else value for value in values]
    return given
